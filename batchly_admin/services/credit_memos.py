"""Issue credit memos, use them on invoices, cancel them.

A credit memo is as final as an invoice: issuing it takes the next number of a series of its own,
freezes it, uses it on its invoice as far as that is open, and queues both for QuickBooks, all in
one transaction. Credits and refunds of an invoice never come to more than the invoice.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from itertools import pairwise
from uuid import UUID

import sqlalchemy as sa

from batchly_admin.domain import crediting
from batchly_admin.domain.money import money, total
from batchly_admin.domain.statuses import SyncState
from batchly_admin.errors import Conflict, InvalidInput, NotFound, NumberTaken
from batchly_admin.ids import new_id
from batchly_admin.models.billing import CreditApplication, CreditMemo, Invoice
from batchly_admin.models.company import Organization
from batchly_admin.models.sync import SyncQueueRow
from batchly_admin.services import (
    audit,
    credit_drafts,
    credit_rules,
    invoicing,
    numbering,
    outbox,
    pushing,
)
from batchly_admin.services.company import today
from batchly_admin.services.locking import locked
from batchly_admin.services.unit_of_work import UnitOfWork

HERE, QUICKBOOKS = "batchly", credit_rules.QUICKBOOKS
KEPT_HERE = "It stays here, as its invoice is from before the day QuickBooks is kept."


def lock_memo(uow: UnitOfWork, memo_id: UUID) -> CreditMemo:
    """Give a credit memo as it stands now, locked until the transaction ends.

    Raises:
        NotFound: when there is none.
    """
    return locked(uow, CreditMemo, memo_id, "credit memo")


def issue(uow: UnitOfWork, *, memo_id: UUID) -> CreditMemo:
    """Number a draft, freeze it, use it on its invoice, and queue both for QuickBooks.

    Raises:
        NotFound: when there is no such credit memo.
        Conflict: when it is issued already, or more would be credited than the invoice comes to.
        InvalidInput: when it credits nothing or its date lies in a closed period.
        NumberTaken: when the next number of the series is in use.
    """
    invoice_id = uow.session.scalar(
        sa.select(CreditMemo.invoice_id).where(CreditMemo.id == memo_id)
    )
    # The invoice before the credit memo, as everybody locks them.
    invoice = invoicing.lock_invoice(uow, invoice_id) if invoice_id is not None else None
    memo = lock_memo(uow, memo_id)
    if memo.issued_at is not None:
        raise Conflict(f"{memo.credit_memo_number} is issued already.")
    credit_drafts.recalculate(uow, memo)
    credit_rules.check_issue(uow, memo, invoice)
    memo.credit_memo_number = _next_number(uow)
    memo.issued_at = uow.now()
    _settle(uow, memo)
    _push(uow, memo)
    if invoice is not None and invoice.balance_due > 0:
        _use(uow, memo, invoice, min(memo.total_amount, invoice.balance_due))
    return memo


def credit_rest(uow: UnitOfWork, *, invoice_id: UUID, reason: str) -> CreditMemo:
    """Credit all that is left of an invoice.

    Raises:
        Conflict: when nothing is left to credit.
    """
    invoicing.lock_invoice(uow, invoice_id)
    draft = credit_drafts.create_memo(uow, {"invoice_id": invoice_id, "reason": reason[:300]})
    return issue(uow, memo_id=draft.id)


def apply(uow: UnitOfWork, *, memo_id: UUID, invoice_id: UUID, amount: Decimal) -> None:
    """Use some of an issued credit memo on an open invoice of the same customer.

    Raises:
        NotFound: when either does not exist.
        Conflict: when the credit or the invoice has less left, or they are not each other's.
        InvalidInput: when the amount is not above zero.
    """
    invoice = invoicing.lock_invoice(uow, invoice_id)
    memo = lock_memo(uow, memo_id)
    amount = money(amount)
    credit_rules.check_use(memo, invoice, amount)
    _use(uow, memo, invoice, amount)


def apply_rest(uow: UnitOfWork, *, memo_id: UUID) -> list[tuple[str, Decimal]]:
    """Use what is left of a credit memo: on its own invoice, then on the customer's oldest ones.

    Raises:
        Conflict: when nothing is left of it, or no invoice of the customer is open.
    """
    memo = uow.session.get(CreditMemo, memo_id)
    if memo is None:
        raise NotFound("This credit memo no longer exists.")
    ids = credit_rules.open_invoices(uow.session, memo)
    invoices = {key: invoicing.lock_invoice(uow, key) for key in sorted(ids, key=str)}
    memo = lock_memo(uow, memo_id)
    number = memo.credit_memo_number
    if memo.issued_at is None or memo.voided_at is not None or credit_rules.left_of(memo) <= 0:
        raise Conflict(f"Nothing is left of {number}.")
    used = []
    for key in ids:
        amount = min(credit_rules.left_of(memo), invoices[key].balance_due)
        if amount > 0:
            _use(uow, memo, invoices[key], amount)
            used.append((invoices[key].invoice_number, amount))
    if not used:
        raise Conflict(f"{number} waits: no invoice of this customer is open.")
    return used


def cancel(uow: UnitOfWork, *, memo_id: UUID, reason: str) -> CreditMemo:
    """Take an issued credit memo back; it keeps its number, and its invoices are owed again.

    QuickBooks has no void for credit memos: there it is taken off its invoices and deleted.

    Raises:
        NotFound: when there is no such credit memo.
        Conflict: when it is a draft or cancelled, in a closed period, replaced by another invoice,
            used in QuickBooks by somebody there, or being sent just now.
        InvalidInput: without a reason.
    """
    words = " ".join(reason.split())
    if not words:
        raise InvalidInput("Say why the credit memo is cancelled.", field="reason")
    used_on = uow.session.scalars(
        sa.select(CreditApplication.invoice_id).where(CreditApplication.credit_memo_id == memo_id)
    )
    invoices = [invoicing.lock_invoice(uow, key) for key in sorted(set(used_on), key=str)]
    memo = lock_memo(uow, memo_id)
    credit_rules.check_cancellable(uow, memo)
    number = memo.credit_memo_number
    uow.summary = uow.summary or f"Cancelled {number}: {words}"[:300]
    rows = _take_off(uow, memo)
    is_clean = pushing.withdraw(uow, memo, f"{number} was cancelled before it was sent.")
    memo.voided_at = uow.now()
    _settle(uow, memo)
    for invoice in invoices:
        invoicing.refresh_payment_state(uow, invoice)
    if is_clean:
        words_here = "Cancelled before it reached QuickBooks."
        outbox.set_badge(memo, SyncState.NOT_SYNCED, words_here)
    else:
        _wait_for_all(outbox.enqueue(uow, memo, "void"), rows)
    audit.note(uow, "credit_memo.cancelled", subject=number, details={"reason": words})
    return memo


def record_pulled_use(
    uow: UnitOfWork, *, memo_id: UUID, invoice_id: UUID, amount: Decimal
) -> CreditApplication | None:
    """Take note that somebody used a credit of ours in QuickBooks; None when it cannot be so here.

    Raises:
        NotFound: when either does not exist.
    """
    invoice = invoicing.lock_invoice(uow, invoice_id)
    memo = lock_memo(uow, memo_id)
    known = next((one for one in credit_rules.live(memo) if one.invoice_id == invoice_id), None)
    if known is not None and known.source == QUICKBOOKS:
        before = known.amount
        if amount - before <= credit_rules.left_of(memo):
            known.amount = money(amount)
            _settle(uow, memo)
            invoicing.refresh_payment_state(uow, invoice)
            return known
    try:
        credit_rules.check_use(memo, invoice, money(amount))
    except (Conflict, InvalidInput):
        return None
    return _use(uow, memo, invoice, money(amount), source=QUICKBOOKS)


def end_pulled_use(uow: UnitOfWork, *, application_id: UUID) -> None:
    """Take note that a use recorded in QuickBooks was taken back there."""
    used = uow.session.get_one(CreditApplication, application_id)
    if used.voided_at is not None:
        return
    invoice = invoicing.lock_invoice(uow, used.invoice_id)
    memo = lock_memo(uow, used.credit_memo_id)
    used.voided_at = uow.now()
    _settle(uow, memo)
    invoicing.refresh_payment_state(uow, invoice)


def _take_off(uow: UnitOfWork, memo: CreditMemo) -> list[SyncQueueRow]:
    """End every use of a credit memo; give the rows that take them back in QuickBooks."""
    rows = []
    for used in credit_rules.live(memo):
        is_clean = pushing.withdraw(uow, used, f"{used.label} was taken back before it was sent.")
        used.voided_at = uow.now()
        if is_clean:
            outbox.set_badge(used, SyncState.NOT_SYNCED, "Taken back before it reached QuickBooks.")
        else:
            rows.append(outbox.enqueue(uow, used, "void"))
    uow.session.flush()
    return rows


def _wait_for_all(row: SyncQueueRow, earlier: Sequence[SyncQueueRow]) -> None:
    """Let the rows go one after the other: QuickBooks deletes no credit that is in use."""
    for first, then in pairwise([*earlier, row]):
        outbox.wait_for(then, first)


def _use(
    uow: UnitOfWork, memo: CreditMemo, invoice: Invoice, amount: Decimal, *, source: str = HERE
) -> CreditApplication:
    number = invoice.invoice_number
    used = next((one for one in credit_rules.live(memo) if one.invoice_id == invoice.id), None)
    if used is not None:
        raise Conflict(f"{memo.credit_memo_number} is used on {number} already.")
    used = CreditApplication(
        id=new_id(),
        credit_memo_id=memo.id,
        invoice_id=invoice.id,
        label=f"{memo.credit_memo_number} on {number}"[:130],
        application_date=today(uow),
        amount=amount,
        source=source,
    )
    memo.applications.append(used)
    uow.session.add(used)
    _settle(uow, memo)
    invoicing.refresh_payment_state(uow, invoice)
    if source == HERE:
        _push_use(uow, memo, invoice, used)
    return used


def _settle(uow: UnitOfWork, memo: CreditMemo) -> None:
    """Count what a credit memo is used for; its status follows."""
    uow.session.flush()
    memo.amount_applied = total(one.amount for one in credit_rules.live(memo))
    memo.status = crediting.status_of(
        is_issued=memo.issued_at is not None,
        is_void=memo.voided_at is not None,
        total_amount=memo.total_amount,
        applied=memo.amount_applied,
    ).value
    uow.session.flush()


def _push(uow: UnitOfWork, memo: CreditMemo) -> None:
    if credit_rules.stays_here(uow.session, memo, memo.invoice):
        outbox.set_badge(memo, SyncState.NOT_SYNCED, KEPT_HERE)
        return
    pushing.push_parents(uow, memo)
    outbox.enqueue(uow, memo, "create")


def _push_use(uow: UnitOfWork, memo: CreditMemo, invoice: Invoice, used: CreditApplication) -> None:
    invoices = [one for one in (memo.invoice, invoice) if one is not None]
    if any(credit_rules.stays_here(uow.session, memo, one) for one in invoices):
        outbox.set_badge(used, SyncState.NOT_SYNCED, KEPT_HERE)
    else:
        outbox.enqueue(uow, used, "create")


def _next_number(uow: UnitOfWork) -> str:
    prefix = uow.session.scalar(sa.select(Organization.credit_memo_prefix).limit(1)) or "CM-"
    number = numbering.document_number(uow, prefix)
    taken = uow.session.scalar(
        sa.select(CreditMemo.id).where(CreditMemo.credit_memo_number == number)
    )
    if taken is not None:
        raise NumberTaken(f"{number} is in use already; an admin has to look at the counter.")
    return number

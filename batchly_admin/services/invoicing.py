"""Issue, void and settle invoices.

Issuing takes the next number of the gapless series, freezes the invoice and queues it for
QuickBooks, in one transaction: none of the three happens without the others. The status is never
typed: it follows from facts and money and is brought up to date whenever one of them is written,
by whatever route (see domain.invoices for the precedence).
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.orm import Session, UOWTransaction

from batchly_admin.domain import invoices
from batchly_admin.domain.money import ZERO, money, total
from batchly_admin.domain.statuses import CreditMemoStatus, InvoiceStatus, SyncState
from batchly_admin.errors import Conflict, InvalidInput, NumberTaken
from batchly_admin.models.billing import (
    CreditApplication,
    CreditMemo,
    Invoice,
    Payment,
    PaymentAllocation,
)
from batchly_admin.models.catalogue import PaymentTerm
from batchly_admin.services import audit, drafts, numbering, outbox, pushing, settling
from batchly_admin.services.company import company, today
from batchly_admin.services.drafts import draft_from_order
from batchly_admin.services.locking import locked
from batchly_admin.services.unit_of_work import UnitOfWork

__all__ = [
    "draft_from_order",
    "invoice_order",
    "issue",
    "lock_invoice",
    "refresh_overdue",
    "refresh_payment_state",
    "void",
]

FACTS = frozenset(
    {
        "issued_at",
        "emailed_at",
        "viewed_at",
        "voided_at",
        "sent_to_qb_at",
        "amount_paid",
        "amount_credited",
        "total_amount",
        "due_date",
    }
)
OVERDUE_AT_ONCE = 500


@event.listens_for(Session, "before_flush", insert=True)
def _follow_facts(session: Session, _context: UOWTransaction, _instances: Any) -> None:
    """Let the status of every invoice that is about to be written follow from its facts.

    It goes first, so that the change set records the status with the fact it follows from.
    """
    uow: UnitOfWork | None = session.info.get("uow")
    if uow is None:
        return
    with session.no_autoflush:
        for record in [*session.new, *session.dirty]:
            if isinstance(record, Invoice) and _has_news(record):
                _set_status(uow, record)


def _has_news(invoice: Invoice) -> bool:
    state: Any = sa.inspect(invoice)
    return any(name in state.committed_state or not state.has_identity for name in FACTS)


def _set_status(uow: UnitOfWork, invoice: Invoice) -> None:
    facts = invoices.Facts(
        is_issued=invoice.issued_at is not None,
        is_sent=invoice.emailed_at is not None or invoice.sent_to_qb_at is not None,
        is_viewed=invoice.viewed_at is not None,
        is_void=invoice.voided_at is not None,
        total=invoice.total_amount or ZERO,
        settled=(invoice.amount_paid or ZERO) + (invoice.amount_credited or ZERO),
        due_date=invoice.due_date,
    )
    status = invoices.status_of(facts, today(uow)).value
    if invoice.status != status:
        invoice.status = status


def lock_invoice(uow: UnitOfWork, invoice_id: UUID) -> Invoice:
    """Give an invoice as it stands now, locked until the transaction ends.

    Raises:
        NotFound: when there is none.
    """
    return locked(uow, Invoice, invoice_id, "invoice")


def invoice_order(
    uow: UnitOfWork, *, order_id: UUID, dates: invoices.Dates = invoices.USUAL
) -> Invoice:
    """Make the invoice of what is left of an order, and issue it if invoices are issued at once.

    Raises:
        NotFound: when there is no such order.
        Conflict: when the order cannot be invoiced.
        InvalidInput: when the invoice cannot be issued as it comes out.
    """
    invoice = draft_from_order(uow, order_id=order_id, dates=dates)
    if company(uow.session).setting("auto_issue"):
        return _issue(uow, invoice)
    return invoice


def issue(uow: UnitOfWork, *, invoice_id: UUID, dates: invoices.Dates = invoices.USUAL) -> Invoice:
    """Number a draft, freeze it and queue it for QuickBooks.

    Raises:
        NotFound: when there is no such invoice.
        Conflict: when it is issued already.
        InvalidInput: naming everything that keeps it from being issued.
        NumberTaken: when the next number of the series is in use.
    """
    invoice = lock_invoice(uow, invoice_id)
    if invoice.issued_at is not None:
        raise Conflict(f"{invoice.invoice_number} is issued already.")
    if dates.invoice is not None:
        # With another day its terms count from that day.
        invoice.invoice_date, invoice.due_date = dates.invoice, None
    invoice.due_date = dates.due or invoice.due_date
    drafts.recalculate(uow, invoice)
    if invoice.due_date is None:
        term = uow.session.get(PaymentTerm, invoice.payment_term_id or UUID(int=0))
        invoice.due_date = invoices.due_date(invoice.invoice_date, term.due_days if term else None)
    return _issue(uow, invoice)


def _issue(uow: UnitOfWork, invoice: Invoice) -> Invoice:
    """Issue a draft whose row is ours and whose figures are up to date."""
    _check(uow, invoice)
    invoice.invoice_number = _next_number(uow)
    invoice.issued_at = uow.now()
    uow.session.flush()
    pushing.push_invoice(uow, invoice)
    return invoice


def void(uow: UnitOfWork, *, invoice_id: UUID, reason: str) -> Invoice:
    """Void an issued invoice that nobody paid; it keeps its number, its order can be billed again.

    An invoice that never left for QuickBooks stays here; any other is voided there too.

    Raises:
        NotFound: when there is no such invoice.
        Conflict: when it is a draft, void, paid or credited, or is being sent just now.
        InvalidInput: without a reason.
    """
    words = " ".join(reason.split())
    if not words:
        raise InvalidInput("Say why the invoice is voided.", field="reason")
    # The order before the invoice, as everybody locks them.
    order_id = uow.session.scalar(sa.select(Invoice.po_id).where(Invoice.id == invoice_id))
    order = settling.lock_order(uow, order_id) if order_id is not None else None
    invoice = lock_invoice(uow, invoice_id)
    _check_voidable(uow, invoice)
    number = invoice.invoice_number
    uow.summary = uow.summary or f"Voided {number}: {words}"[:300]
    is_clean = pushing.withdraw(uow, invoice, f"{number} was voided before it was sent.")
    invoice.voided_at = uow.now()
    uow.session.flush()
    if is_clean:
        outbox.set_badge(invoice, SyncState.NOT_SYNCED, "Voided before it reached QuickBooks.")
    else:
        outbox.enqueue(uow, invoice, "void")
    audit.note(uow, "invoice.voided", subject=number, details={"reason": words})
    if order is not None:
        settling.settle_invoicing(uow, order)
    return invoice


def refresh_payment_state(uow: UnitOfWork, invoice: Invoice) -> None:
    """Count what was paid and credited of an invoice; its status follows. The row is locked."""
    invoice = lock_invoice(uow, invoice.id)
    paid = uow.session.scalar(
        sa.select(sa.func.sum(PaymentAllocation.amount))
        .join(Payment, Payment.id == PaymentAllocation.payment_id)
        .where(PaymentAllocation.invoice_id == invoice.id, Payment.voided_at.is_(None))
    )
    credited = uow.session.scalar(
        sa.select(sa.func.sum(CreditApplication.amount)).where(
            CreditApplication.invoice_id == invoice.id, CreditApplication.voided_at.is_(None)
        )
    )
    invoice.amount_paid = money(paid or ZERO)
    invoice.amount_credited = money(credited or ZERO)
    _set_status(uow, invoice)
    uow.session.flush()


def refresh_overdue(uow: UnitOfWork) -> int:
    """Let time tell: mark invoices overdue whose day has passed; give how many, some at a time."""
    query = (
        sa.select(Invoice)
        .where(
            Invoice.status.in_(
                (
                    InvoiceStatus.DRAFT,
                    InvoiceStatus.SENT,
                    InvoiceStatus.VIEWED,
                    InvoiceStatus.PARTIAL,
                )
            ),
            Invoice.issued_at.is_not(None),
            Invoice.due_date < today(uow),
            Invoice.balance_due > ZERO,
        )
        .order_by(Invoice.id)
        .limit(OVERDUE_AT_ONCE)
        .with_for_update(skip_locked=True, key_share=True)
    )
    found = list(uow.session.scalars(query))
    for invoice in found:
        _set_status(uow, invoice)
    uow.session.flush()
    return len(found)


def _check(uow: UnitOfWork, invoice: Invoice) -> None:
    lines = total(totals_line for totals_line in _amounts(invoice))
    parts = lines - invoice.discount_amount + invoice.shipping_amount + invoice.tax_amount
    found = invoices.problems(
        line_count=len(invoice.lines),
        invoice_date=invoice.invoice_date,
        due=invoice.due_date,
        today=today(uow),
        parts=parts,
        total=invoice.total_amount,
    )
    if found:
        raise InvalidInput(" ".join(one.reason for one in found), refusals=tuple(found))


def _amounts(invoice: Invoice) -> list[Any]:
    return [money(line.quantity * line.unit_price) for line in invoice.lines]


def _next_number(uow: UnitOfWork) -> str:
    number = numbering.document_number(uow, company(uow.session).invoice_prefix)
    taken = uow.session.scalar(sa.select(Invoice.id).where(Invoice.invoice_number == number))
    if taken is not None:
        raise NumberTaken(f"{number} is in use already; an admin has to look at the counter.")
    return number


def _check_voidable(uow: UnitOfWork, invoice: Invoice) -> None:
    number = invoice.invoice_number
    if invoice.issued_at is None:
        raise Conflict(f"{number} is a draft; delete it instead.")
    if invoice.voided_at is not None:
        raise Conflict(f"{number} is void already.")
    if invoice.amount_paid or invoice.amount_credited:
        raise Conflict(f"{number} is paid or credited; correct it with a credit memo.")
    credits_ = uow.session.scalar(
        sa.select(CreditMemo.credit_memo_number)
        .where(CreditMemo.invoice_id == invoice.id, CreditMemo.status != CreditMemoStatus.VOID)
        .limit(1)
    )
    if credits_ is not None:
        raise Conflict(f"{number} has the credit memo {credits_}; doing both would reverse twice.")

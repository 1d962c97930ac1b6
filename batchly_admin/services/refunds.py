"""Money given back: which sale it takes back, how much of it, and from which account.

A refund takes a paid sale back: in QuickBooks it lowers income and sales tax and pays the customer
out of a bank account. It opens no invoice again. So it is never more than was paid of its invoice,
and what was credited of that invoice before is not given back a second time.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any, TypedDict, Unpack
from uuid import UUID

import sqlalchemy as sa

from batchly_admin.domain import crediting
from batchly_admin.domain.money import ZERO, money
from batchly_admin.domain.statuses import SyncState
from batchly_admin.errors import Conflict, InvalidInput
from batchly_admin.ids import new_id
from batchly_admin.models.base import assign
from batchly_admin.models.billing import Invoice, Payment, PaymentAllocation, Refund
from batchly_admin.services import (
    closing,
    credit_rests,
    invoicing,
    numbering,
    outbox,
    payments,
    pushing,
)
from batchly_admin.services.company import today
from batchly_admin.services.locking import locked
from batchly_admin.services.unit_of_work import UnitOfWork

PREFIX = "REF-"
HERE, QUICKBOOKS = "batchly", "quickbooks"
OPEN_COLUMNS = frozenset({"reason"})
"""What may change on a refund once it is recorded: it is in QuickBooks within seconds."""

UNSENT_COLUMNS = OPEN_COLUMNS | {"account", "payment_method_id", "reference"}
"""What may still be put right on a refund QuickBooks has not taken."""


class Details(TypedDict, total=False):
    """What else may be said of a refund."""

    method_id: UUID | None
    account: str | None
    reference: str | None
    reason: str | None


class PulledFacts(TypedDict):
    """What QuickBooks says of a refund."""

    refund_date: date
    amount: Decimal
    tax_amount: Decimal
    payment_method_id: UUID | None
    account: str | None
    reference: str | None
    reason: str | None


def record_refund(
    uow: UnitOfWork,
    *,
    payment_id: UUID,
    amount: Decimal,
    refund_date: date,
    invoice_id: UUID | None = None,
    **details: Unpack[Details],
) -> Refund:
    """Record money given back to a customer, and queue it for QuickBooks.

    Without `invoice_id` it is the one the payment was for.

    Raises:
        NotFound: when there is no such payment.
        InvalidInput: when the amount or the date is not usable.
        Conflict: when the payment is cancelled, was for several invoices, or less is left of it.
    """
    payment = payments.lock_payment(uow, payment_id)
    number = payment.payment_number
    if payment.voided_at is not None:
        raise Conflict(f"{number} is cancelled.", field="payment_id")
    invoice = _invoice_of(uow, payment, invoice_id)
    amount = money(amount)
    if amount <= 0:
        raise InvalidInput("A refund is above zero.", field="amount")
    if refund_date < payment.payment_date:
        raise InvalidInput(
            f"{number} was paid only on {payment.payment_date}.", field="refund_date"
        )
    closing.refuse_closed(uow.session, refund_date, "refund_date")
    tax = _check_amount(uow, payment, invoice, amount)
    refund = Refund(
        id=new_id(),
        refund_number=numbering.document_number(uow, PREFIX),
        customer_id=payment.customer_id,
        payment_id=payment.id,
        invoice_id=invoice.id,
        refund_date=refund_date,
        amount=amount,
        tax_amount=tax,
        payment_method_id=details.get("method_id") or payment.payment_method_id,
        account=details.get("account"),
        reference=details.get("reference"),
        reason=details.get("reason"),
        source=HERE,
    )
    refund.customer = payment.customer
    refund.payment, refund.invoice = payment, invoice
    uow.session.add(refund)
    uow.session.flush()
    _push(uow, refund, invoice)
    return refund


def record_from_cells(uow: UnitOfWork, values: Mapping[str, Any]) -> Refund:
    """Record a refund as the form and the grid give it.

    Raises:
        InvalidInput: when a value is missing or not usable.
        Conflict: when the payment is another customer's, or does not allow it.
    """
    given = dict(values)
    payment_id = given.get("payment_id")
    payment = uow.session.get(Payment, payment_id) if payment_id else None
    if payment is None:
        raise InvalidInput("Say which payment is given back.", field="payment_id")
    if given.get("amount") is None:
        raise InvalidInput("A refund needs an amount.", field="amount")
    if given.get("customer_id") not in (None, payment.customer_id):
        words = f"{payment.payment_number} is another customer's."
        raise Conflict(words, field="customer_id")
    return record_refund(
        uow,
        payment_id=payment.id,
        amount=given["amount"],
        refund_date=given.get("refund_date") or today(uow),
        invoice_id=given.get("invoice_id"),
        method_id=given.get("payment_method_id"),
        account=given.get("account"),
        reference=given.get("reference"),
        reason=given.get("reason"),
    )


def update_refund(_uow: UnitOfWork, refund: Refund, values: Mapping[str, Any]) -> None:
    """Change what may change: the reason; before QuickBooks took it, method and account too.

    Raises:
        Conflict: for anything else.
    """
    allowed = OPEN_COLUMNS if refund.qb_refund_id else UNSENT_COLUMNS
    for name, value in values.items():
        if name not in allowed and getattr(refund, name) != value:
            raise Conflict("A recorded refund stays as it is.", field=name)
        setattr(refund, name, value)


def record_pulled_refund(
    uow: UnitOfWork, *, refund_id: UUID | None, customer_id: UUID, **facts: Unpack[PulledFacts]
) -> tuple[Refund, bool]:
    """Write a refund that was made in QuickBooks as it stands there; tell whether it is news.

    Without `refund_id` it is new here. Doing it twice changes nothing the second time.

    Raises:
        NotFound: when `refund_id` names no refund.
    """
    values: dict[str, Any] = {**facts, "customer_id": customer_id}
    if refund_id is None:
        refund = Refund(
            id=new_id(),
            refund_number=numbering.document_number(uow, PREFIX),
            source=QUICKBOOKS,
            **values,
        )
        uow.session.add(refund)
        uow.session.flush()
        return refund, True
    refund = lock_refund(uow, refund_id)
    changed = assign(refund, values)
    uow.session.flush()
    return refund, changed


def void_pulled_refund(uow: UnitOfWork, *, refund_id: UUID) -> Refund:
    """Take note that a refund made in QuickBooks was taken back there.

    Raises:
        NotFound: when there is no such refund.
    """
    refund = lock_refund(uow, refund_id)
    if refund.voided_at is None:
        refund.voided_at = uow.now()
        uow.session.flush()
    return refund


def _check_amount(uow: UnitOfWork, payment: Payment, invoice: Invoice, amount: Decimal) -> Decimal:
    """Check that this much may be given back; give the tax in it."""
    number, paid = invoice.invoice_number, payment.payment_number
    share = uow.session.scalar(
        sa.select(PaymentAllocation.amount).where(
            PaymentAllocation.payment_id == payment.id, PaymentAllocation.invoice_id == invoice.id
        )
    )
    before = uow.session.scalar(
        sa.select(sa.func.sum(Refund.amount)).where(
            Refund.payment_id == payment.id,
            Refund.invoice_id == invoice.id,
            Refund.voided_at.is_(None),
        )
    )
    left = money((share or ZERO) - (before or ZERO))
    if amount > left:
        raise Conflict(f"Only {left} is left of what {paid} paid of {number}.", field="amount")
    rest = credit_rests.rest_of(uow.session, invoice)
    if amount > rest.total:
        words = f"Only {rest.total} of {number} is not credited or refunded yet."
        raise Conflict(words, field="amount")
    if amount == rest.total:
        return rest.parts.tax
    tax = crediting.share(invoice.tax_amount, amount, invoice.total_amount)
    return min(tax, rest.parts.tax)


def _invoice_of(uow: UnitOfWork, payment: Payment, invoice_id: UUID | None) -> Invoice:
    number = payment.payment_number
    paid = [one.invoice_id for one in payment.allocations]
    if not paid:
        words = (
            f"{number} pays no invoice: it is the customer's credit and is used on the next one."
        )
        raise Conflict(words, field="payment_id")
    if invoice_id is None and len(paid) > 1:
        words = f"{number} paid several invoices; say which one is given back."
        raise Conflict(words, field="invoice_id")
    wanted = invoice_id or paid[0]
    if wanted not in paid:
        raise Conflict(f"{number} did not pay this invoice.", field="invoice_id")
    return invoicing.lock_invoice(uow, wanted)


def _push(uow: UnitOfWork, refund: Refund, invoice: Invoice) -> None:
    days = [refund.refund_date] if invoice.qb_invoice_id else [invoice.invoice_date]
    if any(pushing.is_before_start(uow.session, day) for day in [*days, refund.refund_date]):
        words = "It stays here, as its invoice is from before the day QuickBooks is kept."
        outbox.set_badge(refund, SyncState.NOT_SYNCED, words)
        return
    outbox.enqueue(uow, refund, "create")


def lock_refund(uow: UnitOfWork, refund_id: UUID) -> Refund:
    """Give a refund as it stands now, locked until the transaction ends.

    Raises:
        NotFound: when there is none.
    """
    return locked(uow, Refund, refund_id, "refund")

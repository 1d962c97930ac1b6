"""Payments that QuickBooks recorded, and what they do to the invoices here."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from uuid import UUID

import sqlalchemy as sa

from batchly_admin.errors import NotFound
from batchly_admin.models.billing import Invoice, Payment, PaymentAllocation
from batchly_admin.models.company import Organization
from batchly_admin.services.invoicing import refresh_payment_state
from batchly_admin.services.numbering import document_number
from batchly_admin.services.unit_of_work import UnitOfWork

FALLBACK_PREFIX = "PAY-"
QUICKBOOKS = "quickbooks"


def record_pulled_payment(  # noqa: PLR0913 - a payment has this many parts
    uow: UnitOfWork,
    *,
    payment_id: UUID | None,
    customer_id: UUID,
    payment_date: date,
    amount: Decimal,
    applied: Mapping[UUID, Decimal],
    payment_method_id: UUID | None = None,
    reference: str | None = None,
) -> tuple[Payment, bool]:
    """Record a payment as QuickBooks has it now; give it, and whether anything changed.

    `applied` says how much went to which invoice of ours. The invoices' money and status follow.
    """
    payment = uow.session.get(Payment, payment_id) if payment_id else None
    changed = payment is None
    if payment is None:
        payment = Payment(
            payment_number=document_number(uow, _prefix(uow)),
            customer_id=customer_id,
            payment_date=payment_date,
            amount=amount,
            source=QUICKBOOKS,
        )
        uow.session.add(payment)
    values = {
        "customer_id": customer_id,
        "payment_date": payment_date,
        "amount": amount,
        "payment_method_id": payment_method_id or payment.payment_method_id,
        "reference": (reference or payment.reference or "")[:60] or None,
        "voided_at": None,
    }
    for column, value in values.items():
        if getattr(payment, column) != value:
            setattr(payment, column, value)
            changed = True
    uow.session.flush()
    return payment, _apply(uow, payment, applied) or changed


def void_pulled_payment(uow: UnitOfWork, payment_id: UUID) -> None:
    """Take a payment out of the books because QuickBooks voided or deleted it.

    Raises:
        NotFound: there is no such payment.
    """
    payment = uow.session.get(Payment, payment_id)
    if payment is None:
        raise NotFound("This payment no longer exists.")
    payment.voided_at = uow.now()
    uow.session.flush()
    for allocation in payment.allocations:
        refresh_payment_state(uow, allocation.invoice)


def _apply(uow: UnitOfWork, payment: Payment, applied: Mapping[UUID, Decimal]) -> bool:
    known = {allocation.invoice_id: allocation for allocation in payment.allocations}
    touched: set[UUID] = set()
    for invoice_id, allocation in known.items():
        wanted = applied.get(invoice_id)
        if wanted is None:
            payment.allocations.remove(allocation)
            touched.add(invoice_id)
        elif allocation.amount != wanted:
            allocation.amount = wanted
            touched.add(invoice_id)
    for invoice_id in applied.keys() - known.keys():
        payment.allocations.append(
            PaymentAllocation(invoice_id=invoice_id, amount=applied[invoice_id])
        )
        touched.add(invoice_id)
    uow.session.flush()
    for invoice_id in sorted(touched):
        invoice = uow.session.get(Invoice, invoice_id, with_for_update=True)
        if invoice is not None:
            refresh_payment_state(uow, invoice)
    return bool(touched)


def _prefix(uow: UnitOfWork) -> str:
    return uow.session.scalar(sa.select(Organization.payment_prefix).limit(1)) or FALLBACK_PREFIX

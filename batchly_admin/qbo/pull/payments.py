"""Pull payments, and what became of our invoices and credit memos.

QuickBooks is where most money is recorded; the services say what it does to an invoice here.
Payments we pushed ourselves are known by their id and are not counted twice.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from uuid import UUID

import sqlalchemy as sa

from batchly_admin import logs
from batchly_admin.domain.statuses import InvoiceStatus, SyncState
from batchly_admin.models.billing import Invoice, Payment
from batchly_admin.models.catalogue import PaymentMethod
from batchly_admin.models.customers import Customer
from batchly_admin.qbo.mapping import fields
from batchly_admin.qbo.mapping.payment import PulledPayment, from_qbo_payment
from batchly_admin.qbo.pull import base, credit_uses, documents, linked, refunds
from batchly_admin.services import outbox, payments
from batchly_admin.services.unit_of_work import UnitOfWork

_log = logs.logger(__name__)


def pull_payments(pull: base.Pull) -> None:
    """Fetch new, changed, voided and deleted payments and refunds, and the same of our sales."""
    apply = {
        "Payment": apply_payment,
        "Invoice": documents.apply_invoice,
        "CreditMemo": documents.apply_credit_memo,
        "RefundReceipt": refunds.apply_refund,
    }
    for entity, page in pull.changes(*apply):
        pull.write(page, apply[entity])


def apply_payment(uow: UnitOfWork, body: base.Body, result: base.PullResult) -> None:
    """Record one payment as QuickBooks has it now."""
    if credit_uses.apply(uow, body, result):
        return
    session = uow.session
    qbo_id = str(body["Id"])
    known = session.scalar(sa.select(Payment).where(Payment.qb_payment_id == qbo_id))
    if fields.is_deleted(body):
        changed = known is not None and _void(uow, known)
        if known is not None:
            linked.bury(known, body)
        result.removed += changed
        result.unchanged += not changed
        return
    if known is not None and base.is_older(known, body):
        result.unchanged += 1
        return
    pulled = from_qbo_payment(body)
    if known is None:
        known = _ours(uow, body)
    if known is not None and known.source == payments.HERE and known.voided_at is not None:
        # Cancelled here: the void is on its way there, and nothing brings it back.
        result.unchanged += 1
        if pulled.is_voided:
            base.stamp(uow, known, body)
        return
    if pulled.is_voided:
        changed = known is not None and _void(uow, known)
        result.removed += changed
        result.unchanged += not changed
        if known is not None:
            base.stamp(uow, known, body)
        return
    _record(uow, known, pulled, body, result)
    session.flush()


def _ours(uow: UnitOfWork, body: base.Body) -> Payment | None:
    """Find the payment we pushed whose answer never reached us."""
    marked = fields.marked_id(body.get("PrivateNote"))
    found = uow.session.get(Payment, marked) if marked is not None else None
    return found if found is not None and found.qb_payment_id is None else None


def _record(
    uow: UnitOfWork,
    known: Payment | None,
    pulled: PulledPayment,
    body: base.Body,
    result: base.PullResult,
) -> None:
    applied = _applied(uow, pulled)
    customer_id = _customer(uow, pulled, applied)
    if customer_id is None:
        # Somebody QuickBooks knows and we do not: their money pays no invoice of ours.
        result.unchanged += 1
        return
    method_id = uow.session.scalar(
        sa.select(PaymentMethod.id).where(PaymentMethod.qb_payment_method_id == pulled.method_ref)
    )
    payment, changed = payments.record_pulled_payment(
        uow,
        payment_id=known.id if known else None,
        customer_id=customer_id,
        payment_date=pulled.payment_date or uow.today(),
        amount=pulled.amount,
        applied=applied,
        payment_method_id=method_id,
        reference=pulled.reference,
    )
    payment.qb_payment_id = pulled.qbo_id
    base.stamp(uow, payment, body)
    outbox.set_badge(payment, SyncState.SYNCED, None)
    result.count(is_new=known is None, changed=changed)


def _customer(
    uow: UnitOfWork, pulled: PulledPayment, applied: Mapping[UUID, Decimal]
) -> UUID | None:
    """Give who paid: the linked customer, else the one whose invoice of ours was paid.

    After a merge in QuickBooks our customer is not linked for a while; the money is not lost then.
    """
    found: UUID | None = uow.session.scalar(
        sa.select(Customer.id).where(Customer.qb_customer_id == pulled.customer_ref)
    )
    if found is None and applied:
        found = uow.session.scalar(
            sa.select(Invoice.customer_id)
            .where(Invoice.id.in_(applied))
            .order_by(Invoice.id)
            .limit(1)
        )
    return found


def _applied(uow: UnitOfWork, pulled: PulledPayment) -> dict[UUID, Decimal]:
    amounts = dict(pulled.applied)
    if not amounts:
        return {}
    rows = uow.session.execute(
        sa.select(Invoice.id, Invoice.qb_invoice_id).where(
            Invoice.qb_invoice_id.in_(amounts), Invoice.status != InvoiceStatus.VOID
        )
    )
    return {invoice_id: amounts[str(qbo_id)] for invoice_id, qbo_id in rows}


def _void(uow: UnitOfWork, payment: Payment) -> bool:
    if payment.voided_at is not None:
        return False
    payments.void_pulled_payment(uow, payment_id=payment.id)
    return True

"""Take payments and refunds back that were recorded here: they stay on record and count no more.

What never left for QuickBooks is withdrawn; a payment that did is voided there, and a refund, which
QuickBooks cannot void without leaving a receipt of nothing behind, is deleted.
"""

from __future__ import annotations

from datetime import date
from uuid import UUID

import sqlalchemy as sa

from batchly_admin.domain.statuses import SyncState
from batchly_admin.errors import Conflict, InvalidInput
from batchly_admin.models.billing import Payment, Refund
from batchly_admin.services import audit, closing, invoicing, outbox, payments, pushing, refunds
from batchly_admin.services.unit_of_work import UnitOfWork

CANCELLED_HERE = "Cancelled before it reached QuickBooks."


def cancel_payment(uow: UnitOfWork, *, payment_id: UUID, reason: str) -> Payment:
    """Cancel a payment that was recorded here; what it paid is owed again.

    Raises:
        NotFound: when there is no such payment.
        Conflict: when it is cancelled, was recorded in QuickBooks, was given back, lies in a closed
            period, or is being sent just now.
        InvalidInput: without a reason.
    """
    words = _reason(reason, "payment")
    payment = payments.lock_payment(uow, payment_id)
    _check(uow, payment, payment.payment_number, payment.payment_date)
    given_back = uow.session.scalar(
        sa.select(Refund.refund_number)
        .where(Refund.payment_id == payment.id, Refund.voided_at.is_(None))
        .order_by(Refund.refund_number)
        .limit(1)
    )
    if given_back is not None:
        raise Conflict(f"{given_back} gave some of {payment.payment_number} back; cancel it first.")
    _end(uow, payment, payment.payment_number, words)
    for key in sorted((one.invoice_id for one in payment.allocations), key=str):
        invoicing.refresh_payment_state(uow, invoicing.lock_invoice(uow, key))
    audit.note(uow, "payment.cancelled", subject=payment.payment_number, details={"reason": words})
    return payment


def cancel_refund(uow: UnitOfWork, *, refund_id: UUID, reason: str) -> Refund:
    """Cancel a refund that was recorded here; its money may be given back again.

    Raises:
        NotFound: when there is no such refund.
        Conflict: when it is cancelled, was recorded in QuickBooks, lies in a closed period, or is
            being sent just now.
        InvalidInput: without a reason.
    """
    words = _reason(reason, "refund")
    refund = refunds.lock_refund(uow, refund_id)
    _check(uow, refund, refund.refund_number, refund.refund_date)
    _end(uow, refund, refund.refund_number, words)
    audit.note(uow, "refund.cancelled", subject=refund.refund_number, details={"reason": words})
    return refund


def _check(uow: UnitOfWork, record: Payment | Refund, number: str, day: date) -> None:
    if record.voided_at is not None:
        raise Conflict(f"{number} is cancelled already.")
    if record.source != payments.HERE:
        words = "cancel it there; the next pull brings that here."
        raise Conflict(f"{number} was recorded in QuickBooks: {words}")
    if closing.is_closed(uow.session, day):
        raise Conflict(f"{closing.up_to(uow.session)}; {number} stays.")


def _end(uow: UnitOfWork, record: Payment | Refund, number: str, words: str) -> None:
    uow.summary = uow.summary or f"Cancelled {number}: {words}"[:300]
    is_clean = pushing.withdraw(uow, record, f"{number} was cancelled before it was sent.")
    record.voided_at = uow.now()
    uow.session.flush()
    if is_clean:
        outbox.set_badge(record, SyncState.NOT_SYNCED, CANCELLED_HERE)
    else:
        outbox.enqueue(uow, record, "void")


def _reason(reason: str, noun: str) -> str:
    words = " ".join(reason.split())
    if not words:
        raise InvalidInput(f"Say why the {noun} is cancelled.", field="reason")
    return words

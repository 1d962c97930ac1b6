"""Pull refunds: those made in QuickBooks are written down, ours are only watched.

A refund made there gives back a customer's money without saying for which sale; so it stands by
itself here, and no invoice opens for it.
"""

from __future__ import annotations

from uuid import UUID

import sqlalchemy as sa

from batchly_admin.domain.money import money
from batchly_admin.domain.statuses import SyncState
from batchly_admin.models.billing import Refund
from batchly_admin.models.catalogue import PaymentMethod, QbAccount
from batchly_admin.models.customers import Customer
from batchly_admin.qbo.mapping import fields
from batchly_admin.qbo.mapping.refund import from_qbo_refund
from batchly_admin.qbo.pull import base, documents, linked
from batchly_admin.services import outbox, refunds
from batchly_admin.services.unit_of_work import UnitOfWork


def apply_refund(uow: UnitOfWork, body: base.Body, result: base.PullResult) -> None:
    """Record one refund as QuickBooks has it now."""
    known = uow.session.scalar(sa.select(Refund).where(Refund.qb_refund_id == str(body["Id"])))
    if known is not None and known.source == refunds.HERE:
        documents.apply_refund(uow, known, body, result)
    elif fields.is_deleted(body) or fields.is_voided(body):
        _end(uow, known, body, result)
    elif _is_on_its_way(uow, body) or (known is not None and base.is_older(known, body)):
        result.unchanged += 1
    else:
        _record(uow, known, body, result)


def _is_on_its_way(uow: UnitOfWork, body: base.Body) -> bool:
    """Tell whether it is one of ours whose answer never reached us: the push links it."""
    marked = fields.marked_id(body.get("PrivateNote"))
    return marked is not None and uow.session.get(Refund, marked) is not None


def _end(uow: UnitOfWork, known: Refund | None, body: base.Body, result: base.PullResult) -> None:
    if known is None or known.voided_at is not None:
        result.unchanged += 1
        return
    refunds.void_pulled_refund(uow, refund_id=known.id)
    if fields.is_deleted(body):
        linked.bury(known, body)
    else:
        base.stamp(uow, known, body)
    result.removed += 1


def _record(
    uow: UnitOfWork, known: Refund | None, body: base.Body, result: base.PullResult
) -> None:
    pulled = from_qbo_refund(body)
    customer_id = _customer(uow, pulled.customer_ref)
    if customer_id is None or pulled.amount <= 0:
        # Somebody QuickBooks knows and we do not, or a receipt over nothing: no money of ours.
        result.unchanged += 1
        return
    refund, changed = refunds.record_pulled_refund(
        uow,
        refund_id=known.id if known else None,
        customer_id=customer_id,
        refund_date=pulled.refund_date or uow.today(),
        amount=money(pulled.amount),
        tax_amount=money(pulled.tax),
        payment_method_id=uow.session.scalar(
            sa.select(PaymentMethod.id).where(
                PaymentMethod.qb_payment_method_id == pulled.method_ref
            )
        ),
        account=_account(uow, pulled.account_ref),
        reference=pulled.reference,
        reason=pulled.note,
    )
    refund.qb_refund_id = pulled.qbo_id
    base.stamp(uow, refund, body)
    outbox.set_badge(refund, SyncState.SYNCED, None)
    result.count(is_new=known is None, changed=changed)
    uow.session.flush()


def _customer(uow: UnitOfWork, qbo_id: str | None) -> UUID | None:
    found: UUID | None = uow.session.scalar(
        sa.select(Customer.id).where(Customer.qb_customer_id == qbo_id)
    )
    return found


def _account(uow: UnitOfWork, qbo_id: str | None) -> str | None:
    name = uow.session.scalar(sa.select(QbAccount.name).where(QbAccount.qb_account_id == qbo_id))
    return name[:100] if name else None

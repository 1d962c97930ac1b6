"""Payments of nothing that use a credit memo on invoices: ours, or made by somebody there."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute

from batchly_admin.domain.statuses import SyncState
from batchly_admin.models.billing import CreditApplication, CreditMemo, Invoice
from batchly_admin.qbo.mapping import fields
from batchly_admin.qbo.pull import base
from batchly_admin.services import credit_memos, outbox
from batchly_admin.services.unit_of_work import UnitOfWork


def apply(uow: UnitOfWork, body: base.Body, result: base.PullResult) -> bool:
    """Take note of a use of credits; False when the payment is one of money."""
    known = _known(uow, body)
    links = _links(body, "CreditMemo")
    if not known and (not links or fields.amount(body.get("TotalAmt"))):
        return False
    if fields.is_deleted(body) or fields.is_voided(body):
        ended = _end(uow, known)
        result.removed += ended
        result.unchanged += not ended
        return True
    if known:
        for used in known:
            if used.qb_payment_id is None:
                used.qb_payment_id = str(body["Id"])
            base.stamp(uow, used, body)
        result.unchanged += 1
        return True
    made = _record(uow, body, links)
    result.created += made
    result.unchanged += not made
    return True


def _known(uow: UnitOfWork, body: base.Body) -> list[CreditApplication]:
    """Give the uses that stand for this payment, also the one whose answer never reached us."""
    marked = fields.marked_id(body.get("PrivateNote"))
    query = sa.select(CreditApplication).where(
        sa.or_(
            CreditApplication.qb_payment_id == str(body["Id"]),
            sa.and_(CreditApplication.id == marked, CreditApplication.qb_payment_id.is_(None)),
        )
    )
    return list(uow.session.scalars(query))


def _end(uow: UnitOfWork, known: list[CreditApplication]) -> bool:
    live = [used.id for used in known if used.voided_at is None]
    for key in live:
        credit_memos.end_pulled_use(uow, application_id=key)
    return bool(live)


def _record(uow: UnitOfWork, body: base.Body, credits_: Mapping[str, Decimal]) -> bool:
    """Share what was used out over the invoices; which credit paid which, nobody says there."""
    memos = _ours(uow, CreditMemo, CreditMemo.qb_credit_memo_id, credits_)
    invoices = _ours(uow, Invoice, Invoice.qb_invoice_id, _links(body, "Invoice"))
    made = False
    for memo_id, credit in memos.items():
        left = credit
        for invoice_id, owed in invoices.items():
            amount = min(left, owed)
            if amount <= 0:
                continue
            used = credit_memos.record_pulled_use(
                uow, memo_id=memo_id, invoice_id=invoice_id, amount=amount
            )
            if used is None:
                continue
            used.qb_payment_id = str(body["Id"])
            base.stamp(uow, used, body)
            outbox.set_badge(used, SyncState.SYNCED, None)
            left -= amount
            invoices[invoice_id] -= amount
            made = True
    uow.session.flush()
    return made


def _ours(
    uow: UnitOfWork,
    model: type[CreditMemo | Invoice],
    column: InstrumentedAttribute[str | None],
    amounts: Mapping[str, Decimal],
) -> dict[UUID, Decimal]:
    rows = uow.session.execute(sa.select(model.id, column).where(column.in_(amounts)))
    return {key: amounts[str(qbo_id)] for key, qbo_id in rows}


def _links(body: base.Body, kind: str) -> dict[str, Decimal]:
    found: dict[str, Decimal] = {}
    for line in body.get("Line") or []:
        for link in line.get("LinkedTxn") or []:
            if link.get("TxnType") == kind:
                key = str(link.get("TxnId"))
                found[key] = found.get(key, Decimal(0)) + fields.amount(line.get("Amount"))
    return found

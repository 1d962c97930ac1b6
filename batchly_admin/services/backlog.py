"""What is due in QuickBooks and not there yet: what going live sends, and what stays here.

A document is due when it is issued, not taken back, not older than the start date, and everything
it refers to is in QuickBooks or due too: a payment of an invoice from before the start stays here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from batchly_admin.domain.statuses import QueueStatus, SyncState
from batchly_admin.models.billing import (
    CreditApplication,
    CreditMemo,
    CreditMemoLineItem,
    Invoice,
    InvoiceLineItem,
    Payment,
    PaymentAllocation,
    Refund,
)
from batchly_admin.models.catalogue import Product
from batchly_admin.models.customers import Customer
from batchly_admin.models.sync import SyncQueueRow
from batchly_admin.models.synced import SYNCED
from batchly_admin.services import outbox, pushing
from batchly_admin.services.unit_of_work import UnitOfWork

HERE = "batchly"
STAYS = "From before the day from which QuickBooks is kept; it stays here."
DOCUMENTS = ("invoice", "credit_memo", "payment", "credit_application", "refund")
ORDER = ("customer", "item", *DOCUMENTS)
EARLIEST = date.min


@dataclass(frozen=True, slots=True)
class Due:
    """One record that has to reach QuickBooks."""

    entity_type: str
    entity_id: UUID
    label: str


def due(session: Session, start: date | None) -> list[Due]:
    """Give everything that going live would send, parents first."""
    first = start or EARLIEST
    invoices = _invoices(first)
    memos = _credit_memos(first)
    there = {
        "invoice": invoices,
        "credit_memo": memos,
        "payment": _payments(first, invoices),
        "credit_application": _applications(first, invoices, memos),
        "refund": _refunds(first),
    }
    queries = {
        "customer": _customers(there),
        "item": _products(invoices, memos),
        **there,
    }
    return [found for name in ORDER for found in _read(session, name, queries[name])]


def _read(session: Session, entity_type: str, ids: Any) -> Iterator[Due]:
    kind = SYNCED[entity_type]
    label = getattr(kind.model, kind.label_column)
    columns = (kind.model.id, label) if hasattr(label, "property") else (kind.model.id,)
    query = sa.select(*columns).where(kind.model.id.in_(ids)).order_by(kind.model.id)
    for key, *words in session.execute(query):
        yield Due(entity_type, key, str(words[0]) if words else entity_type)


def _invoices(first: date) -> Any:
    return sa.select(Invoice.id).where(
        Invoice.issued_at.is_not(None),
        Invoice.voided_at.is_(None),
        Invoice.qb_invoice_id.is_(None),
        Invoice.invoice_date >= first,
    )


def _credit_memos(first: date) -> Any:
    return sa.select(CreditMemo.id).where(
        CreditMemo.issued_at.is_not(None),
        CreditMemo.voided_at.is_(None),
        CreditMemo.qb_credit_memo_id.is_(None),
        CreditMemo.credit_date >= first,
    )


def _payments(first: date, invoices: Any) -> Any:
    stays = (
        sa.select(PaymentAllocation.payment_id)
        .join(Invoice, Invoice.id == PaymentAllocation.invoice_id)
        .where(Invoice.qb_invoice_id.is_(None), Invoice.id.not_in(invoices))
    )
    return sa.select(Payment.id).where(
        Payment.source == HERE,
        Payment.voided_at.is_(None),
        Payment.qb_payment_id.is_(None),
        Payment.payment_date >= first,
        Payment.id.not_in(stays),
    )


def _applications(first: date, invoices: Any, memos: Any) -> Any:
    invoice, memo = aliased(Invoice), aliased(CreditMemo)
    return (
        sa.select(CreditApplication.id)
        .join(invoice, invoice.id == CreditApplication.invoice_id)
        .join(memo, memo.id == CreditApplication.credit_memo_id)
        .where(
            CreditApplication.source == HERE,
            CreditApplication.voided_at.is_(None),
            CreditApplication.qb_payment_id.is_(None),
            CreditApplication.application_date >= first,
            sa.or_(invoice.qb_invoice_id.is_not(None), invoice.id.in_(invoices)),
            sa.or_(memo.qb_credit_memo_id.is_not(None), memo.id.in_(memos)),
        )
    )


def _refunds(first: date) -> Any:
    return sa.select(Refund.id).where(
        Refund.source == HERE,
        Refund.voided_at.is_(None),
        Refund.qb_refund_id.is_(None),
        Refund.refund_date >= first,
    )


def _customers(documents: dict[str, Any]) -> Any:
    wanted = [_queued("customer")]
    for name in ("invoice", "credit_memo", "payment"):
        model = SYNCED[name].model
        wanted.append(sa.select(model.customer_id).where(model.id.in_(documents[name])))
    return sa.select(Customer.id).where(
        Customer.qb_customer_id.is_(None), sa.or_(*(Customer.id.in_(ids) for ids in wanted))
    )


def _products(invoices: Any, memos: Any) -> Any:
    wanted = (
        _queued("item"),
        sa.select(InvoiceLineItem.product_id).where(
            InvoiceLineItem.invoice_id.in_(invoices), InvoiceLineItem.product_id.is_not(None)
        ),
        sa.select(CreditMemoLineItem.product_id).where(
            CreditMemoLineItem.credit_memo_id.in_(memos),
            CreditMemoLineItem.product_id.is_not(None),
        ),
    )
    return sa.select(Product.id).where(
        Product.qb_item_id.is_(None), sa.or_(*(Product.id.in_(ids) for ids in wanted))
    )


def _queued(entity_type: str) -> Any:
    return sa.select(SyncQueueRow.entity_id).where(
        SyncQueueRow.entity_type == entity_type, SyncQueueRow.status.in_(outbox.OPEN)
    )


def withdraw_rest(uow: UnitOfWork, start: date | None) -> int:
    """Take documents back out of the queue that are not due; give how many."""
    count = 0
    wanted = {(one.entity_type, one.entity_id) for one in due(uow.session, start)}
    rows = uow.session.execute(
        sa.select(SyncQueueRow.entity_type, SyncQueueRow.entity_id).where(
            SyncQueueRow.entity_type.in_(DOCUMENTS),
            SyncQueueRow.operation == "create",
            SyncQueueRow.status.in_((QueueStatus.PENDING, QueueStatus.BLOCKED)),
        )
    )
    for entity_type, entity_id in rows.all():
        record = outbox.find_record(uow.session, entity_type, entity_id)
        if (entity_type, entity_id) in wanted or record is None:
            continue
        if pushing.withdraw(uow, record, STAYS):
            outbox.set_badge(record, SyncState.NOT_SYNCED, STAYS)
            count += 1
    uow.session.flush()
    return count


def queue(uow: UnitOfWork, one: Due) -> bool:
    """Queue one due record unless it stands in the queue already; tell whether it was new."""
    record = outbox.find_record(uow.session, one.entity_type, one.entity_id)
    if record is None:
        return False
    waits = (*outbox.OPEN, QueueStatus.FAILED)
    if any(row.status in waits for row in pushing.rows_of(uow.session, record)):
        return False
    outbox.enqueue(uow, record, "create")
    return True

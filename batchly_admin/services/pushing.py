"""What a change of a record means to QuickBooks: queue it, send it again, or take it back."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from batchly_admin.domain.statuses import QueueStatus, SyncState
from batchly_admin.errors import Conflict
from batchly_admin.models.billing import CreditMemo, Invoice
from batchly_admin.models.catalogue import Product
from batchly_admin.models.customers import Customer
from batchly_admin.models.sync import SyncQueueRow
from batchly_admin.models.synced import kind_of
from batchly_admin.services import outbox
from batchly_admin.services.company import company
from batchly_admin.services.unit_of_work import UnitOfWork

WAITING = frozenset({SyncState.FAILED, SyncState.MISSING, SyncState.PENDING, SyncState.BLOCKED})
ON_ITS_WAY = "It is on its way to QuickBooks just now; try again in a minute."


def push_invoice(uow: UnitOfWork, invoice: Invoice) -> None:
    """Queue an issued invoice, and before it the customer and the products QuickBooks lacks."""
    if is_before_start(uow.session, invoice.invoice_date):
        words = "Dated before the day from which QuickBooks is kept; it stays here."
        outbox.set_badge(invoice, SyncState.NOT_SYNCED, words)
        return
    push_parents(uow, invoice)
    outbox.enqueue(uow, invoice, "create")


def push_parents(uow: UnitOfWork, invoice: Invoice | CreditMemo) -> None:
    """Queue the customer, then the products of a document that are not in QuickBooks."""
    customers = _lacking(uow.session, Customer, "qb_customer_id", {invoice.customer_id})
    wanted = {line.product_id for line in invoice.lines if line.product_id is not None}
    products = _lacking(uow.session, Product, "qb_item_id", wanted)
    for parent in [*customers, *products]:
        # A failed one is not sent again without a person; the invoice waits for it and says so.
        if parent.sync_state not in WAITING:
            outbox.enqueue(uow, parent, "create")


def _lacking(session: Session, model: Any, column: str, ids: Iterable[Any]) -> list[Any]:
    # Locked and read anew: whoever queues the same customer at the same time has to wait here.
    query = (
        sa.select(model)
        .where(model.id.in_(list(ids)), getattr(model, column).is_(None))
        .order_by(model.id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    return list(session.scalars(query))


def is_before_start(session: Session, day: date) -> bool:
    """Tell whether a document is older than the day from which documents are pushed."""
    start = company(session).setting("sync_start_date")
    return bool(start) and day < date.fromisoformat(str(start))


def rows_of(session: Session, record: Any) -> list[SyncQueueRow]:
    """Give the queue rows of a record, locked, newest first."""
    query = (
        sa.select(SyncQueueRow)
        .where(
            SyncQueueRow.entity_type == kind_of(record).entity_type,
            SyncQueueRow.entity_id == record.id,
        )
        .order_by(SyncQueueRow.id.desc())
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    return list(session.scalars(query))


def withdraw(uow: UnitOfWork, record: Any, reason: str) -> bool:
    """Take back what never left for QuickBooks; tell whether nothing of the record can be there.

    Raises:
        Conflict: when it is being sent at this moment.
    """
    is_clean = not kind_of(record).qbo_id(record)
    for row in rows_of(uow.session, record):
        if row.status == QueueStatus.PROCESSING:
            raise Conflict(ON_ITS_WAY)
        never_left = row.sent_at is None and row.status != QueueStatus.COMPLETED
        if never_left and row.status != QueueStatus.CANCELLED:
            row.status = QueueStatus.CANCELLED.value
            row.resolved_by_id = uow.actor.user_id
            row.resolved_note = reason
        elif row.status != QueueStatus.CANCELLED:
            is_clean = False
    uow.session.flush()
    return is_clean


def send_again(uow: UnitOfWork, record: Any) -> str:
    """Queue a record that is not in step with QuickBooks; give the words for the person.

    Raises:
        Conflict: when there is nothing to send, or it waits already.
    """
    kind = kind_of(record)
    label = kind.label(record)
    rows = rows_of(uow.session, record)
    waiting = next((row for row in rows if row.status in outbox.OPEN), None)
    if waiting is not None:
        why = f" {waiting.error_message}" if waiting.error_message else ""
        raise Conflict(f"{label} is queued already.{why}")
    failed = next((row for row in rows if row.status == QueueStatus.FAILED), None)
    if failed is not None:
        outbox.renew(uow, failed, record)
        return "Queued again."
    if kind.qbo_id(record) and isinstance(record, Customer | Product):
        outbox.enqueue(uow, record, "update")
    elif kind.qbo_id(record):
        raise Conflict(f"{label} is in QuickBooks already.")
    else:
        outbox.enqueue(uow, record, "create")
    return "Queued for QuickBooks."

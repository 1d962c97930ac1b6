"""What the queue to QuickBooks remembers of the demo's past: what went out, what failed and why."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from batchly_admin.demo.billing import Desk
from batchly_admin.demo.mirror import PUSH_SECONDS, invoice_body
from batchly_admin.demo.sales import Directory
from batchly_admin.demo.simulated import Books
from batchly_admin.demo.story import Story
from batchly_admin.domain.statuses import QueueStatus, SyncState
from batchly_admin.errors import SyncError
from batchly_admin.ids import new_id
from batchly_admin.models.billing import Invoice, Payment
from batchly_admin.models.catalogue import Product
from batchly_admin.models.customers import Customer
from batchly_admin.models.sync import SyncAttempt, SyncQueueRow
from batchly_admin.models.synced import kind_of
from batchly_admin.qbo.mapping.customer import to_qbo_customer
from batchly_admin.qbo.session import mask
from batchly_admin.services import customers, outbox
from batchly_admin.services.unit_of_work import UnitOfWork

SHOWN_ATTEMPTS = 60
FRESH_CHANGES = 3
PUSH = timedelta(seconds=PUSH_SECONDS)


def write_traffic(
    story: Story, books: Books, desk: Desk, directory: Directory, sent: Sequence[UUID]
) -> None:
    """Bring the queue to where it would stand had the worker run all the time."""
    with story.chapter("system", story.present, "What went to QuickBooks so far") as uow:
        _names(uow)
        _documents(uow, sent)
        uow.session.flush()
        _attempts(uow)
        waits_for = _failed_customer(story, uow, books, directory.customers[desk.troubles.customer])
        _block(uow, desk.invoice_ids[desk.troubles.waiting], waits_for)
        _failed_invoice(story, uow, books, desk.invoice_ids[desk.troubles.refused])
        books.close(desk.troubles.closed_until)
        _failed_invoice(story, uow, books, desk.invoice_ids[desk.troubles.too_late])
    _fresh_changes(story)


def _names(uow: UnitOfWork) -> None:
    """Write a row for all products and customers that are there: they went out when entered."""
    organization_id = outbox.organization_id(uow.session)
    products = sa.select(Product).where(Product.qb_item_id.is_not(None)).order_by(Product.sku)
    people = sa.select(Customer).where(Customer.qb_customer_id.is_not(None))
    people = people.order_by(Customer.account_number)
    for record in [*uow.session.scalars(products), *uow.session.scalars(people)]:
        kind = kind_of(record)
        row_id = new_id()
        row = SyncQueueRow(
            id=row_id,
            organization_id=organization_id,
            entity_type=kind.entity_type,
            entity_id=record.id,
            label=kind.label(record)[:200],
            priority=outbox.PRIORITY[kind.entity_type],
            next_attempt_at=record.created_at,
            request_id=outbox.request_id(row_id, 1),
            created_at=record.created_at,
        )
        _complete(row, kind.qbo_id(record), record.created_at)
        uow.session.add(row)


def _complete(row: SyncQueueRow, qbo_id: str | None, moment: datetime) -> None:
    row.status = QueueStatus.COMPLETED.value
    row.phase = "done"
    row.attempts = 1
    row.last_attempt_at = moment + PUSH - timedelta(seconds=1)
    row.completed_at = moment + PUSH
    row.qbo_id = qbo_id


def _documents(uow: UnitOfWork, sent: Sequence[UUID]) -> None:
    """Complete the rows of what is in QuickBooks; a voided invoice went there twice."""
    rows = {
        row.entity_id: row
        for row in uow.session.scalars(
            sa.select(SyncQueueRow).where(
                SyncQueueRow.entity_type.in_(("invoice", "payment")),
                SyncQueueRow.operation == "create",
            )
        )
    }
    records: Iterable[Invoice | Payment] = [
        *uow.session.scalars(sa.select(Invoice).where(Invoice.id.in_(sent))),
        *uow.session.scalars(sa.select(Payment)),
    ]
    for record in records:
        row = rows.get(record.id)
        if row is None:
            continue
        row.resolved_note = row.resolved_by_id = None
        _complete(row, kind_of(record).qbo_id(record), row.created_at)
        if isinstance(record, Invoice) and record.voided_at is not None:
            uow.session.add(_void_row(row, record.voided_at))


def _void_row(row: SyncQueueRow, moment: datetime) -> SyncQueueRow:
    row_id = new_id()
    void = SyncQueueRow(
        id=row_id,
        organization_id=row.organization_id,
        entity_type=row.entity_type,
        entity_id=row.entity_id,
        label=row.label,
        operation="void",
        priority=row.priority,
        next_attempt_at=moment,
        request_id=outbox.request_id(row_id, 1),
        created_by_id=row.created_by_id,
        created_at=moment,
    )
    _complete(void, row.qbo_id, moment)
    return void


def _attempts(uow: UnitOfWork) -> None:
    """Keep the tries of the last rows, as the nightly clean-up leaves them."""
    rows = uow.session.scalars(
        sa.select(SyncQueueRow)
        .where(SyncQueueRow.status == QueueStatus.COMPLETED)
        .order_by(SyncQueueRow.completed_at.desc(), SyncQueueRow.label)
        .limit(SHOWN_ATTEMPTS)
    )
    for row in rows:
        started = row.last_attempt_at or row.created_at
        uow.session.add(
            SyncAttempt(
                queue_row_id=row.id,
                started_at=started,
                ended_at=row.completed_at,
                created_at=row.completed_at,
                outcome="ok",
                http_status=200,
                calls=1,
            )
        )


def _failed_customer(
    story: Story, uow: UnitOfWork, books: Books, customer_id: UUID
) -> SyncQueueRow:
    customer = uow.session.get_one(Customer, customer_id)
    body = to_qbo_customer(customer)
    return _fail(story, uow, customer, books.refusal("Customer", body), body)


def _failed_invoice(story: Story, uow: UnitOfWork, books: Books, invoice_id: UUID) -> None:
    invoice = uow.session.get_one(Invoice, invoice_id)
    body = invoice_body(invoice)
    _fail(story, uow, invoice, books.refusal("Invoice", body), body)


def _fail(
    story: Story, uow: UnitOfWork, record: Any, error: SyncError, body: dict[str, Any]
) -> SyncQueueRow:
    """Let a row end as the engine ends it when QuickBooks says no."""
    row = _open_row(uow, record)
    failed_at = min(row.created_at + PUSH, story.present)
    row.status = QueueStatus.FAILED.value
    row.phase = "failed"
    row.attempts = 1
    row.last_attempt_at = row.first_failed_at = failed_at
    row.error_class = error.error_class
    row.error_code = error.fault_code[:20] or None
    row.error_message = error.message
    row.error_hint = error.hint or None
    row.http_status = error.http_status
    uow.session.add(
        SyncAttempt(
            queue_row_id=row.id,
            started_at=failed_at,
            ended_at=failed_at,
            created_at=failed_at,
            outcome="error",
            error_class=row.error_class,
            error_code=row.error_code,
            message=error.message,
            http_status=error.http_status,
            calls=1,
            request=mask(body),
        )
    )
    outbox.set_badge(record, SyncState.FAILED, error.message)
    return row


def _block(uow: UnitOfWork, invoice_id: UUID, parent: SyncQueueRow) -> None:
    """Let an invoice wait for its customer, as the engine lets it."""
    invoice = uow.session.get_one(Invoice, invoice_id)
    row = _open_row(uow, invoice)
    words = f"Waits for customer {parent.label}, which failed: {parent.error_message}"
    row.status = QueueStatus.BLOCKED.value
    row.depends_on_id = parent.id
    row.error_class = "parent"
    row.error_message = words[:1000]
    outbox.set_badge(invoice, SyncState.BLOCKED, words[:500])


def _open_row(uow: UnitOfWork, record: Any) -> SyncQueueRow:
    return uow.session.scalars(
        sa.select(SyncQueueRow).where(
            SyncQueueRow.entity_type == kind_of(record).entity_type,
            SyncQueueRow.entity_id == record.id,
            SyncQueueRow.status == QueueStatus.PENDING,
        )
    ).one()


def _fresh_changes(story: Story) -> None:
    """Let somebody change a few customers just now: they are on their way."""
    moment = story.present - timedelta(minutes=3)
    with story.chapter("office", moment, "New phone numbers") as uow:
        found = uow.session.scalars(
            sa.select(Customer)
            .where(Customer.sync_state == SyncState.SYNCED)
            .order_by(Customer.account_number.desc())
            .limit(FRESH_CHANGES)
        )
        for customer in list(found):
            area = (customer.phone or "(518)")[:5]
            number = f"{area} 555-01{story.rng.randrange(100):02d}"
            customers.update_customer(uow, customer, {"phone": number})

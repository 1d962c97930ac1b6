"""Send failed rows again, because a person says so: one batch, counted as it goes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from batchly_admin.domain.statuses import QueueStatus
from batchly_admin.errors import Conflict, NotFound
from batchly_admin.models.billing import Invoice
from batchly_admin.models.changes import ChangeItem
from batchly_admin.models.sync import SyncBatch, SyncQueueRow
from batchly_admin.models.synced import SYNCED
from batchly_admin.services import outbox
from batchly_admin.services.unit_of_work import UnitOfWork

FILTERS = ("entity_type", "error_class", "error_code", "operation")
MISSING = "missing"
"""What was deleted in QuickBooks; it is sent again only when it is asked for by its class."""

BY_ITSELF = frozenset({"transient", "internal", "throttled", "login"})
"""Classes whose cause lies in QuickBooks or on the way: trying again needs no change here."""

SHARED = ("tax_codes", "tax_rates", "payment_terms", "payment_methods", "settings", "number_gaps")


def retry(uow: UnitOfWork, ids: Iterable[UUID]) -> SyncBatch:
    """Queue these rows again; what waits for a failed parent takes the parent along."""
    return _send_again(uow, wanted(uow, ids), _new_batch(uow))


def retry_all(uow: UnitOfWork, where: Mapping[str, Any]) -> SyncBatch:
    """Queue every failed row again that fits.

    What was deleted in QuickBooks is made there again only when it is asked for by its class.
    """
    conditions = [getattr(SyncQueueRow, key) == where[key] for key in FILTERS if where.get(key)]
    if not where.get("error_class"):
        conditions.append(SyncQueueRow.error_class.is_distinct_from(MISSING))
    failed = sa.and_(SyncQueueRow.status == QueueStatus.FAILED, *conditions)
    return _send_again(uow, _rows(uow, failed), _new_batch(uow))


def retry_like(uow: UnitOfWork, row_id: UUID) -> SyncBatch:
    """Queue every failed row again that failed for the same cause as this one.

    Raises:
        NotFound: there is no such row.
        Conflict: it did not fail.
    """
    row = uow.session.get(SyncQueueRow, row_id)
    if row is None:
        raise NotFound("This row is no longer in the queue.")
    if row.status != QueueStatus.FAILED:
        raise Conflict(f"{row.label} did not fail.")
    return _send_again(uow, _rows(uow, alike(row)), _new_batch(uow))


def alike(row: SyncQueueRow) -> sa.ColumnElement[bool]:
    """Give the condition of failed rows with the same class and code."""
    return sa.and_(
        SyncQueueRow.status == QueueStatus.FAILED,
        SyncQueueRow.error_class.is_not_distinct_from(row.error_class),
        SyncQueueRow.error_code.is_not_distinct_from(row.error_code),
    )


def retry_in_run(uow: UnitOfWork, row_id: UUID) -> str:
    """Queue one row of a bulk run again; all rows of the run are one batch.

    Raises:
        NotFound: there is no such row.
        Conflict: it did not fail.
    """
    row = uow.session.get(SyncQueueRow, row_id)
    if row is None:
        raise NotFound("This row is no longer in the queue.")
    found = wanted(uow, [row_id])
    if not found:
        if row.status in (QueueStatus.PENDING, QueueStatus.PROCESSING):
            return "It is on its way already."
        raise Conflict(f"{row.label} did not fail.")
    # The batch has the key of the run, so that every row of it finds the same one.
    known = uow.session.get(SyncBatch, uow.run_id, with_for_update=True) if uow.run_id else None
    batch = _send_again(uow, found, known or _new_batch(uow, uow.run_id))
    return "Queued again." if batch.total else "A newer row of the same record is waiting."


def wanted(uow: UnitOfWork, ids: Iterable[UUID]) -> list[SyncQueueRow]:
    """Give the failed ones of these rows, and the failed parents of those that are blocked."""
    rows = _rows(uow, SyncQueueRow.id.in_(list(ids)))
    parents = {row.depends_on_id for row in rows if row.status == QueueStatus.BLOCKED}
    found = {row.id: row for row in rows if row.status == QueueStatus.FAILED}
    if parents - {None}:
        for row in _rows(uow, SyncQueueRow.id.in_([key for key in parents if key])):
            if row.status == QueueStatus.FAILED:
                found[row.id] = row
    return list(found.values())


def is_unchanged(session: Session, row: SyncQueueRow) -> bool:
    """Tell whether nothing changed here since a row failed for a cause that lies in the record.

    Sending it again then most likely fails again, unless somebody changed something in QuickBooks.
    """
    if row.status != QueueStatus.FAILED or row.error_class in BY_ITSELF:
        return False
    failed_at = row.last_attempt_at or row.first_failed_at
    if failed_at is None:
        return False
    return not _changed_since(session, _concerned(session, row), failed_at)


def _changed_since(session: Session, ids: set[UUID], moment: datetime) -> bool:
    about = sa.or_(ChangeItem.row_id.in_(ids), ChangeItem.table_name.in_(SHARED))
    query = sa.select(ChangeItem.id).where(about, ChangeItem.created_at > moment).limit(1)
    return session.scalar(query) is not None


def _concerned(session: Session, row: SyncQueueRow) -> set[UUID]:
    """Give the record, and what it refers to."""
    found = {row.entity_id}
    record = outbox.find_record(session, row.entity_type, row.entity_id)
    customer_id = getattr(record, "customer_id", None)
    if customer_id is not None:
        found.add(customer_id)
    if isinstance(record, Invoice):
        found.update(line.product_id for line in record.lines if line.product_id is not None)
    return found


def _rows(uow: UnitOfWork, where: sa.ColumnElement[bool]) -> list[SyncQueueRow]:
    query = sa.select(SyncQueueRow).where(where).order_by(SyncQueueRow.id).with_for_update()
    return list(uow.session.scalars(query))


def _new_batch(uow: UnitOfWork, key: UUID | None = None) -> SyncBatch:
    batch = SyncBatch(label="Retry", user_id=uow.actor.user_id, total=0, done=0, ok=0, failed=0)
    if key is not None:
        batch.id = key
    uow.session.add(batch)
    uow.session.flush()
    return batch


def _send_again(uow: UnitOfWork, rows: list[SyncQueueRow], batch: SyncBatch) -> SyncBatch:
    count = 0
    for row in rows:
        if _is_superseded(uow, row):
            row.status = QueueStatus.CANCELLED.value
            row.resolved_by_id = uow.actor.user_id
            row.resolved_note = "A newer row of the same record is waiting."
            continue
        _renew(uow, row, batch)
        count += 1
    batch.total += count
    noun = "record" if batch.total == 1 else "records"
    batch.label = f"Retry of {batch.total} {noun}"
    # A batch that grows is not finished, however far it had come.
    batch.finished_at = None if batch.done < batch.total else uow.now()
    uow.session.flush()
    uow.ring_after_commit("push")
    return batch


def _renew(uow: UnitOfWork, row: SyncQueueRow, batch: SyncBatch) -> None:
    outbox.renew(uow, row, outbox.find_record(uow.session, row.entity_type, row.entity_id))
    row.batch_id = batch.id
    children = uow.session.scalars(
        sa.select(SyncQueueRow).where(
            SyncQueueRow.depends_on_id == row.id, SyncQueueRow.status == QueueStatus.BLOCKED
        )
    )
    name = SYNCED[row.entity_type].entity_type.replace("_", " ")
    for child in children:
        child.error_message = f"Waits for {name} {row.label}."


def _is_superseded(uow: UnitOfWork, row: SyncQueueRow) -> bool:
    uow.session.flush()
    return (
        uow.session.scalar(
            sa.select(SyncQueueRow.id)
            .where(
                SyncQueueRow.entity_type == row.entity_type,
                SyncQueueRow.entity_id == row.entity_id,
                SyncQueueRow.operation == row.operation,
                SyncQueueRow.status.in_(outbox.OPEN),
                SyncQueueRow.id != row.id,
            )
            .limit(1)
        )
        is not None
    )

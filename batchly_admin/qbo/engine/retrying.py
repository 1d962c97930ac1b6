"""Send failed rows again, because a person says so: one batch, counted as it goes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from batchly_admin.domain.statuses import QueueStatus
from batchly_admin.models.sync import SyncBatch, SyncQueueRow
from batchly_admin.services import outbox
from batchly_admin.services.unit_of_work import UnitOfWork

FILTERS = ("entity_type", "error_class", "error_code", "operation")


def retry(uow: UnitOfWork, ids: Iterable[UUID]) -> SyncBatch:
    """Queue these rows again; what waits for a failed parent takes the parent along."""
    rows = _rows(uow, SyncQueueRow.id.in_(list(ids)))
    parents = {row.depends_on_id for row in rows if row.status == QueueStatus.BLOCKED}
    wanted = {row.id: row for row in rows if row.status == QueueStatus.FAILED}
    if parents - {None}:
        for row in _rows(uow, SyncQueueRow.id.in_([key for key in parents if key])):
            if row.status == QueueStatus.FAILED:
                wanted[row.id] = row
    return _send_again(uow, list(wanted.values()))


def retry_all(uow: UnitOfWork, where: Mapping[str, Any]) -> SyncBatch:
    """Queue every failed row again that fits."""
    conditions = [getattr(SyncQueueRow, key) == where[key] for key in FILTERS if where.get(key)]
    rows = _rows(uow, sa.and_(SyncQueueRow.status == QueueStatus.FAILED, *conditions))
    return _send_again(uow, rows)


def _rows(uow: UnitOfWork, where: sa.ColumnElement[bool]) -> list[SyncQueueRow]:
    query = sa.select(SyncQueueRow).where(where).order_by(SyncQueueRow.id).with_for_update()
    return list(uow.session.scalars(query))


def _send_again(uow: UnitOfWork, rows: list[SyncQueueRow]) -> SyncBatch:
    batch = SyncBatch(label="Retry", user_id=uow.actor.user_id)
    uow.session.add(batch)
    uow.session.flush()
    count = 0
    for row in rows:
        if _is_superseded(uow, row):
            row.status = QueueStatus.CANCELLED.value
            row.resolved_by_id = uow.actor.user_id
            row.resolved_note = "A newer row of the same record is waiting."
            continue
        _renew(uow, row, batch)
        count += 1
    batch.total = count
    batch.label = f"Retry of {count} {'record' if count == 1 else 'records'}"
    if not count:
        batch.finished_at = uow.now()
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
    for child in children:
        child.error_message = f"Waits for {row.entity_type} {row.label}."


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

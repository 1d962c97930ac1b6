"""What the minute's sweep puts right: abandoned rows, and rows whose wait is over unnoticed."""

from __future__ import annotations

import sqlalchemy as sa

from batchly_admin.domain.statuses import QueueStatus, SyncState
from batchly_admin.models.sync import SyncQueueRow
from batchly_admin.models.synced import SYNCED
from batchly_admin.qbo.engine import breaker, queue
from batchly_admin.qbo.facts import connection_of
from batchly_admin.services import outbox
from batchly_admin.services.unit_of_work import UnitOfWork

PARENT = "parent"
TAKES_AWAY = frozenset({"void", "delete"})
AT_ONCE = 500


def sweep(uow: UnitOfWork) -> int:
    """Look at every row nobody holds; give how many could be worked on now.

    Rows whose lease ran out need nothing done: they are due by themselves, and the claim that takes
    them knows from their state how far they had come.
    """
    now = uow.now()
    gate = breaker.look(connection_of(uow.session), now, 1)
    if gate.connection_id is None:
        breaker.block_for_login(uow.session, gate.words)
        return 0
    breaker.unblock_for_login(uow.session, now)
    _look_at_blocked(uow)
    uow.session.flush()
    due = queue.count_due(uow.session, now) if gate.limit else 0
    if due:
        uow.ring_after_commit("push")
    return due


def _look_at_blocked(uow: UnitOfWork) -> None:
    rows = uow.session.scalars(
        sa.select(SyncQueueRow)
        .where(SyncQueueRow.status == QueueStatus.BLOCKED, SyncQueueRow.error_class == PARENT)
        .order_by(SyncQueueRow.id)
        .limit(AT_ONCE)
        .with_for_update(skip_locked=True)
    )
    for row in rows:
        parent = uow.session.get(SyncQueueRow, row.depends_on_id) if row.depends_on_id else None
        if parent is not None and parent.operation in TAKES_AWAY:
            if parent.status in (QueueStatus.COMPLETED, QueueStatus.CANCELLED):
                _let_go(uow, row)
            continue
        if parent is None or _is_there(uow, parent):
            _let_go(uow, row)
            continue
        newest = _newest_of(uow, parent)
        if newest.id != parent.id:
            row.depends_on_id = newest.id
            parent = newest
        if parent.status in (QueueStatus.COMPLETED, QueueStatus.CANCELLED):
            _let_go(uow, row)


def _is_there(uow: UnitOfWork, parent: SyncQueueRow) -> bool:
    kind = SYNCED[parent.entity_type]
    record = uow.session.get(kind.model, parent.entity_id)
    return record is None or bool(kind.qbo_id(record))


def _newest_of(uow: UnitOfWork, parent: SyncQueueRow) -> SyncQueueRow:
    found = uow.session.scalar(
        sa.select(SyncQueueRow)
        .where(
            SyncQueueRow.entity_type == parent.entity_type,
            SyncQueueRow.entity_id == parent.entity_id,
            SyncQueueRow.operation.in_(("create", "update")),
        )
        .order_by(SyncQueueRow.id.desc())
        .limit(1)
    )
    return found or parent


def _let_go(uow: UnitOfWork, row: SyncQueueRow) -> None:
    row.status = QueueStatus.PENDING.value
    row.depends_on_id = None
    row.next_attempt_at = uow.now()
    row.error_class = row.error_code = row.error_message = row.error_hint = None
    record = outbox.find_record(uow.session, row.entity_type, row.entity_id)
    if record is not None:
        outbox.set_badge(record, SyncState.PENDING, None)

"""What has to reach QuickBooks first: find it, queue it, wait for it."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from batchly_admin.domain.statuses import QueueStatus, SyncState
from batchly_admin.models.sync import SyncQueueRow
from batchly_admin.models.synced import kind_of
from batchly_admin.qbo.engine import queue
from batchly_admin.qbo.push import Pusher
from batchly_admin.services import outbox
from batchly_admin.services.unit_of_work import UnitOfWork


def missing(pusher: Pusher, record: Any) -> list[Any]:
    """Give the records this one needs that are not in QuickBooks yet, each once."""
    found = {
        parent.id: parent for parent in pusher.parents(record) if not kind_of(parent).qbo_id(parent)
    }
    return list(found.values())


def wait_for(uow: UnitOfWork, claim: queue.Claim, record: Any, parents: list[Any]) -> None:
    """Queue the parents and let the row wait for them; that uses no try."""
    # All of them are queued now, so that they go in one round; one is enough to wait for.
    rows = [_row_of(uow, parent) for parent in parents]
    number = next((i for i, row in enumerate(rows) if row.status == QueueStatus.FAILED), 0)
    parent, waits_for = parents[number], rows[number]
    kind = kind_of(parent)
    words = f"Waits for {kind.entity_type} {kind.label(parent)}."
    if waits_for.status == QueueStatus.FAILED:
        words = f"{words[:-1]}, which failed: {waits_for.error_message}"
    queue.put_back(
        uow.session,
        claim,
        status=QueueStatus.BLOCKED.value,
        phase="queued",
        attempts=claim.attempts - 1,
        depends_on_id=waits_for.id,
        error_class="parent",
        error_code=None,
        error_message=words[:1000],
        error_hint=None,
    )
    outbox.set_badge(record, SyncState.BLOCKED, words[:500])


def _row_of(uow: UnitOfWork, parent: Any) -> SyncQueueRow:
    """Give the row that carries the parent; a failed one is not sent again without a person."""
    kind = kind_of(parent)
    newest = uow.session.scalar(
        sa.select(SyncQueueRow)
        .where(
            SyncQueueRow.entity_type == kind.entity_type,
            SyncQueueRow.entity_id == parent.id,
            SyncQueueRow.operation.in_(("create", "update")),
        )
        .order_by(SyncQueueRow.id.desc())
        .limit(1)
    )
    if newest is not None and newest.status in (*outbox.OPEN, QueueStatus.FAILED):
        return newest
    return outbox.enqueue(uow, parent, "create")

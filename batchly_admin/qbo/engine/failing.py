"""What an error does to its row: the right-hand side of the error table.

A failure of QuickBooks uses a try and waits; a refusal ends at once; a slow-down, a lost login and
a closed company use no try at all, because the document can do nothing about them.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from batchly_admin.domain.notices import NoticeKind
from batchly_admin.domain.statuses import QueueStatus, SyncState
from batchly_admin.errors import (
    AlreadyThere,
    Reconnect,
    Rejected,
    SyncError,
    Throttled,
    Transient,
)
from batchly_admin.models.sync import QbConnection, SyncQueueRow
from batchly_admin.qbo import auth
from batchly_admin.qbo.engine import batches, breaker, queue
from batchly_admin.services import notices, outbox, pausing
from batchly_admin.services.unit_of_work import UnitOfWork

SUBSCRIPTION = "6190"
RETRY_HINT = "Three tries failed. Retry it when the cause is gone."


def fail(uow: UnitOfWork, claim: queue.Claim, connection_id: UUID, error: SyncError) -> str:
    """Put the row into the state its error asks for; give how it ended."""
    if isinstance(error, Throttled):
        return _wait_for_pace(uow, claim, connection_id, error)
    if isinstance(error, Reconnect):
        return _wait_for_login(uow, claim, connection_id, error)
    if isinstance(error, Rejected | AlreadyThere):
        return _end(uow, claim, connection_id, error)
    stops = isinstance(error, Transient) and breaker.fail(
        uow.session, connection_id, uow.now(), error.message
    )
    return put_off(uow, claim, connection_id, error, stops=stops)


def put_off(
    uow: UnitOfWork, claim: queue.Claim, connection_id: UUID, error: SyncError, *, stops: bool
) -> str:
    """Let a row wait for its next try, or end it after its last; give how it ended.

    `stops` says that QuickBooks is not called at all for now; then this try was none.
    """
    if stops:
        _tell_outage(uow, error)
        _wait(uow, claim, error, when=uow.now(), attempts=claim.attempts - 1)
        return "stopped"
    if claim.is_last:
        keep_sent = isinstance(error, Transient)
        return _end(uow, claim, connection_id, error, hint=RETRY_HINT, keep_sent=keep_sent)
    when = queue.next_try(uow.now(), claim.attempts)
    _wait(uow, claim, error, when=when, attempts=claim.attempts, was_sent=True)
    return "waiting"


def _tell_outage(uow: UnitOfWork, error: SyncError) -> None:
    lines = [error.message, "Documents wait and are sent by themselves when it answers again."]
    notices.notify(uow, NoticeKind.OUTAGE, "QuickBooks does not answer", lines, "outage")


def _cause(claim: queue.Claim, error: SyncError) -> notices.Failure:
    code = error.fault_code[:20]
    return notices.Failure(claim.label, error.error_class, code, error.message)


def _wait_for_pace(
    uow: UnitOfWork, claim: queue.Claim, connection_id: UUID, error: Throttled
) -> str:
    until = uow.now() + timedelta(seconds=error.retry_after)
    breaker.throttle(uow.session, connection_id, until)
    _wait(uow, claim, error, when=until, attempts=claim.attempts - 1)
    return "stopped"


def _wait_for_login(
    uow: UnitOfWork, claim: queue.Claim, connection_id: UUID, error: Reconnect
) -> str:
    _wait(uow, claim, error, when=uow.now(), attempts=claim.attempts - 1)
    if error.fault_code == SUBSCRIPTION:
        breaker.park(uow.session, connection_id, uow.now(), error.message)
        return "stopped"
    end_login(uow, connection_id, error.message)
    return "stopped"


def end_login(uow: UnitOfWork, connection_id: UUID, words: str) -> None:
    """Mark the connection as lost, once, and say in every waiting row what it waits for."""
    connection = uow.session.get(QbConnection, connection_id, with_for_update=True)
    if connection is not None:
        auth.end_login(uow, connection, words)
    breaker.block_for_login(uow.session, words)


def _wait(
    uow: UnitOfWork,
    claim: queue.Claim,
    error: SyncError,
    *,
    when: Any,
    attempts: int,
    was_sent: bool = False,
) -> None:
    values: dict[str, Any] = {
        "status": QueueStatus.PENDING.value,
        "phase": "queued",
        "next_attempt_at": when,
        "attempts": max(attempts, 0),
        **_said(error),
    }
    if not was_sent and not isinstance(error, Transient):
        # The gateway turned it away: nothing was done with it.
        values["sent_at"] = claim.sent_at
    if queue.put_back(uow.session, claim, **values):
        _first_failure(uow, claim)
        _badge(uow, claim, SyncState.PENDING, error.message)


def _end(
    uow: UnitOfWork,
    claim: queue.Claim,
    connection_id: UUID,
    error: SyncError,
    *,
    hint: str = "",
    keep_sent: bool = False,
) -> str:
    values: dict[str, Any] = {
        "status": QueueStatus.FAILED.value,
        "phase": "failed",
        **_said(error),
    }
    values["error_hint"] = hint or error.hint or None
    if not keep_sent:
        values["sent_at"] = None
    if queue.put_back(uow.session, claim, **values):
        _first_failure(uow, claim)
        _badge(uow, claim, SyncState.FAILED, error.message)
        _tell_children(uow, claim, error)
        row = uow.session.get(SyncQueueRow, claim.id, populate_existing=True)
        batches.count(uow.session, row.batch_id if row else None, uow.now(), ok=False)
        notices.repeated_failure(uow, _cause(claim, error), claim.attempts)
        if pausing.count_failure(uow, connection_id, error.message):
            return "stopped"
    return "failed"


def _said(error: SyncError) -> dict[str, Any]:
    return {
        "error_class": error.error_class,
        "error_code": error.fault_code[:20] or None,
        "error_message": error.message[:1000],
        "error_hint": error.hint or None,
        "http_status": error.http_status,
        "intuit_tid": error.tid,
    }


def _first_failure(uow: UnitOfWork, claim: queue.Claim) -> None:
    uow.session.execute(
        sa.update(SyncQueueRow)
        .where(SyncQueueRow.id == claim.id, SyncQueueRow.first_failed_at.is_(None))
        .values(first_failed_at=uow.now())
        .execution_options(synchronize_session=False)
    )


def _badge(uow: UnitOfWork, claim: queue.Claim, state: SyncState, words: str) -> None:
    record = outbox.find_record(uow.session, claim.entity_type, claim.entity_id)
    if record is not None:
        outbox.set_badge(record, state, words[:500])


def _tell_children(uow: UnitOfWork, claim: queue.Claim, error: SyncError) -> None:
    words = f"Waits for {claim.entity_type} {claim.label}, which failed: {error.message}"[:500]
    children = uow.session.scalars(
        sa.select(SyncQueueRow).where(
            SyncQueueRow.depends_on_id == claim.id, SyncQueueRow.status == QueueStatus.BLOCKED
        )
    )
    for child in children:
        child.error_message = words
        record = outbox.find_record(uow.session, child.entity_type, child.entity_id)
        if record is not None:
            outbox.set_badge(record, SyncState.BLOCKED, words)

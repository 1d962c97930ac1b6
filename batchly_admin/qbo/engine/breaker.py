"""Whether the company may be called at all: the login, the pause, the breaker, QuickBooks' pace.

The breaker opens after five failures in a row: QuickBooks is down then, not the document wrong. The
rows that failed get their try back, nothing more is sent, and one row goes ahead every 30 seconds
(doubling up to five minutes) until one gets through. An outage therefore costs no document a try.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from batchly_admin.domain.statuses import QueueStatus, SyncState
from batchly_admin.models.sync import QbConnection, SyncQueueRow
from batchly_admin.models.synced import SYNCED
from batchly_admin.qbo import facts
from batchly_admin.qbo.auth import ENDED, NOT_CONNECTED
from batchly_admin.services import outbox

OPENS_AFTER = 5
FIRST_PROBE = timedelta(seconds=30)
LONGEST_PROBE = timedelta(minutes=5)
SUBSCRIPTION_PROBE = timedelta(minutes=5)
LOGIN = "login"


@dataclass(frozen=True, slots=True)
class Gate:
    """May rows leave, and how many at a time; `words` say why not."""

    connection_id: UUID | None
    limit: int
    words: str = ""
    has_failed: bool = False
    """Whether the last calls failed, so that a success is worth writing down."""


def look(connection: QbConnection | None, now: datetime, limit: int) -> Gate:
    """Give what the connection allows at this moment."""
    if connection is None or connection.state == "disconnected":
        return Gate(None, 0, NOT_CONNECTED)
    if connection.state != "connected":
        return Gate(None, 0, connection.last_error or ENDED)
    words = _words(connection, now)
    if words:
        return Gate(connection.id, 0, words)
    is_probe = connection.breaker_opened_count > 0
    has_failed = is_probe or connection.breaker_failures > 0 or connection.final_failures > 0
    return Gate(connection.id, 1 if is_probe else limit, "", has_failed)


def may_read(connection: QbConnection | None, now: datetime) -> bool:
    """Tell whether QuickBooks may be read now; paused pushes do not stop the news."""
    if connection is None or connection.state != "connected" or not facts.is_live(connection):
        return False
    if connection.throttled_until and connection.throttled_until > now:
        return False
    until = connection.breaker_open_until
    return not (connection.breaker_opened_count and until and until > now)


def _words(connection: QbConnection, now: datetime) -> str:
    if not facts.is_live(connection):
        return facts.NOT_LIVE
    if connection.pushes_paused or not connection.sync_enabled:
        return connection.pause_reason or "Pushes to QuickBooks are paused by an admin."
    if connection.throttled_until and connection.throttled_until > now:
        return "QuickBooks asked us to slow down; it goes on by itself."
    until = connection.breaker_open_until
    if connection.breaker_opened_count and until and until > now:
        words = connection.last_error or "QuickBooks does not answer."
        return f"{words} It is tried again by itself."
    return ""


def succeed(session: Session, connection_id: UUID, *, pushed: bool = False) -> None:
    """Close the breaker: a call got through; a pushed record also ends a row of failures."""
    if pushed:
        _set(
            session,
            sa.and_(QbConnection.id == connection_id, QbConnection.final_failures > 0),
            final_failures=0,
        )
    _set(
        session,
        sa.and_(
            QbConnection.id == connection_id,
            sa.or_(QbConnection.breaker_failures > 0, QbConnection.breaker_opened_count > 0),
        ),
        breaker_failures=0,
        breaker_opened_count=0,
        breaker_open_until=None,
        last_error=None,
    )


def fail(session: Session, connection_id: UUID, now: datetime, words: str) -> bool:
    """Count a failure of QuickBooks; True when nothing more should be sent for now."""
    connection = session.get(
        QbConnection, connection_id, with_for_update=True, populate_existing=True
    )
    if connection is None:
        return True
    failures, opened = connection.breaker_failures + 1, connection.breaker_opened_count
    until = connection.breaker_open_until
    if opened or failures >= OPENS_AFTER:
        until = now + min(FIRST_PROBE * 2**opened, LONGEST_PROBE)
        opened = min(opened + 1, 10)
    _set(
        session,
        QbConnection.id == connection_id,
        breaker_failures=failures,
        breaker_opened_count=opened,
        breaker_open_until=until,
        last_error=words,
    )
    if opened:
        _give_tries_back(session, now)
    return bool(opened)


def park(session: Session, connection_id: UUID, now: datetime, words: str) -> None:
    """Send nothing for some minutes: the company itself is closed to writing."""
    _set(
        session,
        QbConnection.id == connection_id,
        breaker_opened_count=1,
        breaker_open_until=now + SUBSCRIPTION_PROBE,
        last_error=words,
    )


def throttle(session: Session, connection_id: UUID, until: datetime) -> None:
    """Send nothing until then: QuickBooks said so."""
    _set(session, QbConnection.id == connection_id, throttled_until=until)


def _give_tries_back(session: Session, now: datetime) -> None:
    row = SyncQueueRow
    session.execute(
        sa.update(row)
        .where(row.status == QueueStatus.PENDING, row.error_class == "transient", row.attempts > 0)
        .values(attempts=row.attempts - 1, next_attempt_at=now)
        .execution_options(synchronize_session=False)
    )


def block_for_login(session: Session, words: str) -> int:
    """Say in every waiting row, and in the badge of its record, that it waits for a login."""
    row = SyncQueueRow
    blocked = outbox.write_rows(
        session,
        row.status == QueueStatus.PENDING,
        status=QueueStatus.BLOCKED.value,
        error_class=LOGIN,
        error_message=words,
        error_hint="Connect QuickBooks; everything waiting goes out by itself.",
    )
    if blocked:
        _badge_waiting(session, SyncState.BLOCKED, words)
    return blocked


def unblock_for_login(session: Session, now: datetime) -> int:
    """Let the rows go that waited for a login."""
    row = SyncQueueRow
    waiting = sa.and_(row.status == QueueStatus.BLOCKED, row.error_class == LOGIN)
    if session.scalar(sa.select(row.id).where(waiting).limit(1)) is None:
        return 0
    _badge_waiting(session, SyncState.PENDING, None)
    return outbox.write_rows(
        session,
        waiting,
        status=QueueStatus.PENDING.value,
        next_attempt_at=now,
        error_class=None,
        error_message=None,
        error_hint=None,
    )


def _badge_waiting(session: Session, state: SyncState, words: str | None) -> None:
    row = SyncQueueRow
    waiting = sa.and_(row.status == QueueStatus.BLOCKED, row.error_class == LOGIN)
    for entity_type in SYNCED:
        outbox.badge_many(session, entity_type, waiting, state, words)


def _set(session: Session, where: sa.ColumnElement[bool], **values: Any) -> None:
    session.execute(
        sa.update(QbConnection)
        .where(where)
        .values(**values)
        .execution_options(synchronize_session=False)
    )

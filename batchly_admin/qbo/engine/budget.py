"""What is put in order before rows are claimed: types held back, and how much may be tried again.

Tries that follow a failure are at most a fifth of all calls of ten minutes, so that trouble of
QuickBooks is not made worse by us. A small number is always allowed, or a shop with few documents
could never try again.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from batchly_admin.domain.statuses import QueueStatus
from batchly_admin.models.sync import QbConnection, SyncAttempt, SyncQueueRow
from batchly_admin.qbo.facts import connection_of
from batchly_admin.services import pausing

SPAN = timedelta(minutes=10)
SHARE = 5
"""One call in so many may be a further try."""

ALWAYS = 50
WAIT = timedelta(seconds=30)


def prepare(session: Session, now: datetime) -> None:
    """Block rows of held back types, and put further tries off when too many were made."""
    _forget_reason(session)
    pausing.keep_back(session)
    again = sa.and_(
        SyncQueueRow.status == QueueStatus.PENDING,
        SyncQueueRow.attempts > 0,
        SyncQueueRow.next_attempt_at <= now,
    )
    if session.scalar(sa.select(SyncQueueRow.id).where(again).limit(1)) is None:
        return
    if is_spent(session, now):
        session.execute(
            sa.update(SyncQueueRow)
            .where(again)
            .values(next_attempt_at=now + WAIT)
            .execution_options(synchronize_session=False)
        )


def is_spent(session: Session, now: datetime) -> bool:
    """Tell whether the share of further tries in all calls of the last minutes is used up."""
    further = sa.case((SyncAttempt.number > 1, SyncAttempt.calls), else_=0)
    calls, tries = session.execute(
        sa.select(
            sa.func.coalesce(sa.func.sum(SyncAttempt.calls), 0),
            sa.func.coalesce(sa.func.sum(further), 0),
        ).where(SyncAttempt.started_at > now - SPAN)
    ).one()
    return int(tries) >= ALWAYS and int(tries) * SHARE >= int(calls)


def _forget_reason(session: Session) -> None:
    # Somebody resumed the pushes elsewhere; the next pause has a reason of its own.
    connection = connection_of(session)
    if connection is not None and connection.pause_reason and not connection.pushes_paused:
        session.execute(
            sa.update(QbConnection)
            .where(QbConnection.id == connection.id, ~QbConnection.pushes_paused)
            .values(pause_reason=None, final_failures=0)
            .execution_options(synchronize_session=False)
        )

"""The queue as the engine uses it: claim under a lease, give back, wait, unblock.

All of it is bookkeeping of machines: plain statements on an untracked table, each guarded by the
token of the claim, so that a worker whose lease ran out changes nothing any more.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from batchly_admin.domain.statuses import QueueStatus
from batchly_admin.ids import random_bytes, token
from batchly_admin.models.sync import SyncQueueRow
from batchly_admin.services.outbox import OPEN, write_rows

LEASE = timedelta(minutes=5)
CLAIM_SIZE = 50
WAITS = (timedelta(seconds=30), timedelta(seconds=120))
JITTER = 0.1
CLAIMED, RECLAIMED, SENDING = "claimed", "reclaimed", "sending"

Row = SyncQueueRow


@dataclass(frozen=True, slots=True)
class Claim:
    """One row in our hands: `token` proves it; `attempts` counts this try too."""

    id: UUID
    token: str
    entity_type: str
    entity_id: UUID
    label: str
    operation: str
    request_id: str
    generation: int
    attempts: int
    max_attempts: int
    payload_version: int
    payload_hash: str | None
    sent_at: datetime | None
    group_id: str | None = None

    @property
    def is_last(self) -> bool:
        """Whether no automatic try is left after this one."""
        return self.attempts >= self.max_attempts


def is_due(now: datetime) -> sa.ColumnElement[bool]:
    """Give the condition that a row may be worked on now."""
    older = aliased(Row)
    before = sa.exists().where(
        older.entity_type == Row.entity_type,
        older.entity_id == Row.entity_id,
        older.status.in_(OPEN),
        older.id < Row.id,
    )
    waits = sa.and_(Row.status == QueueStatus.PENDING, Row.next_attempt_at <= now)
    abandoned = sa.and_(Row.status == QueueStatus.PROCESSING, Row.lease_until < now)
    # One record's operations go strictly one after the other.
    return sa.and_(sa.or_(waits, abandoned), Row.sync_direction == "push", ~before)


def count_due(session: Session, now: datetime) -> int:
    """Give how many rows may be worked on now."""
    return session.scalar(sa.select(sa.func.count()).select_from(Row).where(is_due(now))) or 0


def claim(session: Session, now: datetime, limit: int) -> list[Claim]:
    """Take up to `limit` due rows; the try is counted here, so a row that kills us cannot loop."""
    rows = session.execute(
        sa.select(Row)
        .where(is_due(now))
        .order_by(Row.priority, Row.created_at, Row.id)
        .limit(min(limit, CLAIM_SIZE))
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    ).scalars()
    mine = token(16)
    claims = []
    for row in rows:
        # Taken once and never begun: the worker died over another row, so this try was none.
        innocent = row.status == QueueStatus.PROCESSING and row.phase == CLAIMED
        attempts = row.attempts if innocent else row.attempts + 1
        if attempts > row.max_attempts:
            _give_up(session, row, now)
            continue
        phase = RECLAIMED if row.status == QueueStatus.PROCESSING else CLAIMED
        write_rows(
            session,
            Row.id == row.id,
            status=QueueStatus.PROCESSING.value,
            phase=phase,
            locked_by=mine,
            lease_until=now + LEASE,
            attempts=attempts,
            last_attempt_at=now,
        )
        claims.append(_claim(row, mine, attempts))
    return claims


def _claim(row: SyncQueueRow, mine: str, attempts: int) -> Claim:
    return Claim(
        id=row.id,
        token=mine,
        entity_type=row.entity_type,
        entity_id=row.entity_id,
        label=row.label,
        operation=row.operation,
        request_id=row.request_id,
        generation=row.generation,
        attempts=attempts,
        max_attempts=row.max_attempts,
        payload_version=row.payload_version,
        payload_hash=row.payload_hash,
        sent_at=row.sent_at,
        group_id=row.group_id,
    )


def _give_up(session: Session, row: SyncQueueRow, now: datetime) -> None:
    write_rows(
        session,
        Row.id == row.id,
        status=QueueStatus.FAILED.value,
        locked_by=None,
        lease_until=None,
        error_class="internal",
        error_code="worker",
        error_message="The worker ended three times while it sent this record.",
        error_hint="Retry it; if it happens again, report it.",
        first_failed_at=row.first_failed_at or now,
    )


def release(session: Session, claims: list[Claim]) -> None:
    """Give rows back that were not begun; their try does not count."""
    for taken in claims:
        write_rows(
            session,
            _mine(taken),
            status=QueueStatus.PENDING.value,
            phase="queued",
            locked_by=None,
            lease_until=None,
            attempts=taken.attempts - 1,
            sent_at=taken.sent_at,
            group_id=taken.group_id,
        )


def begin(session: Session, taken: Claim, now: datetime) -> bool:
    """Renew the lease of a row that is about to be worked on; False when it was lost."""
    return write_rows(session, _mine(taken), lease_until=now + LEASE) == 1


def mark_sending(
    session: Session, taken: Claim, payload_hash: str, now: datetime, group_id: str | None
) -> None:
    """Write down what is about to leave, and in which batch, before it leaves."""
    write_rows(
        session,
        _mine(taken),
        phase=SENDING,
        payload_hash=payload_hash,
        sent_at=taken.sent_at or now,
        group_id=group_id,
    )


def new_name(session: Session, taken: Claim, request_id: str, generation: int) -> None:
    """Give the intent a new name, because what is sent is no longer what was sent before."""
    write_rows(session, _mine(taken), request_id=request_id, generation=generation)


def put_back(session: Session, taken: Claim, **values: Any) -> bool:
    """End our hold on a row with these values; False when it was lost meanwhile."""
    return write_rows(session, _mine(taken), locked_by=None, lease_until=None, **values) == 1


def unblock(session: Session, parent_id: UUID, now: datetime) -> int:
    """Let the rows go that waited for this one."""
    return write_rows(
        session,
        sa.and_(Row.depends_on_id == parent_id, Row.status == QueueStatus.BLOCKED),
        status=QueueStatus.PENDING.value,
        next_attempt_at=now,
        depends_on_id=None,
        error_class=None,
        error_code=None,
        error_message=None,
        error_hint=None,
    )


def next_try(now: datetime, attempts: int) -> datetime:
    """Give when to try again after `attempts` tries: 30 and then 120 seconds, give or take 10 %."""
    wait = WAITS[min(attempts, len(WAITS)) - 1] if attempts else timedelta(0)
    spread = (random_bytes(1)[0] / 255 * 2 - 1) * JITTER
    return now + wait * (1 + spread)


def _mine(taken: Claim) -> sa.ColumnElement[bool]:
    return sa.and_(Row.id == taken.id, Row.locked_by == taken.token)

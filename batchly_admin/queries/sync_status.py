"""What the status page shows of the sync at this moment; only looks, and only at few rows.

`pulse` is asked every few seconds by every open page, so it reads counts and newest moments off
indexes; everything else is read when the pulse says that something changed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from batchly_admin.domain.statuses import QueueStatus
from batchly_admin.domain.sync_causes import cause_label
from batchly_admin.models.sync import (
    QbConnection,
    QbSyncStatus,
    ScheduleSlot,
    SyncAttempt,
    SyncBatch,
    SyncQueueRow,
    WebhookEvent,
)
from batchly_admin.models.watching import SyncRun

WEEK = timedelta(days=7)
DAY = timedelta(hours=24)
JUST_NOW = timedelta(minutes=2)
"""How long the summary of something that ended stays in sight."""

OPEN = (QueueStatus.PENDING, QueueStatus.PROCESSING, QueueStatus.BLOCKED)
RUNNING_SLOTS = ("pending", "running")


@dataclass(frozen=True, slots=True)
class Pulse:
    """The state in a few words: two equal pulses mean that the page need not be drawn anew."""

    queue: Mapping[str, int]
    marks: tuple[str, ...]
    is_busy: bool
    """Whether something is on its way or running, so that it is worth looking again soon."""

    @property
    def failed(self) -> int:
        """Give how many documents failed."""
        return self.queue.get(QueueStatus.FAILED, 0)

    @property
    def waiting(self) -> int:
        """Give how many documents are on their way."""
        return sum(self.queue.get(state, 0) for state in OPEN)


@dataclass(frozen=True, slots=True)
class FailedCause:
    """Documents that began to fail in the last seven days for one cause."""

    error_class: str | None
    error_code: str | None
    count: int
    types: tuple[str, ...]
    since: datetime
    newest_at: datetime
    example: str
    hint: str

    @property
    def label(self) -> str:
        """Give what people call the cause."""
        return cause_label(self.error_class)


@dataclass(frozen=True, slots=True)
class Progress:
    """Something under way, or just ended: how far it is and what came of it."""

    key: str
    label: str
    total: int
    done: int
    ok: int
    failed: int
    state: str
    message: str
    at: datetime

    @property
    def is_over(self) -> bool:
        """Whether it has ended."""
        return self.state in {"done", "failed"}


def pulse(session: Session, now: datetime) -> Pulse:
    """Give the present state, cheap enough to be asked for every second."""
    queue = {
        str(state): number
        for state, number in session.execute(
            sa.select(SyncQueueRow.status, sa.func.count()).group_by(SyncQueueRow.status)
        )
    }
    newest = [
        session.execute(query).one()
        for query in (
            sa.select(sa.func.max(SyncAttempt.started_at)),
            sa.select(sa.func.max(SyncRun.started_at)),
            sa.select(sa.func.max(QbSyncStatus.updated_at)),
            sa.select(sa.func.max(WebhookEvent.created_at)),
        )
    ]
    connection = session.execute(
        sa.select(
            QbConnection.state,
            QbConnection.pushes_paused,
            QbConnection.sync_enabled,
            QbConnection.breaker_open_until,
            QbConnection.breaker_opened_count,
            QbConnection.throttled_until,
            QbConnection.last_error,
            QbConnection.token_expires_at,
            QbConnection.company_name,
            QbConnection.webhooks_enabled,
        )
    ).all()
    under_way = progress(session, now)
    marks = [
        *(f"{state} {queue[state]}" for state in sorted(queue)),
        *(str(row[0]) for row in newest),
        *(str(tuple(row)) for row in connection),
        *(f"{one.key} {one.state} {one.done}" for one in under_way),
        *(str(until <= now) for row in connection for until in (row[3], row[5]) if until),
    ]
    is_busy = bool(queue.get(QueueStatus.PROCESSING)) or any(not one.is_over for one in under_way)
    return Pulse(queue, tuple(marks), is_busy)


def failed_causes(session: Session, now: datetime, *, limit: int = 20) -> list[FailedCause]:
    """Give what failed in the last seven days, grouped by cause, the most frequent first."""
    row = SyncQueueRow
    number = sa.func.count().label("number")
    found = session.execute(
        sa.select(
            row.error_class,
            row.error_code,
            number,
            sa.func.min(row.first_failed_at),
            sa.func.max(row.first_failed_at),
            sa.func.max(row.error_message),
            sa.func.max(row.error_hint),
        )
        .where(row.status == QueueStatus.FAILED, row.first_failed_at >= now - WEEK)
        .group_by(row.error_class, row.error_code)
        .order_by(number.desc(), row.error_class, row.error_code)
        .limit(limit)
    ).all()
    types = _types_of(session, now) if found else {}
    return [
        FailedCause(
            error_class,
            error_code,
            count,
            tuple(types.get((error_class, error_code), ())),
            since,
            newest,
            example or "",
            hint or "",
        )
        for error_class, error_code, count, since, newest, example, hint in found
        if since is not None and newest is not None
    ]


def _types_of(session: Session, now: datetime) -> dict[tuple[str | None, str | None], list[str]]:
    row = SyncQueueRow
    found = session.execute(
        sa.select(row.error_class, row.error_code, row.entity_type)
        .where(row.status == QueueStatus.FAILED, row.first_failed_at >= now - WEEK)
        .distinct()
        .order_by(row.entity_type)
    )
    types: dict[tuple[str | None, str | None], list[str]] = {}
    for error_class, error_code, entity_type in found:
        types.setdefault((error_class, error_code), []).append(entity_type)
    return types


def recent(session: Session, now: datetime) -> dict[str, tuple[int, int]]:
    """Give for each type how many were completed and how many began to fail in 24 hours."""
    row = SyncQueueRow
    done = sa.and_(row.status == QueueStatus.COMPLETED, row.completed_at >= now - DAY)
    failed = sa.and_(row.status == QueueStatus.FAILED, row.first_failed_at >= now - DAY)
    found = session.execute(
        sa.select(
            row.entity_type,
            sa.func.count(sa.case((done, 1))),
            sa.func.count(sa.case((failed, 1))),
        )
        .where(sa.or_(done, failed))
        .group_by(row.entity_type)
    )
    return {kind: (ok, bad) for kind, ok, bad in found}


def pulled_recently(session: Session, now: datetime) -> dict[str, tuple[int, int]]:
    """Give for each type that is pulled how many records changed, and how many pulls failed."""
    run = SyncRun
    found = session.execute(
        sa.select(run.name, sa.func.sum(run.ok), sa.func.count(sa.case((run.state == "failed", 1))))
        .where(run.kind == "pull", run.started_at >= now - DAY)
        .group_by(run.name)
    )
    return {name: (int(ok or 0), bad) for name, ok, bad in found}


def progress(session: Session, now: datetime) -> list[Progress]:
    """Give what somebody started and what runs by the clock, newest first."""
    return sorted(
        (*_batches(session, now), *_slots(session, now)), key=lambda one: one.at, reverse=True
    )


def _batches(session: Session, now: datetime) -> list[Progress]:
    found = session.scalars(
        sa.select(SyncBatch)
        .where(
            SyncBatch.total > 0,
            SyncBatch.created_at >= now - WEEK,
            sa.or_(SyncBatch.finished_at.is_(None), SyncBatch.finished_at >= now - JUST_NOW),
        )
        .order_by(SyncBatch.created_at.desc())
        .limit(10)
    )
    return [
        Progress(
            key=f"batch-{batch.id}",
            label=batch.label,
            total=batch.total,
            done=batch.done,
            ok=batch.ok,
            failed=batch.failed,
            state="running"
            if batch.finished_at is None
            else ("failed" if batch.failed else "done"),
            message="",
            at=batch.created_at,
        )
        for batch in found
    ]


def _slots(session: Session, now: datetime) -> list[Progress]:
    slot = ScheduleSlot
    found = session.scalars(
        sa.select(slot)
        .where(
            sa.or_(
                slot.state.in_(RUNNING_SLOTS),
                sa.and_(slot.started_at.is_not(None), slot.finished_at >= now - JUST_NOW),
            )
        )
        .order_by(slot.due_at.desc())
        .limit(20)
    ).all()
    changed = _changed(session, [one for one in found if one.state == "done"])
    return [
        Progress(
            key=f"slot-{one.id}",
            label=one.name,
            total=1,
            done=int(one.state not in RUNNING_SLOTS),
            ok=changed.get(one.id, 0),
            failed=int(one.state == "failed"),
            state=one.state,
            message=one.message or "",
            at=one.due_at,
        )
        for one in found
    ]


def _changed(session: Session, slots: Sequence[ScheduleSlot]) -> dict[UUID, int]:
    """Give how many records each pull that ended changed: its run began after it was taken."""
    if not slots:
        return {}
    since = min(slot.started_at or slot.due_at for slot in slots)
    runs = session.execute(
        sa.select(SyncRun.name, SyncRun.started_at, SyncRun.ok).where(
            SyncRun.kind == "pull", SyncRun.started_at >= since
        )
    ).all()
    found: dict[UUID, int] = {}
    for slot in slots:
        for name, started, ok in runs:
            begun = slot.started_at is not None and started >= slot.started_at
            if name == slot.name and begun and started <= (slot.finished_at or started):
                found[slot.id] = ok
    return found


def runs(session: Session, *, limit: int) -> list[SyncRun]:
    """Give the last runs, newest first."""
    return list(
        session.scalars(
            sa.select(SyncRun).order_by(SyncRun.started_at.desc(), SyncRun.id.desc()).limit(limit)
        )
    )


def failed_rows(session: Session, *, limit: int) -> list[SyncQueueRow]:
    """Give the rows that need somebody, what failed before what waits, the newest first."""
    return list(
        session.scalars(
            sa.select(SyncQueueRow)
            .where(SyncQueueRow.status.in_((QueueStatus.FAILED, QueueStatus.BLOCKED)))
            .order_by(SyncQueueRow.status.desc(), SyncQueueRow.updated_at.desc())
            .limit(limit)
        )
    )


def realm_of(session: Session) -> str | None:
    """Give the company that is connected, or was last."""
    return session.scalar(
        sa.select(QbConnection.realm_id).order_by(QbConnection.connected_at.desc()).limit(1)
    )


def last_sync_at(session: Session) -> datetime | None:
    """Give when something last got through, either way."""
    moments = (
        session.scalar(
            sa.select(sa.func.max(SyncQueueRow.completed_at)).where(
                SyncQueueRow.status == QueueStatus.COMPLETED
            )
        ),
        session.scalar(sa.select(sa.func.max(QbSyncStatus.last_success_at))),
    )
    return max((moment for moment in moments if moment is not None), default=None)

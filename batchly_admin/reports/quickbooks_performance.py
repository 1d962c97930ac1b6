"""How well and how fast documents reach QuickBooks.

Success rate: completed / (completed + failed for system reasons); what failed because of its own
data is counted apart. Push latency: from the commit of the change to the completed row. Both count
rows of the queue: a completed one on the day it was completed, a failed one since it fails.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.orm import Session

from batchly_admin.domain.statuses import QueueStatus
from batchly_admin.domain.sync_causes import is_data
from batchly_admin.models.sync import SyncAttempt, SyncQueueRow
from batchly_admin.reports.measures import (
    SLOT,
    Link,
    among,
    during,
    equal,
    link,
    millis,
    percent,
    percentile,
    ratio,
    slot_of,
    within,
)
from batchly_admin.reports.periods import Period

WAITING = (QueueStatus.PENDING, QueueStatus.PROCESSING, QueueStatus.BLOCKED)
TOGETHER = "*"


@dataclass(frozen=True, slots=True)
class Line:
    """The figures of everything, of one type, or of one day; times are milliseconds."""

    key: str
    completed: int
    failed_system: int
    failed_data: int
    tries: int
    p50: int | None
    p95: int | None
    longest: int | None
    completed_rows: Link
    failed_rows: Link

    @property
    def success_rate(self) -> Decimal | None:
        """Give the share of what the machinery brought to QuickBooks, in percent."""
        return percent(self.completed, self.completed + self.failed_system)

    @property
    def tries_per_success(self) -> Decimal | None:
        """Give how many tries one success took."""
        return ratio(self.tries, self.completed)


@dataclass(frozen=True, slots=True)
class Backlog:
    """What waits at this moment, and since when the oldest of it."""

    count: int
    oldest_at: datetime | None
    rows: Link


@dataclass(frozen=True, slots=True)
class Performance:
    """The section `performance`."""

    total: Line
    types: tuple[Line, ...]
    days: tuple[Line, ...]
    backlog: Backlog


@dataclass(slots=True)
class _Count:
    waits: list[int] = field(default_factory=list)
    failed_system: int = 0
    failed_data: int = 0
    tries: int = 0

    def failed(self, cause: str | None, number: int) -> None:
        """Count what failed, apart by whether the record or the machinery is to blame."""
        if is_data(cause):
            self.failed_data += number
        else:
            self.failed_system += number


def read(session: Session, period: Period) -> Performance:
    """Give the performance of a period."""
    types: dict[str, _Count] = defaultdict(_Count)
    days: dict[date, _Count] = {day: _Count() for day in period.days()}
    total = _Count()
    day_of = _DayOf(period)
    for kind, done, waited in _completed(session, period):
        for count in (total, types[kind], days[day_of(done)]):
            count.waits.append(waited)
    for kind, cause, slot, number in _failed(session, period):
        for count in (total, types[kind], days[day_of(slot)]):
            count.failed(cause, number)
    for kind, slot, number in _tries(session, period):
        for count in (total, types[kind], days[day_of(slot)]):
            count.tries += number
    return Performance(
        _line(TOGETHER, total, period),
        tuple(_line(kind, types[kind], period, kind=kind) for kind in sorted(types)),
        tuple(_line(day.isoformat(), days[day], period.only(day)) for day in period.days()),
        backlog(session),
    )


@dataclass(frozen=True, slots=True)
class Success:
    """The success rate of a period, and the rows that failed."""

    completed: int
    failed_system: int
    failed_data: int
    failed_rows: Link

    @property
    def rate(self) -> Decimal | None:
        """Give it in percent."""
        return percent(self.completed, self.completed + self.failed_system)


def success(session: Session, period: Period) -> Success:
    """Give the success rate of a period by counting alone."""
    row = SyncQueueRow
    completed = session.scalar(
        sa.select(sa.func.count())
        .select_from(row)
        .where(row.status == QueueStatus.COMPLETED, within(row.completed_at, period))
    )
    count = _Count()
    for _kind, cause, _slot, number in _failed(session, period):
        count.failed(cause, number)
    line = _line(TOGETHER, count, period)
    return Success(completed or 0, count.failed_system, count.failed_data, line.failed_rows)


def headline(session: Session, period: Period) -> Line:
    """Give the figures of a period in one line, without types and days."""
    count = _Count()
    count.waits = [waited for _kind, _done, waited in _completed(session, period)]
    for _kind, cause, _slot, number in _failed(session, period):
        count.failed(cause, number)
    return _line(TOGETHER, count, period)


def backlog(session: Session) -> Backlog:
    """Give what waits at this moment."""
    count, oldest = session.execute(
        sa.select(sa.func.count(), sa.func.min(SyncQueueRow.created_at)).where(
            SyncQueueRow.status.in_(WAITING)
        )
    ).one()
    return Backlog(count, oldest, link("sync_queue", among("status", WAITING)))


def _completed(session: Session, period: Period) -> Iterable[tuple[str, int, int]]:
    row = SyncQueueRow
    waited = millis(row.completed_at) - millis(row.created_at)
    return session.execute(
        sa.select(row.entity_type, millis(row.completed_at), waited).where(
            row.status == QueueStatus.COMPLETED, within(row.completed_at, period)
        )
    )


def _failed(session: Session, period: Period) -> Iterable[tuple[str, str | None, int, int]]:
    row = SyncQueueRow
    slot = slot_of(row.first_failed_at).label("slot")
    return session.execute(
        sa.select(row.entity_type, row.error_class, slot, sa.func.count())
        .where(row.status == QueueStatus.FAILED, within(row.first_failed_at, period))
        .group_by(row.entity_type, row.error_class, sa.literal_column("slot"))
    )


def _tries(session: Session, period: Period) -> Iterable[tuple[str, int, int]]:
    slot = slot_of(SyncAttempt.started_at).label("slot")
    return session.execute(
        sa.select(SyncQueueRow.entity_type, slot, sa.func.count())
        .join(SyncQueueRow, SyncQueueRow.id == SyncAttempt.queue_row_id)
        .where(within(SyncAttempt.started_at, period))
        .group_by(SyncQueueRow.entity_type, sa.literal_column("slot"))
    )


class _DayOf:
    """Gives the day of a moment; asked once for each quarter of an hour."""

    def __init__(self, period: Period) -> None:
        self._period = period
        self._known: dict[int, date] = {}

    def __call__(self, milliseconds: int) -> date:
        slot = milliseconds // SLOT
        day = self._known.get(slot)
        if day is None:
            day = self._known[slot] = self._period.day_of(milliseconds)
        return day


def _line(key: str, count: _Count, period: Period, *, kind: str | None = None) -> Line:
    count.waits.sort()
    of_type = (equal("entity_type", kind),) if kind else ()
    return Line(
        key=key,
        completed=len(count.waits),
        failed_system=count.failed_system,
        failed_data=count.failed_data,
        tries=count.tries,
        p50=percentile(count.waits, 0.5),
        p95=percentile(count.waits, 0.95),
        longest=count.waits[-1] if count.waits else None,
        completed_rows=link(
            "sync_queue",
            equal("status", QueueStatus.COMPLETED.value),
            *of_type,
            *during("completed_at", period),
        ),
        failed_rows=link(
            "sync_queue",
            equal("status", QueueStatus.FAILED.value),
            *of_type,
            *during("first_failed_at", period),
        ),
    )

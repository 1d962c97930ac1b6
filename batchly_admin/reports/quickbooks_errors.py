"""What went wrong with QuickBooks, how often, since when, and whether it is getting better.

Tries are counted, not documents: one document that fails three times is three errors of one
record. `standing` is what has failed or waits at this moment, whenever it began.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from batchly_admin.domain.statuses import QueueStatus
from batchly_admin.domain.sync_causes import CAUSES, cause_label, is_data
from batchly_admin.models.sync import SyncAttempt, SyncQueueRow
from batchly_admin.reports.measures import Link, during, equal, link, slot_of, within
from batchly_admin.reports.periods import Period

ERROR = "error"
TOP = 25


@dataclass(frozen=True, slots=True)
class Cause:
    """One cause of failed tries in the period."""

    error_class: str | None
    error_code: str | None
    tries: int
    records: int
    last_at: datetime
    example: str
    rows: Link

    @property
    def label(self) -> str:
        """Give what people call it."""
        return cause_label(self.error_class)

    @property
    def is_data(self) -> bool:
        """Whether a person has to change the record."""
        return is_data(self.error_class)


@dataclass(frozen=True, slots=True)
class Day:
    """The failed tries of one day by their class, and how many tries there were at all."""

    day: date
    tries: int
    errors: dict[str, int]
    rows: Link

    @property
    def total(self) -> int:
        """Give all failed tries of the day."""
        return sum(self.errors.values())


@dataclass(frozen=True, slots=True)
class Standing:
    """What has failed and waits for a person, or is held back, by type and cause."""

    entity_type: str
    status: str
    error_class: str | None
    count: int
    since: datetime | None
    rows: Link


@dataclass(frozen=True, slots=True)
class Errors:
    """The section `errors and trends`."""

    tries: int
    failed: int
    before: int
    """Failed tries of the period of the same length just before."""
    causes: tuple[Cause, ...]
    days: tuple[Day, ...]
    standing: tuple[Standing, ...]
    rows: Link

    @property
    def classes(self) -> tuple[str, ...]:
        """Give the classes that occur, in the order they are listed in."""
        found = {name for day in self.days for name in day.errors}
        known = [name for name in CAUSES if name in found]
        return (*known, *sorted(found - set(known)))


def read(session: Session, period: Period, before: Period) -> Errors:
    """Give the errors of a period, and the count of the period `before` it."""
    days = _days(session, period)
    return Errors(
        tries=sum(day.tries for day in days),
        failed=sum(day.total for day in days),
        before=_failed_in(session, before),
        causes=_causes(session, period),
        days=days,
        standing=_standing(session),
        rows=link("sync_attempts", equal("outcome", ERROR), *during("started_at", period)),
    )


def _causes(session: Session, period: Period) -> tuple[Cause, ...]:
    attempt = SyncAttempt
    tries = sa.func.count().label("tries")
    found = session.execute(
        sa.select(
            attempt.error_class,
            attempt.error_code,
            tries,
            sa.func.count(sa.distinct(attempt.queue_row_id)),
            sa.func.max(attempt.started_at),
            sa.func.max(attempt.message),
        )
        .where(attempt.outcome == ERROR, within(attempt.started_at, period))
        .group_by(attempt.error_class, attempt.error_code)
        .order_by(tries.desc(), attempt.error_class, attempt.error_code)
        .limit(TOP)
    )
    return tuple(
        Cause(
            error_class,
            error_code,
            number,
            records,
            last,
            example or "",
            link(
                "sync_attempts",
                equal("outcome", ERROR),
                equal("error_class", error_class),
                equal("error_code", error_code),
                *during("started_at", period),
            ),
        )
        for error_class, error_code, number, records, last, example in found
    )


def _days(session: Session, period: Period) -> tuple[Day, ...]:
    attempt = SyncAttempt
    slot = slot_of(attempt.started_at).label("slot")
    found = session.execute(
        sa.select(slot, attempt.outcome, attempt.error_class, sa.func.count())
        .where(within(attempt.started_at, period))
        .group_by(sa.literal_column("slot"), attempt.outcome, attempt.error_class)
    )
    tries: Counter[date] = Counter()
    errors: dict[date, Counter[str]] = {day: Counter() for day in period.days()}
    for moment, outcome, error_class, number in found:
        day = period.day_of(moment)
        tries[day] += number
        if outcome == ERROR:
            errors[day][error_class or "internal"] += number
    return tuple(
        Day(
            day,
            tries[day],
            dict(errors[day]),
            link("sync_attempts", equal("outcome", ERROR), *during("started_at", period.only(day))),
        )
        for day in period.days()
    )


def _failed_in(session: Session, period: Period) -> int:
    found = session.scalar(
        sa.select(sa.func.count())
        .select_from(SyncAttempt)
        .where(SyncAttempt.outcome == ERROR, within(SyncAttempt.started_at, period))
    )
    return found or 0


def _standing(session: Session) -> tuple[Standing, ...]:
    row = SyncQueueRow
    count = sa.func.count().label("number")
    found = session.execute(
        sa.select(
            row.entity_type,
            row.status,
            row.error_class,
            count,
            sa.func.min(sa.func.coalesce(row.first_failed_at, row.created_at)),
        )
        .where(row.status.in_((QueueStatus.FAILED, QueueStatus.BLOCKED)))
        .group_by(row.entity_type, row.status, row.error_class)
        .order_by(count.desc(), row.entity_type, row.error_class)
    )
    return tuple(
        Standing(
            kind,
            status,
            error_class,
            number,
            since,
            link(
                "sync_queue",
                equal("status", status),
                equal("entity_type", kind),
                equal("error_class", error_class),
            ),
        )
        for kind, status, error_class, number, since in found
    )

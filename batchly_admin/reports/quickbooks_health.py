"""Whether QuickBooks can be reached: the grant, its clocks, the news, and the queue's own health.

The connection counts as up from `qbo.connected` until `qbo.login_ended` or `qbo.disconnected` in
the audit log. A refresh is ok when a new token was kept, and failed when Intuit refused one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from croniter import croniter
from sqlalchemy.orm import Session

from batchly_admin.domain.statuses import QueueStatus, WebhookState
from batchly_admin.models.changes import AuditEvent
from batchly_admin.models.sync import QbConnection, QbSyncStatus, SyncQueueRow, WebhookEvent
from batchly_admin.queries import reconciliation
from batchly_admin.reports.measures import (
    Link,
    during,
    equal,
    link,
    millis,
    percentile,
    slot_of,
    within,
)
from batchly_admin.reports.periods import Period

CONNECTED, RENEWED = "qbo.connected", "qbo.token.renewed"
ENDED = ("qbo.login_ended", "qbo.disconnected")
REFUSED = "qbo.login_ended"
RECONCILE = "reconcile"
GRACE = timedelta(minutes=15)
"""A pull may take this long after its time before it counts as late."""


@dataclass(frozen=True, slots=True)
class Grant:
    """The connection as it stands now."""

    state: str
    company: str | None
    connected_at: datetime | None
    access_ends_at: datetime | None
    refresh_ends_at: datetime | None
    last_call_at: datetime | None

    def days_left(self, now: datetime) -> int | None:
        """Give the whole days until somebody has to connect again."""
        return None if self.refresh_ends_at is None else (self.refresh_ends_at - now).days


@dataclass(frozen=True, slots=True)
class Day:
    """Refreshes of one day, and the share of the day on which we were connected."""

    day: date
    refreshed: int
    refused: int
    up_percent: Decimal | None
    rows: Link


@dataclass(frozen=True, slots=True)
class Freshness:
    """One type that is pulled: when it was last fetched, against when it should have been."""

    sync_type: str
    last_success_at: datetime | None
    due_at: datetime | None
    next_at: datetime | None
    is_late: bool
    message: str | None
    rows: Link


@dataclass(frozen=True, slots=True)
class Webhooks:
    """What QuickBooks told us of its own accord in the period."""

    states: tuple[tuple[str, int, Link], ...]
    median_delay: int | None
    """Milliseconds from the arrival of an event until it was applied."""

    @property
    def received(self) -> int:
        """Give how many events came."""
        return sum(number for _state, number, _rows in self.states)


@dataclass(frozen=True, slots=True)
class QueueHealth:
    """What should never be: claims whose lease ran out, and rows that killed their worker."""

    expired_leases: int
    poison: int
    expired_rows: Link
    poison_rows: Link


@dataclass(frozen=True, slots=True)
class Health:
    """The section `connection health`."""

    grant: Grant | None
    up_percent: Decimal | None
    refreshed: int
    refused: int
    days: tuple[Day, ...]
    freshness: tuple[Freshness, ...]
    webhooks: Webhooks
    queue: QueueHealth
    refresh_rows: Link


def read(session: Session, period: Period, crons: Mapping[str, str], now: datetime) -> Health:
    """Give the health of the connection over a period; `crons` say when each type is pulled."""
    grant = grant_of(session)
    spans = _spans(session, period, grant, now)
    days = _days(session, period, spans, now)
    until = min(period.end, now)
    return Health(
        grant=grant,
        up_percent=_up(spans, period.start, until),
        refreshed=sum(day.refreshed for day in days),
        refused=sum(day.refused for day in days),
        days=days,
        freshness=freshness(session, crons, now, period.zone),
        webhooks=_webhooks(session, period),
        queue=_queue(session, now),
        refresh_rows=link("audit_events", equal("event", RENEWED), *during("created_at", period)),
    )


def grant_of(session: Session) -> Grant | None:
    """Give the newest connection, or None when there never was one."""
    row = session.scalar(
        sa.select(QbConnection).order_by(QbConnection.connected_at.desc()).limit(1)
    )
    if row is None:
        return None
    ends = [row.refresh_token_expires_at, row.refresh_token_hard_expires_at]
    return Grant(
        state=row.state,
        company=row.company_name,
        connected_at=row.connected_at,
        access_ends_at=row.token_expires_at,
        refresh_ends_at=min((end for end in ends if end is not None), default=None),
        last_call_at=row.last_call_at,
    )


def freshness(
    session: Session, crons: Mapping[str, str], now: datetime, zone: str
) -> tuple[Freshness, ...]:
    """Give for every type with a schedule whether its news are as fresh as they should be."""
    found = _last_successes(session)
    began = session.scalar(sa.select(sa.func.min(QbConnection.connected_at)))
    wall = now.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
    rows = []
    for name, cron in crons.items():
        last, message = found.get(name, (None, None))
        due = _aware(croniter(cron, wall + timedelta(microseconds=1)).get_prev(datetime), zone)
        # Nothing was owed before there was a connection.
        is_owed = began is not None and began <= due and now > due + GRACE
        kind = RECONCILE if name == RECONCILE else "pull"
        named = () if name == RECONCILE else (equal("name", name),)
        rows.append(
            Freshness(
                name,
                last,
                due,
                _aware(croniter(cron, wall).get_next(datetime), zone),
                is_owed and (last is None or last < due),
                message,
                link("sync_runs", equal("kind", kind), *named),
            )
        )
    return tuple(rows)


def _last_successes(session: Session) -> dict[str, tuple[datetime | None, str | None]]:
    """Give for each type its last success, and why it failed since."""
    found = {
        row.sync_type: (
            row.last_success_at,
            row.error_message if row.sync_status == "error" else None,
        )
        for row in session.scalars(sa.select(QbSyncStatus))
    }
    whole, ended = reconciliation.last_whole(session), reconciliation.last_ended(session)
    if ended is not None:
        failed = ended.message if whole is None or ended.id != whole.id else None
        found[RECONCILE] = (whole.finished_at if whole is not None else None, failed)
    return found


def _aware(wall: datetime, zone: str) -> datetime:
    return wall.replace(tzinfo=ZoneInfo(zone))


def _spans(
    session: Session, period: Period, grant: Grant | None, now: datetime
) -> list[tuple[datetime, datetime]]:
    """Give from when to when the connection was up, as far as it touches the period."""
    found = session.execute(
        sa.select(AuditEvent.created_at, AuditEvent.event)
        .where(AuditEvent.event.in_((CONNECTED, *ENDED)), AuditEvent.created_at < period.end)
        .order_by(AuditEvent.created_at, AuditEvent.id)
    ).all()
    spans: list[tuple[datetime, datetime]] = []
    since = grant.connected_at if grant is not None and not found else None
    for moment, event in found:
        if event == CONNECTED:
            since = since or moment
        elif since is not None:
            spans.append((since, moment))
            since = None
    if since is not None:
        spans.append((since, max(since, min(period.end, now))))
    return spans


def _up(spans: list[tuple[datetime, datetime]], start: datetime, end: datetime) -> Decimal | None:
    if end <= start:
        return None
    up = sum(
        (max(min(last, end) - max(first, start), timedelta(0)) for first, last in spans),
        timedelta(0),
    )
    share = Decimal(str(up.total_seconds())) * 100 / Decimal(str((end - start).total_seconds()))
    return share.quantize(Decimal("0.01"), ROUND_HALF_UP)


def _days(
    session: Session, period: Period, spans: list[tuple[datetime, datetime]], now: datetime
) -> tuple[Day, ...]:
    slot = slot_of(AuditEvent.created_at).label("slot")
    found = session.execute(
        sa.select(slot, AuditEvent.event, sa.func.count())
        .where(AuditEvent.event.in_((RENEWED, REFUSED)), within(AuditEvent.created_at, period))
        .group_by(sa.literal_column("slot"), AuditEvent.event)
    )
    counts: Counter[tuple[date, str]] = Counter()
    for moment, event, number in found:
        counts[period.day_of(moment), event] += number
    return tuple(
        Day(
            day,
            counts[day, RENEWED],
            counts[day, REFUSED],
            _up(spans, period.only(day).start, min(period.only(day).end, now)),
            link("audit_events", equal("event", RENEWED), *during("created_at", period.only(day))),
        )
        for day in period.days()
    )


def _webhooks(session: Session, period: Period) -> Webhooks:
    event = WebhookEvent
    found = dict(
        session.execute(
            sa.select(event.state, sa.func.count())
            .where(within(event.created_at, period))
            .group_by(event.state)
        ).all()
    )
    delays = sorted(
        session.scalars(
            sa.select(millis(event.handled_at) - millis(event.created_at)).where(
                event.state == WebhookState.APPLIED,
                event.handled_at.is_not(None),
                within(event.created_at, period),
            )
        )
    )
    states = tuple(
        (
            state.value,
            found[state.value],
            link("webhook_events", equal("state", state.value), *during("created_at", period)),
        )
        for state in WebhookState
        if found.get(state.value)
    )
    return Webhooks(states, percentile(delays, 0.5))


def _queue(session: Session, now: datetime) -> QueueHealth:
    row = SyncQueueRow
    expired = sa.and_(row.status == QueueStatus.PROCESSING, row.lease_until < now)
    poison = sa.and_(row.status == QueueStatus.FAILED, row.error_class == "internal")
    counts = session.execute(
        sa.select(sa.func.count(sa.case((expired, 1))), sa.func.count(sa.case((poison, 1)))).where(
            row.status.in_((QueueStatus.PROCESSING, QueueStatus.FAILED))
        )
    ).one()
    return QueueHealth(
        counts[0],
        counts[1],
        link("sync_queue", equal("status", QueueStatus.PROCESSING.value)),
        link(
            "sync_queue",
            equal("status", QueueStatus.FAILED.value),
            equal("error_class", "internal"),
        ),
    )

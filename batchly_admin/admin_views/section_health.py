"""The section about the connection, its clocks and the news."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from batchly_admin.admin_views.charts import Plan, Series, lines
from batchly_admin.admin_views.report_parts import (
    Column,
    Figure,
    ReportTable,
    Row,
    Section,
    day_labels,
    tone_from,
    tone_none,
)
from batchly_admin.admin_views.sync_status import label
from batchly_admin.reports import quickbooks_health
from batchly_admin.reports.periods import Period


def health(session: Session, period: Period, crons: Mapping[str, str], now: datetime) -> Section:
    """Give the connection, its clocks, the news, and the queue's own health."""
    found = quickbooks_health.read(session, period, crons, now)
    return Section(
        "health",
        "Connection health",
        "Connected counts from a login until it ended or somebody disconnected.",
        _figures(found, now),
        (
            lines(
                Plan(
                    "chart-up",
                    "Connected by day",
                    day_labels([day.day for day in found.days]),
                    (
                        Series(
                            "Connected",
                            "green",
                            tuple(
                                None if day.up_percent is None else float(day.up_percent)
                                for day in found.days
                            ),
                        ),
                    ),
                    write="{:.0f}%".format,
                    top=100,
                )
            ),
        ),
        (_freshness(found), _webhooks(found), _health_days(found)),
    )


def _freshness(found: quickbooks_health.Health) -> ReportTable:
    return ReportTable(
        "health-freshness",
        "Freshness of pulls",
        (
            Column("Type"),
            Column("Last success", "moment"),
            Column("Was due", "moment"),
            Column("Next", "moment"),
            Column("State"),
            Column("Runs"),
        ),
        tuple(
            Row(
                (
                    label(one.sync_type),
                    one.last_success_at,
                    one.due_at,
                    one.next_at,
                    "Late" if one.is_late else "Fresh" if one.last_success_at else "Not yet",
                    "Show",
                ),
                (None, None, None, None, None, one.rows),
            )
            for one in found.freshness
        ),
        "Nothing is pulled by the clock.",
    )


def _webhooks(found: quickbooks_health.Health) -> ReportTable:
    return ReportTable(
        "health-webhooks",
        "Events from QuickBooks",
        (Column("State"), Column("Events", "number")),
        tuple(
            Row((label(state), number), (None, rows))
            for state, number, rows in found.webhooks.states
        ),
        "QuickBooks sent no event in this period.",
    )


def _health_days(found: quickbooks_health.Health) -> ReportTable:
    return ReportTable(
        "health-days",
        "By day",
        (
            Column("Day", "date"),
            Column("Connected", "percent"),
            Column("Refreshes", "number"),
            Column("Refused refreshes", "number"),
        ),
        tuple(
            Row((day.day, day.up_percent, day.refreshed, day.refused), (None, None, day.rows))
            for day in found.days
        ),
    )


def _figures(found: quickbooks_health.Health, now: datetime) -> tuple[Figure, ...]:
    grant, queue = found.grant, found.queue
    left = grant.days_left(now) if grant is not None else None
    late = sum(one.is_late for one in found.freshness)
    return (
        Figure("State", label(grant.state) if grant else "Not connected", "text"),
        Figure("Connected since", grant.connected_at if grant else None, "moment"),
        Figure("Connected", found.up_percent, "percent", None, tone_from(found.up_percent, 99)),
        Figure("Refreshes", found.refreshed, "number", found.refresh_rows),
        Figure(
            "Refused refreshes", found.refused, "number", None, tone_none(found.refused), "goal 0"
        ),
        Figure(
            "Days until login ends",
            left,
            "number",
            None,
            "red" if left is not None and left <= 30 else "",
            "goal over 30",
        ),
        Figure("Last call", grant.last_call_at if grant else None, "moment"),
        Figure("Late pulls", late, "number", None, tone_none(late)),
        Figure("Events received", found.webhooks.received, "number"),
        Figure("Event to change, median", found.webhooks.median_delay, "span"),
        Figure(
            "Expired leases",
            queue.expired_leases,
            "number",
            queue.expired_rows,
            tone_none(queue.expired_leases),
        ),
        Figure("Poison rows", queue.poison, "number", queue.poison_rows, tone_none(queue.poison)),
    )

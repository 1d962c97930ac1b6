"""The section about how well and how fast documents reach QuickBooks."""

from __future__ import annotations

from datetime import date

from sqlalchemy.orm import Session

from batchly_admin.admin_views.charts import Chart, Plan, Series, bars, lines
from batchly_admin.admin_views.report_parts import (
    Column,
    Figure,
    ReportTable,
    Row,
    Section,
    day_labels,
    span,
    tone_from,
    tone_to,
)
from batchly_admin.admin_views.sync_status import label
from batchly_admin.reports import quickbooks_performance
from batchly_admin.reports.periods import Period

SUCCESS_GOAL, P50_GOAL, P95_GOAL = 99, 5_000, 60_000


def performance(session: Session, period: Period) -> Section:
    """Give success rate, latency, backlog and tries, by type and by day."""
    found = quickbooks_performance.read(session, period)
    total, backlog = found.total, found.backlog
    return Section(
        "performance",
        "Performance",
        "From the moment a change is saved until it stands in QuickBooks. Documents that "
        "QuickBooks refused for what is in them are counted apart from failures of the sync.",
        _figures(total, backlog),
        _charts(found),
        (
            _lines("performance-types", "By type", "Type", found.types),
            _lines("performance-days", "By day", "Day", found.days),
        ),
    )


def _lines(
    key: str, title: str, first: str, found: tuple[quickbooks_performance.Line, ...]
) -> ReportTable:
    is_type = first == "Type"
    return ReportTable(
        key,
        title,
        (
            Column(first, "text" if is_type else "date"),
            Column("Completed", "number"),
            Column("Failed: system", "number"),
            Column("Failed: data", "number"),
            Column("Success rate", "percent"),
            Column("p50", "span"),
            Column("p95", "span"),
            Column("Longest", "span"),
            Column("Tries", "number"),
            Column("Tries per success", "number"),
        ),
        tuple(
            Row(
                (
                    label(line.key) if is_type else date.fromisoformat(line.key),
                    line.completed,
                    line.failed_system,
                    line.failed_data,
                    line.success_rate,
                    line.p50,
                    line.p95,
                    line.longest,
                    line.tries,
                    line.tries_per_success,
                ),
                (None, line.completed_rows, line.failed_rows, line.failed_rows),
            )
            for line in found
        ),
    )


def _figures(
    total: quickbooks_performance.Line, backlog: quickbooks_performance.Backlog
) -> tuple[Figure, ...]:
    return (
        Figure(
            "Success rate",
            total.success_rate,
            "percent",
            total.failed_rows,
            tone_from(total.success_rate, SUCCESS_GOAL),
            "goal 99%",
        ),
        Figure("Completed", total.completed, "number", total.completed_rows),
        Figure("Failed: system", total.failed_system, "number", total.failed_rows),
        Figure("Failed: data", total.failed_data, "number", total.failed_rows),
        Figure(
            "Latency p50",
            total.p50,
            "span",
            total.completed_rows,
            tone_to(total.p50, P50_GOAL),
            "goal 5 s",
        ),
        Figure(
            "Latency p95",
            total.p95,
            "span",
            total.completed_rows,
            tone_to(total.p95, P95_GOAL),
            "goal 60 s",
        ),
        Figure("Longest", total.longest, "span", total.completed_rows),
        Figure("Tries per success", total.tries_per_success, "number"),
        Figure("Waiting now", backlog.count, "number", backlog.rows),
        Figure("Oldest waits since", backlog.oldest_at, "moment", backlog.rows),
    )


def _charts(found: quickbooks_performance.Performance) -> tuple[Chart, ...]:
    names = day_labels(date.fromisoformat(day.key) for day in found.days)
    return (
        bars(
            Plan(
                "chart-pushes",
                "Documents by day",
                names,
                (
                    Series("Completed", "green", tuple(d.completed for d in found.days)),
                    Series("Failed: data", "amber", tuple(d.failed_data for d in found.days)),
                    Series("Failed: system", "red", tuple(d.failed_system for d in found.days)),
                ),
            )
        ),
        lines(
            Plan(
                "chart-latency",
                "Latency by day",
                names,
                (
                    Series("p50", "blue", tuple(d.p50 for d in found.days)),
                    Series("p95", "violet", tuple(d.p95 for d in found.days)),
                ),
                write=span,
            )
        ),
    )

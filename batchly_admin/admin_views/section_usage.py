"""The section about the calls to QuickBooks and the month's allowance."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy.orm import Session

from batchly_admin.admin_views.charts import Plan, Series, bars
from batchly_admin.admin_views.report_parts import (
    Column,
    Figure,
    ReportTable,
    Row,
    Section,
    day_labels,
    tone_none,
    tone_to,
)
from batchly_admin.reports import quickbooks_usage
from batchly_admin.reports.periods import Period


def usage(session: Session, period: Period, now: datetime) -> Section:
    """Give the calls by address, class and result, and the month against the allowance."""
    found = quickbooks_usage.read(session, period, utc_day=now.astimezone(UTC).date())
    month = found.month
    allowance = f"of {quickbooks_usage.ALLOWANCE:,}"
    return Section(
        "usage",
        "API usage",
        "Intuit meters reads (CorePlus) by the month and does not meter writes (Core). Days of "
        "calls are days of Coordinated Universal Time.",
        (
            Figure("Calls", found.calls, "number", found.rows),
            Figure("Metered calls", found.metered, "number", found.rows),
            Figure(
                "Too many requests (429)",
                found.too_many,
                "number",
                found.too_many_rows,
                tone_none(found.too_many),
            ),
            Figure("Calls without success", found.failed, "number", found.rows),
            Figure("This month, metered", month.metered, "number", month.rows, "", allowance),
            Figure(
                "Forecast for the month",
                month.forecast,
                "number",
                month.rows,
                tone_to(int(month.forecast_percent), quickbooks_usage.GOAL_PERCENT),
                f"{month.forecast_percent:.1f}% {allowance}",
            ),
        ),
        (
            bars(
                Plan(
                    "chart-calls",
                    "Calls by day",
                    day_labels([day.day for day in found.days]),
                    (
                        Series("Metered", "amber", tuple(d.metered for d in found.days)),
                        Series("Not metered", "blue", tuple(d.unmetered for d in found.days)),
                    ),
                )
            ),
        ),
        _tables(found),
    )


def _tables(found: quickbooks_usage.Usage) -> tuple[ReportTable, ...]:
    return (
        ReportTable(
            "usage-endpoints",
            "By address",
            (
                Column("Address"),
                Column("Class"),
                Column("Result"),
                Column("Calls", "number"),
            ),
            tuple(
                Row(
                    (
                        one.endpoint,
                        "CorePlus" if one.metering == quickbooks_usage.METERED else "Core",
                        one.result,
                        one.calls,
                    ),
                    (None, None, None, one.rows),
                )
                for one in found.endpoints
            ),
            "QuickBooks was not called in this period.",
        ),
        ReportTable(
            "usage-days",
            "By day",
            (
                Column("Day", "date"),
                Column("Metered", "number"),
                Column("Not metered", "number"),
                Column("429", "number"),
                Column("Without success", "number"),
            ),
            tuple(
                Row(
                    (day.day, day.metered, day.unmetered, day.too_many, day.failed),
                    (None, day.rows, day.rows),
                )
                for day in found.days
            ),
        ),
    )

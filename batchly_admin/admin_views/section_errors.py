"""The section about what went wrong, and whether it gets better."""

from __future__ import annotations

from datetime import timedelta

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
)
from batchly_admin.admin_views.sync_status import label
from batchly_admin.domain.sync_causes import cause_label
from batchly_admin.reports import quickbooks_errors
from batchly_admin.reports.periods import Period

TONES = ("red", "amber", "violet", "blue", "neutral", "green")


def errors(session: Session, period: Period) -> Section:
    """Give the failed tries by cause and by day, and what stands failed."""
    before = Period(
        period.first - timedelta(days=period.length), period.first - timedelta(days=1), period.zone
    )
    found = quickbooks_errors.read(session, period, before)
    change = found.failed - found.before
    return Section(
        "errors",
        "Errors and trends",
        "Every failed try counts, so one document that failed three times counts three times.",
        (
            Figure("Failed tries", found.failed, "number", found.rows, tone_none(found.failed)),
            Figure("Tries in all", found.tries, "number"),
            Figure("Period before", found.before, "number"),
            Figure("Change", f"{change:+d}", "text", None, "green" if change <= 0 else "red"),
            Figure("Failed or blocked now", sum(one.count for one in found.standing), "number"),
        ),
        (
            bars(
                Plan(
                    "chart-errors",
                    "Failed tries by day",
                    day_labels([day.day for day in found.days]),
                    tuple(
                        Series(
                            cause_label(name),
                            TONES[index % len(TONES)],
                            tuple(day.errors.get(name, 0) for day in found.days),
                        )
                        for index, name in enumerate(found.classes)
                    ),
                )
            ),
        ),
        (_causes(found), _standing(found), _error_days(found)),
    )


def _causes(found: quickbooks_errors.Errors) -> ReportTable:
    return ReportTable(
        "errors-causes",
        "By cause",
        (
            Column("Cause"),
            Column("Code"),
            Column("Whose"),
            Column("Failed tries", "number"),
            Column("Records", "number"),
            Column("Last", "moment"),
            Column("For example"),
        ),
        tuple(
            Row(
                (
                    cause.label,
                    cause.error_code or "",
                    "Data" if cause.is_data else "System",
                    cause.tries,
                    cause.records,
                    cause.last_at,
                    cause.example,
                ),
                (None, None, None, cause.rows),
            )
            for cause in found.causes
        ),
        "No try failed in this period.",
    )


def _standing(found: quickbooks_errors.Errors) -> ReportTable:
    return ReportTable(
        "errors-standing",
        "Failed or blocked now",
        (
            Column("Type"),
            Column("State"),
            Column("Cause"),
            Column("Documents", "number"),
            Column("Oldest since", "moment"),
        ),
        tuple(
            Row(
                (
                    label(one.entity_type),
                    label(one.status),
                    cause_label(one.error_class),
                    one.count,
                    one.since,
                ),
                (None, None, None, one.rows),
            )
            for one in found.standing
        ),
        "Nothing is stuck.",
    )


def _error_days(found: quickbooks_errors.Errors) -> ReportTable:
    return ReportTable(
        "errors-days",
        "By day",
        (
            Column("Day", "date"),
            Column("Tries", "number"),
            Column("Failed tries", "number"),
            *(Column(cause_label(name), "number") for name in found.classes),
        ),
        tuple(
            Row(
                (
                    day.day,
                    day.tries,
                    day.total,
                    *(day.errors.get(name, 0) for name in found.classes),
                ),
                (None, None, day.rows),
            )
            for day in found.days
        ),
    )

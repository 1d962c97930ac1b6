"""The section about how both books agree."""

from __future__ import annotations

from sqlalchemy.orm import Session

from batchly_admin.admin_views.charts import Plan, Series, bars
from batchly_admin.admin_views.report_parts import (
    Column,
    Figure,
    ReportTable,
    Row,
    Section,
    tone_none,
)
from batchly_admin.admin_views.sync_status import label
from batchly_admin.reports import quickbooks_accuracy


def accuracy(session: Session) -> Section:
    """Give what is linked, what differs, and what the last comparison said."""
    found = quickbooks_accuracy.read(session)
    last = found.comparison
    return Section(
        "accuracy",
        "Accuracy",
        "How both books stand at this moment. Equal means: number, customer, lines and total are "
        "the same to the cent in the last comparison.",
        (
            Figure(
                "Equal to the cent",
                last.equal_percent if last else None,
                "percent",
                None,
                "" if last is None or last.equal == last.compared else "amber",
                "goal 100% or listed",
            ),
            Figure(
                "Open differences",
                found.open_differences,
                "number",
                quickbooks_accuracy.OPEN_ROWS,
                "amber" if found.open_differences else "green",
            ),
            Figure("Lost", found.lost, "number", found.lost_rows, tone_none(found.lost), "goal 0"),
            Figure(
                "Doubles",
                found.doubles,
                "number",
                found.doubles_rows,
                tone_none(found.doubles),
                "goal 0",
            ),
            Figure("Last comparison", last.finished_at if last else None, "moment"),
        ),
        (
            bars(
                Plan(
                    "chart-linked",
                    "Records in QuickBooks",
                    tuple(label(kind.plural) for kind in found.kinds),
                    (
                        Series("Linked", "green", tuple(kind.linked for kind in found.kinds)),
                        Series(
                            "Not linked",
                            "neutral",
                            tuple(kind.total - kind.linked for kind in found.kinds),
                        ),
                    ),
                )
            ),
        ),
        (_kinds(found), _differences(found), _comparison(last)),
    )


def _kinds(found: quickbooks_accuracy.Accuracy) -> ReportTable:
    return ReportTable(
        "accuracy-types",
        "Linked records",
        (
            Column("Type"),
            Column("Records", "number"),
            Column("Linked", "number"),
            Column("Linked share", "percent"),
            Column("In step", "number"),
            Column("With warning", "number"),
            Column("Not in step", "number"),
        ),
        tuple(
            Row(
                (
                    label(kind.plural),
                    kind.total,
                    kind.linked,
                    kind.linked_percent,
                    kind.in_step,
                    kind.with_warning,
                    kind.total - kind.in_step - kind.with_warning,
                ),
                (None, kind.rows, None, None, None, kind.warning_rows, kind.unlinked_rows),
            )
            for kind in found.kinds
        ),
    )


def _differences(found: quickbooks_accuracy.Accuracy) -> ReportTable:
    return ReportTable(
        "accuracy-differences",
        "Open differences",
        (
            Column("Type"),
            Column("Kind"),
            Column("Differences", "number"),
            Column("Oldest since", "moment"),
        ),
        tuple(
            Row(
                (label(one.entity_type), label(one.kind), one.count, one.since),
                (None, None, one.rows),
            )
            for one in found.differences
        ),
        "The two books agree.",
    )


def _comparison(last: quickbooks_accuracy.Comparison | None) -> ReportTable:
    return ReportTable(
        "accuracy-comparison",
        "Last comparison",
        (
            Column("Type"),
            Column("Here", "number"),
            Column("In QuickBooks", "number"),
            Column("Equal", "number"),
            Column("Total here", "money"),
            Column("Total in QuickBooks", "money"),
        ),
        tuple(
            Row(
                (
                    label(one.entity_type),
                    one.ours,
                    one.theirs,
                    one.equal,
                    one.total_ours,
                    one.total_theirs,
                )
            )
            for one in (last.types if last else ())
        ),
        "The books have not been compared yet.",
    )

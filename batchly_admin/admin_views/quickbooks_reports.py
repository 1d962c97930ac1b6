"""The report about the sync with QuickBooks: a page with a period, and each table as CSV."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from urllib.parse import urlencode

from flask import Blueprint, Response, render_template, request
from flask.typing import ResponseReturnValue

from batchly_admin.admin_views import (
    context,
    section_accuracy,
    section_errors,
    section_health,
    section_performance,
    section_usage,
)
from batchly_admin.admin_views.links import href
from batchly_admin.admin_views.report_parts import Section, csv_of, written
from batchly_admin.admin_views.security import requires
from batchly_admin.errors import NotFound
from batchly_admin.jobs import schedule
from batchly_admin.reports.periods import LENGTHS, Period, asked_for

blueprint = Blueprint("quickbooks_reports", __name__, url_prefix="/reports/quickbooks")

Maker = Callable[[Period, datetime], Section]

SECTIONS: dict[str, tuple[str, Maker]] = {
    "performance": (
        "Performance",
        lambda period, _now: section_performance.performance(context.reader(), period),
    ),
    "accuracy": (
        "Accuracy",
        lambda _period, _now: section_accuracy.accuracy(context.reader()),
    ),
    "errors": (
        "Errors and trends",
        lambda period, _now: section_errors.errors(context.reader(), period),
    ),
    "usage": (
        "API usage",
        lambda period, now: section_usage.usage(context.reader(), period, now),
    ),
    "health": (
        "Connection health",
        lambda period, now: section_health.health(
            context.reader(),
            period,
            schedule.plan(context.reader(), context.runtime().pulls),
            now,
        ),
    ),
}


@blueprint.get("/")
@requires("sync:view")
def show() -> ResponseReturnValue:
    """Show one section, or all of them one under the other."""
    period, now = _period(), context.runtime().clock.now()
    chosen = request.args.get("section", "")
    names = [chosen] if chosen in SECTIONS else list(SECTIONS)
    return render_template(
        "qbo_reports.html",
        sections=[SECTIONS[name][1](period, now) for name in names],
        names=[(name, title) for name, (title, _make) in SECTIONS.items()],
        section_shown=chosen if chosen in SECTIONS else "",
        period=period,
        lengths=LENGTHS,
        length=period.length if period.last == context.today() else 0,
        address=_address,
        rows_of=href,
        written=written,
    )


@blueprint.get("/<section>/<table>.csv")
@requires("sync:view")
def export(section: str, table: str) -> ResponseReturnValue:
    """Give one table as CSV.

    Raises:
        NotFound: there is no such section or table.
    """
    if section not in SECTIONS:
        raise NotFound
    period = _period()
    made = SECTIONS[section][1](period, context.runtime().clock.now())
    found = next((one for one in made.tables if one.key == table), None)
    if found is None:
        raise NotFound
    name = f"quickbooks-{found.key}-{period.first}-{period.last}.csv"
    return Response(
        csv_of(found),
        mimetype="text/csv",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def _period() -> Period:
    asked = request.args
    return asked_for(
        asked.get("days"),
        asked.get("from"),
        asked.get("to"),
        today=context.today(),
        zone=context.company().time_zone,
    )


def _address(path: str = "", **changes: str) -> str:
    """Give the address of this page with some of its choices changed."""
    kept = {
        name: request.args[name]
        for name in ("days", "from", "to", "section")
        if name in request.args
    }
    if "days" in changes:
        kept.pop("from", None)
        kept.pop("to", None)
    query = urlencode({name: value for name, value in {**kept, **changes}.items() if value})
    base = f"/reports/quickbooks{path}"
    return f"{base}?{query}" if query else base

"""What the page of a grid carries: the table's description, and the rows it shows first."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from batchly_admin.admin_views import context, saved_views, selecting
from batchly_admin.grid import feed, windows
from batchly_admin.grid.columns import Column
from batchly_admin.grid.config import grid_config
from batchly_admin.grid.table import Table

FIRST_ROWS = 100
"""One page of the browser's store."""


def config_of(table: Table, query: dict[str, Any]) -> dict[str, Any]:
    """Give what the browser needs to draw a table; `query` is what the address asks for.

    Raises:
        InvalidInput: for a filter that does not fit.
    """
    company, rights = context.company(), context.person().rights
    columns = table.visible_columns(rights)
    opened = saved_views.opening(table, query)
    config = grid_config(
        table, columns, rights, opened, currency=company.currency, locale=company.locale
    )
    if not opened.get("group"):
        config["first"] = _first(table, columns, opened)
    return config


def _first(table: Table, columns: tuple[Column, ...], query: Mapping[str, Any]) -> dict[str, Any]:
    """Give the rows the browser would ask for first; it asks itself when it shows more columns.

    `since` is from where to look for changes: from before the rows were read.
    """
    reader = context.reader()
    since = feed.news(reader, table, None).since
    eyes = selecting.eyes_of(table)
    hidden = _hidden(columns, query)
    shown = tuple(spec for spec in columns if spec.name not in hidden)
    asked = windows.Asked(
        limit=FIRST_ROWS,
        sort=windows.sort_of(table, ",".join(query.get("sort") or ()), seen=columns),
        selection=eyes.selection(query),
    )
    rows = windows.rows(reader, table, shown, asked, today=eyes.today, as_text=True)
    return {"columns": [spec.name for spec in shown], "rows": rows, "since": since}


def _hidden(columns: tuple[Column, ...], query: Mapping[str, Any]) -> set[str]:
    """Give the columns that the view hides, or the table where no view says otherwise."""
    state = (query.get("view") or {}).get("state") or {}
    chosen = (state.get("columns") or {}).get("hidden")
    return {spec.name for spec in columns if spec.hidden} if chosen is None else set(chosen)

"""Lists beside a record: its lines as a plain table, and what else belongs to it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import quote
from uuid import UUID

from batchly_admin.admin_views import context, record_fields
from batchly_admin.grid import windows
from batchly_admin.grid.columns import Column
from batchly_admin.grid.filters import Selection
from batchly_admin.grid.registry import table as find_table
from batchly_admin.grid.table import Table
from batchly_admin.words import _

RELATED_ROWS = 8
LINE_ROWS = 500


def relatives(table: Table) -> list[tuple[str, str]]:
    """Give the tables that show what belongs to a record, and the column that points to it."""
    rights = context.person().rights
    return [
        (name, column)
        for name, column in table.related
        if f"{find_table(name).rights_area}:view" in rights
    ]


def _rows_of(
    name: str, column: str, record_id: UUID, limit: int, sort: tuple[str, ...] = ()
) -> tuple[Table, list[Column], list[list[Any]], int]:
    target = find_table(name)
    columns = [
        spec
        for spec in target.visible_columns(context.person().rights)
        if spec.name != column and not spec.hidden and spec.kind not in {"json", "address"}
    ]
    selection = Selection(({"column": column, "operator": "is", "value": str(record_id)},))
    asked = windows.Asked(limit=limit, sort=sort or target.default_sort, selection=selection)
    day = context.today()
    found = windows.rows(context.reader(), target, tuple(columns), asked, today=day)
    count = len(found)
    if count == limit:
        count = windows.total(context.reader(), target, selection, today=day)
    return target, columns, found, count


def _listing(target: Table, columns: Sequence[Column], rows: list[list[Any]]) -> dict[str, Any]:
    return {
        "columns": [
            {"label": spec.label, "kind": spec.kind, "scale": spec.scale} for spec in columns
        ],
        "rows": [
            {
                "href": f"{target.url}/{row[0]}",
                "links": [
                    _leads_to(spec, value) for spec, value in zip(columns, row[3:], strict=True)
                ],
                "values": [
                    record_fields.field(spec, value)["value"] if spec.kind == "choice" else value
                    for spec, value in zip(columns, row[3:], strict=True)
                ],
            }
            for row in rows
        ],
    }


def _leads_to(spec: Column, value: Any) -> str | None:
    if not spec.link or not value:
        return None
    target = find_table(spec.link)
    return f"{target.url}/{value[0]}" if context.may(f"{target.rights_area}:view") else None


def lines(table: Table, record_id: UUID) -> dict[str, Any] | None:
    """Give the lines of a document as a plain table, for a page without scripts."""
    if table.lines is None:
        return None
    name, column = table.lines
    sort = ("line_number",) if "line_number" in find_table(name).by_name else ()
    target, columns, rows, _count = _rows_of(name, column, record_id, LINE_ROWS, sort)
    return {
        "title": target.title,
        **_listing(target, columns[:9], [row[:12] for row in rows]),
        "totals": [],
        "empty": _("No {records} yet.", records=target.title.lower()),
        "href": f"{target.url}?filters={_filter(column, record_id)}",
        "grid_url": f"{table.url}/{record_id}/lines",
        "add_href": (
            f"{target.url}/new?{column}={record_id}"
            if not target.read_only and context.may(f"{target.rights_area}:create")
            else None
        ),
    }


def related(name: str, column: str, record_id: UUID) -> dict[str, Any]:
    """Give the first of the records that belong to one, and how many there are."""
    target, columns, rows, count = _rows_of(name, column, record_id, RELATED_ROWS)
    return {
        "title": target.title,
        "count": count,
        "href": f"{target.url}?filters={_filter(column, record_id)}",
        **_listing(target, columns[:5], [row[:8] for row in rows]),
        "empty": _("No {records}.", records=target.title.lower()),
    }


def _filter(column: str, record_id: UUID) -> str:
    return quote(f'[{{"column":"{column}","operator":"is","value":"{record_id}"}}]')

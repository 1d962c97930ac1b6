"""Lists beside a record: its lines as a plain table, and what else belongs to it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote
from uuid import UUID

from batchly_admin.admin_views import context, links, record_fields
from batchly_admin.grid import windows
from batchly_admin.grid.columns import Column
from batchly_admin.grid.filters import Selection
from batchly_admin.grid.registry import table as find_table
from batchly_admin.grid.table import Table
from batchly_admin.words import _

RELATED_ROWS = 8
LINE_ROWS = 500


def lists(table: Table, record_id: UUID, cells: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Give what belongs to a record, and what hangs on the same record as it does."""
    mine = [(name, column, record_id) for name, column in table.related]
    linked = [(name, column, cells.get(column)) for name, column in table.beside]
    found = [*mine, *((name, column, UUID(str(link[0]))) for name, column, link in linked if link)]
    return [
        _related(name, column, key)
        for name, column, key in found
        if find_table(name).is_open_to(context.person().rights)
    ]


def _rows_of(
    name: str, column: str, record_id: UUID, limit: int, sort: tuple[str, ...] = ()
) -> tuple[Table, list[Column], list[list[Any]], int]:
    target = find_table(name)
    columns = [
        spec
        for spec in target.visible_columns(context.person().rights)
        if spec.name != column and not spec.hidden and spec.kind not in {"json", "address", "files"}
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
                    links.cell_href(spec, value)
                    for spec, value in zip(columns, row[3:], strict=True)
                ],
                "values": [
                    record_fields.field(spec, value)["value"] if spec.kind == "choice" else value
                    for spec, value in zip(columns, row[3:], strict=True)
                ],
            }
            for row in rows
        ],
    }


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
        "empty": _("No {records} yet.", records=target.plural),
        "href": f"{target.url}?filters={_filter(column, record_id)}",
        "grid_url": f"{table.url}/{record_id}/lines",
        "add_href": _add_href(target, column, record_id),
    }


def _add_href(target: Table, column: str, record_id: UUID) -> str | None:
    """Give the form that makes another one of a record's, for who may make one by hand."""
    by_hand = target.can_create and not target.read_only and target.by_name[column].in_form
    if not by_hand or not context.may(f"{target.rights_area}:create"):
        return None
    return f"{target.url}/new?{column}={record_id}"


def _related(name: str, column: str, record_id: UUID) -> dict[str, Any]:
    """Give the first of the records that belong to one, and how many there are."""
    target, columns, rows, count = _rows_of(name, column, record_id, RELATED_ROWS)
    return {
        "title": target.title,
        "count": count,
        "href": f"{target.url}?filters={_filter(column, record_id)}",
        **_listing(target, columns[:5], [row[:8] for row in rows]),
        "empty": _("No {records}.", records=target.plural),
        "add_href": _add_href(target, column, record_id),
    }


def _filter(column: str, record_id: UUID) -> str:
    return quote(f'[{{"column":"{column}","operator":"is","value":"{record_id}"}}]')

"""The page of one record: its fields, lines, relatives, QuickBooks state and history."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from batchly_admin.admin_views import context, record_sync
from batchly_admin.errors import NotFound
from batchly_admin.grid import windows
from batchly_admin.grid.columns import Column
from batchly_admin.grid.filters import Selection
from batchly_admin.grid.registry import table as find_table
from batchly_admin.grid.table import Table
from batchly_admin.services.actions import ACTIONS

RELATED_ROWS = 8
LINE_ROWS = 500


def page(table: Table, record_id: UUID) -> dict[str, Any]:
    """Give everything record.html shows.

    Raises:
        NotFound: when there is no such record.
    """
    columns = table.visible_columns(context.person().rights)
    found = windows.rows_by_id(context.reader(), table, columns, [record_id])
    if not found:
        raise NotFound
    row = found[0]
    cells = dict(zip((spec.name for spec in columns), row[3:], strict=True))
    title = str(_plain(cells.get(table.label_column)) or table.singular.capitalize())
    return {
        "record": {
            "id": record_id,
            "table": table.name,
            "title": title,
            "subtitle": _subtitle(table, columns, cells),
            "singular": table.singular,
            "lock": row[2],
            "version": row[1],
        },
        "crumbs": [{"label": table.title, "href": table.url}],
        "badges": _badges(columns, cells),
        "actions": _actions(table, record_id, row[2]),
        "actions_url": f"{table.url}/actions/{{name}}",
        "groups": _groups(table, columns, cells),
        "facts": [
            _field(table.by_name[name], cells[name]) for name in table.facts if name in cells
        ],
        "lines": _lines(table, record_id),
        "related": [_related(name, column, record_id) for name, column in _relatives(table)],
        "sync": record_sync.card(table, record_id, cells),
        "history_url": f"{table.url}/{record_id}/history",
    }


def _plain(value: Any) -> Any:
    return value[1] if isinstance(value, list) else value


def _subtitle(table: Table, columns: Sequence[Column], cells: dict[str, Any]) -> str:
    for spec in columns:
        if spec.link == "customers" and cells.get(spec.name):
            return str(cells[spec.name][1])
    return table.singular.capitalize()


def _badges(columns: Sequence[Column], cells: dict[str, Any]) -> list[Any]:
    badges: list[Any] = []
    for spec in columns:
        value = cells.get(spec.name)
        if spec.kind == "badge" and value:
            badges.append(value)
        elif spec.kind == "choice" and value and spec.choices is not None:
            member = spec.choices(value)
            badges.append({"label": member.label, "tone": member.tone, "hint": spec.label})
    return badges


def _actions(table: Table, record_id: UUID, lock: str | None) -> list[dict[str, Any]]:
    actions: list[dict[str, Any]] = []
    area = table.rights_area
    if not table.read_only and context.may(f"{area}:edit") and lock is None:
        actions.append(
            {
                "name": "edit",
                "label": "Edit",
                "kind": "link",
                "tone": "neutral",
                "href": f"{table.url}/{record_id}/edit",
            }
        )
    for name in table.actions:
        action = ACTIONS.get((table.name, name)) or ACTIONS.get(("*", name))
        if action is not None and context.may(action.right.replace("*", area)):
            tone = "red" if name in {"delete", "void", "cancel"} else "neutral"
            actions.append({"name": name, "label": action.label, "kind": "run", "tone": tone})
    return actions


def _field(spec: Column, value: Any) -> dict[str, Any]:
    field: dict[str, Any] = {
        "label": spec.label,
        "kind": spec.kind,
        "value": value,
        "href": None,
        "help": spec.help or None,
        "wide": spec.kind in {"long_text", "json"},
        "scale": spec.scale,
        "tone": None,
    }
    if spec.link and value:
        field["href"] = f"{find_table(spec.link).url}/{value[0]}"
    if spec.kind == "choice" and value and spec.choices is not None:
        member = spec.choices(value)
        field["value"], field["tone"] = member.label, member.tone
    return field


def _groups(table: Table, columns: Sequence[Column], cells: dict[str, Any]) -> list[dict[str, Any]]:
    groups = []
    placed: set[str] = set()
    for title, names in table.form_groups:
        shown = [table.by_name[name] for name in names if name in cells]
        placed.update(names)
        if shown:
            groups.append({"title": title, "fields": [_field(s, cells[s.name]) for s in shown]})
    rest = [spec for spec in columns if spec.name not in placed]
    if rest:
        title = "More" if groups else table.singular.capitalize()
        groups.append({"title": title, "fields": [_field(s, cells[s.name]) for s in rest]})
    return groups


def _relatives(table: Table) -> list[tuple[str, str]]:
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
                "values": [
                    _field(spec, value)["value"] if spec.kind == "choice" else value
                    for spec, value in zip(columns, row[3:], strict=True)
                ],
            }
            for row in rows
        ],
    }


def _lines(table: Table, record_id: UUID) -> dict[str, Any] | None:
    if table.lines is None:
        return None
    name, column = table.lines
    sort = ("line_number",) if "line_number" in find_table(name).by_name else ()
    target, columns, rows, _count = _rows_of(name, column, record_id, LINE_ROWS, sort)
    return {
        "title": target.title,
        **_listing(target, columns[:9], [row[:12] for row in rows]),
        "totals": [],
        "empty": f"No {target.title.lower()} yet.",
        "href": f"{target.url}?filters={_filter(column, record_id)}",
        "add_href": (
            f"{target.url}/new?{column}={record_id}"
            if not target.read_only and context.may(f"{target.rights_area}:create")
            else None
        ),
    }


def _related(name: str, column: str, record_id: UUID) -> dict[str, Any]:
    target, columns, rows, count = _rows_of(name, column, record_id, RELATED_ROWS)
    return {
        "title": target.title,
        "count": count,
        "href": f"{target.url}?filters={_filter(column, record_id)}",
        **_listing(target, columns[:5], [row[:8] for row in rows]),
        "empty": f"No {target.title.lower()}.",
    }


def _filter(column: str, record_id: UUID) -> str:
    from urllib.parse import quote

    return quote(f'[{{"column":"{column}","operator":"is","value":"{record_id}"}}]')


def history_entries(table: Table, found: Sequence[Any]) -> list[dict[str, Any]]:
    """Give the entries of the history panel, columns by their labels."""
    return [
        {
            "change_set": entry.change_set_id,
            "at": entry.at,
            "by": entry.by,
            "source": entry.source,
            "summary": entry.summary,
            "items": [
                {
                    "column": item.column,
                    "label": _label(table, item.column),
                    "old": item.old,
                    "new": item.new,
                }
                for item in entry.items
            ],
            "undoable": entry.undoable and context.may("all:undo"),
        }
        for entry in found
    ]


def _label(table: Table, column: str | None) -> str:
    if column is None:
        return ""
    spec = table.by_name.get(column)
    return spec.label if spec is not None else column.replace("_", " ").capitalize()

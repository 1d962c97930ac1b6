"""The page of one record: its fields, lines, relatives, QuickBooks state and history."""

from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from batchly_admin.admin_views import (
    context,
    record_fields,
    record_lists,
    record_reading,
    record_sync,
)
from batchly_admin.grid.columns import Column, column, complete
from batchly_admin.grid.config import allowed_actions, tone_of
from batchly_admin.grid.table import Table
from batchly_admin.queries.history import Change
from batchly_admin.services.actions import refusal
from batchly_admin.words import _


def page(table: Table, record_id: UUID) -> dict[str, Any]:
    """Give everything record.html shows.

    Raises:
        NotFound: when there is no such record.
    """
    seen = record_reading.read(table, record_id)
    columns, cells = seen.columns, seen.cells
    return {
        "record": {
            "id": record_id,
            "table": table.name,
            "title": title_of(table, cells),
            "subtitle": subtitle_of(table, columns, cells),
            "singular": table.singular,
            "lock": seen.lock,
            "version": seen.version,
        },
        "crumbs": [{"label": table.title, "href": table.url}],
        "badges": badges_of(columns, cells),
        "actions": _actions(table, record_id, seen.lock),
        "actions_url": f"{table.url}/actions/{{name}}",
        "groups": _groups(table, columns, cells),
        "facts": [
            record_fields.field(table.by_name[name], cells[name])
            for name in table.facts
            if name in cells
        ],
        "lines": record_lists.lines(table, record_id),
        "related": record_lists.lists(table, record_id, cells),
        "sync": record_sync.card(table, record_id, cells),
        "history_url": f"{table.url}/{record_id}/history",
        "files_url": files_url(table, record_id),
    }


def files_url(table: Table, record_id: UUID) -> str | None:
    """Give where the files of a record are, when its table has any."""
    return f"{table.url}/{record_id}/files" if table.takes_files else None


def title_of(table: Table, cells: dict[str, Any]) -> str:
    """Give what a record is called."""
    value = cells.get(table.label_column)
    return str((value[1] if isinstance(value, list) else value) or table.heading)


def subtitle_of(table: Table, columns: Sequence[Column], cells: dict[str, Any]) -> str:
    """Give whose record it is, else what kind of thing it is."""
    for spec in columns:
        if spec.link == "customers" and cells.get(spec.name):
            return str(cells[spec.name][1])
    return table.heading


def badges_of(columns: Sequence[Column], cells: dict[str, Any]) -> list[Any]:
    """Give the states of a record as badges."""
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
    if not table.read_only and context.may(f"{table.rights_area}:edit") and lock is None:
        actions.append(
            {
                "name": "edit",
                "label": _("Edit"),
                "kind": "link",
                "tone": "neutral",
                "href": f"{table.url}/{record_id}/edit",
            }
        )
    if table.paper is not None:
        href = f"{table.url}/{record_id}/paper"
        actions.append(
            {"name": "print", "label": _("Print"), "kind": "link", "tone": "neutral", "href": href}
        )
    actions += [
        {
            "name": action.name,
            "label": _(action.label),
            "kind": "run",
            "tone": tone_of(action),
            "reason": refusal(context.reader(), action, record_id),
        }
        for action in allowed_actions(table, context.person().rights)
    ]
    return actions


def grouped(table: Table, columns: Sequence[Column]) -> list[dict[str, Any]]:
    """Give the names of a record's fields under the headings of its form.

    Files are no field: they have a part of their own.
    """
    columns = [spec for spec in columns if spec.kind != "files"]
    seen = {spec.name for spec in columns}
    placed = {name for _heading, names in table.form_groups for name in names}
    groups = [
        {"title": title, "fields": [name for name in names if name in seen]}
        for title, names in table.form_groups
    ]
    title = _("More") if table.form_groups else table.heading
    rest = [spec.name for spec in columns if spec.name not in placed]
    groups.append({"title": title, "fields": rest})
    return [group for group in groups if group["fields"]]


def _groups(table: Table, columns: Sequence[Column], cells: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        {
            "title": group["title"],
            "fields": [
                record_fields.field(table.by_name[name], cells[name]) for name in group["fields"]
            ],
        }
        for group in grouped(table, columns)
    ]


def history_entries(table: Table, found: Sequence[Any]) -> list[dict[str, Any]]:
    """Give the entries of the history panel, columns by their labels.

    A change of nothing but columns that the person may not see is no entry.
    """
    seen = {spec.name for spec in table.visible_columns(context.person().rights)}
    hidden = table.by_name.keys() - seen
    return [
        _history_entry(table, entry, hidden)
        for entry in found
        if not entry.items or any(item.column not in hidden for item in entry.items)
    ]


def _history_entry(table: Table, entry: Any, hidden: AbstractSet[str]) -> dict[str, Any]:
    return {
        "change_set": entry.change_set_id,
        "at": entry.at,
        "by": entry.by,
        "source": entry.source,
        "summary": entry.summary,
        "items": [_history_item(table, item) for item in entry.items if item.column not in hidden],
        "undoable": entry.undoable and context.may("all:undo"),
    }


def _bookkept(table: Table, name: str) -> Column:
    """Give how a column reads that the grid does not have, or that the table had once."""
    words = name.removesuffix("_id").replace("_", " ").replace("qb", "QuickBooks")
    declared = column(name, label=words[:1].upper() + words[1:])
    is_there = name in sa.inspect(table.model).columns
    return complete(table.model, declared) if is_there else declared


def _history_item(table: Table, item: Change) -> dict[str, Any]:
    both = {"column": item.column, "old": item.old, "new": item.new}
    if item.column is None:
        return {**both, "label": "", "kind": "text"}
    spec = table.by_name.get(item.column) or _bookkept(table, item.column)
    labels = {member.value: member.label for member in spec.choices or ()}
    shown = {side: labels.get(both[side], both[side]) for side in ("old", "new")}
    # What a link names stands here by its label already, a choice and a file by its own.
    kind = "text" if spec.link or labels or spec.kind == "files" else spec.kind
    return {**both, **shown, "label": spec.label, "kind": kind}

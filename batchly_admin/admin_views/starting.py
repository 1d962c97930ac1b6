"""Bulk actions: from a selection in a grid to a preview and to a background run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from batchly_admin.admin_views import context
from batchly_admin.errors import InvalidInput, NotAllowed, NotFound
from batchly_admin.grid import filters, windows
from batchly_admin.grid.table import Table
from batchly_admin.ids import parse_id
from batchly_admin.services import runs
from batchly_admin.services.actions import ACTIONS, BulkAction

MAX_IDS = 10_000


def action_of(table: Table, name: str) -> BulkAction:
    """Give a table's action, when the person may use it.

    Raises:
        NotFound: when the table has no such action.
        NotAllowed: when the person lacks its right.
    """
    found = ACTIONS.get((table.name, name)) or ACTIONS.get(("*", name))
    if found is None or name not in table.actions:
        msg = f"{table.title} have no action called {name}."
        raise NotFound(msg)
    right = found.right.replace("*", table.rights_area)
    if not context.may(right):
        raise NotAllowed
    return found


def selected(table: Table, asked: Mapping[str, Any]) -> list[UUID]:
    """Give the ids a request selects: the ones it lists, or all that its filter holds.

    Raises:
        InvalidInput: when nothing usable is selected.
    """
    selection = asked.get("selection")
    if not isinstance(selection, Mapping):
        msg = "The request needs a selection: ids, or a filter with all."
        raise InvalidInput(msg, field="selection")
    if selection.get("all") is True:
        seen = table.visible_columns(context.person().rights)
        chosen = filters.selection_of_object(_object(selection.get("filter")), seen=seen)
        return windows.ids(context.reader(), table, chosen, today=context.today())
    listed = selection.get("ids")
    if not isinstance(listed, Sequence) or isinstance(listed, str) or not listed:
        msg = "Select at least one row."
        raise InvalidInput(msg, field="selection")
    if len(listed) > MAX_IDS:
        msg = f"At most {MAX_IDS} rows one by one; select all filtered rows instead."
        raise InvalidInput(msg, field="selection")
    ids = [known for part in listed if (known := parse_id(part))]
    if len(ids) != len(listed):
        msg = "One of the selected rows has an unreadable id."
        raise InvalidInput(msg, field="selection")
    return list(dict.fromkeys(ids))


def _object(value: Any) -> Mapping[str, Any]:
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        msg = "The filter of a selection is an object."
        raise InvalidInput(msg, field="selection")
    return value


def start(table: Table, name: str, asked: Mapping[str, Any]) -> UUID:
    """Start the run and give its id; the same key gives the same run."""
    action = action_of(table, name)
    targets = _labelled(table, selected(table, asked))
    if not targets:
        msg = "Nothing matches the filter any more."
        raise InvalidInput(msg, field="selection")
    key = asked.get("key")
    with context.runtime().uows.begin(actor=context.actor(), source="grid") as uow:
        run = runs.start_run(
            uow,
            table=table.name,
            action=name,
            label=f"{action.label}: {len(targets)} {table.title.lower()}",
            targets=targets,
            params=dict(_object(asked.get("params"))),
            request_key=f"{context.person().user_id}:{key}"[:100] if key else None,
        )
        return run.id


def preview(table: Table, name: str, asked: Mapping[str, Any]) -> dict[str, Any]:
    """Give what the action would do to the selection."""
    action = action_of(table, name)
    ids = selected(table, asked)
    found = action.preview(context.reader(), ids, dict(_object(asked.get("params"))))
    return {
        "title": found.title,
        "lines": list(found.lines),
        "total": len(ids),
        "will": found.will,
        "wont": found.wont,
        "warnings": list(found.warnings),
        "confirm_label": found.confirm_label,
        "params": list(getattr(found, "params", ())),
    }


def _labelled(table: Table, ids: Sequence[UUID]) -> list[tuple[UUID, str]]:
    """Give the selected records that exist, with what people call them, in the order selected."""
    source = table.model.__table__
    labels: dict[UUID, str] = {}
    for begin in range(0, len(ids), 500):
        chunk = ids[begin : begin + 500]
        statement = sa.select(source.c.id, source.c[table.label_column]).where(
            source.c.id.in_(chunk)
        )
        found = context.reader().execute(statement)
        labels.update((key, str(label)) for key, label in found)
    return [(key, labels.get(key, "(deleted)")) for key in ids]

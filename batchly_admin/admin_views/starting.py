"""Bulk actions: from a selection in a grid to a preview and to a background run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from batchly_admin.admin_views import context, selecting, signed_filter
from batchly_admin.errors import InvalidInput, NotAllowed, NotFound
from batchly_admin.grid import windows
from batchly_admin.grid.table import Table
from batchly_admin.ids import first_id, parse_id
from batchly_admin.services import runs
from batchly_admin.services.actions import ACTIONS, BulkAction, Preview
from batchly_admin.services.runs import CHOSEN_BY
from batchly_admin.services.tallies import LISTED
from batchly_admin.words import _

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


@dataclass(frozen=True, slots=True)
class Chosen:
    """What a request selects: rows, and for all rows of a filter that filter."""

    ids: list[UUID]
    filter: Mapping[str, Any] | None = None
    newest: UUID | None = None


def chosen(table: Table, asked: Mapping[str, Any]) -> Chosen:
    """Give the rows a request selects: the ones it lists, or all that its filter holds.

    A signed filter is one that a preview showed; rows that came since are left out.

    Raises:
        InvalidInput: when nothing usable is selected.
        Conflict: when a signed filter cannot be used.
    """
    selection = asked.get("selection")
    if not isinstance(selection, Mapping):
        msg = "The request needs a selection: ids, or a filter with all."
        raise InvalidInput(msg, field="selection")
    if "signed" in selection:
        signed = signed_filter.read(table, selection["signed"])
        return _all_of(table, signed.filter, signed.newest)
    if selection.get("all") is True:
        return _all_of(table, _object(selection.get("filter")), first_id(0))
    listed = selection.get("ids")
    if not isinstance(listed, Sequence) or isinstance(listed, str) or not listed:
        msg = "Select at least one row."
        raise InvalidInput(msg, field="selection")
    if len(listed) > MAX_IDS:
        msg = f"At most {MAX_IDS} rows one by one; select all filtered rows instead."
        raise InvalidInput(msg, field="selection")
    return Chosen(list(dict.fromkeys(_ids(listed))))


def _ids(listed: Sequence[Any]) -> list[UUID]:
    ids = [known for part in listed if (known := parse_id(part))]
    if len(ids) != len(listed):
        msg = "One of the selected rows has an unreadable id."
        raise InvalidInput(msg, field="selection")
    return ids


def left(ids: list[UUID], asked: Mapping[str, Any]) -> list[UUID]:
    """Give the rows that the person did not take out of the list in the preview.

    Raises:
        InvalidInput: when what to leave out is no list of ids.
    """
    listed = asked.get("leave_out") or []
    if not isinstance(listed, list):
        msg = "The rows to leave out are a list of ids."
        raise InvalidInput(msg, field="leave_out")
    out = set(_ids(listed))
    return [one for one in ids if one not in out]


def _all_of(table: Table, asked: Mapping[str, Any], newest: UUID) -> Chosen:
    # Under the rights the person has now, whatever was signed.
    found = selecting.selection_of_object(table, asked)
    ids = windows.ids(context.reader(), table, found, today=context.today())
    plain = {"search": found.search, "where": list(found.filters)}
    return Chosen([key for key in ids if key < newest], plain, newest)


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
    rows = chosen(table, asked)
    targets = _labelled(table, left(rows.ids, asked))
    if not targets:
        msg = "Nothing is left to do: every row is left out, or none matches the filter any more."
        raise InvalidInput(msg, field="selection")
    key = asked.get("key")
    with context.runtime().uows.begin(actor=context.actor(), source="grid") as uow:
        run = runs.start_run(
            uow,
            table=table.name,
            action=name,
            label=f"{_(action.label)}: {len(targets)} {table.title.lower()}",
            targets=targets,
            params=_params(asked, rows),
            request_key=f"{context.person().user_id}:{key}"[:100] if key else None,
        )
        return run.id


def preview(table: Table, name: str, asked: Mapping[str, Any]) -> dict[str, Any]:
    """Give what the action would do to the selection."""
    action = action_of(table, name)
    rows = chosen(table, asked)
    ids = left(rows.ids, asked)
    found = action.preview(context.reader(), ids, dict(_object(asked.get("params"))))
    return {
        "title": found.title,
        "lines": list(found.lines),
        "total": len(ids),
        "will": found.will,
        "wont": found.wont,
        "warnings": list(found.warnings),
        "confirm_label": found.confirm_label,
        "params": [_asked(one) for one in found.params],
        "rows": _rows(table, ids, found),
        **_signed(table, rows),
    }


def _asked(param: Mapping[str, Any]) -> dict[str, Any]:
    """Give what a preview asks the person, in the language spoken."""
    return {**param, **{name: _(param[name]) for name in ("label", "hint") if name in param}}


def _rows(table: Table, ids: Sequence[UUID], found: Preview) -> list[dict[str, Any]]:
    """Give the rows of a preview by name, when there are few enough to read."""
    if len(ids) > LISTED:
        return []
    known = {row.id: row for row in found.rows}
    rows = [(key, label, known.get(key)) for key, label in _labelled(table, ids)]
    return [
        {
            "id": key,
            "label": label,
            "reason": row.reason if row else None,
            "amount": str(row.amount) if row and row.amount is not None else None,
        }
        for key, label, row in rows
    ]


def _signed(table: Table, rows: Chosen) -> dict[str, Any]:
    if rows.filter is None:
        return {}
    return {"selection": {"signed": signed_filter.sign(table, rows.filter, rows.newest)}}


def _params(asked: Mapping[str, Any], rows: Chosen) -> dict[str, Any]:
    """Give what the person chose in the dialog, and the filter that each row has to match still."""
    params = {k: v for k, v in _object(asked.get("params")).items() if k != CHOSEN_BY}
    return params if rows.filter is None else {**params, CHOSEN_BY: dict(rows.filter)}


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
    return [(key, labels.get(key, _("(deleted)"))) for key in ids]

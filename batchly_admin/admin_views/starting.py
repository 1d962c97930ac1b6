"""Bulk actions: from a selection in a grid to a preview and to a background run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from batchly_admin.admin_views import context, selecting, signed_filter
from batchly_admin.errors import InvalidInput, NotAllowed, NotFound, Refusal
from batchly_admin.grid import windows
from batchly_admin.grid.table import Table
from batchly_admin.ids import first_id, parse_id
from batchly_admin.services import row_answers, runs
from batchly_admin.services.actions import ACTIONS, BulkAction, Preview
from batchly_admin.services.runs import CHOSEN_BY
from batchly_admin.services.tallies import LISTED
from batchly_admin.words import _, plural

MAX_IDS = 10_000


def action_of(table: Table, name: str) -> BulkAction:
    """Give a table's action, when the person may use it.

    Raises:
        NotFound: when the table has no such action.
        NotAllowed: when the person lacks its right.
    """
    found = ACTIONS.get((table.name, name))
    if found is None or name not in table.actions:
        msg = f"{table.title} have no action called {name}."
        raise NotFound(msg)
    if not context.may(found.right):
        raise NotAllowed
    return found


@dataclass(frozen=True, slots=True)
class Chosen:
    """What a request selects: rows, and for all rows of a filter that filter."""

    ids: list[UUID]
    filter: Mapping[str, Any] | None = None
    newest: UUID | None = None


def looked_at(table: Table, asked: Mapping[str, Any]) -> Chosen:
    """Give the rows that a preview is about; only there a filter may come as it is.

    Raises:
        InvalidInput: when nothing usable is selected.
        Conflict: when a signed filter cannot be used.
    """
    selection = _selection(asked)
    if "signed" not in selection and selection.get("all") is True:
        return _all_of(table, _object(selection.get("filter")), first_id(0))
    return chosen(table, asked)


def chosen(table: Table, asked: Mapping[str, Any]) -> Chosen:
    """Give the rows to start with: the ones a request lists, or all of a filter that was signed.

    A signed filter is one that a preview showed; rows that came since are left out.

    Raises:
        InvalidInput: when nothing usable is selected.
        Conflict: when a signed filter cannot be used.
    """
    selection = _selection(asked)
    if "signed" in selection:
        signed = signed_filter.read(table, selection["signed"])
        return _all_of(table, signed.filter, signed.newest)
    if "all" in selection:
        msg = "All rows of a filter are started with the selection that their preview gives."
        raise InvalidInput(msg, field="selection")
    listed = selection.get("ids")
    if not isinstance(listed, Sequence) or isinstance(listed, str) or not listed:
        msg = "Select at least one row."
        raise InvalidInput(msg, field="selection")
    if len(listed) > MAX_IDS:
        msg = f"At most {MAX_IDS} rows one by one; select all filtered rows instead."
        raise InvalidInput(msg, field="selection")
    return Chosen(list(dict.fromkeys(_ids(listed))))


def _selection(asked: Mapping[str, Any]) -> Mapping[str, Any]:
    selection = asked.get("selection")
    if not isinstance(selection, Mapping):
        msg = "The request needs a selection: ids, or what the preview of a filter gave."
        raise InvalidInput(msg, field="selection")
    return selection


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
    params = _params(action, asked, [key for key, _label in targets])
    _check(action, params, dict(targets))
    key = asked.get("key")
    with context.runtime().uows.begin(actor=context.actor(), source="grid") as uow:
        run = runs.start_run(
            uow,
            table=table.name,
            action=name,
            label=f"{_(action.label)}: {len(targets)} {table.plural}",
            targets=targets,
            params=params if rows.filter is None else {**params, CHOSEN_BY: dict(rows.filter)},
            request_key=f"{context.person().user_id}:{key}"[:100] if key else None,
        )
        return run.id


def preview(table: Table, name: str, asked: Mapping[str, Any]) -> dict[str, Any]:
    """Give what the action would do to the selection."""
    action = action_of(table, name)
    rows = looked_at(table, asked)
    ids = left(rows.ids, asked)
    params = _params(action, asked, ids)
    problems = row_answers.problems(context.reader(), action, params)
    found = action.preview(context.reader(), ids, params)
    own = len(params.get(row_answers.BY_ROW, ()))
    differing = [_("Set apart below: {rows}.", rows=plural(own, "row"))] if own else []
    return {
        "title": found.title,
        "lines": [*found.lines, *differing],
        "total": len(ids),
        "will": found.will,
        "wont": found.wont,
        "warnings": list(found.warnings),
        "confirm_label": found.confirm_label,
        "params": [{**_asked(one), "by_row": one["name"] in action.by_row} for one in found.params],
        "rows": _rows(table, ids, found, problems),
        **_signed(table, rows),
    }


def _asked(param: Mapping[str, Any]) -> dict[str, Any]:
    """Give what a preview asks the person, in the language spoken."""
    return {**param, **{name: _(param[name]) for name in ("label", "hint") if name in param}}


def _rows(
    table: Table, ids: Sequence[UUID], found: Preview, problems: Mapping[UUID, Refusal]
) -> list[dict[str, Any]]:
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
            "problem": _problem(problems.get(key)),
        }
        for key, label, row in rows
    ]


def _problem(found: Refusal | None) -> dict[str, str] | None:
    return {"name": found.field, "reason": found.reason} if found else None


def _signed(table: Table, rows: Chosen) -> dict[str, Any]:
    if rows.filter is None:
        return {}
    return {"selection": {"signed": signed_filter.sign(table, rows.filter, rows.newest)}}


def _params(action: BulkAction, asked: Mapping[str, Any], ids: Sequence[UUID]) -> dict[str, Any]:
    """Give what the person answered in the dialog, for all rows and for single ones of them."""
    params = {k: v for k, v in _object(asked.get("params")).items() if k != CHOSEN_BY}
    return row_answers.with_own(params, row_answers.read(action, asked.get("by_row")), ids)


def _check(action: BulkAction, params: Mapping[str, Any], labels: Mapping[UUID, str]) -> None:
    found = row_answers.problems(context.reader(), action, params)
    if found:
        msg = "Some rows have answers of their own that do not fit."
        refusals = tuple(
            Refusal(f"{key}.{one.field}", f"{labels[key]}: {one.reason}")
            for key, one in found.items()
        )
        raise InvalidInput(msg, refusals=refusals)


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

"""The lines of a document as a grid of their own: what it is, its rows, and writing them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import sqlalchemy as sa

from batchly_admin.admin_views import cell_writing, context, grid_paste
from batchly_admin.errors import DocumentLocked, NotAllowed, NotFound, UserError
from batchly_admin.grid import record_lines, windows
from batchly_admin.grid.columns import Column, as_config
from batchly_admin.grid.config import abilities, urls
from batchly_admin.grid.record_lines import PLACE, LineChanges, Lines
from batchly_admin.grid.table import Table
from batchly_admin.services import line_order, records
from batchly_admin.services.unit_of_work import UnitOfWork
from batchly_admin.words import _


def describe(table: Table, record_id: UUID) -> dict[str, Any] | None:
    """Give the grid of a document's lines, or None when it has none this person may see."""
    if table.lines is None:
        return None
    rights = context.person().rights
    lines = record_lines.lines_of(table)
    if not lines.table.is_open_to(rights):
        return None
    lock = record_lines.lock_of(context.reader(), table, record_id)
    return {
        "title": lines.table.title,
        "config": _config(table, lines, record_id, lock),
        **_state(table, record_id, lock),
    }


def _config(table: Table, lines: Lines, record_id: UUID, lock: str | None) -> dict[str, Any]:
    rights = context.person().rights
    can = abilities(lines.table, rights)
    document = abilities(table, rights)
    may = {verb: can[verb] and document["edit"] for verb in ("create", "edit", "delete")}
    base = f"{table.url}/{record_id}/lines"
    own = urls(lines.table)
    columns = [
        # The document gives the order and the choice of rows: neither is sorted or filtered here.
        {
            **as_config(spec, editable=may["edit"]),
            "operators": [],
            "sortable": False,
            "width": _narrow(spec),
        }
        for spec in lines.columns(rights)
    ]
    return {
        "table": lines.table.name,
        "title": lines.table.title,
        "singular": lines.table.singular,
        "plural": lines.table.plural,
        "urls": {
            "window": f"{base}/window",
            "changes": f"{base}/changes",
            "lookup": own["lookup"],
            "paste": own["paste"],
            "paste_names": own["paste_names"],
            **({"history": own["history"]} if context.may("all:history") else {}),
        },
        "document": record_id,
        "columns": columns,
        "default_sort": list(lines.sort),
        "place": PLACE if PLACE in lines.table.by_name else None,
        "actions": [],
        "can": {**can, **may, "create": may["create"] and lock is None, "export": False},
        "empty": {"title": _("No {records}", records=lines.table.plural), "hint": "", "links": []},
    }


def _narrow(spec: Column) -> int:
    """Give a column's width inside a record, where there is less room than on a page."""
    if spec.name == PLACE:
        return 56
    least = min(spec.width, 84)
    return max(least, min(110 if spec.link else 140, round(spec.width * 0.8)))


def _state(table: Table, record_id: UUID, lock: str | None) -> dict[str, Any]:
    rights = context.person().rights
    return {
        "lock": lock,
        "totals": record_lines.totals(context.reader(), table, record_id, rights),
    }


def rows(table: Table, record_id: UUID, offset: str | None) -> dict[str, Any]:
    """Give the lines of a window, and what the document comes to now."""
    _need(table, "view")
    start = windows.clamp(offset, 0, windows.MAX_OFFSET)
    rights = context.person().rights
    found = record_lines.window(
        context.reader(),
        table,
        record_id,
        rights,
        offset=start,
        today=context.today(),
    )
    lock = record_lines.lock_of(context.reader(), table, record_id)
    return {"offset": start, "rows": found, "document": _state(table, record_id, lock)}


def write(table: Table, record_id: UUID, asked: dict[str, Any], source: str) -> dict[str, Any]:
    """Write cells, new lines, deletions and a new order of lines: one change set.

    Raises:
        NotAllowed: when the person may not do it with this kind of document.
        NotFound: when there is no such document.
    """
    lines = record_lines.lines_of(table)
    for name, verb in (
        ("changes", "edit"),
        ("move", "edit"),
        ("creates", "create"),
        ("deletes", "delete"),
    ):
        if asked.get(name):
            _need(table, "edit")
            _need(lines.table, verb)
    with context.runtime().uows.begin(actor=context.actor(), source=source) as uow:
        grid_paste.going_on(uow, asked)
        found = _lock_lines(uow, table, lines, record_id)
        last = max((getattr(line, PLACE, 0) for line in found.values()), default=0)
        plan = record_lines.read_changes(lines, record_id, asked, frozenset(found), last)
        lock = record_lines.lock_of(uow.session, table, record_id)
        outcome = _refused(plan, lock) if lock else _write(uow, lines, plan, found)
        uow.session.flush()
        change_set = uow.change_set_id
    context.reader().rollback()
    lock = record_lines.lock_of(context.reader(), table, record_id)
    return {"change_set": change_set, **outcome, "document": _state(table, record_id, lock)}


def _need(table: Table, verb: str) -> None:
    if not context.may(f"{table.rights_area}:{verb}"):
        raise NotAllowed
    closed = {
        "view": False,
        "edit": table.read_only,
        "create": not table.can_create,
        "delete": not table.can_delete,
    }
    if closed[verb]:
        raise NotAllowed


def _lock_lines(uow: UnitOfWork, table: Table, lines: Lines, record_id: UUID) -> dict[UUID, Any]:
    """Keep the document for this transaction, so that no line gets a number twice; give its lines.

    Raises:
        NotFound: when there is no such document.
    """
    document = sa.select(table.model.id).where(table.model.id == record_id)
    kept = uow.session.scalar(document.with_for_update(of=table.model, key_share=True))
    if kept is None:
        raise NotFound
    column = getattr(lines.table.model, lines.column)
    query = sa.select(lines.table.model).where(column == record_id)
    return {line.id: line for line in uow.session.scalars(query)}


def _refused(plan: LineChanges, lock: str) -> dict[str, Any]:
    if plan.move is not None:
        raise DocumentLocked(lock)
    return {
        "results": [
            {"id": c.get("id"), "column": c.get("column"), "status": "refused", "reason": lock}
            for c in plan.body["changes"]
        ],
        "created": [
            {"key": c["key"], "status": "refused", "reason": lock, "refusals": []}
            for c in plan.body["creates"]
        ],
        "deleted": [{"id": key, "status": "refused", "reason": lock} for key in plan.deletes],
    }


def _write(
    uow: UnitOfWork, lines: Lines, plan: LineChanges, found: dict[UUID, Any]
) -> dict[str, Any]:
    # What a service completes by the product need not be said with the line.
    completed = "create" in records.WRITERS.get(lines.table.table_name, {})
    outcome = cell_writing.write(
        uow,
        lines.table,
        context.person().rights,
        plan.body,
        today=context.today(),
        zone=context.company().time_zone,
        completed=completed,
    )
    for position, reason in plan.strangers.items():
        stranger = {"id": None, "column": None, "status": "refused", "reason": reason}
        outcome["results"].insert(position, stranger)
    outcome["deleted"] = [_delete(uow, found[key]) for key in plan.deletes]
    if plan.move is not None:
        outcome["moved"] = line_order.move_line(uow, list(found.values()), *plan.move)
    return outcome


def _delete(uow: UnitOfWork, line: Any) -> dict[str, Any]:
    key = line.id
    try:
        records.delete_record(uow, line)
    except UserError as refused:
        return {"id": key, "status": "refused", "reason": refused.message}
    return {"id": key, "status": "deleted"}

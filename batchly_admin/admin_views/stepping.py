"""Ctrl+Z and Ctrl+Y: a person's own steps, the latest first, on any page and after any reload."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from batchly_admin.admin_views import context, undo_answers
from batchly_admin.errors import NotAllowed, UserError
from batchly_admin.grid.registry import by_database_name, tables
from batchly_admin.grid.registry import table as find_table
from batchly_admin.ids import parse_id
from batchly_admin.models.changes import ChangeSet, Run
from batchly_admin.models.production import Attachment
from batchly_admin.services import history, order_import, runs, steps
from batchly_admin.services.steps import Part, Step
from batchly_admin.services.unit_of_work import UnitOfWork


def take_back(asked: dict[str, Any]) -> dict[str, Any]:
    """Take back the person's latest step; say what it was, and what had to stay."""
    return _go(asked, is_redo=False)


def do_again(asked: dict[str, Any]) -> dict[str, Any]:
    """Do again what the person took back last."""
    return _go(asked, is_redo=True)


def _go(asked: dict[str, Any], *, is_redo: bool) -> dict[str, Any]:
    table = _table(asked)
    reader, me = context.reader(), context.person().user_id
    part = _part(asked)
    if is_redo:
        step = steps.next_redo(reader, me, table=table, part=part)
    else:
        before = parse_id(asked.get("before"))
        step = steps.next_undo(reader, me, table=table, before=before, part=part)
    if step is None:
        return {"kind": "nothing"}
    what, href = undo_answers.account(step.change_set_id, step.summary)
    answer = {"kind": step.kind, "step": step.change_set_id, "what": what, "href": href}
    # What the reader has seen is over: the writer must find the same.
    reader.rollback()
    try:
        return {**answer, **_taken_back(step)}
    except NotAllowed:
        raise
    except UserError as refused:
        kept = {"label": what, "column": None, "reason": refused.message}
        return {**answer, "undone": 0, "conflicts": [kept]}


def _table(asked: dict[str, Any]) -> str | None:
    name = asked.get("table")
    return find_table(name).table_name if isinstance(name, str) and name else None


def _part(asked: dict[str, Any]) -> Part | None:
    """Keep to the lines of one document when the request names it."""
    name, document_id = asked.get("table"), parse_id(asked.get("document"))
    if not isinstance(name, str) or document_id is None:
        return None
    for owner in tables().values():
        if owner.lines is not None and owner.lines[0] == name:
            return Part(find_table(name).model, owner.lines[1], document_id)
    return None


def _taken_back(step: Step) -> dict[str, Any]:
    with context.runtime().uows.begin(actor=context.actor(), source="undo") as uow:
        check_rights(uow, step.change_set_id)
        if step.kind == "run":
            run = uow.session.get_one(Run, step.run_id)
            return {"run": runs.undo_run(uow, run).id}
        if step.kind == "import" and step.run_id is not None:
            if not context.may("orders:import"):
                raise NotAllowed
            order_import.begin_undo(uow, import_run_id=step.run_id)
            return {"href": f"/orders/import/{step.run_id}/result"}
        found = history.undo_change_set(uow, change_set_id=step.change_set_id)
        return {
            "change_set": uow.change_set_id if found.undone else None,
            "undone": found.undone,
            "conflicts": undo_answers.conflicts(found),
        }


def check_rights(uow: UnitOfWork, change_set_id: UUID) -> None:
    """Let nobody take back changes of a table they may not edit, or of a column they do not see.

    Raises:
        NotAllowed: when one of its tables or columns is closed to the person.
    """
    made = uow.session.get_one(ChangeSet, change_set_id)
    is_own = made.user_id == context.person().user_id
    touched = steps.columns_of(uow.session, change_set_id)
    if len(touched) > 1:
        # Files have the rights of their record, which every change of them names too.
        touched.pop(Attachment.__tablename__, None)
    for name, columns in touched.items():
        table = by_database_name().get(name)
        if table is None or table.read_only or not context.may(f"{table.rights_area}:edit"):
            raise NotAllowed
        closed = {spec.name for spec in table.columns if spec.right and not context.may(spec.right)}
        # What followed unseen from the person's own step goes back with it.
        if closed & columns and not is_own:
            raise NotAllowed

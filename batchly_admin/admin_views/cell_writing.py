"""Write a batch of cells and new rows, and say for each what became of it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from batchly_admin.admin_views import context
from batchly_admin.errors import InvalidInput, UserError
from batchly_admin.grid import changes, values, windows
from batchly_admin.grid.changes import Edit, NewRow, Plan
from batchly_admin.grid.table import Table
from batchly_admin.services import cells, records
from batchly_admin.services.records import CellChange, CellResult
from batchly_admin.services.unit_of_work import UnitOfWork

DIFFERS = {"differs": True}
"""What stands for "seen" when the record no longer holds what the person saw."""


def write(  # noqa: PLR0913 - who writes what where, and how it is read
    uow: UnitOfWork,
    table: Table,
    rights: frozenset[str],
    body: Mapping[str, Any],
    *,
    today: date,
    zone: str,
    completed: bool = False,
    alone: bool = False,
) -> dict[str, Any]:
    """Write what can be written; a refused or conflicting cell never blocks a good one.

    The one cell of a request may be written `alone`, without a savepoint around it.

    Raises:
        UserError: when the cell that is alone is refused; the transaction has to be rolled back.
        NotAllowed: when the person may not edit this table at all.
        InvalidInput: when the request is not of the documented form.
    """
    plan = changes.plan_changes(
        uow.session, table, rights, body, today=today, zone=zone, completed=completed
    )
    results = _write_cells(uow, table, body, plan, alone=alone)
    created = [_create(uow, table, row) for row in plan.creates]
    return {"results": results, "created": created}


def _write_cells(
    uow: UnitOfWork, table: Table, body: Mapping[str, Any], plan: Plan, *, alone: bool
) -> list[dict[str, Any]]:
    stored = records.lock_rows(uow, table.model, {edit.row_id for edit in plan.edits})
    wanted = [_change(stored.get(edit.row_id), edit) for edit in plan.edits]
    done: list[CellResult] = []
    if wanted:
        done = records.apply_changes(uow, table.model, wanted, stored, alone=alone)
    shown = _shown(uow, table, done, stored)
    by_position: dict[int, dict[str, Any]] = {
        edit.position: _result(edit, result, shown)
        for edit, result in zip(plan.edits, done, strict=True)
    }
    asked = body.get("changes") or []
    for position, reason in plan.refused.items():
        by_position[position] = {
            "id": asked[position].get("id"),
            "column": asked[position].get("column"),
            "status": "refused",
            "reason": reason,
        }
    return [by_position[position] for position in sorted(by_position)]


def _change(record: Any, edit: Edit) -> CellChange:
    stored = getattr(record, edit.spec.name) if record is not None else None
    seen = cells.encode(stored) if edit.agrees(stored) else DIFFERS
    return CellChange(row_id=edit.row_id, column=edit.spec.name, seen=seen, value=edit.value)


def _shown(
    uow: UnitOfWork, table: Table, done: list[CellResult], stored: Mapping[UUID, Any]
) -> dict[tuple[Any, str], tuple[Any, int]]:
    """Give the cells as the grid now shows them, with their row's version."""
    ids = list({result.row_id for result in done if result.status != "refused"})
    found: dict[tuple[Any, str], tuple[Any, int]] = {}
    uow.session.flush()
    written = {result.column for result in done}
    columns = tuple(
        spec for spec in table.visible_columns(context.person().rights) if spec.name in written
    )
    if not any(spec.link for spec in columns):
        for row_id in ids:
            record = stored[row_id]
            for spec in columns:
                value = values.to_json(spec.kind, getattr(record, spec.name))
                found[row_id, spec.name] = (value, record.version)
        return found
    # The label of a link stands in another row.
    for begin in range(0, len(ids), 500):
        for row in windows.rows_by_id(uow.session, table, columns, ids[begin : begin + 500]):
            for spec, value in zip(columns, row[3:], strict=True):
                found[row[0], spec.name] = (value, row[1])
    return found


def _result(
    edit: Edit, result: CellResult, shown: Mapping[tuple[Any, str], tuple[Any, int]]
) -> dict[str, Any]:
    answer: dict[str, Any] = {
        "id": edit.row_id,
        "column": edit.spec.name,
        "status": result.status,
    }
    now = shown.get((edit.row_id, edit.spec.name))
    if result.status == "refused" or now is None:
        return {**answer, "reason": result.reason}
    value, version = now
    if result.status == "conflict":
        return {
            **answer,
            "current": value,
            "version": version,
            "by": result.by,
            "at": result.at,
            "reason": result.reason,
        }
    return {**answer, "value": value, "version": version}


def _create(uow: UnitOfWork, table: Table, row: NewRow) -> dict[str, Any]:
    refusals = [{"column": column, "reason": reason} for column, reason in row.refusals]
    if refusals:
        return {"key": row.key, "status": "refused", "refusals": refusals}
    try:
        with uow.session.begin_nested():
            made = records.create_record(uow, table.model, dict(row.values))
            uow.session.flush()
    except UserError as refused:
        listed = refused.refusals if isinstance(refused, InvalidInput) else ()
        return {
            "key": row.key,
            "status": "refused",
            "reason": refused.message,
            "refusals": [{"column": one.field, "reason": one.reason} for one in listed],
        }
    return {"key": row.key, "status": "created", "id": made.id}

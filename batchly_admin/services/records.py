"""Create, change and delete records of any table: one way in for cells, forms and bulk actions.

Tables with rules of their own are written by those (see `writers`); all others as they are. Every
refusal is a sentence; what the database itself refuses is turned into one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from batchly_admin.errors import InvalidInput, UserError
from batchly_admin.ids import new_id
from batchly_admin.models.changes import ChangeItem, ChangeSet
from batchly_admin.services import cells, deleting
from batchly_admin.services.savepoints import refusing, savepoint
from batchly_admin.services.unit_of_work import UnitOfWork
from batchly_admin.services.writers import WRITERS

__all__ = [
    "WRITERS",
    "CellChange",
    "CellResult",
    "apply_changes",
    "create_record",
    "delete_record",
    "lock_rows",
    "update_record",
    "write_record",
]

MACHINES_ONLY = frozenset({"id", "created_at", "updated_at", "version"})
CHUNK = 500
PART = 50
"""Rows tried together when not all of a batch can be written."""
GONE = "This row no longer exists."


@dataclass(frozen=True, slots=True)
class CellChange:
    """One cell to write: what the person saw in it, encoded, and the value it shall hold."""

    row_id: UUID
    column: str
    seen: Any
    value: Any


@dataclass(frozen=True, slots=True)
class CellResult:
    """What became of a cell: saved, unchanged, conflict or refused."""

    row_id: UUID
    column: str
    status: str
    value: Any = None
    version: int | None = None
    current: Any = None
    by: str | None = None
    at: datetime | None = None
    reason: str | None = None


def create_record(uow: UnitOfWork, model: Any, values: Mapping[str, Any]) -> Any:
    """Make a record of any table and give it.

    Raises:
        UserError: saying what is not possible and why.
    """
    _check_columns(model, values)
    create = WRITERS.get(model.__tablename__, {}).get("create")
    with savepoint(uow):
        if create is not None:
            record = create(uow, dict(values))
        else:
            record = model(id=new_id(), **values)
            uow.session.add(record)
        uow.session.flush()
    return record


def update_record(uow: UnitOfWork, record: Any, values: Mapping[str, Any]) -> None:
    """Change a record of any table.

    Raises:
        UserError: saying what is not possible and why.
    """
    _check_columns(type(record), values)
    with savepoint(uow):
        _write(uow, record, values)


def write_record(uow: UnitOfWork, record: Any, values: Mapping[str, Any]) -> None:
    """Change a record inside a savepoint of the caller: one for many records.

    Raises:
        UserError: saying what is not possible and why.
    """
    _check_columns(type(record), values)
    _write(uow, record, values)


def delete_record(uow: UnitOfWork, record: Any) -> None:
    """Delete a record of any table with all that belongs to it.

    Raises:
        Conflict: naming what refers to it.
        DocumentLocked: when it is issued.
    """
    delete = WRITERS.get(cells.table_of(record), {}).get("delete")
    with savepoint(uow):
        (delete or deleting.delete)(uow, record)


def apply_changes(
    uow: UnitOfWork,
    model: Any,
    changes: Sequence[CellChange],
    locked: Mapping[UUID, Any] | None = None,
    *,
    alone: bool = False,
) -> list[CellResult]:
    """Write a batch of cells and give what became of each, in the same order.

    A cell is written when it still holds what the person saw. A cell that is refused or was changed
    by somebody else never blocks a good one; all that is written is one change set. `locked` are
    the rows, where `lock_rows` has read them already. A cell that is `alone` in its transaction
    needs no savepoint around it: a refusal is raised, and the transaction is rolled back with it.

    Raises:
        UserError: when a cell that is alone is refused.
    """
    rows = (
        lock_rows(uow, model, {change.row_id for change in changes}) if locked is None else locked
    )
    results: list[CellResult | None] = [_judge(uow, model, rows, change) for change in changes]
    waiting: dict[UUID, list[int]] = {}
    for position, result in enumerate(results):
        if result is None:
            waiting.setdefault(changes[position].row_id, []).append(position)
    held = _read_ahead(uow, model, rows, changes, waiting)
    refused: dict[int, str] = {}
    if alone:
        _write_alone(uow, rows, changes, waiting)
    else:
        refused = _write_rows(uow, rows, changes, waiting)
    del held
    return [
        result or _outcome(rows[changes[position].row_id], changes[position], refused.get(position))
        for position, result in enumerate(results)
    ]


def lock_rows(uow: UnitOfWork, model: Any, ids: set[UUID]) -> dict[UUID, Any]:
    """Read rows as they stand now and keep others from changing them until the transaction ends."""
    uow.session.flush()
    wanted = sorted(ids)
    found: dict[UUID, Any] = {}
    for begin in range(0, len(wanted), CHUNK):
        some = {"ids": wanted[begin : begin + CHUNK]}
        found.update((record.id, record) for record in uow.session.scalars(_locking(model), some))
    return found


@lru_cache(maxsize=128)
def _locking(model: Any) -> sa.Select[Any]:
    """Keep the statement that locks rows: building it for each cell costs as much as running it."""
    ids = sa.bindparam("ids", expanding=True, type_=model.__table__.c.id.type)
    return (
        sa.select(model)
        .where(model.id.in_(ids))
        .order_by(model.id)
        .with_for_update(of=model, key_share=True)
        .execution_options(populate_existing=True)
    )


def _judge(
    uow: UnitOfWork, model: Any, rows: Mapping[UUID, Any], change: CellChange
) -> CellResult | None:
    """Give the result of a cell that is not written, or None when it is to be written."""
    record = rows.get(change.row_id)
    if record is None:
        return CellResult(change.row_id, change.column, "refused", reason=GONE)
    try:
        _check_columns(model, {change.column: change.value})
    except InvalidInput as refused:
        return CellResult(change.row_id, change.column, "refused", reason=refused.message)
    current = getattr(record, change.column)
    encoded = cells.encode(current)
    if current == change.value:
        return CellResult(
            change.row_id, change.column, "unchanged", value=encoded, version=record.version
        )
    if encoded == change.seen:
        return None
    by, at = _last_change(uow.session, cells.table_of(record), change)
    return CellResult(
        change.row_id,
        change.column,
        "conflict",
        version=record.version,
        current=encoded,
        by=by,
        at=at,
        reason=f"{by or 'Somebody'} changed this since you looked.",
    )


def _last_change(
    session: Session, table: str, change: CellChange
) -> tuple[str | None, datetime | None]:
    found = session.execute(
        sa.select(ChangeSet.actor_name, ChangeSet.created_at)
        .join(ChangeItem, ChangeItem.change_set_id == ChangeSet.id)
        .where(
            ChangeItem.table_name == table,
            ChangeItem.row_id == change.row_id,
            sa.or_(ChangeItem.column_name == change.column, ChangeItem.operation == "insert"),
        )
        .order_by(ChangeItem.created_at.desc(), ChangeItem.id.desc())
        .limit(1)
    ).first()
    return (found[0], found[1]) if found is not None else (None, None)


def _read_ahead(
    uow: UnitOfWork,
    model: Any,
    rows: Mapping[UUID, Any],
    changes: Sequence[CellChange],
    waiting: Mapping[UUID, Sequence[int]],
) -> Sequence[Any]:
    """Let a table with rules of its own read for all rows together what it would for each."""
    read = WRITERS.get(model.__tablename__, {}).get("read_ahead")
    if read is None or len(waiting) < 2:
        return ()
    values: dict[str, list[Any]] = {}
    for positions in waiting.values():
        for position in positions:
            values.setdefault(changes[position].column, []).append(changes[position].value)
    found: Sequence[Any] = read(uow, [rows[key] for key in waiting], values)
    return found


def _write_alone(
    uow: UnitOfWork,
    rows: Mapping[UUID, Any],
    changes: Sequence[CellChange],
    waiting: Mapping[UUID, Sequence[int]],
) -> None:
    with refusing():
        for row_id, positions in waiting.items():
            _write(uow, rows[row_id], _values(changes, positions))
        uow.session.flush()


def _write_rows(
    uow: UnitOfWork,
    rows: Mapping[UUID, Any],
    changes: Sequence[CellChange],
    waiting: Mapping[UUID, Sequence[int]],
) -> dict[int, str]:
    """Write all rows at once; if that fails, part by part. Give the refused cells with reasons."""
    if len(waiting) == 1:
        [(row_id, positions)] = waiting.items()
        return _write_row(uow, rows[row_id], changes, positions)
    try:
        with savepoint(uow):
            for row_id, positions in waiting.items():
                _write(uow, rows[row_id], _values(changes, positions))
    except UserError:
        refused: dict[int, str] = {}
        keys = list(waiting)
        size = PART if len(keys) > PART else 1
        for begin in range(0, len(keys), size):
            part = {key: waiting[key] for key in keys[begin : begin + size]}
            refused.update(_write_rows(uow, rows, changes, part))
        return refused
    return {}


def _write_row(
    uow: UnitOfWork, record: Any, changes: Sequence[CellChange], positions: Sequence[int]
) -> dict[int, str]:
    """Write the cells of one row together; if they do not go together, one by one."""
    try:
        with savepoint(uow):
            _write(uow, record, _values(changes, positions))
    except UserError as error:
        if len(positions) == 1:
            return {positions[0]: error.message}
        refused: dict[int, str] = {}
        for position in positions:
            refused.update(_write_row(uow, record, changes, [position]))
        return refused
    return {}


def _values(changes: Sequence[CellChange], positions: Sequence[int]) -> dict[str, Any]:
    return {changes[position].column: changes[position].value for position in positions}


def _outcome(record: Any, change: CellChange, refused: str | None) -> CellResult:
    if refused is not None:
        return CellResult(change.row_id, change.column, "refused", reason=refused)
    value = cells.encode(getattr(record, change.column))
    return CellResult(change.row_id, change.column, "saved", value=value, version=record.version)


def _write(uow: UnitOfWork, record: Any, values: Mapping[str, Any]) -> None:
    update = WRITERS.get(cells.table_of(record), {}).get("update")
    if update is not None:
        update(uow, record, dict(values))
        return
    for name, value in values.items():
        setattr(record, name, value)


def _check_columns(model: Any, values: Mapping[str, Any]) -> None:
    known = model.__table__.columns
    for name in values:
        if name not in known:
            raise InvalidInput(f"There is no column {name}.", field=name)
        if name in MACHINES_ONLY or known[name].computed is not None:
            raise InvalidInput(f"The column {name} is not written by people.", field=name)

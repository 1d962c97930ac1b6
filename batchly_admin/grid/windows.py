"""Windows into a table: any hundred rows of it, by position, at the same small cost."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from batchly_admin.domain.statuses import SyncState
from batchly_admin.errors import InvalidInput
from batchly_admin.grid import encoding, selects
from batchly_admin.grid.columns import Column
from batchly_admin.grid.filters import Selection, conditions
from batchly_admin.grid.registry import table as find_table
from batchly_admin.grid.table import Table, never_locked

MAX_LIMIT = 500
MAX_OFFSET = 10_000_000
MAX_SORTS = 4
NO_LABEL = "(no name)"
_STATES = {member.value: member for member in SyncState}


@dataclass(frozen=True, slots=True)
class Asked:
    """One window as a browser asks for it."""

    offset: int = 0
    limit: int = 100
    sort: tuple[str, ...] = ()
    selection: Selection = field(default_factory=Selection)


def clamp(text: str | None, default: int, largest: int) -> int:
    """Give a number from the address, brought into range; nonsense gives the default."""
    try:
        number = int(text) if text else default
    except ValueError:
        return default
    return max(0, min(number, largest))


def sort_of(
    table: Table, text: str | None, seen: Sequence[Column] | None = None
) -> tuple[str, ...]:
    """Read a sort such as `-po_date,po_number`; empty text is the table's own.

    `seen` are the columns the person may see: an order tells about the values it is made by.

    Raises:
        InvalidInput: for a column that does not exist, cannot be sorted or is not seen.
    """
    allowed = {spec.name for spec in (table.columns if seen is None else seen) if spec.sortable}
    parts: dict[str, str] = {}
    for part in (text or "").split(","):
        name = part.strip().removeprefix("-")
        if not name:
            continue
        if name not in allowed:
            msg = f"{table.title} cannot be sorted by {name[:60]}."
            raise InvalidInput(msg, field="sort")
        parts.setdefault(name, part.strip())
    return tuple(parts.values())[:MAX_SORTS] or table.default_sort


def rows(
    session: Session, table: Table, columns: tuple[Column, ...], asked: Asked, *, today: date
) -> list[list[Any]]:
    """Give the rows of a window: id, version, lock, then the columns' values in order.

    Raises:
        InvalidInput: for a filter that does not fit.
    """
    found = conditions(table, asked.selection, today=today)
    names = tuple(spec.name for spec in columns)
    sort = asked.sort or table.default_sort
    connection = session.connection()
    statement = selects.window(table, names, sort, found, connection.dialect.name)
    result = connection.execute(
        statement,
        {
            "window_limit": max(1, min(asked.limit, MAX_LIMIT)),
            "window_offset": max(0, min(asked.offset, MAX_OFFSET)),
        },
    )
    return _compose(table, names, connection.dialect.name, result.all())


def rows_by_id(
    session: Session, table: Table, columns: tuple[Column, ...], ids: Sequence[UUID]
) -> list[list[Any]]:
    """Give the rows with these ids, in no particular order."""
    names = tuple(spec.name for spec in columns)
    connection = session.connection()
    statement = selects.by_ids(table, names, connection.dialect.name)
    result = connection.execute(statement, {"ids": list(ids)})
    return _compose(table, names, connection.dialect.name, result.all())


def total(session: Session, table: Table, selection: Selection, *, today: date) -> int:
    """Give the number of rows a selection holds.

    Raises:
        InvalidInput: for a filter that does not fit.
    """
    found = conditions(table, selection, today=today)
    source = selects.joined(table, tuple(found.joins))
    statement = sa.select(sa.func.count()).select_from(source).where(*found.where)
    return int(session.connection().execute(statement).scalar_one())


def ids(
    session: Session,
    table: Table,
    selection: Selection,
    *,
    today: date,
    sort: tuple[str, ...] = (),
) -> list[UUID]:
    """Give the ids of every row a selection holds, in the order of the grid.

    Raises:
        InvalidInput: for a filter that does not fit.
    """
    found = conditions(table, selection, today=today)
    order, joins = selects.order_of(table, sort or table.default_sort)
    statement = (
        sa.select(table.model.__table__.c.id)
        .select_from(selects.joined(table, (*found.joins, *joins)))
        .where(*found.where)
        .order_by(*order)
    )
    return list(session.connection().execute(statement).scalars())


def stream(
    session: Session, table: Table, columns: tuple[Column, ...], asked: Asked, *, today: date
) -> Iterator[list[Any]]:
    """Give every row a selection holds, window by window, for exports of any size.

    Raises:
        InvalidInput: for a filter that does not fit; at the call, not at the first row.
    """
    found = ids(session, table, asked.selection, today=today, sort=asked.sort)
    return _rows_in_order(session, table, columns, found)


def _rows_in_order(
    session: Session, table: Table, columns: tuple[Column, ...], wanted: Sequence[UUID]
) -> Iterator[list[Any]]:
    for chunk in _chunks(wanted, MAX_LIMIT):
        by_id = {row[0]: row for row in rows_by_id(session, table, columns, chunk)}
        yield from (by_id[key] for key in chunk if key in by_id)


def _chunks(found: Sequence[UUID], size: int) -> Iterable[Sequence[UUID]]:
    return (found[start : start + size] for start in range(0, len(found), size))


def _compose(
    table: Table, names: tuple[str, ...], dialect: str, found: Sequence[Any]
) -> list[list[Any]]:
    """Turn what was read into rows of cells; column by column, which is much the cheapest."""
    if not found:
        return []
    read = list(zip(*found, strict=True))
    cells = [give(read) for give in _cells(table.name, names, dialect)]
    locks = _locks(table, read)
    return list(map(list, zip(read[0], read[1], locks, *cells, strict=True)))


def _locks(table: Table, read: Sequence[Sequence[Any]]) -> Sequence[str | None]:
    if table.lock is never_locked:
        return [None] * len(read[0])
    names = table.lock_columns
    judged = zip(*read[2 : 2 + len(names)], strict=True)
    return [table.lock(dict(zip(names, values, strict=True))) for values in judged]


Cells = Callable[[Sequence[Sequence[Any]]], Sequence[Any]]


@lru_cache(maxsize=256)
def _cells(name: str, names: tuple[str, ...], dialect: str) -> tuple[Cells, ...]:
    """Give, for each column, what makes its cells out of the columns that were read."""
    table = find_table(name)
    position = 2 + len(table.lock_columns)
    cells: list[Cells] = []
    for spec in (table.by_name[part] for part in names):
        if spec.link:
            cells.append(_links(position))
            position += 2
        elif spec.kind == "badge":
            cells.append(_badges(position))
            position += 3
        else:
            _expression, encode = encoding.raw(
                table.model.__table__.c[spec.name], spec.kind, dialect
            )
            cells.append(_values(position, encode))
            position += 1
    return tuple(cells)


def _values(position: int, encode: encoding.Encoder | None) -> Cells:
    if encode is None:
        return lambda read: read[position]
    return lambda read: [None if value is None else encode(value) for value in read[position]]


def _links(position: int) -> Cells:
    return lambda read: [
        None if key is None else [key, NO_LABEL if label is None else label]
        for key, label in zip(read[position], read[position + 1], strict=True)
    ]


def _badges(position: int) -> Cells:
    return lambda read: list(map(badge, *read[position : position + 3]))


def badge(state: str | None, note: str | None, qbo_id: str | None) -> list[Any]:
    """Give the cell of a sync badge: state, label with QuickBooks' id, and what to know."""
    known = _STATES.get(state or "", SyncState.NOT_SYNCED)
    label = known.label
    if qbo_id and known in {SyncState.SYNCED, SyncState.WARNING}:
        label = f"{label} {qbo_id}"
    return [known.value, label, note or ""]

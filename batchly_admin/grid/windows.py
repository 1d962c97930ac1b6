"""Windows into a table: any hundred rows of it, by position, at the same small cost."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from batchly_admin.domain.statuses import SyncState
from batchly_admin.errors import InvalidInput
from batchly_admin.grid import encoding, files, selects
from batchly_admin.grid.columns import Column
from batchly_admin.grid.filters import Selection, conditions
from batchly_admin.grid.levels import Level
from batchly_admin.grid.registry import table as find_table
from batchly_admin.grid.table import Table, never_locked
from batchly_admin.words import _

MAX_LIMIT = 500
MAX_OFFSET = 10_000_000
NEAR = 1_000
"""Rows this near to an end are read as they come; farther ones are found by their ids first."""
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
    group: tuple[Level, ...] = ()
    total: int = 0
    """How many rows there are, where that is known: the far half is then read from its end."""


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
    if not text:
        return table.default_sort
    allowed = {spec.name for spec in (table.columns if seen is None else seen) if spec.sortable}
    parts: dict[str, str] = {}
    for part in text.split(","):
        name = part.strip().removeprefix("-")
        if not name:
            continue
        if name not in allowed:
            msg = f"{table.title} cannot be sorted by {name[:60]}."
            raise InvalidInput(msg, field="sort")
        parts.setdefault(name, part.strip())
    return tuple(parts.values())[:MAX_SORTS] or table.default_sort


def rows(
    session: Session,
    table: Table,
    columns: tuple[Column, ...],
    asked: Asked,
    *,
    today: date,
    as_text: bool = False,
) -> list[list[Any]]:
    """Give the rows of a window: id, version, lock, then the columns' values in order.

    With `as_text` the ids may be text, as an answer needs them; building UUIDs costs more than
    reading the rows.

    Raises:
        InvalidInput: for a filter that does not fit.
    """
    found = conditions(table, asked.selection, today=today)
    names = tuple(spec.name for spec in columns)
    sort = asked.sort or table.default_sort
    limit = max(1, min(asked.limit, MAX_LIMIT))
    offset = max(0, min(asked.offset, MAX_OFFSET))
    if from_end := _is_far(asked, offset):
        limit = min(limit, asked.total - offset)
        offset = asked.total - offset - limit
        sort = tuple(part[1:] if part.startswith("-") else f"-{part}" for part in sort)
    connection = session.connection()
    dialect = connection.dialect.name
    is_near = offset + limit <= NEAR
    statement = selects.window(table, names, sort, found, dialect, asked.group, is_near=is_near)
    values = {"window_limit": limit, "window_offset": offset}
    read = connection.execute(statement, values).all()
    return _compose(table, names, dialect, read[::-1] if from_end else read, as_text=as_text)


def _is_far(asked: Asked, offset: int) -> bool:
    """Tell whether a window is nearer to the end; groups keep what is empty last either way."""
    return asked.total // 2 < offset < asked.total and not asked.group


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
    group: tuple[Level, ...] = (),
) -> list[UUID]:
    """Give the ids of every row a selection holds, in the order of the grid.

    Raises:
        InvalidInput: for a filter that does not fit.
    """
    found = conditions(table, selection, today=today)
    order, joins = selects.order_of(table, sort or table.default_sort, group)
    statement = (
        sa.select(table.model.__table__.c.id)
        .select_from(selects.joined(table, (*found.joins, *joins)))
        .where(*found.where)
        .order_by(*order)
    )
    return list(session.connection().execute(statement).scalars())


def _compose(
    table: Table,
    names: tuple[str, ...],
    dialect: str,
    found: Sequence[Any],
    *,
    as_text: bool = False,
) -> list[list[Any]]:
    """Turn what was read into rows of cells; column by column, which is much the cheapest."""
    if not found:
        return []
    read = list(zip(*found, strict=True))
    key = encoding.key_reader(dialect, as_text=as_text)
    ids = read[0] if key is None else list(map(key, read[0]))
    cells = [give(read) for give in _cells(table.name, names, dialect, key)]
    locks = _locks(table, read)
    return list(map(list, zip(ids, read[1], locks, *cells, strict=True)))


def _locks(table: Table, read: Sequence[Sequence[Any]]) -> Sequence[str | None]:
    if table.lock is never_locked:
        return [None] * len(read[0])
    names = table.lock_columns
    judged = list(zip(*read[2 : 2 + len(names)], strict=True))
    # Few rows differ in what locks them, so each difference is judged once.
    found = {
        one: _(table.lock(dict(zip(names, one, strict=True))) or "") or None for one in set(judged)
    }
    return [found[one] for one in judged]


Cells = Callable[[Sequence[Sequence[Any]]], Sequence[Any]]


@lru_cache(maxsize=256)
def _cells(
    name: str, names: tuple[str, ...], dialect: str, read_key: encoding.Encoder | None
) -> tuple[Cells, ...]:
    """Give, for each column, what makes its cells out of the columns that were read."""
    table = find_table(name)
    position = 2 + len(table.lock_columns)
    cells: list[Cells] = []
    for spec in (table.by_name[part] for part in names):
        if spec.link:
            cells.append(_links(position, read_key))
            position += 2
        elif spec.kind == "badge":
            cells.append(badges(position))
            position += 3
        else:
            _expression, encode = files.cell(table, spec, dialect)
            cells.append(_values(position, encode))
            position += 1
    return tuple(cells)


def _values(position: int, encode: encoding.Encoder | None) -> Cells:
    if encode is None:
        return lambda read: read[position]
    return lambda read: [None if value is None else encode(value) for value in read[position]]


def _links(position: int, read_key: encoding.Encoder | None) -> Cells:
    give = read_key or (lambda key: key)
    return lambda read: [
        None if key is None else [give(key), NO_LABEL if label is None else label]
        for key, label in zip(read[position], read[position + 1], strict=True)
    ]


def badges(position: int) -> Cells:
    """Give what makes badges of the three columns that were read from this place on."""
    return lambda read: list(map(badge, *read[position : position + 3]))


def badge(state: str | None, note: str | None, qbo_id: str | None) -> list[Any]:
    """Give the cell of a sync badge: state, label with QuickBooks' id, and what to know."""
    known = _STATES.get(state or "", SyncState.NOT_SYNCED)
    label = known.label
    if qbo_id and known in {SyncState.SYNCED, SyncState.WARNING}:
        label = f"{label} {qbo_id}"
    return [known.value, label, note or ""]

"""Whole selections, any number of rows: read block by block, in the order of the grid.

PostgreSQL sorts on disk what is much and hands it out piece by piece. SQLite sorts in our memory:
there the order is found on ids alone and kept at sixteen bytes a row, and the rows are read in
blocks. So a million rows take hardly more memory than one, whatever they are sorted by.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from batchly_admin.db import is_postgresql
from batchly_admin.grid import encoding, files, selects, windows
from batchly_admin.grid.columns import Column
from batchly_admin.grid.filters import conditions, label_of
from batchly_admin.grid.table import Table

ROWS_A_BLOCK = 500
_IDS_AT_ONCE = 5_000
_ID_BYTES = 16

Block = list[Sequence[Any]]
"""Some rows as columns of cells; a link's cell is its label, any other is a window's."""
Cells = Callable[[Sequence[Sequence[Any]]], Sequence[Any]]


def blocks(
    session: Session,
    table: Table,
    columns: Sequence[Column],
    asked: windows.Asked,
    *,
    today: date,
) -> Iterator[Block]:
    """Give every row a selection holds, some hundred at a time.

    Raises:
        InvalidInput: for a filter that does not fit; at the call, not at the first row.
    """
    found = conditions(table, asked.selection, today=today)
    order, joins = selects.order_of(table, asked.sort or table.default_sort, asked.group)
    needed = (*found.joins, *joins)

    def statement(picked: Sequence[Any], more: Sequence[str] = ()) -> sa.Select[Any]:
        source = selects.joined(table, (*needed, *more))
        return sa.select(*picked).select_from(source).where(*found.where).order_by(*order)

    if is_postgresql(session):
        picked, links, cells = _picked(table, columns, "postgresql")
        return _streamed(session, statement(picked, links), cells)
    ids = statement([encoding.id_text(table.model.__table__.c.id, "sqlite")])
    return _read(session, table, columns, _packed(session, ids))


def rows(
    session: Session,
    table: Table,
    columns: Sequence[Column],
    asked: windows.Asked,
    *,
    today: date,
) -> Iterator[tuple[Any, ...]]:
    """Give the same, row by row.

    Raises:
        InvalidInput: for a filter that does not fit; at the call, not at the first row.
    """
    found = blocks(session, table, columns, asked, today=today)
    return (row for block in found for row in zip(*block, strict=True))


def _streamed(
    session: Session, statement: sa.Select[Any], cells: Sequence[Cells]
) -> Iterator[Block]:
    streaming = {"yield_per": ROWS_A_BLOCK}
    # Who stops reading before the end leaves no cursor open.
    with session.connection().execute(statement, execution_options=streaming) as found:
        for part in found.partitions():
            read = list(zip(*part, strict=True))
            yield [give(read) for give in cells]


def _packed(session: Session, statement: sa.Select[Any]) -> bytes:
    packed = bytearray()
    found = session.connection().execute(statement)
    for part in found.scalars().partitions(_IDS_AT_ONCE):
        packed += bytes.fromhex("".join(part))
    return bytes(packed)


def _read(
    session: Session, table: Table, columns: Sequence[Column], packed: bytes
) -> Iterator[Block]:
    connection = session.connection()
    statement, cells = _by_ids(table, columns)
    size = ROWS_A_BLOCK * _ID_BYTES
    for begin in range(0, len(packed), size):
        piece = packed[begin : begin + size]
        ids = [piece[at : at + _ID_BYTES].hex() for at in range(0, len(piece), _ID_BYTES)]
        by_id = {row[0]: row for row in connection.execute(statement, {"ids": ids}).all()}
        # One that was deleted a moment ago is left out.
        there = [row for one in ids if (row := by_id.get(one)) is not None]
        if there:
            read = list(zip(*there, strict=True))
            yield [give(read) for give in cells]


def _by_ids(table: Table, columns: Sequence[Column]) -> tuple[sa.Select[Any], list[Cells]]:
    """Give the statement that reads a block on SQLite, and what makes its cells."""
    picked, joins, cells = _picked(table, columns, "sqlite")
    # SQLite holds ids as these very digits.
    ids = sa.bindparam("ids", expanding=True, type_=sa.CHAR(32))
    statement = (
        sa.select(*picked)
        .select_from(selects.joined(table, joins))
        .where(table.model.__table__.c.id.in_(ids))
    )
    return statement, cells


def _picked(
    table: Table, columns: Sequence[Column], dialect: str
) -> tuple[list[Any], list[str], list[Cells]]:
    """Give what a block selects, the id first, the links it joins, and what makes its cells."""
    source = table.model.__table__
    picked: list[Any] = [encoding.id_text(source.c.id, dialect)]
    joins: list[str] = []
    cells: list[Cells] = []
    for spec in columns:
        place = len(picked)
        if spec.link:
            label = sa.func.coalesce(label_of(table, spec), windows.NO_LABEL)
            picked.append(sa.case((source.c[spec.name].is_not(None), label)))
            joins.append(spec.name)
            cells.append(_values(place, None))
        elif spec.kind == "badge":
            picked += selects.badge_parts(source)
            cells.append(windows.badges(place))
        else:
            expression, encode = files.cell(table, spec, dialect)
            picked.append(expression)
            cells.append(_values(place, encode))
    named = [one.label(f"cell_{place}") for place, one in enumerate(picked)]
    return named, joins, cells


def _values(place: int, encode: encoding.Encoder | None) -> Cells:
    if encode is None:
        return lambda read: read[place]
    return lambda read: [None if value is None else encode(value) for value in read[place]]

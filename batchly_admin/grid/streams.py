"""Whole selections, any number of rows: read block by block, in the order of the grid.

The order is found on ids alone and kept at sixteen bytes a row; the rows are then read in blocks,
column by column. So a million rows take hardly more memory than one, whatever they are sorted by.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from batchly_admin.grid import encoding, files, selects, windows
from batchly_admin.grid.columns import Column
from batchly_admin.grid.filters import conditions, label_of
from batchly_admin.grid.table import Table

ROWS_A_BLOCK = 500
_IDS_AT_ONCE = 5_000
_ID_BYTES = 16

Block = list[Sequence[Any]]
"""Some rows as columns of cells; a link's cell is its label, any other is a window's."""


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
    dialect = session.connection().dialect.name
    statement = (
        sa.select(encoding.id_text(table.model.__table__.c.id, dialect))
        .select_from(selects.joined(table, (*found.joins, *joins)))
        .where(*found.where)
        .order_by(*order)
    )
    return _read(session, table, columns, _packed(session, statement))


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


def _packed(session: Session, statement: sa.Select[Any]) -> bytes:
    packed = bytearray()
    found = session.connection().execute(
        statement, execution_options={"stream_results": True, "max_row_buffer": _IDS_AT_ONCE}
    )
    for part in found.scalars().partitions(_IDS_AT_ONCE):
        packed += bytes.fromhex("".join(part))
    return bytes(packed)


def _read(
    session: Session, table: Table, columns: Sequence[Column], packed: bytes
) -> Iterator[Block]:
    connection = session.connection()
    dialect = connection.dialect.name
    statement, cells = _by_ids(table, columns, dialect)
    size = ROWS_A_BLOCK * _ID_BYTES
    for begin in range(0, len(packed), size):
        piece = packed[begin : begin + size]
        ids = [piece[at : at + _ID_BYTES].hex() for at in range(0, len(piece), _ID_BYTES)]
        # SQLite holds ids as these very digits.
        wanted = {"ids": ids if dialect == "sqlite" else [UUID(one) for one in ids]}
        by_id = {row[0]: row for row in connection.execute(statement, wanted).all()}
        # One that was deleted a moment ago is left out.
        there = [row for one in ids if (row := by_id.get(one)) is not None]
        if there:
            read = list(zip(*there, strict=True))
            yield [give(read) for give in cells]


Cells = Callable[[Sequence[Sequence[Any]]], Sequence[Any]]


def _by_ids(
    table: Table, columns: Sequence[Column], dialect: str
) -> tuple[sa.Select[Any], list[Cells]]:
    """Give the statement that reads a block, and what makes its cells."""
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
    key = source.c.id
    kind = sa.CHAR(32) if dialect == "sqlite" else key.type
    statement = (
        sa.select(*named)
        .select_from(selects.joined(table, joins))
        .where(key.in_(sa.bindparam("ids", expanding=True, type_=kind)))
    )
    return statement, cells


def _values(place: int, encode: encoding.Encoder | None) -> Cells:
    if encode is None:
        return lambda read: read[place]
    return lambda read: [None if value is None else encode(value) for value in read[place]]

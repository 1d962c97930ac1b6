"""What a marked range holds, whether or not the browser has its rows: counts, sums, edges of data.

The browser names rows by their place in the filtered and sorted table, as it does for windows.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import orjson
import sqlalchemy as sa
from sqlalchemy.orm import Session

from batchly_admin.errors import InvalidInput
from batchly_admin.grid import encoding, files, windows
from batchly_admin.grid.columns import NUMBER_KINDS, TEXT_KINDS, Column
from batchly_admin.grid.places import lay_out
from batchly_admin.grid.table import Table
from batchly_admin.grid.windows import Asked

MAX_PARTS = 30
MAX_SPANS = 60


@dataclass(frozen=True, slots=True)
class Part:
    """A block of a selection: some columns over some spans of rows, last row included."""

    columns: tuple[Column, ...]
    rows: tuple[tuple[int, int], ...]


def parts_of(text: str | None, seen: Sequence[Column]) -> list[Part]:
    """Read the parts of a selection from the address; `seen` are the columns the person may see.

    Raises:
        InvalidInput: when they are not of the documented form.
    """
    try:
        asked = orjson.loads(text or "")
        by_name = {spec.name: spec for spec in seen}
        found = [
            Part(
                tuple(by_name[name] for name in one["columns"]),
                tuple(_span(span) for span in one["rows"]),
            )
            for one in asked
        ]
    except (orjson.JSONDecodeError, KeyError, TypeError, ValueError):
        msg = "The selection in the address is not readable."
        raise InvalidInput(msg, field="parts") from None
    if len(found) > MAX_PARTS or sum(len(part.rows) for part in found) > MAX_SPANS:
        msg = "The selection has too many pieces to add up."
        raise InvalidInput(msg, field="parts")
    return found


def _span(span: Sequence[Any]) -> tuple[int, int]:
    first, last = span
    if not isinstance(first, int) or not isinstance(last, int) or not 0 <= first <= last:
        raise ValueError
    return first, min(last, windows.MAX_OFFSET)


def summary(
    session: Session, table: Table, parts: Sequence[Part], asked: Asked, *, today: date
) -> list[dict[str, Any]]:
    """Give, for each part, span and column: filled cells, and sum, least and most of numbers.

    Raises:
        InvalidInput: for a filter that does not fit.
    """
    laid = lay_out(table, asked, today=today)
    connection = session.connection()
    answers: list[dict[str, Any]] = []
    for part in parts:
        for first, last in part.rows:
            held = [_plain(table, spec).label(f"c{at}") for at, spec in enumerate(part.columns)]
            inner = (
                laid.read(*held)
                .order_by(*laid.order)
                .limit(last - first + 1)
                .offset(first)
                .subquery("span")
            )
            measures = [
                measure
                for at, spec in enumerate(part.columns)
                for measure in _measures(inner.c[f"c{at}"], spec)
            ]
            if not measures:
                continue
            read = connection.execute(sa.select(*measures)).one()
            answers += [
                _answer(spec, read[at * 4 : at * 4 + 4]) for at, spec in enumerate(part.columns)
            ]
    return answers


def _plain(table: Table, spec: Column) -> Any:
    """Give the column as the database holds it, text that is empty as nothing."""
    if spec.kind == "files":
        return files.presence(table)
    source = table.model.__table__.c[spec.name]
    if spec.kind in TEXT_KINDS:
        return sa.func.nullif(sa.type_coerce(source, sa.Text()), "")
    return source


def _measures(held: Any, spec: Column) -> list[Any]:
    if spec.kind in NUMBER_KINDS:
        # SQLite holds scaled whole numbers and adds them exactly; PostgreSQL holds decimals.
        raw = sa.type_coerce(held, sa.Numeric(asdecimal=True))
        return [
            sa.func.count(held),
            *(
                sa.cast(measure(raw), sa.Text())
                for measure in (sa.func.sum, sa.func.min, sa.func.max)
            ),
        ]
    if spec.kind == "date":
        return [
            sa.func.count(held),
            sa.null(),
            sa.cast(sa.func.min(sa.type_coerce(held, sa.Text())), sa.Text()),
            sa.cast(sa.func.max(sa.type_coerce(held, sa.Text())), sa.Text()),
        ]
    return [sa.func.count(held), sa.null(), sa.null(), sa.null()]


def _answer(spec: Column, read: Sequence[Any]) -> dict[str, Any]:
    write = _writer(spec)
    names = ("sum", "min", "max")
    found = {
        name: None if value is None else write(value)
        for name, value in zip(names, read[1:], strict=True)
    }
    return {"column": spec.name, "count": read[0], **found}


def _writer(spec: Column) -> Any:
    encode = encoding.SCALED.get(spec.kind)
    if encode is None:
        return str
    scale = spec.scale or 0

    def write(text: str) -> str:
        # A whole number is SQLite's scaled one; PostgreSQL always writes the places of the column.
        scaled = int(Decimal(text).scaleb(scale)) if "." in text else int(text)
        return str(encode(scaled))

    return write


def edge(
    session: Session, table: Table, spec: Column, asked: Asked, at: Mapping[str, int], today: date
) -> int:
    """Give where Ctrl+arrow lands: the last filled cell before a gap, or the first after one.

    `at` says the `row` to start from, the `way` (1 down, -1 up).

    Raises:
        InvalidInput: for a filter that does not fit.
    """
    row, way = at["row"], at["way"]
    last = windows.total(session, table, asked.selection, today=today) - 1
    end = max(last, 0) if way > 0 else 0
    if not spec.nullable and spec.kind not in TEXT_KINDS:
        return end
    places = _places(table, spec, asked, today)
    connection = session.connection()

    def nearest(*where: Any) -> int | None:
        place = places.c.place
        beyond = place > row if way > 0 else place < row
        pick = sa.func.min(place) if way > 0 else sa.func.max(place)
        found: int | None = connection.execute(sa.select(pick).where(beyond, *where)).scalar()
        return found

    near = sa.select(places.c.place, places.c.held).where(places.c.place.in_((row, row + way)))
    held = {place: value is not None for place, value in connection.execute(near)}
    if held.get(row) and held.get(row + way):
        gap = nearest(places.c.held.is_(None))
        return end if gap is None else gap - way
    found = nearest(places.c.held.is_not(None))
    return end if found is None else found


def _places(table: Table, spec: Column, asked: Asked, today: date) -> Any:
    laid = lay_out(table, asked, today=today)
    return laid.read(laid.place, _plain(table, spec).label("held")).subquery("places")

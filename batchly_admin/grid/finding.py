"""Find: which cells of the shown columns hold a text, as people read or type it, and where."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from batchly_admin.grid import addresses, encoding, files, matching, values, windows
from batchly_admin.grid.columns import TEXT_KINDS, Column
from batchly_admin.grid.filters import label_of
from batchly_admin.grid.places import lay_out
from batchly_admin.grid.table import Table
from batchly_admin.grid.windows import Asked

MAX_HITS = 10_000
_NUMBER = re.compile(r"[+-]?(?=[\d.])\d*\.?\d*")
_WRITTEN_DAYS = ("%b %d, %Y", "%B %d, %Y", "%d %b %Y")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked for, and how exactly."""

    text: str
    case: bool = False
    whole: bool = False
    most: int = MAX_HITS


def find(
    session: Session,
    table: Table,
    columns: Sequence[Column],
    wanted: Wanted,
    asked: Asked,
    *,
    today: date,
) -> dict[str, Any]:
    """Give the cells that hold the text: `hits` of row, id and column in the grid's order.

    Raises:
        InvalidInput: for a filter that does not fit.
    """
    if not wanted.text or not values.is_storable(wanted.text):
        return {"hits": [], "more": False}
    tests = [(spec, _test(table, spec, wanted, session, today)) for spec in columns]
    tests = [(spec, test) for spec, test in tests if test is not None]
    if not tests:
        return {"hits": [], "more": False}
    links = [spec.name for spec, _test_ in tests if spec.link]
    laid = lay_out(table, asked, today=today, links=links)
    flags = [
        sa.case((test, 1), else_=0).label(f"hit{at}") for at, (_spec, test) in enumerate(tests)
    ]
    inner = laid.read(laid.place, table.model.__table__.c.id, *flags).subquery("found")
    marks = [inner.c[f"hit{at}"] for at in range(len(tests))]
    statement = (
        sa.select(inner.c.place, inner.c.id, *marks)
        .where(sa.or_(*(mark == 1 for mark in marks)))
        .order_by(inner.c.place)
        .limit(wanted.most + 1)
    )
    hits = [
        [row[0], row[1], spec.name]
        for row in session.connection().execute(statement)
        for at, (spec, _test_) in enumerate(tests)
        if row[2 + at]
    ]
    return {"hits": hits[: wanted.most], "more": len(hits) > wanted.most}


def cells(
    session: Session, table: Table, columns: Sequence[Column], found: dict[str, Any]
) -> dict[str, Any]:
    """Add to what was found the rows it is in: `columns` and `rows` of id, version, lock, cells."""
    hit = {name for _place, _id, name in found["hits"]}
    wanted = tuple(spec for spec in columns if spec.name in hit)
    ids = list(dict.fromkeys(record_id for _place, record_id, _name in found["hits"]))
    rows: list[list[Any]] = []
    for begin in range(0, len(ids), windows.MAX_LIMIT):
        chunk = ids[begin : begin + windows.MAX_LIMIT]
        rows += windows.rows_by_id(session, table, wanted, chunk)
    return {**found, "columns": [spec.name for spec in wanted], "rows": rows}


def _test(table: Table, spec: Column, wanted: Wanted, session: Session, today: date) -> Any:
    """Give the condition that a cell of this column holds the text, or None when none can."""
    sqlite = session.connection().dialect.name == "sqlite"
    if spec.kind == "files":
        return files.having(table, lambda name: _holds(name, wanted, sqlite=sqlite))
    return _of_column(table, spec, wanted, today, sqlite=sqlite)


def _of_column(table: Table, spec: Column, wanted: Wanted, today: date, *, sqlite: bool) -> Any:
    held = label_of(table, spec) if spec.link else table.model.__table__.c[spec.name]
    if spec.choices is not None:
        return _named(held, {one.value: one.label for one in spec.choices}, wanted)
    if spec.kind == "bool":
        return _named(held, {True: "Yes", False: "No"}, wanted)
    if spec.link or spec.kind in TEXT_KINDS:
        return _holds(held, wanted, sqlite=sqlite)
    if spec.kind in {"date", "datetime"}:
        return _day(held, spec, wanted, today, sqlite=sqlite)
    if spec.kind == "address":
        return _address(held, wanted, sqlite=sqlite)
    is_number = spec.kind == "integer" or spec.kind in encoding.SCALES
    return _number(held, spec, wanted, sqlite=sqlite) if is_number else None


def _named(held: Any, labels: Mapping[Any, str], wanted: Wanted) -> Any:
    """Look for a value by the words people read for it."""
    named = [value for value, label in labels.items() if _same(label, wanted)]
    return held.in_(named) if named else None


def _address(held: Any, wanted: Wanted, *, sqlite: bool) -> Any:
    parts = (sa.type_coerce(held, sa.JSON())[part].as_string() for part in addresses.PARTS)
    return sa.or_(*(_holds(part, wanted, sqlite=sqlite) for part in parts))


def _same(word: str, wanted: Wanted) -> bool:
    text = wanted.text
    if not wanted.case:
        word, text = word.casefold(), text.casefold()
    return word == text if wanted.whole else text in word


def _holds(target: Any, wanted: Wanted, *, sqlite: bool) -> Any:
    if wanted.whole:
        if wanted.case:
            return target == wanted.text
        return sa.func.lower(target) == sa.func.lower(sa.literal(wanted.text))
    if wanted.case:
        position = sa.func.instr if sqlite else sa.func.strpos
        return position(target, wanted.text) > 0
    return matching.contains(target, wanted.text)


def _day(held: Any, spec: Column, wanted: Wanted, today: date, *, sqlite: bool) -> Any:
    text = wanted.text.strip()
    known = values.day_of(text, today)
    for form in _WRITTEN_DAYS:
        with suppress(ValueError):
            known = known or datetime.strptime(text, form).date()  # noqa: DTZ007 - a day alone
    written = known.isoformat() if known else text
    shown: Any = sa.type_coerce(held, sa.Text()) if sqlite else sa.cast(held, sa.Text())
    if spec.kind == "datetime":
        shown = sa.func.substr(shown, 1, 10)
    return shown == written if wanted.whole else matching.contains(shown, written)


def _number(held: Any, spec: Column, wanted: Wanted, *, sqlite: bool) -> Any:
    text = re.sub(r"[\s,$€£]", "", wanted.text).removesuffix("%")
    if not _NUMBER.fullmatch(text) or not any(part.isdigit() for part in text):
        return None
    shown = _written(held, spec, sqlite=sqlite)
    if not wanted.whole:
        return matching.contains(shown, text.removeprefix("+"))
    if spec.kind == "integer":
        return shown == encoding.plain(text.removeprefix("+"))
    places = encoding.SCALES[spec.kind] if spec.kind != "percent" else 4
    scaled = Decimal(text).scaleb(places)
    if scaled != int(scaled):
        return None
    return shown == encoding.SCALED[spec.kind](int(scaled))


def _written(held: Any, spec: Column, *, sqlite: bool) -> Any:
    """Write a number as its cell is edited: 12.30, 1.5, 8.875, as windows do."""
    if spec.kind == "integer":
        return sa.cast(held, sa.Text())
    scale = spec.scale or 0
    whole = sa.BigInteger()
    scaled = sa.type_coerce(held, whole) if sqlite else sa.cast(held * 10**scale, whole)
    # A fraction of six places is a percentage of four.
    places = 4 if spec.kind == "percent" else scale
    unit = 10**places
    size = sa.type_coerce(sa.func.abs(scaled), whole)
    behind = sa.func.substr(sa.cast(size % unit + unit, sa.Text()), 2)
    sign = sa.case((scaled < 0, "-"), else_="")
    before = sign + sa.cast(size // unit, sa.Text())
    return before + _FRACTIONS[spec.kind](behind)


def _trimmed(behind: Any) -> Any:
    return sa.func.rtrim(sa.func.rtrim(sa.literal(".") + behind, "0"), ".")


def _price(behind: Any) -> Any:
    return (
        sa.literal(".")
        + sa.func.substr(behind, 1, 2)
        + sa.func.rtrim(sa.func.substr(behind, 3), "0")
    )


_FRACTIONS: dict[str, Callable[[Any], Any]] = {
    "money": lambda behind: sa.literal(".") + behind,
    "price": _price,
    "quantity": _trimmed,
    "percent": _trimmed,
}

"""Totals of columns: exact, of a whole selection or of each of its groups."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from operator import add
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from batchly_admin.errors import InvalidInput
from batchly_admin.grid import selects, values
from batchly_admin.grid.columns import TEXT_KINDS, Column, ways_of
from batchly_admin.grid.filters import Selection, conditions
from batchly_admin.grid.table import Table
from batchly_admin.words import later

WORDS = {
    "sum": later("Sum"),
    "avg": later("Average"),
    "min": later("Least"),
    "max": later("Most"),
    "count": later("Filled"),
    "empty": later("Empty"),
}
MAX_TOTALS = 60
_AVERAGE_PLACES = 2
_COUNTED = frozenset({"count", "empty"})


@dataclass(frozen=True, slots=True)
class Total:
    """A function over one column."""

    spec: Column
    function: str

    @property
    def parts(self) -> int:
        """Give how many figures of the database it is made of."""
        return 2 if self.function == "avg" else 1


def totals_of(text: str | None, seen: Sequence[Column]) -> tuple[Total, ...]:
    """Read totals such as `total_amount:sum,priority:avg` over columns the person may see.

    Raises:
        InvalidInput: for a column that is not seen, or a function it does not have.
    """
    allowed = {spec.name: spec for spec in seen}
    found: dict[str, Total] = {}
    for part in filter(None, (one.strip() for one in (text or "").split(","))):
        name, _, function = part.partition(":")
        if name not in allowed:
            msg = f"There is no column {name[:60]}."
            raise InvalidInput(msg, field="totals")
        if function not in ways_of(allowed[name]):
            msg = f"{allowed[name].label} has no total called {function[:30]}."
            raise InvalidInput(msg, field="totals")
        found.setdefault(name, Total(allowed[name], function))
    return tuple(found.values())[:MAX_TOTALS]


def expressions(table: Table, wanted: Iterable[Total]) -> list[Any]:
    """Give what the database computes for these totals, in their order."""
    found: list[Any] = []
    for total in wanted:
        column = table.model.__table__.c[total.spec.name]
        if total.function in _COUNTED:
            filled = sa.func.nullif(column, "") if total.spec.kind in TEXT_KINDS else column
            count = sa.func.count(filled)
            found.append(count if total.function == "count" else sa.func.count() - count)
        elif total.function == "avg":
            found += [sa.func.sum(column), sa.func.count(column)]
        else:
            found.append(getattr(sa.func, total.function)(column))
    return found


def joined(wanted: Sequence[Total], one: Sequence[Any], other: Sequence[Any]) -> list[Any]:
    """Give the figures of two sets of rows taken together."""
    ways: list[Callable[[Any, Any], Any]] = []
    for total in wanted:
        ways += [add, add] if total.function == "avg" else [_WAYS.get(total.function, add)]
    return [
        right if left is None else left if right is None else way(left, right)
        for way, left, right in zip(ways, one, other, strict=True)
    ]


_WAYS: dict[str, Callable[[Any, Any], Any]] = {"min": min, "max": max}


def finished(wanted: Sequence[Total], figures: Sequence[Any]) -> dict[str, Any]:
    """Give each total as the browser reads a cell of its column; None where nothing was filled."""
    found: dict[str, Any] = {}
    place = 0
    for total in wanted:
        value = figures[place]
        if total.function == "avg" and value is not None:
            value = Decimal(value) / int(figures[place + 1])
        found[total.spec.name] = _written(total, value)
        place += total.parts
    return found


def _written(total: Total, value: Any) -> Any:
    if value is None:
        return None
    if total.function in _COUNTED:
        return int(value)
    if total.spec.kind != "integer":
        return values.to_json(total.spec.kind, value)
    if total.function != "avg":
        return int(value)
    unit = Decimal(1).scaleb(-_AVERAGE_PLACES)
    exact = Decimal(value).quantize(unit, ROUND_HALF_UP).normalize()
    return f"{exact:f}"


def totals(
    session: Session, table: Table, selection: Selection, wanted: Sequence[Total], *, today: date
) -> dict[str, Any]:
    """Give the totals of everything a selection holds.

    Raises:
        InvalidInput: for a filter that does not fit.
    """
    if not wanted:
        return {}
    found = conditions(table, selection, today=today)
    statement = (
        sa.select(*expressions(table, wanted))
        .select_from(selects.joined(table, tuple(found.joins)))
        .where(*found.where)
    )
    return finished(wanted, session.connection().execute(statement).one())

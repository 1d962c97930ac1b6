"""What the reports share: moments as numbers in SQL, percentiles, the rows behind a figure."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import GenericFunction

from batchly_admin.reports.periods import Period

SLOT = 900_000
"""Milliseconds of a quarter of an hour: midnight in every time zone is the start of one."""


class millis(GenericFunction[int]):  # noqa: N801 - named as it is written in a query
    """Milliseconds since 1970 of a moment, on both databases."""

    type = sa.BigInteger()
    inherit_cache = True


@compiles(millis, "postgresql")
def _on_postgresql(element: Any, compiler: Any, **options: Any) -> str:
    inner = compiler.process(element.clauses, **options)
    return f"CAST(FLOOR(EXTRACT(EPOCH FROM {inner}) * 1000) AS BIGINT)"


@compiles(millis, "sqlite")
def _on_sqlite(element: Any, compiler: Any, **options: Any) -> str:
    inner = compiler.process(element.clauses, **options)
    return f"CAST(ROUND((julianday({inner}) - 2440587.5) * 86400000.0) AS INTEGER)"


def slot_of(moment: Any) -> sa.ColumnElement[int]:
    """Give the first millisecond of the quarter of an hour that a column's moment is in."""
    whole: sa.ColumnElement[int] = millis(moment)
    return whole - whole % SLOT


def within(column: Any, period: Period) -> sa.ColumnElement[bool]:
    """Give the condition that a moment is in the period."""
    found: sa.ColumnElement[bool] = sa.and_(column >= period.start, column < period.end)
    return found


@dataclass(frozen=True, slots=True)
class Link:
    """The grid rows behind a figure: a table's name and the filters that show them."""

    table: str
    filters: tuple[Mapping[str, Any], ...] = ()


def link(table: str, *filters: Mapping[str, Any]) -> Link:
    """Give the rows of a table that fit all filters."""
    return Link(table, tuple(filters))


def equal(column: str, value: Any) -> Mapping[str, Any]:
    """Give the filter that a column holds a value, or nothing when the value is None."""
    if value is None:
        return {"column": column, "operator": "empty"}
    return {"column": column, "operator": "is", "value": str(value)}


def among(column: str, values: Iterable[Any]) -> Mapping[str, Any]:
    """Give the filter that a column holds one of some values."""
    return {"column": column, "operator": "in", "value": [str(value) for value in values]}


def during(column: str, period: Period) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    """Give the filters that a moment is in the period."""
    return (
        {"column": column, "operator": "gte", "value": spelled(period.start)},
        {"column": column, "operator": "lt", "value": spelled(period.end)},
    )


def spelled(moment: datetime) -> str:
    """Give a moment as a filter of a grid writes it."""
    return moment.isoformat()


def percentile(ordered: Sequence[int], share: float) -> int | None:
    """Give the smallest value that at least `share` of the ordered values do not exceed."""
    if not ordered:
        return None
    return ordered[max(math.ceil(share * len(ordered)) - 1, 0)]


def percent(part: int, whole: int) -> Decimal | None:
    """Give a share in percent with two decimals; nothing when there is nothing to share."""
    if not whole:
        return None
    return (Decimal(part) * 100 / Decimal(whole)).quantize(Decimal("0.01"), ROUND_HALF_UP)


def ratio(part: int, whole: int) -> Decimal | None:
    """Give how many of one there are for each of the other, with two decimals."""
    if not whole:
        return None
    return (Decimal(part) / Decimal(whole)).quantize(Decimal("0.01"), ROUND_HALF_UP)

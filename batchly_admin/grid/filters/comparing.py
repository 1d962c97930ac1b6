"""One condition on a column as SQL: operators, values, days of moments."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from batchly_admin.errors import InvalidInput
from batchly_admin.grid import files, matching, values
from batchly_admin.grid.columns import OPERATORS, TEXT_KINDS, Column
from batchly_admin.grid.filters import spans
from batchly_admin.grid.filters.language import MAX_LISTED, MAX_TEXT
from batchly_admin.grid.filters.links import label_of
from batchly_admin.grid.table import Table
from batchly_admin.ids import parse_id

NEGATIVE = {
    "is_not": "is",
    "not_in": "in",
    "not_contains": "contains",
    "not_within": "within",
}
"""Operators that hold where the other one does not, empty cells included."""

_DAYS = frozenset({"date", "datetime"})
_SPAN_ENDS = {"lt": 0, "gte": 0, "gt": 1, "lte": 1}
EMPTY_FITS = frozenset({*NEGATIVE, "empty"})
_MATCHES: dict[str, Callable[[Any, str], Any]] = {
    "contains": matching.contains,
    "starts_with": matching.starts_with,
    "ends_with": matching.ends_with,
}


@dataclass(slots=True)
class Conditions:
    """SQL conditions, the link columns they need joined, and whether they read the whole table."""

    where: list[sa.ColumnElement[bool]] = field(default_factory=list)
    joins: list[str] = field(default_factory=list)
    scans: bool = False


@dataclass(frozen=True, slots=True)
class Place:
    """Where a condition is read: the table, its days, and what it needs so far."""

    table: Table
    today: date
    zone: str
    found: Conditions

    def column(self, spec: Column) -> Any:
        """Give the database's column."""
        return self.table.model.__table__.c[spec.name]

    def label(self, spec: Column) -> Any:
        """Give the label of a link column, and see to it that its table is joined."""
        if spec.link and not spec.label_from and spec.name not in self.found.joins:
            self.found.joins.append(spec.name)
        return label_of(self.table, spec)


def condition(place: Place, spec: Column, one: Mapping[str, Any]) -> Any:
    """Give the SQL of a condition on a column of the table itself.

    Raises:
        InvalidInput: for an operator or a value that does not fit.
    """
    operator = one.get("operator", "is")
    if not isinstance(operator, str) or operator not in OPERATORS[spec.kind]:
        msg = f"{spec.label} cannot be filtered with {str(operator)[:30]}."
        raise InvalidInput(msg, field=spec.name)
    if operator in {"empty", "not_empty"}:
        return _emptiness(place, spec, operator)
    value = one.get("value")
    opposite = NEGATIVE.get(operator)
    if opposite is None:
        return _positive(place, spec, operator, value)
    # No index tells what is not there.
    place.found.scans = True
    # Three-valued logic would lose the rows that hold nothing there.
    return sa.not_(sa.func.coalesce(_positive(place, spec, opposite, value), sa.false()))


def _emptiness(place: Place, spec: Column, operator: str) -> Any:
    if spec.kind == "files":
        filled = files.having(place.table)
        return filled if operator == "not_empty" else sa.not_(filled)
    target = place.column(spec)
    empty = target.is_(None)
    if spec.kind in TEXT_KINDS:
        empty = sa.or_(empty, target == "")
    return sa.not_(empty) if operator == "not_empty" else empty


def _positive(place: Place, spec: Column, operator: str, value: Any) -> Any:
    if operator in _MATCHES:
        return _text_condition(place, spec, operator, value)
    if operator == "within":
        return _within(place, spec, value)
    if operator == "between":
        return _between(place, spec, value)
    if operator == "in" or isinstance(value, list):
        return _one_of(place, spec, operator, value)
    if spec.link:
        return _link_condition(place, spec, value)
    return _compared(place, spec, operator, value)


def _text_condition(place: Place, spec: Column, operator: str, value: Any) -> Any:
    text = _text(value)
    if text is None:
        return sa.false()
    place.found.scans = True
    if spec.kind == "files":
        return files.having(place.table, lambda name: _MATCHES[operator](name, text))
    target = place.label(spec) if spec.link else place.column(spec)
    return _MATCHES[operator](target, text)


def _text(value: Any) -> str | None:
    """Give what to look for, or None when no row can hold it."""
    text = "" if value is None else str(value)[:MAX_TEXT]
    return text if values.is_storable(text) else None


def _link_condition(place: Place, spec: Column, value: Any) -> Any:
    record_id = parse_id(value)
    if record_id is not None:
        return place.column(spec) == record_id
    return place.label(spec) == (_text(value) or "")


def _within(place: Place, spec: Column, value: Any) -> Any:
    try:
        span = spans.span_of(value, place.today)
    except (OverflowError, ValueError):
        span = None
    if span is None or isinstance(value, list | dict):
        msg = f"{spec.label}: {str(value)[:40]} is not a day or a span of days."
        raise InvalidInput(msg, field=spec.name)
    first, last = (_sane(spec, day) for day in span)
    return _days_between(place, spec, first, last)


def _days_between(place: Place, spec: Column, first: date, last: date) -> Any:
    target = place.column(spec)
    if spec.kind == "datetime":
        low, high = spans.begins(first, place.zone), spans.ends(last, place.zone)
        return sa.and_(target >= low, target < high)
    return sa.and_(target >= first, target <= last)


def _between(place: Place, spec: Column, value: Any) -> Any:
    listed = _listed(spec, value)
    if len(listed) != 2:
        msg = f"{spec.label}: between needs two values."
        raise InvalidInput(msg, field=spec.name)
    low, high = listed
    return sa.and_(_compared(place, spec, "gte", low), _compared(place, spec, "lte", high))


def _compared(place: Place, spec: Column, operator: str, value: Any) -> Any:
    target = place.column(spec)
    if spec.kind in _DAYS and operator in _SPAN_ENDS and isinstance(value, str):
        # Before a span of days is before it begins, after it is after it ends.
        span = spans.named_span(value, place.today)
        value = value if span is None else span[_SPAN_ENDS[operator]].isoformat()
    if spec.kind == "datetime" and (day := _whole_day(spec, value, place.today)) is not None:
        # A day is as long as the company's day: after it is after its end.
        bound = spans.ends if operator in {"gt", "lte"} else spans.begins
        moved = {"gt": "gte", "lte": "lt"}.get(operator, operator)
        return _COMPARE[moved](target, bound(day, place.zone))
    return _COMPARE[operator](target, _value(place, spec, value))


def _whole_day(spec: Column, value: Any, today: date) -> date | None:
    day = spans.day_of(value, today) if isinstance(value, str) else None
    return None if day is None else _sane(spec, day)


def _sane(spec: Column, day: date) -> date:
    if not values.SMALLEST_YEAR <= day.year <= values.LARGEST_YEAR:
        msg = f"{spec.label}: the year {day.year} does not look right."
        raise InvalidInput(msg, field=spec.name)
    return day


def _value(place: Place, spec: Column, value: Any) -> Any:
    if isinstance(value, list | dict):
        msg = f"{spec.label}: the filter needs a single value."
        raise InvalidInput(msg, field=spec.name)
    if spec.kind == "id" or (spec.link and parse_id(value) is None):
        return _id(spec, value)
    if value is None or not str(value).strip():
        msg = f"{spec.label}: the filter needs a value."
        raise InvalidInput(msg, field=spec.name)
    # Text that could not be written may still be looked for; it is found nowhere.
    if spec.kind in TEXT_KINDS and values.is_storable(str(value)):
        return str(value).strip()
    if spec.link:
        return parse_id(value)
    return values.parse(spec, value, today=place.today, zone=place.zone)


def _id(spec: Column, value: Any) -> UUID:
    known = parse_id(value)
    if known is None:
        msg = f"{spec.label}: the filter needs an id."
        raise InvalidInput(msg, field=spec.name)
    return known


def _listed(spec: Column, value: Any) -> list[Any]:
    listed = value if isinstance(value, list) else [value]
    if len(listed) > MAX_LISTED:
        msg = f"{spec.label}: at most {MAX_LISTED} values in one filter."
        raise InvalidInput(msg, field=spec.name)
    return listed


def _one_of(place: Place, spec: Column, operator: str, value: Any) -> Any:
    if operator not in {"is", "in"}:
        msg = f"{spec.label}: {operator} needs a single value."
        raise InvalidInput(msg, field=spec.name)
    return place.column(spec).in_([_value(place, spec, part) for part in _listed(spec, value)])


_COMPARE: dict[str, Callable[[Any, Any], Any]] = {
    "is": lambda target, value: target == value,
    "gt": lambda target, value: target > value,
    "gte": lambda target, value: target >= value,
    "lt": lambda target, value: target < value,
    "lte": lambda target, value: target <= value,
}

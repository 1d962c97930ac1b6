"""Filters and search as conditions: what a grid, a bulk action and an export select."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from functools import cache
from typing import Any
from uuid import UUID

import orjson
import sqlalchemy as sa

from batchly_admin.errors import InvalidInput
from batchly_admin.grid import matching, values
from batchly_admin.grid.columns import OPERATORS, Column
from batchly_admin.grid.registry import table as find_table
from batchly_admin.grid.table import Table
from batchly_admin.ids import parse_id

MAX_FILTERS = 20
MAX_TEXT = 200
MAX_LISTED = 500
TEXT_KINDS = frozenset({"text", "long_text", "email", "phone"})
_RESERVED = {"search", "where"}


@dataclass(frozen=True, slots=True)
class Selection:
    """What is asked for: filters that all must hold, and a text to search for."""

    filters: tuple[Mapping[str, Any], ...] = ()
    search: str = ""


@dataclass(slots=True)
class Conditions:
    """SQL conditions, the link columns they need joined, and whether they read the whole table."""

    where: list[sa.ColumnElement[bool]] = field(default_factory=list)
    joins: list[str] = field(default_factory=list)
    scans: bool = False


def selection_of(
    search: str | None, filters: str | None, seen: Sequence[Column] | None = None
) -> Selection:
    """Read a selection from the query string; `seen` are the columns the person may see.

    Raises:
        InvalidInput: when the filters are not a JSON list, or name a column that is not seen.
    """
    parsed: Any = ()
    if filters:
        try:
            parsed = orjson.loads(filters)
        except orjson.JSONDecodeError:
            msg = "The filter in the address is not readable."
            raise InvalidInput(msg, field="filters") from None
    return _checked(parsed, search or "", seen)


def selection_of_object(
    asked: Mapping[str, Any], seen: Sequence[Column] | None = None
) -> Selection:
    """Read a selection from a bulk action's filter object; `{"status": "pending"}` is equality.

    Raises:
        InvalidInput: when it is not of the documented form, or names a column that is not seen.
    """
    where = asked.get("where") or ()
    if not isinstance(where, Sequence) or isinstance(where, str):
        msg = "Filters are a list."
        raise InvalidInput(msg, field="filters")
    filters = list(where)
    for name, value in asked.items():
        if name not in _RESERVED:
            operator = "in" if isinstance(value, list) else "is"
            filters.append({"column": name, "operator": operator, "value": value})
    return _checked(filters, str(asked.get("search") or ""), seen)


def _checked(filters: Any, search: str, seen: Sequence[Column] | None) -> Selection:
    if not isinstance(filters, Sequence) or isinstance(filters, str):
        msg = "Filters are a list."
        raise InvalidInput(msg, field="filters")
    if len(filters) > MAX_FILTERS:
        msg = f"At most {MAX_FILTERS} filters at once."
        raise InvalidInput(msg, field="filters")
    for one in filters:
        if not isinstance(one, Mapping) or not isinstance(one.get("column"), str):
            msg = "A filter names a column, an operator and a value."
            raise InvalidInput(msg, field="filters")
        # What a filter lets through tells about the values it looks at.
        if seen is not None and one["column"] not in {spec.name for spec in seen}:
            msg = f"There is no column {one['column'][:60]}."
            raise InvalidInput(msg, field="filters")
    return Selection(tuple(filters), search.strip()[:MAX_TEXT])


def conditions(table: Table, selection: Selection, *, today: date) -> Conditions:
    """Give the SQL conditions of a selection.

    Raises:
        InvalidInput: for a column, operator or value that does not fit.
    """
    found = Conditions()
    for one in selection.filters:
        spec = table.by_name.get(one["column"])
        if spec is None:
            msg = f"{table.title} have no column {one['column']}."
            raise InvalidInput(msg, field="filters")
        found.where.append(_condition(table, spec, one, today, found))
    if selection.search:
        found.where.append(_search(table, selection.search, found))
    return found


def label_of(table: Table, spec: Column) -> Any:
    """Give the expression of a link column's label."""
    if spec.label_from:
        return table.model.__table__.c[spec.label_from]
    return link_alias(table, spec).c[find_table(spec.link).label_column]


@cache
def link_alias(table: Table, spec: Column) -> Any:
    """Give the alias under which a link column's table is joined."""
    target = find_table(spec.link)
    return target.model.__table__.alias(f"{table.name}_{spec.name}_link")


def _needs_join(spec: Column, found: Conditions) -> None:
    if spec.link and not spec.label_from and spec.name not in found.joins:
        found.joins.append(spec.name)


def _search(table: Table, text: str, found: Conditions) -> sa.ColumnElement[bool]:
    if not values.is_storable(text):
        return sa.false()
    found.scans = True
    parts = []
    for name in table.search:
        spec = table.by_name[name]
        _needs_join(spec, found)
        target = label_of(table, spec) if spec.link else table.model.__table__.c[name]
        parts.append(matching.contains(target, text))
    return sa.or_(sa.false(), *parts)


def _condition(
    table: Table, spec: Column, one: Mapping[str, Any], today: date, found: Conditions
) -> Any:
    operator = one.get("operator", "is")
    if operator not in OPERATORS[spec.kind]:
        msg = f"{spec.label} cannot be filtered with {str(operator)[:30]}."
        raise InvalidInput(msg, field=spec.name)
    target = table.model.__table__.c[spec.name]
    if operator in {"empty", "not_empty"}:
        return _emptiness(spec, target, operator)
    value = one.get("value")
    if operator in {"contains", "starts_with"}:
        return _text_condition(table, spec, operator, value, found)
    if operator in {"in", "between"} or isinstance(value, list):
        return _many(table, spec, operator, _listed(spec, value), today)
    if spec.link:
        return _link_condition(table, spec, operator, value, found)
    return _COMPARE[operator](target, _value(spec, value, today))


def _emptiness(spec: Column, target: Any, operator: str) -> Any:
    empty = target.is_(None)
    if spec.kind in TEXT_KINDS:
        empty = sa.or_(empty, target == "")
    return sa.not_(empty) if operator == "not_empty" else empty


def _text_condition(
    table: Table, spec: Column, operator: str, value: Any, found: Conditions
) -> Any:
    text = _text(value)
    if text is None:
        return sa.false()
    target = table.model.__table__.c[spec.name]
    if spec.link:
        _needs_join(spec, found)
        target = label_of(table, spec)
    found.scans = True
    match = matching.contains if operator == "contains" else matching.starts_with
    return match(target, text)


def _text(value: Any) -> str | None:
    """Give what to look for, or None when no row can hold it."""
    text = "" if value is None else str(value)[:MAX_TEXT]
    return text if values.is_storable(text) else None


def _link_condition(
    table: Table, spec: Column, operator: str, value: Any, found: Conditions
) -> Any:
    record_id = parse_id(value)
    if record_id is not None:
        return _COMPARE[operator](table.model.__table__.c[spec.name], record_id)
    _needs_join(spec, found)
    return _COMPARE[operator](label_of(table, spec), _text(value) or "")


def _value(spec: Column, value: Any, today: date) -> Any:
    if isinstance(value, list | dict):
        msg = f"{spec.label}: the filter needs a single value."
        raise InvalidInput(msg, field=spec.name)
    if spec.kind == "id":
        return _id(spec, value)
    if spec.kind == "datetime":
        day = values.day_of(str(value), today)
        if day is not None and len(str(value)) <= len("today+1234"):
            return datetime.combine(day, time.min, UTC)
    if value is None or not str(value).strip():
        msg = f"{spec.label}: the filter needs a value."
        raise InvalidInput(msg, field=spec.name)
    # Text that could not be written may still be looked for; it is found nowhere.
    if spec.kind in TEXT_KINDS and values.is_storable(str(value)):
        return str(value).strip()
    return values.parse(spec, value, today=today)


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


def _many(table: Table, spec: Column, operator: str, listed: list[Any], today: date) -> Any:
    target = table.model.__table__.c[spec.name]
    read = _id if spec.link else lambda spec, part: _value(spec, part, today)
    found = [read(spec, part) for part in listed]
    if operator == "between":
        if len(found) != 2:
            msg = f"{spec.label}: between needs two values."
            raise InvalidInput(msg, field=spec.name)
        return sa.and_(target >= found[0], target <= found[1])
    if operator == "is_not":
        return sa.or_(target.is_(None), target.not_in(found))
    if operator in {"is", "in"}:
        return target.in_(found)
    msg = f"{spec.label}: {operator} needs a single value."
    raise InvalidInput(msg, field=spec.name)


_COMPARE: dict[str, Callable[[Any, Any], Any]] = {
    "is": lambda target, value: target == value,
    "is_not": lambda target, value: target.is_distinct_from(value),
    "gt": lambda target, value: target > value,
    "gte": lambda target, value: target >= value,
    "lt": lambda target, value: target < value,
    "lte": lambda target, value: target <= value,
}

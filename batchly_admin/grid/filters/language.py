"""Reading filters from addresses and requests, and refusing what is malformed or not allowed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from batchly_admin.errors import InvalidInput
from batchly_admin.grid.columns import Column
from batchly_admin.grid.registry import table as find_table
from batchly_admin.grid.registry import tables

MAX_FILTERS = 20
MAX_DEPTH = 3
MAX_TEXT = 200
MAX_LISTED = 500
GROUPS = ("any", "all")
HAS = "has"
_RESERVED = {"search", "where"}
_HAVING = {HAS, "where", "not"}


@dataclass(frozen=True, slots=True)
class Selection:
    """What is asked for: filters that all must hold, and a text to search for.

    `zone` is the company's: it says where the days of a filter begin.
    """

    filters: tuple[Mapping[str, Any], ...] = ()
    search: str = ""
    zone: str = "UTC"


def selection_of(
    search: str | None,
    filters: str | None,
    seen: Sequence[Column] | None = None,
    *,
    rights: frozenset[str] = frozenset(),
    zone: str = "UTC",
) -> Selection:
    """Read a selection from the query string.

    `seen` are the columns the person may see; `rights` say which linked tables they may see.

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
    return _checked(parsed, search or "", seen, rights, zone)


def selection_of_object(
    asked: Mapping[str, Any],
    seen: Sequence[Column] | None = None,
    *,
    rights: frozenset[str] = frozenset(),
    zone: str = "UTC",
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
    return _checked(filters, str(asked.get("search") or ""), seen, rights, zone)


def leaves(filters: Sequence[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    """Give the conditions of a well-formed filter, whatever they stand in."""
    for node in filters:
        group = group_of(node)
        if HAS in node:
            yield node
            yield from leaves(node["where"])
        elif group is None:
            yield node
        else:
            yield from leaves(node[group])


def group_of(node: Mapping[str, Any]) -> str | None:
    """Give `any` or `all` for a group, None for a condition."""
    return next((word for word in GROUPS if word in node), None)


def _checked(
    filters: Any, search: str, seen: Sequence[Column] | None, rights: frozenset[str], zone: str
) -> Selection:
    _check_nodes(filters, depth=0)
    if sum(1 for _one in leaves(filters)) > MAX_FILTERS:
        msg = f"At most {MAX_FILTERS} filters at once."
        raise InvalidInput(msg, field="filters")
    # What a filter lets through tells about the values it looks at.
    if seen is not None:
        _check_seen(filters, {spec.name: spec for spec in seen}, rights)
    return Selection(tuple(filters), search.strip()[:MAX_TEXT], zone)


def _check_nodes(nodes: Any, depth: int) -> None:
    if not isinstance(nodes, Sequence) or isinstance(nodes, str):
        msg = "Filters are a list."
        raise InvalidInput(msg, field="filters")
    if depth > MAX_DEPTH:
        msg = f"Groups of filters go {MAX_DEPTH} levels deep at most."
        raise InvalidInput(msg, field="filters")
    if len(nodes) > MAX_FILTERS:
        msg = f"At most {MAX_FILTERS} filters at once."
        raise InvalidInput(msg, field="filters")
    for node in nodes:
        group = group_of(node) if isinstance(node, Mapping) else None
        if isinstance(node, Mapping) and HAS in node:
            _check_having(node)
        elif group is not None:
            _check_nodes(node[group], depth + 1)
        elif not isinstance(node, Mapping) or not isinstance(node.get("column"), str):
            msg = "A filter names a column, an operator and a value."
            raise InvalidInput(msg, field="filters")


def _check_having(node: Mapping[str, Any]) -> None:
    where, without = node.get("where"), node.get("not", False)
    if not isinstance(node[HAS], str) or not isinstance(without, bool) or set(node) - _HAVING:
        msg = "Related rows are named as table.column, with conditions in where."
        raise InvalidInput(msg, field="filters")
    _check_nodes(where, depth=0)
    if any(HAS in one for one in leaves(where or ())):
        msg = "Related rows cannot be asked for rows related to them."
        raise InvalidInput(msg, field="filters")


def _check_seen(
    nodes: Sequence[Mapping[str, Any]], known: Mapping[str, Column], rights: frozenset[str]
) -> None:
    for node in nodes:
        group = group_of(node)
        if HAS in node:
            inside = seen_related(node[HAS], rights)
            if not inside:
                raise _unknown(node[HAS])
            _check_seen(node["where"], inside, rights)
        elif group is not None:
            _check_seen(node[group], known, rights)
        else:
            _check_column(node["column"], known, rights)


def _check_column(name: str, known: Mapping[str, Column], rights: frozenset[str]) -> None:
    first, _, second = name.partition(".")
    spec = known.get(first)
    if spec is not None and second:
        spec = seen_behind(spec, rights).get(second)
    if spec is None:
        raise _unknown(name)


def _unknown(name: str) -> InvalidInput:
    return InvalidInput(f"There is no column {name[:60]}.", field="filters")


def seen_related(key: str, rights: frozenset[str]) -> dict[str, Column]:
    """Give the columns that a person may see of a table, named with the column that points here.

    None are given when they may not see the table, or not what points here.
    """
    name, _, column = key.partition(".")
    target = tables().get(name)
    if target is None or f"{target.rights_area}:view" not in rights:
        return {}
    found = {spec.name: spec for spec in target.visible_columns(rights)}
    return found if column in found else {}


def seen_behind(spec: Column, rights: frozenset[str]) -> dict[str, Column]:
    """Give the columns behind a link that a person with these rights may see."""
    if not spec.link:
        return {}
    target = find_table(spec.link)
    if not target.is_open_to(rights):
        return {}
    return {column.name: column for column in target.visible_columns(rights)}

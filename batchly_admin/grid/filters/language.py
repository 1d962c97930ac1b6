"""Reading filters from addresses and requests, and refusing what is malformed or not allowed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from batchly_admin.errors import InvalidInput
from batchly_admin.grid.columns import Column
from batchly_admin.grid.registry import table as find_table

MAX_FILTERS = 20
MAX_DEPTH = 3
MAX_TEXT = 200
MAX_LISTED = 500
GROUPS = ("any", "all")
_RESERVED = {"search", "where"}


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
    """Give the conditions of a well-formed filter, whatever groups they stand in."""
    for node in filters:
        group = group_of(node)
        if group is None:
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
    found = tuple(leaves(filters))
    if len(found) > MAX_FILTERS:
        msg = f"At most {MAX_FILTERS} filters at once."
        raise InvalidInput(msg, field="filters")
    # What a filter lets through tells about the values it looks at.
    if seen is not None:
        known = {spec.name: spec for spec in seen}
        for one in found:
            _check_seen(one["column"], known, rights)
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
        if group is not None:
            _check_nodes(node[group], depth + 1)
        elif not isinstance(node, Mapping) or not isinstance(node.get("column"), str):
            msg = "A filter names a column, an operator and a value."
            raise InvalidInput(msg, field="filters")


def _check_seen(name: str, known: Mapping[str, Column], rights: frozenset[str]) -> None:
    first, _, second = name.partition(".")
    spec = known.get(first)
    if spec is not None and second:
        spec = seen_behind(spec, rights).get(second)
    if spec is None:
        msg = f"There is no column {name[:60]}."
        raise InvalidInput(msg, field="filters")


def seen_behind(spec: Column, rights: frozenset[str]) -> dict[str, Column]:
    """Give the columns behind a link that a person with these rights may see."""
    if not spec.link:
        return {}
    target = find_table(spec.link)
    if not target.is_open_to(rights):
        return {}
    return {column.name: column for column in target.visible_columns(rights)}

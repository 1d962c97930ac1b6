"""SQL conditions of a selection."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import sqlalchemy as sa

from batchly_admin.errors import InvalidInput
from batchly_admin.grid import matching, values
from batchly_admin.grid.columns import Column
from batchly_admin.grid.filters.comparing import EMPTY_FITS, Conditions, Place, condition
from batchly_admin.grid.filters.language import HAS, Selection, group_of
from batchly_admin.grid.filters.links import joined
from batchly_admin.grid.registry import table as find_table
from batchly_admin.grid.table import Table


def conditions(table: Table, selection: Selection, *, today: date) -> Conditions:
    """Give the SQL conditions of a selection.

    Raises:
        InvalidInput: for a column, operator or value that does not fit.
    """
    found = Conditions()
    place = Place(table, today, selection.zone, found)
    found.where.extend(_node(place, one) for one in selection.filters)
    if selection.search:
        found.where.append(_search(place, selection.search))
    return found


def _search(place: Place, text: str) -> sa.ColumnElement[bool]:
    if not values.is_storable(text):
        return sa.false()
    place.found.scans = True
    parts = []
    for name in place.table.search:
        spec = place.table.by_name[name]
        target = place.label(spec) if spec.link else place.column(spec)
        parts.append(matching.contains(target, text))
    return sa.or_(sa.false(), *parts)


def _node(place: Place, node: Mapping[str, Any]) -> Any:
    if HAS in node:
        return _having(place, node)
    group = group_of(node)
    if group is None:
        return _named(place, node)
    parts: Sequence[Any] = [_node(place, one) for one in node[group]]
    # A group that somebody has not filled yet narrows nothing.
    if not parts:
        return sa.true()
    return sa.or_(*parts) if group == "any" else sa.and_(*parts)


def _having(place: Place, node: Mapping[str, Any]) -> Any:
    """Give the condition that a row has related rows, or has none, for which more holds."""
    name, _, column = str(node[HAS]).partition(".")
    if (name, column) not in place.table.relatives:
        msg = f"{place.table.title} have no {str(node[HAS])[:60]}."
        raise InvalidInput(msg, field="filters")
    target, source = find_table(name), place.table.model.__table__
    inner = replace(place, table=target, found=Conditions())
    where = [_node(inner, one) for one in node["where"]]
    place.found.scans = True
    points = target.model.__table__.c[column] == source.c.id
    found = (
        sa.select(sa.literal_column("1"))
        .select_from(joined(target, inner.found.joins))
        .where(points, *where)
        .correlate(source)
        .exists()
    )
    return sa.not_(found) if node.get("not") else found


def _named(place: Place, one: Mapping[str, Any]) -> Any:
    name, _, behind = str(one["column"]).partition(".")
    spec = place.table.by_name.get(name)
    if spec is None or (behind and not spec.link):
        msg = f"{place.table.title} have no column {str(one['column'])[:60]}."
        raise InvalidInput(msg, field="filters")
    if behind:
        return _related(place, spec, {**one, "column": behind})
    return condition(place, spec, one)


def _related(place: Place, link: Column, one: Mapping[str, Any]) -> Any:
    """Give the condition on a column of the linked record; no record has nothing in any column."""
    target = find_table(link.link)
    spec = target.by_name.get(one["column"])
    if spec is None:
        msg = f"{target.title} have no column {str(one['column'])[:60]}."
        raise InvalidInput(msg, field="filters")
    inner = replace(place, table=target, found=Conditions())
    held = condition(inner, spec, one)
    place.found.scans = True
    keys = (
        sa.select(target.model.__table__.c.id)
        .select_from(joined(target, inner.found.joins))
        .where(held)
        # A table that links to itself is another one in here.
        .correlate(None)
    )
    key = place.column(link)
    inside = sa.and_(key.is_not(None), key.in_(keys))
    fits_nothing = one.get("operator") in EMPTY_FITS
    return sa.or_(key.is_(None), inside) if fits_nothing else inside

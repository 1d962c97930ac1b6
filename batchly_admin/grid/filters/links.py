"""Linked tables: under which alias they are joined, and where a link's label stands."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

from batchly_admin.grid.columns import Column
from batchly_admin.grid.registry import table as find_table
from batchly_admin.grid.table import Table


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


def joined(table: Table, link_names: Sequence[str], ids: Any = None) -> Any:
    """Give the table joined to the tables whose labels are read, on `ids` when they are given."""
    source = table.model.__table__
    whole = source if ids is None else ids.join(source, source.c.id == ids.c.id)
    for name in dict.fromkeys(link_names):
        spec = table.by_name[name]
        if spec.link and not spec.label_from:
            alias = link_alias(table, spec)
            whole = whole.outerjoin(alias, alias.c.id == source.c[name])
    return whole

"""The statements behind windows: which columns, which joins, which order.

The window is found on ids alone, in an index where there is one, and only the rows it holds are
then read in full; so row 70,000 costs little more than row 1.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.sql import operators
from sqlalchemy.sql.expression import UnaryExpression

from batchly_admin.grid import encoding, files, levels
from batchly_admin.grid.filters import Conditions, label_of, links
from batchly_admin.grid.levels import Level
from batchly_admin.grid.registry import table as find_table
from batchly_admin.grid.table import Table
from batchly_admin.models.any_case import any_case
from batchly_admin.models.synced import SYNCED

joined = links.joined
_QBO_IDS = {kind.model.__tablename__: kind.id_column for kind in SYNCED.values()}


def window(  # noqa: PLR0913 - what is read of which rows in which order
    table: Table,
    names: tuple[str, ...],
    sort: tuple[str, ...],
    found: Conditions,
    dialect: str,
    group: tuple[Level, ...] = (),
    *,
    is_near: bool = False,
) -> sa.Select[Any]:
    """Give the statement of one window; `window_limit` and `window_offset` are its parameters.

    Where the window `is_near` an end of the table's own order, an index gives its rows as they
    come and nothing has to be found by its id.
    """
    if found.where:
        return _windowed(table, names, sort, found, dialect, group)
    if is_near and not group and _own_order(table, sort):
        return _near(table.name, names, sort, dialect)
    return _plain(table.name, names, sort, dialect, group)


def _own_order(table: Table, sort: tuple[str, ...]) -> bool:
    own = table.default_sort
    return [part.lstrip("-") for part in sort] == [part.lstrip("-") for part in own]


@lru_cache(maxsize=256)
def _near(name: str, names: tuple[str, ...], sort: tuple[str, ...], dialect: str) -> sa.Select[Any]:
    table = find_table(name)
    picked, needed = _picked(name, names, dialect)
    order, joins = order_of(table, sort)
    return (
        sa.select(*picked)
        .select_from(joined(table, (*needed, *joins)))
        .order_by(*order)
        .limit(sa.bindparam("window_limit", type_=sa.Integer))
        .offset(sa.bindparam("window_offset", type_=sa.Integer))
    )


@lru_cache(maxsize=256)
def _plain(
    name: str,
    names: tuple[str, ...],
    sort: tuple[str, ...],
    dialect: str,
    group: tuple[Level, ...],
) -> sa.Select[Any]:
    """Keep the statement of an unfiltered window: building it costs more than running it."""
    return _windowed(find_table(name), names, sort, Conditions(), dialect, group)


def _windowed(
    table: Table,
    names: tuple[str, ...],
    sort: tuple[str, ...],
    found: Conditions,
    dialect: str,
    group: tuple[Level, ...],
) -> sa.Select[Any]:
    source = table.model.__table__
    order, joins = order_of(table, sort, group)
    # SQLite plans a literal LIMIT much worse than a bound one.
    ids = (
        sa.select(source.c.id)
        .select_from(joined(table, (*found.joins, *joins)))
        .where(*found.where)
        .order_by(*(_unplanned(order) if found.scans and dialect == "sqlite" else order))
        .limit(sa.bindparam("window_limit", type_=sa.Integer))
        .offset(sa.bindparam("window_offset", type_=sa.Integer))
        .subquery("window_ids")
    )
    picked, needed = _picked(table.name, names, dialect)
    return sa.select(*picked).select_from(joined(table, (*needed, *joins), ids)).order_by(*order)


def _unplanned(order: Sequence[Any]) -> list[Any]:
    """Keep SQLite from walking the order's index row by row where every row is looked at anyway."""
    plus: operators.custom_op[Any] = operators.custom_op("+")
    return [
        UnaryExpression(UnaryExpression(part.element, operator=plus), modifier=part.modifier)
        for part in order
    ]


def by_ids(table: Table, names: tuple[str, ...], dialect: str) -> sa.Select[Any]:
    """Give the statement that reads the rows whose ids are the parameter `ids`."""
    return _by_ids(table.name, names, dialect)


@lru_cache(maxsize=256)
def _by_ids(name: str, names: tuple[str, ...], dialect: str) -> sa.Select[Any]:
    table = find_table(name)
    picked, needed = _picked(name, names, dialect)
    key = table.model.__table__.c.id
    return (
        sa.select(*picked)
        .select_from(joined(table, needed))
        .where(key.in_(sa.bindparam("ids", expanding=True, type_=key.type)))
    )


@lru_cache(maxsize=256)
def _picked(name: str, names: tuple[str, ...], dialect: str) -> tuple[list[Any], list[str]]:
    """Give what a window selects: id, version, the lock's columns, the cells; and their joins."""
    table = find_table(name)
    source = table.model.__table__
    picked: list[Any] = [encoding.key(source.c.id, dialect).label("row_id"), source.c.version]
    picked += [source.c[part].label(f"lock_{part}") for part in table.lock_columns]
    joins: list[str] = []
    for spec in (table.by_name[part] for part in names):
        if spec.link:
            expression = encoding.key(source.c[spec.name], dialect)
        else:
            expression, _encode = files.cell(table, spec, dialect)
        picked.append(expression.label(f"cell_{spec.name}"))
        if spec.link:
            picked.append(label_of(table, spec).label(f"label_{spec.name}"))
            joins.append(spec.name)
        elif spec.kind == "badge":
            _state, note, qbo_id = badge_parts(source)
            picked += [note.label("badge_note"), qbo_id.label("badge_id")]
    return picked, joins


def badge_parts(source: Any) -> list[Any]:
    """Give what a sync badge is made of: state, note, QuickBooks' id."""
    name = _QBO_IDS.get(source.name)
    if name is None:
        name = next((c.name for c in source.c if c.name.startswith("qb_") and c.unique), None)
    return [source.c.sync_state, source.c.sync_note, source.c[name] if name else sa.null()]


def order_of(
    table: Table, sort: Sequence[str], group: Sequence[Level] = ()
) -> tuple[list[Any], list[str]]:
    """Give the order and the joins it needs; the id breaks ties the way the last column runs."""
    source = table.model.__table__
    order, joins = levels.order(table, group)
    descending = False
    for part in sort:
        descending = part.startswith("-")
        spec = table.by_name[part.removeprefix("-")]
        target: Any = source.c[spec.name]
        if spec.link and not spec.by_key:
            target = any_case(label_of(table, spec))
            joins.append(spec.name)
        elif spec.kind in levels.TEXTS:
            target = any_case(target)
        order.append(target.desc() if descending else target.asc())
    order.append(source.c.id.desc() if descending else source.c.id.asc())
    return order, joins

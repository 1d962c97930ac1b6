"""Groups of a selection: every header with its count, its place and its totals.

The database groups once, by all levels together; the levels above are added up from that, so the
figures of a level always agree with those below it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from batchly_admin.errors import InvalidInput
from batchly_admin.grid import selects, totals, values
from batchly_admin.grid.filters import Conditions, Selection, conditions, label_of, link_alias
from batchly_admin.grid.levels import Level, keys, ordered
from batchly_admin.grid.table import Table
from batchly_admin.grid.totals import Total

MAX_GROUPS = 20_000


@dataclass(slots=True)
class Group:
    """One header: the level it stands on, its value as a cell, and the rows it heads."""

    level: int
    key: Any
    offset: int
    count: int
    figures: list[Any]
    groups: int = 0


def groups(
    session: Session,
    table: Table,
    levels: Sequence[Level],
    selection: Selection,
    wanted: Sequence[Total] = (),
    *,
    today: date,
) -> list[Group]:
    """Give the headers of a selection in the order of the grid, outer ones before inner ones.

    Raises:
        InvalidInput: for a filter that does not fit, or when there are too many groups to show.
    """
    found = conditions(table, selection, today=today)
    statement = _statement(table, levels, found, wanted)
    rows = session.connection().execute(statement).all()
    if len(rows) > MAX_GROUPS:
        msg = f"That makes more than {MAX_GROUPS:,} groups. Filter first, or group by less."
        raise InvalidInput(msg, field="group")
    return _headers(table, levels, wanted, rows)


def as_lists(found: Iterable[Group], wanted: Sequence[Total]) -> Iterator[list[Any]]:
    """Give headers as the browser reads them: level, key, count, offset, totals."""
    for one in found:
        figures = list(totals.finished(wanted, one.figures).values())
        yield [one.level, one.key, one.count, one.offset, figures]


def _statement(
    table: Table, levels: Sequence[Level], found: Conditions, wanted: Sequence[Total]
) -> sa.Select[Any]:
    """Group by the table's own columns first; only the few groups are joined and put in order."""
    picked = [
        expression.label(f"key_{place}_{part}")
        for place, level in enumerate(levels)
        for part, expression in enumerate(keys(table, level))
    ]
    figures = [
        expression.label(f"figure_{place}")
        for place, expression in enumerate(totals.expressions(table, wanted))
    ]
    inner = (
        sa.select(*picked, sa.func.count().label("rows_held"), *figures)
        .select_from(selects.joined(table, tuple(found.joins)))
        .where(*found.where)
        .group_by(*(one.element for one in picked))
        .subquery("grouped")
    )
    source: Any = inner
    shown: list[Any] = []
    order: list[Any] = []
    for place, level in enumerate(levels):
        spec = table.by_name[level.name]
        own = [column for column in inner.c if column.name.startswith(f"key_{place}_")]
        label = None
        if spec.link and not spec.label_from:
            source = source.outerjoin(
                link_alias(table, spec), link_alias(table, spec).c.id == own[0]
            )
            label = label_of(table, spec)
        elif spec.link:
            label = own[1]
        shown += [own[0], sa.null() if label is None else label]
        order += ordered(spec, level, own, label)
    tail = [inner.c.rows_held, *(inner.c[one.name] for one in figures)]
    # Two keys of one column may be the same column of the answer: every one gets its own name.
    named = [one.label(f"shown_{place}") for place, one in enumerate((*shown, *tail))]
    return sa.select(*named).select_from(source).order_by(*order).limit(MAX_GROUPS + 1)


def _headers(
    table: Table, levels: Sequence[Level], wanted: Sequence[Total], rows: Iterable[Any]
) -> list[Group]:
    depth = len(levels)
    kinds = [("text" if one.step else table.by_name[one.name].kind) for one in levels]
    found: list[Group] = []
    open_groups: list[Group] = []
    offset = 0
    for row in rows:
        path = [_key(kinds[at], row[2 * at], row[2 * at + 1]) for at in range(depth)]
        count, figures = row[2 * depth], list(row[2 * depth + 1 :])
        same = 0
        while same < len(open_groups) and open_groups[same].key == path[same]:
            same += 1
        del open_groups[same:]
        for group in open_groups:
            group.count += count
            group.figures = totals.joined(wanted, group.figures, figures)
        for level in range(same, depth):
            made = Group(level, path[level], offset, count, list(figures))
            open_groups.append(made)
            found.append(made)
        offset += count
    return found


def _key(kind: str, value: Any, label: Any) -> Any:
    if value is None:
        return None
    if kind == "link":
        return [str(value), "(no name)" if label is None else label]
    return values.to_json(kind, value)

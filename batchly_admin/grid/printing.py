"""A selection for paper: its columns, rows and groups as words, with totals, page after page."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from batchly_admin import words
from batchly_admin.grid import aging, grouping, streams, totals, windows, workbooks
from batchly_admin.grid.columns import RIGHT_ALIGNED, Column
from batchly_admin.grid.exports import cell_words
from batchly_admin.grid.levels import AGING, Level
from batchly_admin.grid.table import Table
from batchly_admin.grid.totals import Total
from batchly_admin.words import _

MAX_ROWS = 5_000
"""About a hundred and fifty sheets of paper; who needs more exports it."""

Words = Callable[[Any], str]


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the paper: a row, a group's head (with its level), or the totals at the end."""

    kind: str
    cells: tuple[str, ...] = ()
    level: int = 0
    label: str = ""
    count: int = 0


@dataclass(frozen=True, slots=True)
class Paper:
    """What is printed."""

    heads: tuple[tuple[str, bool], ...]
    lines: list[Line]
    total: int
    left_out: int


@dataclass(frozen=True, slots=True)
class Desk:
    """Where it is read: the company's day and clock."""

    today: date
    zone: ZoneInfo

    def words(self, spec: Column) -> Words:
        """Give what writes cells of a column for reading."""
        number: dict[str, Words] = {
            "money": words.money,
            "price": words.money,
            "quantity": words.number,
            "integer": words.number,
            "percent": words.percent,
            "date": words.day,
            "datetime": self._moment,
        }
        plain = number.get(spec.kind) or cell_words(spec)
        return lambda value: "" if value is None else plain(value)

    def _moment(self, text: str) -> str:
        return words.moment(datetime.fromisoformat(text).astimezone(self.zone))


def paper(
    session: Session,
    table: Table,
    columns: Sequence[Column],
    asked: windows.Asked,
    wanted: Sequence[Total],
    desk: Desk,
) -> Paper:
    """Give a selection as lines of words, grouped and in the order of the grid.

    Raises:
        InvalidInput: for a filter that does not fit, or too many groups.
    """
    shown, today = tuple(columns), desk.today
    figures = totals.totals(session, table, asked.selection, wanted, today=today)
    total = windows.total(session, table, asked.selection, today=today)
    heads: list[tuple[int, Line]] = []
    for group in grouped(session, table, asked, wanted, today=today):
        sums = totals.finished(wanted, group.figures)
        label = group_words(table, asked.group[group.level], group.key, desk.words)
        cells = _total_cells(shown, wanted, sums, desk)
        heads.append((group.offset, Line("group", cells, group.level, label, group.count)))
    rows = islice(streams.rows(session, table, shown, asked, today=today), MAX_ROWS)
    lines = list(_lines(shown, heads, rows, desk))
    if wanted:
        lines.append(Line("total", _total_cells(shown, wanted, figures, desk), count=total))
    labels = tuple((spec.label, spec.kind in RIGHT_ALIGNED) for spec in shown)
    return Paper(labels, lines, total, max(0, total - MAX_ROWS))


def grouped(
    session: Session,
    table: Table,
    asked: windows.Asked,
    wanted: Sequence[Total],
    *,
    today: date,
) -> list[grouping.Group]:
    """Give the groups of a selection; none when it is not grouped.

    Raises:
        InvalidInput: for a filter that does not fit, or too many groups.
    """
    if not asked.group:
        return []
    return grouping.groups(session, table, asked.group, asked.selection, wanted, today=today)


def heads_of(
    table: Table,
    levels: Sequence[Level],
    found: Sequence[grouping.Group],
    wanted: Sequence[Total],
    desk: Desk,
) -> list[workbooks.Head]:
    """Give groups as the heads of a workbook."""
    return [
        workbooks.Head(
            group.offset,
            group.level,
            f"{_head(table, levels, group, desk)} ({words.number(group.count)})",
            totals.finished(wanted, group.figures),
        )
        for group in found
    ]


def _head(table: Table, levels: Sequence[Level], group: grouping.Group, desk: Desk) -> str:
    return group_words(table, levels[group.level], group.key, desk.words)


def _lines(
    columns: Sequence[Column],
    heads: Sequence[tuple[int, Line]],
    rows: Iterator[tuple[Any, ...]],
    desk: Desk,
) -> Iterator[Line]:
    writers = [desk.words(spec) for spec in columns]
    left = list(reversed(heads))
    for place, row in enumerate(rows):
        while left and left[-1][0] <= place:
            yield left.pop()[1]
        yield Line("row", tuple(give(value) for give, value in zip(writers, row, strict=True)))


def group_words(table: Table, level: Level, key: Any, writer: Callable[[Column], Words]) -> str:
    """Give a group's column and value in words."""
    spec = table.by_name[level.name]
    if key is None:
        return f"{spec.label}: {_('(empty)')}"
    if level.step == AGING:
        return f"{spec.label}: {aging.words(spec)[key]}"
    if level.step == "month":
        return f"{spec.label}: {words.month(f'{key[:7]}-01')}"
    if level.step:
        return f"{spec.label}: {key}"
    if spec.kind == "badge":
        labels = {member.value: member.label for member in spec.choices or ()}
        return f"{spec.label}: {labels.get(key, key)}"
    return f"{spec.label}: {writer(spec)(key[1] if spec.link else key)}"


def _total_cells(
    columns: Sequence[Column],
    wanted: Sequence[Total],
    figures: Mapping[str, Any],
    desk: Desk,
) -> tuple[str, ...]:
    ways = {total.spec.name: total.function for total in wanted}
    found = []
    for spec in columns:
        value = figures.get(spec.name)
        way = ways.get(spec.name, "sum")
        give = words.number if isinstance(value, int) else desk.words(spec)
        text = "" if value is None else give(value)
        found.append(text if way == "sum" or not text else f"{_(totals.WORDS[way])} {text}")
    return tuple(found)

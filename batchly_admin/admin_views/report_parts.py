"""What every report is made of: figures, charts and tables whose numbers lead to their rows."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from batchly_admin.admin_views.charts import Chart
from batchly_admin.grid.exports import BYTE_ORDER_MARK, safe
from batchly_admin.reports.measures import Link

NOTHING = "\N{EN DASH}"


@dataclass(frozen=True, slots=True)
class Figure:
    """One number with a name, the goal it is held against, and the rows behind it."""

    label: str
    value: Any
    kind: str = "number"
    rows: Link | None = None
    tone: str = ""
    goal: str = ""


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table; its kind says how a value is written."""

    label: str
    kind: str = "text"


@dataclass(frozen=True, slots=True)
class Row:
    """One row: a value for each column, and the rows behind those that have some."""

    values: tuple[Any, ...]
    links: tuple[Link | None, ...] = ()

    def link(self, index: int) -> Link | None:
        """Give the rows behind one value."""
        return self.links[index] if index < len(self.links) else None


@dataclass(frozen=True, slots=True)
class ReportTable:
    """A table that is shown and can be taken along as CSV."""

    key: str
    title: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    empty: str = "Nothing in this period."


@dataclass(frozen=True, slots=True)
class Section:
    """One part of a report."""

    key: str
    title: str
    note: str
    figures: tuple[Figure, ...]
    charts: tuple[Chart, ...]
    tables: tuple[ReportTable, ...]


def written(kind: str, value: Any) -> str:
    """Give a value as a person reads it."""
    if value is None or value == "":
        return NOTHING
    return _WRITERS.get(kind, str)(value)


def spread(value: Any) -> str:
    """Give a value as a spreadsheet takes it: plain numbers, dates as ISO writes them."""
    if value is None:
        return ""
    if isinstance(value, datetime | date):
        return value.isoformat()
    return safe(str(value))


def csv_of(table: ReportTable) -> str:
    """Give a table as CSV, UTF-8 with a byte order mark; times are milliseconds."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow([safe(_header(column)) for column in table.columns])
    for row in table.rows:
        writer.writerow([spread(value) for value in row.values])
    return BYTE_ORDER_MARK + buffer.getvalue()


def _header(column: Column) -> str:
    units = {"span": " (ms)", "percent": " (%)"}
    return f"{column.label}{units.get(column.kind, '')}"


def span(milliseconds: float) -> str:
    """Give a length of time in the unit that fits it."""
    seconds = milliseconds / 1000
    if seconds < 1:
        return f"{milliseconds:.0f} ms"
    if seconds < 60:
        return f"{seconds:.1f} s"
    if seconds < 3600:
        return f"{seconds / 60:.1f} min"
    if seconds < 172_800:
        return f"{seconds / 3600:.1f} h"
    return f"{seconds / 86400:.1f} days"


def _number(value: Any) -> str:
    return f"{value:,}" if isinstance(value, int | Decimal) else str(value)


def _percent(value: Any) -> str:
    text = f"{Decimal(value):f}"
    return f"{text.rstrip('0').rstrip('.') if '.' in text else text}%"


_WRITERS: dict[str, Callable[[Any], str]] = {
    "number": _number,
    "money": lambda value: f"{Decimal(value):,.2f}",
    "percent": _percent,
    "span": span,
}


def day_labels(days: Iterable[date]) -> tuple[str, ...]:
    """Give what stands under the bars of a chart by day."""
    return tuple(f"{day:%b} {day.day}" for day in days)


def tone_from(value: object, goal: float) -> str:
    """Give the tone of a number that should reach its goal."""
    if value is None:
        return ""
    return "green" if float(str(value)) >= goal else "red"


def tone_to(value: int | None, goal: int) -> str:
    """Give the tone of a number that should stay below its goal."""
    if value is None:
        return ""
    return "green" if value <= goal else "amber"


def tone_none(value: int) -> str:
    """Give the tone of a number that should be nothing."""
    return "red" if value else "green"

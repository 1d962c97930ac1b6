"""The columns of a summary: one total, spans of time, or customers, classes and the like."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from batchly_admin.qbo.simulator.reports import periods, sums
from batchly_admin.qbo.simulator.reports.asked import COLUMNS, PARTIES, TIMES, Asked
from batchly_admin.qbo.simulator.reports.people import known
from batchly_admin.qbo.simulator.reports.shape import Amounts, Column

UNKNOWN = "Not Specified"
TOTAL = Column("Total", facts=(("ColKey", "total"),))


@dataclass(slots=True)
class Grid:
    """The columns of amounts, and for each account its amount in every one of them."""

    columns: list[Column]
    values: dict[str, Amounts]

    @property
    def width(self) -> int:
        """Give how many columns of amounts there are."""
        return len(self.columns)


def span_column(span: periods.Span) -> Column:
    """Give the column of a span of time."""
    facts = (("StartDate", span.start.isoformat()), ("EndDate", span.end.isoformat()))
    return Column(span.title, facts=(*facts, ("ColKey", span.title)))


def spread(asked: Asked, *, where: str = "", grouped: str = "m.account") -> Grid:
    """Give what moved on each account, spread over the columns that were asked for."""
    columns, key, place = _columns(asked)
    rows = sums.moved(asked, asked.start, asked.end, key=key, where=where, grouped=grouped)
    if key == "''":
        return Grid([TOTAL], {account: [cents] for account, _, cents in rows})
    if not columns:
        columns, place = _named(asked, {key for _, key, _ in rows})
    values: dict[str, Amounts] = {}
    for account, found, cents in rows:
        amounts = values.setdefault(account, [None] * (len(columns) + 1))
        for index in (place(found), -1):
            amounts[index] = (amounts[index] or 0) + cents
    return Grid([*columns, TOTAL], values)


def _columns(asked: Asked) -> tuple[list[Column], str, Callable[[str], int]]:
    """Give the columns as far as they are known before any amount, and by what to group."""
    if asked.by in TIMES:
        spans = periods.split(TIMES[asked.by], asked.start, asked.end, asked.first_month)
        # Spans meet at the ends of months, so months will do; days and weeks need the day.
        is_fine = asked.by in {"Days", "Week"}
        key = "m.day" if is_fine else "substr(m.day, 1, 7)"
        return [span_column(one) for one in spans], key, _finder(spans)
    if asked.by in PARTIES:
        kind = PARTIES[asked.by]
        return [], f"CASE WHEN m.party LIKE '{kind}:%' THEN m.party ELSE '' END", len
    if asked.by in COLUMNS:
        return [], f"m.{COLUMNS[asked.by].lower()}", len
    return [], "''", len


def _finder(spans: list[periods.Span]) -> Callable[[str], int]:
    ends = [one.end.isoformat() for one in spans]

    def place(key: str) -> int:
        return next(index for index, end in enumerate(ends) if key <= end[: len(key)])

    return place


def _named(asked: Asked, keys: set[str]) -> tuple[list[Column], Callable[[str], int]]:
    kind = PARTIES.get(asked.by) or COLUMNS[asked.by]
    nodes = known(asked.books, kind)
    ids = {key.rpartition(":")[2] for key in keys} - {""}
    ordered = [node for key, node in nodes.items() if key in ids]
    places = {node.id: index for index, node in enumerate(ordered)}
    columns = [Column(node.full, facts=(("ColKey", node.id),)) for node in ordered]
    if "" in keys or len(ids) > len(ordered):
        columns.append(Column(UNKNOWN, facts=(("ColKey", "not_specified"),)))
    return columns, lambda key: places.get(key.rpartition(":")[2], len(ordered))


def as_of(asked: Asked) -> list[tuple[Column, date]]:
    """Give the columns of what stands somewhere: each with the day at whose end it is."""
    if asked.by not in TIMES:
        return [(TOTAL, asked.end)]
    spans = periods.split(TIMES[asked.by], asked.start, asked.end, asked.first_month)
    return [(span_column(one), one.end) for one in spans]

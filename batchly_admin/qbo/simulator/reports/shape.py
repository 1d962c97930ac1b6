"""What a report is made of: columns, rows of texts, sections of rows with a sum below.

Every value is a text, also amounts; where there is nothing to say it is an empty one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, TypeAlias

Cell: TypeAlias = str | tuple[str, str]
"""A text, or a text and the id of what it names."""
Row: TypeAlias = dict[str, Any]
Amounts: TypeAlias = list[int | None]
"""An amount in cents for each column; None where nothing was posted."""

MOST_CELLS = 400_000
TOO_MANY = "Unable to display more data. Please reduce the date range."
MONEY = "Money"


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its title, what it holds, and facts about it."""

    title: str
    kind: str = MONEY
    facts: tuple[tuple[str, str], ...] = ()

    def shown(self) -> dict[str, Any]:
        """Give the column as an answer shows it."""
        found: dict[str, Any] = {"ColTitle": self.title, "ColType": self.kind}
        if self.facts:
            found["MetaData"] = [{"Name": name, "Value": text} for name, text in self.facts]
        return found


@dataclass(slots=True)
class Report:
    """The columns and rows of a report; `options` go into its header."""

    columns: list[Column]
    rows: list[Row]
    options: dict[str, str] = field(default_factory=dict)
    is_empty: bool = False
    by: str = ""
    """What its columns sum up, where it says so."""

    def body(self) -> dict[str, Any]:
        """Give columns and rows; of a report too large for an answer only that it is."""
        rows = self.rows
        if sum(map(_size, rows)) > MOST_CELLS:
            rows = [data(TOO_MANY)]
        return {
            "Columns": {"Column": [one.shown() for one in self.columns]},
            "Rows": {"Row": rows} if rows else {},
        }


def _size(row: Row) -> int:
    inside = row.get("Rows", {}).get("Row", ())
    return len(row.get("ColData", ())) + sum(map(_size, inside))


def cells(values: Iterable[Cell]) -> list[dict[str, str]]:
    """Give the cells of a row."""
    return [
        {"value": one} if isinstance(one, str) else {"value": one[0], "id": one[1]}
        for one in values
    ]


def plain(*values: Cell) -> Row:
    """Give a row of a summary by customer, vendor or item, which does not say what it is."""
    return {"ColData": cells(values)}


def data(*values: Cell, group: str = "") -> Row:
    """Give a row of data."""
    return {**plain(*values), "type": "Data", **({"group": group} if group else {})}


def section(
    header: Iterable[Cell], rows: list[Row], summary: Iterable[Cell], group: str = ""
) -> Row:
    """Give rows below a header, with their sum."""
    found: Row = {"Header": {"ColData": cells(header)}}
    if rows:
        found["Rows"] = {"Row": rows}
    return {**found, **total(summary, group)}


def total(values: Iterable[Cell], group: str = "") -> Row:
    """Give a sum that stands by itself."""
    found: Row = {"Summary": {"ColData": cells(values)}, "type": "Section"}
    return {**found, "group": group} if group else found


def money(amount: int | None) -> str:
    """Give an amount in cents as a report writes it."""
    return "" if amount is None else str(Decimal(amount).scaleb(-2))


def amounts(values: Iterable[int | None]) -> Iterator[str]:
    """Give amounts in cents as a report writes them."""
    return map(money, values)


def add(*some: Amounts) -> Amounts:
    """Add amounts column by column; nothing and nothing is nothing."""
    found: Amounts = []
    for column in zip(*some, strict=True):
        known = [one for one in column if one is not None]
        found.append(sum(known) if known else None)
    return found


def negated(values: Amounts) -> Amounts:
    """Give amounts with the other sign."""
    return [None if one is None else -one for one in values]


def exact(values: Amounts) -> Amounts:
    """Give amounts with a zero where there is nothing."""
    return [one or 0 for one in values]

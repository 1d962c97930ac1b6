"""Places of rows: a selection laid out in the order of the grid, first row first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa

from batchly_admin.grid import selects
from batchly_admin.grid.filters import conditions
from batchly_admin.grid.table import Table
from batchly_admin.grid.windows import Asked


@dataclass(frozen=True, slots=True)
class Laid:
    """What to read a selection from, which rows it has, and in which order."""

    source: Any
    where: Sequence[Any]
    order: Sequence[Any]

    def read(self, *columns: Any) -> sa.Select[Any]:
        """Give the statement that reads these columns of the selection's rows."""
        return sa.select(*columns).select_from(self.source).where(*self.where)

    @property
    def place(self) -> Any:
        """Give the expression of a row's place, counted from nothing."""
        return (sa.func.row_number().over(order_by=self.order) - 1).label("place")


def lay_out(table: Table, asked: Asked, *, today: date, links: Sequence[str] = ()) -> Laid:
    """Lay out what is asked for; the labels of these `links` can be read beside it.

    Raises:
        InvalidInput: for a filter that does not fit.
    """
    found = conditions(table, asked.selection, today=today)
    order, joins = selects.order_of(table, asked.sort or table.default_sort, asked.group)
    return Laid(selects.joined(table, (*found.joins, *joins, *links)), found.where, order)

"""Columns the database computes by itself, in the dialect of each.

SQLite holds quantities and prices as integers scaled by 10,000, so their product is scaled by
100,000,000 and is brought to cents by an integer division that rounds half away from zero.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.expression import ColumnElement


class LineTotal(ColumnElement[Any]):
    """Quantity times unit price, rounded to the cent."""

    inherit_cache = False
    type = sa.Integer()

    def __init__(self, quantity: str, unit_price: str) -> None:
        self.quantity = quantity
        self.unit_price = unit_price


@compiles(LineTotal)
def _exact(element: LineTotal, _compiler: SQLCompiler, **_options: Any) -> str:
    return f"round({element.quantity} * {element.unit_price}, 2)"


@compiles(LineTotal, "sqlite")
def _scaled(element: LineTotal, _compiler: SQLCompiler, **_options: Any) -> str:
    product = f"({element.quantity} * {element.unit_price})"
    return (
        f"CASE WHEN {product} >= 0 THEN ({product} + 500000) / 1000000 "
        f"ELSE ({product} - 500000) / 1000000 END"
    )

"""How windows read a column: in the cheapest form that still gives the exact value.

A window turns hundreds of cells a request into text that the browser shows. Building a Decimal or
a datetime first costs more than the query, so amounts and moments are read as the database holds
them (a scaled integer on SQLite, text on PostgreSQL) and are only rearranged.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import time
from typing import Any
from uuid import UUID

import sqlalchemy as sa

Encoder = Callable[[Any], Any]
SCALES = {"money": 2, "price": 4, "quantity": 4, "percent": 6}


def raw(column: sa.Column[Any], kind: str, dialect: str) -> tuple[Any, Encoder | None]:
    """Give the expression to select for a cell, and what turns its value into the browser's."""
    sqlite = dialect == "sqlite"
    if kind in SCALES:
        if sqlite:
            return sa.type_coerce(column, sa.BigInteger()), SCALED[kind]
        return sa.cast(column, sa.Text()), _WRITTEN[kind]
    if kind == "datetime":
        return _as_text(column, sqlite=sqlite), moment
    if kind == "date":
        return _as_text(column, sqlite=sqlite), None
    if kind == "time":
        return column, clock_time
    return column, None


def key(column: sa.Column[Any], dialect: str) -> Any:
    """Give the expression to select for an id or a link: `key_reader` makes the id of its value."""
    return _as_text(column, sqlite=dialect == "sqlite")


def key_reader(dialect: str, *, as_text: bool) -> Encoder | None:
    """Give what makes an id, or its text, of what `key` read; None where that is its text."""
    if not as_text:
        return UUID
    return dashed if dialect == "sqlite" else None


def dashed(text: str) -> str:
    """Write an id that is held as 32 digits as everybody else writes it."""
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


def _as_text(column: sa.Column[Any], *, sqlite: bool) -> Any:
    return sa.type_coerce(column, sa.Text()) if sqlite else sa.cast(column, sa.Text())


def id_text(column: sa.Column[Any], dialect: str) -> Any:
    """Give the expression of an id as 32 hexadecimal digits; a UUID of each row is dear."""
    if dialect == "sqlite":
        return sa.type_coerce(column, sa.Text())
    return sa.func.replace(sa.cast(column, sa.Text()), "-", "")


def moment(text: str) -> str:
    """Give a moment as the browser gets it; both databases write `2026-03-04 17:00:00` in UTC."""
    return f"{text[:10]}T{text[11:19]}Z"


def clock_time(value: time) -> str:
    """Give a time of day to the minute."""
    return value.isoformat("minutes")


def cents(scaled: int) -> str:
    """Write an amount that is held in cents."""
    digits = f"{scaled:03d}" if scaled >= 0 else f"{scaled:04d}"
    return f"{digits[:-2]}.{digits[-2:]}"


def ten_thousandths(scaled: int) -> str:
    """Write a quantity that is held in ten-thousandths, without the zeros its scale adds."""
    digits = f"{scaled:05d}" if scaled >= 0 else f"{scaled:06d}"
    places = digits[-4:].rstrip("0")
    return f"{digits[:-4]}.{places}" if places else digits[:-4]


def scaled_price(scaled: int) -> str:
    """Write a price that is held in ten-thousandths: two places, more where they say something."""
    digits = f"{scaled:05d}" if scaled >= 0 else f"{scaled:06d}"
    return f"{digits[:-4]}.{digits[-4:-2]}{digits[-2:].rstrip('0')}"


def plain(text: str) -> str:
    """Write a decimal without the zeros its scale adds: 12 and 1.5, not 12.0000 and 1.5000."""
    return text.rstrip("0").rstrip(".") if "." in text else text


def price(text: str) -> str:
    """Write a price with two places, more only where they say something."""
    whole, _, places = text.partition(".")
    return f"{whole}.{places.rstrip('0').ljust(2, '0')}"


def percent(text: str) -> str:
    """Write a fraction of six places as a percentage: 0.088750 is 8.875."""
    return ten_thousandths(int(text.replace(".", "")))


SCALED: dict[str, Encoder] = {
    "money": cents,
    "price": scaled_price,
    "quantity": ten_thousandths,
    # A fraction of six places is a percentage of four.
    "percent": ten_thousandths,
}
_WRITTEN: dict[str, Encoder | None] = {
    "money": None,
    "price": price,
    "quantity": plain,
    "percent": percent,
}

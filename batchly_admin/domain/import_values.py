"""Numbers and dates as files write them: read exactly, or refused with the way out."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Literal

DateOrder = Literal["dmy", "mdy"]

MAX_DECIMALS = 4
_DOT = re.compile(r"[+-]?[0-9]{1,15}(?:\.[0-9]{1,15})?")
_COMMA = re.compile(r"[+-]?[0-9]{1,15}(?:,[0-9]{1,15})?")
_ISO = re.compile(
    r"([0-9]{4})([-/.])([0-9]{1,2})\2([0-9]{1,2})(?:[T ][0-9:.,]+ ?(?:Z|[+-][0-9:]+)?)?"
)
_DOTTED = re.compile(r"([0-9]{1,2})\.([0-9]{1,2})\.([0-9]{4})(?: [0-9:.]+)?")
_EITHER = re.compile(
    r"([0-9]{1,2})([/-])([0-9]{1,2})\2([0-9]{4})(?:[ T][0-9:.]+(?: ?[AaPp][Mm])?)?"
)
_YEARS = range(1980, 2200)
ISO_HINT = "Write dates as 2011-05-31."


class NotReadable(ValueError):
    """A text that does not spell the value; carries the sentence for the person."""


def read_number(text: str, *, decimal_comma: bool = False) -> Decimal:
    """Give the number that `text` spells exactly, without trailing zeros.

    Thousands marks, currency signs and exponents are refused: 1,234 may be a thousand or one.

    Raises:
        NotReadable: saying what is wrong with it.
    """
    pattern = _COMMA if decimal_comma else _DOT
    if not text:
        raise NotReadable("is empty")
    if not pattern.fullmatch(text):
        other = "1234,50" if decimal_comma else "1234.50"
        raise NotReadable(f"is {shown(text)}, which is not a number written like {other}")
    number = Decimal(text.replace(",", "."))
    exponent = number.normalize().as_tuple().exponent
    if isinstance(exponent, int) and -exponent > MAX_DECIMALS:
        raise NotReadable(f"is {shown(text)}, which has more than {MAX_DECIMALS} decimals")
    return number


def plain(number: Decimal) -> str:
    """Give a number as text without trailing zeros or an exponent: equal numbers, equal text."""
    return format(number.normalize() if number else Decimal(0), "f")


def read_date(text: str, order: DateOrder | None) -> date:
    """Give the day that `text` names, as written: a time of day and a zone are left aside.

    Year first is always understood, 31.05.2011 is always day first; 05/06/2011 follows `order`.

    Raises:
        NotReadable: saying what is wrong with it.
    """
    if not text:
        raise NotReadable(f"is empty. {ISO_HINT}")
    year, month, day = _parts(text, order)
    if year not in _YEARS:
        raise NotReadable(f"is {shown(text)}, a year that cannot be meant. {ISO_HINT}")
    try:
        return date(year, month, day)
    except ValueError:
        raise NotReadable(
            f"is {shown(text)}, which is no day of the calendar. {ISO_HINT}"
        ) from None


def _parts(text: str, order: DateOrder | None) -> tuple[int, int, int]:
    if found := _ISO.fullmatch(text):
        return int(found[1]), int(found[3]), int(found[4])
    if found := _DOTTED.fullmatch(text):
        return int(found[3]), int(found[2]), int(found[1])
    if found := _EITHER.fullmatch(text):
        first, second, year = int(found[1]), int(found[3]), int(found[4])
        if order == "dmy" or (order is None and first == second):
            return year, second, first
        if order == "mdy":
            return year, first, second
        raise NotReadable(f"is {shown(text)}, and nobody said whether day or month is first")
    raise NotReadable(f"is {shown(text)}, which is not a date. {ISO_HINT}")


class DateOrderEvidence:
    """Finds out from the dates of one file whether day or month comes first."""

    def __init__(self) -> None:
        self.day_first = 0
        self.month_first = 0
        self.open = 0
        self.example = ""

    def see(self, texts: Iterable[str]) -> None:
        """Count what each date proves; a number above 12 can only be the day."""
        for text in texts:
            found = _EITHER.fullmatch(text.strip())
            if found is None:
                continue
            first, second = int(found[1]), int(found[3])
            if first > 12 >= second:
                self.day_first += 1
            elif second > 12 >= first:
                self.month_first += 1
            elif first != second:
                self.open += 1
                self.example = self.example or text.strip()

    def order(self) -> DateOrder | None:
        """Give the order all dates agree on, or None when nothing proves one."""
        if self.day_first and not self.month_first:
            return "dmy"
        if self.month_first and not self.day_first:
            return "mdy"
        return None

    @property
    def is_needed(self) -> bool:
        """Whether somebody has to say which comes first."""
        return self.order() is None and bool(self.open or self.day_first or self.month_first)


def shown(text: str, limit: int = 40) -> str:
    """Give a value as messages quote it: in quotation marks, on one line, not too long."""
    flat = " ".join(text.split())
    return f'"{flat if len(flat) <= limit else flat[: limit - 1] + "…"}"'

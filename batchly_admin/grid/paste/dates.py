"""Dates as spreadsheets of any country write them: which ways each can be read."""

from __future__ import annotations

import re
from datetime import date

YEAR_FIRST, DAY_FIRST, MONTH_FIRST = "ymd", "dmy", "mdy"
ORDERS = {YEAR_FIRST: "year first", DAY_FIRST: "day first", MONTH_FIRST: "month first"}
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_FULL = (
    "january february march april may june july august september october november december".split()
)
_NUMERIC = re.compile(r"(\d{1,4})([-/. ])(\d{1,2})\2(\d{1,4})")
_DAY_MONTH = re.compile(r"(\d{1,2})(?:st|nd|rd|th)?[-/. ]*([a-z]{3,9})\.?[-/., ]*(\d{4}|\d{2})")
_MONTH_DAY = re.compile(r"([a-z]{3,9})\.?[-/ ]*(\d{1,2})(?:st|nd|rd|th)?[-/, ]+(\d{4}|\d{2})")
_WEEKDAY = re.compile(r"^(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*\.?,?\s+")


def readings(text: str) -> dict[str, date]:
    """Give the days the text can be, by the order of its parts; a named month has one order."""
    plain = " ".join(_WEEKDAY.sub("", text.strip().lower()).split())
    if numeric := _NUMERIC.fullmatch(plain):
        return _numeric(numeric[1], numeric[3], numeric[4], numeric[2])
    if named := _DAY_MONTH.fullmatch(plain):
        day, month, year = named.groups()
    elif named := _MONTH_DAY.fullmatch(plain):
        month, day, year = named.groups()
    else:
        return {}
    found = _day(year, _month(month), day)
    return dict.fromkeys(ORDERS, found) if found else {}


def _numeric(first: str, second: str, third: str, gap: str) -> dict[str, date]:
    tries: dict[str, date | None] = {}
    if len(first) == 4 and len(third) <= 2:
        tries[YEAR_FIRST] = _day(first, second, third)
    elif len(first) <= 2 and len(third) in {2, 4}:
        tries[DAY_FIRST] = _day(third, second, first)
        tries[MONTH_FIRST] = _day(third, first, second)
        if gap == "-" and len(first) == len(third) == 2:
            tries[YEAR_FIRST] = _day(first, second, third)
    found = {order: day for order, day in tries.items() if day is not None}
    # A year of four digits in front has one meaning, whatever the rest of the column is like.
    sure = found.get(YEAR_FIRST) if len(first) == 4 else None
    return dict.fromkeys(ORDERS, sure) if sure else found


def _day(year: str, month: str | int | None, day: str) -> date | None:
    try:
        number = int(year)
        return date(number + 2000 if len(year) == 2 else number, int(month or 0), int(day))
    except ValueError:
        return None


def _month(word: str) -> int | None:
    if word in _FULL:
        return _FULL.index(word) + 1
    short = word[:4] if word == "sept" else word
    return _MONTHS.index(short[:3]) + 1 if short in {*_MONTHS, "sept"} else None

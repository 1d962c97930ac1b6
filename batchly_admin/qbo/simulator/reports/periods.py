"""Spans of days: those that have a name, such as Last Month, and those of the columns."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date, timedelta

_NAMED = re.compile(
    r"(this|last|next) (week|month|(?:fiscal |calendar )?(?:quarter|year))(-to-date)?"
)
_MONTHS = {"month": 1, "quarter": 3, "year": 12}
ALL = (date(1900, 1, 1), date(2999, 12, 31))


@dataclass(frozen=True, slots=True)
class Span:
    """Days from one to another, both included, under a title."""

    title: str
    start: date
    end: date


def named(name: str, today: date, first_month: int) -> tuple[date, date] | None:
    """Give the span a name means, in a fiscal year that begins in some month; None for no name."""
    name = name.casefold().strip()
    days = {
        "all": ALL,
        "today": (today, today),
        "yesterday": (today - timedelta(1), today - timedelta(1)),
        "next 4 weeks": (today, today + timedelta(27)),
    }
    match = _NAMED.fullmatch(name)
    if match is None:
        return days.get(name)
    shift = {"last": -1, "this": 0, "next": 1}[match[1]]
    first = 1 if match[2].startswith("calendar") else first_month
    unit = match[2].split()[-1]
    start, end = _unit(unit, _moved(unit, today, shift), first)
    if match[3]:
        end = min(end, _moved(unit, today, shift))
    return start, end


def year_start(day: date, first_month: int) -> date:
    """Give the first day of the fiscal year a day lies in."""
    return _unit("year", day, first_month)[0]


def _unit(unit: str, day: date, first_month: int) -> tuple[date, date]:
    """Give the week, month, quarter or year a day lies in; weeks begin on Sunday."""
    if unit == "week":
        start = day - timedelta((day.weekday() + 1) % 7)
        return start, start + timedelta(6)
    months = _MONTHS[unit]
    start = _add_months(day.replace(day=1), -((day.month - first_month) % months))
    return start, _add_months(start, months) - timedelta(1)


def _moved(unit: str, day: date, shift: int) -> date:
    if unit == "week":
        return day + timedelta(7 * shift)
    return _add_months(day, _MONTHS[unit] * shift)


def _add_months(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def split(unit: str, start: date, end: date, first_month: int) -> list[Span]:
    """Give the days, weeks, months, quarters or years a span consists of."""
    found, day = [], start
    while day <= end:
        last = day if unit == "day" else min(_unit(unit, day, first_month)[1], end)
        found.append(Span(_title(unit, day, last), day, last))
        day = last + timedelta(1)
    return found


def _title(unit: str, start: date, end: date) -> str:
    """Give the title of a column: Jan 2026, Jan - Mar, 2026, Jan 15 - 31, 2026."""
    if start == end:
        return f"{start:%b} {start.day}, {start.year}"
    is_whole = start.day == 1 and (end + timedelta(1)).day == 1
    if is_whole and unit != "week":
        if (start.year, start.month) == (end.year, end.month):
            return f"{start:%b} {start.year}"
        return f"{start:%b} - {end:%b}, {end.year}"
    month = "" if start.month == end.month else f"{end:%b} "
    return f"{start:%b} {start.day} - {month}{end.day}, {end.year}"

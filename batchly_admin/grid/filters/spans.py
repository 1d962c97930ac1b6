"""Days and spans of days as filters name them, and the moments at which they begin and end."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from batchly_admin.grid import values

_COUNTED = re.compile(r"^(last|next)_(\d{1,4})_days$")
_PERIOD = re.compile(r"^(last|this|next)_(week|month|quarter|year)$")
_DAY_TEXT = len("2026-11-21")
_STEPS = {"last": -1, "this": 0, "next": 1}
_MONTHS = {"month": 1, "quarter": 3, "year": 12}
SPANS = (
    "today",
    "yesterday",
    "tomorrow",
    *(f"{step}_{unit}" for unit in ("week", "month", "quarter", "year") for step in _STEPS),
    "last_7_days",
    "last_30_days",
    "next_7_days",
)
"""The spans people choose from; `last_N_days` and `next_N_days` take any number."""


def day_of(value: object, today: date) -> date | None:
    """Give the day a filter's value names; None for a moment and for what is no day."""
    text = str(value).strip()
    if "T" in text.upper().removeprefix("T") or (len(text) > _DAY_TEXT and text[:1].isdigit()):
        return None
    try:
        return values.day_of(text, today)
    except OverflowError:
        return None


def span_of(value: object, today: date) -> tuple[date, date] | None:
    """Give the first and last day of a span, both inside it; None when it is none.

    Weeks begin on Monday. "The last 7 days" end today and "the next 7 days" begin tomorrow.
    """
    named = named_span(value, today)
    if named is not None:
        return named
    day = day_of(str(value).strip().lower(), today)
    return None if day is None else (day, day)


def named_span(value: object, today: date) -> tuple[date, date] | None:
    """Give the ends of a span that goes by a name, such as `next_week`."""
    text = str(value).strip().lower()
    shifted = {"yesterday": -1, "tomorrow": 1}.get(text)
    if shifted is not None:
        day = today + timedelta(days=shifted)
        return day, day
    if counted := _COUNTED.match(text):
        count = max(1, int(counted[2]))
        if counted[1] == "last":
            return today - timedelta(days=count - 1), today
        return today + timedelta(days=1), today + timedelta(days=count)
    if period := _PERIOD.match(text):
        return _period(_STEPS[period[1]], period[2], today)
    return None


def _period(step: int, unit: str, today: date) -> tuple[date, date]:
    if unit == "week":
        first = today - timedelta(days=today.weekday()) + timedelta(weeks=step)
        return first, first + timedelta(days=6)
    months = _MONTHS[unit]
    index = today.year * 12 + today.month - 1
    begin = index - index % months + step * months
    return _month_start(begin), _month_start(begin + months) - timedelta(days=1)


def _month_start(index: int) -> date:
    return date(index // 12, index % 12 + 1, 1)


def begins(day: date, zone: str) -> datetime:
    """Give the moment at which a day of the company begins."""
    return datetime.combine(day, time.min, ZoneInfo(zone)).astimezone(UTC)


def ends(day: date, zone: str) -> datetime:
    """Give the first moment after a day of the company."""
    return begins(day + timedelta(days=1), zone)

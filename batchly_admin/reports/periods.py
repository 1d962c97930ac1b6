"""The days a report is about: whole calendar days in the company's time zone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from batchly_admin.errors import InvalidInput

LENGTHS = (7, 30, 90)
USUAL = 30
LONGEST = 366


@dataclass(frozen=True, slots=True)
class Period:
    """From the first moment of `first` up to the last of `last`, both included."""

    first: date
    last: date
    zone: str

    @property
    def start(self) -> datetime:
        """Give the first moment that belongs to it, UTC."""
        return _midnight(self.first, self.zone)

    @property
    def end(self) -> datetime:
        """Give the first moment that no longer belongs to it, UTC."""
        return _midnight(self.last + timedelta(days=1), self.zone)

    @property
    def length(self) -> int:
        """Give how many days it has."""
        return (self.last - self.first).days + 1

    def days(self) -> Iterator[date]:
        """Give its days in order."""
        for number in range(self.length):
            yield self.first + timedelta(days=number)

    def day_of(self, milliseconds: int) -> date:
        """Give the day on the company's calendar of a moment since 1970."""
        moment = datetime.fromtimestamp(milliseconds / 1000, UTC)
        return moment.astimezone(ZoneInfo(self.zone)).date()

    def only(self, day: date) -> Period:
        """Give one day of it as a period of its own."""
        return Period(day, day, self.zone)


def last_days(length: int, *, today: date, zone: str) -> Period:
    """Give the `length` days that end today."""
    return Period(today - timedelta(days=length - 1), today, zone)


def asked_for(
    days: str | None, first: str | None, last: str | None, *, today: date, zone: str
) -> Period:
    """Read a period as an address names it: a number of days, or two dates.

    Raises:
        InvalidInput: when it is not a date, ends before it begins, or is longer than a year.
    """
    if first or last:
        start, end = _date(first, "from"), _date(last, "to") if last else today
        if end < start:
            raise InvalidInput("The period ends before it begins.", field="to")
        if (end - start).days >= LONGEST:
            raise InvalidInput(f"A period has at most {LONGEST} days.", field="from")
        return Period(start, end, zone)
    length = int(days) if days and days.isascii() and days.isdigit() and len(days) < 4 else USUAL
    if length not in LENGTHS:
        raise InvalidInput("A period has 7, 30 or 90 days, or two dates.", field="days")
    return last_days(length, today=today, zone=zone)


def _date(text: str | None, field: str) -> date:
    try:
        found = date.fromisoformat((text or "").strip())
    except ValueError:
        raise InvalidInput("A date is written like 2026-11-21.", field=field) from None
    if not 1990 <= found.year <= 2100:
        raise InvalidInput("The year does not look right.", field=field)
    return found


def _midnight(day: date, zone: str) -> datetime:
    return datetime.combine(day, time.min, ZoneInfo(zone)).astimezone(UTC)

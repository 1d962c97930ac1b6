"""The working days of the demo shop's past, and the clock that walks through them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

DAYS_BACK = 120
LAST_WEEKDAY = 4


def working_days(today: date) -> list[date]:
    """Give every Monday to Friday of the shop's remembered past, oldest first; today is the last.

    Today counts even on a weekend, so that something always happened today.
    """
    days = [today - timedelta(days=back) for back in range(DAYS_BACK, 0, -1)]
    return [day for day in days if day.weekday() <= LAST_WEEKDAY] + [today]


def at(day: date, hour: float, zone: str) -> datetime:
    """Give a moment of a local day, in UTC; `hour` is 9.5 for half past nine."""
    midnight = datetime.combine(day, time(), ZoneInfo(zone))
    # Counted on the wall: a day with a change of time still opens at eight.
    return (midnight + timedelta(hours=hour)).astimezone(UTC)


def later(rng: Random, days: Sequence[date], start: int, least: int, most: int) -> int:
    """Give the place of a day `least` to `most` working days after `start`, today at the latest."""
    return min(start + rng.randint(least, most), len(days) - 1)


def next_weekday(day: date) -> date:
    """Give `day`, or the Monday after it when it falls on a weekend."""
    over = day.weekday() - LAST_WEEKDAY
    return day + timedelta(days=3 - over) if over > 0 else day


class PastClock:
    """A clock that stands where the story is; it never runs past the real present."""

    def __init__(self, present: datetime) -> None:
        self._present = present
        self._now = present
        self._waited = 0.0

    def stand_at(self, moment: datetime) -> None:
        """Put the clock to a moment of the past, or to the present when that comes first."""
        self._now = min(moment, self._present)

    def now(self) -> datetime:
        """Give the moment the clock stands at."""
        return self._now

    def monotonic(self) -> float:
        """Give the seconds waited so far."""
        return self._waited

    def sleep(self, seconds: float) -> None:
        """Move on without waiting."""
        self._waited += seconds
        self.stand_at(self._now + timedelta(seconds=seconds))

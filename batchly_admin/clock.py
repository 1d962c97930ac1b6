"""The only source of time and sleep, so that tests and simulations can hold the clock."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo


class Clock(Protocol):
    """What every part of Batchly that needs the time is handed."""

    def now(self) -> datetime:
        """Give the present moment, aware, in UTC."""
        ...

    def monotonic(self) -> float:
        """Give seconds that only ever grow, for measuring spans."""
        ...

    def sleep(self, seconds: float) -> None:
        """Wait."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """Give the present moment, aware, in UTC."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Give seconds that only ever grow."""
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        """Wait."""
        time.sleep(seconds)


class ManualClock:
    """A clock that moves only when told to; sleeping moves it."""

    def __init__(self, start: datetime) -> None:
        self._now = start.astimezone(UTC)
        self._elapsed = 0.0

    def now(self) -> datetime:
        """Give the moment the clock stands at."""
        return self._now

    def monotonic(self) -> float:
        """Give the seconds moved so far."""
        return self._elapsed

    def sleep(self, seconds: float) -> None:
        """Move on without waiting."""
        self.advance(timedelta(seconds=seconds))

    def advance(self, span: timedelta) -> None:
        """Move the clock on by `span`."""
        self._now += span
        self._elapsed += span.total_seconds()


def local_date(moment: datetime, zone: str) -> date:
    """Give the calendar day of `moment` in the company's time zone."""
    return moment.astimezone(ZoneInfo(zone)).date()

"""What calling QuickBooks costs: calls by address, class and result, and the month's allowance.

Intuit counts reads (CorePlus) against a monthly allowance and does not meter writes (Core). Calls
are kept by day of Coordinated Universal Time, so these days may differ from the company's by hours.
https://developer.intuit.com/app/developer/qbo/docs/learn/limits-and-throttles
"""

from __future__ import annotations

from calendar import monthrange
from collections import Counter
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

import sqlalchemy as sa
from sqlalchemy.orm import Session

from batchly_admin.models.sync import ApiUsage
from batchly_admin.reports.measures import Link, equal, link, percent
from batchly_admin.reports.periods import Period

METERED, UNMETERED = "coreplus", "core"
TOO_MANY = "429"
OK = "ok"
ALLOWANCE = 500_000
"""Metered calls a month that Intuit's first tier includes."""

GOAL_PERCENT = 70


@dataclass(frozen=True, slots=True)
class Calls:
    """The calls of one day to one address, of one class and with one result."""

    day: date
    endpoint: str
    metering: str
    result: str
    number: int


@dataclass(frozen=True, slots=True)
class Endpoint:
    """The calls of one address, of one class and with one result."""

    endpoint: str
    metering: str
    result: str
    calls: int
    rows: Link


@dataclass(frozen=True, slots=True)
class Day:
    """The calls of one day."""

    day: date
    metered: int
    unmetered: int
    too_many: int
    failed: int
    rows: Link


@dataclass(frozen=True, slots=True)
class Month:
    """The metered calls of the present month, and what they come to at its end."""

    first: date
    today: date
    metered: int
    unmetered: int
    rows: Link

    @property
    def forecast(self) -> int:
        """Give the month's metered calls when every day is like the average of those so far."""
        days = monthrange(self.first.year, self.first.month)[1]
        whole = Decimal(self.metered) * days / Decimal(self.today.day)
        return int(whole.quantize(Decimal(1), ROUND_HALF_UP))

    @property
    def used_percent(self) -> Decimal:
        """Give how much of the allowance is used up."""
        return percent(self.metered, ALLOWANCE) or Decimal(0)

    @property
    def forecast_percent(self) -> Decimal:
        """Give how much of the allowance the month will use."""
        return percent(self.forecast, ALLOWANCE) or Decimal(0)


@dataclass(frozen=True, slots=True)
class Usage:
    """The section `API usage`."""

    calls: int
    metered: int
    too_many: int
    failed: int
    endpoints: tuple[Endpoint, ...]
    days: tuple[Day, ...]
    month: Month
    rows: Link
    too_many_rows: Link


def read(session: Session, period: Period, *, utc_day: date) -> Usage:
    """Give the calls of a period; `utc_day` is the present day of Coordinated Universal Time."""
    found = session.execute(
        sa.select(
            ApiUsage.day, ApiUsage.endpoint, ApiUsage.metering, ApiUsage.result, ApiUsage.calls
        ).where(ApiUsage.day >= period.first, ApiUsage.day <= period.last)
    )
    calls = [Calls(*row) for row in found]
    days = _days(calls, period)
    span = _span(period.first, period.last)
    return Usage(
        calls=sum(call.number for call in calls),
        metered=sum(day.metered for day in days),
        too_many=sum(day.too_many for day in days),
        failed=sum(day.failed for day in days),
        endpoints=_endpoints(calls, span),
        days=days,
        month=month(session, utc_day),
        rows=link("api_usage", *span),
        too_many_rows=link("api_usage", equal("result", TOO_MANY), *span),
    )


def month(session: Session, utc_day: date) -> Month:
    """Give the calls of the month that `utc_day` is in, up to that day."""
    first = utc_day.replace(day=1)
    found = dict(
        session.execute(
            sa.select(ApiUsage.metering, sa.func.sum(ApiUsage.calls))
            .where(ApiUsage.day >= first, ApiUsage.day <= utc_day)
            .group_by(ApiUsage.metering)
        ).all()
    )
    return Month(
        first,
        utc_day,
        int(found.get(METERED) or 0),
        int(found.get(UNMETERED) or 0),
        link("api_usage", equal("metering", METERED), *_span(first, utc_day)),
    )


def _endpoints(calls: list[Calls], span: tuple[dict[str, str], ...]) -> tuple[Endpoint, ...]:
    counts: Counter[tuple[str, str, str]] = Counter()
    for call in calls:
        counts[call.endpoint, call.metering, call.result] += call.number
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return tuple(
        Endpoint(
            *key,
            number,
            link(
                "api_usage",
                equal("endpoint", key[0]),
                equal("metering", key[1]),
                equal("result", key[2]),
                *span,
            ),
        )
        for key, number in ordered
    )


def _days(calls: list[Calls], period: Period) -> tuple[Day, ...]:
    metered: Counter[date] = Counter()
    unmetered: Counter[date] = Counter()
    too_many: Counter[date] = Counter()
    failed: Counter[date] = Counter()
    for call in calls:
        (metered if call.metering == METERED else unmetered)[call.day] += call.number
        if call.result == TOO_MANY:
            too_many[call.day] += call.number
        if call.result != OK:
            failed[call.day] += call.number
    return tuple(
        Day(
            day,
            metered[day],
            unmetered[day],
            too_many[day],
            failed[day],
            link("api_usage", *_span(day, day)),
        )
        for day in period.days()
    )


def _span(first: date, last: date) -> tuple[dict[str, str], ...]:
    return (
        {"column": "day", "operator": "gte", "value": first.isoformat()},
        {"column": "day", "operator": "lte", "value": last.isoformat()},
    )

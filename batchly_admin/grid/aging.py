"""How long a day has passed, in the steps in which bookkeepers look at what is owed to them."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa

from batchly_admin.grid.columns import Column
from batchly_admin.words import _, later

BOUNDS = (0, 30, 60, 90)
"""The most days that have passed in each step; what is older is in the last one."""

_PASSED = (
    later("1–30 days past"),  # noqa: RUF001 - a range is written so
    later("31–60 days past"),  # noqa: RUF001
    later("61–90 days past"),  # noqa: RUF001
    later("Over 90 days past"),
)


def words(spec: Column) -> tuple[str, ...]:
    """Give the words for the steps of a column, in their order."""
    first = later("Not due") if spec.due else later("Today or later")
    return tuple(_(one) for one in (first, *_PASSED))


def step(day: Any, today: date) -> Any:
    """Give the expression of the step that a column of days is in: its place in `words`.

    Literals, not parameters: PostgreSQL must see that it groups by what it selects.
    """
    reached: list[tuple[Any, Any]] = [
        (day >= _literal(today - timedelta(days=most)), sa.literal_column(str(place)))
        for place, most in enumerate(BOUNDS)
    ]
    return sa.case(*reached, (day.is_not(None), sa.literal_column(str(len(BOUNDS)))))


def _literal(day: date) -> Any:
    return sa.literal_column(f"'{day.isoformat()}'", sa.Date())

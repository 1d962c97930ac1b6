"""When QuickBooks is asked for news: cron lines in the company's time zone.

These are the defaults of the sync strategy. An installation changes them in the table
`sync_schedules`, not here.
"""

from __future__ import annotations

TICK_SECONDS = 15
"""How often the scheduler looks for owed pulls and rings the sweep."""

DAILY_PULLS: dict[str, str] = {
    "payments": "0 2 * * *",
    "customers": "0 3 * * *",
    "items": "0 4 * * *",
}

WEEKLY_PULLS: dict[str, str] = {
    "tax_rates": "0 2 * * 0",
}

PULLS: dict[str, str] = DAILY_PULLS | WEEKLY_PULLS

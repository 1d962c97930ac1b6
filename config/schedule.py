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

# Short lists and the company's preferences, on which the checks before a push depend. Not on the
# hour, where everybody else asks.
HOURLY_PULLS: dict[str, str] = {
    "terms": "10 * * * *",
    "payment_methods": "10 * * * *",
    "company": "10 * * * *",
    "estimates": "15 * * * *",
    "purchase_orders": "20 * * * *",
}

# Both books are compared when the night's payments are in.
RECONCILE: dict[str, str] = {"reconcile": "30 2 * * *"}

PULLS: dict[str, str] = DAILY_PULLS | WEEKLY_PULLS | HOURLY_PULLS | RECONCILE

"""What goes wrong in the demo, chosen before the story begins, so that nothing else depends on it.

One customer has the name of a vendor, so QuickBooks refuses it and its invoice waits; one invoice
lies in a month whose books were closed meanwhile; one carries a tracking number that is too long.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from batchly_admin.demo.bills import BillDraft
from batchly_admin.demo.orders import OrderDraft

SETTLED_DAYS = 40
TRACKING = "1Z 999 AA1 0123 4567 84 / pallet 2 of 3"
"""Longer than the 31 characters QuickBooks keeps of a tracking number."""


@dataclass(frozen=True, slots=True)
class Troubles:
    """The customer and the places in the list of bills that are not in QuickBooks."""

    customer: int
    waiting: int
    too_late: int
    refused: int
    fresh: int
    closed_until: date

    @property
    def bills(self) -> frozenset[int]:
        """The bills that did not reach QuickBooks; the fresh one will, in a moment."""
        return frozenset({self.waiting, self.too_late, self.refused, self.fresh})


def choose(
    orders: Sequence[OrderDraft], bills: Sequence[BillDraft], days: Sequence[date]
) -> Troubles:
    """Choose among the unpaid invoices: the oldest, and two of the last ones."""
    customer_of = [orders[bill.order].customer.number for bill in bills]
    times = Counter(customer_of)
    unpaid = [
        place
        for place, bill in enumerate(bills)
        if bill.issued is not None and not bill.payments and bill.voided is None
    ]
    fresh = unpaid.pop()
    waiting = next(place for place in reversed(unpaid) if times[customer_of[place]] == 1)
    too_late = next(place for place in unpaid if place != waiting)
    refused = next(place for place in reversed(unpaid) if place not in {waiting, too_late})
    return Troubles(
        customer=customer_of[waiting],
        waiting=waiting,
        too_late=too_late,
        refused=refused,
        fresh=fresh,
        closed_until=_month_end(days[bills[too_late].made], days[-1]),
    )


def _month_end(day: date, today: date) -> date:
    """Give the last day of the month of `day`, or the day itself when that is too near."""
    following = (day.replace(day=1) + timedelta(days=32)).replace(day=1)
    end = following - timedelta(days=1)
    return end if end < today - timedelta(days=SETTLED_DAYS) else day

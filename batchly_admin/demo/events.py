"""The story as a list: which order was placed, made, billed and paid when, and by whom."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from batchly_admin.demo.bills import BillDraft
from batchly_admin.demo.orders import OrderDraft
from batchly_admin.demo.story import Story

DAYS_A_WEEK = 5
CANCELLED_WITH_JOB = 6
PHASES = (
    ("place", "office", "Orders that came in"),
    ("plan", "manager", "Approved orders and planned their jobs"),
    ("make", "worker", "Worked on jobs"),
    ("ship", "office", "Shipped orders"),
    ("bill", "accountant", "Invoices"),
    ("pay", "accountant", "Payments"),
)
"""What is done in a week, in this order, by whom."""

PHASE_OF = {
    "place": 0,
    "approve": 1,
    "job": 1,
    "cancel": 1,
    "start": 2,
    "finish": 2,
    "ship": 3,
    "hand_over": 3,
    "bill": 4,
    "void": 4,
    "pay": 5,
}
HOURS = {
    "place": (8.2, 9.9),
    "approve": (10.0, 10.9),
    "job": (11.0, 11.4),
    "cancel": (11.5, 11.9),
    "start": (12.0, 13.4),
    "finish": (14.0, 15.4),
    "ship": (15.5, 16.1),
    "hand_over": (15.5, 16.1),
    "bill": (16.2, 16.6),
    "void": (16.7, 16.9),
    "pay": (17.0, 17.5),
}
"""A working day has its hours, so that what follows from something else comes after it."""


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened; `place` is that of the order or of the bill."""

    action: str
    moment: datetime
    place: int
    detail: Any = None

    @property
    def phase(self) -> int:
        """Which part of its week it belongs to."""
        return PHASE_OF[self.action]


def tell(
    story: Story, orders: Sequence[OrderDraft], bills: Sequence[BillDraft]
) -> list[tuple[int, list[Event]]]:
    """Give the phases of all weeks in order, each with what happened in it."""
    weeks: dict[tuple[int, int], list[Event]] = {}
    for day, action, place, detail in [*_orders(orders), *_bills(bills)]:
        moment = story.moment(day, story.rng.uniform(*HOURS[action]))
        event = Event(action, moment, place, detail)
        weeks.setdefault((day // DAYS_A_WEEK, event.phase), []).append(event)
    return [
        (phase, sorted(weeks[week, phase], key=lambda event: (event.moment, event.place)))
        for week, phase in sorted(weeks)
    ]


def _orders(orders: Sequence[OrderDraft]) -> Iterator[tuple[int, str, int, Any]]:
    with_job = 0
    for place, order in enumerate(orders):
        yield order.placed, "place", place, None
        if order.fate in {"draft", "pending"}:
            continue
        if order.fate == "cancelled":
            with_job += 1
            if with_job <= CANCELLED_WITH_JOB:
                yield order.approved, "approve", place, None
                yield order.approved, "job", place, None
            yield order.started, "cancel", place, with_job <= CANCELLED_WITH_JOB
            continue
        yield order.approved, "approve", place, None
        if order.fate == "approved":
            continue
        if not order.is_made:
            yield order.finished, "hand_over", place, order.fate
            continue
        yield order.approved, "job", place, None
        if order.fate != "planned":
            yield order.started, "start", place, None
        if order.is_done:
            yield order.finished, "finish", place, None
        if order.fate == "shipped":
            yield order.shipped, "ship", place, None


def _bills(bills: Sequence[BillDraft]) -> Iterator[tuple[int, str, int, Any]]:
    for place, bill in enumerate(bills):
        yield bill.made, "bill", place, None
        if bill.voided is not None:
            yield bill.voided, "void", place, None
        for payment in bill.payments:
            yield payment.place, "pay", place, payment

"""What the demo shop's finished orders were billed, and what of it was paid by today."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from random import Random

from batchly_admin.demo.calendar import later
from batchly_admin.demo.lists import TERMS
from batchly_admin.demo.orders import OrderDraft

READY_TO_INVOICE = 24
DRAFTS = 11
RECENT = 70
"""Of so many of the last finished orders some are not invoiced yet."""

VOIDED = 5
PAID_LATE_AT_MOST = 6
METHODS = {"Check": 45, "ACH": 30, "Credit Card": 20, "Cash": 5}
FROM_QUICKBOOKS = 0.2


@dataclass(frozen=True, slots=True)
class PayDraft:
    """One payment; `share` is the part of the invoice it pays."""

    place: int
    share: Decimal
    method: str
    reference: str | None
    is_from_quickbooks: bool


@dataclass(frozen=True, slots=True)
class BillDraft:
    """One invoice of the order at `order`; a draft has no day of issue."""

    order: int
    made: int
    issued: int | None
    voided: int | None = None
    payments: tuple[PayDraft, ...] = ()


def draft_bills(rng: Random, orders: Sequence[OrderDraft], days: Sequence[date]) -> list[BillDraft]:
    """Give all invoices in the order in which they were made."""
    done = [place for place, order in enumerate(orders) if order.is_done]
    done.sort(key=lambda place: (orders[place].shipped, place))
    waiting = set(rng.sample(done[-RECENT:], READY_TO_INVOICE))
    bills = [_bill(rng, place, orders[place], days) for place in done if place not in waiting]
    bills.sort(key=lambda bill: (bill.made, bill.order))
    for place in rng.sample(range(len(bills) - RECENT // 2, len(bills)), DRAFTS):
        bills[place] = replace(bills[place], issued=None, payments=())
    for place in _unpaid(rng, bills):
        bill = bills[place]
        bills[place] = replace(bill, voided=later(rng, days, bill.made, 0, 3))
    return bills


def _unpaid(rng: Random, bills: Sequence[BillDraft]) -> list[int]:
    unpaid = [
        place for place, bill in enumerate(bills) if bill.issued is not None and not bill.payments
    ]
    return sorted(rng.sample(unpaid, VOIDED))


def _bill(rng: Random, place: int, order: OrderDraft, days: Sequence[date]) -> BillDraft:
    made = later(rng, days, order.shipped, 0, 1)
    due = days[made] + timedelta(days=TERMS[order.customer.term])
    payments: list[PayDraft] = []
    chance = rng.random()
    if chance < (0.84 if due < days[-1] else 0.25):
        payments.append(_payment(rng, made, due, days, Decimal(1)))
    elif chance < (0.9 if due < days[-1] else 0.55):
        payments.append(_payment(rng, made, due, days, Decimal(rng.choice(("0.3", "0.5")))))
    return BillDraft(place, made, made, payments=tuple(payments))


def _payment(rng: Random, made: int, due: date, days: Sequence[date], share: Decimal) -> PayDraft:
    until = sum(day <= due for day in days) - 1 + PAID_LATE_AT_MOST
    place = min(rng.randint(made, max(until, made + 1)), len(days) - 1)
    method = rng.choices(list(METHODS), list(METHODS.values()))[0]
    reference = {
        "Check": f"{rng.randrange(1100, 9800)}",
        "ACH": f"ACH {rng.randrange(10**6, 10**7)}",
    }.get(method)
    return PayDraft(place, share, method, reference, rng.random() < FROM_QUICKBOOKS)

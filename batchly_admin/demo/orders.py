"""The demo shop's purchase orders: what was ordered, and what became of each by today."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from batchly_admin.demo import prints
from batchly_admin.demo.calendar import later, next_weekday
from batchly_admin.demo.catalogue import ProductDraft
from batchly_admin.demo.customers import KNOWN_AT_START, CustomerDraft
from batchly_admin.domain.money import money

FATES = {
    "shipped": 165,
    "completed": 70,
    "in_progress": 52,
    "planned": 30,
    "approved": 20,
    "pending": 30,
    "draft": 13,
}
"""How far orders came, from the oldest to the youngest; `planned` is approved with a job."""

CANCELLED = 20
FROM_THE_SHELF = 73
DONE = ("shipped", "completed")
JITTER_DAYS = 5.0
FRESH_DAYS = 12
LATE_SHARES = {"in_progress": 0.22, "planned": 0.06, "approved": 0.0, "pending": 0.0}
BREAKS = ((144, Decimal("0.88")), (72, Decimal("0.93")), (0, Decimal(1)))


@dataclass(frozen=True, slots=True)
class LineDraft:
    """One line of an order."""

    product: ProductDraft
    quantity: Decimal
    price: Decimal
    specifications: dict[str, Any] | None
    hours: Decimal | None


@dataclass(frozen=True, slots=True)
class OrderDraft:
    """One order; `placed`, `approved`, ... are places in the list of working days."""

    customer: CustomerDraft
    lines: tuple[LineDraft, ...]
    fate: str
    is_made: bool
    placed: int
    approved: int
    started: int
    finished: int
    shipped: int
    due: date
    is_rush: bool
    shipping: Decimal
    discount: Decimal
    note: str | None
    priority: int

    @property
    def is_done(self) -> bool:
        """Whether everything was made."""
        return self.fate in DONE

    @property
    def work(self) -> str | None:
        """The work center of the line that keeps the shop busy longest."""
        made = [line for line in self.lines if line.product.work and line.hours]
        return max(made, key=lambda line: line.hours or Decimal(0)).product.work if made else None


class OrderBook:
    """Draws all orders of the shop's remembered past."""

    def __init__(
        self,
        rng: Random,
        customers: Sequence[CustomerDraft],
        products: Sequence[ProductDraft],
        days: Sequence[date],
    ) -> None:
        self._rng = rng
        self._customers = customers
        self._days = days
        self._basket = prints.Basket(rng, products)
        # A few customers come every week, most of them once or twice.
        self._appeal = [1.0 / (place + 6) for place in range(len(customers))]
        rng.shuffle(self._appeal)

    def draw(self) -> list[OrderDraft]:
        """Give all orders, oldest first."""
        rng, last = self._rng, len(self._days) - 1
        total = sum(FATES.values()) + CANCELLED
        growing = [0.7 + 0.8 * place / last for place in range(last + 1)]
        placed = sorted(rng.choices(range(last + 1), growing, k=total))
        fates = self._fates(placed)
        shelf = self._from_the_shelf(fates)
        return [
            self._order(day, fate, is_made=place not in shelf)
            for place, (day, fate) in enumerate(zip(placed, fates, strict=True))
        ]

    def _fates(self, placed: Sequence[int]) -> list[str]:
        rng = self._rng
        places = list(range(len(placed)))
        cancelled = set(rng.sample(places[: -len(places) // 10], CANCELLED))
        kept = [place for place in places if place not in cancelled]
        kept.sort(key=lambda place: placed[place] + rng.gauss(0, JITTER_DAYS))
        ladder = [fate for fate, count in FATES.items() for _ in range(count)]
        fates = dict(zip(kept, ladder, strict=True)) | dict.fromkeys(cancelled, "cancelled")
        return [fates[place] for place in places]

    def _from_the_shelf(self, fates: Sequence[str]) -> set[int]:
        done = [place for place, fate in enumerate(fates) if fate in DONE]
        return set(self._rng.sample(done, FROM_THE_SHELF))

    def _order(self, placed: int, fate: str, *, is_made: bool) -> OrderDraft:
        rng, days = self._rng, self._days
        known = len(self._customers) if placed > len(days) // 2 else KNOWN_AT_START
        customer = rng.choices(self._customers[:known], self._appeal[:known])[0]
        is_rush = is_made and rng.random() < 0.12
        lines = self._lines(customer, is_made=is_made, is_rush=is_rush)
        approved = later(rng, days, placed, 0, 2)
        started = later(rng, days, approved, *((0, 1) if is_rush else (3, 7)))
        finished = later(rng, days, started, *((1, 2) if is_rush else (2, 6)))
        if fate == "completed":
            # What was not handed over yet was finished in the last days.
            finished = max(finished, later(rng, days, len(days) - 1 - FRESH_DAYS, 0, FRESH_DAYS))
        subtotal = sum((money(line.quantity * line.price) for line in lines), Decimal(0))
        return OrderDraft(
            customer=customer,
            lines=lines,
            fate=fate,
            is_made=is_made,
            placed=placed,
            approved=approved,
            started=started,
            finished=finished,
            shipped=later(rng, days, finished, 0, 2),
            due=self._due(placed, fate, is_rush=is_rush),
            is_rush=is_rush,
            shipping=money(subtotal * Decimal("0.03") + 8) if rng.random() < 0.3 else Decimal(0),
            discount=money(subtotal / 20) if rng.random() < 0.07 else Decimal(0),
            note=rng.choice(prints.NOTES) if rng.random() < 0.25 else None,
            priority=1 if is_rush else rng.choices((2, 3, 4), (20, 65, 15))[0],
        )

    def _due(self, placed: int, fate: str, *, is_rush: bool) -> date:
        rng, today, placed_on = self._rng, self._days[-1], self._days[placed]
        if fate in LATE_SHARES:
            # Fixed by where the order stands today, so that some are late and most are not.
            is_late = rng.random() < LATE_SHARES[fate] and placed_on < today - timedelta(days=9)
            days = -rng.randint(1, 8) if is_late else rng.randint(1, 16)
            return next_weekday(today + timedelta(days=days))
        days = rng.randint(4, 9) if is_rush else rng.randint(18, 33)
        return next_weekday(placed_on + timedelta(days=days))

    def _lines(
        self, customer: CustomerDraft, *, is_made: bool, is_rush: bool
    ) -> tuple[LineDraft, ...]:
        basket = self._basket.fill(customer.kind, is_made=is_made, is_rush=is_rush)
        return tuple(
            LineDraft(
                product=picked.product,
                quantity=Decimal(picked.quantity),
                price=_price(picked.product, picked.quantity),
                specifications=picked.specifications,
                hours=picked.hours,
            )
            for picked in basket
        )


def _price(product: ProductDraft, quantity: int) -> Decimal:
    if product.work is None:
        return product.price
    factor = next(factor for least, factor in BREAKS if quantity >= least)
    return money(product.price * factor)

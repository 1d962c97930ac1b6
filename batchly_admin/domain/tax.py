"""Sales tax: which code applies to a sale, and how much it comes to.

Tax is worked out per rate, not on the combined rate: a code of a state and a city rate is two taxes
on one sale, each paid to its own agency and each rounded by itself. QuickBooks does the same, and
the two books must agree to the cent.

There are two ways to round, and a company setting says which one QuickBooks uses for it. By line,
every taxable line is taxed and rounded half away from zero, and the rounded cents are added up. By
document, the taxable amounts are added up first and rounded once per rate. The two differ by cents
on long invoices, so the choice is never guessed.

A discount on the whole document is shared over its lines before tax, in proportion and so that the
cents add up again. Nothing in here looks anything up: codes and rates come in as values.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal, TypeVar

from batchly_admin.domain.money import money, total

Rounding = Literal["line", "document"]
Code = TypeVar("Code")


@dataclass(frozen=True, slots=True)
class Period:
    """What a rate comes to from one day to another, both included; None leaves an end open."""

    rate: Decimal
    begins: date | None = None
    ends: date | None = None

    def holds(self, day: date) -> bool:
        """Tell whether the period is in force on a day."""
        has_begun = self.begins is None or self.begins <= day
        return has_begun and (self.ends is None or day <= self.ends)


def in_force(periods: Sequence[Period], day: date) -> Period | None:
    """Give the period a sale of `day` is taxed by: of those in force, the one that began last."""
    holding = [period for period in periods if period.holds(day)]
    return max(holding, key=lambda period: period.begins or date.min, default=None)


def choose(*candidates: Code | None, is_exempt: bool) -> Code | None:
    """Give the first code that is set, from the most particular to the most general.

    An exempt customer pays no tax whatever else is set.
    """
    if is_exempt:
        return None
    return next((code for code in candidates if code is not None), None)


def taxes(bases: Sequence[Decimal], rates: Sequence[Decimal], rounding: Rounding) -> list[Decimal]:
    """Give the tax of each rate on the taxable amounts `bases`, to the cent."""
    if rounding == "document":
        whole = total(bases)
        return [money(whole * rate) for rate in rates]
    return [total(money(base * rate) for base in bases) for rate in rates]

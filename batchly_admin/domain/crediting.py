"""What is left to credit of an invoice, line by line, and where a credit memo stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from batchly_admin.domain.money import ZERO, line_total, money, total
from batchly_admin.domain.statuses import CreditMemoStatus

ONE = Decimal(1)


@dataclass(frozen=True, slots=True)
class Billed:
    """A line of an invoice, and what was credited of it before."""

    quantity: Decimal
    unit_price: Decimal
    amount: Decimal
    credited_quantity: Decimal = Decimal(0)
    credited_amount: Decimal = ZERO


@dataclass(frozen=True, slots=True)
class Parts:
    """What a document is made of; the total is the sum of it."""

    subtotal: Decimal = ZERO
    discount: Decimal = ZERO
    shipping: Decimal = ZERO
    tax: Decimal = ZERO

    @property
    def total(self) -> Decimal:
        """The whole."""
        return money(self.subtotal - self.discount + self.shipping + self.tax)

    def less(self, other: Parts) -> Parts:
        """Give what is left when another document's parts are taken off."""
        return Parts(
            money(self.subtotal - other.subtotal),
            money(self.discount - other.discount),
            money(self.shipping - other.shipping),
            money(self.tax - other.tax),
        )


def status_of(
    *, is_issued: bool, is_void: bool, total_amount: Decimal, applied: Decimal
) -> CreditMemoStatus:
    """Give the status the facts come to."""
    if not is_issued:
        return CreditMemoStatus.DRAFT
    if is_void:
        return CreditMemoStatus.VOID
    return CreditMemoStatus.APPLIED if applied >= total_amount else CreditMemoStatus.ISSUED


def rest_of_line(line: Billed) -> tuple[Decimal, Decimal] | None:
    """Give quantity and price of what is left of a line, or None when nothing is.

    Where the amount left is not the quantity left at the old price, it is one piece of that amount.
    """
    left = money(line.amount - line.credited_amount)
    quantity = line.quantity - line.credited_quantity
    if left <= 0:
        return None
    if quantity > 0 and line_total(quantity, line.unit_price) == left:
        return quantity, line.unit_price
    return ONE, left


def adds_up(lines: Sequence[Billed], subtotal: Decimal) -> bool:
    """Tell whether the lines, each for itself, leave what the document as a whole leaves."""
    left = [money(line.amount - line.credited_amount) for line in lines]
    return all(amount >= 0 for amount in left) and total(left) == subtotal


def share_of_rest(whole: Parts, rest: Parts, subtotal: Decimal) -> Decimal:
    """Give the discount that goes with `subtotal` of what is left of a document.

    It is what the discount of all credits so far, this one included, grows by: so rounding never
    adds up, and the last credit has exactly what is left.
    """
    before = money(whole.subtotal - rest.subtotal)
    taken = money(whole.discount - rest.discount)
    grown = share(whole.discount, money(before + subtotal), whole.subtotal) - taken
    return max(ZERO, min(grown, rest.discount, subtotal))


def share(amount: Decimal, part: Decimal, whole: Decimal) -> Decimal:
    """Give the share of `amount` that goes with `part` of `whole`."""
    return money(amount * part / whole) if whole else ZERO

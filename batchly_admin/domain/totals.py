"""What a document adds up to: lines, discount, shipping, tax, total."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from batchly_admin.domain.money import ZERO, line_total, money, split, total
from batchly_admin.domain.tax import Rounding, taxes
from batchly_admin.errors import InvalidInput


@dataclass(frozen=True, slots=True)
class Line:
    """What counts of a line."""

    quantity: Decimal
    unit_price: Decimal
    is_taxable: bool = True

    @property
    def amount(self) -> Decimal:
        """The line's amount, rounded once."""
        return line_total(self.quantity, self.unit_price)


@dataclass(frozen=True, slots=True)
class Extras:
    """What is added to or taken off the lines of a document."""

    discount: Decimal = ZERO
    shipping: Decimal = ZERO
    shipping_taxable: bool = False


@dataclass(frozen=True, slots=True)
class Taxation:
    """The rates that apply to a document, and how their taxes are rounded."""

    rates: tuple[Decimal, ...] = ()
    rounding: Rounding = "line"

    @property
    def combined_rate(self) -> Decimal:
        """The sum of the rates."""
        return sum(self.rates, Decimal(0))


@dataclass(frozen=True, slots=True)
class Totals:
    """The amounts of a document; `total` is always the sum of its parts."""

    subtotal: Decimal
    discount: Decimal
    shipping: Decimal
    taxes: tuple[Decimal, ...]
    total: Decimal

    @property
    def tax(self) -> Decimal:
        """All taxes together."""
        return total(self.taxes)


NO_TAX = Taxation()
NO_EXTRAS = Extras()


def add_up(
    lines: Sequence[Line], extras: Extras = NO_EXTRAS, taxation: Taxation = NO_TAX
) -> Totals:
    """Give what a document with these lines adds up to.

    Raises:
        InvalidInput: when the discount is negative or takes off more than the lines come to, or
            when the shipping is negative.
    """
    amounts = [line.amount for line in lines]
    subtotal = total(amounts)
    discount, shipping = money(extras.discount), money(extras.shipping)
    _check(subtotal, discount, shipping)
    nets = [amount - share for amount, share in zip(amounts, split(discount, amounts), strict=True)]
    bases = [net for line, net in zip(lines, nets, strict=True) if line.is_taxable]
    if extras.shipping_taxable and shipping:
        bases.append(shipping)
    found = tuple(taxes(bases, taxation.rates, taxation.rounding))
    return Totals(
        subtotal=subtotal,
        discount=discount,
        shipping=shipping,
        taxes=found,
        total=money(subtotal - discount + shipping + total(found)),
    )


def _check(subtotal: Decimal, discount: Decimal, shipping: Decimal) -> None:
    if discount < 0:
        raise InvalidInput("A discount is not negative.", field="discount_amount")
    if discount > subtotal:
        msg = f"The discount of {discount} is more than the lines come to ({subtotal})."
        raise InvalidInput(msg, field="discount_amount")
    if shipping < 0:
        raise InvalidInput("Shipping is not negative.", field="shipping_amount")

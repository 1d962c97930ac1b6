"""Amounts: one rounding rule for the whole house, half away from zero, as PostgreSQL rounds."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import ROUND_HALF_UP, Decimal

ZERO = Decimal("0.00")
_CENT = Decimal("0.01")


def money(value: Decimal | int | str) -> Decimal:
    """Give `value` rounded to the cent, half away from zero.

    Raises:
        TypeError: for a float, which cannot hold an amount.
    """
    if isinstance(value, float):
        msg = "an amount is a Decimal, never a float"
        raise TypeError(msg)
    rounded = Decimal(value).quantize(_CENT, ROUND_HALF_UP)
    # A negative zero would print as -0.00.
    return rounded or ZERO


def line_total(quantity: Decimal, unit_price: Decimal) -> Decimal:
    """Give the amount of a line: quantity times unit price, rounded once."""
    return money(quantity * unit_price)


def total(amounts: Iterable[Decimal]) -> Decimal:
    """Give the sum of amounts, to the cent."""
    return money(sum(amounts, ZERO))


def split(amount: Decimal, weights: Sequence[Decimal]) -> list[Decimal]:
    """Share `amount` out in proportion to `weights` so that the cents add up again.

    The largest remainders get the cents that rounding left over; a list of zero weights gets zeros.
    """
    whole = sum(weights, Decimal(0))
    if not whole:
        return [ZERO for _ in weights]
    exact = [amount * weight / whole for weight in weights]
    floors = [value.quantize(_CENT, rounding="ROUND_FLOOR") for value in exact]
    cents_left = int((amount - sum(floors, ZERO)) / _CENT)
    order = sorted(range(len(exact)), key=lambda i: (floors[i] - exact[i], i))
    for index in order[:cents_left]:
        floors[index] += _CENT
    return [money(value) for value in floors]

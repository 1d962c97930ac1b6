"""Tax by hand: which code applies, and the cents of each rate."""

from __future__ import annotations

from decimal import Decimal

import pytest

from batchly_admin.domain.tax import Rounding, choose, taxes


def decimals(*texts: str) -> list[Decimal]:
    return [Decimal(text) for text in texts]


def test_an_exempt_customer_pays_none_whatever_is_set() -> None:
    assert choose("order", "customer", "company", is_exempt=True) is None


def test_the_most_particular_code_that_is_set_applies() -> None:
    assert choose(None, "customer", "company", is_exempt=False) == "customer"
    assert choose("order", "customer", None, is_exempt=False) == "order"
    assert choose(None, None, None, is_exempt=False) is None


@pytest.mark.parametrize(
    ("rounding", "expected"),
    # 3 x 0.10 at 8.875 %: 0.008875 a line is 0.01, three of them 0.03; 0.30 at once is 0.026625.
    [("line", ["0.03"]), ("document", ["0.03"])],
)
def test_small_amounts_are_rounded_as_the_company_says(
    rounding: Rounding, expected: list[str]
) -> None:
    bases = decimals("0.10", "0.10", "0.10")
    assert taxes(bases, decimals("0.08875"), rounding) == decimals(*expected)


def test_the_two_ways_to_round_differ_where_they_should() -> None:
    # 0.25 at 2 % is 0.005: half a cent goes up, four times; together it is exactly 0.02.
    bases = decimals("0.25", "0.25", "0.25", "0.25")
    assert taxes(bases, decimals("0.02"), "line") == decimals("0.04")
    assert taxes(bases, decimals("0.02"), "document") == decimals("0.02")


def test_each_rate_is_rounded_by_itself() -> None:
    # New York: 4 % state, 4.5 % city, 0.375 % district on 19.99.
    rates = decimals("0.04", "0.045", "0.00375")
    assert taxes(decimals("19.99"), rates, "line") == decimals("0.80", "0.90", "0.07")


def test_half_a_cent_goes_away_from_zero() -> None:
    assert taxes(decimals("0.50"), decimals("0.01"), "line") == decimals("0.01")
    assert taxes(decimals("-0.50"), decimals("0.01"), "line") == decimals("-0.01")


def test_nothing_to_tax_gives_nothing() -> None:
    assert taxes([], decimals("0.05"), "line") == decimals("0.00")
    assert taxes(decimals("5"), [], "line") == []

"""What documents add up to, by hand and by every figure hypothesis can think of."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from batchly_admin.domain.totals import Extras, Line, Taxation, add_up
from batchly_admin.errors import InvalidInput

TWO = Decimal("0.01")


def line(quantity: str, price: str, *, is_taxable: bool = True) -> Line:
    return Line(Decimal(quantity), Decimal(price), is_taxable)


def test_a_line_is_rounded_once() -> None:
    assert add_up([line("7", "1.005")]).total == Decimal("7.04")
    assert add_up([line("3", "0.335"), line("3", "0.335")]).total == Decimal("2.02")


def test_an_order_with_all_that_can_be_on_it() -> None:
    found = add_up(
        [line("2", "10.00"), line("1", "30.00"), line("1", "50.00", is_taxable=False)],
        Extras(discount=Decimal("10.00"), shipping=Decimal("8.00"), shipping_taxable=True),
        Taxation((Decimal("0.04"), Decimal("0.045"))),
    )
    # The discount is shared 2.00, 3.00 and 5.00; taxed are 18.00, 27.00 and 8.00 of shipping.
    assert found.subtotal == Decimal("100.00")
    assert found.taxes == (Decimal("2.12"), Decimal("2.39"))
    assert found.tax == Decimal("4.51")
    assert found.total == Decimal("102.51")


def test_shipping_is_taxed_only_where_it_is_taxable() -> None:
    extras = Extras(shipping=Decimal("10.00"))
    assert add_up([], extras, Taxation((Decimal("0.1"),))).tax == 0


@pytest.mark.parametrize("discount", ["-0.01", "20.01"])
def test_a_discount_that_cannot_be_is_refused(discount: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        add_up([line("2", "10")], Extras(discount=Decimal(discount)))
    assert refused.value.field == "discount_amount"


def test_a_negative_shipping_is_refused() -> None:
    with pytest.raises(InvalidInput):
        add_up([line("2", "10")], Extras(shipping=Decimal(-1)))


def test_nothing_adds_up_to_nothing() -> None:
    assert add_up([]).total == Decimal("0.00")


amounts = st.decimals("0", "9999", places=2)
quantities = st.decimals("0.0001", "999", places=4)
prices = st.decimals("0", "999", places=4)
rates = st.decimals("0", "0.25", places=6)
documents = st.lists(st.builds(Line, quantities, prices, st.booleans()), max_size=12)


@given(
    documents,
    st.decimals("0", "1", places=4),
    amounts,
    st.lists(rates, max_size=3),
    st.sampled_from(["line", "document"]),
    st.booleans(),
)
def test_the_cents_always_add_up(
    lines: list[Line],
    share: Decimal,
    shipping: Decimal,
    some_rates: list[Decimal],
    rounding: str,
    shipping_taxable: bool,  # noqa: FBT001 - hypothesis hands it over
) -> None:
    subtotal = add_up(lines).subtotal
    discount = (subtotal * share).quantize(TWO, "ROUND_DOWN")
    found = add_up(
        lines,
        Extras(discount, shipping, shipping_taxable),
        Taxation(tuple(some_rates), rounding),  # type: ignore[arg-type]
    )
    assert found.subtotal == sum((one.amount for one in lines), Decimal(0))
    assert found.total == found.subtotal - found.discount + found.shipping + sum(found.taxes)
    assert all(value == value.quantize(TWO) for value in (*found.taxes, found.total))
    assert found.total >= 0
    assert len(found.taxes) == len(some_rates)


@given(documents.filter(bool), st.decimals("0", "1", places=4), rates)
def test_a_discount_never_raises_a_tax(lines: list[Line], share: Decimal, rate: Decimal) -> None:
    taxation = Taxation((rate,))
    plain = add_up(lines, taxation=taxation)
    discount = (plain.subtotal * share).quantize(TWO, "ROUND_DOWN")
    assert add_up(lines, Extras(discount), taxation).tax <= plain.tax

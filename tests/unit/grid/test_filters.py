"""Filters and sorts as they come from an address or a request."""

from __future__ import annotations

from datetime import date
from typing import Any

import orjson
import pytest

from batchly_admin.domain import rights
from batchly_admin.errors import InvalidInput
from batchly_admin.grid import filters, windows
from batchly_admin.grid.registry import table

TODAY = date(2026, 3, 4)
KEY = "01a1fca0-ba5f-7bfb-9224-26128a92a8f7"


def one(column: Any, operator: Any, value: Any = None) -> dict[str, Any]:
    return {"column": column, "operator": operator, "value": value}


@pytest.mark.parametrize(
    "text",
    [
        "{",
        "3",
        '"status"',
        "{}",
        "[3]",
        '[{"operator": "is"}]',
        '[{"column": 3}]',
        orjson.dumps([one("status", "is", "pending")] * 21).decode(),
    ],
)
def test_an_unreadable_filter_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput):
        filters.selection_of("", text)


@pytest.mark.parametrize(
    "asked",
    [
        one("nothing", "is", "x"),
        one("status", "contains", "x"),
        one("status", ["is"], "x"),
        one("status", "is", "lost"),
        one("status", "is", {"a": 1}),
        one("status", "is", None),
        one("status", "in", [["x"]]),
        one("status", "in", [{"a": 1}]),
        one("status", "in", ["pending"] * 501),
        one("total_amount", "is", "much"),
        one("total_amount", "is", ""),
        one("total_amount", "gt", ["1", "2"]),
        one("total_amount", "between", ["1"]),
        one("total_amount", "between", "1"),
        one("total_amount", "gt", "9" * 60),
        one("po_date", "lt", "soon"),
        one("priority", "is", "1e999"),
        one("customer_id", "in", ["not an id"]),
        one("customer_id", "starts_with", "A"),
        one("created_at", "gt", "0001-01-01T00:00:00+14:00"),
        one("billing_address", "is", "x"),
    ],
)
def test_a_filter_that_does_not_fit_is_refused_in_words(asked: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput) as refused:
        filters.conditions(table("orders"), filters.Selection((asked,)), today=TODAY)
    assert len(refused.value.message) > 10


def test_a_filter_object_takes_equality_and_lists_as_shorthand() -> None:
    found = filters.selection_of_object(
        {
            "search": " ann ",
            "where": [one("priority", "gt", 2)],
            "status": "pending",
            "customer_id": [KEY],
        }
    )
    assert found.search == "ann"
    assert found.filters == (
        one("priority", "gt", 2),
        one("status", "is", "pending"),
        one("customer_id", "in", [KEY]),
    )


@pytest.mark.parametrize("where", ["status", 3, {"column": "status"}, [3]])
def test_a_filter_object_of_another_form_is_refused(where: Any) -> None:
    with pytest.raises(InvalidInput):
        filters.selection_of_object({"where": where})


def test_a_column_that_a_person_does_not_see_neither_filters_nor_sorts() -> None:
    products = table("products")
    seen = products.visible_columns(rights.granted(["viewer"]))
    asked = orjson.dumps([one("unit_cost", "gt", "3")]).decode()
    with pytest.raises(InvalidInput):
        filters.selection_of("", asked, seen)
    with pytest.raises(InvalidInput):
        filters.selection_of_object({"unit_cost": "3"}, seen)
    with pytest.raises(InvalidInput):
        windows.sort_of(products, "unit_cost", seen)
    assert filters.selection_of("", asked, products.columns).filters
    assert windows.sort_of(products, "-unit_cost", products.columns) == ("-unit_cost",)


@pytest.mark.parametrize("text", ["nothing", "-nothing", "billing_address", "id", "po_date;drop"])
def test_a_sort_by_what_cannot_be_sorted_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput):
        windows.sort_of(table("orders"), text)


def test_a_sort_keeps_its_order_and_drops_repetitions() -> None:
    orders = table("orders")
    assert windows.sort_of(orders, None) == ("-po_date",)
    assert windows.sort_of(orders, "-total_amount, po_number,total_amount") == (
        "-total_amount",
        "po_number",
    )
    many = "po_number,status,po_date,due_date,priority"
    assert len(windows.sort_of(orders, many)) == windows.MAX_SORTS


@pytest.mark.parametrize(
    ("text", "number"),
    [(None, 5), ("", 5), ("abc", 5), ("-3", 0), ("7", 7), ("99999999999999999999", 50), ("1.5", 5)],
)
def test_numbers_of_an_address_are_brought_into_range(text: str | None, number: int) -> None:
    assert windows.clamp(text, 5, 50) == number

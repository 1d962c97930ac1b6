"""Filters and sorts as they come from an address or a request."""

from __future__ import annotations

from datetime import date
from typing import Any

import orjson
import pytest

from batchly_admin.domain import rights
from batchly_admin.errors import InvalidInput
from batchly_admin.grid import filters, windows
from batchly_admin.grid.config import related
from batchly_admin.grid.registry import table, tables

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


JOBS = {"has": "jobs.po_id", "where": []}


@pytest.mark.parametrize(
    "asked",
    [
        {"has": "jobs.po_id"},
        {"has": 3, "where": []},
        {**JOBS, "not": "yes"},
        {**JOBS, "column": "status"},
        {**JOBS, "where": "status"},
        {**JOBS, "where": [3]},
        {**JOBS, "where": [JOBS]},
        {**JOBS, "where": [{"any": [JOBS]}]},
        {**JOBS, "where": [one("status", "is", "created")] * 20},
    ],
)
def test_related_rows_of_another_form_are_refused(asked: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput) as refused:
        filters.selection_of("", orjson.dumps([asked]).decode())
    assert len(refused.value.message) > 10


@pytest.mark.parametrize(
    "asked",
    [
        {**JOBS, "has": "jobs.customer_id"},
        {**JOBS, "has": "customers.id"},
        {**JOBS, "has": "nothing.po_id"},
        {**JOBS, "has": ""},
        {**JOBS, "where": [one("po_number", "is", "1")]},
        {**JOBS, "where": [one("status", "is", "lost")]},
    ],
)
def test_only_rows_that_belong_here_and_their_columns_are_asked_for(asked: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput) as refused:
        filters.conditions(table("orders"), filters.Selection((asked,)), today=TODAY)
    assert len(refused.value.message) > 10


@pytest.mark.parametrize("role", rights.ROLES)
def test_related_rows_of_a_table_one_may_not_see_are_as_if_there_were_none(role: str) -> None:
    for each in tables().values():
        for name, column in each.relatives:
            key, area = f"{name}.{column}", f"{table(name).rights_area}:view"
            fewer = rights.granted([role]) - {area}
            for node in ({"has": key, "where": []}, {"has": key, "where": [], "not": True}):
                with pytest.raises(InvalidInput, match="There is no column"):
                    filters.selection_of_object(
                        {"where": [{"all": [node]}]}, each.visible_columns(fewer), rights=fewer
                    )
            assert key not in [one["has"] for one in related(each, fewer)]
            assert key in [one["has"] for one in related(each, fewer | {area})]


def test_no_table_belongs_to_itself() -> None:
    """A row's own table inside the question for related rows would be taken for the row."""
    for each in tables().values():
        for name, column in each.relatives:
            assert name != each.name
            assert column in table(name).by_name


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

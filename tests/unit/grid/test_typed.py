"""Typed filter lines: what they mean, and what stays a word to search for."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from batchly_admin.domain import rights
from batchly_admin.grid import filters, typed
from batchly_admin.grid.registry import table, tables
from batchly_admin.grid.view_state import Eyes

TODAY = date(2026, 3, 4)


def eyes(name: str, role: str = "manager") -> Eyes:
    granted = rights.granted([role])
    one = table(name)
    return Eyes(one, one.visible_columns(granted), granted, TODAY)


def read(line: str, name: str = "orders", role: str = "manager") -> tuple[list[Any], str]:
    found = typed.read(eyes(name, role), line)
    return [node for part in found.parts for node in part.filters], found.search


def is_(column: str, value: Any, operator: str = "is") -> dict[str, Any]:
    return {"column": column, "operator": operator, "value": value}


OVERDUE = [
    is_("due_date", "today", "lt"),
    is_("status", ["completed", "shipped", "cancelled"], "not_in"),
]
READY = [
    is_("status", ["completed", "shipped"], "in"),
    is_("invoicing", "full", "is_not"),
]


@pytest.mark.parametrize(
    "line",
    [
        "",
        "   ",
        "acme",
        "Old Tannery",
        "PO-1001",
        "12345678",
        "500",
        "ann@bakery.example",
        "10:30",
        "http://shop.example/?a=b",
        "due",
        "total",
        "more than words",
        "before",
        "not acme",
        "Rushmore",
        "over easy diner",
        '"pending"',
        "\u201cpending\u201d",
        "- acme",
        "<>",
        ">",
        "status:",
        "O'Brien & Sons, Inc.",
        '12" pipe 6"',
        '"half',
    ],
)
def test_words_no_rule_reads_are_searched_for_as_they_stand(line: str) -> None:
    nodes, search = read(line)
    assert nodes == []
    quoted = {'"pending"', "\u201cpending\u201d"}
    assert search == ("pending" if line in quoted else line.strip())


@pytest.mark.parametrize(
    ("line", "nodes", "search"),
    [
        ("overdue acme >500", [*OVERDUE, is_("total_amount", "500", "gt")], "acme"),
        ("Ready to invoice", READY, ""),
        (
            "status:pending due<next week",
            [is_("status", "pending"), is_("due_date", "next_week", "lt")],
            "",
        ),
        ("total>=1000 rush", [is_("total_amount", "1000", "gte"), is_("rush_order", True)], ""),
        ("not rush", [is_("rush_order", False)], ""),
        ("rush:no", [is_("rush_order", False)], ""),
        (
            'customer:"Old Tannery" -approved',
            [is_("customer_id", "Old Tannery", "contains"), is_("status", "approved", "is_not")],
            "",
        ),
        ("in progress", [is_("status", "in_progress")], ""),
        ("pending, approved", [is_("status", ["pending", "approved"], "in")], ""),
        ("pending and approved", [is_("status", ["pending", "approved"], "in")], ""),
        ("status:draft,in progress x", [is_("status", ["draft", "in_progress"], "in")], "x"),
        ('status!="in progress"', [is_("status", "in_progress", "is_not")], ""),
        ("$1,000.50..2000", [is_("total_amount", ["1000.50", "2000"], "between")], ""),
        ("total over $1,000", [is_("total_amount", "1000", "gt")], ""),
        ("at least 20 acme", [is_("total_amount", "20", "gte")], "acme"),
        ("discount = 5", [is_("discount_amount", "5")], ""),
        ("due this week", [is_("due_date", "this_week", "within")], ""),
        ("due date: 3/4/2026", [is_("due_date", "2026-03-04", "within")], ""),
        ("ordered last 30 days", [is_("po_date", "last_30_days", "within")], ""),
        ("ordered 3 days ago", [is_("po_date", "today-3", "within")], ""),
        ("due in 2 weeks", [is_("due_date", "today+14", "within")], ""),
        ("due over 60 days ago", [is_("due_date", "today-60", "lt")], ""),
        ("60 days", [is_("due_date", "today-60", "lt")], ""),
        ("before tomorrow", [is_("due_date", "tomorrow", "lt")], ""),
        ("created:yesterday", [is_("created_at", "yesterday", "within")], ""),
        ("no due", [is_("due_date", None, "empty")], ""),
        ("shipped:any", [is_("ship_date", None, "not_empty")], ""),
        ("po number:PO-10", [is_("po_number", "PO-10", "contains")], ""),
        ("-overdue", [{"any": [
            {"any": [is_("due_date", "today", "gte"), is_("due_date", None, "empty")]},
            is_("status", ["completed", "shipped", "cancelled"], "in"),
        ]}], ""),
    ],
)  # fmt: skip
def test_a_line_becomes_filters_and_a_search(line: str, nodes: list[Any], search: str) -> None:
    assert read(line) == (nodes, search)


def test_what_a_table_declares_goes_before_what_its_columns_say() -> None:
    nodes, _search = read("overdue", "invoices")
    assert [node["column"] for node in nodes] == ["status", "balance_due", "due_date"]
    assert read("unpaid 60 days", "invoices")[0][-1] == is_("due_date", "today-60", "lt")
    # "Pending" is a status of orders; of customers it is where they stand with QuickBooks.
    assert read("pending", "customers")[0] == [is_("sync_state", "pending")]


UNPAID = [
    is_("status", ["sent", "viewed", "partial", "overdue"], "in"),
    is_("balance_due", "0", "gt"),
]
AGED = [*UNPAID, is_("due_date", "today-60", "lt")]


@pytest.mark.parametrize(
    ("line", "node"),
    [
        ("unpaid", {"where": UNPAID}),
        ("unpaid 60 days", {"where": AGED}),
        ("with unpaid invoices over 60 days", {"where": AGED}),
        ("with unpaid invoice > 60 days", {"where": AGED}),
        ("with invoices", {"where": []}),
        ("without invoices", {"where": [], "not": True}),
        ("no unpaid invoices", {"where": UNPAID, "not": True}),
        ("-unpaid", {"where": UNPAID, "not": True}),
        ("has draft invoices", {"where": [is_("status", "draft")]}),
    ],
)
def test_related_rows_are_named_by_their_table(line: str, node: dict[str, Any]) -> None:
    assert read(line, "customers") == ([{"has": "invoices.customer_id", **node}], "")


def test_related_rows_need_the_right_to_see_them() -> None:
    assert read("orders without jobs")[1] == "orders"
    granted = rights.granted(["manager"]) - {"invoices:view"}
    one = table("customers")
    blind = Eyes(one, one.visible_columns(granted), granted, TODAY)
    for line in ("unpaid", "with invoices", "without invoices"):
        assert typed.read(blind, line).parts == ()


def test_what_began_like_a_filter_and_is_none_says_why_and_is_searched_for() -> None:
    found = typed.read(eyes("orders"), "total>99999999999999 priority:1.5")
    assert found.parts == ()
    assert found.search == "total>99999999999999 priority:1.5"
    assert found.problems == ("99999999999999 is too large.", "1.5 is not a whole number.")


def test_each_part_knows_where_it_stands_in_the_line() -> None:
    line = "pending acme  due<next week approved"
    found = typed.read(eyes("orders"), line)
    said = [[line[start:end] for start, end in part.places] for part in found.parts]
    assert said == [["pending", "approved"], ["due<next week"]]


def test_nobody_reads_by_a_column_they_may_not_see() -> None:
    assert read("cost>5", "products", "viewer")[0] == []
    assert read("unit cost>5", "products", "viewer") == ([], "unit cost>5")
    assert read("unit cost>5", "products", "admin")[0] == [is_("unit_cost", "5", "gt")]
    offered = typed.suggestions(eyes("products", "viewer"), "co")
    assert "cost>" not in [one["text"] for one in offered]


@pytest.mark.parametrize(
    ("line", "first", "at"),
    [
        ("pen", "pending", 0),
        ("acme ready", "ready to invoice", 5),
        ("tot", "total>", 0),
        ("status:ap", "approved", 7),
        ("status:in pro", '"in progress"', 7),
        ("due<next w", "next week", 4),
        ("ru", "rush", 0),
        ("rush:", "yes", 5),
    ],
)
def test_a_line_can_go_on(line: str, first: str, at: int) -> None:
    found = typed.suggestions(eyes("orders"), line)
    assert (found[0]["text"], found[0]["at"]) == (first, at)
    assert len(found) <= 8


@pytest.mark.parametrize("line", ["", "pending ", "xyz", "acme"])
def test_nothing_is_offered_where_nothing_begins(line: str) -> None:
    assert typed.suggestions(eyes("orders"), line) == []


def test_every_suggestion_of_every_table_reads_as_filters_the_table_takes() -> None:
    values = {"money": "5", "price": "5", "quantity": "5", "integer": "5", "percent": "5"}
    for name in tables():
        seen = eyes(name)
        for letter in "cdipst":
            for offered in typed.suggestions(seen, letter):
                text = offered["text"]
                by_label = {spec.label.lower(): spec for spec in reversed(seen.seen)}
                if text[-1] in ":>":
                    spec = by_label[text[:-1]]
                    chosen = f'"{next(iter(spec.choices)).label}"' if spec.choices else "any"
                    text += values.get(spec.kind, chosen)
                found = typed.read(seen, text)
                assert found.parts, (name, text)
                for part in found.parts:
                    asked = filters.selection_of_object(
                        {"where": part.filters}, seen.seen, rights=seen.rights
                    )
                    filters.conditions(seen.table, asked, today=TODAY)


def test_odd_lines_break_nothing() -> None:
    odd = ['"', "-", "--", "::", ">>5", ",,,", "not", "not not rush", "\x00", "\ud800", "due<>"]
    odd += ["in 9999 weeks", "due 9999 weeks", "last 0 days", "²", "٣ days", ":" * 500]
    for name in ("orders", "invoices", "products", "roles", "change_items"):
        for line in odd:
            typed.read(eyes(name), line)
            typed.suggestions(eyes(name), line)

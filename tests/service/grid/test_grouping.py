"""Groups and totals on both databases, against figures worked out by hand.

The shop has thirty orders PO-000 to PO-029: number n belongs to customer n % 3, has the status
n % 4 of (pending, approved, completed, cancelled) and is worth n quarters of a dollar.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import event
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from batchly_admin.errors import InvalidInput
from batchly_admin.grid import aging, grouping, printing, streams, windows
from batchly_admin.grid.columns import GROUPABLE, ways_of
from batchly_admin.grid.filters import Selection
from batchly_admin.grid.levels import levels_of
from batchly_admin.grid.registry import table, tables
from batchly_admin.grid.totals import totals, totals_of
from batchly_admin.models.billing import Invoice
from batchly_admin.models.catalogue import Product
from batchly_admin.models.customers import Customer
from tests.service.grid.shop import NOON, put
from tests.service.grid.test_windows import where

Shop = Mapping[str, list[UUID]]
TODAY = date(2026, 3, 4)


def grouped(
    reader: Session,
    name: str,
    group: str,
    ways: str = "",
    selection: Selection | None = None,
) -> list[list[Any]]:
    one = table(name)
    wanted = totals_of(ways, one.columns)
    levels = levels_of(one, group, today=TODAY)
    found = grouping.groups(reader, one, levels, selection or Selection(), wanted, today=TODAY)
    return list(grouping.as_lists(found, wanted))


def added(reader: Session, name: str, ways: str, selection: Selection | None = None) -> Any:
    one = table(name)
    wanted = totals_of(ways, one.columns)
    return totals(reader, one, selection or Selection(), wanted, today=TODAY)


def test_choices_stand_in_their_order_with_count_place_and_sum(reader: Session, shop: Shop) -> None:
    # 0+4+..+28 = 112 quarters; 1+5+..+29 = 120; 2+6+..+26 = 98; 3+7+..+27 = 105.
    assert grouped(reader, "orders", "status", "total_amount:sum") == [
        [0, "pending", 8, 0, ["28.00"]],
        [0, "approved", 8, 8, ["30.00"]],
        [0, "completed", 7, 16, ["24.50"]],
        [0, "cancelled", 7, 23, ["26.25"]],
    ]


def test_levels_above_are_added_up_from_those_below(reader: Session, shop: Shop) -> None:
    found = grouped(reader, "orders", "customer_id,rush_order", "total_amount:sum,job_count:avg")
    ann, cmd, bob = (str(key) for key in shop["customers"][:3])
    # By label: "=cmd..." before "Ann's Bakery" before "Bob". Rush are 0, 7, 14, 21, 28.
    # Customer 1 has 1, 4, ..., 28: 145 quarters; of those 7 and 28 are rush: 35. Job: n % 2.
    assert found == [
        [0, [cmd, "=cmd|' /C calc'!A0"], 10, 0, ["36.25", "0.5"]],
        [1, False, 8, 0, ["27.50", "0.5"]],
        [1, True, 2, 8, ["8.75", "0.5"]],
        [0, [ann, "Ann's Bakery"], 10, 10, ["33.75", "0.5"]],
        [1, False, 8, 10, ["28.50", "0.5"]],
        [1, True, 2, 18, ["5.25", "0.5"]],
        [0, [bob, "Bob 100%_Cotton"], 10, 20, ["38.75", "0.5"]],
        [1, False, 9, 20, ["35.25", "0.56"]],
        [1, True, 1, 29, ["3.50", "0"]],
    ]


def test_what_is_empty_comes_last_either_way(reader: Session, shop: Shop) -> None:
    up = grouped(reader, "customers", "payment_term_id", "credit_limit:max")
    assert [[row[1] and row[1][1], row[2], row[4]] for row in up] == [
        ["Net 30", 1, ["1000.50"]],
        [None, 3, ["-0.05"]],
    ]
    down = grouped(reader, "customers", "-payment_term_id")
    assert [row[1] is None for row in down] == [False, True]
    # Empty text is no text: Ann has A-1, Bob B-2, the others none.
    assert [row[1:3] for row in grouped(reader, "customers", "-account_number")] == [
        ["B-2", 1],
        ["A-1", 1],
        [None, 2],
    ]


def test_empty_text_and_no_text_are_one_group(engine: Engine, reader: Session) -> None:
    put(engine, Customer, [{"display_name": str(n), "phone": (None, "")[n % 2]} for n in range(5)])
    assert grouped(reader, "customers", "phone") == [[0, None, 5, 0, []]]


def test_dates_go_by_month_and_year(reader: Session, shop: Shop) -> None:
    # Due on March 1 + n % 20, and not at all where n is a multiple of five.
    assert grouped(reader, "orders", "due_date:month", "total_amount:sum") == [
        [0, "2026-03", 24, 0, ["90.00"]],
        [0, None, 6, 24, ["18.75"]],
    ]
    assert grouped(reader, "orders", "-po_date:year") == [[0, "2026", 30, 0, []]]
    assert grouped(reader, "orders", "po_date")[0] == [0, "2026-02-01", 3, 0, []]


# Due 100, 91, 90, 61, 60, 31, 30, 1 and 0 days ago, tomorrow, and on no day; each worth its place.
AGES = (100, 91, 90, 61, 60, 31, 30, 1, 0, -1, None)


@pytest.fixture
def aged(engine: Engine) -> None:
    (customer,) = put(engine, Customer, [{"display_name": "Ann"}])
    for place, age in enumerate(AGES, 1):
        row = {
            "invoice_number": f"INV-{place}",
            "customer_id": customer,
            "customer_name": "Ann",
            "status": ("sent", "viewed")[place % 2],
            "issued_at": NOON,
            "invoice_date": TODAY - timedelta(days=200),
            "due_date": None if age is None else TODAY - timedelta(days=age),
            "total_amount": place,
        }
        put(engine, Invoice, [row])


@pytest.mark.usefixtures("aged")
def test_days_go_by_their_age(reader: Session) -> None:
    by_age = [
        [0, 0, 2, 0, ["19.00"]],
        [0, 1, 2, 2, ["15.00"]],
        [0, 2, 2, 4, ["11.00"]],
        [0, 3, 2, 6, ["7.00"]],
        [0, 4, 2, 8, ["3.00"]],
        [0, None, 1, 10, ["11.00"]],
    ]
    assert grouped(reader, "invoices", "due_date:aging", "total_amount:sum") == by_age
    down = grouped(reader, "invoices", "-due_date:aging")
    assert [row[1] for row in down] == [4, 3, 2, 1, 0, None]
    inner = grouped(reader, "invoices", "status,due_date:aging", "total_amount:sum")
    assert [row[1:3] for row in inner[:3]] == [["sent", 5], [0, 1], [1, 1]]
    # Rows stand where their head says, in the grid as in a file.
    invoices = table("invoices")
    wanted = (invoices.by_name["invoice_number"],)
    levels = levels_of(invoices, "due_date:aging", today=TODAY)
    asked = windows.Asked(0, 100, ("invoice_number",), Selection(), levels)
    numbers = [row[3] for row in windows.rows(reader, invoices, wanted, asked, today=TODAY)]
    places = ["INV-10", "INV-9", "INV-7", "INV-8", "INV-5", "INV-6"]
    assert numbers == [*places, "INV-3", "INV-4", "INV-1", "INV-2", "INV-11"]
    streamed = streams.rows(reader, invoices, wanted, asked, today=TODAY)
    assert [row[0] for row in streamed] == numbers
    # The next day each is a day older; a statement that is kept knows which day it is for.
    tomorrow = levels_of(invoices, "due_date:aging", today=TODAY + timedelta(days=1))
    later = windows.Asked(0, 100, ("invoice_number",), Selection(), tomorrow)
    moved = [row[3] for row in windows.rows(reader, invoices, wanted, later, today=TODAY)]
    assert moved[:3] == ["INV-10", "INV-8", "INV-9"]
    words = printing.group_words(invoices, levels[0], 4, lambda _spec: str)
    assert words == "Due: Over 90 days past"


def test_ages_have_the_same_words_in_the_browser_and_on_paper() -> None:
    one = table("orders")
    ages = {spec.name: aging.words(spec) for spec in one.columns if spec.kind == "date"}
    assert ages["due_date"][0] == "Not due"
    assert ages["po_date"][0] == "Today or later"
    assert {len(words) for words in ages.values()} == {len(aging.BOUNDS) + 1}


def test_amounts_are_exact(engine: Engine, reader: Session) -> None:
    prices = [Decimal("0.0001"), Decimal("0.0002"), Decimal("99999999.9999"), Decimal(-3)]
    put(engine, Product, [{"name": str(p), "unit_price": p} for p in prices])
    ways = [("sum", "99999997.0002"), ("min", "-3.00"), ("max", "99999999.9999")]
    for way, expected in ways:
        assert added(reader, "products", f"unit_price:{way}") == {"unit_price": expected}
    assert added(reader, "products", "unit_price:avg") == {"unit_price": "24999999.2501"}


def test_totals_are_those_of_the_filter(reader: Session, shop: Shop) -> None:
    pending = where(("status", "is", "pending"))
    assert added(reader, "orders", "total_amount:sum", pending) == {"total_amount": "28.00"}
    assert added(reader, "orders", "total_amount:max,job_count:sum") == {
        "total_amount": "7.25",
        "job_count": 15,
    }
    nothing = where(("po_number", "is", "PO-999"))
    assert added(reader, "orders", "total_amount:sum,job_count:avg", nothing) == {
        "total_amount": None,
        "job_count": None,
    }
    assert grouped(reader, "orders", "status", "total_amount:sum", nothing) == []
    assert added(reader, "orders", "") == {}


def test_a_search_that_joins_does_not_count_twice(reader: Session, shop: Shop) -> None:
    ann = Selection(search="bakery")
    assert [row[2] for row in grouped(reader, "orders", "customer_id,status", "", ann)] == [
        10, 3, 2, 2, 3,
    ]  # fmt: skip


def test_rows_stand_where_their_header_says(reader: Session, shop: Shop) -> None:
    orders = table("orders")
    wanted = tuple(orders.by_name[name] for name in ("customer_id", "status", "po_number"))
    levels = levels_of(orders, "-customer_id,status", today=TODAY)
    asked = windows.Asked(0, 100, ("-po_number",), Selection(), levels)
    rows = [row[3:] for row in windows.rows(reader, orders, wanted, asked, today=TODAY)]
    heads = [row for row in grouped(reader, "orders", "-customer_id,status") if row[0] == 1]
    customers = [row for row in grouped(reader, "orders", "-customer_id,status") if row[0] == 0]
    assert [row[1][1][0] for row in customers] == ["B", "A", "="]
    for _level, status, count, offset, _totals in heads:
        inside = rows[offset : offset + count]
        assert {row[1] for row in inside} == {status}
        numbers = [row[2] for row in inside]
        assert numbers == sorted(numbers, reverse=True)
    streamed = streams.rows(reader, orders, wanted, asked, today=TODAY)
    assert list(streamed) == [(row[0][1], *row[1:]) for row in rows]


def test_every_table_groups_by_every_column_it_offers(reader: Session, shop: Shop) -> None:
    for name, one in tables().items():
        offered = [(spec.name, ways_of(spec)) for spec in one.columns if ways_of(spec)]
        ways = ",".join(f"{name}:{ways[at % len(ways)]}" for at, (name, ways) in enumerate(offered))
        total = windows.total(reader, one, Selection(), today=TODAY)
        for spec in one.columns:
            if spec.kind not in GROUPABLE:
                with pytest.raises(InvalidInput):
                    levels_of(one, spec.name, today=TODAY)
                continue
            found = grouped(reader, name, spec.name, ways)
            assert sum(row[2] for row in found) == total
            asked = windows.Asked(group=levels_of(one, f"-{spec.name}", today=TODAY))
            assert len(windows.rows(reader, one, (spec,), asked, today=TODAY)) == min(total, 100)


def test_filled_and_empty_cells_are_counted_and_days_have_ends(reader: Session, shop: Shop) -> None:
    # Due on no day where n is a multiple of five: six of thirty; else March 1 + n % 20.
    assert added(reader, "orders", "due_date:empty,po_number:count") == {
        "due_date": 6,
        "po_number": 30,
    }
    assert added(reader, "orders", "due_date:min,po_date:max") == {
        "due_date": "2026-03-02",
        "po_date": "2026-02-10",
    }
    # Ann and Bob have an account number; empty text is no text: Bob's note is one.
    assert added(reader, "customers", "account_number:count,notes:empty") == {
        "account_number": 2,
        "notes": 4,
    }
    found = grouped(reader, "orders", "rush_order,status", "due_date:empty")
    assert [row[4] for row in found if row[0] == 0] == [[5], [1]]


@pytest.mark.parametrize(
    "group",
    [
        "nothing",
        "customer_notes",
        "status:month",
        "status:aging",
        "due_date:old",
        "po_date:week",
        "status,po_date,priority,ship_date",
    ],
)
def test_levels_that_do_not_fit_are_refused(group: str) -> None:
    with pytest.raises(InvalidInput):
        levels_of(table("orders"), group, today=TODAY)


@pytest.mark.parametrize(
    "ways", ["nothing:sum", "status:sum", "due_date:avg", "total_amount:median", "total_amount"]
)
def test_totals_that_do_not_fit_are_refused(ways: str) -> None:
    with pytest.raises(InvalidInput):
        totals_of(ways, table("orders").columns)


def test_a_column_that_is_not_seen_neither_groups_nor_adds_up() -> None:
    products = table("products")
    seen = products.visible_columns(frozenset())
    assert "unit_cost" not in {spec.name for spec in seen}
    with pytest.raises(InvalidInput):
        levels_of(products, "unit_cost", seen, today=TODAY)
    with pytest.raises(InvalidInput):
        totals_of("unit_cost:sum", seen)


def test_too_many_groups_are_refused_in_words(
    reader: Session, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(grouping, "MAX_GROUPS", 5)
    with pytest.raises(InvalidInput, match="more than 5 groups"):
        grouped(reader, "orders", "po_number")


def test_all_levels_and_totals_are_one_statement(
    engine: Engine, reader: Session, shop: Shop
) -> None:
    seen: list[str] = []
    reader.connection()
    event.listen(engine, "before_cursor_execute", lambda *args: seen.append(args[2]))
    grouped(reader, "orders", "customer_id,status,po_date:month", "total_amount:sum,job_count:avg")
    assert len(seen) == 1

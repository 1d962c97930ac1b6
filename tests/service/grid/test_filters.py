"""The filter language on both databases: groups, the company's days, links, indexes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from batchly_admin.errors import InvalidInput
from batchly_admin.grid import windows
from batchly_admin.grid.filters import Selection, conditions, joined, selection_of
from batchly_admin.grid.registry import table
from batchly_admin.ids import new_id
from batchly_admin.models.catalogue import Product
from batchly_admin.models.customers import Customer
from batchly_admin.models.orders import PurchaseOrder
from batchly_admin.models.stock import InventoryItem
from tests.service.grid.shop import NOON, put

TODAY = date(2026, 3, 4)
NEW_YORK = "America/New_York"
Shop = Mapping[str, list[UUID]]


def where(column: str, operator: str, value: Any = None) -> dict[str, Any]:
    return {"column": column, "operator": operator, "value": value}


def found(
    session: Session, name: str, *nodes: Mapping[str, Any], zone: str = "UTC", search: str = ""
) -> list[str]:
    """Give the labels of the rows that all nodes hold for."""
    one = table(name)
    selection = Selection(tuple(nodes), search, zone)
    ids = windows.ids(session, one, selection, today=TODAY)
    assert windows.total(session, one, selection, today=TODAY) == len(ids)
    source = one.model.__table__
    query = sa.select(source.c[one.label_column]).where(source.c.id.in_(ids))
    return sorted(session.execute(query).scalars())


def test_groups_stand_in_groups(reader: Session, shop: Shop) -> None:
    pending, rush = where("status", "is", "pending"), where("rush_order", "is", True)
    number = where("po_number", "in", ["PO-000", "PO-001", "PO-004", "PO-007"])
    assert found(reader, "orders", number, {"all": [pending, rush]}) == ["PO-000"]
    assert found(reader, "orders", number, {"any": [pending, rush]}) == [
        "PO-000",
        "PO-004",
        "PO-007",
    ]
    inner = {"any": [{"all": [pending, rush]}, where("po_number", "is", "PO-001")]}
    assert found(reader, "orders", number, inner) == ["PO-000", "PO-001"]
    # A group that nobody has filled yet narrows nothing.
    assert found(reader, "orders", number, {"any": []}, {"all": []}) == found(
        reader, "orders", number
    )


def test_what_is_not_holds_for_the_empty_cell_too(reader: Session, shop: Shop) -> None:
    assert found(reader, "customers", where("account_number", "is", "A-1")) == ["Ann's Bakery"]
    not_that = found(reader, "customers", where("account_number", "is_not", "A-1"))
    assert not_that == ["=cmd|' /C calc'!A0", "Bob 100%_Cotton", "Carla"]
    assert found(reader, "customers", where("account_number", "not_contains", "a")) == not_that
    assert found(reader, "customers", where("account_number", "not_in", ["A-1", "B-2"])) == [
        "=cmd|' /C calc'!A0",
        "Carla",
    ]


def test_a_filter_reaches_through_a_link(reader: Session, shop: Shop) -> None:
    third = found(reader, "orders", where("customer_id.account_number", "is", "B-2"))
    assert third == [f"PO-{number:03d}" for number in range(2, 30, 3)]
    either = {
        "any": [
            where("customer_id.account_number", "is", "B-2"),
            where("customer_id.email", "ends_with", "@bakery.example"),
        ]
    }
    assert len(found(reader, "orders", either)) == 20
    # Without the linked record there is nothing in any of its columns.
    empty = found(reader, "customers", where("payment_term_id.name", "empty"))
    assert empty == ["=cmd|' /C calc'!A0", "Bob 100%_Cotton", "Carla"]
    assert found(reader, "customers", where("payment_term_id.name", "is_not", "Net 30")) == empty
    assert found(reader, "customers", where("payment_term_id.name", "not_empty")) == [
        "Ann's Bakery"
    ]
    # The link of a link's table stands on its own label.
    deep = where("po_id.customer_id", "contains", "Ann")
    assert found(reader, "jobs", deep) == found(reader, "jobs", where("po_id", "not_empty"), deep)
    with pytest.raises(InvalidInput):
        found(reader, "orders", where("customer_id.payment_term_id.name", "is", "Net 30"))


def test_rows_are_found_by_what_belongs_to_them(reader: Session, shop: Shop) -> None:
    # Ann has an invoice of which 70 are open, due a month ago; "=cmd" has a draft; Bob has none.
    def having(*nodes: Mapping[str, Any], without: bool = False) -> list[str]:
        asked = {"has": "invoices.customer_id", "where": list(nodes), "not": without}
        return found(reader, "customers", asked)

    ann, cmd, bob, carla = "Ann's Bakery", "=cmd|' /C calc'!A0", "Bob 100%_Cotton", "Carla"
    unpaid = where("balance_due", "gt", "0")
    assert having() == [cmd, ann]
    assert having(without=True) == [bob, carla]
    assert having(unpaid, where("due_date", "lt", "today-27")) == [ann]
    assert having(unpaid, where("due_date", "lt", "today-28")) == []
    assert having(unpaid, without=True) == [cmd, bob, carla]
    assert having({"any": [unpaid, where("invoice_number", "starts_with", "DRAFT")]}) == [cmd, ann]
    # A link of the related row, and one back to the table that is asked.
    assert having(where("customer_id", "contains", "bakery")) == [ann]
    assert having(where("customer_id.display_name", "contains", "bakery")) == [ann]
    assert having(where("po_id", "contains", "PO")) == []
    rush = {"has": "orders.customer_id", "where": [where("rush_order", "is", True)]}
    both = found(reader, "customers", {"any": [rush, where("is_active", "is", False)]})
    assert both == [cmd, ann, bob, carla]
    with_lines = {"has": "order_lines.po_id", "where": [where("product_id", "not_empty")]}
    assert found(reader, "orders", with_lines) == ["PO-000"]
    jobs: dict[str, Any] = {"has": "jobs.po_id", "where": []}
    with_jobs = found(reader, "orders", jobs)
    assert 0 < len(with_jobs) < 30
    without = found(reader, "orders", {**jobs, "not": True})
    assert sorted([*with_jobs, *without]) == [f"PO-{number:03d}" for number in range(30)]


SPANS = {
    "today": ("03-04",),
    "yesterday": ("03-03",),
    "tomorrow": ("03-05",),
    "this_week": ("03-02", "03-03", "03-04", "03-05", "03-08"),
    "last_week": ("02-23", "03-01"),
    "next_week": ("03-09",),
    "this_month": ("03-01", "03-02", "03-03", "03-04", "03-05", "03-08", "03-09", "03-31"),
    "last_month": ("02-02", "02-03", "02-23"),
    "next_month": ("04-01",),
    "this_quarter": (
        *("02-02", "02-03", "02-23", "03-01", "03-02", "03-03", "03-04", "03-05", "03-08"),
        *("03-09", "03-31"),
    ),
    "next_quarter": ("04-01",),
    "last_30_days": ("02-03", "02-23", "03-01", "03-02", "03-03", "03-04"),
    "last_2_days": ("03-03", "03-04"),
    "next_5_days": ("03-05", "03-08", "03-09"),
    "last_year": (),
    "2026-03-31": ("03-31",),
    "today-7": (),
    "today+1": ("03-05",),
}
DAYS = sorted({day for days in SPANS.values() for day in days})


@pytest.fixture
def calendar(engine: Engine) -> None:
    """An order for each day, made a quarter past midnight and a quarter before it in New York."""
    (customer,) = put(engine, Customer, [{"display_name": "Ann"}])
    for day in DAYS:
        when = date.fromisoformat(f"2026-{day}")
        row = {
            "po_number": day,
            "customer_id": customer,
            "customer_name": "Ann",
            "status": "pending",
            "invoicing": "none",
            "po_date": when,
            "due_date": when,
        }
        put(engine, PurchaseOrder, [row])


@pytest.mark.usefixtures("calendar")
def test_spans_of_days_are_the_ones_people_mean(reader: Session) -> None:
    for span, days in SPANS.items():
        assert found(reader, "orders", where("po_date", "within", span)) == sorted(days), span
        others = found(reader, "orders", where("po_date", "not_within", span))
        assert others == sorted(set(DAYS) - set(days)), span
    overdue = found(
        reader, "orders", where("due_date", "lt", "today"), where("status", "is", "pending")
    )
    assert overdue == [day for day in DAYS if day < "03-04"]
    between = where("po_date", "between", ["today-1", "today+1"])
    assert found(reader, "orders", between) == ["03-03", "03-04", "03-05"]
    before = {day for day in DAYS if day < "03-09"}
    assert set(found(reader, "orders", where("po_date", "lt", "next_week"))) == before
    assert set(found(reader, "orders", where("po_date", "gte", "next_week"))) == set(DAYS) - before
    assert found(reader, "orders", where("po_date", "gt", "this_week"))[0] == "03-09"
    assert found(reader, "orders", where("po_date", "lte", "last_week"))[-1] == "03-01"
    weeks = where("po_date", "between", ["last_week", "last_week"])
    assert found(reader, "orders", weeks) == ["02-23", "03-01"]


MOMENTS = {
    # The day of New York begins at five o'clock of the world's time, at four from March 8.
    "end of the 3rd": datetime(2026, 3, 4, 4, 59, 59, tzinfo=UTC),
    "start of the 4th": datetime(2026, 3, 4, 5, 0, tzinfo=UTC),
    "end of the 4th": datetime(2026, 3, 5, 4, 59, 59, tzinfo=UTC),
    "start of the 5th": datetime(2026, 3, 5, 5, 0, tzinfo=UTC),
    "end of the 8th": datetime(2026, 3, 9, 3, 59, 59, tzinfo=UTC),
    "start of the 9th": datetime(2026, 3, 9, 4, 0, tzinfo=UTC),
}


@pytest.fixture
def moments(engine: Engine) -> None:
    rows = [{"name": name, "created_at": moment} for name, moment in MOMENTS.items()]
    put(engine, Product, rows)


@pytest.mark.usefixtures("moments")
@pytest.mark.parametrize(
    ("operator", "value", "names"),
    [
        ("within", "today", {"start of the 4th", "end of the 4th"}),
        ("within", "yesterday", {"end of the 3rd"}),
        ("within", "2026-03-08", {"end of the 8th"}),
        ("within", "2026-03-09", {"start of the 9th"}),
        ("gt", "today", {"start of the 5th", "end of the 8th", "start of the 9th"}),
        ("gte", "03/09/2026", {"start of the 9th"}),
        ("gte", "next_week", {"start of the 9th"}),
        ("gt", "this_week", {"start of the 9th"}),
        ("lte", "yesterday", {"end of the 3rd"}),
        ("lt", "2026-03-04", {"end of the 3rd"}),
        ("lte", "2026-03-04", {"end of the 3rd", "start of the 4th", "end of the 4th"}),
        ("between", ["2026-03-04", "2026-03-04"], {"start of the 4th", "end of the 4th"}),
        ("gt", "2026-03-09T03:00:00+00:00", {"end of the 8th", "start of the 9th"}),
    ],
)
def test_a_day_of_moments_is_the_companys(
    reader: Session, operator: str, value: Any, names: set[str]
) -> None:
    asked = where("created_at", operator, value)
    assert set(found(reader, "products", asked, zone=NEW_YORK)) == names


@pytest.mark.usefixtures("moments")
def test_a_day_behind_a_link_is_the_companys_too(reader: Session, engine: Engine) -> None:
    product = reader.scalar(sa.select(Product.id).where(Product.name == "end of the 3rd"))
    put(engine, InventoryItem, [{"name": "Ink", "product_id": product}])
    reader.rollback()
    yesterday = where("product_id.created_at", "within", "yesterday")
    assert found(reader, "inventory_items", yesterday, zone=NEW_YORK) == ["Ink"]
    assert found(reader, "inventory_items", yesterday, zone="UTC") == []


def plan_of(session: Session, *nodes: Mapping[str, Any]) -> str:
    orders = table("orders")
    parts = conditions(orders, Selection(tuple(nodes), "", NEW_YORK), today=TODAY)
    query = sa.select(sa.func.count()).select_from(joined(orders, parts.joins)).where(*parts.where)
    dialect = session.get_bind().dialect
    text = str(query.compile(dialect=dialect, compile_kwargs={"literal_binds": True}))
    words = "EXPLAIN QUERY PLAN" if dialect.name == "sqlite" else "EXPLAIN"
    lines = session.connection().exec_driver_sql(f"{words} {text.replace('%', '%%')}").all()
    return "\n".join(str(part) for line in lines for part in line)


@pytest.fixture
def many(engine: Engine) -> None:
    (customer,) = put(engine, Customer, [{"display_name": "Ann", "account_number": "A-1"}])
    others = put(engine, Customer, [{"display_name": f"C {n}"} for n in range(20)])
    rows = [
        {
            "id": new_id(),
            "created_at": NOON,
            "updated_at": NOON,
            "po_number": f"PO-{number}",
            "customer_id": customer if number == 7 else others[number % 20],
            "customer_name": "Ann",
            "status": "pending" if number < 20 else "completed",
            "invoicing": "none",
            "po_date": date(2020 + number % 6, 1 + number % 12, 1 + number % 28),
        }
        for number in range(4_000)
    ]
    with engine.begin() as connection:
        connection.execute(sa.insert(PurchaseOrder), rows)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("ANALYZE")


@pytest.mark.usefixtures("many")
def test_indexes_serve_spans_links_and_groups(reader: Session) -> None:
    """Nothing that people filter by each day reads the whole table of orders."""
    span = where("po_date", "within", "last_7_days")
    link = where("customer_id.account_number", "is", "A-1")
    number = where("po_number", "is", "PO-9")
    for asked in ((span,), (link,), (number,), ({"any": [number, span]},), (link, span)):
        plan = plan_of(reader, *asked)
        assert "Seq Scan on purchase_orders" not in plan, plan
        assert "SCAN purchase_orders" not in plan.replace("SCAN purchase_orders USING", ""), plan


def test_what_is_too_much_or_of_another_form_is_refused() -> None:
    deep: dict[str, Any] = where("status", "is", "pending")
    for _ in range(4):
        deep = {"any": [deep]}
    broken: tuple[Any, ...] = (deep, {"any": "status"}, {"any": [3]}, {"any": {"all": []}})
    for one in broken:
        with pytest.raises(InvalidInput):
            selection_of("", json.dumps([one]))
    spread = [{"any": [where("status", "is", "pending")] * 11}] * 2
    with pytest.raises(InvalidInput):
        selection_of("", json.dumps(spread))
    for value in (
        "soon",
        "last_0x_days",
        "this_decade",
        ["today"],
        {"a": 1},
        None,
        "last_9999_years",
    ):
        with pytest.raises(InvalidInput):
            conditions(
                table("orders"), Selection((where("po_date", "within", value),)), today=TODAY
            )

"""Capitals neither come first nor hide a record, and indexes answer both."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from batchly_admin.db import make_engine, make_glances
from batchly_admin.grid import feed, grouping, naming, windows
from batchly_admin.grid.filters import Selection
from batchly_admin.grid.levels import levels_of
from batchly_admin.grid.registry import table
from batchly_admin.models.customers import Customer
from tests.service.grid.shop import put

TODAY = date(2026, 3, 4)
CUSTOMERS = table("customers")
NAMES = ["beta", "Zeta", "alpha 2", "BETA 2", "Alpha", "alpha"]
IN_ORDER = ["alpha 2", "beta", "BETA 2", "Zeta"]


@pytest.fixture
def named(engine: Engine) -> None:
    rows = [{"display_name": name, "company_name": name[:5]} for name in NAMES]
    put(engine, Customer, rows)


def shown(reader: Session, sort: tuple[str, ...] = (), group: str = "") -> list[str]:
    asked = windows.Asked(sort=sort, group=levels_of(CUSTOMERS, group, today=TODAY))
    columns = (CUSTOMERS.by_name["display_name"],)
    return [row[3] for row in windows.rows(reader, CUSTOMERS, columns, asked, today=TODAY)]


@pytest.mark.usefixtures("named")
def test_text_is_in_order_whatever_its_case(reader: Session) -> None:
    found = shown(reader)
    assert shown(reader, ("-display_name",)) == found[::-1]
    # PostgreSQL orders as its database was made to; ours here knows no country.
    if reader.get_bind().dialect.name == "sqlite":
        assert {*found[:2]} == {"Alpha", "alpha"}
        assert found[2:] == IN_ORDER


@pytest.mark.usefixtures("named")
def test_groups_and_places_follow_the_order_of_the_rows(reader: Session) -> None:
    level = levels_of(CUSTOMERS, "company_name", today=TODAY)
    heads = grouping.groups(reader, CUSTOMERS, level, Selection(), today=TODAY)
    rows = shown(reader, group="company_name")
    for head in heads:
        held = rows[head.offset : head.offset + head.count]
        assert {name[:5] for name in held} == {head.key}
    ids = windows.ids(reader, CUSTOMERS, Selection(), today=TODAY)
    places = [feed.place_of(reader, CUSTOMERS, key, windows.Asked(), today=TODAY) for key in ids]
    assert places == list(range(len(NAMES)))


@pytest.mark.parametrize(
    ("name", "sort"),
    [
        ("customers", "display_name"),
        ("products", "name"),
        ("orders", "customer_id"),
        ("orders", "-po_number"),
        ("invoices", "invoice_number"),
    ],
)
def test_an_index_gives_the_order(sqlite_url: str, name: str, sort: str) -> None:
    engine = make_engine(sqlite_url)
    plans: list[str] = []

    @event.listens_for(engine, "before_cursor_execute")
    def _note(_connection: Any, cursor: Any, statement: str, values: Any, *_rest: Any) -> None:
        if statement.startswith("SELECT"):
            cursor.execute(f"EXPLAIN QUERY PLAN {statement}", values)
            plans.extend(row[3] for row in cursor.fetchall())

    with make_glances(engine)() as reader:
        windows.ids(reader, table(name), Selection(), today=TODAY, sort=(sort,))
    engine.dispose()
    assert len(plans) == 1, plans
    assert "USING COVERING INDEX" in plans[0]


@pytest.mark.usefixtures("named")
def test_names_are_found_whatever_their_case(reader: Session) -> None:
    orders = table("orders")
    found = naming.ids_of(reader, orders, "customer_id", ["ZETA", "beta", "ALPHA", "none"])
    assert not isinstance(found["ZETA"], str)
    assert not isinstance(found["beta"], str)
    assert found["ALPHA"] == "2 customers go by ALPHA; choose one from the list."
    assert found["none"] == "There is no customer none."

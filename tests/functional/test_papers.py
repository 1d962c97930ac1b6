"""A record on paper, and the lists beside it: what they show, and to whom."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from uuid import UUID, uuid4

import pytest

from batchly_admin.models.company import Organization
from batchly_admin.models.customers import Communication, Customer
from batchly_admin.models.orders import PoLineItem, PurchaseOrder
from batchly_admin.services.unit_of_work import UnitOfWorks
from tests import given
from tests.conftest import NOON
from tests.house import House, open_house


@pytest.fixture(scope="module")
def house(shared_database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    roles = ("office", "viewer", "worker")
    with open_house(
        tmp_path_factory.mktemp("papers"), roles, DATABASE_URL=shared_database_url
    ) as found:
        yield found


@pytest.fixture
def uows(house: House) -> UnitOfWorks:
    return house.runtime.uows


def words_of(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.split("<main", 1)[1]))


def test_an_order_on_paper_has_all_that_its_reader_needs(house: House, uows: UnitOfWorks) -> None:
    order = given.order(uows, lines=(("2", "10.50"), ("1000", "0.25")))
    with uows.begin(actor=given.ANN, source="form") as uow:
        company = uow.session.query(Organization).one()
        company.phone, company.address = "555-0100", {"line1": "1 Mill Rd", "city": "Troy"}
        found = uow.session.get_one(PurchaseOrder, order)
        found.shipping_address = {"line1": "9 Dock St", "city": "Albany", "state": "NY"}
        found.special_instructions, found.internal_notes = "Fold <flat>\nin boxes", "a bad payer"
        line = uow.session.query(PoLineItem).filter_by(po_id=order, line_number=1).one()
        line.print_specifications = {"inks": ["blue", "gold"], "method": ""}
    answer = house["office"].get(f"/orders/{order}/paper")
    assert answer.status_code == 200
    words = words_of(answer.text)
    for text in ("555-0100", "1 Mill Rd", "9 Dock St", "Albany NY", "in boxes", "$10.50", "1,000"):
        assert text in words, text
    assert "Fold &lt;flat&gt;" in answer.text
    assert "Total $271.00" in words
    assert "Print specifications Inks: blue, gold 2 Item 2" in words
    assert "bad payer" not in answer.text


def test_what_is_empty_takes_no_room(house: House, uows: UnitOfWorks) -> None:
    words = words_of(house["office"].get(f"/orders/{given.order(uows)}/paper").text)
    assert "Print specifications" not in words
    assert "Shipped" not in words


@pytest.mark.parametrize("table", ["orders", "invoices", "credit-memos", "jobs", "customers"])
def test_there_is_no_paper_of_nothing(house: House, table: str) -> None:
    assert house["office"].get(f"/{table}/{uuid4()}/paper").status_code == 404


def test_only_who_sees_the_record_prints_it(house: House, uows: UnitOfWorks) -> None:
    order = given.order(uows)
    assert house["viewer"].get(f"/orders/{order}/paper").status_code == 200
    assert house["worker"].get(f"/orders/{order}/paper").status_code == 403
    assert f'href="/orders/{order}/paper"' in house["viewer"].get(f"/orders/{order}").text


def test_an_order_shows_the_messages_of_its_customer(house: House, uows: UnitOfWorks) -> None:
    order = given.order(uows)
    with uows.begin(actor=given.ANN, source="form") as uow:
        buyer = uow.session.get_one(PurchaseOrder, order).customer_id
        other = Customer(display_name=f"Other {uuid4()}")
        uow.session.add(other)
        uow.session.flush()
        for key, subject in ((buyer, "Wants blue ink"), (other.id, "Something else")):
            message = Communication(customer_id=key, subject=subject, happened_at=NOON)
            uow.session.add(message)
    lists = lists_of(house, order, "office")
    assert [row["values"][0] for row in lists["Messages"]["rows"]] == ["Wants blue ink"]
    assert lists["Messages"]["add_href"] == f"/communications/new?customer_id={buyer}"
    page = house["office"].get(lists["Messages"]["add_href"]).text
    assert str(buyer) in page


def test_who_only_looks_is_offered_nothing_new(house: House, uows: UnitOfWorks) -> None:
    lists = lists_of(house, given.order(uows), "viewer")
    assert {one["add_href"] for one in lists.values()} == {None}


def lists_of(house: House, order: UUID, role: str) -> dict[str, dict[str, Any]]:
    found = house[role].get(f"/orders/{order}/panel").get_json()["related"]
    return {one["title"]: one for one in found}

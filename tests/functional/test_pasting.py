"""The routes of a paste: the worst tables that people paste, one change set, one undo, rights."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa

from batchly_admin.models.changes import ChangeSet
from batchly_admin.models.customers import Customer
from batchly_admin.models.orders import PurchaseOrder
from batchly_admin.models.pasting import PasteReading
from tests import given
from tests.house import House, Person, open_house

ROLES = ("manager", "office", "accountant", "viewer", "worker")


@pytest.fixture(scope="module")
def house(shared_database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    folder = tmp_path_factory.mktemp("pasting")
    with open_house(folder, ROLES, DATABASE_URL=shared_database_url) as found:
        uows = found.runtime.uows
        given.customer(uows, "Acme", company_name="Jones & Sons", account_number="A-1")
        given.customer(uows, "Acme West", company_name="Jones & Sons", account_number="A-2")
        for _number in range(6):
            given.order(uows, lines=(("2", "10"),))
        yield found


def ask(person: Person, path: str, body: dict[str, Any], status: int = 200) -> dict[str, Any]:
    answer = person.post(path, body)
    assert answer.status_code == status, answer.text
    found: Any = answer.json
    return dict(found) if isinstance(found, dict) else {}


def cells_of(house: House, column: str) -> list[tuple[str, Any]]:
    """Give the ids of the orders and what a column of them holds, as the grid shows it."""
    answer = house["manager"].get("/orders/window", columns=column, sort="po_number")
    found: Any = answer.json
    return [(row[0], row[3]) for row in found["rows"]]


def test_the_worst_dates_and_decimals_save_where_they_are_sure_and_stay_where_not(
    house: House,
) -> None:
    ann = house["manager"]
    due = cells_of(house, "due_date")
    discount = dict(cells_of(house, "discount_amount"))
    days = ["2027-1-5", "1/25/2027", "13/13/2027", "soon", "", "3/4/2027"]
    sums = ["1,40", "-35,01", "0,5", "twelve", "2,00", "3"]
    look = ask(ann, "/orders/paste", {"columns": {"due_date": days, "discount_amount": sums}})
    # One US date settles the column; the comma settles the amounts; nothing is asked.
    assert look["questions"] == []
    read = look["columns"]
    assert read["due_date"][:2] == [[0, "2027-01-05"], [0, "2027-01-25"]]
    assert read["due_date"][2][0] == read["due_date"][3][0] == 1
    assert read["due_date"][4:] == [[0, ""], [0, "2027-03-04"]]
    assert read["discount_amount"][0] == [0, "1.40"]
    assert read["discount_amount"][1] == [0, "-35.01"]
    assert read["discount_amount"][3] == [1, "twelve is not a number."]
    changes = [
        {"id": key, "column": column, "seen": seen, "text": meant[1]}
        for index, (key, was) in enumerate(due)
        for column, seen in (("due_date", was), ("discount_amount", discount[key]))
        if (meant := read[column][index])[0] == 0
    ]
    written = ask(ann, "/orders/changes", {"changes": changes, "source": "paste"})
    status = {(one["id"], one["column"]): one["status"] for one in written["results"]}
    # The lines of an order come to 20: a discount below nothing is refused, its row's date saves.
    assert status[due[1][0], "discount_amount"] == "refused"
    assert status[due[1][0], "due_date"] == "saved"
    now = dict(cells_of(house, "due_date"))
    assert [now[key] for key, _was in due] == [
        "2027-01-05", "2027-01-25", due[2][1], due[3][1], None, "2027-03-04"
    ]  # fmt: skip
    ask(ann, f"/history/{written['change_set']}/undo", {})
    assert cells_of(house, "due_date") == due
    assert dict(cells_of(house, "discount_amount")) == discount


def test_a_paste_in_parts_with_new_records_is_one_change_set_and_one_undo(house: House) -> None:
    ann = house["manager"]
    before = cells_of(house, "customer_id")
    names = [f"New maker {number % 2}" for number in range(len(before))]
    look = ask(ann, "/orders/paste", {"columns": {"customer_id": names}})
    assert [(one["text"], one["create"]) for one in look["names"]] == [
        ("New maker 0", "customer"),
        ("New maker 1", "customer"),
    ]
    made = ask(ann, "/orders/paste/names", {"column": "customer_id", "texts": sorted(set(names))})
    ids = {one["text"]: one["id"] for one in made["made"]}
    for index, (key, was) in enumerate(before):
        change = {"id": key, "column": "customer_id", "seen": was, "text": ids[names[index]]}
        body = {"changes": [change], "source": "paste", "change_set": made["change_set"]}
        part = ask(ann, "/orders/changes", body)
        assert part["change_set"] == made["change_set"]
        assert part["results"][0]["status"] == "saved", part
    assert [value[1] for _key, value in cells_of(house, "customer_id")] == names
    undone = ask(ann, "/history/mine/undo", {"table": "orders"})
    assert undone["conflicts"] == []
    assert cells_of(house, "customer_id") == before
    with house.runtime.database.connect() as connection:
        query = sa.select(sa.func.count()).where(Customer.display_name.startswith("New maker"))
        assert connection.scalar(query) == 0


def test_twins_are_offered_with_what_tells_them_apart(house: House) -> None:
    body = {"columns": {"customer_id": ["Jones & Sons", "acme", "a-2", "Acme Wset"]}}
    look = ask(house["manager"], "/orders/paste", body)
    assert [one[0] for one in look["columns"]["customer_id"]] == [2, 0, 0, 2]
    twins, typo = look["names"]
    assert [one["detail"][:3] for one in twins["options"]] == ["A-1", "A-2"]
    assert typo["options"][0]["label"] == "Acme West"


def test_an_answer_is_remembered_for_its_person_only(house: House) -> None:
    body = {"columns": {"due_date": ["03/04/2027"]}}
    asked = ask(house["manager"], "/orders/paste", body)["questions"]
    assert asked[0]["meanings"] == {"dmy": "3 April 2027", "mdy": "4 March 2027"}
    told = ask(house["manager"], "/orders/paste", {**body, "answers": {"due_date": "dmy"}})
    assert told["columns"]["due_date"] == [[0, "2027-04-03"]]
    again = ask(house["manager"], "/orders/paste", body)
    assert again["columns"]["due_date"] == [[0, "2027-04-03"]]
    assert again["questions"][0]["remembered"] == "dmy"
    assert ask(house["office"], "/orders/paste", body)["columns"]["due_date"] == [[2]]
    with house.runtime.database.connect() as connection:
        assert connection.scalar(sa.select(sa.func.count()).select_from(PasteReading)) == 1
        # An answer is no change of business data.
        notes = sa.select(ChangeSet.id).where(ChangeSet.source == "paste", ~ChangeSet.id.in_(
            sa.select(ChangeSet.id).where(ChangeSet.undone_by_id.is_not(None))
        ))  # fmt: skip
        assert connection.scalars(notes).all() == []


@pytest.mark.parametrize("role", ["accountant", "viewer", "worker"])
def test_who_may_not_change_orders_pastes_nothing_and_makes_nobody(house: House, role: str) -> None:
    look = {"columns": {"customer_id": ["Acme"]}}
    make = {"column": "customer_id", "texts": ["Ghost"]}
    ask(house[role], "/orders/paste", look, 403)
    ask(house[role], "/orders/paste/names", make, 403)
    with house.runtime.database.connect() as connection:
        ghost = sa.select(Customer.id).where(Customer.display_name == "Ghost")
        assert connection.scalar(ghost) is None


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"column": "nothing", "texts": []}, 404),
        ({"column": "po_number", "texts": []}, 403),
        ({"column": "customer_id", "texts": "Acme"}, 422),
        ({"column": "customer_id", "texts": [7]}, 422),
        ({"column": "customer_id", "texts": ["x"] * 501}, 422),
        ({"column": "customer_id", "texts": [], "change_set": "what"}, 422),
        ({"column": "tax_code_id", "texts": ["Ghost tax"]}, 403),
    ],
)
def test_names_that_cannot_be_made_are_refused(
    house: House, body: dict[str, Any], status: int
) -> None:
    ask(house["office"], "/orders/paste/names", body, status)


def test_a_large_paste_takes_few_statements_a_row(house: House) -> None:
    uows = house.runtime.uows
    for _number in range(20):
        given.order(uows, lines=(("1", "5"),))
    customers = [given.customer(uows) for _number in range(3)]
    rows = cells_of(house, "customer_id")
    changes = [
        {"id": key, "column": "customer_id", "seen": was, "text": str(customers[at % 3])}
        for at, (key, was) in enumerate(rows)
    ]
    said: list[str] = []

    def note(*arguments: Any) -> None:
        said.append(arguments[2])

    sa.event.listen(house.runtime.database, "before_cursor_execute", note)
    try:
        ask(house["manager"], "/orders/changes", {"changes": changes, "source": "paste"})
    finally:
        sa.event.remove(house.runtime.database, "before_cursor_execute", note)
    # One statement writes each row; what the rules ask for is read for all rows together.
    assert len(said) < len(rows) + 30
    with house.runtime.database.connect() as connection:
        held = set(connection.scalars(sa.select(PurchaseOrder.customer_id)))
    assert held == set(customers)

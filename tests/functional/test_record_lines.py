"""The panel of a record and the lines in it: rights, locks, totals after each change."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Any
from uuid import UUID

import pytest

from batchly_admin.models.billing import Invoice
from batchly_admin.services import invoicing
from batchly_admin.services.unit_of_work import UnitOfWorks
from tests import given
from tests.conftest import NOON
from tests.house import House, Person, open_house


@dataclass
class Clerk:
    """Somebody at the grid."""

    person: Person

    def get(self, path: str, status: int = 200) -> Any:
        answer = self.person.get(path)
        assert answer.status_code == status, answer.text
        return answer.json

    def write(self, path: str, body: dict[str, Any], status: int = 200) -> Any:
        answer = self.person.post(path, body)
        assert answer.status_code == status, answer.text
        return answer.json

    def lines(self, path: str) -> list[dict[str, Any]]:
        """Give the lines by the names of their columns."""
        names = [column["name"] for column in self.get(path)["config"]["columns"]]
        rows = self.get(f"{path}/window")["rows"]
        return [
            {"id": row[0], "lock": row[2], **dict(zip(names, row[3:], strict=True))} for row in rows
        ]


Clerks = Callable[[str], Clerk]


@pytest.fixture(scope="module")
def house(shared_database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """One application for all tests here; each makes documents of its own."""
    with open_house(tmp_path_factory.mktemp("lines"), DATABASE_URL=shared_database_url) as found:
        yield found


@pytest.fixture
def uows(house: House) -> UnitOfWorks:
    return house.runtime.uows


@pytest.fixture(scope="module")
def clerks(house: House) -> Clerks:
    @cache
    def log_in(role: str) -> Clerk:
        return Clerk(house.log_in(role))

    return log_in


def total_of(answer: dict[str, Any]) -> Decimal:
    document = answer.get("document", answer)
    found = {total["name"]: total["value"] for total in document["totals"]}
    return Decimal(found["total_amount"])


def test_the_panel_tells_everything_about_a_record(uows: UnitOfWorks, clerks: Clerks) -> None:
    order = given.order(uows)
    found = clerks("office").get(f"/orders/{order}/panel")
    assert found["id"] == str(order)
    assert found["lock"] is None
    assert found["cells"]["total_amount"] == "36.50"
    assert total_of(found["lines"]) == Decimal("36.50")
    assert [one["title"] for one in found["related"]][:2] == ["Jobs", "Invoices"]
    assert found["history"] == f"/orders/{order}/history"
    placed = {name for group in found["groups"] for name in group["fields"]}
    assert placed == set(found["cells"]) - {"files"}
    assert found["files"] == f"/orders/{order}/files"


def test_totals_follow_every_change_of_a_line(uows: UnitOfWorks, clerks: Clerks) -> None:
    order = given.order(uows)
    clerk = clerks("office")
    path = f"/orders/{order}/lines"
    first, second = clerk.lines(path)
    change = {"id": first["id"], "column": "quantity", "seen": first["quantity"], "text": "4"}
    assert total_of(clerk.write(f"{path}/changes", {"changes": [change]})) == Decimal("56.50")
    stale = clerk.write(f"{path}/changes", {"changes": [{**change, "text": "9"}]})
    assert [result["status"] for result in stale["results"]] == ["conflict"]
    new = {
        "key": "a",
        "values": {"item_name": "Box", "quantity": "2", "unit_price": "1.25"},
    }
    added = clerk.write(f"{path}/changes", {"creates": [new], "source": "paste"})
    assert [one["status"] for one in added["created"]] == ["created"]
    assert total_of(added) == Decimal("59.00")
    gone = clerk.write(f"{path}/changes", {"deletes": [second["id"]]})
    assert total_of(gone) == Decimal("42.50")
    undone = clerk.write(f"/history/{gone['change_set']}/undo", {})
    assert undone["conflicts"] == []
    assert total_of(clerk.get(f"{path}/window")) == Decimal("59.00")


def test_a_new_line_is_completed_by_its_product(uows: UnitOfWorks, clerks: Clerks) -> None:
    product = given.product(uows, "Gift box", "3.50")
    order = given.order(uows)
    clerk = clerks("office")
    path = f"/orders/{order}/lines"
    new = {"key": "a", "values": {"product_id": str(product), "quantity": "2"}}
    added = clerk.write(f"{path}/changes", {"creates": [new]})
    assert total_of(added) == Decimal("43.50")
    made = clerk.lines(path)[-1]
    assert (made["item_name"], made["line_number"]) == ("Gift box", 3)


def test_what_cannot_be_a_line_is_refused_at_its_place(uows: UnitOfWorks, clerks: Clerks) -> None:
    order = given.order(uows)
    clerk = clerks("office")
    path = f"/orders/{order}/lines"
    creates = [
        {"key": "bad", "values": {"item_name": "A", "quantity": "two", "unit_price": "1"}},
        {"key": "bare", "values": {"item_name": "B", "unit_price": "1"}},
        {"key": "good", "values": {"item_name": "C", "quantity": "1", "unit_price": "1"}},
    ]
    answer = clerk.write(f"{path}/changes", {"creates": creates})
    by_key = {one["key"]: one for one in answer["created"]}
    assert by_key["bad"]["refusals"][0]["column"] == "quantity"
    assert by_key["bare"]["refusals"][0]["column"] == "quantity"
    assert by_key["good"]["status"] == "created"
    assert total_of(answer) == Decimal("37.50")


def test_a_line_of_another_document_is_not_written(uows: UnitOfWorks, clerks: Clerks) -> None:
    mine, other = given.order(uows), given.order(uows)
    clerk = clerks("office")
    line = clerk.lines(f"/orders/{other}/lines")[0]
    change = {"id": line["id"], "column": "quantity", "seen": line["quantity"], "text": "9"}
    body = {"changes": [change], "deletes": [line["id"]]}
    answer = clerk.write(f"/orders/{mine}/lines/changes", body)
    assert [result["status"] for result in answer["results"]] == ["refused"]
    assert answer["deleted"] == []
    new = {
        "key": "a",
        "values": {"po_id": str(other), "item_name": "X", "quantity": "1", "unit_price": "1"},
    }
    clerk.write(f"/orders/{mine}/lines/changes", {"creates": [new]})
    assert len(clerk.lines(f"/orders/{other}/lines")) == 2
    assert len(clerk.lines(f"/orders/{mine}/lines")) == 3


def test_a_line_moves_and_the_others_close_up(uows: UnitOfWorks, clerks: Clerks) -> None:
    order = given.order(uows, lines=(("1", "1"), ("1", "2"), ("1", "3"), ("1", "4")))
    clerk = clerks("office")
    path = f"/orders/{order}/lines"
    moved = clerk.lines(path)[0]["id"]
    answer = clerk.write(f"{path}/changes", {"move": {"id": moved, "to": 3}})
    found = clerk.lines(path)
    assert [line["item_name"] for line in found] == ["Item 2", "Item 3", "Item 1", "Item 4"]
    assert [line["line_number"] for line in found] == [1, 2, 3, 4]
    assert total_of(answer) == Decimal(10)
    clerk.write(f"{path}/changes", {"move": {"id": moved, "to": 0}}, 422)


def test_an_issued_invoice_locks_its_lines_in_words(uows: UnitOfWorks, clerks: Clerks) -> None:
    invoice = given.issued_invoice(uows)
    clerk = clerks("accountant")
    path = f"/invoices/{invoice}/lines"
    found = clerk.get(path)
    assert "ssued" in found["lock"]
    assert found["config"]["can"]["create"] is False
    line = clerk.lines(path)[0]
    assert line["lock"] == found["lock"]
    body = {
        "changes": [{"id": line["id"], "column": "quantity", "seen": "2", "text": "9"}],
        "creates": [{"key": "a", "values": {"description": "x"}}],
        "deletes": [line["id"]],
    }
    answer = clerk.write(f"{path}/changes", body)
    outcomes = [*answer["results"], *answer["created"], *answer["deleted"]]
    assert {(one["status"], one["reason"]) for one in outcomes} == {("refused", found["lock"])}
    clerk.write(f"{path}/changes", {"move": {"id": line["id"], "to": 2}}, 409)


def test_the_history_names_what_no_grid_shows(uows: UnitOfWorks, clerks: Clerks) -> None:
    invoice = given.issued_invoice(uows)
    with uows.begin(actor=given.ANN, source="push") as uow:
        found = uow.session.get_one(Invoice, invoice)
        found.qb_invoice_id, found.sent_to_qb_at = "196", NOON
        found.status = "sent"
    entries = clerks("accountant").get(f"/invoices/{invoice}/history")["entries"]
    told = {item["label"]: (item["kind"], item["new"]) for item in entries[0]["items"]}
    assert told["QuickBooks invoice"] == ("text", "196")
    assert told["Sent to QuickBooks at"][0] == "datetime"
    assert told["Status"] == ("text", "Sent")


def test_a_draft_invoice_takes_lines(uows: UnitOfWorks, clerks: Clerks) -> None:
    order = given.approved_order(uows)
    with uows.begin(actor=given.ANN, source="grid") as uow:
        invoice: UUID = invoicing.draft_from_order(uow, order_id=order).id
    clerk = clerks("accountant")
    new = {"key": "a", "values": {"description": "Rush", "quantity": "1", "unit_price": "5"}}
    answer = clerk.write(f"/invoices/{invoice}/lines/changes", {"creates": [new]})
    assert total_of(answer) == Decimal("41.50")


@pytest.mark.parametrize("role", ["viewer", "accountant"])
def test_who_may_only_look_changes_no_line(uows: UnitOfWorks, clerks: Clerks, role: str) -> None:
    order = given.order(uows)
    clerk = clerks(role)
    path = f"/orders/{order}/lines"
    can = clerk.get(path)["config"]["can"]
    assert [can[verb] for verb in ("create", "edit", "delete")] == [False, False, False]
    clerk.write(f"{path}/changes", {"deletes": [clerk.lines(path)[0]["id"]]}, 403)


def test_who_may_not_see_a_table_sees_no_panel(uows: UnitOfWorks, clerks: Clerks) -> None:
    order = given.order(uows)
    clerk = clerks("worker")
    for part in ("panel", "place", "lines", "lines/window"):
        clerk.get(f"/orders/{order}/{part}", 403)


def test_the_place_of_a_record_is_its_row_in_the_grid(uows: UnitOfWorks, clerks: Clerks) -> None:
    orders = [given.order(uows) for _number in range(3)]
    clerk = clerks("office")
    rows = clerk.get("/orders/window?sort=po_number")["rows"]
    for order in orders:
        row = clerk.get(f"/orders/{order}/place?sort=po_number")["row"]
        assert rows[row][0] == str(order)
    assert clerk.get(f"/orders/{orders[0]}/place?search=nothing-like-it")["row"] is None
    clerk.get(f"/customers/{orders[0]}/lines", 404)


def test_names_made_by_a_paste_and_its_lines_are_one_step(
    uows: UnitOfWorks, clerks: Clerks
) -> None:
    order = given.order(uows)
    clerk = clerks("manager")
    path = f"/orders/{order}/lines"
    urls = clerk.get(path)["config"]["urls"]
    asked = {"columns": {"product_id": ["Brand-new mug"]}}
    assert [one["text"] for one in clerk.write(urls["paste"], asked)["names"]] == ["Brand-new mug"]
    named = {"column": "product_id", "texts": ["Brand-new mug"]}
    made = clerk.write(urls["paste_names"], named)
    product = made["made"][0]["id"]
    new = {"key": "a", "values": {"product_id": product, "quantity": "2", "unit_price": "1.25"}}
    body = {"creates": [new], "source": "paste", "change_set": made["change_set"]}
    added = clerk.write(f"{path}/changes", body)
    assert added["change_set"] == made["change_set"]
    assert total_of(added) == Decimal("39.00")


def test_undo_in_the_lines_keeps_to_this_document(uows: UnitOfWorks, clerks: Clerks) -> None:
    mine, other = given.order(uows), given.order(uows)
    clerk = clerks("office")

    def change(order: UUID, text: str) -> None:
        line = clerk.lines(f"/orders/{order}/lines")[0]
        cell = {"id": line["id"], "column": "quantity", "seen": line["quantity"], "text": text}
        clerk.write(f"/orders/{order}/lines/changes", {"changes": [cell]})

    change(mine, "4")
    change(other, "5")
    gone = clerk.lines(f"/orders/{mine}/lines")[1]["id"]
    clerk.write(f"/orders/{mine}/lines/changes", {"deletes": [gone]})
    change(other, "6")
    step = {"table": "order_lines", "document": str(mine)}
    assert clerk.write("/history/mine/undo", step)["undone"] > 0
    assert len(clerk.lines(f"/orders/{mine}/lines")) == 2
    clerk.write("/history/mine/undo", step)
    assert total_of(clerk.get(f"/orders/{mine}/lines/window")) == Decimal("36.50")
    assert clerk.write("/history/mine/undo", step)["kind"] == "nothing"
    assert Decimal(clerk.lines(f"/orders/{other}/lines")[0]["quantity"]) == 6
    clerk.write("/history/mine/redo", step)
    assert total_of(clerk.get(f"/orders/{mine}/lines/window")) == Decimal("56.50")

"""Two people over HTTP: each undoes their own, hears of the other, and nobody reaches too far."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from werkzeug.test import TestResponse

from batchly_admin.jobs.runtime import Runtime
from batchly_admin.models.catalogue import Product
from tests import given
from tests.house import Person, open_house

ROLES = {"ann": "office", "bob": "manager", "acc": "accountant", "vic": "viewer"}


@dataclass(frozen=True)
class Somebody(Person):
    def write(self, key: UUID, column: str, seen: Any, text: Any) -> dict[str, Any]:
        change = {"id": str(key), "column": column, "seen": seen, "text": text}
        answer = self.post("/customers/changes", {"changes": [change], "source": "cell"})
        assert answer.status_code == 200, answer.text
        [result] = answer.get_json()["results"]
        return dict(result)

    def undo(self, **more: Any) -> dict[str, Any]:
        answer = self.post("/history/mine/undo", {"table": "customers", **more})
        assert answer.status_code == 200, answer.text
        return dict(answer.get_json())

    def news(self, since: str = "", tag: str = "", **more: str) -> TestResponse:
        headers = {"If-None-Match": tag, "Accept": "application/json"}
        query = {"since": since, "tab": "t", **more}
        return self.client.get("/customers/changes", query_string=query, headers=headers)


@dataclass(frozen=True)
class Shared:
    runtime: Runtime
    people: dict[str, Somebody]


@pytest.fixture(scope="module")
def house(
    shared_sqlite_url: str, tmp_path_factory: pytest.TempPathFactory, _redis_url: str
) -> Iterator[Shared]:
    folder = tmp_path_factory.mktemp("safety")
    with open_house(folder, DATABASE_URL=shared_sqlite_url, REDIS_URL=_redis_url) as found:
        people = {name: found.log_in(name, role) for name, role in ROLES.items()}
        everybody = {name: Somebody(one.client, one.token) for name, one in people.items()}
        yield Shared(found.runtime, everybody)


def test_undo_takes_the_own_change_back_and_says_which(house: Shared) -> None:
    ann, bob = house.people["ann"], house.people["bob"]
    key = given.customer(house.runtime.uows, phone="555-0101")
    ann.write(key, "phone", "555-0101", "555-0102")
    bob.write(key, "notes", None, "bob was here")
    answer = ann.undo()
    assert (answer["kind"], answer["undone"], answer["conflicts"]) == ("change", 1, [])
    assert answer["what"] == "1 cell of a customer changed"
    assert answer["href"] == f"/customers/{key}"
    again = ann.post("/history/mine/redo", {"table": "customers"}).get_json()
    assert again["undone"] == 1
    row = ann.client.get(f"/customers/rows?ids={key}&columns=phone,notes").get_json()["rows"][0]
    assert row[3:] == ["555-0102", "bob was here"]


def test_undo_leaves_a_later_change_and_shows_both_values(house: Shared) -> None:
    ann, bob = house.people["ann"], house.people["bob"]
    key = given.customer(house.runtime.uows, notes="a")
    ann.write(key, "notes", "a", "b")
    bob.write(key, "notes", "b", "c")
    answer = ann.undo()
    [kept] = answer["conflicts"]
    assert answer["undone"] == 0
    assert (kept["column"], kept["current"], kept["wanted"], kept["by"]) == (
        "Notes",
        "c",
        "a",
        "bob",
    )
    assert ann.undo(before=answer["step"])["step"] != answer["step"]


def test_a_cell_the_database_refuses_leaves_nothing_and_says_why(house: Shared) -> None:
    ann = house.people["ann"]
    key = given.customer(house.runtime.uows, "Taken")
    other = given.customer(house.runtime.uows, "Free")
    since = ann.news().get_json()["since"]
    change = {"id": str(other), "column": "display_name", "seen": "Free", "text": "Taken"}
    asked = {"changes": [change], "source": "cell"}
    answer = ann.post("/customers/changes", asked).get_json()
    [result] = answer["results"]
    assert (result["status"], answer["change_set"]) == ("refused", None)
    assert result["reason"] == "There is a customer called Taken already."
    assert ann.news(since).get_json()["rows"] == []
    assert ann.write(other, "display_name", "Gone by", "Mine")["status"] == "conflict"
    assert ann.write(other, "display_name", "Free", "Mine")["status"] == "saved"
    rows = ann.client.get(f"/customers/rows?ids={key},{other}&columns=display_name").get_json()
    assert {row[3] for row in rows["rows"]} == {"Taken", "Mine"}


def test_nobody_undoes_without_the_right_to_the_table(house: Shared) -> None:
    ann, acc, vic = (house.people[name] for name in ("ann", "acc", "vic"))
    key = given.customer(house.runtime.uows, phone="555-0101")
    change = ann.post(
        "/customers/changes",
        {"changes": [{"id": str(key), "column": "phone", "seen": "555-0101", "text": "555-0102"}]},
    ).get_json()["change_set"]
    assert vic.post(f"/history/{change}/undo", {}).status_code == 403
    assert vic.undo()["kind"] == "nothing"
    with house.runtime.uows.begin(actor=given.ANN, source="cell") as uow:
        product = Product(name="Tee")
        uow.session.add(product)
        uow.session.flush()
        made = uow.change_set_id
    assert ann.post(f"/history/{made}/undo", {}).status_code == 403
    assert acc.post(f"/history/{change}/undo", {}).status_code == 200


def test_the_feed_tells_of_others_once_and_then_is_304(house: Shared) -> None:
    ann, bob = house.people["ann"], house.people["bob"]
    key = given.customer(house.runtime.uows, phone="555-0101")
    first = ann.news()
    since = first.get_json()["since"]
    assert first.get_json()["rows"] == []
    bob.write(key, "phone", "555-0101", "555-0102")
    second = ann.news(since, str(first.headers["ETag"]))
    [row] = [one for one in second.get_json()["rows"] if one["id"] == str(key)]
    assert (row["by"], row["mine"], row["version"]) == ("bob", False, 2)
    assert "phone" not in second.text
    third = ann.news(second.get_json()["since"], str(second.headers["ETag"]))
    assert third.status_code in {200, 304}
    tag = str(third.headers["ETag"])
    assert ann.news(second.get_json()["since"], tag).status_code == 304


def test_people_see_who_is_on_which_cell_but_no_column_they_may_not_see(house: Shared) -> None:
    ann, bob, vic = (house.people[name] for name in ("ann", "bob", "vic"))
    key = given.customer(house.runtime.uows)
    bob.news(row=str(key), column="phone")
    [here] = [one for one in ann.news().get_json()["people"] if one["name"] == "bob"]
    assert (here["row"], here["column"]) == (str(key), "phone")
    bob.news(row=str(key), column="no_such_column")
    assert vic.news().get_json()["people"][-1]["name"] in {"ann", "bob"}
    [here] = [one for one in ann.news().get_json()["people"] if one["name"] == "bob"]
    assert here["column"] is None


def test_a_row_has_a_place_unless_the_filter_leaves_it_out(house: Shared) -> None:
    ann = house.people["ann"]
    key = given.customer(house.runtime.uows, "AAA first of all")
    found = ann.client.get(f"/customers/{key}/place?sort=display_name").get_json()
    assert found == {"row": 0}
    out = '[{"column":"display_name","operator":"is","value":"nobody"}]'
    found = ann.client.get(f"/customers/{key}/place", query_string={"filters": out}).get_json()
    assert found == {"row": None}


def test_the_trash_restores_for_those_who_may(house: Shared) -> None:
    ann, bob, vic = (house.people[name] for name in ("ann", "bob", "vic"))
    key = given.customer(house.runtime.uows, "Thrown away")
    bob.client.post(f"/customers/{key}/delete", data={}, headers={"X-CSRFToken": bob.token})
    page = ann.client.get("/trash").text
    assert "Thrown away" in page
    found = re.search(r'action="(/trash/[^"]+/restore)"', page)
    assert found is not None
    assert "/restore" not in vic.client.get("/trash").text
    assert vic.post(found.group(1), {}).status_code == 403
    answer = ann.post(found.group(1), {})
    assert (answer.status_code, answer.get_json()["undone"]) == (200, 1)
    assert ann.client.get(f"/customers/{key}").status_code == 200


def test_one_field_or_the_whole_record_goes_back_to_an_older_version(house: Shared) -> None:
    ann, vic = house.people["ann"], house.people["vic"]
    key = given.customer(house.runtime.uows, phone="555-0101", notes="a")
    ann.write(key, "phone", "555-0101", "555-0102")
    ann.write(key, "notes", "a", "b")
    entries = ann.client.get(f"/customers/{key}/history").get_json()["entries"]
    notes, phone = entries[0]["change_set"], entries[1]["change_set"]
    body = {"change_set": phone, "column": "phone"}
    shown = ann.post(f"/customers/{key}/versions", body).get_json()
    assert [(f["column"], f["now"], f["then"]) for f in shown["fields"]] == [
        ("phone", "555-0102", "555-0101")
    ]
    assert vic.post(f"/customers/{key}/restore", body).status_code == 403
    done = ann.post(f"/customers/{key}/restore", {**body, "seen": {"phone": "555-0102"}}).get_json()
    assert (done["undone"], done["conflicts"]) == (1, [])
    stale = {"change_set": phone, "seen": {"phone": "555-0109", "notes": "b"}}
    done = ann.post(f"/customers/{key}/restore", stale).get_json()
    assert done["undone"] == 1
    assert [one["label"] for one in done["conflicts"]] == ["Phone"]
    row = ann.client.get(f"/customers/rows?ids={key}&columns=phone,notes").get_json()["rows"][0]
    assert row[3:] == ["555-0101", "a"]
    assert ann.post(f"/customers/{key}/versions", {"change_set": notes}).status_code == 200


def test_deleting_shows_what_goes_along(house: Shared) -> None:
    ann = house.people["ann"]
    key = given.order(house.runtime.uows)
    body = {"selection": {"ids": [str(key)]}}
    shown = ann.post("/orders/actions/delete/preview", body).get_json()
    assert "2 order lines go along." in shown["lines"]


def test_a_closed_column_shows_nowhere_and_is_not_undone(house: Shared) -> None:
    ann, bob, vic = (house.people[name] for name in ("ann", "bob", "vic"))
    with house.runtime.uows.begin(actor=given.ANN, source="cell") as uow:
        product = Product(name="Costly", unit_cost=Decimal("77.01"))
        uow.session.add(product)
        uow.session.flush()
        key = product.id
    start = vic.client.get("/products/changes").get_json()["since"]
    with house.runtime.uows.begin(actor=given.ANN, source="cell") as uow:
        uow.session.get_one(Product, key).unit_cost = Decimal("77.02")
        uow.session.flush()
        change = uow.change_set_id
    place = {"since": start, "tab": "b", "row": str(key), "column": "unit_cost"}
    bob.client.get("/products/changes", query_string=place)
    heard = vic.client.get("/products/changes", query_string={"since": start, "tab": "v"})
    assert str(key) in heard.text
    assert {one["column"] for one in heard.get_json()["people"]} == {None}
    for path in (f"rows?ids={key}", f"rows?ids={key}&columns=unit_cost", f"{key}/history"):
        assert "77.0" not in vic.client.get(f"/products/{path}").text
    version = vic.post(f"/products/{key}/versions", {"change_set": str(change)})
    assert "77.0" not in version.text
    for one in (ann, vic):
        answer = one.post(f"/history/{change}/undo", {})
        assert answer.status_code == 403
        assert "77.0" not in answer.text
    assert vic.client.get("/users/changes").status_code == 403
    assert vic.client.get(f"/users/rows?ids={key}").status_code == 403

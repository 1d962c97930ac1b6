"""Saved views over HTTP: two people on one view, their rights, their counts, links between them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa

from batchly_admin.models.company import SavedView
from batchly_admin.models.customers import Customer
from batchly_admin.services.unit_of_work import SYSTEM
from tests.house import House, Person, open_house

ROLES = ("manager", "office", "viewer", "worker")


def view_of(person: Person, view_id: str, table: str = "customers") -> dict[str, Any]:
    found = person.get(f"/views/{table}").get_json()["views"]
    one: dict[str, Any] = next(one for one in found if one["id"] == view_id)
    return one


def state(**parts: Any) -> dict[str, Any]:
    return {"search": "", "filters": [], "sort": [], "columns": {}, **parts}


def where(column: str, operator: str, value: Any = None) -> dict[str, Any]:
    return {"column": column, "operator": operator, "value": value}


@pytest.fixture(scope="module")
def built(shared_database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    folder = tmp_path_factory.mktemp("house")
    with open_house(folder, ROLES, DATABASE_URL=shared_database_url) as found:
        with found.runtime.uows.begin(actor=SYSTEM, source="cli") as uow:
            for number in range(6):
                uow.session.add(Customer(display_name=f"Shop {number}", is_active=number % 2 == 0))
        yield found


@pytest.fixture
def house(built: House) -> House:
    """The house, with nobody's views in it."""
    with built.runtime.database.begin() as connection:
        connection.execute(sa.delete(SavedView).where(SavedView.base_id.is_not(None)))
        connection.execute(sa.delete(SavedView))
    built.app.extensions["batchly_counts"].clear()
    return built


def made(person: Person, name: str, *, shared: bool = True, **parts: Any) -> dict[str, Any]:
    body = {"name": name, "shared": shared, "pinned": True, "state": state(**parts)}
    answer = person.post("/views/customers", body)
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.get_json()["view"]
    return found


def config_of(person: Person, query: str) -> dict[str, Any]:
    page = person.client.get(f"/customers?{query}").text
    config = re.search(r'id="grid-config"[^>]*>(.*?)</script>', page, re.DOTALL)
    assert config is not None
    found: dict[str, Any] = json.loads(config[1])
    return found


def opened(person: Person, query: str) -> dict[str, Any]:
    found: dict[str, Any] = config_of(person, query)["query"]
    return found


def test_the_page_carries_the_rows_it_shows_first(house: House) -> None:
    ann = house["manager"]
    filters = [where("is_active", "is", True)]
    chosen = {"hidden": ["notes", "email"]}
    view = made(ann, "First", filters=filters, sort=["-display_name"], columns=chosen)
    addresses = {
        "": "sort=",
        f"view={view['id']}": f"sort=-display_name&filters={json.dumps(filters)}",
        "search=nobody+is+called+so": "search=nobody+is+called+so",
    }
    for address, asked in addresses.items():
        first = config_of(ann, address)["first"]
        columns = ",".join(first["columns"])
        window = ann.client.get(f"/customers/window?columns={columns}&limit=100&{asked}").get_json()
        assert first["rows"] == window["rows"]
        assert ("email" in first["columns"]) == (address != f"view={view['id']}")
    # What they show is asked for in groups, which only the browser knows to be open or folded.
    assert "first" not in config_of(ann, "group=is_active")


def test_the_first_rows_hide_what_a_role_may_not_see(house: House) -> None:
    for role in ROLES:
        answer = house[role].client.get("/customers")
        if answer.status_code == 200:
            config = config_of(house[role], "")
            assert set(config["first"]["columns"]) <= {one["name"] for one in config["columns"]}


def test_two_people_on_one_view_do_not_affect_each_other(house: House) -> None:
    ann, bob = house["manager"], house["office"]
    view = made(ann, "Active", filters=[where("is_active", "is", True)])
    path = f"/views/customers/{view['id']}"
    mine = state(sort=["display_name"], height="tall", columns={"frozen": 3, "hidden": ["notes"]})
    assert bob.post(f"{path}/mine", {"state": mine}).status_code == 200
    assert view_of(ann, view["id"])["state"] == view["state"]
    assert view_of(bob, view["id"])["layered"] is True
    assert view_of(bob, view["id"])["state"]["columns"]["frozen"] == 3
    # What one changes for everyone reaches who has no layer, and leaves the other's alone.
    new = state(filters=[where("is_active", "is", False)])
    assert ann.post(f"{path}/everyone", {"state": new, "version": 1}).status_code == 200
    assert view_of(ann, view["id"])["state"]["filters"][0]["value"] is False
    assert view_of(bob, view["id"])["state"]["filters"] == []
    assert view_of(house["viewer"], view["id"])["state"]["filters"][0]["value"] is False
    bob.post(f"{path}/reset", {})
    assert view_of(bob, view["id"])["layered"] is False
    assert view_of(bob, view["id"])["state"] == view_of(ann, view["id"])["state"]
    # A tab is everybody's own too.
    bob.post(f"{path}/pin", {"pinned": False})
    assert (view_of(ann, view["id"])["pinned"], view_of(bob, view["id"])["pinned"]) == (True, False)


def test_an_older_version_does_not_overwrite_a_newer_one(house: House) -> None:
    view = made(house["manager"], "Active")
    path = f"/views/customers/{view['id']}/everyone"
    first = {"state": state(search="a"), "version": view["version"]}
    assert house["manager"].post(path, first).status_code == 200
    refused = house["office"].post(path, {"state": state(search="b"), "version": view["version"]})
    assert refused.status_code == 409
    assert view_of(house["manager"], view["id"])["state"]["search"] == "a"


def test_what_is_private_is_nobody_elses(house: House) -> None:
    ann, bob = house["manager"], house["office"]
    view = made(ann, "Mine", shared=False)
    path = f"/views/customers/{view['id']}"
    assert bob.get("/views/customers").get_json()["views"] == []
    for verb in ("mine", "everyone", "reset", "pin", "settings", "delete"):
        body = {"state": state(), "version": 1, "pinned": True, "name": "x"}
        assert bob.post(f"{path}/{verb}", body).status_code == 404, verb
    assert opened(bob, f"view={view['id']}")["view_problem"]
    assert opened(ann, f"view={view['id']}")["view"]["name"] == "Mine"
    assert ann.post(f"{path}/settings", {"shared": True}).status_code == 200
    assert len(bob.get("/views/customers").get_json()["views"]) == 1


def test_rights_decide_who_saves_shares_and_deletes(house: House) -> None:
    vic = house["viewer"]
    view = made(house["manager"], "Active")
    path = f"/views/customers/{view['id']}"
    assert vic.post("/views/customers", {"name": "x", "state": state()}).status_code == 403
    assert vic.post(f"{path}/mine", {"state": state(search="a")}).status_code == 200
    for verb in ("everyone", "settings", "delete"):
        body = {"state": state(), "version": 1, "name": "x"}
        assert vic.post(f"{path}/{verb}", body).status_code == 403, verb
    assert house["worker"].get("/views/customers").status_code == 403
    assert vic.get("/views/users").status_code == 403
    assert house["office"].post(f"{path}/delete", {}).status_code == 200
    assert vic.get("/views/customers").get_json()["views"] == []


def test_a_view_says_nothing_about_a_column_that_one_may_not_see(house: House) -> None:
    ann, vic = house["manager"], house["viewer"]
    secret = state(filters=[where("unit_cost", "gt", "3")])
    plain = state(sort=["-unit_cost"], columns={"order": ["unit_cost", "name"]})
    for name, kept in (("Costly", secret), ("Plain", plain)):
        answer = ann.post("/views/products", {"name": name, "shared": True, "state": kept})
        assert answer.status_code == 201, answer.text
    costly, other = vic.get("/views/products").get_json()["views"]
    assert costly["state"] is None
    assert costly["problem"]
    assert "unit_cost" not in json.dumps([costly, other])
    assert vic.post("/views/products/counts", {}).status_code in {400, 403, 404, 405}
    assert set(vic.get("/views/products/counts").get_json()["counts"]) <= {"quick:0", "quick:1"}
    assert vic.get("/views/order_lines/fields/product_id").get_json()["columns"]
    names = {
        one["name"] for one in vic.get("/views/order_lines/fields/product_id").get_json()["columns"]
    }
    assert "unit_cost" not in names
    leak = json.dumps([where("product_id.unit_cost", "gt", "0")])
    assert vic.get("/order-lines/count", filters=leak).status_code == 422


def test_tabs_are_counted_and_a_count_is_kept_some_seconds(house: House) -> None:
    ann = house["manager"]
    view = made(ann, "Inactive", filters=[where("is_active", "is", False)])
    counts = ann.get("/views/customers/counts").get_json()["counts"]
    assert counts[view["id"]] == 3
    assert counts["quick:0"] == 3
    assert house["viewer"].get("/views/customers/counts").get_json()["counts"][view["id"]] == 3


def test_an_address_opens_the_view_or_the_state_it_spells_out(house: House) -> None:
    view = made(house["manager"], "Active", filters=[where("is_active", "is", True)])
    found = opened(house["office"], f"view={view['id']}")
    assert found["filters"] == [where("is_active", "is", True)]
    spelled = opened(house["office"], f"view={view['id']}&filters=[]&sort=-display_name")
    assert (spelled["filters"], spelled["sort"]) == ([], ["-display_name"])
    assert spelled["view"]["state"]["filters"] == [where("is_active", "is", True)]


BROKEN: tuple[Any, ...] = (
    None,
    [],
    state(filters=[where("nothing", "is", "x")]),
    state(filters=[where("is_active", "is", "perhaps")]),
    state(sort=["nothing"]),
    state(sort="display_name"),
    state(columns=[]),
    state(columns={"frozen": -1}),
    state(columns={"frozen": 2.5}),
    state(columns={"order": "x"}),
    state(columns={"widths": []}),
    state(columns={"totals": ["sum"]}),
    state(height="huge"),
    state(colours=[{"column": "display_name", "operator": "is", "value": "x", "tone": "pink"}]),
    state(colours=[{"column": "nothing", "operator": "empty", "tone": "red"}]),
    state(colours=[3]),
    state(group=["nothing"]),
)


def test_a_state_that_is_not_usable_is_refused_and_nothing_is_saved(house: House) -> None:
    for broken in BROKEN:
        body = {"name": "x", "state": broken}
        answer = house["manager"].post("/views/customers", body)
        assert answer.status_code == 422, (broken, answer.text)
        assert answer.get_json()["error"]["message"]
    assert house["manager"].get("/views/customers").get_json()["views"] == []


def test_a_view_keeps_the_totals_below_its_columns_and_drops_what_cannot_be(house: House) -> None:
    asked = {"display_name": "count", "email": "", "notes": "sum", "nothing": "count", "phone": 3}
    view = made(house["manager"], "Totals", columns={"totals": asked})
    kept = {"display_name": "count", "email": ""}
    assert view["state"]["columns"]["totals"] == kept
    assert view_of(house["office"], view["id"])["state"]["columns"]["totals"] == kept
    with house.runtime.database.begin() as connection:
        older = {"search": "", "filters": [], "columns": {"widths": {"email": 200}}}
        connection.execute(sa.update(SavedView).values(state=older))
    columns = view_of(house["office"], view["id"])["state"]["columns"]
    assert (columns["totals"], columns["widths"]) == ({}, {"email": 200})


@pytest.mark.parametrize("name", ["", "   ", "x" * 81, "ACTIVE"])
def test_a_name_is_needed_and_is_given_once(house: House, name: str) -> None:
    made(house["manager"], "Active")
    answer = house["manager"].post("/views/customers", {"name": name, "state": state()})
    assert answer.status_code == 422

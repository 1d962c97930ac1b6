"""Nothing comes back of a column or a table that a person may not see, on any route.

The proof is a comparison: everything is asked twice, and between the two askings only the hidden
values change. An answer that differs, or that holds the value, has told something. The routes are
read off the app, so that a new one fails here until somebody has said what it may tell.
"""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from batchly_admin.domain.rights import GRANTS
from batchly_admin.grid.registry import table as find_table
from batchly_admin.grid.registry import tables
from batchly_admin.grid.table import Table
from batchly_admin.models.changes import ChangeItem, ChangeSet
from batchly_admin.models.company import SavedView, User
from batchly_admin.models.production import TimeEntry, WorkCenter
from batchly_admin.models.stock import InventoryItem, StockMovement
from tests.house import House, Person, open_house
from tests.service.grid.shop import NOON, fill, put

ROLE = "office"
SECRETS = (Decimal("73519.86"), Decimal("86427.35"))
BETWEEN = "80000"
MARKS = ("73519", "86427", "73520", "86428")
VISIBLE = {"products": ("name",), "inventory_items": ("name",), "work_centers": ("name",)}
"""What changed together with a hidden column."""
ANOTHER_EACH_TIME = re.compile(
    r'"since":"[^"]+"|nonce="[^"]+"|csp-nonce" content="[^"]+"|[\w-]{30,}\.[\w-]{6}\.[\w-]{20,}'
)
NOBODY = UUID(int=1)
HIDDEN = {
    one.name: [spec.name for spec in one.columns if spec.right]
    for one in tables().values()
    if any(spec.right and spec.right not in GRANTS[ROLE] for spec in one.columns)
}

# What a route of a grid is asked, by how it is asked. `selecting` routes take search, filters,
# sort and groups; `named` ones take names of columns; `record` ones are about one record.
SELECTING = {
    "",
    "/window",
    "/count",
    "/summary",
    "/edge",
    "/find",
    "/groups",
    "/totals",
    "/export.csv",
    "/export.xlsx",
    "/print",
    "/<uuid:record_id>/place",
}
NAMED = {"/lookup/<column>", "/rows", "/changes", "/new", "/line"}
RECORD = {
    "/<uuid:record_id>",
    "/<uuid:record_id>/edit",
    "/<uuid:record_id>/paper",
    "/<uuid:record_id>/panel",
    "/<uuid:record_id>/history",
    "/<uuid:record_id>/lines",
    "/<uuid:record_id>/lines/window",
    "/<uuid:record_id>/files",
    "/<uuid:record_id>/files/<uuid:file_id>",
}
WRITING = {
    "/changes",
    "/paste",
    "/paste/names",
    "/new",
    "/<uuid:record_id>/edit",
    "/<uuid:record_id>/versions",
    "/<uuid:record_id>/restore",
    "/<uuid:record_id>/lines/changes",
    "/files/remove",
    "/actions/<action>",
    "/actions/<action>/preview",
}
SAYS_NOTHING = {"/<uuid:record_id>/delete": "it only answers with the way back to the table"}
OF_ONE_TABLE = {"/orders/sync/pull": "it only wakes the synchronization"}

# Routes that belong to no grid, by what keeps them from telling.
ASKED_HERE = {
    "/views/<name>",
    "/views/<name>/counts",
    "/views/<name>/fields/<column>",
    "/views/<name>/<uuid:view_id>/<verb>",
    "/history/<uuid:change_set_id>/undo",
    "/history/mine/undo",
    "/history/mine/redo",
    "/palette",
    "/palette/records",
    "/trash",
    "/trash/<uuid:item_id>/restore",
    "/",
    "/reports/quickbooks/",
    "/runs/recent",
}
NO_CELLS = {
    "/login",
    "/logout",
    "/healthz",
    "/words/<tag>.js",
    "/readyz",
    "/account",
    "/account/password",
    "/account/sessions/end",
    "/account/sessions/end-others",
    "/webhooks/quickbooks",
    "/runs/<uuid:run_id>/dismiss",
}
OWN_RUNS_ONLY = {
    "/runs/<uuid:run_id>",
    "/runs/<uuid:run_id>/retry",
    "/runs/<uuid:run_id>/undo",
}
OWN_RIGHT = (
    "/admin/quickbooks/",
    "/orders/import",
    "/reports/quickbooks/",
    "/static/",
)
"""Pages of the synchronization, of the import and of reports have rights of their own and show no
column of a grid that needs a right: QuickBooks is sent no cost."""


@dataclass(frozen=True)
class Shop:
    house: House
    ids: Mapping[str, UUID]
    change_sets: Mapping[str, UUID]
    deleted: UUID
    view: UUID

    @property
    def person(self) -> Person:
        return self.house[ROLE]

    def keep(self, secret: Decimal) -> None:
        """Put a value into every hidden cell, its history and what lies in the trash."""
        with self.house.runtime.database.begin() as connection:
            for name, columns in HIDDEN.items():
                source = find_table(name).model.__table__
                connection.execute(
                    sa.update(source)
                    .where(source.c.id == self.ids[name])
                    .values(dict.fromkeys(columns, secret))
                )
                # The cell holds neither end of the change, so that nothing is ever taken back.
                connection.execute(
                    sa.update(ChangeItem)
                    .where(ChangeItem.row_id == self.ids[name], ChangeItem.column_name.in_(columns))
                    .values(old_value=str(secret - 1), new_value=str(secret + 1))
                )
            connection.execute(
                sa.update(ChangeItem)
                .where(ChangeItem.id == self.deleted)
                .values(old_value={"name": "Lost", "unit_cost": str(secret)})
            )

    def kept(self) -> set[Decimal]:
        """Give what stands in the hidden cells."""
        found = set()
        with self.house.runtime.database.begin() as connection:
            for name, columns in HIDDEN.items():
                source = find_table(name).model.__table__
                query = sa.select(*(source.c[one] for one in columns))
                found |= set(connection.execute(query.where(source.c.id == self.ids[name])).one())
        return found


@pytest.fixture(scope="module")
def shop(shared_database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    folder = tmp_path_factory.mktemp("leaks")
    people = (ROLE, "viewer", "worker")
    with open_house(folder, people, DATABASE_URL=shared_database_url) as house:
        yield _filled(house)


def _filled(house: House) -> Shop:
    engine = house.runtime.database
    made = fill(engine)
    with engine.begin() as connection:
        user = connection.execute(
            sa.select(User.id).where(User.email == f"{ROLE}@shop.example")
        ).scalar_one()
    (item,) = put(engine, InventoryItem, [{"name": "Ink"}])
    movement = {"inventory_item_id": item, "quantity": 1, "reason": "receipt", "moved_at": NOON}
    hours = {"job_id": made["jobs"][0], "user_id": user, "started_at": NOON}
    ids = {
        "products": made["products"][0],
        "jobs": made["jobs"][0],
        "inventory_items": item,
        "stock_movements": put(engine, StockMovement, [movement])[0],
        "time_entries": put(engine, TimeEntry, [hours])[0],
        "work_centers": put(engine, WorkCenter, [{"name": "Press"}])[0],
    }
    assert set(ids) == set(HIDDEN), "a table with a hidden column needs a record here"
    sets = {}
    for name, columns in HIDDEN.items():
        made_set = {"user_id": user, "actor_name": "Ann", "source": "grid"}
        (sets[name],) = put(engine, ChangeSet, [made_set])
        cells = [
            {
                "change_set_id": sets[name],
                "position": position,
                "table_name": find_table(name).table_name,
                "row_id": ids[name],
                "operation": "update",
                "column_name": column,
                "old_value": None,
                "new_value": None,
            }
            for position, column in enumerate([*columns, *VISIBLE.get(name, ())])
        ]
        put(engine, ChangeItem, cells)
    (gone,) = put(engine, ChangeSet, [{"user_id": None, "actor_name": "Ann", "source": "grid"}])
    trashed = {
        "change_set_id": gone,
        "position": 0,
        "table_name": "products",
        "row_id": NOBODY,
        "operation": "delete",
        "column_name": None,
        "old_value": {},
        "new_value": None,
    }
    (deleted,) = put(engine, ChangeItem, [trashed])
    view = {
        "table_name": "products",
        "name": "Costly",
        "is_shared": True,
        "is_pinned": True,
        "state": {"filters": [where("unit_cost", "gt", BETWEEN)], "sort": ["unit_cost"]},
        "position": 1,
    }
    return Shop(house, ids, sets, deleted, put(engine, SavedView, [view])[0])


def where(column: str, operator: str, value: Any = None) -> dict[str, Any]:
    return {"column": column, "operator": operator, "value": value}


def suffix_of(rule: Rule, table: Table) -> str | None:
    """Give what stands behind the address of a grid, None for a route of something else."""
    endpoint = table.name.replace("-", "_")
    mine = str(rule.endpoint).split(".")[0] == endpoint
    return rule.rule.removeprefix(table.url) if mine else None


def grid_routes(house: House, table: Table) -> list[tuple[str, str]]:
    return sorted(
        {
            (method, suffix)
            for rule in house.app.url_map.iter_rules()
            if (suffix := suffix_of(rule, table)) is not None
            for method in (rule.methods or set()) & {"GET", "POST"}
        }
    )


def test_every_route_is_decided(shop: Shop) -> None:
    grids = {name.replace("-", "_"): one for name, one in tables().items()}
    known = SELECTING | NAMED | RECORD | WRITING | set(SAYS_NOTHING)
    undecided = []
    for rule in shop.house.app.url_map.iter_rules():
        table = grids.get(str(rule.endpoint).split(".")[0])
        if table is not None:
            suffix = rule.rule.removeprefix(table.url)
            decided = suffix in known or rule.rule in OF_ONE_TABLE
        else:
            decided = rule.rule in ASKED_HERE | NO_CELLS | OWN_RUNS_ONLY
            decided = decided or rule.rule.startswith(OWN_RIGHT)
        if not decided:
            undecided.append(rule.rule)
    assert undecided == []


def test_nothing_hidden_is_a_name_or_is_searched() -> None:
    exposed = [
        (one.name, name)
        for one in tables().values()
        for name in (one.label_column, one.detail, *one.known_by, *one.search)
        if name in one.by_name and one.by_name[name].right
    ]
    assert exposed == []


def selections(column: str) -> list[dict[str, str]]:
    """Give what might be asked with a hidden column: each must be refused, or change nothing."""
    filters = [
        [where(column, "gt", BETWEEN)],
        [{"any": [where(column, "gt", BETWEEN), where("id", "empty")]}],
        [{"all": [{"any": [where(column, "is_not", str(SECRETS[0]))]}]}],
    ]
    return [
        {},
        {"search": str(SECRETS[0])},
        {"sort": column},
        {"sort": f"-{column}"},
        {"group": column},
        {"totals": column},
        {"totals": f"{column}:sum"},
        {"columns": column},
        {"columns": column, "q": str(SECRETS[0]), "cells": "1"},
        {"column": column, "way": "down"},
        {"parts": json.dumps([{"rows": [0, 9], "columns": [column]}])},
        {"parts": f"0-9:{column}"},
        *({"filters": json.dumps(one)} for one in filters),
    ]


def lines(column: str) -> list[str]:
    """Give typed lines that name a hidden column."""
    words = column.replace("_", " ")
    return [f"{words}>{BETWEEN}", f"no {column}", f"{words[:-1]}", str(SECRETS[0])]


def questions(shop: Shop, table: Table, column: str) -> Iterator[tuple[str, TestResponse]]:
    """Ask every route of a grid, in every way that names the hidden column.

    One view serves every table: two are asked for everything, the others for what lies there.
    """
    thorough = table.name in {"products", "inventory_items"}
    record = shop.ids[table.name]
    change_set = str(shop.change_sets[table.name])
    for method, suffix in grid_routes(shop.house, table):
        path = f"{table.url}{suffix}".replace("<uuid:record_id>", str(record))
        path = path.replace("<column>", column).replace("<uuid:file_id>", str(NOBODY))
        asked: list[Any] = [{}]
        if method == "GET":
            if suffix in SELECTING:
                asked = selections(column) if thorough else [{}, {"columns": column}]
            elif suffix == "/rows":
                asked = [{"ids": str(record)}, {"ids": str(record), "columns": column}]
            elif suffix == "/line":
                asked = [{"q": line} for line in lines(column)]
            elif suffix == "/changes":
                asked = [{}, {"since": str(NOBODY), "tab": "t", "column": column}]
            for one in asked:
                yield f"GET {path} {one}", shop.person.get(path, **one)
            continue
        for body in bodies(suffix, record, column, change_set):
            for action in table.actions if "<action>" in suffix else [""]:
                to = path.replace("<action>", action)
                yield f"POST {to} {body}", shop.person.post(to, body)


def bodies(suffix: str, record: UUID, column: str, change_set: str) -> list[Any]:
    cell = {"id": str(record), "column": column, "seen": None, "text": BETWEEN}
    if suffix.startswith("/actions"):
        where_hidden = [where(column, "gt", BETWEEN)]
        nested = [{"any": [where(column, "lt", BETWEEN), where(column, "empty")]}]
        shown: list[Any] = [{"where": where_hidden}, {"where": nested}, {column: BETWEEN}]
        return [{"selection": {"all": True, "filter": one}} for one in shown]
    given: dict[str, list[Any]] = {
        "/changes": [
            {"changes": [cell]},
            {"creates": [{"key": "n1", "values": {column: BETWEEN}}]},
        ],
        "/paste": [{"columns": {column: [BETWEEN]}}, {"answers": {column: "."}}],
        "/paste/names": [{"column": column, "texts": [BETWEEN]}],
        "/<uuid:record_id>/versions": [
            {"change_set": change_set},
            {"change_set": change_set, "column": column},
        ],
        "/<uuid:record_id>/restore": [
            {"change_set": change_set, "seen": {column: str(SECRETS[0])}},
            {"change_set": change_set, "column": column, "seen": {column: str(SECRETS[1])}},
        ],
        "/<uuid:record_id>/lines/changes": [{"changes": [cell]}],
    }
    return given.get(suffix, [])


def told(answer: TestResponse) -> str:
    """Give what an answer says, without what is another one each time."""
    data = answer.data
    if data[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(data)) as book:
            text = "".join(book.read(name).decode("utf-8", "replace") for name in book.namelist())
    else:
        text = data.decode("utf-8", "replace")
    text = ANOTHER_EACH_TIME.sub("", text)
    return f"{answer.status_code} {text}"


def all_told(shop: Shop) -> dict[str, str]:
    found = {}
    # The rules are one for all tables and both databases; the second one is asked about one table.
    few = shop.house.runtime.database.dialect.name == "postgresql"
    for name, columns in HIDDEN.items():
        for column in columns if name == "products" or not few else ():
            for question, answer in questions(shop, find_table(name), column):
                found[question] = told(answer)
    for question, answer in elsewhere(shop):
        found[question] = told(answer)
    return found


def elsewhere(shop: Shop) -> Iterator[tuple[str, TestResponse]]:
    """Ask the routes that belong to no grid."""
    person = shop.person
    for path in ("/", "/trash", "/runs/recent", "/reports/quickbooks/", "/palette"):
        yield f"GET {path}", person.get(path)
    for mark in MARKS:
        yield f"GET palette {mark}", person.get("/palette/records", q=mark)
    for name, columns in HIDDEN.items():
        for path in (f"/views/{name}", f"/views/{name}/counts"):
            yield f"GET {path}", person.get(path)
        for column in columns:
            yield f"GET fields {name}", person.get(f"/views/{name}/fields/{column}")
            for part in (
                {"filters": [where(column, "gt", BETWEEN)]},
                {"sort": [column]},
                {"group": [column]},
                {"colours": [{**where(column, "gt", BETWEEN), "tone": "red"}]},
            ):
                body = {"name": "x", "state": part}
                yield f"POST views {name} {part}", person.post(f"/views/{name}", body)
        undo = f"/history/{shop.change_sets[name]}/undo"
        yield f"POST {undo}", person.post(undo, {})
        yield f"POST mine {name}", person.post("/history/mine/undo", {"table": name})
        yield f"POST redo {name}", person.post("/history/mine/redo", {"table": name})
    for verb in ("mine", "reset"):
        path = f"/views/products/{shop.view}/{verb}"
        body = {"state": {"sort": ["unit_cost"]}}
        yield f"POST {path}", person.post(path, body)
    yield "GET the view", person.get("/products", view=str(shop.view))
    yield "POST trash", person.post(f"/trash/{shop.deleted}/restore", {})


def difference(one: str, other: str) -> str:
    """Give the place where two answers part."""
    at = next((n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), 0)
    return f"{one[max(0, at - 60) : at + 60]!r} but then {other[max(0, at - 60) : at + 60]!r}"


def test_a_hidden_column_tells_nothing_on_any_route(shop: Shop) -> None:
    answers = []
    for secret in SECRETS:
        shop.keep(secret)
        answers.append(all_told(shop))
        assert shop.kept() == {secret}, "somebody who may not see a cell wrote it"
    first, second = answers
    broken = [question for question, said in first.items() if said.startswith("5")]
    assert broken == []
    named = [q for q, said in first.items() if any(mark in said for mark in MARKS if mark not in q)]
    assert named == []
    differing = {q: difference(said, second[q]) for q, said in first.items() if second[q] != said}
    assert differing == {}


def test_filters_on_a_hidden_column_are_refused_in_the_same_words_as_on_none(shop: Shop) -> None:
    for name, columns in HIDDEN.items():
        url = find_table(name).url
        for column in (*columns, "no_such_column"):
            for path in ("window", "count", "groups", "totals", "export.csv", "print"):
                filters = json.dumps([{"any": [where(column, "gt", BETWEEN)]}])
                answer = shop.person.get(f"{url}/{path}", filters=filters, group="")
                assert answer.status_code == 422, (url, path, column)
                assert f"There is no column {column}." in answer.text


def test_a_hidden_column_behind_a_link_tells_nothing(shop: Shop) -> None:
    links = [
        (one, spec, hidden)
        for one in tables().values()
        if f"{one.rights_area}:view" in GRANTS[ROLE]
        for spec in one.columns
        if spec.link in HIDDEN
        for hidden in HIDDEN[spec.link]
    ]
    assert len(links) > 5
    for one, spec, hidden in links:
        filters = json.dumps([where(f"{spec.name}.{hidden}", "gt", BETWEEN)])
        assert shop.person.get(f"{one.url}/count", filters=filters).status_code == 422
        behind = shop.person.get(f"/views/{one.name}/fields/{spec.name}")
        assert behind.status_code == 200
        assert hidden not in {column["name"] for column in behind.get_json()["columns"]}


def test_a_hidden_column_of_related_rows_tells_nothing_on_any_route(shop: Shop) -> None:
    """Whether a record has others that cost more than something tells what they cost."""
    asked = [
        (one, f"{name}.{column}", hidden)
        for one in tables().values()
        if f"{one.rights_area}:view" in GRANTS[ROLE]
        for name, column in one.relatives
        for hidden in HIDDEN.get(name, ())
    ]
    assert {one.name for one, _key, _hidden in asked} >= {"products", "jobs", "orders"}
    for number, (one, key, hidden) in enumerate(asked):
        nodes = [{"any": [{"has": key, "where": [where(hidden, "gt", BETWEEN)]}]}]
        filters = json.dumps(nodes)
        # One view serves every table: the first is asked everywhere, the others at one door.
        for suffix in sorted(SELECTING) if not number else ("/count",):
            path = f"{one.url}{suffix}".replace("<uuid:record_id>", str(NOBODY))
            refused = shop.person.get(path, filters=filters)
            assert refused.status_code == 422, path
        assert (
            f"There is no column {hidden}."
            in shop.person.get(f"{one.url}/count", filters=filters).text
        )
        state = shop.person.post(f"/views/{one.name}", {"name": "x", "state": {"filters": nodes}})
        assert state.status_code == 422
        selection = {"all": True, "filter": {"where": nodes}}
        for action in one.actions[:1]:
            to = f"{one.url}/actions/{action}/preview"
            assert shop.person.post(to, {"selection": selection}).status_code in {403, 422}
        fields = shop.person.get(f"/views/{one.name}/fields/{key}").get_json()["columns"]
        assert fields
        assert hidden not in {column["name"] for column in fields}


@pytest.mark.parametrize("role", ["office", "viewer", "worker"])
def test_a_table_that_one_may_not_see_is_shut_on_every_route(shop: Shop, role: str) -> None:
    person = shop.house[role]
    unseen = [o for o in tables().values() if f"{o.rights_area}:view" not in GRANTS[role]]
    assert unseen
    opened = []
    for number, table in enumerate(unseen):
        # One view serves every table: three are tried at every door, the others at the first.
        own = [
            (method, f"{table.url}{suffix}")
            for method, suffix in grid_routes(shop.house, table)
            if number < 3 or suffix in {"", "/window"}
        ]
        own += [
            ("GET", f"/views/{table.name}"),
            ("GET", f"/views/{table.name}/counts"),
            ("GET", f"/views/{table.name}/fields/{table.columns[0].name}"),
            ("POST", f"/views/{table.name}"),
        ]
        for method, rule in own:
            path = re.sub(r"<uuid:[^>]+>", str(NOBODY), rule)
            path = path.replace("<action>", "delete").replace("<column>", table.columns[0].name)
            answer = person.get(path) if method == "GET" else person.post(path, {})
            if answer.status_code != 403 or answer.headers.get("Location"):
                opened.append((method, path, answer.status_code))
    assert opened == []


def test_the_people_are_no_list_for_who_may_not_see_them(shop: Shop) -> None:
    """A person's name stands in cells; their address, and who else there is, does not."""
    secret = "zaphod"
    with shop.house.runtime.database.begin() as connection:
        connection.execute(
            sa.update(User)
            .where(User.email == "worker@shop.example")
            .values(email=f"{secret}@shop.example", name="Zaphod Quiet")
        )
    links = [
        (one, spec)
        for one in tables().values()
        if f"{one.rights_area}:view" in GRANTS["viewer"]
        for spec in one.columns
        if spec.link == "users"
    ]
    assert links
    for one, spec in links:
        for role in ("viewer", "office"):
            person = shop.house[role]
            found = person.get(f"{one.url}/lookup/{spec.name}", q=secret)
            edits = {f"{one.rights_area}:edit", f"{one.rights_area}:create"} & GRANTS[role]
            may = bool(edits) and spec.editable and not one.read_only
            assert found.status_code == (200 if may else 403), (role, one.name, spec.name)
            assert f"{secret}@" not in found.text
            by_address = person.get(f"{one.url}/lookup/{spec.name}", q=f"{secret}@shop")
            assert by_address.status_code == 403 or by_address.get_json()["options"] == []
            leak = json.dumps([where(f"{spec.name}.email", "contains", secret)])
            assert person.get(f"{one.url}/count", filters=leak).status_code == 422
            fields = person.get(f"/views/{one.name}/fields/{spec.name}")
            assert fields.get_json() == {"columns": []}
            assert secret not in person.get(f"{one.url}/{shop.ids.get(one.name, NOBODY)}").text
            assert person.get("/palette/records", q=secret).get_json() == {"records": []}


def test_somebody_elses_run_is_nobodys_business(shop: Shop) -> None:
    for path in (f"/runs/{NOBODY}", f"/runs/{NOBODY}/retry", f"/runs/{NOBODY}/undo"):
        answer = shop.person.get(path) if path.endswith(str(NOBODY)) else shop.person.post(path, {})
        assert answer.status_code in {403, 404}

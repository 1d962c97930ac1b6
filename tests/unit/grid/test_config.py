"""What the browser is told about a grid, and what it is not told."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from batchly_admin.domain import rights
from batchly_admin.grid.config import grid_config
from batchly_admin.grid.registry import table, tables
from batchly_admin.services.actions import ACTIONS

QUERY = {"search": "", "filters": [], "sort": ["-po_date"]}


def config(name: str, role: str) -> dict[str, Any]:
    granted = rights.granted([role])
    one = table(name)
    columns = one.visible_columns(granted)
    return grid_config(one, columns, granted, QUERY, currency="USD", locale="en-US")


def test_every_table_has_a_config_for_every_role_that_can_be_sent() -> None:
    for name in tables():
        for role in rights.ROLES:
            sent = orjson.loads(orjson.dumps(config(name, role)))
            assert {"table", "title", "singular", "plural", "urls", "columns", "can"} <= set(sent)
            assert all(url.startswith(table(name).url) for url in sent["urls"].values())


def test_a_clerk_may_change_orders_and_a_viewer_may_only_look() -> None:
    office, viewer = config("orders", "office"), config("orders", "viewer")
    assert office["can"] == {
        "create": True,
        "edit": True,
        "delete": True,
        "export": True,
        "undo": True,
    }
    assert not any(viewer["can"].values())
    assert [spec["name"] for spec in office["columns"] if spec["frozen"]] == ["po_number"]
    assert any(spec["editable"] for spec in office["columns"])
    assert not any(spec["editable"] for spec in viewer["columns"])
    assert viewer["actions"] == []
    links = [link["href"] for link in office["links"]]
    assert links == ["/orders/import", "/orders/sync"]
    assert [link["href"] for link in viewer["links"]] == ["/orders/sync"]
    assert viewer["empty"]["links"] == []


def test_a_machine_table_is_closed_even_to_an_admin() -> None:
    queue = config("sync_queue", "admin")
    assert not queue["can"]["edit"]
    assert not queue["can"]["create"]
    assert not any(spec["editable"] for spec in queue["columns"])


def test_a_link_leads_only_where_the_person_may_look() -> None:
    def hrefs(role: str) -> dict[str, str]:
        return {spec["name"]: spec.get("href", "") for spec in config("jobs", role)["columns"]}

    assert hrefs("admin")["assigned_to_id"] == "/users/{id}"
    assert hrefs("office")["assigned_to_id"] == ""
    assert hrefs("office")["po_id"] == "/orders/{id}"


@pytest.mark.parametrize("role", list(rights.ROLES))
def test_only_actions_the_role_may_use_are_offered(role: str) -> None:
    granted = rights.granted([role])
    for name, one in tables().items():
        for action in config(name, role)["actions"]:
            known = ACTIONS.get((name, action["name"])) or ACTIONS[("*", action["name"])]
            assert known.right.replace("*", one.rights_area) in granted
            assert action["label"] == known.label


def test_the_actions_of_orders_come_in_the_order_of_the_work() -> None:
    found = [action["name"] for action in config("orders", "admin")["actions"]]
    assert found[:3] == ["approve", "create-jobs", "bulk-invoice"]
    tones = {action["name"]: action["tone"] for action in config("orders", "admin")["actions"]}
    assert tones["cancel"] == "red"


def test_ready_views_carry_filters_the_browser_can_show() -> None:
    views = {view["label"]: view["filters"] for view in config("orders", "office")["views"]}
    assert views["To approve"] == [{"column": "status", "operator": "is", "value": "pending"}]
    assert config("qb_items", "office")["plural"] == "QuickBooks items"
    assert config("orders", "office")["plural"] == "purchase orders"

"""Every route and every role: who gets in is read off a table written by hand, not off the code."""

from __future__ import annotations

import re
from collections.abc import Iterator
from uuid import UUID

import pytest
from flask import Flask
from werkzeug.routing import Rule

from batchly_admin.admin_views.security import right_of
from batchly_admin.domain.rights import ROLES
from batchly_admin.grid.registry import tables
from batchly_admin.grid.table import Table
from tests.house import House, open_house

SIGNED = {"/webhooks/quickbooks"}
"""Guarded by the sender's signature, which stands in no form."""

NOBODY_NEEDS_A_RIGHT = {"/login", "/healthz", "/readyz", *SIGNED}
SOMEBODY = UUID(int=1)

# Who may look at which area: the matrix of the roles, in the words of domain.rights.
OFFICE_HOUSE = {"admin", "manager", "office", "accountant", "viewer"}
VIEW: dict[str, set[str]] = {
    "customers": OFFICE_HOUSE,
    "communications": OFFICE_HOUSE,
    "price_overrides": OFFICE_HOUSE,
    "orders": OFFICE_HOUSE,
    "order_templates": OFFICE_HOUSE,
    "jobs": OFFICE_HOUSE,
    "work_centers": OFFICE_HOUSE,
    "time_entries": OFFICE_HOUSE,
    "quality_checks": OFFICE_HOUSE,
    "attachments": OFFICE_HOUSE,
    "inventory": OFFICE_HOUSE,
    "invoices": OFFICE_HOUSE,
    "payments": OFFICE_HOUSE,
    "refunds": OFFICE_HOUSE,
    "credit_memos": OFFICE_HOUSE,
    "number_gaps": OFFICE_HOUSE,
    "products": OFFICE_HOUSE,
    "qb_items": OFFICE_HOUSE,
    "taxes": OFFICE_HOUSE,
    "payment_terms": OFFICE_HOUSE,
    "payment_methods": OFFICE_HOUSE,
    "sync": OFFICE_HOUSE,
    "saved_views": OFFICE_HOUSE,
    "quickbooks": {"admin", "manager", "accountant"},
    "change_sets": {"admin", "manager", "accountant"},
    "field_mappings": {"admin", "manager", "accountant"},
    "users": {"admin"},
    "settings": {"admin"},
    "organization": {"admin"},
    "custom_fields": {"admin"},
    "notifications": {"admin"},
    "audit_events": {"admin"},
    "sync_schedules": {"admin", "manager"},
    "webhook_events": {"admin"},
    "webhook_refusals": {"admin"},
    "counters": {"admin"},
    "system": {"admin"},
}
CREATE: dict[str, set[str]] = {
    "customers": {"admin", "manager", "office", "accountant"},
    "orders": {"admin", "manager", "office"},
    "jobs": {"admin", "manager", "office"},
    "invoices": {"admin", "manager", "office", "accountant"},
    "payments": {"admin", "accountant"},
    "refunds": {"admin", "accountant"},
    "credit_memos": {"admin", "manager", "accountant"},
    "products": {"admin", "manager"},
    "users": {"admin"},
}
OTHER: dict[str, set[str]] = {
    "/orders/import": {"admin", "manager", "office"},
    "/admin/quickbooks/status": OFFICE_HOUSE,
    "/admin/quickbooks/status/pulse": OFFICE_HOUSE,
    "/reports/quickbooks": OFFICE_HOUSE,
    "/admin/quickbooks/reconciliation": OFFICE_HOUSE,
    "/admin/quickbooks/connect": {"admin"},
    "/admin/quickbooks/reconnect": {"admin"},
    "/admin/quickbooks/disconnected": {"admin"},
    "/admin/quickbooks/setup": {"admin", "manager", "accountant"},
    "/": set(ROLES),
    "/account": set(ROLES),
    "/runs/recent": set(ROLES),
}


@pytest.fixture(scope="module")
def house(shared_sqlite_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    folder = tmp_path_factory.mktemp("house")
    with open_house(folder, ROLES, DATABASE_URL=shared_sqlite_url) as found:
        yield found


def path_of(rule: Rule) -> str:
    """Fill the placeholders of a route with something that does not exist."""
    path = re.sub(r"<uuid:[^>]+>", str(SOMEBODY), rule.rule)
    return re.sub(r"<[^>]+>", "nothing", path)


def routes(app: Flask) -> list[tuple[str, str]]:
    return [
        (method, path_of(rule))
        for rule in app.url_map.iter_rules()
        if rule.endpoint not in {"static", "admin.static"}
        for method in sorted((rule.methods or set()) & {"GET", "POST"})
    ]


def test_a_stranger_reaches_nothing_but_the_log_in(house: House) -> None:
    stranger = house.app.test_client()
    open_doors = [
        (method, path, answer.status_code)
        for method, path in routes(house.app)
        if path not in NOBODY_NEEDS_A_RIGHT
        # The words of scripts are on the log-in page, too; a language without any has none.
        and not path.startswith("/words/")
        and (answer := stranger.open(path, method=method)).status_code not in {302, 400, 401}
    ]
    assert open_doors == []


def test_no_route_lacks_its_right(house: House) -> None:
    bare = [
        rule.endpoint
        for rule in house.app.url_map.iter_rules()
        if rule.endpoint not in {"static", "admin.static"}
        and right_of(house.app.view_functions[rule.endpoint]) is None
    ]
    assert bare == []


def test_every_write_needs_the_form_token(house: House) -> None:
    admin = house["admin"].client
    accepted = [
        path
        for method, path in routes(house.app)
        if method == "POST" and path not in SIGNED
        if admin.post(path, json={}).status_code != 400
    ]
    assert accepted == []


def test_no_page_breaks_for_anybody(house: House) -> None:
    """The admin opens every page; the others every kind of page, as the tables share their code."""
    broken = [
        (role, path, answer.status_code)
        for role, person in house.people.items()
        for path in pages(house.app, every=role == "admin")
        if (answer := person.get(path)).status_code >= 500
    ]
    assert broken == []


def pages(app: Flask, *, every: bool) -> list[str]:
    """Give the addresses that can be opened: of every table, or of one that has lines."""
    others = {table.url for table in tables().values() if table.name != "invoices"}
    return [
        path
        for method, path in routes(app)
        if method == "GET" and (every or f"/{path.split('/')[1]}" not in others)
    ]


@pytest.mark.parametrize("role", ROLES)
def test_a_role_sees_the_tables_of_the_matrix_and_no_other(house: House, role: str) -> None:
    wrong = []
    for table in tables().values():
        expected = 200 if role in VIEW[table.rights_area] else 403
        for path in (table.url, f"{table.url}/window", f"{table.url}/count"):
            found = house[role].client.get(path).status_code
            if found != expected:
                wrong.append((path, found, expected))
    assert wrong == []


@pytest.mark.parametrize("role", ROLES)
def test_a_role_makes_only_what_the_matrix_lets_it_make(house: House, role: str) -> None:
    wrong = []
    for table in creatable():
        expected = 200 if role in CREATE[table.rights_area] else 403
        found = house[role].client.get(f"{table.url}/new").status_code
        if found != expected:
            wrong.append((table.name, found, expected))
    assert wrong == []


def creatable() -> list[Table]:
    return [
        table
        for table in tables().values()
        if table.rights_area in CREATE and table.can_create and not table.read_only
    ]


@pytest.mark.parametrize("role", ROLES)
def test_a_role_opens_the_pages_that_are_no_tables(house: House, role: str) -> None:
    found = {path: house[role].client.get(path).status_code for path in OTHER}
    assert found == {path: 200 if role in who else 403 for path, who in OTHER.items()}


@pytest.mark.parametrize("role", ["worker", "viewer", "accountant"])
@pytest.mark.parametrize("action", ["approve", "create-jobs", "bulk-invoice", "delete"])
def test_bulk_actions_refuse_who_lacks_their_right(house: House, role: str, action: str) -> None:
    body = {"selection": {"ids": [str(SOMEBODY)]}}
    answer = house[role].post(f"/orders/actions/{action}", body)
    assert answer.status_code == 403


@pytest.mark.parametrize("role", ["worker", "viewer"])
def test_cells_refuse_who_may_not_edit(house: House, role: str) -> None:
    change = {"id": str(SOMEBODY), "column": "internal_notes", "seen": None, "text": "x"}
    answer = house[role].post("/orders/changes", {"changes": [change]})
    assert answer.status_code == 403


@pytest.mark.parametrize(("role", "leads"), [("manager", False), ("admin", True)])
def test_a_page_links_only_to_what_its_reader_may_see(
    house: House, role: str, *, leads: bool
) -> None:
    person = house[role]
    new = {"creates": [{"key": "1", "values": {"display_name": f"Made by {role}"}}]}
    change_set = person.post("/customers/changes", new).get_json()["change_set"]
    page = person.get(f"/change-sets/{change_set}").text
    found = set(re.findall(r'<dd>\s*<a href="(/[^"?#]+)"', page))
    assert any(href.startswith("/users/") for href in found) is leads
    assert {person.get(href).status_code for href in found} <= {200}

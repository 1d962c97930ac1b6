"""Column specs: what follows from the models, and what the declarations promise."""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from batchly_admin.db import Base
from batchly_admin.domain import rights
from batchly_admin.errors import NotFound
from batchly_admin.grid.choices import Origin
from batchly_admin.grid.columns import OPERATORS, as_config
from batchly_admin.grid.registry import by_database_name, table, tables
from batchly_admin.grid.table import Table

EVERY = sorted(tables().values(), key=lambda found: found.name)
ICONS = Path(__file__).parents[3] / "batchly_admin/static/src/icons.svg"
SECRET = re.compile(r"password_hash|token_hash|access_token|refresh_token$|lease_token|content$")


def each_table() -> pytest.MarkDecorator:
    return pytest.mark.parametrize("one", EVERY, ids=[found.name for found in EVERY])


def test_every_table_of_the_database_has_a_grid() -> None:
    assert set(by_database_name()) == set(Base.metadata.tables) - {
        "user_roles",
        "attachment_pieces",
    }


def test_no_two_grids_share_a_name_or_an_address() -> None:
    assert len({found.url for found in EVERY}) == len(EVERY)
    assert {"/customers", "/orders", "/jobs", "/invoices"} <= {found.url for found in EVERY}


@each_table()
def test_what_a_table_names_exists(one: Table) -> None:
    names = set(one.by_name)
    assert {part.removeprefix("-") for part in one.default_sort} <= names
    assert set(one.search) <= names
    assert one.search
    assert set(one.facts) <= names
    assert set(one.lock_columns) <= set(one.model.__table__.c.keys())
    assert {one.label_column, *one.known_by} <= set(one.model.__table__.c.keys())
    for view in one.views:
        for condition in view.filters:
            kind = one.by_name[condition["column"]].kind
            assert condition["operator"] in OPERATORS[kind]
    for other, column in (*one.related, *([one.lines] if one.lines else [])):
        assert table(table(other).by_name[column].link) is one


@each_table()
def test_what_a_link_points_to_is_called_by_a_text(one: Table) -> None:
    for spec in one.columns:
        if spec.link:
            target = table(spec.link)
            for name in (target.label_column, *target.known_by):
                assert isinstance(target.model.__table__.c[name].type, sa.String)


@each_table()
def test_every_field_that_is_written_in_the_form_has_its_group(one: Table) -> None:
    grouped = [name for _title, names in one.form_groups for name in names]
    assert len(grouped) == len(set(grouped))
    if grouped and not one.read_only:
        written = {spec.name for spec in one.columns if spec.in_form}
        assert written == set(grouped)


@each_table()
def test_secrets_have_no_column(one: Table) -> None:
    assert not [name for name in one.by_name if SECRET.search(name)]


@each_table()
def test_the_icon_is_drawn(one: Table) -> None:
    assert f'id="{one.icon}"' in ICONS.read_text()


@each_table()
def test_somebody_may_see_the_table_and_nobody_edits_a_machine_table(one: Table) -> None:
    assert rights.may(["admin"], f"{one.rights_area}:view")
    if one.read_only:
        assert not one.can_create
        assert not one.can_delete
        assert "delete" not in one.actions
    assert ("delete" in one.actions) <= one.can_delete


@pytest.mark.parametrize(
    ("name", "column"),
    [
        ("products", "unit_cost"),
        ("jobs", "actual_cost"),
        ("jobs", "estimated_cost"),
        ("time_entries", "hourly_rate"),
        ("work_centers", "hourly_rate"),
        ("inventory_items", "unit_cost"),
        ("stock_movements", "unit_cost"),
    ],
)
def test_costs_are_seen_only_with_the_right_to_see_costs(name: str, column: str) -> None:
    for role in rights.ROLES:
        seen = {spec.name for spec in table(name).visible_columns(rights.granted([role]))}
        assert (column in seen) == (role in {"admin", "manager", "accountant"})


@pytest.mark.parametrize(
    ("name", "column"),
    [
        ("orders", "po_number"),
        ("orders", "total_amount"),
        ("orders", "job_count"),
        ("orders", "invoicing"),
        ("order_lines", "line_total"),
        ("invoices", "invoice_number"),
        ("invoices", "status"),
        ("invoices", "amount_paid"),
        ("invoices", "balance_due"),
        ("invoices", "sync_state"),
        ("credit_memos", "status"),
        ("customers", "balance"),
        ("inventory_items", "quantity_on_hand"),
    ],
)
def test_what_batchly_computes_is_not_typed(name: str, column: str) -> None:
    spec = table(name).by_name[column]
    assert not spec.editable
    assert not spec.in_form
    assert not spec.required


def test_a_spec_knows_what_the_model_knows() -> None:
    orders = table("orders").by_name
    assert orders["po_date"].kind == "date"
    assert orders["po_date"].required
    assert orders["total_amount"].kind == "money"
    assert orders["total_amount"].scale == 2
    assert orders["discount_amount"].when_empty == Decimal(0)
    assert not orders["due_date"].required
    assert orders["customer_id"].kind == "link"
    assert orders["payment_terms"].max_length == 60
    assert not orders["billing_address"].sortable
    assert table("sync_schedules").by_name["at_time"].kind == "time"
    assert table("run_rows").by_name["target_id"].kind == "id"


def test_the_browser_gets_only_kinds_it_knows() -> None:
    internal = {"id", "time"}
    kinds = {as_config(spec, editable=True)["kind"] for one in EVERY for spec in one.columns}
    assert kinds == set(OPERATORS) - internal


def test_the_browser_gets_choices_with_labels_and_tones() -> None:
    config = as_config(table("orders").by_name["status"], editable=True, href="")
    assert {"value": "pending", "label": "Pending", "tone": "amber"} in config["choices"]
    link = as_config(table("orders").by_name["customer_id"], editable=False, href="/customers")
    assert link["href"] == "/customers/{id}"
    assert link["lookup"]
    assert not link["editable"]


def test_a_word_nobody_listed_is_shown_as_it_is() -> None:
    origin: Any = Origin
    assert origin("bank_feed").label == "Bank feed"
    assert origin("quickbooks") is Origin.QUICKBOOKS
    with pytest.raises(ValueError):
        origin(3)


def test_issued_documents_and_finished_orders_say_why_they_are_locked() -> None:
    assert table("invoices").lock({"issued_at": None}) is None
    assert "credit memo" in str(table("invoices").lock({"issued_at": 1}))
    assert "longer" in str(table("credit_memos").lock({"issued_at": 1}))
    orders = table("orders").lock
    assert orders({"status": "pending", "invoicing": "partial"}) is None
    assert "Cancelled" in str(orders({"status": "cancelled", "invoicing": "none"}))
    assert "Invoiced" in str(orders({"status": "shipped", "invoicing": "full"}))
    assert table("customers").lock({}) is None
    payments = table("payments").lock
    assert payments({"voided_at": None, "source": "batchly"}) is None
    assert "QuickBooks" in str(payments({"voided_at": None, "source": "quickbooks"}))
    assert "again" in str(payments({"voided_at": 1, "source": "batchly"}))
    assert table("time_entries").lock({"is_locked": True}) == "These hours are locked."


def test_there_is_no_table_that_nobody_declared() -> None:
    with pytest.raises(NotFound):
        table("secrets")

"""From the body of a change request to a plan of what to write."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from batchly_admin.domain import rights
from batchly_admin.errors import InvalidInput, NotAllowed
from batchly_admin.grid import changes
from batchly_admin.grid.registry import table
from tests.service.grid.test_windows import statements

Shop = Mapping[str, list[UUID]]
TODAY = date(2026, 3, 4)
ADMIN = rights.granted(["admin"])


def plan(
    reader: Session, name: str, body: dict[str, Any], granted: frozenset[str] = ADMIN
) -> changes.Plan:
    return changes.plan_changes(
        reader, table(name), granted, body, today=TODAY, zone="America/New_York"
    )


def cell(key: Any, column: Any, text: Any, seen: Any = None) -> dict[str, Any]:
    return {"id": str(key), "column": column, "seen": seen, "text": text}


def test_texts_become_values_and_links_become_ids(reader: Session, shop: Shop) -> None:
    order, ann, bob = shop["orders"][1], shop["customers"][0], shop["customers"][2]
    found = plan(
        reader,
        "orders",
        {
            "changes": [
                cell(order, "due_date", "3/9/2026"),
                cell(order, "discount_amount", "$5", "0.00"),
                cell(order, "discount_amount", ""),
                cell(order, "customer_id", "bob 100%_cotton"),
                cell(order, "customer_id", [str(ann), "Ann's Bakery"]),
                cell(order, "tax_code_id", ""),
                cell(order, "status", "Approved"),
                cell(order, "billing_address", {"line1": "1 Main St"}),
            ]
        },
    )
    assert found.count == 8
    assert found.refused == {}
    assert [edit.value for edit in found.edits] == [
        date(2026, 3, 9),
        Decimal("5.00"),
        Decimal(0),
        bob,
        ann,
        None,
        "approved",
        {"line1": "1 Main St"},
    ]
    assert {edit.row_id for edit in found.edits} == {order}
    assert found.edits[1].agrees(Decimal("0.00"))
    assert not found.edits[1].agrees(Decimal("1.00"))


def test_a_cell_that_can_never_be_written_is_refused_alone(reader: Session, shop: Shop) -> None:
    order = shop["orders"][1]
    found = plan(
        reader,
        "orders",
        {
            "changes": [
                cell(order, "nothing", "x"),
                cell(order, ["a"], "x"),
                cell(order, "total_amount", "5"),
                cell("no id", "due_date", "today"),
                cell(order, "due_date", "some day"),
                cell(order, "customer_id", "Nobody"),
                cell(order, "customer_id", ""),
                cell(order, "po_date", None),
                cell(order, "due_date", "today"),
            ]
        },
    )
    assert [edit.position for edit in found.edits] == [8]
    assert sorted(found.refused) == list(range(8))
    assert found.refused[2] == "Total cannot be changed here."
    assert "no customer Nobody" in found.refused[5]
    assert "is needed" in found.refused[6]


def test_new_rows_say_what_they_lack(reader: Session, shop: Shop) -> None:
    found = plan(
        reader,
        "orders",
        {
            "creates": [
                {"key": "n1", "values": {"customer_id": "a-1", "po_date": "today", "status": ""}},
                {"key": "n2", "values": {"po_date": "never", "po_number": "X", "priority": "2"}},
                {"key": "n3"},
            ]
        },
    )
    good, bad, empty = found.creates
    assert good == changes.NewRow("n1", {"customer_id": shop["customers"][0], "po_date": TODAY})
    assert [name for name, _reason in bad.refusals] == ["po_date", "po_number", "customer_id"]
    assert bad.values == {"priority": 2}
    assert {name for name, _reason in empty.refusals} == {"customer_id", "po_date"}


def test_a_column_that_is_not_seen_is_not_written_either(reader: Session, shop: Shop) -> None:
    asked = {"changes": [cell(shop["products"][0], "unit_cost", "5")]}
    office = rights.granted(["office"]) | {"products:edit"}
    assert plan(reader, "products", asked, office).refused == {0: "There is no column unit_cost."}
    assert not plan(reader, "products", asked).refused


@pytest.mark.parametrize(
    ("name", "body", "role"),
    [
        ("orders", {"changes": [cell("x", "due_date", "")]}, "viewer"),
        ("orders", {"creates": [{"key": "n1"}]}, "viewer"),
        ("orders", {"changes": [cell("x", "due_date", "")]}, "worker"),
        ("sync_queue", {"changes": [cell("x", "label", "")]}, "admin"),
        ("users", {"creates": [{"key": "n1"}]}, "admin"),
        ("counters", {"changes": [cell("x", "last_number", "1")]}, "admin"),
        ("products", {"changes": [cell("x", "name", "")]}, "office"),
    ],
)
def test_who_may_not_write_a_table_is_told_so(
    reader: Session, name: str, body: dict[str, Any], role: str
) -> None:
    with pytest.raises(NotAllowed):
        plan(reader, name, body, rights.granted([role]))


@pytest.mark.parametrize(
    "body",
    [
        {"changes": "x"},
        {"changes": ["x"]},
        {"changes": {"id": 1}},
        {"creates": [None]},
        {"changes": [{}] * 10_001},
        {"creates": [{}] * 1_001},
    ],
)
def test_a_body_of_another_form_or_size_is_refused(reader: Session, body: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput):
        plan(reader, "orders", body)


def test_ten_thousand_links_are_looked_up_together(
    engine: Engine, reader: Session, shop: Shop
) -> None:
    key = shop["orders"][1]
    asked = [cell(key, "customer_id", name) for name in ("a-1", "b-2", "nobody")] * 3_333
    with statements(engine) as sent:
        found = plan(reader, "orders", {"changes": asked})
    assert len(found.edits) == 6_666
    assert len(found.refused) == 3_333
    assert len([text for text in sent if text.startswith("SELECT")]) == 1


def test_a_single_value_is_parsed_the_same_way(reader: Session, shop: Shop) -> None:
    orders = table("orders")
    assert (
        changes.parse_value(reader, orders, orders.by_name["customer_id"], "B-2", today=TODAY)
        == (shop["customers"][2])
    )
    assert changes.parse_value(reader, orders, orders.by_name["due_date"], "", today=TODAY) is None
    with pytest.raises(InvalidInput, match="is needed"):
        changes.parse_value(reader, orders, orders.by_name["customer_id"], "", today=TODAY)

"""Smart paste on both databases: names, questions, memory, one change set, one undo."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from batchly_admin.clock import ManualClock
from batchly_admin.domain import rights
from batchly_admin.errors import Conflict, InvalidInput, NotAllowed, NotFound
from batchly_admin.grid.paste import look, names
from batchly_admin.grid.registry import table
from batchly_admin.models.changes import ChangeItem, ChangeSet
from batchly_admin.models.company import User
from batchly_admin.models.customers import Customer
from batchly_admin.models.orders import PurchaseOrder
from batchly_admin.services import history, pasting, records
from batchly_admin.services.records import CellChange
from batchly_admin.services.unit_of_work import Actor, UnitOfWorks
from tests.service.grid.shop import put
from tests.service.grid.test_windows import statements

Shop = Mapping[str, list[UUID]]
TODAY = date(2026, 3, 4)
ADMIN = rights.granted(["admin"])
ORDERS, CUSTOMERS = table("orders"), table("customers")


def looked(reader: Session, columns: Mapping[str, list[str]], **more: Any) -> dict[str, Any]:
    granted = more.pop("rights", ADMIN)
    memory = more.pop("memory", {})
    body = {"columns": columns, **more}
    return look.look(reader, ORDERS, body, look.Person(granted, TODAY, memory=memory))


def person(engine: Engine, email: str = "ann@shop.example") -> Actor:
    key = put(engine, User, [{"email": email, "name": "Ann", "password_hash": "x"}])[0]
    return Actor("Ann", key, frozenset({"admin"}))


def test_names_are_found_exactly_then_by_code_then_in_other_letters(
    engine: Engine, reader: Session
) -> None:
    ids = put(
        engine,
        Customer,
        [
            {"display_name": "ACME", "account_number": "Beta"},
            {"display_name": "Acme"},
            {"display_name": "beta"},
            {"display_name": "Gamma", "email": "g@shop.example"},
            {"display_name": "Élan", "account_number": "E-7"},
        ],
    )
    texts = ["Acme", "ACME", "Beta", "beta", "G@SHOP.example", "Élan", "e-7", str(ids[3]), "GAMMA "]
    clear, unclear = names.resolve(reader, CUSTOMERS, texts)
    assert [clear[text.strip()].id for text in texts] == [
        ids[1], ids[0], ids[0], ids[2], ids[3], ids[4], ids[4], ids[3], ids[3]
    ]  # fmt: skip
    assert unclear == {}


def test_two_customers_of_one_name_are_asked_about_never_chosen(
    engine: Engine, reader: Session
) -> None:
    put(engine, Customer, [{"display_name": "Smith Ltd"}, {"display_name": "smith ltd"}])
    put(
        engine,
        Customer,
        [
            {"display_name": "Jones", "company_name": "Jones & Sons", "account_number": "J-1"},
            {"display_name": "Jones 2", "company_name": "Jones & Sons", "account_number": "J-2"},
        ],
    )
    found = looked(reader, {"customer_id": ["Jones & Sons", "SMITH LTD", "Jones"]})
    assert [one[0] for one in found["columns"]["customer_id"]] == [2, 2, 0]
    first, second = found["names"]
    assert first["reason"] == "2 customers go by Jones & Sons."
    assert [option["detail"] for option in first["options"]] == ["J-1", "J-2"]
    assert first["create"] is None
    assert len(second["options"]) == 2


def test_what_is_missing_offers_near_matches_and_to_be_made(reader: Session, shop: Shop) -> None:
    found = looked(reader, {"customer_id": ["Anns Bakery", "Nobody at all", "Carla", ""]})
    near, nobody, carla = found["names"]
    assert [option["label"] for option in near["options"]] == ["Ann's Bakery"]
    assert (near["create"], near["reason"]) == ("customer", "There is no customer Anns Bakery.")
    assert (nobody["options"], nobody["create"]) == ([], "customer")
    assert (carla["create"], carla["reason"]) == (None, "Carla is not active any more.")
    assert found["columns"]["customer_id"][3] == [1, "Customer is needed."]


def test_hostile_names_break_nothing(reader: Session, shop: Shop) -> None:
    texts = ["%", "_", "/", "' OR 1=1 --", "\x00", "\ud800", "x" * 5000, "[]", '"', "\\"]
    clear, unclear = names.resolve(reader, CUSTOMERS, texts)
    assert clear == {}
    assert len(unclear) == len(texts)


def test_all_names_of_a_column_are_one_query(engine: Engine, reader: Session) -> None:
    wanted = [{"display_name": f"Customer {number}"} for number in range(3000)]
    put(engine, Customer, wanted)
    with statements(engine) as said:
        clear, unclear = names.resolve(
            reader, CUSTOMERS, [f"customer {number}" for number in range(3000)]
        )
    assert (len(clear), len(unclear)) == (3000, 0)
    assert sum("FROM customers" in one for one in said) == 1


def test_only_those_who_may_are_offered_to_make_one(reader: Session, shop: Shop) -> None:
    granted = ADMIN - {"customers:create"}
    assert looked(reader, {"customer_id": ["New"]}, rights=granted)["names"][0]["create"] is None
    assert not look.may_create(ORDERS, ADMIN)
    assert not look.may_create(table("users"), ADMIN)


def test_cells_nobody_edits_are_refused_in_words(reader: Session) -> None:
    found = looked(
        reader, {"total_amount": ["5"], "nothing": ["x"], "status": ["Nope", "approved"]}
    )
    assert found["columns"]["total_amount"] == [[1, "Total is not edited here."]]
    assert found["columns"]["nothing"] == [[1, "This column cannot be changed here."]]
    assert found["columns"]["status"][0][0] == 1
    assert found["columns"]["status"][1] == [0, "approved"]


def test_who_may_only_look_may_not_paste(reader: Session) -> None:
    with pytest.raises(NotAllowed):
        looked(reader, {"due_date": ["2026-03-04"]}, rights=frozenset({"orders:view"}))
    with pytest.raises(NotAllowed):
        look.look(reader, table("change_sets"), {"columns": {}}, look.Person(ADMIN, TODAY))


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"columns": []},
        {"columns": {"status": "x"}},
        {"columns": {"status": [1]}},
        {"columns": {}, "answers": ["dmy"]},
        {"columns": {}, "answers": {"due_date": "."}},
        {"columns": {}, "answers": {"customer_id": "dmy"}},
        {"columns": {"status": ["x"] * 120_001}},
    ],
)
def test_what_is_not_of_the_documented_form_is_refused(
    reader: Session, body: dict[str, Any]
) -> None:
    with pytest.raises(InvalidInput):
        look.look(reader, ORDERS, body, look.Person(ADMIN, TODAY))


def test_a_table_of_300_lines_with_12_bad_cells_keeps_the_rest(reader: Session) -> None:
    days = [
        f"{number % 28 + 1:02d}/13/2026" if number % 25 == 0 else "13/02/2026"
        for number in range(300)
    ]
    found = looked(reader, {"due_date": days}, answers={"due_date": "dmy"})["columns"]["due_date"]
    assert sum(one[0] == 0 for one in found) == 288
    assert {one[0] for one in found} == {0, 1}


def test_what_our_own_grid_copied_leaves_nothing_open(reader: Session) -> None:
    found = looked(
        reader, {"discount_amount": ["1.234", "5"], "due_date": ["2026-03-04"]}, plain=True
    )
    assert found["questions"] == []
    assert found["columns"]["discount_amount"][1] == [0, "5"]
    assert found["columns"]["discount_amount"][0][0] == 1


def test_answers_are_remembered_for_a_person_and_a_column(
    engine: Engine, uows: UnitOfWorks, reader: Session
) -> None:
    ann, bob = person(engine), person(engine, "bob@shop.example")
    assert ann.user_id is not None
    assert bob.user_id is not None
    for reading in ("mdy", "dmy"):
        with uows.begin(actor=ann, source="paste") as uow:
            pasting.remember(
                uow,
                user_id=ann.user_id,
                table="orders",
                readings={("due_date", "date"): reading},
            )
    memory = pasting.remembered(reader, user_id=ann.user_id, table="orders")
    assert memory == {("due_date", "date"): "dmy"}
    assert pasting.remembered(reader, user_id=bob.user_id, table="orders") == {}
    found = looked(reader, {"due_date": ["03/04/2026"]}, memory=memory)
    assert found["columns"]["due_date"] == [[0, "2026-04-03"]]
    assert found["questions"][0]["remembered"] == "dmy"


def test_the_parts_of_a_paste_are_one_change_set_and_one_undo(
    engine: Engine, uows: UnitOfWorks, shop: Shop
) -> None:
    ann = person(engine)
    movable = _movable(engine)[:3]
    with uows.begin(actor=ann, source="paste") as uow:
        made = records.create_record(uow, Customer, {"display_name": "Made by paste"})
        uow.session.flush()
        made_id, begun = made.id, uow.change_set_id
    assert begun is not None
    before = _customers_of(engine, movable)
    for key in movable:
        with uows.begin(actor=ann, source="paste") as uow:
            pasting.carry_on(uow, begun)
            seen = str(uow.session.get_one(PurchaseOrder, key).customer_id)
            change = CellChange(row_id=key, column="customer_id", seen=seen, value=made_id)
            assert records.apply_changes(uow, PurchaseOrder, [change])[0].reason is None
    with engine.connect() as connection:
        positions = list(connection.scalars(sa.select(ChangeItem.position)))
        assert len(positions) == len(set(positions))
        assert connection.scalar(sa.select(sa.func.count()).select_from(ChangeSet)) == 1
    with uows.begin(actor=ann, source="undo") as uow:
        result = history.undo_change_set(uow, change_set_id=begun)
    assert result.conflicts == []
    assert _customers_of(engine, movable) == before
    with engine.connect() as connection:
        names_now = connection.scalars(sa.select(Customer.display_name)).all()
    assert "Made by paste" not in names_now


def _movable(engine: Engine) -> list[UUID]:
    with engine.connect() as connection:
        query = sa.select(PurchaseOrder.id).where(PurchaseOrder.status == "pending")
        return list(connection.scalars(query))


def _customers_of(engine: Engine, ids: list[UUID]) -> list[Any]:
    with engine.connect() as connection:
        query = sa.select(PurchaseOrder.customer_id).where(PurchaseOrder.id.in_(ids))
        return list(connection.scalars(query.order_by(PurchaseOrder.id)))


def test_nobody_writes_into_the_paste_of_another(
    engine: Engine, uows: UnitOfWorks, clock: ManualClock
) -> None:
    ann, bob = person(engine), person(engine, "bob@shop.example")
    with uows.begin(actor=ann, source="paste") as uow:
        records.create_record(uow, Customer, {"display_name": "One"})
        uow.session.flush()
        begun = uow.change_set_id
    assert begun is not None
    with pytest.raises(NotFound), uows.begin(actor=bob, source="paste") as uow:
        pasting.carry_on(uow, begun)
    with pytest.raises(NotFound), uows.begin(actor=ann, source="cell") as uow:
        pasting.carry_on(uow, begun)
    with uows.begin(actor=ann, source="undo") as uow:
        history.undo_change_set(uow, change_set_id=begun)
    with pytest.raises(Conflict), uows.begin(actor=ann, source="paste") as uow:
        pasting.carry_on(uow, begun)
    with uows.begin(actor=ann, source="paste") as uow:
        records.create_record(uow, Customer, {"display_name": "Two"})
        uow.session.flush()
        late = uow.change_set_id
    assert late is not None
    clock.advance(timedelta(hours=2))
    with pytest.raises(Conflict), uows.begin(actor=ann, source="paste") as uow:
        pasting.carry_on(uow, late)


def test_ten_thousand_rows_are_looked_at_at_once(reader: Session, shop: Shop) -> None:
    columns = {
        "customer_id": ["Ann's Bakery", "a-1"] * 5000,
        "due_date": [f"2026-{number % 12 + 1}-{number % 28 + 1}" for number in range(10_000)],
        "discount_amount": [f"{number},50" for number in range(10_000)],
        "customer_notes": [f"note {number}" for number in range(10_000)],
    }
    found = looked(reader, columns)
    assert {one[0] for texts in found["columns"].values() for one in texts} == {0}
    assert found["columns"]["discount_amount"][7] == [0, str(Decimal("7.50"))]

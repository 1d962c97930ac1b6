"""One way in for cells, forms and deletions of any table."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from time import perf_counter
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from batchly_admin.errors import Conflict, InvalidInput, UserError
from batchly_admin.ids import new_id
from batchly_admin.models.catalogue import PaymentTerm, Product
from batchly_admin.models.changes import ChangeItem, ChangeSet
from batchly_admin.models.company import Organization
from batchly_admin.models.customers import Communication, Customer
from batchly_admin.models.orders import PurchaseOrder
from batchly_admin.models.sync import SyncQueueRow
from batchly_admin.services import orders, records
from batchly_admin.services.records import CellChange, CellResult
from batchly_admin.services.unit_of_work import Actor, UnitOfWork, UnitOfWorks
from tests import given
from tests.given import ANN

BOB = Actor("Bob", None, frozenset({"admin"}))


def refused(uows: UnitOfWorks, kind: type[UserError], act: Any) -> UserError:
    with pytest.raises(kind) as caught, uows.begin(actor=ANN, source="grid") as uow:
        act(uow)
    for word in ("SELECT", "INSERT", "constraint", "psycopg", "sqlite"):
        assert word not in caught.value.message
    return caught.value


def apply(
    uows: UnitOfWorks, model: Any, *changes: CellChange, actor: Actor = ANN
) -> list[CellResult]:
    with uows.begin(actor=actor, source="grid") as uow:
        return records.apply_changes(uow, model, list(changes))


def customer(uows: UnitOfWorks, key: UUID) -> Customer:
    with uows.read() as session:
        return session.get_one(Customer, key)


def queued(uows: UnitOfWorks) -> list[tuple[str, str]]:
    with uows.read() as session:
        rows = session.scalars(sa.select(SyncQueueRow).order_by(SyncQueueRow.id))
        return [(row.entity_type, row.operation) for row in rows]


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"display_name": ""}, "display_name"),
        ({"display_name": "   "}, "display_name"),
        ({"display_name": "Ann: baker"}, "display_name"),
        ({"display_name": "Ann\tbaker"}, "display_name"),
        ({"display_name": "x" * 501}, "display_name"),
        ({"display_name": "ANN'S BAKERY"}, "display_name"),
        ({"display_name": "A", "email": "not an address"}, "email"),
        ({"display_name": "A", "billing_address": {"planet": "Mars"}}, "billing_address"),
        ({"display_name": "A", "shipping_address": {"city": 7}}, "shipping_address"),
        ({"display_name": "A", "credit_limit": Decimal(-1)}, "credit_limit"),
    ],
)
def test_a_customer_quickbooks_would_refuse_is_refused_here(
    uows: UnitOfWorks, values: dict[str, Any], field: str
) -> None:
    given.customer(uows, "Ann's Bakery")
    error = refused(uows, InvalidInput, lambda uow: records.create_record(uow, Customer, values))
    assert isinstance(error, InvalidInput)
    assert [one.field for one in error.refusals] == [field]


def test_a_new_customer_is_queued(uows: UnitOfWorks) -> None:
    with uows.begin(actor=ANN, source="form") as uow:
        records.create_record(uow, Customer, {"display_name": "Ann"})
    assert queued(uows) == [("customer", "create")]


def test_quickbooks_hears_only_of_what_it_keeps(uows: UnitOfWorks) -> None:
    key = given.customer(uows, "Ann", qb_customer_id="7")
    with uows.begin(actor=ANN, source="form") as uow:
        records.update_record(uow, uow.session.get_one(Customer, key), {"notes": "likes blue"})
    assert queued(uows) == []
    with uows.begin(actor=ANN, source="form") as uow:
        records.update_record(uow, uow.session.get_one(Customer, key), {"phone": "555"})
    assert queued(uows) == [("customer", "update")]


def test_a_customer_quickbooks_never_heard_of_is_not_updated_there(uows: UnitOfWorks) -> None:
    key = given.customer(uows, "Ann")
    with uows.begin(actor=ANN, source="form") as uow:
        records.update_record(uow, uow.session.get_one(Customer, key), {"phone": "555"})
    assert queued(uows) == []


def test_nightly_updates_wait_for_three_in_the_morning(uows: UnitOfWorks) -> None:
    given.setting(uows, "customer_updates", "nightly")
    key = given.customer(uows, "Ann", qb_customer_id="7")
    with uows.begin(actor=ANN, source="form") as uow:
        records.update_record(uow, uow.session.get_one(Customer, key), {"phone": "555"})
    with uows.read() as session:
        due = session.scalars(sa.select(SyncQueueRow.next_attempt_at)).one()
        assert due == datetime(2026, 3, 5, 8, tzinfo=UTC), "three o'clock in New York"


@pytest.mark.parametrize(
    ("model", "values", "words"),
    [
        (PaymentTerm, {"name": "Net 30"}, "Another record has this name already."),
        (PaymentTerm, {"name": "New", "due_days": 9999}, "Payment is due within 0 to 999 days."),
        (Communication, {"channel": "note"}, "is needed."),
        (
            Communication,
            {
                "customer_id": new_id(),
                "subject": "x",
                "happened_at": datetime(2026, 1, 1, tzinfo=UTC),
            },
            "refers to something that is gone",
        ),
    ],
)
def test_what_the_database_refuses_becomes_words(
    uows: UnitOfWorks, model: Any, values: dict[str, Any], words: str
) -> None:
    with uows.begin(actor=ANN, source="form") as uow:
        records.create_record(uow, PaymentTerm, {"name": "Net 30"})
    error = refused(uows, Conflict, lambda uow: records.create_record(uow, model, values))
    assert words in error.message


@pytest.mark.parametrize("column", ["id", "version", "created_at", "nothing"])
def test_columns_of_machines_are_not_written(uows: UnitOfWorks, column: str) -> None:
    key = given.customer(uows, "Ann")
    refused(
        uows,
        InvalidInput,
        lambda uow: records.update_record(uow, uow.session.get_one(Customer, key), {column: "x"}),
    )


def test_a_refused_creation_leaves_the_rest_of_the_transaction_alone(uows: UnitOfWorks) -> None:
    with uows.begin(actor=ANN, source="form") as uow:
        with pytest.raises(Conflict):
            records.create_record(uow, PaymentTerm, {"name": "A", "due_days": 9999})
        records.create_record(uow, PaymentTerm, {"name": "B"})
    with uows.read() as session:
        assert session.scalars(sa.select(PaymentTerm.name)).all() == ["B"]
        assert session.scalar(sa.select(sa.func.count()).select_from(ChangeSet)) == 1
        assert session.scalar(sa.select(sa.func.count()).select_from(ChangeItem)) == 1


def test_a_cell_that_somebody_changed_is_a_conflict_with_name_and_time(
    uows: UnitOfWorks, clock: Any
) -> None:
    key = given.customer(uows, "Ann", phone="1")
    clock.advance(timedelta(minutes=5))
    apply(uows, Customer, CellChange(key, "phone", "1", "2"), actor=BOB)
    [result] = apply(uows, Customer, CellChange(key, "phone", "1", "3"))
    assert (result.status, result.current, result.by) == ("conflict", "2", "Bob")
    assert result.at == clock.now()
    assert customer(uows, key).phone == "2"


def test_good_cells_are_written_beside_bad_ones_in_one_change_set(uows: UnitOfWorks) -> None:
    ann, bob = given.customer(uows, "Ann", phone="1"), given.customer(uows, "Bob")
    gone = new_id()
    found = apply(
        uows,
        Customer,
        CellChange(ann, "phone", "1", "2"),
        CellChange(ann, "email", None, "no address"),
        CellChange(bob, "display_name", "Bob", "Robert"),
        CellChange(bob, "phone", "9", "8"),
        CellChange(gone, "phone", None, "1"),
        CellChange(bob, "version", None, 5),
        CellChange(bob, "display_name", "Bob", "Robert"),
    )
    assert [result.status for result in found] == [
        *("saved", "refused", "saved", "conflict", "refused", "refused", "saved"),
    ]
    assert found[0].version == customer(uows, ann).version
    assert found[1].reason == "no address is not an e-mail address."
    assert customer(uows, bob).display_name == "Robert"
    with uows.read() as session:
        items = session.scalars(sa.select(ChangeItem).where(ChangeItem.operation == "update")).all()
        assert {item.column_name for item in items} == {"phone", "display_name"}
        assert len({item.change_set_id for item in items}) == 1


def test_a_cell_that_holds_the_value_already_is_unchanged(uows: UnitOfWorks) -> None:
    key = given.customer(uows, "Ann", credit_limit=Decimal(5))
    change = CellChange(key, "credit_limit", "9.00", Decimal("5.0"))
    assert apply(uows, Customer, change)[0].status == "unchanged"


def test_cells_that_only_fit_together_are_written_together(uows: UnitOfWorks) -> None:
    order_id = given.order(uows, due_date=date(2026, 3, 10))
    found = apply(
        uows,
        PurchaseOrder,
        CellChange(order_id, "po_date", "2026-03-02", date(2026, 4, 1)),
        CellChange(order_id, "due_date", "2026-03-10", date(2026, 4, 9)),
    )
    assert [result.status for result in found] == ["saved", "saved"]
    [alone] = apply(
        uows, PurchaseOrder, CellChange(order_id, "po_date", "2026-04-01", date(2026, 5, 1))
    )
    assert alone.status == "refused"
    assert alone.reason == "The due date is before the order date."


def test_a_status_in_a_cell_follows_the_rules(uows: UnitOfWorks) -> None:
    good, bad = given.order(uows), given.order(uows)
    found = apply(
        uows,
        PurchaseOrder,
        CellChange(good, "status", "pending", "approved"),
        CellChange(bad, "status", "pending", "shipped"),
    )
    assert [result.status for result in found] == ["saved", "refused"]
    assert "cannot become Shipped" in (found[1].reason or "")


def test_what_refers_to_a_record_keeps_it(uows: UnitOfWorks) -> None:
    buyer = given.customer(uows, "Ann")
    given.order(uows, customer_id=buyer)
    error = refused(
        uows,
        Conflict,
        lambda uow: records.delete_record(uow, uow.session.get_one(Customer, buyer)),
    )
    assert error.message == "It is still used by 1 purchase orders."


def test_what_goes_along_is_written_down_too(uows: UnitOfWorks) -> None:
    buyer = given.customer(uows, "Ann")
    with uows.begin(actor=ANN, source="form") as uow:
        note = {"customer_id": buyer, "subject": "Hello", "happened_at": uow.now()}
        records.create_record(uow, Communication, note)
    with uows.begin(actor=ANN, source="form") as uow:
        records.delete_record(uow, uow.session.get_one(Customer, buyer))
    with uows.read() as session:
        deleted = session.scalars(
            sa.select(ChangeItem.table_name)
            .where(ChangeItem.operation == "delete")
            .order_by(ChangeItem.position)
        ).all()
        assert deleted == ["communications", "customers"]


def test_a_record_in_quickbooks_is_not_deleted(uows: UnitOfWorks) -> None:
    buyer = given.customer(uows, "Ann", qb_customer_id="7")
    error = refused(
        uows,
        Conflict,
        lambda uow: records.delete_record(uow, uow.session.get_one(Customer, buyer)),
    )
    assert error.message == "Ann is in QuickBooks. Make it inactive instead."


def test_a_record_that_only_waits_is_taken_out_of_the_queue(uows: UnitOfWorks) -> None:
    with uows.begin(actor=ANN, source="form") as uow:
        made = records.create_record(uow, Customer, {"display_name": "Ann"})
    with uows.begin(actor=ANN, source="form") as uow:
        records.delete_record(uow, uow.session.get_one(Customer, made.id))
    with uows.read() as session:
        assert session.scalars(sa.select(SyncQueueRow.status)).all() == ["cancelled"]


def test_a_product_is_pushed_only_when_quickbooks_has_it(uows: UnitOfWorks) -> None:
    with uows.begin(actor=ANN, source="form") as uow:
        made = records.create_record(uow, Product, {"name": "Shirt", "unit_price": Decimal(1)})
        key = made.id
    assert queued(uows) == []
    with uows.begin(actor=ANN, source="pull") as uow:
        uow.session.get_one(Product, key).qb_item_id = "3"
    with uows.begin(actor=ANN, source="form") as uow:
        records.update_record(uow, uow.session.get_one(Product, key), {"unit_price": Decimal(2)})
    assert queued(uows) == [("item", "update")]


def test_a_company_needs_a_time_zone_that_exists(uows: UnitOfWorks) -> None:
    def change(uow: UnitOfWork) -> None:
        company = uow.session.scalars(sa.select(Organization)).one()
        records.update_record(uow, company, {"time_zone": "Mars/Olympus"})

    assert refused(uows, InvalidInput, change).field == "time_zone"


def test_a_paste_of_a_thousand_rows_is_one_change_set_and_quick(uows: UnitOfWorks) -> None:
    buyer = given.customer(uows)
    with uows.begin(actor=ANN, source="form") as uow:
        ids = [
            orders.create_order(uow, customer_id=buyer, lines=(), po_date=date(2026, 3, 2)).id
            for _ in range(200)
        ]
    columns = ("customer_notes", "internal_notes", "shipping_terms", "special_instructions")
    changes = [
        *(CellChange(key, column, None, "x") for key in ids for column in columns),
        *(CellChange(key, "priority", 3, 1) for key in ids),
    ]
    begun = perf_counter()
    found = apply(uows, PurchaseOrder, *changes)
    spent = perf_counter() - begun
    assert {result.status for result in found} == {"saved"}
    print(f"{len(changes)} cells in {spent:.3f} s")
    assert spent < 4
    with uows.read() as session:
        sets = session.scalar(
            sa.select(sa.func.count(ChangeItem.change_set_id.distinct())).where(
                ChangeItem.operation == "update", ChangeItem.column_name == "priority"
            )
        )
        assert sets == 1

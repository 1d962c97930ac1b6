"""Undo: only what nobody built upon, and what is final stays as a whole."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from batchly_admin.errors import Conflict, NotFound
from batchly_admin.ids import new_id
from batchly_admin.models.billing import Invoice, Payment
from batchly_admin.models.changes import ChangeSet
from batchly_admin.models.customers import Communication, Customer
from batchly_admin.models.orders import PoLineItem, PurchaseOrder
from batchly_admin.models.production import Job
from batchly_admin.models.sync import SyncQueueRow
from batchly_admin.queries.history import record_history
from batchly_admin.services import history, invoicing, orders, production, records
from batchly_admin.services.history import UndoResult
from batchly_admin.services.records import CellChange
from batchly_admin.services.unit_of_work import Actor, UnitOfWork, UnitOfWorks
from tests import given
from tests.given import ANN

BOB = Actor("Bob", None, frozenset({"admin"}))


def do(uows: UnitOfWorks, act: Any, actor: Actor = ANN) -> UUID:
    """Do something and give its change set."""
    with uows.begin(actor=actor, source="grid") as uow:
        act(uow)
        uow.session.flush()
        assert uow.change_set_id is not None
        return uow.change_set_id


def undo(uows: UnitOfWorks, change_set_id: UUID) -> tuple[UndoResult, UUID | None]:
    with uows.begin(actor=BOB, source="undo") as uow:
        result = history.undo_change_set(uow, change_set_id=change_set_id)
        return result, uow.change_set_id


def edit(key: UUID, **values: Any) -> Any:
    def act(uow: UnitOfWork) -> None:
        records.update_record(uow, uow.session.get_one(Customer, key), values)

    return act


def customer(uows: UnitOfWorks, key: UUID) -> Customer:
    with uows.read() as session:
        return session.get_one(Customer, key)


def test_an_unknown_change_is_not_undone(uows: UnitOfWorks) -> None:
    with pytest.raises(NotFound):
        undo(uows, new_id())


def test_cells_go_back_where_nobody_changed_them(uows: UnitOfWorks) -> None:
    key = given.customer(uows, "Ann", phone="1", notes="a")
    change = do(uows, edit(key, phone="2", notes="b", fax="3"))
    do(uows, edit(key, notes="c"), BOB)
    result, _ = undo(uows, change)
    assert result.undone == 2
    [conflict] = result.conflicts
    assert (conflict.label, conflict.column) == ("Ann", "notes")
    assert conflict.reason == "Bob changed it since."
    found = customer(uows, key)
    assert (found.phone, found.notes, found.fax) == ("1", "c", None)


def test_a_change_is_undone_once_and_the_undo_can_be_undone(uows: UnitOfWorks) -> None:
    key = given.customer(uows, "Ann", phone="1")
    change = do(uows, edit(key, phone="2"))
    _, first = undo(uows, change)
    assert first is not None
    with pytest.raises(Conflict):
        undo(uows, change)
    undo(uows, first)
    assert customer(uows, key).phone == "2"
    undo(uows, change)
    assert customer(uows, key).phone == "1", "what is in force again can be undone again"


def test_quickbooks_hears_of_an_undo(uows: UnitOfWorks) -> None:
    key = given.customer(uows, "Ann", phone="1", qb_customer_id="7")
    change = do(uows, edit(key, phone="2"))
    with uows.begin(actor=ANN, source="push") as uow:
        uow.session.execute(sa.update(SyncQueueRow).values(status="completed"))
    undo(uows, change)
    with uows.read() as session:
        states = session.scalars(sa.select(SyncQueueRow.status).order_by(SyncQueueRow.id)).all()
        assert states == ["completed", "pending"]


def test_a_row_that_came_goes_with_its_parts(uows: UnitOfWorks) -> None:
    buyer = given.customer(uows)

    def act(uow: UnitOfWork) -> None:
        from datetime import date

        line = orders.OrderLine(quantity=Decimal(1), unit_price=Decimal(1), item_name="A")
        orders.create_order(uow, customer_id=buyer, lines=[line, line], po_date=date(2026, 3, 2))

    change = do(uows, act)
    result, redo = undo(uows, change)
    assert (result.undone, result.conflicts) == (3, [])
    with uows.read() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(PoLineItem)) == 0
    assert redo is not None
    undo(uows, redo)
    with uows.read() as session:
        order = session.scalars(sa.select(PurchaseOrder)).one()
        assert [line.line_number for line in order.lines] == [1, 2]
        assert order.total_amount == Decimal("2.00")


@pytest.mark.parametrize("how", ["changed", "line changed", "line added", "used"])
def test_a_row_somebody_built_upon_stays_whole(uows: UnitOfWorks, how: str) -> None:
    order_id = given.order(uows)
    with uows.read() as session:
        change = session.scalars(
            sa.select(ChangeSet.id).order_by(ChangeSet.id.desc()).limit(1)
        ).one()

    def build(uow: UnitOfWork) -> None:
        order = uow.session.get_one(PurchaseOrder, order_id)
        if how == "changed":
            records.update_record(uow, order, {"internal_notes": "x"})
        elif how == "line changed":
            records.update_record(uow, order.lines[0], {"description": "x"})
        elif how == "line added":
            values = {"po_id": order_id, "item_name": "B", "quantity": Decimal(1)}
            records.create_record(uow, PoLineItem, {**values, "unit_price": Decimal(1)})
        else:
            orders.approve(uow, order_id=order_id)
            production.create_jobs(uow, order_id=order_id)

    do(uows, build, BOB)
    result, _ = undo(uows, change)
    assert result.undone == 0
    assert [conflict.label for conflict in result.conflicts] == ["PO-0001"]
    with uows.read() as session:
        assert len(session.get_one(PurchaseOrder, order_id).lines) >= 2


def test_a_row_that_went_comes_back_with_its_id(uows: UnitOfWorks) -> None:
    key = given.customer(uows, "Ann", credit_limit=Decimal("5.50"))

    def file(uow: UnitOfWork) -> None:
        values = {"customer_id": key, "subject": "Hello", "happened_at": uow.now()}
        records.create_record(uow, Communication, values)

    do(uows, file)
    change = do(uows, lambda uow: records.delete_record(uow, uow.session.get_one(Customer, key)))
    result, _ = undo(uows, change)
    assert (result.undone, result.conflicts) == (2, [])
    assert customer(uows, key).credit_limit == Decimal("5.50")
    with uows.read() as session:
        assert session.scalars(sa.select(Communication.subject)).all() == ["Hello"]


def test_a_name_that_was_taken_meanwhile_keeps_a_row_away(uows: UnitOfWorks) -> None:
    key = given.customer(uows, "Ann")
    change = do(uows, lambda uow: records.delete_record(uow, uow.session.get_one(Customer, key)))
    given.customer(uows, "Ann")
    result, _ = undo(uows, change)
    assert result.undone == 0
    assert "already" in result.conflicts[0].reason


def test_jobs_that_were_made_are_unmade(uows: UnitOfWorks) -> None:
    order_id = given.approved_order(uows)
    change = do(uows, lambda uow: production.create_jobs(uow, order_id=order_id))
    result, _ = undo(uows, change)
    assert result.conflicts == []
    with uows.read() as session:
        order = session.get_one(PurchaseOrder, order_id)
        assert (order.status, order.job_count) == ("approved", 0)
        assert session.scalar(sa.select(sa.func.count()).select_from(Job)) == 0


def test_an_approval_is_not_undone_once_there_is_a_job(uows: UnitOfWorks) -> None:
    order_id = given.order(uows)
    change = do(uows, lambda uow: orders.approve(uow, order_id=order_id))
    do(uows, lambda uow: production.create_jobs(uow, order_id=order_id))
    result, _ = undo(uows, change)
    assert result.undone == 0
    assert result.conflicts[0].column == "status"


def test_an_approval_is_not_undone_once_there_is_an_invoice(uows: UnitOfWorks) -> None:
    order_id = given.order(uows)
    change = do(uows, lambda uow: orders.approve(uow, order_id=order_id))
    do(uows, lambda uow: invoicing.invoice_order(uow, order_id=order_id))
    result, _ = undo(uows, change)
    assert result.conflicts[0].reason == "PO-0001 has the invoice INV-0001."


def test_an_issued_invoice_stays_and_so_does_all_around_it(uows: UnitOfWorks) -> None:
    order_id = given.approved_order(uows)
    change = do(uows, lambda uow: invoicing.invoice_order(uow, order_id=order_id))
    result, _ = undo(uows, change)
    assert result.undone == 0
    assert "Void it while it is unpaid" in result.conflicts[0].reason
    with uows.read() as session:
        assert session.get_one(PurchaseOrder, order_id).invoicing == "full"


def test_a_void_stays(uows: UnitOfWorks) -> None:
    invoice_id = given.issued_invoice(uows)
    change = do(uows, lambda uow: invoicing.void(uow, invoice_id=invoice_id, reason="No"))
    result, _ = undo(uows, change)
    assert "is void" in result.conflicts[0].reason


def test_a_draft_is_unmade_and_its_order_can_be_invoiced_again(uows: UnitOfWorks) -> None:
    order_id = given.approved_order(uows)
    change = do(uows, lambda uow: invoicing.draft_from_order(uow, order_id=order_id))
    result, redo = undo(uows, change)
    assert result.conflicts == []
    with uows.read() as session:
        assert session.get_one(PurchaseOrder, order_id).invoicing == "none"
        assert session.scalar(sa.select(sa.func.count()).select_from(Invoice)) == 0
    do(uows, lambda uow: invoicing.invoice_order(uow, order_id=order_id))
    assert redo is not None
    with pytest.raises(Conflict, match="More would be invoiced"):
        undo(uows, redo)


def test_a_payment_that_never_left_is_unmade(uows: UnitOfWorks) -> None:
    invoice_id = given.issued_invoice(uows)

    def pay(uow: UnitOfWork) -> None:
        buyer = uow.session.get_one(Invoice, invoice_id).customer_id
        records.create_record(uow, Payment, {"customer_id": buyer, "amount": Decimal(10)})

    change = do(uows, pay)
    result, _ = undo(uows, change)
    assert result.conflicts == []
    with uows.read() as session:
        assert session.get_one(Invoice, invoice_id).amount_paid == 0
    change = do(uows, pay)
    with uows.begin(actor=ANN, source="push") as uow:
        uow.session.scalars(sa.select(Payment)).one().qb_payment_id = "9"
    result, _ = undo(uows, change)
    assert result.undone == 0
    with uows.read() as session:
        assert session.get_one(Invoice, invoice_id).amount_paid == Decimal(10)


def test_a_paste_of_many_cells_is_undone_at_once(uows: UnitOfWorks) -> None:
    keys = [given.customer(uows) for _ in range(20)]

    def paste(uow: UnitOfWork) -> None:
        changes = [CellChange(key, "notes", None, "x") for key in keys]
        records.apply_changes(uow, Customer, changes)

    change = do(uows, paste)
    do(uows, edit(keys[3], notes="mine"), BOB)
    result, _ = undo(uows, change)
    assert (result.undone, len(result.conflicts)) == (19, 1)


def test_the_history_of_a_record_tells_who_and_what(uows: UnitOfWorks) -> None:
    order_id = given.order(uows)
    other = given.customer(uows, "Bob's Diner")

    def act(uow: UnitOfWork) -> None:
        order = uow.session.get_one(PurchaseOrder, order_id)
        records.update_record(uow, order, {"customer_id": other})

    change = do(uows, act, BOB)
    with uows.read() as session:
        latest, first = record_history(session, "purchase_orders", order_id)
    assert (latest.change_set_id, latest.by, latest.undoable) == (change, "Bob", True)
    names = {item.column: item.new for item in latest.items}
    assert names["customer_id"] == "Bob's Diner"
    assert (first.summary, first.by, first.items) == ("Created", "Ann", ())
    undo(uows, change)
    with uows.read() as session:
        entries = record_history(session, "purchase_orders", order_id)
    assert [entry.undoable for entry in entries] == [True, False, True]

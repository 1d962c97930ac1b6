"""Purchase orders: refused first, then made, approved, changed, cancelled."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa

from batchly_admin.errors import (
    Conflict,
    IllegalTransition,
    InvalidInput,
    NotFound,
    UserError,
)
from batchly_admin.ids import new_id
from batchly_admin.models.billing import Invoice
from batchly_admin.models.customers import Customer, PriceOverride
from batchly_admin.models.orders import PoLineItem, PurchaseOrder
from batchly_admin.models.sync import SyncQueueRow
from batchly_admin.services import invoicing, orders, production, records
from batchly_admin.services.orders import OrderLine
from batchly_admin.services.unit_of_work import UnitOfWorks
from tests import given
from tests.given import ANN, DAY


def read(uows: UnitOfWorks, order_id: Any) -> PurchaseOrder:
    with uows.read() as session:
        found = session.get(PurchaseOrder, order_id)
        assert found is not None
        return found


def refused(uows: UnitOfWorks, kind: type[UserError], act: Any) -> str:
    with pytest.raises(kind) as caught, uows.begin(actor=ANN, source="grid") as uow:
        act(uow)
    assert "SELECT" not in caught.value.message
    return caught.value.message


@pytest.mark.parametrize(
    ("line", "field"),
    [
        (OrderLine(quantity=Decimal(0), item_name="A", unit_price=Decimal(1)), "quantity"),
        (OrderLine(quantity=Decimal(1), item_name="A", unit_price=Decimal(-1)), "unit_price"),
        (OrderLine(quantity=Decimal(1), item_name="A"), "unit_price"),
        (OrderLine(quantity=Decimal(1), unit_price=Decimal(1)), "item_name"),
        (OrderLine(quantity=Decimal(1), product_id=new_id()), "product_id"),
    ],
)
def test_a_line_that_cannot_be_is_refused(uows: UnitOfWorks, line: OrderLine, field: str) -> None:
    buyer = given.customer(uows)
    with pytest.raises(InvalidInput) as caught, uows.begin(actor=ANN, source="form") as uow:
        orders.create_order(uow, customer_id=buyer, lines=[line], po_date=DAY)
    assert caught.value.field == field


def test_an_order_of_nobody_is_refused(uows: UnitOfWorks) -> None:
    words = refused(
        uows,
        InvalidInput,
        lambda uow: orders.create_order(uow, customer_id=new_id(), lines=[], po_date=DAY),
    )
    assert words == "An order needs a customer."


def test_an_order_due_before_it_was_placed_is_refused(uows: UnitOfWorks) -> None:
    buyer = given.customer(uows)
    refused(
        uows,
        InvalidInput,
        lambda uow: orders.create_order(
            uow, customer_id=buyer, lines=[], po_date=DAY, due_date=date(2026, 3, 1)
        ),
    )


def test_an_order_takes_over_what_customer_and_product_know(uows: UnitOfWorks) -> None:
    code = given.tax_code(uows, "NY", "4", "4.5")
    buyer = given.customer(uows, default_tax_code_id=code, billing_address={"city": "Troy"})
    shirt = given.product(uows, "Shirt", "12.5", sku="TS-1")
    with uows.begin(actor=ANN, source="form") as uow:
        agreed = PriceOverride(
            customer_id=buyer, product_id=shirt, unit_price=Decimal(10), valid_from=DAY
        )
        uow.session.add(agreed)
    with uows.begin(actor=ANN, source="form") as uow:
        made = orders.create_order(
            uow,
            customer_id=buyer,
            lines=[OrderLine(quantity=Decimal(3), product_id=shirt)],
            po_date=DAY,
        )
        order_id = made.id
    with uows.read() as session:
        order = session.get_one(PurchaseOrder, order_id)
        assert order.po_number == "PO-0001"
        assert order.billing_address == {"city": "Troy"}
        assert order.lines[0].item_name == "Shirt"
        assert order.lines[0].unit_price == Decimal(10)
        assert order.lines[0].line_total == Decimal("30.00")
        assert (order.subtotal, order.tax_amount, order.total_amount) == (
            Decimal("30.00"),
            Decimal("2.55"),
            Decimal("32.55"),
        )


def test_a_number_that_an_import_has_taken_is_passed_over(uows: UnitOfWorks) -> None:
    given.order(uows, po_number="PO-0001")
    assert read(uows, given.order(uows)).po_number == "PO-0002"


def test_an_order_is_approved_once(uows: UnitOfWorks) -> None:
    order_id = given.approved_order(uows)
    assert read(uows, order_id).status == "approved"
    words = refused(uows, Conflict, lambda uow: orders.approve(uow, order_id=order_id))
    assert words == "PO-0001 is approved already."


def test_an_order_without_lines_is_not_approved(uows: UnitOfWorks) -> None:
    order_id = given.order(uows, lines=())
    words = refused(uows, Conflict, lambda uow: orders.approve(uow, order_id=order_id))
    assert words == "PO-0001 has no lines."


def test_an_order_of_an_inactive_customer_is_not_approved(uows: UnitOfWorks) -> None:
    order_id = given.order(uows, customer_id=given.customer(uows, "Gone", is_active=False))
    words = refused(uows, Conflict, lambda uow: orders.approve(uow, order_id=order_id))
    assert "Gone is inactive" in words


def test_an_order_that_is_gone_is_not_approved(uows: UnitOfWorks) -> None:
    refused(uows, NotFound, lambda uow: orders.approve(uow, order_id=new_id()))


def test_a_cancelled_order_is_not_approved(uows: UnitOfWorks) -> None:
    order_id = given.order(uows)
    with uows.begin(actor=ANN, source="grid") as uow:
        orders.cancel(uow, order_id=order_id)
    refused(uows, IllegalTransition, lambda uow: orders.approve(uow, order_id=order_id))


def test_an_order_in_production_or_invoiced_is_not_cancelled(uows: UnitOfWorks) -> None:
    made, billed = given.approved_order(uows), given.approved_order(uows)
    with uows.begin(actor=ANN, source="grid") as uow:
        production.create_jobs(uow, order_id=made)
        invoicing.invoice_order(uow, order_id=billed)
    assert "has the job JOB-" in refused(
        uows, Conflict, lambda uow: orders.cancel(uow, order_id=made)
    )
    assert "INV-0001; void it first" in refused(
        uows, Conflict, lambda uow: orders.cancel(uow, order_id=billed)
    )


def test_a_status_that_cannot_follow_is_refused_in_words(uows: UnitOfWorks) -> None:
    order_id = given.order(uows)
    words = refused(
        uows,
        IllegalTransition,
        lambda uow: orders.change_status(uow, order_id=order_id, status="shipped"),
    )
    assert words.startswith("Pending cannot become Shipped")


def test_completing_an_order_makes_its_invoice(uows: UnitOfWorks) -> None:
    order_id = given.approved_order(uows)
    with uows.begin(actor=ANN, source="grid") as uow:
        orders.change_status(uow, order_id=order_id, status="completed")
    with uows.read() as session:
        assert session.scalars(sa.select(Invoice.invoice_number)).all() == ["INV-0001"]


def test_an_invoice_that_cannot_be_made_does_not_hold_up_the_shop(uows: UnitOfWorks) -> None:
    order_id = given.approved_order(uows)
    with uows.begin(actor=ANN, source="grid") as uow:
        # An order whose figures went wrong elsewhere.
        uow.session.execute(sa.update(PurchaseOrder).values(discount_amount=Decimal(1000)))
    with uows.begin(actor=ANN, source="grid") as uow:
        orders.change_status(uow, order_id=order_id, status="completed")
    order = read(uows, order_id)
    assert order.status == "completed"
    assert order.warning is not None
    assert order.warning.startswith("Not invoiced by itself: The discount of 1000.00")
    with uows.read() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(Invoice)) == 0


def test_the_trigger_may_wait_for_shipping_or_for_a_person(uows: UnitOfWorks) -> None:
    given.setting(uows, "invoice_trigger", "shipped")
    order_id = given.approved_order(uows)
    with uows.begin(actor=ANN, source="grid") as uow:
        orders.change_status(uow, order_id=order_id, status="completed")
    assert read(uows, order_id).invoicing == "none"
    with uows.begin(actor=ANN, source="grid") as uow:
        orders.change_status(uow, order_id=order_id, status="shipped")
    assert read(uows, order_id).invoicing == "full"
    assert read(uows, order_id).ship_date == date(2026, 3, 4)


def test_lines_change_the_total(uows: UnitOfWorks) -> None:
    order_id = given.order(uows)
    with uows.begin(actor=ANN, source="grid") as uow:
        added = records.create_record(
            uow,
            PoLineItem,
            {
                "po_id": order_id,
                "item_name": "More",
                "quantity": Decimal(1),
                "unit_price": Decimal(5),
            },
        )
        assert added.line_number == 3
    assert read(uows, order_id).total_amount == Decimal("41.50")
    with uows.begin(actor=ANN, source="grid") as uow:
        line = uow.session.scalars(sa.select(PoLineItem).filter_by(line_number=1)).one()
        records.update_record(uow, line, {"quantity": Decimal(1)})
    assert read(uows, order_id).total_amount == Decimal("31.50")
    with uows.begin(actor=ANN, source="grid") as uow:
        line = uow.session.scalars(sa.select(PoLineItem).filter_by(line_number=2)).one()
        records.delete_record(uow, line)
    assert read(uows, order_id).total_amount == Decimal("15.00")


def test_an_invoiced_line_keeps_its_price_and_its_order(uows: UnitOfWorks) -> None:
    order_id = given.approved_order(uows)
    with uows.begin(actor=ANN, source="grid") as uow:
        invoicing.invoice_order(uow, order_id=order_id)

    def change(values: dict[str, Any]) -> Any:
        def act(uow: Any) -> None:
            line = uow.session.scalars(sa.select(PoLineItem).limit(1)).one()
            records.update_record(uow, line, values)

        return act

    assert "Invoiced in full" in refused(uows, Conflict, change({"unit_price": Decimal(1)}))
    assert "stays with its order" in refused(uows, Conflict, change({"po_id": new_id()}))


def test_a_new_customer_of_an_order_brings_name_and_tax(uows: UnitOfWorks) -> None:
    order_id = given.order(uows, lines=(("1", "100"),))
    code = given.tax_code(uows, "CT", "6.35")
    other = given.customer(uows, "Bob", default_tax_code_id=code)
    with uows.begin(actor=ANN, source="grid") as uow:
        order = uow.session.get_one(PurchaseOrder, order_id)
        records.update_record(uow, order, {"customer_id": other})
    assert read(uows, order_id).customer_name == "Bob"
    assert read(uows, order_id).total_amount == Decimal("106.35")


def test_orders_never_enter_the_queue(uows: UnitOfWorks) -> None:
    given.approved_order(uows)
    with uows.read() as session:
        assert session.scalars(sa.select(SyncQueueRow.entity_type)).all() == []


def test_deleting_an_order_takes_its_lines_along_and_keeps_its_customer(uows: UnitOfWorks) -> None:
    order_id = given.order(uows)
    with uows.begin(actor=ANN, source="grid") as uow:
        records.delete_record(uow, uow.session.get_one(PurchaseOrder, order_id))
    with uows.read() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(PoLineItem)) == 0
        assert session.scalar(sa.select(sa.func.count()).select_from(Customer)) == 1


def test_an_invoiced_order_is_not_deleted(uows: UnitOfWorks) -> None:
    order_id = given.approved_order(uows)
    with uows.begin(actor=ANN, source="grid") as uow:
        invoicing.invoice_order(uow, order_id=order_id)
    words = refused(
        uows,
        Conflict,
        lambda uow: records.delete_record(uow, uow.session.get_one(PurchaseOrder, order_id)),
    )
    assert words == "PO-0001 has the invoice INV-0001."

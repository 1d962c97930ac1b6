"""The owner's own list of what has to work, with its own counts, through the real services."""

from __future__ import annotations

import time
from decimal import Decimal
from uuid import UUID

from batchly_admin.models.billing import Invoice, Payment
from batchly_admin.models.catalogue import Product
from batchly_admin.models.customers import Customer
from batchly_admin.services import customers, invoicing, orders
from batchly_admin.services.orders import OrderLine
from tests import given
from tests.functional.quickbooks import Quickbooks
from tests.functional.shop import Shop


def of_orders(shop: Shop, count: int, *, people: int) -> list[UUID]:
    """Issue one invoice of each of so many orders, as bulk invoicing does."""
    who = [given.customer(shop.uows, f"Client {n}") for n in range(people)]
    what = [given.product(shop.uows, f"Print {n}", price="3.3350") for n in range(8)]
    made = []
    for number in range(count):
        first, second = what[number % 8], what[(number + 3) % 8]
        lines = [line(first, "7", "1.0050"), line(second, "2", "19.99")]
        made.append(invoiced_order(shop, who[number % people], lines))
    return made


def line(product_id: UUID, quantity: str, price: str) -> OrderLine:
    return OrderLine(
        product_id=product_id,
        item_name="Print",
        quantity=Decimal(quantity),
        unit_price=Decimal(price),
    )


def invoiced_order(shop: Shop, customer_id: UUID, lines: list[OrderLine]) -> UUID:
    with shop.begin() as uow:
        order = orders.create_order(uow, customer_id=customer_id, lines=lines, po_date=given.DAY)
        orders.approve(uow, order_id=order.id)
        draft = invoicing.draft_from_order(uow, order_id=order.id)
        return invoicing.issue(uow, invoice_id=draft.id).id


def test_ten_customers_are_created_and_changed(shop: Shop, quickbooks: Quickbooks) -> None:
    made = []
    for number in range(10):
        with shop.begin() as uow:
            values = {"display_name": f"Client {number}", "email": f"c{number}@example.com"}
            made.append(customers.create_customer(uow, values).id)
    shop.drain()
    for key in made:
        with shop.begin() as uow:
            customer = uow.session.get_one(Customer, key)
            customers.update_customer(uow, customer, {"phone": "555-0100"})
    shop.drain()
    for key in made:
        ours = shop.get(Customer, key)
        theirs = quickbooks.read("Customer", ours.qb_customer_id)
        assert (theirs["DisplayName"], theirs["PrimaryPhone"]["FreeFormNumber"]) == (
            ours.display_name,
            "555-0100",
        )
        assert ours.sync_state == "synced"
    assert len(quickbooks.find("Customer")) == 10


def test_twenty_invoices_arrive_with_their_numbers_lines_and_totals(
    shop: Shop, quickbooks: Quickbooks
) -> None:
    made = of_orders(shop, 20, people=10)
    shop.drain()
    for key in made:
        ours = shop.get(Invoice, key)
        (theirs,) = quickbooks.marked(key)
        assert theirs["DocNumber"] == ours.invoice_number == ours.qb_doc_number
        assert theirs["TotalAmt"] == ours.total_amount == Decimal("47.02")
        assert quickbooks.amounts(theirs) == [Decimal("7.04"), Decimal("39.98")]
        assert ours.status == "sent"
    assert len(quickbooks.find("Invoice")) == 20


def test_more_than_fifty_items_are_pulled(shop: Shop, quickbooks: Quickbooks) -> None:
    for number in range(56):
        quickbooks.item(f"Item {number:02d}", sku=f"SKU-{number}", kind="Service", price="2.5")
    result = shop.engine.pull("items")
    assert result.created >= 56
    known = {one.sku: one for one in shop.all(Product)}
    assert all(known[f"SKU-{n}"].unit_price == Decimal("2.5") for n in range(56))


def test_ten_paid_invoices_are_paid_here_after_the_pull(shop: Shop, quickbooks: Quickbooks) -> None:
    made = of_orders(shop, 10, people=5)
    shop.drain()
    for key in made:
        ours = shop.get(Invoice, key)
        customer = shop.get(Customer, ours.customer_id)
        quickbooks.payment(customer.qb_customer_id, {ours.qb_invoice_id: "47.02"})
    shop.engine.pull("payments")
    for key in made:
        ours = shop.get(Invoice, key)
        assert (ours.status, ours.amount_paid, ours.balance_due) == (
            "paid",
            Decimal("47.02"),
            Decimal(0),
        )
    assert len(shop.all(Payment)) == 10


def test_more_than_a_hundred_invoices_go_in_one_run(shop: Shop, quickbooks: Quickbooks) -> None:
    made = of_orders(shop, 120, people=10)
    started = time.monotonic()
    result = shop.drain()
    print(f"120 invoices, 10 customers and 8 items: {time.monotonic() - started:.1f} s")
    assert (result.failed, result.left) == (0, 0)
    documents = quickbooks.find("Invoice")
    assert len(documents) == 120
    ours = {shop.get(Invoice, key).invoice_number for key in made}
    assert {one["DocNumber"] for one in documents} == ours
    assert sum((one["TotalAmt"] for one in documents), Decimal(0)) == 120 * Decimal("47.02")
    answered = quickbooks.control("GET", "requests?limit=1000")["requests"]
    assert not [one for one in answered if one["status"] == 429]

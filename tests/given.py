"""Scenarios made through the services, so that every state is one the shop can really be in."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from batchly_admin.ids import token
from batchly_admin.models.billing import Invoice
from batchly_admin.models.catalogue import Product, TaxCode, TaxRate
from batchly_admin.models.customers import Customer
from batchly_admin.services import invoicing, orders, payments, settings
from batchly_admin.services.orders import OrderLine
from batchly_admin.services.unit_of_work import Actor, UnitOfWorks

ANN = Actor("Ann", None, frozenset({"admin"}))
DAY = date(2026, 3, 2)


def customer(uows: UnitOfWorks, name: str = "", **values: Any) -> UUID:
    """A customer."""
    with uows.begin(actor=ANN, source="form") as uow:
        made = Customer(display_name=name or f"Customer {token(6)}", **values)
        uow.session.add(made)
        uow.session.flush()
        return made.id


def product(uows: UnitOfWorks, name: str = "", price: str = "10", **values: Any) -> UUID:
    """A product."""
    with uows.begin(actor=ANN, source="form") as uow:
        made = Product(name=name or f"Product {token(6)}", unit_price=Decimal(price), **values)
        uow.session.add(made)
        uow.session.flush()
        return made.id


def tax_code(uows: UnitOfWorks, name: str, *percents: str) -> UUID:
    """A tax code of several rates, as pulled from QuickBooks."""
    with uows.begin(actor=ANN, source="pull") as uow:
        rates = [
            TaxRate(
                name=f"{name} {number}",
                rate_value=Decimal(percent) / 100,
                qb_tax_rate_id=f"{name}-{number}",
            )
            for number, percent in enumerate(percents)
        ]
        code = TaxCode(
            name=name,
            rates=[rate.qb_tax_rate_id for rate in rates],
            combined_rate=sum((rate.rate_value for rate in rates), Decimal(0)),
        )
        uow.session.add_all([*rates, code])
        uow.session.flush()
        return code.id


def setting(uows: UnitOfWorks, key: str, value: Any) -> None:
    """A setting of the business."""
    with uows.begin(actor=ANN, source="form") as uow:
        settings.put(uow, key, value)


def order(
    uows: UnitOfWorks,
    *,
    lines: Sequence[tuple[str, str]] = (("2", "10"), ("3", "5.5")),
    customer_id: UUID | None = None,
    **details: Any,
) -> UUID:
    """A pending order with lines of quantity and price."""
    buyer = customer_id or customer(uows)
    with uows.begin(actor=ANN, source="form") as uow:
        made = orders.create_order(
            uow,
            customer_id=buyer,
            lines=[
                OrderLine(
                    quantity=Decimal(quantity),
                    unit_price=Decimal(price),
                    item_name=f"Item {number}",
                )
                for number, (quantity, price) in enumerate(lines, start=1)
            ],
            po_date=DAY,
            **details,
        )
        return made.id


def approved_order(uows: UnitOfWorks, **details: Any) -> UUID:
    """An approved order."""
    order_id = order(uows, **details)
    with uows.begin(actor=ANN, source="grid") as uow:
        orders.approve(uow, order_id=order_id)
    return order_id


def issued_invoice(uows: UnitOfWorks, **details: Any) -> UUID:
    """An issued invoice of an order."""
    order_id = approved_order(uows, **details)
    with uows.begin(actor=ANN, source="grid") as uow:
        draft = invoicing.draft_from_order(uow, order_id=order_id)
        return invoicing.issue(uow, invoice_id=draft.id).id


def payment(uows: UnitOfWorks, *invoices: UUID, share: Decimal = Decimal(1)) -> UUID:
    """A payment of invoices of one customer, all of what each has left or a share of it."""
    with uows.begin(actor=ANN, source="form") as uow:
        owed = {key: uow.session.get_one(Invoice, key).balance_due * share for key in invoices}
        return payments.record_payment(
            uow,
            customer_id=uow.session.get_one(Invoice, invoices[0]).customer_id,
            amount=sum(owed.values(), Decimal(0)),
            payment_date=DAY,
            allocations=owed,
        ).id

"""Lines of purchase orders: what they take over from products, and what they add up to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from batchly_admin.domain import totals
from batchly_admin.domain.money import ZERO
from batchly_admin.domain.statuses import Invoicing, OrderStatus
from batchly_admin.errors import Conflict, InvalidInput
from batchly_admin.ids import new_id
from batchly_admin.models.catalogue import Product
from batchly_admin.models.customers import PriceOverride
from batchly_admin.models.orders import PoLineItem, PurchaseOrder
from batchly_admin.services import settling, taxing
from batchly_admin.services.unit_of_work import UnitOfWork

FREE = frozenset(
    {"ship_date", "due_date", "customer_notes", "internal_notes", "shipping_terms", "warning"}
)
"""What may still change on an order that is invoiced in full."""


@dataclass(frozen=True, slots=True)
class OrderLine:
    """A line of a new order; what is left out is taken from the product."""

    quantity: Decimal
    product_id: UUID | None = None
    item_name: str = ""
    description: str | None = None
    sku: str | None = None
    unit_price: Decimal | None = None
    unit_of_measure: str | None = None
    is_taxable: bool | None = None
    print_specifications: dict[str, Any] | None = None
    estimated_production_hours: Decimal | None = None
    special_instructions: str | None = None


def price_of(session: Session, *, customer_id: UUID, product: Product, day: date) -> Decimal:
    """Give what a customer pays for a product on a day: the agreed price, else the list price."""
    agreed: Decimal | None = session.scalar(
        sa.select(PriceOverride.unit_price)
        .where(
            PriceOverride.customer_id == customer_id,
            PriceOverride.product_id == product.id,
            PriceOverride.valid_from <= day,
            sa.or_(PriceOverride.valid_to.is_(None), PriceOverride.valid_to >= day),
        )
        .order_by(PriceOverride.valid_from.desc())
        .limit(1)
    )
    return product.unit_price if agreed is None else agreed


def recalculate(uow: UnitOfWork, order: PurchaseOrder) -> None:
    """Bring an order's amounts up to date with its lines and its customer's tax.

    Raises:
        InvalidInput: when the discount is more than the lines come to.
    """
    code = taxing.code_for(uow.session, customer=order.customer, chosen_id=order.tax_code_id)
    found = totals.add_up(
        [
            totals.Line(line.quantity, line.unit_price, line.is_taxable is not False)
            for line in order.lines
        ],
        totals.Extras(order.discount_amount or ZERO, order.shipping_amount or ZERO),
        taxing.taxation(uow.session, code, order.po_date),
    )
    order.subtotal = found.subtotal
    order.tax_amount = found.tax
    order.total_amount = found.total


def refuse_if_closed(order: PurchaseOrder, status: str, columns: set[str]) -> None:
    """Let an order be changed unless it is cancelled or invoiced in full.

    Raises:
        Conflict: naming the way out.
    """
    if order.status == OrderStatus.CANCELLED and status == OrderStatus.CANCELLED:
        raise Conflict("Cancelled: reopen the order to change it.")
    if order.invoicing == Invoicing.FULL and columns - FREE:
        raise Conflict("Invoiced in full: correct it with a credit memo.")


def add_line(uow: UnitOfWork, values: Mapping[str, Any]) -> PoLineItem:
    """Add a line to an order, at its end unless a number is given.

    Raises:
        NotFound: when there is no such order.
        Conflict: when the order is cancelled or invoiced in full.
        InvalidInput: when a value is missing.
    """
    order_id = values.get("po_id")
    if order_id is None:
        raise InvalidInput("Say which order the line belongs to.", field="po_id")
    order = settling.lock_order(uow, order_id)
    refuse_if_closed(order, order.status, {"lines"})
    given = {name: value for name, value in values.items() if name != "po_id"}
    last = max((line.line_number for line in order.lines), default=0)
    number = given.pop("line_number", None) or last + 1
    known = {name: given.pop(name) for name in list(given) if name in OrderLine.__slots__}
    if known.get("quantity") is None:
        raise InvalidInput("Quantity is needed.", field="quantity")
    line = PoLineItem(
        id=new_id(), line_number=number, **line_values(uow, order, OrderLine(**known)), **given
    )
    order.lines.append(line)
    _settle_lines(uow, order)
    return line


def update_line(uow: UnitOfWork, line: PoLineItem, values: Mapping[str, Any]) -> None:
    """Change a line; what is invoiced of it keeps its price and its product.

    Raises:
        Conflict: when the line is invoiced, or its order is closed.
        InvalidInput: when less would be ordered than is invoiced.
    """
    if "po_id" in values and values["po_id"] != line.po_id:
        raise Conflict("A line stays with its order.", field="po_id")
    order = settling.lock_order(uow, line.po_id)
    refuse_if_closed(order, order.status, {"lines"})
    fixed = {"unit_price", "product_id", "is_taxable"} & set(values)
    if line.quantity_invoiced and fixed:
        words = "This line is invoiced; correct it with a credit memo."
        raise Conflict(words, field=min(fixed))
    least = line.quantity_invoiced + line.quantity_cancelled
    if values.get("quantity") is not None and values["quantity"] < least:
        words = f"{least.normalize():f} of this line are invoiced or cancelled already."
        raise InvalidInput(words, field="quantity")
    for name, value in values.items():
        setattr(line, name, value)
    if "product_id" in values:
        _take_over_product(uow, order, line, set(values))
    _settle_lines(uow, order)


def delete_line(uow: UnitOfWork, line: PoLineItem) -> None:
    """Take a line out of its order.

    Raises:
        Conflict: when it is invoiced, or its order is closed.
    """
    order = settling.lock_order(uow, line.po_id)
    refuse_if_closed(order, order.status, {"lines"})
    if line.quantity_invoiced:
        raise Conflict("This line is invoiced; correct it with a credit memo.")
    order.lines.remove(line)
    uow.session.delete(line)
    _settle_lines(uow, order)


def _settle_lines(uow: UnitOfWork, order: PurchaseOrder) -> None:
    for line in order.lines:
        if line.quantity is not None and line.quantity <= 0:
            raise InvalidInput("A quantity is above zero.", field="quantity")
        if line.unit_price is not None and line.unit_price < 0:
            raise InvalidInput("A price is not negative.", field="unit_price")
    recalculate(uow, order)
    uow.session.flush()
    order.invoicing = settling.invoicing_of(list(order.lines)).value


def line_values(uow: UnitOfWork, order: PurchaseOrder, line: OrderLine) -> dict[str, Any]:
    """Give the columns of a line, completed by its product and the customer's price.

    Raises:
        InvalidInput: when the item or the price is missing, or a figure is not usable.
    """
    values: dict[str, Any] = {
        name: value
        for name in OrderLine.__slots__
        if (value := getattr(line, name)) is not None and value != ""
    }
    if line.product_id is not None:
        product = _product(uow, line.product_id)
        values.setdefault("item_name", product.name)
        values.setdefault("description", product.description)
        values.setdefault("sku", product.sku)
        values.setdefault("unit_of_measure", product.unit_of_measure)
        values.setdefault("is_taxable", product.is_taxable)
        if line.unit_price is None:
            values["unit_price"] = price_of(
                uow.session, customer_id=order.customer_id, product=product, day=order.po_date
            )
    if not values.get("item_name"):
        raise InvalidInput("A line needs an item.", field="item_name")
    if values.get("unit_price") is None:
        raise InvalidInput(f"{values['item_name']} needs a price.", field="unit_price")
    if values["quantity"] <= 0:
        raise InvalidInput("A quantity is above zero.", field="quantity")
    if values["unit_price"] < 0:
        raise InvalidInput("A price is not negative.", field="unit_price")
    return values


def _product(uow: UnitOfWork, product_id: UUID) -> Product:
    product = uow.session.get(Product, product_id)
    if product is None:
        raise InvalidInput("There is no such product.", field="product_id")
    return product


def _take_over_product(
    uow: UnitOfWork, order: PurchaseOrder, line: PoLineItem, said: set[str]
) -> None:
    """Let a line that got another product take over what was not said with it."""
    if line.product_id is None:
        return
    product = _product(uow, line.product_id)
    facts = {
        "item_name": product.name,
        "description": product.description,
        "sku": product.sku,
        "unit_of_measure": product.unit_of_measure,
        "is_taxable": product.is_taxable,
        "unit_price": price_of(
            uow.session, customer_id=order.customer_id, product=product, day=order.po_date
        ),
    }
    for name, value in facts.items():
        if name not in said:
            setattr(line, name, value)

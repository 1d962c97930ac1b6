"""Purchase orders: make, total, approve, cancel, and move them from status to status.

They never go to QuickBooks themselves; their invoices do.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, TypedDict, Unpack
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from batchly_admin.domain.statuses import (
    OPEN_JOB,
    Invoicing,
    OrderStatus,
    check_step,
)
from batchly_admin.errors import Conflict, InvalidInput, UserError
from batchly_admin.ids import new_id
from batchly_admin.models.catalogue import PaymentTerm, TaxCode
from batchly_admin.models.customers import Customer
from batchly_admin.models.orders import PoLineItem, PurchaseOrder
from batchly_admin.services import invoicing, numbering, settling
from batchly_admin.services.company import company, today
from batchly_admin.services.order_lines import (
    OrderLine,
    line_values,
    recalculate,
    refuse_if_closed,
)
from batchly_admin.services.savepoints import savepoint
from batchly_admin.services.unit_of_work import UnitOfWork

__all__ = [
    "OrderDetails",
    "OrderLine",
    "advance",
    "approve",
    "cancel",
    "change_status",
    "create_order",
    "delete_order",
    "next_number",
    "read_ahead",
    "recalculate",
    "update_order",
]

TOTALLED = frozenset({"customer_id", "discount_amount", "shipping_amount", "tax_code_id"})
"""Columns whose change alters what an order comes to."""


class OrderDetails(TypedDict, total=False):
    """What else may be said of a new order."""

    due_date: date | None
    ship_date: date | None
    status: str
    billing_address: dict[str, Any] | None
    shipping_address: dict[str, Any] | None
    discount_amount: Decimal
    shipping_amount: Decimal
    tax_code_id: UUID | None
    payment_terms: str | None
    shipping_terms: str | None
    customer_notes: str | None
    internal_notes: str | None
    special_instructions: str | None
    priority: int
    rush_order: bool
    source: str


def create_order(
    uow: UnitOfWork,
    *,
    customer_id: UUID,
    lines: Sequence[OrderLine],
    po_date: date,
    po_number: str | None = None,
    **details: Unpack[OrderDetails],
) -> PurchaseOrder:
    """Make an order with its lines; without a number it gets the next of the company's series.

    It starts as pending, or as a draft when `status` says so.

    Raises:
        InvalidInput: when the customer, a product or a value is not usable.
    """
    customer = _customer(uow, customer_id)
    given = _completed(uow, customer, po_date, dict(details))
    order = PurchaseOrder(
        id=new_id(),
        po_number=po_number or next_number(uow),
        customer_id=customer.id,
        customer_name=customer.display_name,
        po_date=po_date,
        **given,
    )
    order.customer = customer
    order.lines = [
        PoLineItem(id=new_id(), line_number=number, **line_values(uow, order, line))
        for number, line in enumerate(lines, start=1)
    ]
    # Before it is added: the row is written once, with all its figures.
    recalculate(uow, order)
    uow.session.add(order)
    uow.session.flush()
    return order


def next_number(uow: UnitOfWork) -> str:
    """Take the next order number, past those that imported orders carry already."""
    prefix = company(uow.session).order_prefix
    while True:
        number = numbering.document_number(uow, prefix)
        taken = sa.select(PurchaseOrder.id).where(PurchaseOrder.po_number == number)
        if uow.session.scalar(taken) is None:
            return number


def approve(uow: UnitOfWork, *, order_id: UUID) -> PurchaseOrder:
    """Approve a pending order.

    Raises:
        NotFound: when there is no such order.
        Conflict: when it is not pending, has no lines, or its customer is inactive.
    """
    order = settling.lock_order(uow, order_id)
    if order.status == OrderStatus.APPROVED:
        raise Conflict(f"{order.po_number} is approved already.")
    check_step(OrderStatus, order.status, OrderStatus.APPROVED)
    if order.status != OrderStatus.PENDING:
        label = order.status.replace("_", " ")
        raise Conflict(f"{order.po_number} is {label}; only pending orders are approved.")
    _check_approvable(uow, order)
    recalculate(uow, order)
    _move(uow, order, OrderStatus.APPROVED)
    return order


def cancel(uow: UnitOfWork, *, order_id: UUID) -> PurchaseOrder:
    """Cancel an order nothing was made or invoiced of.

    Raises:
        NotFound: when there is no such order.
        Conflict: naming the job or the invoice that stands in the way.
        IllegalTransition: when the order is past that.
    """
    order = settling.lock_order(uow, order_id)
    if order.status == OrderStatus.CANCELLED:
        raise Conflict(f"{order.po_number} is cancelled already.")
    check_step(OrderStatus, order.status, OrderStatus.CANCELLED)
    _refuse_if_begun(uow, order)
    _move(uow, order, OrderStatus.CANCELLED)
    return order


def change_status(uow: UnitOfWork, *, order_id: UUID, status: str) -> PurchaseOrder:
    """Move an order to another status, with all that belongs to it.

    Raises:
        NotFound: when there is no such order.
        IllegalTransition: when the status cannot be reached from the present one.
        Conflict: when jobs or invoices stand in the way.
    """
    order = settling.lock_order(uow, order_id)
    if order.status == status:
        return order
    check_step(OrderStatus, order.status, status)
    if status == OrderStatus.CANCELLED:
        return cancel(uow, order_id=order_id)
    if order.status == OrderStatus.PENDING and status == OrderStatus.APPROVED:
        return approve(uow, order_id=order_id)
    if status == OrderStatus.PENDING and order.status == OrderStatus.APPROVED:
        _refuse_if_begun(uow, order)
    if order.status == OrderStatus.COMPLETED and status == OrderStatus.IN_PROGRESS:
        _refuse_if_invoiced(uow, order)
    advance(uow, order, status)
    return order


def advance(uow: UnitOfWork, order: PurchaseOrder, status: str) -> None:
    """Move a locked order on and, when it is the moment for it, make its invoice.

    An invoice that cannot be made by itself does not hold up the shop: the order says why, and
    stays in the list of orders to invoice.
    """
    _move(uow, order, status)
    if status == OrderStatus.SHIPPED and order.ship_date is None:
        order.ship_date = today(uow)
    if status != company(uow.session).setting("invoice_trigger"):
        return
    if order.invoicing == Invoicing.FULL:
        return
    try:
        with savepoint(uow):
            invoicing.invoice_order(uow, order_id=order.id)
    except UserError as refused:
        order = settling.lock_order(uow, order.id)
        order.warning = f"Not invoiced by itself: {refused.message}"[:300]


def update_order(uow: UnitOfWork, order: PurchaseOrder, values: Mapping[str, Any]) -> None:
    """Change an order from a cell or a form; a new status goes through its own rules.

    Raises:
        Conflict: when the order is cancelled or invoiced in full.
        InvalidInput: when the values do not fit together.
        IllegalTransition: when the status cannot be reached.
    """
    given = dict(values)
    status = given.pop("status", order.status)
    if given:
        refuse_if_closed(order, status, set(given))
        _apply(uow, order, given)
    if status != order.status:
        uow.session.flush()
        change_status(uow, order_id=order.id, status=status)


def read_ahead(
    uow: UnitOfWork, found: Sequence[PurchaseOrder], values: Mapping[str, Sequence[Any]]
) -> Sequence[Any]:
    """Read together what `update_order` asks of each of many orders; keep the answer as long.

    `values` are the values that will be written, by column.
    """
    if not TOTALLED & set(values):
        return ()
    held: list[Any] = []
    keys = {order.customer_id for order in found} | set(values.get("customer_id", ())) - {None}
    for some in _portions(sorted(keys)):
        buyers = sa.select(Customer).where(Customer.id.in_(some))
        held += uow.session.scalars(buyers.options(selectinload(Customer.default_tax_code)))
    for some in _portions(sorted(order.id for order in found)):
        query = sa.select(PurchaseOrder).where(PurchaseOrder.id.in_(some))
        held += uow.session.scalars(query.options(selectinload(PurchaseOrder.lines)))
    codes = {order.tax_code_id for order in found} | set(values.get("tax_code_id", ())) - {None}
    for some in _portions(sorted(code for code in codes if code is not None)):
        held += uow.session.scalars(sa.select(TaxCode).where(TaxCode.id.in_(some)))
    return held


def _portions(keys: Sequence[UUID]) -> list[Sequence[UUID]]:
    return [keys[begin : begin + 500] for begin in range(0, len(keys), 500)]


def delete_order(uow: UnitOfWork, order: PurchaseOrder) -> None:
    """Let an order be deleted that was never worked on.

    Raises:
        Conflict: naming what stands in the way.
    """
    jobs = settling.live_jobs(uow, order.id)
    made = settling.live_invoices(uow, order.id)
    if made:
        raise Conflict(f"{order.po_number} has the invoice {made[0].invoice_number}.")
    if jobs:
        raise Conflict(f"{order.po_number} has the job {jobs[0].job_number}.")


def _customer(uow: UnitOfWork, customer_id: Any) -> Customer:
    customer = uow.session.get(Customer, customer_id) if customer_id else None
    if customer is None:
        raise InvalidInput("An order needs a customer.", field="customer_id")
    return customer


def _completed(
    uow: UnitOfWork, customer: Customer, po_date: date, given: dict[str, Any]
) -> dict[str, Any]:
    """Add what an order takes over from its customer; check what was said."""
    status = given.setdefault("status", OrderStatus.PENDING.value)
    if status not in (OrderStatus.PENDING, OrderStatus.DRAFT):
        raise InvalidInput("A new order is pending or a draft.", field="status")
    due = given.get("due_date")
    if due is not None and due < po_date:
        raise InvalidInput("The due date is before the order date.", field="due_date")
    if given.get("billing_address") is None:
        given["billing_address"] = customer.billing_address
    if given.get("shipping_address") is None:
        given["shipping_address"] = customer.shipping_address
    if given.get("tax_code_id") is None and not customer.tax_exempt:
        given["tax_code_id"] = customer.default_tax_code_id
    if given.get("payment_terms") is None and customer.payment_term_id is not None:
        term = uow.session.get(PaymentTerm, customer.payment_term_id)
        given["payment_terms"] = term.name if term is not None else None
    return given


def _apply(uow: UnitOfWork, order: PurchaseOrder, given: Mapping[str, Any]) -> None:
    if "customer_id" in given:
        customer = _customer(uow, given["customer_id"])
        if order.invoicing != Invoicing.NONE and customer.id != order.customer_id:
            raise Conflict("The order is invoiced; its customer stays.", field="customer_id")
        order.customer = customer
        order.customer_name = customer.display_name
    for name, value in given.items():
        setattr(order, name, value)
    if order.due_date is not None and order.due_date < order.po_date:
        raise InvalidInput("The due date is before the order date.", field="due_date")
    if not 1 <= order.priority <= 5:
        raise InvalidInput("The priority is a number from 1 to 5.", field="priority")
    if TOTALLED & set(given):
        recalculate(uow, order)


def _check_approvable(uow: UnitOfWork, order: PurchaseOrder) -> None:
    number = order.po_number
    if not settling.lines_of(uow, order.id):
        raise Conflict(f"{number} has no lines.")
    customer = order.customer
    if not customer.is_active:
        raise Conflict(f"{number}: the customer {customer.display_name} is inactive.")


def _refuse_if_begun(uow: UnitOfWork, order: PurchaseOrder) -> None:
    _refuse_if_invoiced(uow, order)
    for job in settling.live_jobs(uow, order.id):
        words = "cancel it first" if job.status in OPEN_JOB else "it is made already"
        raise Conflict(f"{order.po_number} has the job {job.job_number}; {words}.")


def _refuse_if_invoiced(uow: UnitOfWork, order: PurchaseOrder) -> None:
    for invoice in settling.live_invoices(uow, order.id):
        words = "void it first" if invoice.issued_at is not None else "delete it first"
        raise Conflict(f"{order.po_number} has the invoice {invoice.invoice_number}; {words}.")


def _move(uow: UnitOfWork, order: PurchaseOrder, status: str) -> None:
    order.status = str(status)
    uow.session.flush()

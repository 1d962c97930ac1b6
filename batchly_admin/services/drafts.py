"""Invoices before they are issued: made from orders or by hand, changed, deleted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from batchly_admin.domain import invoices, totals
from batchly_admin.domain.money import ZERO
from batchly_admin.domain.statuses import INVOICEABLE_ORDER, InvoiceStatus, OrderStatus
from batchly_admin.errors import Conflict, DocumentLocked, InvalidInput, NotFound
from batchly_admin.ids import new_id, parse_id
from batchly_admin.models.billing import Invoice, InvoiceLineItem
from batchly_admin.models.catalogue import PaymentTerm, Product
from batchly_admin.models.customers import Customer
from batchly_admin.models.orders import PoLineItem, PurchaseOrder
from batchly_admin.models.production import Job, JobLineItem
from batchly_admin.services import settling, taxing
from batchly_admin.services.company import company, today
from batchly_admin.services.unit_of_work import UnitOfWork

_ASK = frozenset({"invoice_date", "payment_term_id"})


def draft_from_order(
    uow: UnitOfWork, *, order_id: UUID, dates: invoices.Dates = invoices.USUAL
) -> Invoice:
    """Make a draft of all that is not invoiced of an order yet, line by line in its order.

    The order is locked first, so that two at once cannot bill the same; the database holds a
    second guard.

    Raises:
        NotFound: when there is no such order.
        Conflict: when the order is not approved yet, or nothing is left to invoice.
    """
    order = settling.lock_order(uow, order_id)
    lines = settling.lines_of(uow, order_id)
    billable = [line for line in lines if settling.remaining(line) > 0]
    _check_billable(uow, order, billable)
    customer = order.customer
    term = _term(uow, order, customer)
    discount, shipping = _unbilled_extras(uow, order)
    jobs, job_lines = _jobs_of(uow, order_id)
    invoice = Invoice(
        id=(key := new_id()),
        invoice_number=_draft_number(key),
        customer_id=customer.id,
        customer_name=order.customer_name,
        po_id=order.id,
        job_id=jobs[0] if len(jobs) == 1 else None,
        invoice_date=(day := dates.invoice or today(uow)),
        due_date=dates.due or invoices.due_date(day, term.due_days if term else None),
        payment_term_id=term.id if term else None,
        discount_amount=discount,
        shipping_amount=shipping,
        tax_code_id=order.tax_code_id,
        shipping_date=order.ship_date,
        qb_customer_memo=f"Purchase order {order.po_number}",
        status=InvoiceStatus.DRAFT.value,
    )
    invoice.customer = customer
    invoice.lines = [
        InvoiceLineItem(
            id=new_id(),
            line_number=number,
            po_line_item_id=line.id,
            job_line_item_id=job_lines.get(line.id),
            product_id=line.product_id,
            description=line.description or line.item_name,
            quantity=settling.remaining(line),
            unit_price=line.unit_price,
            is_taxable=line.is_taxable,
        )
        for number, line in enumerate(billable, start=1)
    ]
    # Before it is added: the row is written once, with all its figures.
    recalculate(uow, invoice)
    uow.session.add(invoice)
    settling.settle_invoicing(uow, order)
    return invoice


def recalculate(uow: UnitOfWork, invoice: Invoice) -> None:
    """Bring a draft's amounts and tax up to date with its lines.

    Raises:
        InvalidInput: when the discount is more than the lines come to.
    """
    code = taxing.code_for(uow.session, customer=invoice.customer, chosen_id=invoice.tax_code_id)
    taxation = taxing.taxation(uow.session, code, invoice.invoice_date)
    found = totals.add_up(
        [
            totals.Line(line.quantity, line.unit_price, line.is_taxable is not False)
            for line in invoice.lines
        ],
        totals.Extras(
            invoice.discount_amount or ZERO,
            invoice.shipping_amount or ZERO,
            bool(invoice.shipping_taxable),
        ),
        taxation,
    )
    invoice.subtotal = found.subtotal
    invoice.tax_amount = found.tax
    invoice.tax_rate = taxation.combined_rate
    invoice.total_amount = found.total
    if code is not None:
        invoice.tax_code_id = code.id
    elif invoice.customer.tax_exempt:
        invoice.tax_code_id = None


def create_draft(uow: UnitOfWork, values: Mapping[str, Any]) -> Invoice:
    """Make an empty draft by hand; its lines are added one by one.

    Raises:
        InvalidInput: without a customer.
    """
    customer = uow.session.get(Customer, values.get("customer_id"))
    if customer is None:
        raise InvalidInput("An invoice needs a customer.", field="customer_id")
    key = new_id()
    given = {"invoice_date": today(uow), **values}
    term = _term_of(uow, given.get("payment_term_id") or customer.payment_term_id)
    given.setdefault("payment_term_id", term.id if term else None)
    due = invoices.due_date(given["invoice_date"], term.due_days if term else None)
    given.setdefault("due_date", due)
    invoice = Invoice(
        **{
            **given,
            "id": key,
            "invoice_number": _draft_number(key),
            "customer_name": customer.display_name,
            "status": InvoiceStatus.DRAFT.value,
        }
    )
    invoice.customer = customer
    # Before it is added: the row is written once, with all its figures.
    recalculate(uow, invoice)
    uow.session.add(invoice)
    uow.session.flush()
    return invoice


def update_draft(uow: UnitOfWork, invoice: Invoice, values: Mapping[str, Any]) -> None:
    """Change a draft; of an issued invoice only what may still change passes the lock.

    Raises:
        DocumentLocked: when the invoice is issued and the value is frozen.
        InvalidInput: when the values do not fit together.
    """
    for name, value in values.items():
        setattr(invoice, name, value)
    if invoice.issued_at is not None:
        return
    if "customer_id" in values:
        customer = uow.session.get(Customer, invoice.customer_id)
        if customer is None:
            raise InvalidInput("An invoice needs a customer.", field="customer_id")
        if invoice.po_id is not None:
            raise Conflict("The customer is that of the purchase order.", field="customer_id")
        invoice.customer = customer
        invoice.customer_name = customer.display_name
    if _ASK & set(values) and "due_date" not in values:
        term = _term_of(uow, invoice.payment_term_id)
        invoice.due_date = invoices.due_date(invoice.invoice_date, term.due_days if term else None)
    if invoice.due_date is not None and invoice.due_date < invoice.invoice_date:
        raise InvalidInput("The due date is before the invoice date.", field="due_date")
    recalculate(uow, invoice)


def delete_draft(uow: UnitOfWork, invoice: Invoice) -> None:
    """Delete a draft; what it billed can be invoiced again.

    Raises:
        DocumentLocked: when the invoice is issued.
    """
    order = settling.lock_order(uow, invoice.po_id) if invoice.po_id else None
    uow.session.refresh(invoice)
    for line in list(invoice.lines):
        uow.session.delete(line)
    uow.session.delete(invoice)
    uow.session.flush()
    if order is not None:
        settling.settle_invoicing(uow, order)


def add_line(uow: UnitOfWork, values: Mapping[str, Any]) -> InvoiceLineItem:
    """Add a line to a draft, at its end unless a number is given.

    Raises:
        NotFound: when there is no such invoice.
        DocumentLocked: when it is issued.
    """
    invoice = _draft(uow, values.get("invoice_id"))
    given = dict(values)
    key = given.get("product_id")
    product = uow.session.get(Product, key) if key else None
    if product is not None:
        given.setdefault("description", product.description or product.name)
        given.setdefault("unit_price", product.unit_price)
        given.setdefault("is_taxable", product.is_taxable)
    last = max((line.line_number for line in invoice.lines), default=0)
    given.setdefault("line_number", last + 1)
    line = InvoiceLineItem(id=new_id(), **given)
    line.is_taxable = line.is_taxable is not False
    if line.unit_price is None or line.quantity is None or not line.description:
        raise InvalidInput("A line needs a description, a quantity and a price.")
    invoice.lines.append(line)
    _settle_line(uow, invoice, line)
    return line


def update_line(uow: UnitOfWork, line: InvoiceLineItem, values: Mapping[str, Any]) -> None:
    """Change a line of a draft.

    Raises:
        DocumentLocked: when the invoice is issued.
        Conflict: when the line should move to another invoice.
    """
    if "invoice_id" in values and values["invoice_id"] != line.invoice_id:
        raise Conflict("A line stays with its invoice.", field="invoice_id")
    invoice = _draft(uow, line.invoice_id)
    for name, value in values.items():
        setattr(line, name, value)
    _settle_line(uow, invoice, line)


def delete_line(uow: UnitOfWork, line: InvoiceLineItem) -> None:
    """Take a line out of a draft; what it billed can be invoiced again.

    Raises:
        DocumentLocked: when the invoice is issued.
    """
    invoice = _draft(uow, line.invoice_id)
    invoice.lines.remove(line)
    uow.session.delete(line)
    _settle_line(uow, invoice, line)


def _settle_line(uow: UnitOfWork, invoice: Invoice, line: InvoiceLineItem) -> None:
    order = None
    if line.po_line_item_id is not None and invoice.po_id is not None:
        order = settling.lock_order(uow, invoice.po_id)
    recalculate(uow, invoice)
    uow.session.flush()
    if order is not None:
        settling.settle_invoicing(uow, order)


def _draft(uow: UnitOfWork, invoice_id: Any) -> Invoice:
    invoice = uow.session.get(Invoice, invoice_id) if invoice_id else None
    if invoice is None:
        raise NotFound("This invoice no longer exists.")
    if invoice.issued_at is not None:
        raise DocumentLocked
    return invoice


def _draft_number(key: UUID) -> str:
    return f"{invoices.DRAFT_PREFIX}{key.hex[-12:]}"


def _check_billable(uow: UnitOfWork, order: PurchaseOrder, billable: Sequence[PoLineItem]) -> None:
    number = order.po_number
    if order.status == OrderStatus.CANCELLED:
        raise Conflict(f"{number} is cancelled.")
    if order.status not in INVOICEABLE_ORDER:
        raise Conflict(f"{number} is not approved yet.")
    if billable:
        return
    made = ", ".join(invoice.invoice_number for invoice in settling.live_invoices(uow, order.id))
    if made:
        raise Conflict(f"{number} is invoiced already: {made}.")
    raise Conflict(f"{number} has nothing to invoice.")


def _unbilled_extras(uow: UnitOfWork, order: PurchaseOrder) -> tuple[Decimal, Decimal]:
    """Give the order's discount and shipping less what earlier invoices carried of them."""
    earlier = settling.live_invoices(uow, order.id)
    discount = order.discount_amount - sum((one.discount_amount for one in earlier), ZERO)
    shipping = order.shipping_amount - sum((one.shipping_amount for one in earlier), ZERO)
    return max(discount, ZERO), max(shipping, ZERO)


def _jobs_of(uow: UnitOfWork, order_id: UUID) -> tuple[list[UUID], dict[UUID, UUID]]:
    jobs = [job.id for job in settling.live_jobs(uow, order_id)]
    if not jobs:
        return [], {}
    found = uow.session.execute(
        sa.select(JobLineItem.po_line_item_id, JobLineItem.id)
        .join(Job, Job.id == JobLineItem.job_id)
        .where(Job.id.in_(jobs), JobLineItem.po_line_item_id.is_not(None))
        .order_by(JobLineItem.id)
    )
    return jobs, {po_line: job_line for po_line, job_line in found if po_line is not None}


def _term(uow: UnitOfWork, order: PurchaseOrder, customer: Customer) -> PaymentTerm | None:
    """Give the terms of a sale: the order's, else the customer's, else the company's."""
    if order.payment_terms:
        named = uow.session.scalar(
            sa.select(PaymentTerm).where(PaymentTerm.name == order.payment_terms)
        )
        if named is not None:
            return named
    return _term_of(uow, customer.payment_term_id)


def _term_of(uow: UnitOfWork, term_id: Any) -> PaymentTerm | None:
    if term_id is not None:
        return uow.session.get(PaymentTerm, term_id)
    wanted = company(uow.session).setting("default_payment_term")
    if not wanted:
        return None
    known = parse_id(wanted)
    if known is not None:
        return uow.session.get(PaymentTerm, known)
    return uow.session.scalar(sa.select(PaymentTerm).where(PaymentTerm.name == str(wanted)))

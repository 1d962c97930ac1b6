"""Make an order of a document of QuickBooks, and bring one up to date with it."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from batchly_admin.db import Exact
from batchly_admin.domain.order_papers import Paper, PaperLine, PaperSource, Standing
from batchly_admin.domain.statuses import Invoicing, OrderStatus
from batchly_admin.errors import Conflict
from batchly_admin.ids import new_id
from batchly_admin.models.catalogue import PaymentTerm, Product, TaxCode
from batchly_admin.models.customers import Customer
from batchly_admin.models.orders import PoLineItem, PurchaseOrder
from batchly_admin.services import cells, order_lines, orders, settling
from batchly_admin.services.order_lines import OrderLine, line_values, recalculate
from batchly_admin.services.unit_of_work import UnitOfWork

ID_COLUMNS = {
    PaperSource.ESTIMATE.value: PurchaseOrder.qb_estimate_id,
    PaperSource.VENDOR_ORDER.value: PurchaseOrder.qb_po_id,
}
HEAD = (
    "status",
    "customer_id",
    "po_date",
    "due_date",
    "ship_date",
    "discount_amount",
    "shipping_amount",
    "tax_code_id",
    "payment_terms",
    "shipping_terms",
    "customer_notes",
    "internal_notes",
    "special_instructions",
    "billing_address",
    "shipping_address",
)
LINE = (
    "product_id",
    "item_name",
    "description",
    "sku",
    "quantity",
    "unit_of_measure",
    "unit_price",
    "is_taxable",
    "special_instructions",
)
CLEARED = frozenset({"due_date", "customer_notes", "internal_notes"})
"""What goes away here when it went away there; the rest was completed from the customer."""

VENDOR_PRICES = "Prices are what the vendor charges; check them."
ASIDE = 100_000
PLACES = Decimal("0.0001")

Products = Mapping[str, UUID]
"""Our product of each line that has one, by the line's key."""


def order_of(uow: UnitOfWork, source: str, qbo_id: str) -> PurchaseOrder | None:
    """Give the order that came of a document, locked; None when there is none."""
    found = uow.session.scalar(sa.select(PurchaseOrder.id).where(ID_COLUMNS[source] == qbo_id))
    return settling.lock_order(uow, found) if found is not None else None


def facts(order: PurchaseOrder) -> dict[str, Any]:
    """Give how an order stands, as plain values that two moments can be compared by."""
    return {
        **{name: _plain(order, name) for name in HEAD},
        "lines": [
            [_plain(line, name) for name in LINE]
            for line in sorted(order.lines, key=lambda line: line.line_number)
        ],
    }


def _plain(record: Any, name: str) -> Any:
    """Give a value as it reads when it has been through the database."""
    value = getattr(record, name)
    kind = record.__table__.columns[name].type
    if isinstance(kind, Exact) and value is not None:
        value = value.quantize(Decimal(1).scaleb(-kind.scale))
    return cells.encode(value)


def create(
    uow: UnitOfWork, paper: Paper, *, customer: Customer, products: Products, number: str | None
) -> PurchaseOrder:
    """Make an order of a document: its lines in their order, its amounts to the cent.

    Raises:
        UserError: when a value of it cannot be an order's.
    """
    order = orders.create_order(
        uow,
        customer_id=customer.id,
        po_number=number,
        po_date=paper.day,
        lines=[_order_line(line, products) for line in paper.lines],
        status=_status(paper),
        source=paper.source,
        **_head(uow, paper),
    )
    setattr(order, ID_COLUMNS[paper.source].key, paper.qbo_id)
    for line, theirs in zip(order.lines, paper.lines, strict=True):
        line.import_key = key_of(paper, theirs)
    _take_amounts(order, paper)
    uow.session.flush()
    return order


def update(
    uow: UnitOfWork, order: PurchaseOrder, paper: Paper, *, customer: Customer, products: Products
) -> None:
    """Bring a locked order up to what the document says now; what is made or billed stays.

    Raises:
        UserError: when the order is past that, or a value cannot be an order's.
    """
    _refuse_if_fixed(uow, order, paper)
    order.customer, order.customer_id = customer, customer.id
    order.customer_name = customer.display_name
    order.po_date = paper.day
    if order.status in (OrderStatus.DRAFT, OrderStatus.PENDING):
        order.status = _status(paper)
    for name, value in _head(uow, paper).items():
        if (value is not None or name in CLEARED) and getattr(order, name) != value:
            setattr(order, name, value)
    _replace_lines(uow, order, paper, products)
    recalculate(uow, order)
    _take_amounts(order, paper)
    uow.session.flush()


def key_of(paper: Paper, line: PaperLine) -> str:
    """Give the name by which a line of ours is found again."""
    return f"{paper.source}:{paper.qbo_id}:{line.key}"[:64]


def _status(paper: Paper) -> str:
    is_firm = paper.standing == Standing.FIRM
    return (OrderStatus.PENDING if is_firm else OrderStatus.DRAFT).value


def _head(uow: UnitOfWork, paper: Paper) -> dict[str, Any]:
    """Give the columns of an order that a document fills."""
    session = uow.session
    due = paper.due_date
    return {
        "due_date": due if due is not None and due >= paper.day else None,
        "discount_amount": paper.discount,
        "shipping_amount": paper.shipping,
        "tax_code_id": session.scalar(
            sa.select(TaxCode.id).where(TaxCode.qb_tax_code_id == paper.tax_code_ref)
        )
        if paper.tax_code_ref
        else None,
        "payment_terms": session.scalar(
            sa.select(PaymentTerm.name).where(PaymentTerm.qb_term_id == paper.term_ref)
        )
        if paper.term_ref
        else None,
        "customer_notes": paper.customer_notes,
        "internal_notes": paper.internal_notes,
        "billing_address": dict(paper.billing_address) if paper.billing_address else None,
        "shipping_address": dict(paper.shipping_address) if paper.shipping_address else None,
    }


def _order_line(line: PaperLine, products: Products) -> OrderLine:
    return OrderLine(
        quantity=line.quantity.quantize(PLACES),
        product_id=products.get(line.key),
        item_name=line.item_name[:200],
        description=line.description,
        unit_price=line.unit_price.quantize(PLACES),
        is_taxable=line.is_taxable,
    )


def _take_amounts(order: PurchaseOrder, paper: Paper) -> None:
    """Let the order carry QuickBooks' own tax and total, and say where ours would be others."""
    words = [VENDOR_PRICES] if paper.source == PaperSource.VENDOR_ORDER else []
    if paper.total != paper.parts:
        words.append(f"QuickBooks' total is {paper.total:,}; its parts come to {paper.parts:,}.")
    elif order.total_amount != paper.total:
        words.append(
            f"QuickBooks' total is {paper.total:,}; "
            f"with Batchly's taxes it comes to {order.total_amount:,}."
        )
        order.tax_amount, order.total_amount = paper.tax, paper.total
    order.warning = " ".join(words)[:300] or None


def _refuse_if_fixed(uow: UnitOfWork, order: PurchaseOrder, paper: Paper) -> None:
    order_lines.refuse_if_closed(order, order.status, {"lines"})
    if order.status in (OrderStatus.COMPLETED, OrderStatus.SHIPPED):
        raise Conflict(f"{order.po_number} is {order.status} already.")
    if order.invoicing != Invoicing.NONE or settling.live_invoices(uow, order.id):
        raise Conflict(f"{order.po_number} is invoiced; correct it with a credit memo.")
    jobs = settling.live_jobs(uow, order.id)
    kept = {key_of(paper, line) for line in paper.lines}
    if jobs and any(line.import_key not in kept for line in order.lines):
        raise Conflict(
            f"{order.po_number} has the job {jobs[0].job_number}, and lines that QuickBooks does "
            "not have. Change the order by hand and keep yours."
        )


def _replace_lines(uow: UnitOfWork, order: PurchaseOrder, paper: Paper, products: Products) -> None:
    """Bring the lines up to the document's, in its order; a line that stayed keeps its id."""
    known = {line.import_key: line for line in order.lines if line.import_key}
    wanted = [key_of(paper, line) for line in paper.lines]
    for line in [line for line in order.lines if line.import_key not in wanted]:
        order.lines.remove(line)
    uow.session.flush()
    stays = [known[key] for key in wanted if key in known]
    if any(line.line_number != wanted.index(str(line.import_key)) + 1 for line in stays):
        for line in stays:
            line.line_number += ASIDE
        uow.session.flush()
    for number, (key, theirs) in enumerate(zip(wanted, paper.lines, strict=True), start=1):
        values = line_values(uow, order, _order_line(theirs, products))
        line = known.get(key) or PoLineItem(id=new_id(), import_key=key)
        if line not in order.lines:
            order.lines.append(line)
        for name, value in {"description": None, **values, "line_number": number}.items():
            if getattr(line, name) != value:
                setattr(line, name, value)
    uow.session.flush()


def known_products(uow: UnitOfWork, paper: Paper) -> dict[str, UUID]:
    """Give our product of each line: the linked one, else the unlinked one of that name."""
    refs = {line.item_ref for line in paper.lines if line.item_ref}
    names = {line.item_name for line in paper.lines if line.item_ref}
    linked = Product.qb_item_id.in_(refs)
    named = sa.and_(Product.qb_item_id.is_(None), Product.name.in_(names))
    by_ref: dict[str, UUID] = {}
    by_name: dict[str, UUID] = {}
    columns = sa.select(Product.id, Product.qb_item_id, Product.name)
    for product_id, ref, name in uow.session.execute(columns.where(sa.or_(linked, named))):
        if ref:
            by_ref[ref] = product_id
        else:
            by_name[name] = product_id
    found = {
        line.key: by_ref.get(str(line.item_ref)) or by_name.get(line.item_name)
        for line in paper.lines
        if line.item_ref
    }
    return {key: product_id for key, product_id in found.items() if product_id is not None}

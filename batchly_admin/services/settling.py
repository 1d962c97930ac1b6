"""How much of an order is invoiced and in production: always counted from the documents."""

from __future__ import annotations

from decimal import Decimal
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from batchly_admin.domain.statuses import InvoiceStatus, Invoicing, JobStatus
from batchly_admin.models.billing import Invoice, InvoiceLineItem
from batchly_admin.models.orders import PoLineItem, PurchaseOrder
from batchly_admin.models.production import Job
from batchly_admin.services.locking import locked
from batchly_admin.services.unit_of_work import UnitOfWork


def lock_order(uow: UnitOfWork, order_id: UUID) -> PurchaseOrder:
    """Give an order as it stands now, locked until the transaction ends.

    Raises:
        NotFound: when there is none.
    """
    return locked(uow, PurchaseOrder, order_id, "purchase order")


def lines_of(uow: UnitOfWork, order_id: UUID) -> list[PoLineItem]:
    """Give the lines of an order as they stand now, in their order."""
    return list(
        uow.session.scalars(
            sa.select(PoLineItem)
            .where(PoLineItem.po_id == order_id)
            .order_by(PoLineItem.line_number)
            .execution_options(populate_existing=True)
        )
    )


def settle_invoicing(uow: UnitOfWork, order: PurchaseOrder) -> None:
    """Count what live invoices bill of each line, and say how much of the order that is.

    The order has to be locked. More than was ordered is refused by the database itself.
    """
    uow.session.flush()
    found = uow.session.execute(
        sa.select(PoLineItem.id, sa.func.sum(InvoiceLineItem.quantity))
        .join(InvoiceLineItem, InvoiceLineItem.po_line_item_id == PoLineItem.id)
        .join(Invoice, Invoice.id == InvoiceLineItem.invoice_id)
        .where(PoLineItem.po_id == order.id, is_live())
        .group_by(PoLineItem.id)
    )
    billed: dict[UUID, Decimal] = dict(found.all())
    lines = lines_of(uow, order.id)
    for line in lines:
        line.quantity_invoiced = billed.get(line.id, Decimal(0))
    order.invoicing = invoicing_of(lines).value
    uow.session.flush()


def invoicing_of(lines: list[PoLineItem]) -> Invoicing:
    """Say how much of these lines is invoiced; what was cancelled counts as done."""
    if not any(line.quantity_invoiced for line in lines):
        return Invoicing.NONE
    left = any(remaining(line) > 0 for line in lines)
    return Invoicing.PARTIAL if left else Invoicing.FULL


def remaining(line: PoLineItem) -> Decimal:
    """Give how much of a line is neither invoiced nor cancelled."""
    return line.quantity - line.quantity_invoiced - line.quantity_cancelled


def is_live() -> sa.ColumnElement[bool]:
    """Give the condition that an invoice bills something: not void, and none took its place."""
    later = aliased(Invoice)
    replaced = sa.exists().where(
        later.corrects_id == Invoice.id, later.status != InvoiceStatus.VOID
    )
    return sa.and_(Invoice.status != InvoiceStatus.VOID, ~replaced)


def live_invoices(uow: UnitOfWork, order_id: UUID) -> list[Invoice]:
    """Give the invoices that bill an order, drafts included."""
    query = sa.select(Invoice).where(Invoice.po_id == order_id, is_live()).order_by(Invoice.id)
    return list(uow.session.scalars(query))


def live_jobs(uow: UnitOfWork, order_id: UUID) -> list[Job]:
    """Give the jobs of an order that are not cancelled."""
    query = (
        sa.select(Job)
        .where(Job.po_id == order_id, Job.status != JobStatus.CANCELLED)
        .order_by(Job.id)
    )
    return list(uow.session.scalars(query))


def settle_jobs(uow: UnitOfWork, order: PurchaseOrder) -> list[Job]:
    """Count the jobs of an order that are not cancelled, and give them."""
    uow.session.flush()
    jobs = live_jobs(uow, order.id)
    order.job_count = len(jobs)
    return jobs

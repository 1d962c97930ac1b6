"""Bulk actions of purchase orders: approve, create jobs, invoice, cancel."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from batchly_admin.domain.statuses import (
    INVOICEABLE_ORDER,
    OPEN_ORDER,
    Invoicing,
    OrderStatus,
)
from batchly_admin.models.orders import PurchaseOrder
from batchly_admin.services import (
    action_days,
    invoicing,
    orders,
    production,
    settings,
)
from batchly_admin.services.tallies import (
    BulkAction,
    Params,
    Preview,
    Tally,
    chunks,
    plural,
    preview_of,
    tally,
    words_of,
)
from batchly_admin.services.unit_of_work import UnitOfWork

_JOB_DUE = action_days.day_param("due_date", "Due date", "Empty: when the order is due.")


def _approve(uow: UnitOfWork, order_id: UUID, _params: Params) -> str:
    order = orders.approve(uow, order_id=order_id)
    return f"Approved. To check: {order.warning}" if order.warning else "Approved."


def _create_jobs(uow: UnitOfWork, order_id: UUID, params: Params) -> str:
    due = action_days.due_day(uow.session, params)
    made = production.create_jobs(uow, order_id=order_id, due=due)
    return f"Made {', '.join(job.job_number for job in made)}."


def _invoice(uow: UnitOfWork, order_id: UUID, params: Params) -> str:
    dates = action_days.invoice_days(uow.session, params)
    invoice = invoicing.invoice_order(uow, order_id=order_id, dates=dates)
    if invoice.issued_at is None:
        return f"Made a draft of {invoice.total_amount:,}."
    return f"{invoice.invoice_number} of {invoice.total_amount:,}."


def _cancel(uow: UnitOfWork, order_id: UUID, _params: Params) -> str:
    orders.cancel(uow, order_id=order_id)
    return "Cancelled."


def _preview_approve(session: Session, ids: Sequence[UUID], _params: Params) -> Preview:
    def judge(status: str) -> str | None:
        return None if status == OrderStatus.PENDING else f"{words_of(status)}, not pending"

    found = tally(
        session,
        PurchaseOrder,
        ids,
        [PurchaseOrder.status],
        judge=judge,
        amount=PurchaseOrder.total_amount,
    )
    _warn_to_check(session, ids, found, OrderStatus.PENDING)
    first = f"{plural(found.will, 'order')} worth {found.amount:,} will be approved."
    return preview_of("Approve orders", (first,), found, "Approve")


def _preview_jobs(session: Session, ids: Sequence[UUID], params: Params) -> Preview:
    due = action_days.due_day(session, params)

    def judge(status: str, jobs: int) -> str | None:
        if status not in OPEN_ORDER:
            return f"{words_of(status)}, not approved"
        return "they have a job already" if jobs else None

    columns = [PurchaseOrder.status, PurchaseOrder.job_count]
    found = tally(session, PurchaseOrder, ids, columns, judge=judge)
    when = f"on {due}" if due else "when the order is due"
    first = f"{plural(found.will, 'order')} will get a job each, due {when}."
    return preview_of("Create jobs", (first,), found, "Create jobs", params=(_JOB_DUE,))


def _preview_invoice(session: Session, ids: Sequence[UUID], _params: Params) -> Preview:

    def judge(status: str, billed: str) -> str | None:
        if status not in INVOICEABLE_ORDER:
            return f"{words_of(status)}, not approved"
        return "invoiced already" if billed == Invoicing.FULL else None

    found = tally(
        session,
        PurchaseOrder,
        ids,
        [PurchaseOrder.status, PurchaseOrder.invoicing],
        judge=judge,
        amount=PurchaseOrder.total_amount,
    )
    first = f"{plural(found.will, 'order')} worth {found.amount:,} will be invoiced."
    then = (
        "The invoices are numbered, issued and sent to QuickBooks at once; "
        "they cannot be changed afterwards."
        if settings.get(session, "auto_issue")
        else "Drafts are made; nothing is issued yet."
    )
    _warn_to_check(session, ids, found, *INVOICEABLE_ORDER)
    days = action_days.INVOICE_DAYS
    return preview_of("Bulk invoice", (first, then), found, "Invoice", params=days)


def _preview_cancel(session: Session, ids: Sequence[UUID], _params: Params) -> Preview:
    def judge(status: str, billed: str, jobs: int) -> str | None:
        if status in (OrderStatus.COMPLETED, OrderStatus.SHIPPED, OrderStatus.CANCELLED):
            return words_of(status)
        if billed != Invoicing.NONE:
            return "they have an invoice"
        return "they have a job" if jobs else None

    columns = [PurchaseOrder.status, PurchaseOrder.invoicing, PurchaseOrder.job_count]
    found = tally(session, PurchaseOrder, ids, columns, judge=judge)
    first = f"{plural(found.will, 'order')} will be cancelled."
    return preview_of("Cancel orders", (first,), found, "Cancel orders")


def _warn_to_check(session: Session, ids: Sequence[UUID], found: Tally, *statuses: str) -> None:
    for chunk in chunks(ids):
        count = session.scalar(
            sa.select(sa.func.count())
            .select_from(PurchaseOrder)
            .where(
                PurchaseOrder.id.in_(chunk),
                PurchaseOrder.warning.is_not(None),
                PurchaseOrder.status.in_(statuses),
            )
        )
        if count:
            found.warn("of them have something to check; see the column To check.", count)


ORDER_ACTIONS = (
    BulkAction("approve", "Approve", "orders:approve", _approve, _preview_approve),
    BulkAction(
        "create-jobs",
        "Create jobs",
        "orders:create-jobs",
        _create_jobs,
        _preview_jobs,
        by_row=(_JOB_DUE["name"],),
        check=action_days.due_day,
    ),
    BulkAction(
        "bulk-invoice",
        "Bulk invoice",
        "orders:bulk-invoice",
        _invoice,
        _preview_invoice,
        by_row=action_days.INVOICE_DAY_NAMES,
        check=action_days.invoice_days,
    ),
    BulkAction("cancel", "Cancel", "orders:cancel", _cancel, _preview_cancel),
)

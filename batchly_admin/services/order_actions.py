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
    preview_of,
    tally,
    words_of,
)
from batchly_admin.services.unit_of_work import UnitOfWork
from batchly_admin.words import _, day, later, money, plural

_JOB_DUE = action_days.day_param(
    "due_date", later("Due date"), later("Empty: when the order is due.")
)


def _approve(uow: UnitOfWork, order_id: UUID, _params: Params) -> str:
    order = orders.approve(uow, order_id=order_id)
    return (
        _("Approved. To check: {warning}", warning=order.warning)
        if order.warning
        else _("Approved.")
    )


def _create_jobs(uow: UnitOfWork, order_id: UUID, params: Params) -> str:
    due = action_days.due_day(uow.session, params)
    made = production.create_jobs(uow, order_id=order_id, due=due)
    return _("Made {jobs}.", jobs=", ".join(job.job_number for job in made))


def _invoice(uow: UnitOfWork, order_id: UUID, params: Params) -> str:
    dates = action_days.invoice_days(uow.session, params)
    invoice = invoicing.invoice_order(uow, order_id=order_id, dates=dates)
    if invoice.issued_at is None:
        return _("Made a draft of {total_amount}.", total_amount=money(invoice.total_amount))
    return _(
        "{invoice_number} of {total_amount}.",
        invoice_number=invoice.invoice_number,
        total_amount=money(invoice.total_amount),
    )


def _cancel(uow: UnitOfWork, order_id: UUID, _params: Params) -> str:
    orders.cancel(uow, order_id=order_id)
    return _("Cancelled.")


def _preview_approve(session: Session, ids: Sequence[UUID], _params: Params) -> Preview:
    def judge(status: str) -> str | None:
        return (
            None
            if status == OrderStatus.PENDING
            else _("{status}, not pending", status=words_of(status))
        )

    found = tally(
        session,
        PurchaseOrder,
        ids,
        [PurchaseOrder.status],
        judge=judge,
        amount=PurchaseOrder.total_amount,
    )
    _warn_to_check(session, ids, found, OrderStatus.PENDING)
    first = _(
        "{orders} worth {amount} will be approved.",
        orders=plural(found.will, "order"),
        amount=money(found.amount),
    )
    return preview_of(_("Approve orders"), (first,), found, _("Approve"))


def _preview_jobs(session: Session, ids: Sequence[UUID], params: Params) -> Preview:
    due = action_days.due_day(session, params)

    def judge(status: str, jobs: int) -> str | None:
        if status not in OPEN_ORDER:
            return _("{status}, not approved", status=words_of(status))
        return _("they have a job already") if jobs else None

    columns = [PurchaseOrder.status, PurchaseOrder.job_count]
    found = tally(session, PurchaseOrder, ids, columns, judge=judge)
    when = _("on {due}", due=day(due)) if due else _("when the order is due")
    first = _(
        "{orders} will get a job each, due {when}.", orders=plural(found.will, "order"), when=when
    )
    return preview_of(_("Create jobs"), (first,), found, _("Create jobs"), params=(_JOB_DUE,))


def _preview_invoice(session: Session, ids: Sequence[UUID], _params: Params) -> Preview:

    def judge(status: str, billed: str) -> str | None:
        if status not in INVOICEABLE_ORDER:
            return _("{status}, not approved", status=words_of(status))
        return _("invoiced already") if billed == Invoicing.FULL else None

    found = tally(
        session,
        PurchaseOrder,
        ids,
        [PurchaseOrder.status, PurchaseOrder.invoicing],
        judge=judge,
        amount=PurchaseOrder.total_amount,
    )
    first = _(
        "{orders} worth {amount} will be invoiced.",
        orders=plural(found.will, "order"),
        amount=money(found.amount),
    )
    then = (
        _(
            "The invoices are numbered, issued and sent to QuickBooks at once; "
            "they cannot be changed afterwards."
        )
        if settings.get(session, "auto_issue")
        else _("Drafts are made; nothing is issued yet.")
    )
    _warn_to_check(session, ids, found, *INVOICEABLE_ORDER)
    days = action_days.INVOICE_DAYS
    return preview_of(_("Bulk invoice"), (first, then), found, _("Invoice"), params=days)


def _preview_cancel(session: Session, ids: Sequence[UUID], _params: Params) -> Preview:
    def judge(status: str, billed: str, jobs: int) -> str | None:
        if status in (OrderStatus.COMPLETED, OrderStatus.SHIPPED, OrderStatus.CANCELLED):
            return words_of(status)
        if billed != Invoicing.NONE:
            return _("they have an invoice")
        return _("they have a job") if jobs else None

    columns = [PurchaseOrder.status, PurchaseOrder.invoicing, PurchaseOrder.job_count]
    found = tally(session, PurchaseOrder, ids, columns, judge=judge)
    first = _("{orders} will be cancelled.", orders=plural(found.will, "order"))
    return preview_of(_("Cancel orders"), (first,), found, _("Cancel orders"))


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
            found.warn(_("of them have something to check; see the column To check."), count)


ORDER_ACTIONS = (
    BulkAction("approve", later("Approve"), "orders:approve", _approve, _preview_approve),
    BulkAction(
        "create-jobs",
        later("Create jobs"),
        "orders:create-jobs",
        _create_jobs,
        _preview_jobs,
        by_row=(_JOB_DUE["name"],),
        check=action_days.due_day,
    ),
    BulkAction(
        "bulk-invoice",
        later("Bulk invoice"),
        "orders:bulk-invoice",
        _invoice,
        _preview_invoice,
        by_row=action_days.INVOICE_DAY_NAMES,
        check=action_days.invoice_days,
    ),
    BulkAction("cancel", later("Cancel"), "orders:cancel", _cancel, _preview_cancel),
)

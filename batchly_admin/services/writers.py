"""Which tables are written by rules of their own, whatever route a change comes by."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from batchly_admin.errors import DocumentLocked, InvalidInput
from batchly_admin.ids import new_id
from batchly_admin.models.billing import CreditApplication, Invoice, NumberGap
from batchly_admin.models.company import Organization, User
from batchly_admin.models.orders import PurchaseOrder
from batchly_admin.models.production import Job, TimeEntry
from batchly_admin.services import (
    attachments,
    credit_drafts,
    customers,
    deleting,
    drafts,
    field_mapping,
    order_lines,
    orders,
    payments,
    production,
    products,
    refunds,
    users,
)
from batchly_admin.services.unit_of_work import UnitOfWork

Values = Mapping[str, Any]
Writer = Mapping[str, Callable[..., Any]]


def _create_order(uow: UnitOfWork, values: Values) -> PurchaseOrder:
    given = {name: value for name, value in values.items() if value is not None}
    if "customer_id" not in given:
        raise InvalidInput("An order needs a customer.", field="customer_id")
    given.setdefault("po_date", uow.today())
    return orders.create_order(uow, lines=(), **given)


def _delete_order(uow: UnitOfWork, order: PurchaseOrder) -> None:
    orders.delete_order(uow, order)
    deleting.delete(uow, order)


def _delete_job(uow: UnitOfWork, job: Job) -> None:
    order_id = job.po_id
    production.check_deletable(uow, job)
    deleting.delete(uow, job)
    production.after_deleting(uow, order_id)


def _delete_invoice(uow: UnitOfWork, invoice: Invoice) -> None:
    if invoice.issued_at is not None:
        raise DocumentLocked(f"{invoice.invoice_number} is issued: void it, or credit it.")
    drafts.delete_draft(uow, invoice)


def _keep_use(_uow: UnitOfWork, used: CreditApplication) -> None:
    raise DocumentLocked(f"{used.label} goes with its credit memo: cancel that.")


def _create_gap(uow: UnitOfWork, values: Values) -> NumberGap:
    gap = NumberGap(**values, id=new_id(), user_id=uow.actor.user_id)
    uow.session.add(gap)
    return gap


def _update_hours(_uow: UnitOfWork, entry: TimeEntry, values: Values) -> None:
    _check_hours(entry)
    for name, value in values.items():
        setattr(entry, name, value)


def _delete_hours(uow: UnitOfWork, entry: TimeEntry) -> None:
    _check_hours(entry)
    deleting.delete(uow, entry)


def _check_hours(entry: TimeEntry) -> None:
    if entry.is_locked:
        raise DocumentLocked("These hours are locked.")


def _update_company(_uow: UnitOfWork, company: Organization, values: Values) -> None:
    for name, value in values.items():
        setattr(company, name, value)
    try:
        ZoneInfo(company.time_zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        words = f"{company.time_zone} is no time zone; write it like America/New_York."
        raise InvalidInput(words, field="time_zone") from None
    if len(company.currency) != 3 or not company.currency.isalpha():
        raise InvalidInput("A currency has three letters, like USD.", field="currency")


def _update_user(uow: UnitOfWork, user: User, values: Values) -> None:
    users.update_user(uow, user, values)


WRITERS: dict[str, Writer] = {
    "customers": {"create": customers.create_customer, "update": customers.update_customer},
    "products": {"create": products.create_product, "update": products.update_product},
    "purchase_orders": {
        "create": _create_order,
        "update": orders.update_order,
        "read_ahead": orders.read_ahead,
        "delete": _delete_order,
    },
    "po_line_items": {
        "create": order_lines.add_line,
        "update": order_lines.update_line,
        "delete": order_lines.delete_line,
    },
    "jobs": {
        "create": production.create_job,
        "update": production.update_job,
        "delete": _delete_job,
    },
    "invoices": {
        "create": drafts.create_draft,
        "update": drafts.update_draft,
        "delete": _delete_invoice,
    },
    "invoice_line_items": {
        "create": drafts.add_line,
        "update": drafts.update_line,
        "delete": drafts.delete_line,
    },
    "payments": {
        "create": payments.record_from_cells,
        "update": payments.update_payment,
        "delete": payments.remove_unsent,
    },
    "credit_memos": {
        "create": credit_drafts.create_memo,
        "update": credit_drafts.update_memo,
    },
    "credit_memo_line_items": {
        "create": credit_drafts.add_line,
        "update": credit_drafts.update_line,
        "delete": credit_drafts.delete_line,
    },
    "credit_applications": {"delete": _keep_use},
    "refunds": {"create": refunds.record_from_cells, "update": refunds.update_refund},
    "number_gaps": {"create": _create_gap},
    "field_mappings": {"create": field_mapping.create, "update": field_mapping.update},
    "time_entries": {"update": _update_hours, "delete": _delete_hours},
    "organizations": {"update": _update_company},
    "users": {"update": _update_user},
    "attachments": {"update": attachments.update, "delete": attachments.delete},
}

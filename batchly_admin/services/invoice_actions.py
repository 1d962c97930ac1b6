"""Bulk actions of invoices, and sending any record to QuickBooks again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from batchly_admin.domain.statuses import (
    SyncState,
)
from batchly_admin.errors import Conflict, NotFound
from batchly_admin.models.billing import Invoice, Payment, Refund
from batchly_admin.models.catalogue import Product
from batchly_admin.models.customers import Customer
from batchly_admin.models.synced import kind_of
from batchly_admin.services import (
    action_days,
    invoicing,
    pushing,
)
from batchly_admin.services.tallies import (
    BulkAction,
    Params,
    Preview,
    preview_of,
    tally,
)
from batchly_admin.services.unit_of_work import UnitOfWork
from batchly_admin.words import _, counted, later, money, plural


def _issue(uow: UnitOfWork, invoice_id: UUID, params: Params) -> str:
    dates = action_days.invoice_days(uow.session, params)
    issued = invoicing.issue(uow, invoice_id=invoice_id, dates=dates)
    return _("Issued as {invoice_number}.", invoice_number=issued.invoice_number)


def _void(uow: UnitOfWork, invoice_id: UUID, params: Params) -> str:
    invoicing.void(uow, invoice_id=invoice_id, reason=str(params.get("reason") or ""))
    return _("Voided.")


def _sync_invoice(uow: UnitOfWork, invoice_id: UUID, _params: Params) -> str:
    invoice = invoicing.lock_invoice(uow, invoice_id)
    if invoice.issued_at is None:
        raise Conflict(f"{invoice.invoice_number} is a draft; issue it first.")
    if invoice.voided_at is not None and not invoice.qb_invoice_id:
        raise Conflict(f"{invoice.invoice_number} is void and never was in QuickBooks.")
    pushing.push_parents(uow, invoice)
    return pushing.send_again(uow, invoice)


def _preview_issue(session: Session, ids: Sequence[UUID], params: Params) -> Preview:
    action_days.invoice_days(session, params)
    is_draft = sa.case((Invoice.issued_at.is_(None), 1), else_=0)

    def judge(draft: int) -> str | None:
        return None if draft else _("issued already")

    found = tally(session, Invoice, ids, [is_draft], judge=judge, amount=Invoice.total_amount)
    first = _(
        "{invoices} worth {amount} will be issued.",
        invoices=plural(found.will, "invoice"),
        amount=money(found.amount),
    )
    then = _("They get the next numbers, are frozen and go to QuickBooks.")
    days = action_days.INVOICE_DAYS
    return preview_of(_("Issue invoices"), (first, then), found, _("Issue"), params=days)


def _preview_void(session: Session, ids: Sequence[UUID], _params: Params) -> Preview:
    state = sa.case(
        (Invoice.issued_at.is_(None), _("drafts; delete them instead")),
        (Invoice.voided_at.is_not(None), _("void already")),
        (Invoice.amount_paid > 0, _("paid; correct them with credit memos")),
        (Invoice.amount_credited > 0, _("credited; doing both would reverse twice")),
        else_="",
    )

    def judge(reason: str) -> str | None:
        return reason or None

    found = tally(session, Invoice, ids, [state], judge=judge, amount=Invoice.total_amount)
    first = _(
        "{invoices} worth {amount} will be voided, here and in QuickBooks.",
        invoices=plural(found.will, "invoice"),
        amount=money(found.amount),
    )
    lines = (
        first,
        _("They keep their numbers; their orders can be invoiced again."),
    )
    reason = {"name": "reason", "label": _("Reason"), "kind": "text", "value": "", "choices": []}
    return preview_of(
        _("Void invoices"),
        lines,
        found,
        _("Void"),
        warnings=(_("A void cannot be taken back."),),
        params=(reason,),
    )


def _sync(model: type[Any]) -> Callable[[UnitOfWork, UUID, Params], str]:
    def perform(uow: UnitOfWork, record_id: UUID, _params: Params) -> str:
        record = uow.session.get(model, record_id, with_for_update={"key_share": True})
        if record is None:
            raise NotFound("This record no longer exists.")
        kind = kind_of(record)
        if getattr(record, "voided_at", None) is not None and not kind.qbo_id(record):
            raise Conflict(f"{kind.label(record)} is cancelled and never was in QuickBooks.")
        return pushing.send_again(uow, record)

    return perform


def _preview_sync(model: type[Any], noun: str, is_ready: Any) -> Callable[..., Preview]:
    def preview(session: Session, ids: Sequence[UUID], _params: Params) -> Preview:
        ready = sa.case((is_ready, 1), else_=0)
        again = model in (Customer, Product)

        def judge(state: str, can: int) -> str | None:
            if not can:
                return _("not issued yet")
            if state in (SyncState.PENDING, SyncState.BLOCKED):
                return _("on their way already")
            done = state in (SyncState.SYNCED, SyncState.WARNING) and not again
            return _("in QuickBooks already") if done else None

        found = tally(session, model, ids, [model.sync_state, ready], judge=judge)
        first = _("{records} will be sent to QuickBooks.", records=plural(found.will, noun))
        return preview_of(_("Send to QuickBooks"), (first,), found, _("Send"))

    return preview


INVOICE_ACTIONS = (
    BulkAction("issue", later("Issue"), "invoices:issue", _issue, _preview_issue),
    BulkAction("void", later("Void"), "invoices:void", _void, _preview_void),
    BulkAction(
        "sync",
        later("Send to QuickBooks"),
        "invoices:sync",
        _sync_invoice,
        _preview_sync(Invoice, counted("invoice"), Invoice.issued_at.is_not(None)),
    ),
)
SYNC_ACTIONS = tuple(
    (
        table,
        BulkAction(
            "sync",
            later("Send to QuickBooks"),
            f"{table}:edit",
            _sync(model),
            _preview_sync(model, noun, sa.true()),
        ),
    )
    for table, model, noun in (
        ("customers", Customer, counted("customer")),
        ("products", Product, counted("product")),
        ("payments", Payment, counted("payment")),
        ("refunds", Refund, counted("refund")),
    )
)

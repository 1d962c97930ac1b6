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
    plural,
    preview_of,
    tally,
)
from batchly_admin.services.unit_of_work import UnitOfWork


def _issue(uow: UnitOfWork, invoice_id: UUID, params: Params) -> str:
    dates = action_days.invoice_days(uow.session, params)
    issued = invoicing.issue(uow, invoice_id=invoice_id, dates=dates)
    return f"Issued as {issued.invoice_number}."


def _void(uow: UnitOfWork, invoice_id: UUID, params: Params) -> str:
    invoicing.void(uow, invoice_id=invoice_id, reason=str(params.get("reason") or ""))
    return "Voided."


def _sync_invoice(uow: UnitOfWork, invoice_id: UUID, _params: Params) -> str:
    invoice = invoicing.lock_invoice(uow, invoice_id)
    if invoice.issued_at is None:
        raise Conflict(f"{invoice.invoice_number} is a draft; issue it first.")
    if invoice.voided_at is not None and not invoice.qb_invoice_id:
        raise Conflict(f"{invoice.invoice_number} is void and never was in QuickBooks.")
    pushing.push_parents(uow, invoice)
    return pushing.send_again(uow, invoice)


def _preview_issue(session: Session, ids: Sequence[UUID], _params: Params) -> Preview:
    is_draft = sa.case((Invoice.issued_at.is_(None), 1), else_=0)

    def judge(draft: int) -> str | None:
        return None if draft else "issued already"

    found = tally(session, Invoice, ids, [is_draft], judge=judge, amount=Invoice.total_amount)
    first = f"{plural(found.will, 'invoice')} worth {found.amount:,} will be issued."
    then = "They get the next numbers, are frozen and go to QuickBooks."
    days = action_days.INVOICE_DAYS
    return preview_of("Issue invoices", (first, then), found, "Issue", params=days)


def _preview_void(session: Session, ids: Sequence[UUID], _params: Params) -> Preview:
    state = sa.case(
        (Invoice.issued_at.is_(None), "drafts; delete them instead"),
        (Invoice.voided_at.is_not(None), "void already"),
        (Invoice.amount_paid > 0, "paid; correct them with credit memos"),
        (Invoice.amount_credited > 0, "credited; doing both would reverse twice"),
        else_="",
    )

    def judge(reason: str) -> str | None:
        return reason or None

    found = tally(session, Invoice, ids, [state], judge=judge, amount=Invoice.total_amount)
    first = f"{plural(found.will, 'invoice')} worth {found.amount:,} will be voided, here and in "
    lines = (f"{first}QuickBooks.", "They keep their numbers; their orders can be invoiced again.")
    reason = {"name": "reason", "label": "Reason", "kind": "text", "value": "", "choices": []}
    return preview_of(
        "Void invoices",
        lines,
        found,
        "Void",
        warnings=("A void cannot be taken back.",),
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
                return "not issued yet"
            if state in (SyncState.PENDING, SyncState.BLOCKED):
                return "on their way already"
            done = state in (SyncState.SYNCED, SyncState.WARNING) and not again
            return "in QuickBooks already" if done else None

        found = tally(session, model, ids, [model.sync_state, ready], judge=judge)
        first = f"{plural(found.will, noun)} will be sent to QuickBooks."
        return preview_of("Send to QuickBooks", (first,), found, "Send")

    return preview


INVOICE_ACTIONS = (
    BulkAction(
        "issue",
        "Issue",
        "invoices:issue",
        _issue,
        _preview_issue,
        by_row=action_days.INVOICE_DAY_NAMES,
        check=action_days.invoice_days,
    ),
    BulkAction("void", "Void", "invoices:void", _void, _preview_void),
    BulkAction(
        "sync",
        "Send to QuickBooks",
        "invoices:sync",
        _sync_invoice,
        _preview_sync(Invoice, "invoice", Invoice.issued_at.is_not(None)),
    ),
)
SYNC_ACTIONS = tuple(
    (
        table,
        BulkAction(
            "sync",
            "Send to QuickBooks",
            f"{table}:edit",
            _sync(model),
            _preview_sync(model, noun, sa.true()),
        ),
    )
    for table, model, noun in (
        ("customers", Customer, "customer"),
        ("products", Product, "product"),
        ("payments", Payment, "payment"),
        ("refunds", Refund, "refund"),
    )
)

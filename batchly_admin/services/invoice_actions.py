"""Bulk actions of invoices: issue, void, send to QuickBooks again."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from batchly_admin.errors import Conflict
from batchly_admin.models.billing import Invoice
from batchly_admin.services import (
    action_days,
    invoicing,
    pushing,
)
from batchly_admin.services.sending_actions import sending
from batchly_admin.services.tallies import (
    REASON,
    BulkAction,
    Params,
    Preview,
    preview_of,
    reason_of,
    tally,
)
from batchly_admin.services.unit_of_work import UnitOfWork
from batchly_admin.words import _, counted, later, money, plural


def _issue(uow: UnitOfWork, invoice_id: UUID, params: Params) -> str:
    dates = action_days.invoice_days(uow.session, params)
    issued = invoicing.issue(uow, invoice_id=invoice_id, dates=dates)
    return _("Issued as {invoice_number}.", invoice_number=issued.invoice_number)


def _void(uow: UnitOfWork, invoice_id: UUID, params: Params) -> str:
    invoicing.void(uow, invoice_id=invoice_id, reason=reason_of(params))
    return _("Voided.")


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

    found = tally(session, Invoice, ids, [state], amount=Invoice.total_amount)
    first = _(
        "{invoices} worth {amount} will be voided, here and in QuickBooks.",
        invoices=plural(found.will, "invoice"),
        amount=money(found.amount),
    )
    lines = (
        first,
        _("They keep their numbers; their orders can be invoiced again."),
    )
    return preview_of(
        _("Void invoices"),
        lines,
        found,
        _("Void"),
        warnings=(_("A void cannot be taken back."),),
        params=(REASON,),
    )


INVOICE_ACTIONS = (
    BulkAction(
        "issue",
        later("Issue"),
        "invoices:issue",
        _issue,
        _preview_issue,
        by_row=action_days.INVOICE_DAY_NAMES,
        check=action_days.invoice_days,
    ),
    BulkAction("void", later("Void"), "invoices:void", _void, _preview_void),
    sending(
        Invoice,
        counted("invoice"),
        "invoices:sync",
        _sync_invoice,
        is_ready=Invoice.issued_at.is_not(None),
    ),
)

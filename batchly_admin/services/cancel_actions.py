"""The bulk action that cancels payments and refunds recorded here."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from batchly_admin import words
from batchly_admin.models.billing import Payment, Refund
from batchly_admin.services import cancelling, closing, payments
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
from batchly_admin.words import _, later, money, plural

WARNING = later("This cannot be taken back; the numbers stay used.")


def _cancel_payment(uow: UnitOfWork, payment_id: UUID, params: Params) -> str:
    reason = reason_of(params)
    paid = cancelling.cancel_payment(uow, payment_id=payment_id, reason=reason).allocations
    return (
        _("Cancelled; {invoices} open again.", invoices=plural(len(paid), "invoice"))
        if paid
        else _("Cancelled.")
    )


def _cancel_refund(uow: UnitOfWork, refund_id: UUID, params: Params) -> str:
    cancelling.cancel_refund(uow, refund_id=refund_id, reason=reason_of(params))
    return _("Cancelled.")


def _preview_payments(session: Session, ids: Sequence[UUID], _params: Params) -> Preview:
    given_back = sa.exists().where(Refund.payment_id == Payment.id, Refund.voided_at.is_(None))
    refunded = (given_back, _("given back; cancel the refunds first"))
    state = _state(session, Payment, Payment.payment_date, refunded)
    found = tally(session, Payment, ids, [state], amount=Payment.amount)
    lines = (
        _(
            "{payments} of {amount} will be cancelled.",
            payments=plural(found.will, "payment"),
            amount=money(found.amount),
        ),
        _("What they paid is owed again. In QuickBooks they are voided."),
    )
    return preview_of(
        _("Cancel payments"),
        lines,
        found,
        _("Take back"),
        warnings=(WARNING,),
        params=(REASON,),
    )


def _preview_refunds(session: Session, ids: Sequence[UUID], _params: Params) -> Preview:
    state = _state(session, Refund, Refund.refund_date)
    found = tally(session, Refund, ids, [state], amount=Refund.amount)
    lines = (
        _(
            "{refunds} of {amount} will be cancelled.",
            refunds=plural(found.will, "refund"),
            amount=money(found.amount),
        ),
        _("Their money may be given back again. In QuickBooks they are deleted."),
    )
    return preview_of(
        _("Cancel refunds"), lines, found, _("Take back"), warnings=(WARNING,), params=(REASON,)
    )


def _state(
    session: Session,
    model: type[Payment | Refund],
    day: Any,
    *more: tuple[sa.ColumnElement[bool], str],
) -> sa.ColumnElement[str]:
    """Give why a record cannot be cancelled; empty when it can."""
    rules: list[tuple[sa.ColumnElement[bool], str]] = [
        (model.voided_at.is_not(None), _("cancelled already")),
        (model.source != payments.HERE, _("recorded in QuickBooks; cancel them there")),
        *more,
    ]
    closed = closing.closed_until(session)
    if closed is not None:
        rules.append((day <= closed, _("in books closed up to {closed}", closed=words.day(closed))))
    return sa.case(*rules, else_="")


CANCEL_ACTIONS = (
    (
        "payments",
        BulkAction(
            "cancel", later("Cancel"), "payments:cancel", _cancel_payment, _preview_payments
        ),
    ),
    (
        "refunds",
        BulkAction("cancel", later("Cancel"), "refunds:cancel", _cancel_refund, _preview_refunds),
    ),
)

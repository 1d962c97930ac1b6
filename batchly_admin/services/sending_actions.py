"""The bulk action that sends records to QuickBooks again, the same for every kind of record."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from batchly_admin.domain.statuses import SyncState
from batchly_admin.errors import Conflict
from batchly_admin.models.billing import Payment, Refund
from batchly_admin.models.catalogue import Product
from batchly_admin.models.customers import Customer
from batchly_admin.models.synced import kind_of
from batchly_admin.services import pushing
from batchly_admin.services.locking import locked
from batchly_admin.services.tallies import BulkAction, Params, Preview, preview_of, tally
from batchly_admin.services.unit_of_work import UnitOfWork
from batchly_admin.words import _, counted, later, plural

MAY_CHANGE = (Customer, Product)
"""What is in QuickBooks already is sent again only where it may have changed since."""


def sending(
    model: type[Any],
    noun: str,
    right: str,
    perform: Callable[[UnitOfWork, UUID, Params], str] | None = None,
    *,
    is_ready: Any = None,
) -> BulkAction:
    """Give the action that sends records of a model; `is_ready` tells which were issued."""
    ready = sa.case((sa.true() if is_ready is None else is_ready, 1), else_=0)
    return BulkAction(
        "sync",
        later("Send to QuickBooks"),
        right,
        perform or _send(model),
        _preview(model, noun, ready),
    )


def _send(model: type[Any]) -> Callable[[UnitOfWork, UUID, Params], str]:
    def perform(uow: UnitOfWork, record_id: UUID, _params: Params) -> str:
        record = locked(uow, model, record_id, "record")
        kind = kind_of(record)
        if getattr(record, "voided_at", None) is not None and not kind.qbo_id(record):
            raise Conflict(f"{kind.label(record)} is cancelled and never was in QuickBooks.")
        return pushing.send_again(uow, record)

    return perform


def _preview(model: type[Any], noun: str, ready: Any) -> Callable[..., Preview]:
    def judge(state: str, can: int) -> str | None:
        if not can:
            return _("not issued yet")
        if state in (SyncState.PENDING, SyncState.BLOCKED):
            return _("on their way already")
        done = state in (SyncState.SYNCED, SyncState.WARNING) and model not in MAY_CHANGE
        return _("in QuickBooks already") if done else None

    def preview(session: Session, ids: Sequence[UUID], _params: Params) -> Preview:
        found = tally(session, model, ids, [model.sync_state, ready], judge=judge)
        first = _("{records} will be sent to QuickBooks.", records=plural(found.will, noun))
        return preview_of(_("Send to QuickBooks"), (first,), found, _("Send"))

    return preview


SENDING_ACTIONS = tuple(
    (table, sending(model, noun, f"{table}:edit"))
    for table, model, noun in (
        ("customers", Customer, counted("customer")),
        ("products", Product, counted("product")),
        ("payments", Payment, counted("payment")),
        ("refunds", Refund, counted("refund")),
    )
)

"""Pull: QuickBooks' news to us, one type at a time, each pull harmless to repeat."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import sqlalchemy as sa

from batchly_admin.errors import InvalidInput, SyncError
from batchly_admin.models.sync import QbSyncStatus
from batchly_admin.qbo import facts
from batchly_admin.qbo.client import Client
from batchly_admin.qbo.pull.base import Pull, PullResult, parse_cursor
from batchly_admin.qbo.pull.customers import pull_customers
from batchly_admin.qbo.pull.estimates import pull_estimates
from batchly_admin.qbo.pull.items import pull_items
from batchly_admin.qbo.pull.lists import (
    pull_accounts,
    pull_company,
    pull_payment_methods,
    pull_tax_rates,
    pull_terms,
)
from batchly_admin.qbo.pull.payments import pull_payments
from batchly_admin.qbo.pull.vendor_orders import pull_vendor_orders
from batchly_admin.services.unit_of_work import SYSTEM, UnitOfWork, UnitOfWorks

__all__ = ["PULLS", "PullResult", "run", "status_row"]

PULLS: dict[str, Callable[[Pull], None]] = {
    "customers": pull_customers,
    "items": pull_items,
    "payments": pull_payments,
    "estimates": pull_estimates,
    "purchase_orders": pull_vendor_orders,
    "tax_rates": pull_tax_rates,
    "terms": pull_terms,
    "payment_methods": pull_payment_methods,
    "company": pull_company,
    "accounts": pull_accounts,
}


BEFORE_LIVE = frozenset({"tax_rates", "terms", "payment_methods", "company"})


def run(uows: UnitOfWorks, client: Client, sync_type: str) -> PullResult:
    """Make one pull; its state, its cursor and its figures stand in `qb_sync_status`.

    Raises:
        InvalidInput: there is no such type.
        SyncError: QuickBooks could not be read.
    """
    if sync_type not in PULLS:
        known = ", ".join(PULLS)
        raise InvalidInput(f"{sync_type} cannot be pulled; one of: {known}.", field="type")
    if waits := _wait_for_start(uows, sync_type):
        return PullResult(sync_type, words=waits)
    cursor = _start(uows, sync_type)
    pull = Pull(uows, client, PullResult(sync_type), cursor=parse_cursor(cursor))
    try:
        PULLS[sync_type](pull)
        pull.finish(lambda uow: _succeed(uow, pull))
    except SyncError as error:
        _fail(uows, sync_type, error.message)
        raise
    except Exception as error:
        _fail(uows, sync_type, f"Internal error: {type(error).__name__}.")
        raise
    return pull.result


def _wait_for_start(uows: UnitOfWorks, sync_type: str) -> str:
    """Say why a type is not fetched yet: what the guided set-up matches is not brought in before.

    The lists without which nothing can be checked are fetched at any time.
    """
    if sync_type in BEFORE_LIVE:
        return ""
    with uows.begin(actor=SYSTEM, source="pull") as uow:
        connection = facts.connection_of(uow.session)
        if connection is None or facts.is_live(connection):
            return ""
        row = status_row(uow, sync_type)
        if row is not None:
            row.error_message = facts.NOT_LIVE
        return facts.NOT_LIVE


def _start(uows: UnitOfWorks, sync_type: str) -> str | None:
    with uows.begin(actor=SYSTEM, source="pull") as uow:
        row = status_row(uow, sync_type)
        if row is None:
            return None
        row.sync_status = "in_progress"
        row.last_sync_at = uow.now()
        return row.last_sync_token


def _succeed(uow: UnitOfWork, pull: Pull) -> None:
    row = status_row(uow, pull.result.sync_type)
    if row is None:
        return
    row.sync_status = "success"
    row.error_message = pull.result.words or None
    row.last_sync_at = row.last_success_at = uow.now()
    row.records_synced = pull.result.changed
    row.last_sync_token = pull.next_cursor or row.last_sync_token
    _note_sync(uow, uow.now())


def _fail(uows: UnitOfWorks, sync_type: str, words: str) -> None:
    with uows.begin(actor=SYSTEM, source="pull") as uow:
        row = status_row(uow, sync_type)
        if row is not None:
            row.sync_status = "error"
            row.error_message = words[:1000]
            row.last_sync_at = uow.now()


def status_row(uow: UnitOfWork, sync_type: str) -> QbSyncStatus | None:
    """Give the row of a type in the table of pulls, locked; None when nothing is connected."""
    connection = facts.connection_of(uow.session)
    if connection is None:
        return None
    row = uow.session.scalar(
        sa.select(QbSyncStatus)
        .where(QbSyncStatus.connection_id == connection.id, QbSyncStatus.sync_type == sync_type)
        .with_for_update()
    )
    if row is None:
        row = QbSyncStatus(connection_id=connection.id, sync_type=sync_type)
        uow.session.add(row)
    return row


def _note_sync(uow: UnitOfWork, now: datetime) -> None:
    connection = facts.connection_of(uow.session)
    if connection is not None:
        connection.last_sync_at = now

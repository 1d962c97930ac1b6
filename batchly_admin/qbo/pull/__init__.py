"""Pull: QuickBooks' news to us, one type at a time, each pull harmless to repeat."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import sqlalchemy as sa

from batchly_admin.errors import InvalidInput, SyncError
from batchly_admin.models.sync import QbSyncStatus
from batchly_admin.qbo import crash, facts
from batchly_admin.qbo.client import Client
from batchly_admin.qbo.pull.base import Pull, PullResult, parse_cursor
from batchly_admin.qbo.pull.customers import pull_customers
from batchly_admin.qbo.pull.items import pull_items
from batchly_admin.qbo.pull.lists import (
    pull_company,
    pull_payment_methods,
    pull_tax_rates,
    pull_terms,
)
from batchly_admin.qbo.pull.payments import pull_payments
from batchly_admin.services.unit_of_work import SYSTEM, UnitOfWork, UnitOfWorks

__all__ = ["PULLS", "PullResult", "run"]

PULLS: dict[str, Callable[[Pull], None]] = {
    "customers": pull_customers,
    "items": pull_items,
    "payments": pull_payments,
    "tax_rates": pull_tax_rates,
    "terms": pull_terms,
    "payment_methods": pull_payment_methods,
    "company": pull_company,
}


def run(uows: UnitOfWorks, client: Client, sync_type: str) -> PullResult:
    """Make one pull; its state, its cursor and its figures stand in `qb_sync_status`.

    Raises:
        InvalidInput: there is no such type.
        SyncError: QuickBooks could not be read.
    """
    if sync_type not in PULLS:
        known = ", ".join(PULLS)
        raise InvalidInput(f"{sync_type} cannot be pulled; one of: {known}.", field="type")
    cursor = _start(uows, sync_type)
    pull = Pull(uows, client, PullResult(sync_type), cursor=parse_cursor(cursor))
    try:
        PULLS[sync_type](pull)
    except SyncError as error:
        _finish(uows, sync_type, error=error.message)
        raise
    except Exception as error:
        _finish(uows, sync_type, error=f"Internal error: {type(error).__name__}.")
        raise
    crash.point("pull.before_cursor")
    _finish(uows, sync_type, result=pull.result, cursor=pull.next_cursor)
    crash.point("pull.after_cursor")
    return pull.result


def _start(uows: UnitOfWorks, sync_type: str) -> str | None:
    with uows.begin(actor=SYSTEM, source="pull") as uow:
        row = _row(uow, sync_type)
        if row is None:
            return None
        row.sync_status = "in_progress"
        row.last_sync_at = uow.now()
        return row.last_sync_token


def _finish(
    uows: UnitOfWorks,
    sync_type: str,
    *,
    result: PullResult | None = None,
    cursor: str | None = None,
    error: str | None = None,
) -> None:
    with uows.begin(actor=SYSTEM, source="pull") as uow:
        row = _row(uow, sync_type)
        if row is None:
            return
        row.last_sync_at = uow.now()
        row.sync_status = "error" if error else "success"
        row.error_message = error[:1000] if error else None
        if result is not None:
            row.last_success_at = uow.now()
            row.records_synced = result.changed
            row.last_sync_token = cursor or row.last_sync_token
            _note_sync(uow, uow.now())


def _row(uow: UnitOfWork, sync_type: str) -> QbSyncStatus | None:
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

"""A history of the sync, written down row by row as tests need it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any

from batchly_admin.grid import windows
from batchly_admin.grid.filters import Selection
from batchly_admin.grid.registry import table
from batchly_admin.ids import new_id
from batchly_admin.models.sync import (
    QbConnection,
    SyncAttempt,
    SyncQueueRow,
)
from batchly_admin.reports.measures import Link
from batchly_admin.reports.periods import Period, last_days
from batchly_admin.services import outbox
from batchly_admin.services.unit_of_work import UnitOfWorks
from tests.given import ANN

NEW_YORK = "America/New_York"
TODAY = date(2026, 3, 4)
NOON = datetime(2026, 3, 4, 17, 0, tzinfo=UTC)
WEEK = last_days(7, today=TODAY, zone=NEW_YORK)
BEFORE = Period(date(2026, 2, 19), date(2026, 2, 25), NEW_YORK)
_numbers = count(1)


def queue_row(uows: UnitOfWorks, **values: Any) -> Any:
    """Write one row of the queue down as history left it."""
    with uows.begin(actor=ANN, source="sync") as uow:
        number = next(_numbers)
        row = SyncQueueRow(
            organization_id=outbox.organization_id(uow.session),
            **{
                "entity_type": "invoice",
                "entity_id": new_id(),
                "request_id": f"r{number}",
                "next_attempt_at": NOON,
                **values,
            },
        )
        uow.session.add(row)
        uow.session.flush()
        return row.id


def completed(uows: UnitOfWorks, at: datetime, seconds: float, **values: Any) -> Any:
    began = at - timedelta(seconds=seconds)
    return queue_row(uows, status="completed", created_at=began, completed_at=at, **values)


def failed(uows: UnitOfWorks, at: datetime, error_class: str, **values: Any) -> Any:
    return queue_row(
        uows,
        status="failed",
        created_at=at,
        first_failed_at=at,
        error_class=error_class,
        **values,
    )


def add(uows: UnitOfWorks, *records: Any) -> None:
    with uows.begin(actor=ANN, source="sync") as uow:
        uow.session.add_all(records)


def attempt(row_id: Any, at: datetime, error_class: str | None = None, **values: Any) -> Any:
    return SyncAttempt(
        queue_row_id=row_id,
        started_at=at,
        ended_at=at + timedelta(seconds=1),
        outcome="error" if error_class else "ok",
        error_class=error_class,
        **values,
    )


def connection(uows: UnitOfWorks, **values: Any) -> None:
    with uows.begin(actor=ANN, source="sync") as uow:
        uow.session.add(
            QbConnection(
                organization_id=outbox.organization_id(uow.session),
                **{
                    "company_id": "1",
                    "realm_id": "1",
                    "environment": "simulator",
                    "base_url": "http://127.0.0.1:1",
                    "connected_at": NOON - timedelta(days=60),
                    **values,
                },
            )
        )


def shown(uows: UnitOfWorks, found: Link) -> int:
    """Give how many rows the grid shows behind a figure."""
    with uows.read() as session:
        selection = Selection(found.filters)
        return windows.total(session, table(found.table), selection, today=TODAY)

"""The reports over a long history are read while somebody waits."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from batchly_admin.clock import SystemClock
from batchly_admin.ids import new_id
from batchly_admin.models.sync import (
    SyncAttempt,
    SyncQueueRow,
)
from batchly_admin.queries import sync_status
from batchly_admin.reports import (
    quickbooks_errors,
    quickbooks_performance,
)
from batchly_admin.reports.periods import last_days
from batchly_admin.services import outbox
from batchly_admin.services.unit_of_work import UnitOfWorks
from tests.given import ANN
from tests.sync_history import NEW_YORK, NOON, TODAY, WEEK

pytestmark = pytest.mark.bench


def fill(uows: UnitOfWorks, size: int) -> None:
    """Write many rows and their tries; every fiftieth failed."""
    with uows.begin(actor=ANN, source="sync") as uow:
        organization = outbox.organization_id(uow.session)
        rows, tries = [], []
        for number in range(size):
            at = NOON - timedelta(seconds=number * 60)
            row_id = new_id()
            rows.append(
                {
                    "id": row_id,
                    "organization_id": organization,
                    "entity_type": ("invoice", "customer", "payment")[number % 3],
                    "entity_id": row_id,
                    "label": "x",
                    "sync_direction": "push",
                    "operation": "create",
                    "status": "completed" if number % 50 else "failed",
                    "phase": "done",
                    "priority": 3,
                    "attempts": 1,
                    "max_attempts": 3,
                    "generation": 1,
                    "payload_version": 1,
                    "next_attempt_at": at,
                    "request_id": row_id.hex,
                    "created_at": at,
                    "updated_at": at,
                    "version": 1,
                    "completed_at": at + timedelta(seconds=2) if number % 50 else None,
                    "first_failed_at": None if number % 50 else at,
                    "error_class": None if number % 50 else "transient",
                }
            )
            tries.append(
                {
                    "id": new_id(),
                    "queue_row_id": row_id,
                    "number": 1,
                    "started_at": at,
                    "outcome": "ok" if number % 50 else "error",
                    "error_class": None if number % 50 else "transient",
                    "calls": 1,
                    "created_at": at,
                    "updated_at": at,
                    "version": 1,
                }
            )
        for model, values in ((SyncQueueRow, rows), (SyncAttempt, tries)):
            for start in range(0, size, 10_000):
                uow.session.execute(sa.insert(model), values[start : start + 10_000])


def test_a_hundred_thousand_rows_are_read_in_seconds(uows: UnitOfWorks) -> None:
    fill(uows, 100_000)
    period = last_days(90, today=TODAY, zone=NEW_YORK)
    clock = SystemClock()
    spent = {}
    with uows.read() as session:
        for name, work in (
            ("performance", lambda: quickbooks_performance.read(session, period)),
            ("errors", lambda: quickbooks_errors.read(session, period, period)),
            ("pulse", lambda: sync_status.pulse(session, NOON)),
            ("headline", lambda: quickbooks_performance.headline(session, WEEK)),
        ):
            began = clock.monotonic()
            work()
            spent[name] = clock.monotonic() - began
    print(spent)
    assert spent["performance"] < 6
    assert spent["errors"] < 3
    assert spent["pulse"] < 0.5
    assert spent["headline"] < 1.5

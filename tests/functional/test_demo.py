"""The demo shop with the simulator connected: what it shows as synced is in QuickBooks."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis as redis_client
import sqlalchemy as sa

from batchly_admin import demo
from batchly_admin.clock import SystemClock
from batchly_admin.db import make_engine
from batchly_admin.jobs.runtime import Runtime
from batchly_admin.models.billing import Invoice
from batchly_admin.models.catalogue import QbItem
from batchly_admin.models.sync import QbSyncStatus, SyncAttempt, SyncDifference, SyncQueueRow
from batchly_admin.qbo.auth import connect_simulator
from batchly_admin.services.unit_of_work import SYSTEM
from tests.demo_shop import runtime_of
from tests.servers import simulator_process

FAILURES = {
    ("customer", "duplicate", "6240"),
    ("invoice", "rejected", "6210"),
    ("invoice", "rejected", "2050"),
}


@pytest.fixture(scope="module")
def runtime(
    _sqlite_template: Path, _redis_url: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Runtime]:
    """A shop filled beside a simulator that had another company's books before."""
    folder = tmp_path_factory.mktemp("connected")
    shutil.copyfile(_sqlite_template, folder / "shop.sqlite3")
    connection = redis_client.Redis.from_url(_redis_url)
    with simulator_process(folder / "simulator", company="demo") as details:
        database = make_engine(f"sqlite:///{folder / 'shop.sqlite3'}")
        made = runtime_of(database, SystemClock(), connection)
        connect_simulator(made.uows, made.box, details)
        demo.fill(made)
        yield made
        made.dispose()


def failed(runtime: Runtime) -> set[tuple[str, str | None, str | None]]:
    with runtime.uows.read() as session:
        rows = session.scalars(sa.select(SyncQueueRow).where(SyncQueueRow.status == "failed"))
        return {(row.entity_type, row.error_class, row.error_code) for row in rows}


def rows(runtime: Runtime, status: str) -> list[SyncQueueRow]:
    with runtime.uows.read() as session:
        query = sa.select(SyncQueueRow).where(SyncQueueRow.status == status)
        return list(session.scalars(query.order_by(SyncQueueRow.label)))


def test_exactly_the_meant_failures_stand_there_in_plain_words(runtime: Runtime) -> None:
    assert failed(runtime) == FAILURES
    for row in rows(runtime, "failed"):
        assert row.attempts == 1
        assert (row.error_message or "").endswith((".", "5", "9"))
        assert row.error_hint
        with runtime.uows.read() as session:
            tried = session.scalars(
                sa.select(SyncAttempt).where(SyncAttempt.queue_row_id == row.id)
            ).one()
            assert tried.outcome == "error"
            assert tried.error_code == row.error_code


def test_an_invoice_waits_for_the_customer_that_failed(runtime: Runtime) -> None:
    [waiting] = rows(runtime, "blocked")
    [customer] = [row for row in rows(runtime, "failed") if row.entity_type == "customer"]
    assert waiting.depends_on_id == customer.id
    assert customer.label in (waiting.error_message or "")
    with runtime.uows.read() as session:
        invoice = session.get_one(Invoice, waiting.entity_id)
        assert (invoice.sync_state, invoice.customer_name) == ("blocked", customer.label)


def test_a_few_changes_are_still_on_their_way(runtime: Runtime) -> None:
    assert 3 <= len(rows(runtime, "pending")) <= 5


def test_the_status_page_has_something_to_tell(runtime: Runtime) -> None:
    with runtime.uows.read() as session:
        types = {row.sync_type: row for row in session.scalars(sa.select(QbSyncStatus))}
        items = session.scalar(sa.select(sa.func.count()).select_from(QbItem))
    assert set(types) >= {"customers", "items", "payments", "tax_rates", "company"}
    assert all(row.sync_status == "success" and row.last_success_at for row in types.values())
    assert items == 80
    assert len(rows(runtime, "completed")) > 600


def test_both_books_agree_once_the_pending_ones_are_gone(runtime: Runtime) -> None:
    runtime.engine.drain(seconds=20)
    found = runtime.engine.reconcile()
    assert found["equal"], found
    assert found["types"]["customer"]["ours"] == 299
    assert found["types"]["item"]["ours"] == 80
    assert found["types"]["invoice"]["ours"] > 180
    assert found["types"]["payment"]["ours"] > 100
    assert failed(runtime) == FAILURES
    assert rows(runtime, "pending") == []


def test_pulling_again_finds_nothing_that_differs(runtime: Runtime) -> None:
    for sync_type in ("payments", "customers", "items", "tax_rates"):
        runtime.engine.pull(sync_type)
    with runtime.uows.read() as session:
        found = list(session.scalars(sa.select(SyncDifference)))
    assert found == []


def test_a_retry_is_refused_again_for_the_same_reasons(runtime: Runtime) -> None:
    with runtime.uows.begin(actor=SYSTEM, source="grid", summary="Retry all") as uow:
        runtime.engine.retry_all(uow)
    runtime.engine.drain(seconds=20)
    found = failed(runtime)
    # The engine knows by now that the books are closed, and says so without asking.
    assert found == {item for item in FAILURES if item[2] != "6210"} | {
        ("invoice", "rejected", "check")
    }
    assert len(rows(runtime, "blocked")) == 1

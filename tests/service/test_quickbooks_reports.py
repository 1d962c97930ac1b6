"""The figures about the sync, against numbers worked out by hand, on both databases."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa

from batchly_admin.domain.statuses import SyncState
from batchly_admin.errors import InvalidInput
from batchly_admin.models.billing import Invoice
from batchly_admin.models.changes import AuditEvent
from batchly_admin.models.reconciling import Reconciliation
from batchly_admin.models.sync import (
    ApiUsage,
    QbConnection,
    QbSyncStatus,
    ScheduleSlot,
    SyncBatch,
    SyncDifference,
    SyncQueueRow,
    WebhookEvent,
)
from batchly_admin.models.watching import SyncRun
from batchly_admin.queries import sync_status
from batchly_admin.reports import (
    quickbooks_accuracy,
    quickbooks_errors,
    quickbooks_health,
    quickbooks_performance,
    quickbooks_usage,
)
from batchly_admin.reports.measures import percentile
from batchly_admin.reports.periods import Period, asked_for
from batchly_admin.services.unit_of_work import UnitOfWorks
from tests import given
from tests.given import ANN
from tests.sync_history import (
    BEFORE,
    NEW_YORK,
    NOON,
    TODAY,
    WEEK,
    add,
    attempt,
    completed,
    connection,
    failed,
    queue_row,
    shown,
)

# --- periods -------------------------------------------------------------------------------------


def test_a_period_is_made_of_whole_days_of_the_company() -> None:
    assert WEEK.start == datetime(2026, 2, 26, 5, 0, tzinfo=UTC)
    assert WEEK.end == datetime(2026, 3, 5, 5, 0, tzinfo=UTC)
    assert len(list(WEEK.days())) == WEEK.length == 7


def test_the_day_the_clocks_change_has_23_hours_and_belongs_to_one_day() -> None:
    sunday = Period(date(2026, 3, 8), date(2026, 3, 8), NEW_YORK)
    assert sunday.end - sunday.start == timedelta(hours=23)
    assert sunday.day_of(int(sunday.start.timestamp() * 1000)) == date(2026, 3, 8)
    assert sunday.day_of(int(sunday.end.timestamp() * 1000) - 1) == date(2026, 3, 8)


@pytest.mark.parametrize(
    "asked",
    [
        ("8", None, None),
        ("", "2026-02-31", "2026-03-01"),
        ("", "2026-03-02", "2026-03-01"),
        ("", "2024-01-01", "2026-03-01"),
        ("", None, "2026-03-01"),
        ("", "0001-01-01", "0001-01-02"),
        ("", "9999-12-31", "9999-12-31"),
    ],
)
def test_a_period_that_makes_no_sense_is_refused(asked: tuple[str, str | None, str | None]) -> None:
    with pytest.raises(InvalidInput):
        asked_for(*asked, today=TODAY, zone=NEW_YORK)


def test_without_a_wish_the_period_is_the_last_30_days() -> None:
    found = asked_for(None, None, None, today=TODAY, zone=NEW_YORK)
    assert (found.first, found.last) == (date(2026, 2, 3), TODAY)


@pytest.mark.parametrize(
    ("values", "half", "most"),
    [([], None, None), ([4], 4, 4), ([1, 2], 1, 2), (list(range(1, 101)), 50, 95)],
)
def test_percentiles_are_values_that_were_measured(
    values: list[int], half: int | None, most: int | None
) -> None:
    assert (percentile(values, 0.5), percentile(values, 0.95)) == (half, most)


# --- performance ---------------------------------------------------------------------------------


def test_an_empty_queue_has_no_rate_and_no_latency(uows: UnitOfWorks) -> None:
    with uows.read() as session:
        found = quickbooks_performance.read(session, WEEK)
    total = found.total
    assert (total.completed, total.success_rate, total.p50, total.longest) == (0, None, None, None)
    assert (found.types, found.backlog.count, found.backlog.oldest_at) == ((), 0, None)
    assert [day.completed for day in found.days] == [0] * 7


def test_success_and_latency_are_those_worked_out_by_hand(uows: UnitOfWorks) -> None:
    for seconds in (1, 2, 3, 50):
        completed(uows, NOON, seconds)
    completed(uows, NOON - timedelta(days=1), 0.25, entity_type="customer")
    failed(uows, NOON, "transient")
    failed(uows, NOON, "rejected")
    failed(uows, NOON, "missing")
    with uows.read() as session:
        found = quickbooks_performance.read(session, WEEK)
        short = quickbooks_performance.success(session, WEEK)
    total = found.total
    # 5 of 5 + 1; the two that QuickBooks refused for their data are counted apart.
    assert total.success_rate == short.rate == Decimal("83.33")
    assert (total.completed, total.failed_system, total.failed_data) == (5, 1, 2)
    # 250, 1000, 2000, 3000, 50000 ms: the third is the middle, the fifth the 95th percentile.
    assert (total.p50, total.p95, total.longest) == (2_000, 50_000, 50_000)
    assert {line.key: line.completed for line in found.types} == {"customer": 1, "invoice": 4}
    assert [day.completed for day in found.days] == [0, 0, 0, 0, 0, 1, 4]
    assert shown(uows, total.completed_rows) == 5
    assert shown(uows, total.failed_rows) == 3
    assert shown(uows, found.days[5].completed_rows) == 1


def test_a_period_has_its_first_moment_and_not_the_one_after_its_last(uows: UnitOfWorks) -> None:
    second = timedelta(milliseconds=1)
    for at in (WEEK.start - second, WEEK.start, WEEK.end - second, WEEK.end):
        completed(uows, at, 1)
    with uows.read() as session:
        found = quickbooks_performance.read(session, WEEK)
    assert found.total.completed == 2
    assert [day.completed for day in found.days] == [1, 0, 0, 0, 0, 0, 1]
    assert shown(uows, found.total.completed_rows) == 2


def test_the_same_moment_is_another_day_in_another_zone(uows: UnitOfWorks) -> None:
    completed(uows, datetime(2026, 3, 4, 1, 0, tzinfo=UTC), 1)
    days = {}
    for zone in (NEW_YORK, "UTC", "Asia/Kathmandu"):
        period = Period(date(2026, 3, 3), date(2026, 3, 4), zone)
        with uows.read() as session:
            found = quickbooks_performance.read(session, period)
        days[zone] = [day.completed for day in found.days]
    assert days == {NEW_YORK: [1, 0], "UTC": [0, 1], "Asia/Kathmandu": [0, 1]}


def test_tries_per_success_counts_every_try(uows: UnitOfWorks) -> None:
    row_id = completed(uows, NOON, 5)
    add(
        uows,
        attempt(row_id, NOON - timedelta(seconds=3), "transient"),
        attempt(row_id, NOON - timedelta(seconds=2), "transient"),
        attempt(row_id, NOON - timedelta(seconds=1)),
    )
    with uows.read() as session:
        found = quickbooks_performance.read(session, WEEK)
    assert (found.total.tries, found.total.tries_per_success) == (3, Decimal("3.00"))


def test_the_backlog_is_what_waits_and_the_oldest_of_it(uows: UnitOfWorks) -> None:
    queue_row(uows, status="pending", created_at=NOON - timedelta(minutes=3))
    queue_row(uows, status="blocked", created_at=NOON - timedelta(minutes=9))
    failed(uows, NOON - timedelta(days=3), "rejected")
    with uows.read() as session:
        found = quickbooks_performance.backlog(session)
    assert (found.count, found.oldest_at) == (2, NOON - timedelta(minutes=9))
    assert shown(uows, found.rows) == 2


# --- errors --------------------------------------------------------------------------------------


def test_errors_are_counted_by_cause_and_by_day(uows: UnitOfWorks) -> None:
    one, two = failed(uows, NOON, "rejected", error_code="6000"), completed(uows, NOON, 9)
    add(
        uows,
        attempt(one, NOON, "rejected", error_code="6000", message="Bad line"),
        attempt(two, NOON - timedelta(days=1), "transient", error_code="timeout"),
        attempt(two, NOON - timedelta(hours=1), "transient", error_code="timeout"),
        attempt(two, NOON),
        attempt(two, NOON - timedelta(days=8), "transient"),
    )
    with uows.read() as session:
        found = quickbooks_errors.read(session, WEEK, BEFORE)
    assert (found.tries, found.failed, found.before) == (4, 3, 1)
    assert [
        (cause.error_class, cause.error_code, cause.tries, cause.records, cause.is_data)
        for cause in found.causes
    ] == [("transient", "timeout", 2, 1, False), ("rejected", "6000", 1, 1, True)]
    assert found.causes[1].example == "Bad line"
    assert found.days[6].errors == {"rejected": 1, "transient": 1}
    assert found.days[5].errors == {"transient": 1}
    assert found.classes == ("transient", "rejected")
    assert shown(uows, found.rows) == 3
    assert [shown(uows, cause.rows) for cause in found.causes] == [2, 1]
    assert shown(uows, found.days[5].rows) == 1


def test_what_stands_failed_or_blocked_is_listed_however_old(uows: UnitOfWorks) -> None:
    failed(uows, NOON - timedelta(days=200), "duplicate")
    failed(uows, NOON, "duplicate")
    queue_row(uows, status="blocked", error_class=None)
    with uows.read() as session:
        found = quickbooks_errors.read(session, WEEK, BEFORE).standing
    assert [(one.status, one.error_class, one.count) for one in found] == [
        ("failed", "duplicate", 2),
        ("blocked", None, 1),
    ]
    assert found[0].since == NOON - timedelta(days=200)
    assert [shown(uows, one.rows) for one in found] == [2, 1]


# --- usage ---------------------------------------------------------------------------------------


def calls(day: date, endpoint: str, metering: str, result: str, number: int) -> ApiUsage:
    return ApiUsage(day=day, endpoint=endpoint, metering=metering, result=result, calls=number)


def test_usage_and_its_forecast_are_those_worked_out_by_hand(uows: UnitOfWorks) -> None:
    add(
        uows,
        calls(date(2026, 2, 28), "query", "coreplus", "ok", 1_000),
        calls(date(2026, 3, 1), "query", "coreplus", "ok", 90),
        calls(date(2026, 3, 4), "cdc", "coreplus", "ok", 10),
        calls(date(2026, 3, 4), "invoice", "core", "ok", 40),
        calls(date(2026, 3, 4), "invoice", "core", "429", 3),
        calls(date(2026, 3, 4), "invoice", "core", "no answer", 2),
        calls(date(2026, 3, 5), "invoice", "core", "ok", 99),
        calls(date(2026, 2, 25), "invoice", "core", "ok", 99),
    )
    with uows.read() as session:
        found = quickbooks_usage.read(session, WEEK, utc_day=TODAY)
    assert (found.calls, found.metered, found.too_many, found.failed) == (1145, 1100, 3, 5)
    # 100 in four of the 31 days of March: 100 * 31 / 4.
    assert (found.month.metered, found.month.unmetered, found.month.forecast) == (100, 45, 775)
    assert found.month.forecast_percent == Decimal("0.16")
    today = found.days[-1]
    assert (today.metered, today.unmetered, today.too_many, today.failed) == (10, 45, 3, 5)
    first = found.endpoints[0]
    assert (first.endpoint, first.metering, first.calls) == ("query", "coreplus", 1090)
    assert shown(uows, first.rows) == 2
    assert shown(uows, found.too_many_rows) == 1


def test_the_first_and_the_last_day_of_a_month_forecast_by_its_length(uows: UnitOfWorks) -> None:
    add(uows, calls(date(2028, 2, 1), "query", "coreplus", "ok", 7))
    with uows.read() as session:
        first = quickbooks_usage.month(session, date(2028, 2, 1))
        last = quickbooks_usage.month(session, date(2028, 2, 29))
        after = quickbooks_usage.month(session, date(2028, 3, 1))
    assert (first.forecast, last.forecast, after.forecast) == (7 * 29, 7, 0)


# --- accuracy ------------------------------------------------------------------------------------


def test_linked_and_lost_records_are_counted(uows: UnitOfWorks) -> None:
    given.customer(uows, "Linked", qb_customer_id="7", sync_state=SyncState.SYNCED.value)
    given.customer(uows, "Warned", qb_customer_id="8", sync_state=SyncState.WARNING.value)
    given.customer(uows, "Here only")
    with uows.read() as session:
        found = quickbooks_accuracy.read(session)
    kinds = {kind.entity_type: kind for kind in found.kinds}
    customers = kinds["customer"]
    assert (customers.total, customers.linked, customers.linked_percent) == (
        3,
        2,
        Decimal("66.67"),
    )
    assert (customers.in_step, customers.with_warning) == (1, 1)
    assert (kinds["invoice"].total, kinds["invoice"].linked_percent) == (0, None)
    assert (shown(uows, customers.rows), shown(uows, customers.warning_rows)) == (3, 1)
    assert shown(uows, customers.unlinked_rows) == 1


def issued(uows: UnitOfWorks) -> Any:
    return given.issued_invoice(uows)


def test_an_issued_invoice_that_nobody_queued_is_lost(uows: UnitOfWorks) -> None:
    issued(uows)
    with uows.read() as session:
        assert quickbooks_accuracy.read(session).lost == 0
    with uows.begin(actor=ANN, source="sync") as uow:
        uow.session.execute(sa.delete(SyncQueueRow).where(SyncQueueRow.entity_type == "invoice"))
    with uows.read() as session:
        assert quickbooks_accuracy.read(session).lost == 1


def test_an_invoice_from_before_the_first_day_of_sync_is_not_lost(uows: UnitOfWorks) -> None:
    issued(uows)
    with uows.begin(actor=ANN, source="sync") as uow:
        uow.session.execute(sa.delete(SyncQueueRow))
        day = uow.session.scalars(sa.select(Invoice.invoice_date)).one()
    given.setting(uows, "sync_start_date", (day + timedelta(days=1)).isoformat())
    with uows.read() as session:
        assert quickbooks_accuracy.read(session).lost == 0


def test_open_differences_are_grouped_and_decided_ones_left_out(uows: UnitOfWorks) -> None:
    add(
        uows,
        *(
            SyncDifference(entity_type="invoice", kind=kind, state=state, label="x")
            for kind, state in (
                ("amount", "open"),
                ("amount", "open"),
                ("double", "open"),
                ("amount", "ignored"),
            )
        ),
    )
    with uows.read() as session:
        found = quickbooks_accuracy.read(session)
    assert [(one.kind, one.count) for one in found.differences] == [("amount", 2), ("double", 1)]
    assert (found.open_differences, found.doubles) == (3, 1)
    assert shown(uows, found.doubles_rows) == 1
    assert [shown(uows, one.rows) for one in found.differences] == [2, 1]


# --- health --------------------------------------------------------------------------------------


def event(name: str, at: datetime) -> AuditEvent:
    return AuditEvent(actor_name="Batchly", event=name, created_at=at)


def health(uows: UnitOfWorks, crons: Mapping[str, str] | None = None) -> quickbooks_health.Health:
    with uows.read() as session:
        return quickbooks_health.read(session, WEEK, crons or {}, NOON)


def test_without_a_connection_health_says_so(uows: UnitOfWorks) -> None:
    found = health(uows, {"payments": "0 2 * * *"})
    assert (found.grant, found.up_percent, found.refreshed) == (None, Decimal("0.00"), 0)
    assert [one.is_late for one in found.freshness] == [False]


def test_time_connected_is_the_time_between_logins_and_their_ends(uows: UnitOfWorks) -> None:
    connection(uows)
    start = WEEK.start
    add(
        uows,
        event("qbo.connected", start - timedelta(days=3)),
        event("qbo.login_ended", start + timedelta(days=1)),
        event("qbo.connected", start + timedelta(days=2, hours=12)),
        event("qbo.token.renewed", start + timedelta(hours=1)),
        event("qbo.token.renewed", start + timedelta(days=3)),
    )
    found = health(uows)
    # From the 26th at midnight to noon of the 4th are 156 hours; 36 of them were without a login.
    assert found.up_percent == Decimal("76.92")
    assert [day.up_percent for day in found.days[:4]] == [100, 0, 50, 100]
    assert (found.refreshed, found.refused) == (2, 1)
    assert shown(uows, found.refresh_rows) == 2


def test_days_to_the_end_of_the_login_are_those_of_the_nearer_clock(uows: UnitOfWorks) -> None:
    connection(
        uows,
        refresh_token_expires_at=NOON + timedelta(days=90),
        refresh_token_hard_expires_at=NOON + timedelta(days=31, hours=2),
    )
    found = health(uows).grant
    assert found is not None
    assert found.days_left(NOON) == 31


@pytest.mark.parametrize(
    ("last", "now", "is_late"),
    [
        # Due at 02:00 in New York, which is 07:00 UTC.
        (datetime(2026, 3, 4, 7, 1, tzinfo=UTC), NOON, False),
        (datetime(2026, 3, 3, 7, 1, tzinfo=UTC), NOON, True),
        (None, NOON, True),
        (datetime(2026, 3, 3, 7, 1, tzinfo=UTC), datetime(2026, 3, 4, 7, 14, tzinfo=UTC), False),
    ],
)
def test_a_pull_is_late_a_quarter_of_an_hour_after_its_time(
    uows: UnitOfWorks, last: datetime | None, now: datetime, *, is_late: bool
) -> None:
    connection(uows)
    with uows.begin(actor=ANN, source="sync") as uow:
        found = uow.session.scalars(sa.select(QbConnection)).one()
        uow.session.add(
            QbSyncStatus(connection_id=found.id, sync_type="payments", last_success_at=last)
        )
    with uows.read() as session:
        [one] = quickbooks_health.freshness(session, {"payments": "0 2 * * *"}, now, NEW_YORK)
    assert one.is_late is is_late


def test_events_of_quickbooks_are_counted_by_what_became_of_them(uows: UnitOfWorks) -> None:
    for number, (state, seconds) in enumerate((("applied", 2), ("applied", 4), ("failed", 0))):
        add(
            uows,
            WebhookEvent(
                event_key=str(number),
                realm_id="1",
                entity_type="Payment",
                qbo_id="1",
                operation="Create",
                happened_at=NOON,
                created_at=NOON,
                handled_at=NOON + timedelta(seconds=seconds) if seconds else None,
                state=state,
            ),
        )
    found = health(uows).webhooks
    assert (found.received, found.median_delay) == (3, 2_000)
    assert [(state, shown(uows, rows)) for state, _number, rows in found.states] == [
        ("applied", 2),
        ("failed", 1),
    ]


# --- what the status page reads ------------------------------------------------------------------


def test_causes_of_seven_days_leave_older_ones_out(uows: UnitOfWorks) -> None:
    failed(uows, NOON - timedelta(days=1), "rejected", error_code="6000", error_message="Bad")
    failed(uows, NOON, "rejected", error_code="6000", entity_type="payment")
    failed(uows, NOON - timedelta(days=8), "rejected", error_code="6000")
    with uows.read() as session:
        [found] = sync_status.failed_causes(session, NOON)
    assert (found.count, found.types, found.error_code) == (2, ("invoice", "payment"), "6000")


def test_the_pulse_changes_with_the_queue_and_only_then(uows: UnitOfWorks) -> None:
    def marks() -> tuple[str, ...]:
        with uows.read() as session:
            return sync_status.pulse(session, NOON).marks

    before = marks()
    assert marks() == before
    queue_row(uows, status="pending")
    after = marks()
    assert after != before
    add(uows, SyncRun(kind="pull", state="done", started_at=NOON, finished_at=NOON))
    assert marks() != after


def test_what_happened_in_the_last_24_hours_is_counted_by_type(uows: UnitOfWorks) -> None:
    completed(uows, NOON - timedelta(hours=23), 1)
    completed(uows, NOON - timedelta(hours=25), 1)
    failed(uows, NOON - timedelta(hours=1), "rejected", entity_type="customer")
    pull = {"kind": "pull", "name": "terms", "finished_at": NOON}
    add(
        uows,
        SyncRun(**pull, state="done", ok=4, started_at=NOON - timedelta(hours=2)),
        SyncRun(**pull, state="failed", started_at=NOON - timedelta(hours=1)),
        SyncRun(**pull, state="done", ok=9, started_at=NOON - timedelta(hours=30)),
    )
    with uows.read() as session:
        assert sync_status.recent(session, NOON) == {"invoice": (1, 0), "customer": (0, 1)}
        assert sync_status.pulled_recently(session, NOON) == {"terms": (4, 1)}
        assert sync_status.last_sync_at(session) == NOON - timedelta(hours=23)
        assert [run.ok for run in sync_status.runs(session, limit=2)] == [0, 4]


def test_what_is_under_way_has_its_progress_and_what_just_ended_its_summary(
    uows: UnitOfWorks,
) -> None:
    began = NOON - timedelta(minutes=1)
    add(
        uows,
        SyncBatch(label="Going", total=10, done=3, ok=2, failed=1, created_at=began),
        SyncBatch(label="Empty", total=0, created_at=began),
        SyncBatch(label="Over", total=2, done=2, ok=2, created_at=began, finished_at=NOON),
        SyncBatch(
            label="Long over",
            total=2,
            done=2,
            created_at=began - timedelta(hours=1),
            finished_at=NOON - timedelta(minutes=3),
        ),
        ScheduleSlot(
            name="terms",
            slot_key="terms@1",
            due_at=began,
            state="done",
            started_at=began,
            finished_at=NOON,
        ),
        ScheduleSlot(name="items", slot_key="items@1", due_at=began, state="pending"),
        SyncRun(kind="pull", name="terms", state="done", ok=5, started_at=began, finished_at=NOON),
    )
    with uows.read() as session:
        found = {one.label: one for one in sync_status.progress(session, NOON)}
        assert sync_status.pulse(session, NOON).is_busy
    assert set(found) == {"Going", "Over", "terms", "items"}
    going = found["Going"]
    assert (going.done, going.total, going.ok, going.failed) == (3, 10, 2, 1)
    assert (found["Over"].is_over, going.is_over) == (True, False)
    assert (found["terms"].ok, found["items"].state) == (5, "pending")


def test_the_last_comparison_is_the_last_whole_one(uows: UnitOfWorks) -> None:
    tally = {"ours": 4, "theirs": 5, "equal": 3, "total_ours": "10.00", "total_theirs": "12.50"}
    add(
        uows,
        Reconciliation(
            state="finished",
            created_at=NOON - timedelta(minutes=1),
            finished_at=NOON,
            found=2,
            types={"invoice": tally},
        ),
        Reconciliation(state="failed", created_at=NOON, finished_at=NOON, message="No answer"),
    )
    with uows.read() as session:
        found = quickbooks_accuracy.read(session).comparison
        [fresh] = quickbooks_health.freshness(session, {"reconcile": "30 2 * * *"}, NOON, NEW_YORK)
    assert found is not None
    assert (found.compared, found.equal, found.equal_percent) == (4, 3, Decimal("75.00"))
    assert found.types[0].total_theirs == Decimal("12.50")
    assert (fresh.last_success_at, fresh.message) == (NOON, "No answer")

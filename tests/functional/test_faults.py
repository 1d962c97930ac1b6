from datetime import timedelta

import pytest

from batchly_admin.models.billing import Invoice
from batchly_admin.models.company import Notification
from batchly_admin.models.customers import Customer
from batchly_admin.models.sync import SyncQueueRow
from tests.functional.quickbooks import Quickbooks
from tests.functional.shop import Shop

UNKNOWN = [
    "no_answer",
    "timeout_after_apply",
    "reset_before",
    "reset_after_apply",
    "truncated",
    "html",
    "empty200",
    "http500",
    "http503",
]


def ready(shop: Shop) -> None:
    """Have customer and item in QuickBooks, so that the next call is the invoice's."""
    shop.invoice()
    shop.drain()


@pytest.mark.parametrize("kind", UNKNOWN)
def test_after_an_unknown_outcome_the_second_try_makes_no_second_document(
    shop: Shop, quickbooks: Quickbooks, kind: str
) -> None:
    ready(shop)
    quickbooks.fault(kind)
    invoice_id = shop.invoice()

    shop.drain()

    row = shop.row(invoice_id)
    assert (row.status, row.attempts, row.error_class) == ("pending", 1, "transient")
    assert row.sent_at is not None
    assert shop.get(Invoice, invoice_id).sync_state == "pending"
    shop.later(34)
    shop.drain()

    row = shop.row(invoice_id)
    assert (row.status, row.attempts) == ("completed", 2)
    (document,) = quickbooks.marked(invoice_id)
    assert document["TotalAmt"] == shop.get(Invoice, invoice_id).total_amount
    assert [attempt.outcome for attempt in shop.attempts(invoice_id)] == ["error", "ok"]


def test_an_answer_lost_for_longer_than_a_day_is_looked_for_first(
    shop: Shop, quickbooks: Quickbooks
) -> None:
    ready(shop)
    quickbooks.fault("reset_after_apply")
    invoice_id = shop.invoice()
    shop.drain()
    with shop.begin() as uow:
        # Intuit has forgotten the request id: to it, this is a new one.
        uow.session.get(SyncQueueRow, shop.row(invoice_id).id).request_id = "forgotten"
    shop.later(25 * 3600)

    shop.drain()

    assert shop.row(invoice_id).status == "completed"
    assert len(quickbooks.marked(invoice_id)) == 1


def test_tries_go_at_0_30_and_120_seconds_and_there_is_no_fourth(
    shop: Shop, quickbooks: Quickbooks
) -> None:
    ready(shop)
    quickbooks.fault("http503", count=10)
    invoice_id = shop.invoice()

    waits = []
    for _ in range(3):
        started = shop.uows.clock.now()
        shop.drain()
        waits.append((shop.row(invoice_id).next_attempt_at - started).total_seconds())
        shop.later(133)

    row = shop.row(invoice_id)
    assert 27 <= waits[0] <= 33
    assert 108 <= waits[1] <= 132
    assert (row.status, row.attempts) == ("failed", 3)
    assert "Retry" in (row.error_hint or "")
    assert shop.get(Invoice, invoice_id).sync_state == "failed"
    shop.later(86400)
    assert shop.drain().claimed == 0

    quickbooks.heal()
    with shop.begin() as uow:
        shop.engine.retry(uow, [row.id])
    shop.drain()
    assert shop.row(invoice_id).status == "completed"
    assert shop.row(invoice_id).request_id == row.request_id, "its outcome was never known"
    assert len(quickbooks.marked(invoice_id)) == 1


@pytest.mark.parametrize("kind", ["http429", "xml"])
def test_a_slow_down_uses_no_try_and_holds_everybody_back(
    shop: Shop, quickbooks: Quickbooks, kind: str
) -> None:
    ready(shop)
    quickbooks.fault(kind)
    first, second = shop.invoice(), shop.invoice()

    assert not shop.drain()

    assert (shop.row(first).status, shop.row(first).attempts) == ("pending", 0)
    assert (shop.row(second).status, shop.row(second).attempts) == ("pending", 0)
    assert shop.drain().claimed == 0
    with shop.uows.read() as session:
        assert "slow down" in shop.engine.status(session)["connection"]["words"]
    shop.later(61)
    shop.forget_pace()
    shop.drain()

    assert shop.row(first).status == shop.row(second).status == "completed"
    assert shop.row(first).attempts == 1
    assert len(quickbooks.marked(first)) == 1


def test_an_outage_costs_no_document_a_try_and_ends_by_itself(
    shop: Shop, quickbooks: Quickbooks
) -> None:
    ready(shop)
    quickbooks.fault("http503", count=1000)
    invoices = [shop.invoice() for _ in range(8)]

    assert not shop.drain()

    connection = shop.connection()
    assert connection.breaker_opened_count == 1
    assert connection.breaker_open_until is not None
    assert connection.breaker_open_until - shop.uows.clock.now() == timedelta(seconds=30)
    assert {shop.row(key).attempts for key in invoices} == {0}
    assert {shop.row(key).status for key in invoices} == {"pending"}
    assert shop.drain().claimed == 0

    for seconds in (30, 60, 120, 240, 300, 300):
        opened = shop.connection().breaker_open_until
        assert opened is not None
        assert opened - shop.uows.clock.now() == timedelta(seconds=seconds)
        shop.later(seconds)
        assert shop.drain().claimed == 1, "one row goes ahead"

    quickbooks.heal()
    shop.later(300)
    assert shop.engine.sweep() > 0
    shop.drain()

    assert {shop.row(key).status for key in invoices} == {"completed"}
    assert all(len(quickbooks.marked(key)) == 1 for key in invoices)
    assert shop.connection().breaker_opened_count == 0


def test_a_row_that_always_fails_does_not_keep_the_others_waiting(
    shop: Shop, quickbooks: Quickbooks
) -> None:
    ready(shop)
    poison = [shop.invoice(number=f"BAD-{'9' * 30}{number}") for number in range(3)]
    healthy = [shop.invoice() for _ in range(5)]

    result = shop.drain()

    assert result.failed == 3
    assert {shop.row(key).status for key in poison} == {"failed"}
    assert {shop.row(key).status for key in healthy} == {"completed"}
    assert quickbooks.marked(poison[0]) == []


def test_a_fault_in_a_success_is_a_fault(shop: Shop, quickbooks: Quickbooks) -> None:
    ready(shop)
    quickbooks.fault("fault200")
    invoice_id = shop.invoice()

    shop.drain()

    row = shop.row(invoice_id)
    assert (row.status, row.error_class, row.error_code) == ("failed", "rejected", "6000")
    with shop.begin() as uow:
        shop.engine.retry(uow, [row.id])
    shop.drain()
    assert len(quickbooks.marked(invoice_id)) == 1


def test_a_subscription_that_ended_parks_the_company_and_asks_for_no_login(
    shop: Shop, quickbooks: Quickbooks
) -> None:
    ready(shop)
    quickbooks.fault("subscription_lapsed")
    invoice_id = shop.invoice()

    assert not shop.drain()

    row = shop.row(invoice_id)
    assert (row.status, row.attempts) == ("pending", 0)
    assert "subscription" in (row.error_message or "")
    assert shop.connection().state == "connected"
    shop.later(301)
    shop.drain()
    assert shop.row(invoice_id).status == "completed"


def test_an_access_token_taken_back_early_is_renewed_without_a_try(
    shop: Shop, quickbooks: Quickbooks
) -> None:
    ready(shop)
    quickbooks.fault("expired_token")
    invoice_id = shop.invoice()

    shop.drain()

    row = shop.row(invoice_id)
    assert (row.status, row.attempts) == ("completed", 1)


def test_a_grant_taken_back_blocks_everything_until_somebody_connects_again(
    shop: Shop, quickbooks: Quickbooks
) -> None:
    ready(shop)
    quickbooks.disconnect()
    invoice_id = shop.invoice()

    assert not shop.drain()

    assert shop.connection().state == "reconnect"
    row = shop.row(invoice_id)
    assert (row.status, row.error_class, row.attempts) == ("blocked", "login", 0)
    assert "connect again" in shop.get(Invoice, invoice_id).sync_note
    told = [item for item in shop.all(Notification) if item.kind == "quickbooks_reconnect"]
    assert len(told) == 1
    another = shop.invoice()
    shop.drain()
    assert shop.row(another).status == "blocked"
    assert len(shop.all(Notification)) == 1, "it is said once"

    quickbooks.grant_again(shop)
    shop.drain()

    assert shop.row(invoice_id).status == shop.row(another).status == "completed"
    assert shop.get(Invoice, invoice_id).sync_state == "synced"


def test_redis_gone_slows_us_down_and_stops_nothing(shop: Shop, quickbooks: Quickbooks) -> None:
    invoice_id = shop.invoice()
    away = Shop(shop.uows, shop.details, "redis://127.0.0.1:1/0")
    engine = away.engine

    assert shop.drain(engine).failed == 0

    assert shop.row(invoice_id).status == "completed"
    assert len(quickbooks.marked(invoice_id)) == 1


def test_a_closed_period_is_refused_before_anything_is_sent(
    shop: Shop, quickbooks: Quickbooks
) -> None:
    ready(shop)
    quickbooks.close_books("2026-03-31")
    shop.engine.pull("company")
    invoice_id = shop.invoice()

    shop.drain()

    assert shop.row(invoice_id).status == "failed"
    assert "closed up to 2026-03-31" in (shop.row(invoice_id).error_message or "")
    assert quickbooks.marked(invoice_id) == []


def test_a_customer_made_inactive_there_is_named_and_helped(
    shop: Shop, quickbooks: Quickbooks
) -> None:
    ready(shop)
    customer = shop.all(Customer)[0]
    quickbooks.update("Customer", customer.qb_customer_id, {"Active": False})
    invoice_id = shop.invoice()

    shop.drain()

    row = shop.row(invoice_id)
    assert (row.status, row.error_class) == ("failed", "rejected")
    assert "inactive" in f"{row.error_message} {row.error_hint}"


def test_no_row_is_ever_completed_without_an_id(shop: Shop) -> None:
    for _ in range(3):
        shop.invoice()
    shop.drain()

    rows: list[SyncQueueRow] = [row for row in shop.rows() if row.status == "completed"]

    assert rows
    assert all(row.qbo_id for row in rows)


def test_a_new_document_that_is_called_stale_is_tried_again(
    shop: Shop, quickbooks: Quickbooks
) -> None:
    ready(shop)
    quickbooks.fault("stale")
    invoice_id = shop.invoice()
    shop.drain()
    row = shop.row(invoice_id)
    assert (row.status, row.error_code) == ("pending", "5010")
    shop.later(34)
    shop.drain()
    assert shop.row(invoice_id).status == "completed"
    assert len(quickbooks.marked(invoice_id)) == 1


def test_a_token_refused_right_after_it_was_renewed_ends_no_login(
    shop: Shop, quickbooks: Quickbooks
) -> None:
    ready(shop)
    quickbooks.fault("expired_token", count=2)
    invoice_id = shop.invoice()
    shop.drain()
    assert shop.connection().state == "connected"
    row = shop.row(invoice_id)
    assert (row.status, row.error_class, row.error_code) == ("pending", "transient", "3200")
    shop.later(34)
    shop.drain()
    assert shop.row(invoice_id).status == "completed"
    assert len(quickbooks.marked(invoice_id)) == 1

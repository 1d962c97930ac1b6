"""Many documents in one call: faster, and still each exactly once, whatever happens to the call."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from batchly_admin.models.billing import Invoice
from batchly_admin.models.catalogue import Product
from batchly_admin.models.sync import SyncQueueRow
from batchly_admin.qbo.throttle import Pace
from tests.functional.quickbooks import Quickbooks
from tests.functional.shop import Shop


def settled(shop: Shop) -> tuple[UUID, UUID]:
    """Give a customer and a product that are in QuickBooks."""
    ann, flyer = shop.customer("Ann Smith"), shop.product("Flyer A5")
    shop.invoice(ann, [(flyer, "1", "1.00")])
    shop.drain()
    return ann, flyer


def many(shop: Shop, count: int) -> list[UUID]:
    ann, flyer = settled(shop)
    return [shop.invoice(ann, [(flyer, "7", f"{n + 1}.0050")]) for n in range(count)]


def heard(quickbooks: Quickbooks, route: str) -> list[dict[str, Any]]:
    found = quickbooks.control("GET", f"requests?limit=1000&route={route}")["requests"]
    return [dict(one) for one in found]


def calls(quickbooks: Quickbooks, route: str) -> int:
    return len(heard(quickbooks, route))


def wait(shop: Shop, seconds: float) -> None:
    """Let time pass on both clocks: ours, and the one by which the pace is kept."""
    shop.later(seconds)
    shop.forget_pace()


def check(shop: Shop, quickbooks: Quickbooks, invoices: list[UUID]) -> None:
    for invoice_id in invoices:
        invoice = shop.get(Invoice, invoice_id)
        (document,) = quickbooks.marked(invoice_id)
        assert shop.row(invoice_id).status == "completed"
        assert invoice.sync_state == "synced"
        assert (document["Id"], document["DocNumber"], document["TotalAmt"]) == (
            invoice.qb_invoice_id,
            invoice.invoice_number,
            invoice.total_amount,
        )


def test_a_few_go_one_by_one(shop: Shop, quickbooks: Quickbooks) -> None:
    invoices = many(shop, 19)
    shop.drain()
    check(shop, quickbooks, invoices)
    assert calls(quickbooks, "batch.send") == 0


def test_many_go_in_batches_of_twenty_five(shop: Shop, quickbooks: Quickbooks) -> None:
    invoices = many(shop, 50)
    result = shop.drain()
    assert (result.completed, result.left) == (50, 0)
    check(shop, quickbooks, invoices)
    assert calls(quickbooks, "batch.send") == 2


def test_each_row_keeps_its_own_words_of_the_call(shop: Shop, quickbooks: Quickbooks) -> None:
    invoices = many(shop, 20)
    shop.drain()
    for invoice_id in invoices:
        (attempt,) = shop.attempts(invoice_id)
        number = shop.get(Invoice, invoice_id).invoice_number
        assert attempt.request["DocNumber"] == number
        assert attempt.answer["Invoice"]["DocNumber"] == number
        assert attempt.intuit_tid
        assert attempt.http_status == 200


def test_one_that_is_refused_spoils_no_other(shop: Shop, quickbooks: Quickbooks) -> None:
    ann, flyer = settled(shop)
    taken = shop.invoice(ann, [(flyer, "1", "3.00")], number="INV-7000")
    other = quickbooks.create("Customer", {"DisplayName": "Somebody Else"})["Id"]
    quickbooks.invoice("INV-7000", other, shop.get(Product, flyer).qb_item_id, amount="9.00")
    others = [shop.invoice(ann, [(flyer, "7", "2.00")]) for _ in range(24)]
    shop.drain()
    assert shop.row(taken).status == "failed"
    assert shop.row(taken).error_code == "6140"
    check(shop, quickbooks, others)
    assert calls(quickbooks, "batch.send") == 1


def test_what_waits_for_its_customer_goes_in_the_next_round(
    shop: Shop, quickbooks: Quickbooks
) -> None:
    _, flyer = settled(shop)
    people = [shop.customer(f"Customer {n}") for n in range(30)]
    invoices = [shop.invoice(person, [(flyer, "1", "5.00")]) for person in people]
    assert shop.drain().left == 0
    check(shop, quickbooks, invoices)
    for number in range(30):
        assert len(quickbooks.find("Customer", f"DisplayName = 'Customer {number}'")) == 1


@pytest.mark.parametrize(
    "kind", ["timeout_after_apply", "reset_after_apply", "http500_after_apply", "truncated"]
)
def test_an_answer_that_is_lost_doubles_nothing(
    shop: Shop, quickbooks: Quickbooks, kind: str
) -> None:
    invoices = many(shop, 30)
    quickbooks.fault(kind, route="batch.send")
    shop.drain()
    wait(shop, 40)
    assert shop.drain().left == 0
    check(shop, quickbooks, invoices)


def test_a_batch_that_never_arrived_goes_again_under_its_name(
    shop: Shop, quickbooks: Quickbooks
) -> None:
    invoices = many(shop, 25)
    quickbooks.fault("reset_before", route="batch.send")
    shop.drain()
    waiting = [row for row in shop.rows() if row.status == "pending"]
    assert len(waiting) == 25
    assert {row.attempts for row in waiting} == {1}
    (group,) = {row.group_id for row in waiting}
    wait(shop, 40)
    shop.drain()
    check(shop, quickbooks, invoices)
    assert {one["query"]["requestid"] for one in heard(quickbooks, "batch.send")} == {group}


def test_one_lost_batch_is_one_failure_of_quickbooks(shop: Shop, quickbooks: Quickbooks) -> None:
    many(shop, 25)
    quickbooks.fault("http503", route="batch.send")
    shop.drain()
    connection = shop.connection()
    assert connection.breaker_failures == 1
    assert connection.breaker_open_until is None


def test_rows_of_a_lost_batch_that_are_due_apart_are_still_made_once(
    shop: Shop, quickbooks: Quickbooks
) -> None:
    invoices = many(shop, 25)
    quickbooks.fault("reset_after_apply", route="batch.send")
    shop.drain()
    with shop.begin() as uow:
        for invoice_id in invoices[:10]:
            row = uow.session.get(SyncQueueRow, shop.row(invoice_id).id)
            row.next_attempt_at = uow.now()
    wait(shop, 0)
    shop.drain()
    check(shop, quickbooks, invoices[:10])
    wait(shop, 40)
    shop.drain()
    check(shop, quickbooks, invoices)


def test_one_that_was_not_in_the_batch_that_arrived_is_sent_by_itself(
    shop: Shop, quickbooks: Quickbooks
) -> None:
    invoices = many(shop, 25)
    quickbooks.fault("reset_before", route="batch.send")
    shop.drain()
    # The first ten go again alone, so QuickBooks knows the batch's name for these ten only.
    with shop.begin() as uow:
        for invoice_id in invoices[:10]:
            row = uow.session.get(SyncQueueRow, shop.row(invoice_id).id)
            row.next_attempt_at = uow.now()
    wait(shop, 0)
    shop.drain()
    wait(shop, 40)
    shop.drain()
    check(shop, quickbooks, invoices)


def test_a_slow_down_uses_no_try(shop: Shop, quickbooks: Quickbooks) -> None:
    invoices = many(shop, 25)
    quickbooks.fault("http429", route="batch.send")
    shop.drain()
    assert {shop.row(one).attempts for one in invoices} == {0}
    wait(shop, 70)
    shop.drain()
    check(shop, quickbooks, invoices)


def test_a_login_that_ended_blocks_all_of_them(shop: Shop, quickbooks: Quickbooks) -> None:
    invoices = many(shop, 25)
    quickbooks.fault("revoked_grant", route="batch.send")
    shop.drain()
    states = {(shop.row(one).status, shop.row(one).attempts) for one in invoices}
    assert states == {("blocked", 0)}


def test_without_a_turn_for_batches_single_calls_go_on(shop: Shop, quickbooks: Quickbooks) -> None:
    invoices = many(shop, 40)
    slow = Pace(per_second=10_000, burst=10_000, per_minute=1_000_000, batches_per_minute=1)
    shop.drain(shop.new_engine(pace=slow))
    check(shop, quickbooks, invoices)
    assert calls(quickbooks, "batch.send") == 1
    assert calls(quickbooks, "invoice.create") >= 15


def test_payments_go_together_too(shop: Shop, quickbooks: Quickbooks) -> None:
    invoices = many(shop, 21)
    shop.drain()
    payments = [shop.payment(one, "1.00") for one in invoices]
    assert shop.drain().left == 0
    assert {shop.row(one).status for one in payments} == {"completed"}
    assert calls(quickbooks, "batch.send") == 2
    found = quickbooks.find("Payment")
    assert sum((one["TotalAmt"] for one in found), Decimal(0)) == 21

"""The two books laid beside each other: what differs is found, what only moves is not."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from batchly_admin.errors import Conflict, Reconnect, SyncError, Transient
from batchly_admin.models.billing import Invoice, Payment
from batchly_admin.models.catalogue import Product
from batchly_admin.models.customers import Customer
from batchly_admin.models.reconciling import Reconciliation
from batchly_admin.models.sync import QbConnection, SyncDifference
from batchly_admin.services import difference_repairs, repairing, settings
from tests.functional.planted import KINDS, Garden
from tests.functional.quickbooks import Quickbooks
from tests.functional.shop import Shop


@pytest.fixture
def garden(shop: Shop, quickbooks: Quickbooks) -> Garden:
    return Garden(shop, quickbooks)


def run(garden: Garden) -> dict[str, Any]:
    found: dict[str, Any] = garden.shop.engine.reconcile()
    return found


def last(shop: Shop) -> Reconciliation:
    found: Reconciliation = shop.all(Reconciliation)[-1]
    return found


# --- what goes wrong ---------------------------------------------------------------------------


def test_a_failure_in_the_middle_leaves_everything_as_it_was(garden: Garden) -> None:
    garden.grow(4)
    garden.voided()
    run(garden)
    before = [(row.id, row.state, row.last_seen_at) for row in garden.shop.all(SyncDifference)]
    garden.number()
    pages: list[int] = []

    def break_after_three() -> bool:
        pages.append(1)
        if len(pages) == 3:
            garden.quickbooks.fault("http500", route="query.read", count=50)
        return False

    garden.shop.engine._should_stop = break_after_three

    with pytest.raises(SyncError):
        run(garden)

    after = [(row.id, row.state, row.last_seen_at) for row in garden.shop.all(SyncDifference)]
    assert after == before
    failed = last(garden.shop)
    assert (failed.state, failed.types, failed.found) == ("failed", None, 0)
    assert failed.message
    garden.quickbooks.heal()
    run(garden)
    assert garden.found() == garden.planted


def test_without_a_connection_it_says_so_and_writes_nothing_else(lonely_shop: Shop) -> None:
    with pytest.raises(Reconnect):
        lonely_shop.engine.reconcile()
    assert last(lonely_shop).state == "failed"
    assert lonely_shop.all(SyncDifference) == []


def test_an_open_breaker_is_left_alone(garden: Garden) -> None:
    garden.grow(1)
    connection = garden.shop.connection()
    later = garden.shop.uows.clock.now() + timedelta(minutes=5)
    garden.set(QbConnection, connection.id, breaker_opened_count=1, breaker_open_until=later)
    with pytest.raises(Transient):
        run(garden)
    assert last(garden.shop).state == "failed"
    garden.shop.later(301)
    assert run(garden)["equal"]


def test_only_one_runs_at_a_time_and_a_cut_off_one_is_no_hindrance(garden: Garden) -> None:
    garden.grow(1)
    garden.set(
        Reconciliation,
        last(garden.shop).id,
        state="running",
        lease_until=garden.shop.uows.clock.now() + timedelta(minutes=5),
    )
    with pytest.raises(Conflict):
        run(garden)
    garden.shop.later(301)
    assert run(garden)["equal"]
    states = [row.state for row in garden.shop.all(Reconciliation)]
    assert states == ["failed", "finished"]


def test_a_stop_ends_it_without_a_result(garden: Garden) -> None:
    garden.grow(1)
    garden.number()
    garden.shop.engine._should_stop = lambda: True
    with pytest.raises(Transient, match="stopped"):
        run(garden)
    assert garden.shop.all(SyncDifference) == []
    garden.shop.engine._should_stop = lambda: False
    run(garden)
    assert garden.found() == garden.planted


def test_what_is_on_its_way_is_no_difference_and_keeps_what_was_known(garden: Garden) -> None:
    garden.grow(2)
    waiting = garden.shop.invoice()
    garden.deleted()
    found = run(garden)
    assert found["differences"] == 1
    assert found["types"]["invoice"]["on_the_way"] == 1
    assert str(waiting) not in {row.entity_id for row in garden.shop.all(SyncDifference)}
    (row,) = garden.rows("deleted")
    with garden.shop.begin() as uow:
        difference_repairs.repair(uow, row.id, "push_again")

    assert run(garden)["differences"] == 0
    (row,) = garden.rows("deleted")
    assert row.state == "repaired"


def test_a_repair_that_did_not_help_opens_the_difference_again(garden: Garden) -> None:
    garden.grow(2)
    garden.inactive()
    run(garden)
    (row,) = garden.rows("inactive")
    with garden.shop.begin() as uow:
        difference_repairs.repair(uow, row.id, "keep_ours")
    garden.shop.drain()
    garden.quickbooks.update("Customer", row.qbo_id, {"Active": False})

    found = run(garden)

    assert (found["differences"], found["new_differences"]) == (1, 0)
    (row,) = garden.rows("inactive")
    assert row.state == "open"
    assert "Still there" in (row.note or "")


def test_a_repair_that_does_not_fit_is_refused(garden: Garden) -> None:
    garden.grow(2)
    garden.amount()
    run(garden)
    (row,) = garden.rows("amount")
    for how in ("push_again", "link", "take_theirs", "keep_ours", "nonsense"):
        with garden.shop.begin() as uow, pytest.raises(Conflict, match="never changes"):
            difference_repairs.repair(uow, row.id, how)
    with garden.shop.begin() as uow:
        repairing.review(uow, row.id, "Agreed with the customer.")
    with garden.shop.begin() as uow, pytest.raises(Conflict, match="decided"):
        difference_repairs.repair(uow, row.id, "accept")


# --- what is found -----------------------------------------------------------------------------


def test_every_kind_is_found_and_nothing_else_and_not_twice(garden: Garden) -> None:
    garden.grow(26)
    for plant in KINDS * 2:
        plant(garden)

    first = run(garden)

    assert garden.found() == garden.planted
    listed = sum(kind == "made_there" for _, kind, _ in garden.planted)
    assert first["differences"] == first["new_differences"] == len(garden.planted) - listed
    assert all(row.advice and row.last_seen_at for row in garden.shop.all(SyncDifference))
    garden.shop.later(60)
    second = run(garden)
    assert (second["new_differences"], second["settled"]) == (0, 0)
    assert garden.found() == garden.planted
    assert {row.last_seen_at for row in garden.shop.all(SyncDifference)} == {
        garden.shop.uows.clock.now()
    }


def test_the_figures_of_both_sides_stand_by_type_and_month(garden: Garden) -> None:
    garden.grow(3)
    invoice = garden.take()
    garden.pay(invoice, "4.00")
    garden.shop.drain()
    found = run(garden)["types"]
    assert found["invoice"]["ours"] == found["invoice"]["theirs"] == 3
    assert found["invoice"]["total_ours"] == found["invoice"]["total_theirs"] == "27.00"
    assert found["invoice"]["balance_ours"] == found["invoice"]["balance_theirs"] == "23.00"
    assert found["payment"]["total_theirs"] == "4.00"
    month = {"count": 3, "total": "27.00", "balance": "23.00"}
    assert found["invoice"]["months"] == {"2026-03": {"ours": month, "theirs": month}}


def test_what_is_older_than_the_start_date_is_not_looked_at(garden: Garden) -> None:
    garden.grow(2)
    garden.voided()
    with garden.shop.begin() as uow:
        settings.put(uow, "sync_start_date", "2026-03-05")
    found = run(garden)
    assert found["equal"]
    assert found["types"]["invoice"]["ours"] == 0


def test_a_change_while_both_books_are_read_is_no_difference(garden: Garden) -> None:
    """The page is read before our row: whoever pays in between must not be told of."""
    garden.grow(2)
    invoice = garden.take()
    paid: list[bool] = []

    def pay_once() -> bool:
        if not paid:
            paid.append(True)
            garden.pay(invoice, "4.00")
            garden.shop.drain(garden.shop.new_engine())
        return False

    garden.shop.engine._should_stop = pay_once
    assert run(garden)["equal"]
    assert paid
    assert run(garden)["equal"]


def test_what_vanished_is_settled_by_itself(garden: Garden) -> None:
    garden.grow(3)
    garden.number()
    garden.date()
    run(garden)
    (row,) = garden.rows("number")
    invoice = garden.invoice_of(row)
    assert invoice.sync_state == "warning"
    garden.change(invoice, {"DocNumber": invoice.invoice_number})

    found = run(garden)

    assert (found["settled"], found["differences"]) == (1, 1)
    (row,) = garden.rows("number")
    assert (row.state, row.note) == ("resolved", "Settled by itself.")
    assert garden.invoice_of(row).sync_state == "synced"


def test_what_was_accepted_is_told_again_only_when_it_changes(garden: Garden) -> None:
    garden.grow(2)
    garden.date()
    run(garden)
    (row,) = garden.rows("date")
    with garden.shop.begin() as uow:
        repairing.review(uow, row.id, "The accountant wants it so.")
    found = run(garden)
    assert (found["equal"], found["accepted"], found["new_differences"]) == (True, 1, 0)

    garden.change(garden.invoice_of(row), {"TxnDate": "2026-03-06"})

    assert run(garden)["new_differences"] == 1
    assert [(row.theirs, row.state) for row in garden.rows("date")] == [
        ("2026-03-05", "ignored"),
        ("2026-03-06", "open"),
    ]


# --- what repairs it ---------------------------------------------------------------------------


def test_each_kind_is_repaired_and_the_next_run_is_clean(garden: Garden) -> None:
    garden.grow(16)
    for plant in KINDS:
        plant(garden)
    run(garden)
    ways = {
        "missing_there": "push_again",
        "deleted": "push_again",
        "unlinked": "link",
        "merged": "link",
        "voided": "take_theirs",
        "missing_here": "take_theirs",
        "inactive": "keep_ours",
    }
    for row in garden.shop.all(SyncDifference):
        if row.kind == "missing_here" and row.entity_type == "customer":
            continue
        with garden.shop.begin() as uow:
            if row.kind in ways:
                difference_repairs.repair(uow, row.id, ways[row.kind])
    _put_right_in_quickbooks(garden)
    garden.shop.drain()
    assert not garden.shop.engine.work_repairs(seconds=30)
    assert not garden.shop.engine.read_webhooks(seconds=30)
    garden.shop.drain()

    found = run(garden)

    left = garden.found()
    assert {kind for _, kind, _ in left} == {"made_there"}, left
    assert found["equal"]


def _put_right_in_quickbooks(garden: Garden) -> None:
    """Do what the advice says of documents that never change here."""
    for row in garden.shop.all(SyncDifference):
        if row.kind in ("amount", "customer", "number", "date", "lines", "balance"):
            invoice = garden.invoice_of(row)
            lines = [
                {
                    "Amount": float(amount),
                    "Description": f"Line {place}",
                    "DetailType": "SalesItemLineDetail",
                    "SalesItemLineDetail": {
                        "ItemRef": {"value": item},
                        "Qty": quantity,
                        "UnitPrice": float(amount) / quantity,
                        "TaxCodeRef": {"value": "NON"},
                    },
                }
                for place, (item, quantity, amount) in enumerate(
                    zip(_items(garden), (3, 2), ("4.50", "4.50"), strict=True), 1
                )
            ]
            garden.change(
                invoice,
                {
                    "DocNumber": invoice.invoice_number,
                    "TxnDate": invoice.invoice_date.isoformat(),
                    "CustomerRef": {"value": garden.ref(invoice)},
                    "Line": lines,
                },
            )
        if row.kind == "balance":
            garden.set(Invoice, row.entity_id, amount_paid=Decimal(0))
        if row.kind == "double":
            garden.quickbooks.delete("Invoice", row.qbo_id)


def _items(garden: Garden) -> list[str]:
    products = {one.name: one.qb_item_id for one in garden.shop.all(Product)}
    return [products["Flyer"], products["Poster"]]


def test_a_payment_that_changed_there_is_taken_over(garden: Garden) -> None:
    garden.grow(3)
    one, two = garden.take(), garden.take()
    paid = garden.pay(one, "4.00")
    gone = garden.pay(two, "3.00")
    garden.shop.drain()
    quickbooks = garden.quickbooks
    quickbooks.void("Payment", garden.shop.get(Payment, paid).qb_payment_id)
    quickbooks.delete("Payment", garden.shop.get(Payment, gone).qb_payment_id)

    run(garden)

    assert garden.found() == {("payment", "voided", str(paid)), ("payment", "deleted", str(gone))}
    for row in garden.shop.all(SyncDifference):
        with garden.shop.begin() as uow:
            difference_repairs.repair(uow, row.id, "take_theirs")
    assert run(garden)["equal"]
    assert garden.shop.get(Invoice, one.id).amount_paid == 0


def test_a_double_of_the_restored_books_is_linked_not_sent_again(garden: Garden) -> None:
    """A restored database has forgotten its ids: reconcile, link, and only then push."""
    garden.grow(3)
    for _ in range(3):
        garden.unlinked()
    run(garden)
    for row in garden.rows("unlinked"):
        with garden.shop.begin() as uow:
            difference_repairs.repair(uow, row.id, "link")
    garden.shop.engine.work_repairs(seconds=30)
    garden.shop.drain()
    assert run(garden)["equal"]
    assert len(garden.quickbooks.find("Invoice")) == 3
    assert all(one.qb_invoice_id for one in garden.shop.all(Invoice))


def test_an_inactive_customer_may_follow_quickbooks(garden: Garden) -> None:
    garden.grow(1)
    garden.inactive()
    run(garden)
    (row,) = garden.rows("inactive")
    with garden.shop.begin() as uow:
        difference_repairs.repair(uow, row.id, "take_theirs")
    assert row.entity_id is not None
    assert garden.shop.get(Customer, row.entity_id).is_active is False
    assert run(garden)["equal"]


def test_the_day_of_the_start_is_compared(garden: Garden) -> None:
    garden.grow(1)
    garden.voided()
    with garden.shop.begin() as uow:
        settings.put(uow, "sync_start_date", date(2026, 3, 4).isoformat())
    assert run(garden)["differences"] == 1

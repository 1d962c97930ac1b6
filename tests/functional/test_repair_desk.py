"""The repair desk against the simulator: what is linked, renumbered, held back and paused."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from batchly_admin.errors import Conflict, InvalidInput, Reconnect
from batchly_admin.models.billing import Counter, Invoice, NumberGap
from batchly_admin.models.company import Notification
from batchly_admin.models.customers import Customer
from batchly_admin.models.repairs import SyncRepair
from batchly_admin.models.sync import QbConnection, SyncAttempt, SyncBatch, SyncDifference
from batchly_admin.services import outbox, pausing, repairing, resending
from tests.functional.quickbooks import Quickbooks
from tests.functional.shop import Shop


def ready(shop: Shop) -> None:
    """Have customer and item in QuickBooks, so that the next call is the invoice's."""
    shop.invoice()
    shop.drain()


def foreign(shop: Shop, quickbooks: Quickbooks, number: str, amount: str = "99.00") -> str:
    """Let somebody enter an invoice in QuickBooks by hand; give its id."""
    customer_ref = shop.all(Customer)[0].qb_customer_id
    item_ref = quickbooks.find("Item", "Type = 'NonInventory'")[0]["Id"]
    return str(quickbooks.invoice(number, customer_ref, item_ref, amount=amount)["Id"])


def stopped(shop: Shop, quickbooks: Quickbooks) -> UUID:
    """Give an invoice whose number QuickBooks has already, for something else."""
    ready(shop)
    foreign(shop, quickbooks, "INV-0002")
    invoice_id = shop.invoice()
    shop.drain()
    assert shop.row(invoice_id).status == "failed"
    return invoice_id


def search(shop: Shop, entity_type: str, entity_id: UUID, text: str = "") -> SyncRepair:
    with shop.begin() as uow:
        repair_id = repairing.search(uow, entity_type, entity_id, text).id
    shop.engine.work_repairs()
    return shop.get(SyncRepair, repair_id)  # type: ignore[no-any-return]


def link(shop: Shop, entity_type: str, entity_id: UUID, qbo_id: str) -> SyncRepair:
    with shop.begin() as uow:
        repair_id = repairing.link(uow, entity_type, entity_id, qbo_id).id
    shop.engine.work_repairs()
    return shop.get(SyncRepair, repair_id)  # type: ignore[no-any-return]


def go_on(shop: Shop, invoice_id: UUID, reason: str = "The accountant numbered by hand") -> Any:
    with shop.begin() as uow:
        repair_id = repairing.continue_numbering(uow, shop.row(invoice_id).id, reason).id
    shop.engine.work_repairs()
    return shop.get(SyncRepair, repair_id)


# --- link to existing ---------------------------------------------------------------------


def test_another_document_is_not_linked_and_nothing_changes(
    shop: Shop, quickbooks: Quickbooks
) -> None:
    invoice_id = stopped(shop, quickbooks)
    other = quickbooks.find("Invoice", "DocNumber = 'INV-0002'")[0]["Id"]

    repair = link(shop, "invoice", invoice_id, other)

    assert repair.state == "failed"
    assert "total: ours 7.04, theirs 99.00" in (repair.message or "")
    assert shop.get(Invoice, invoice_id).qb_invoice_id is None
    assert shop.row(invoice_id).status == "failed"


def test_an_id_that_nobody_has_fails_in_plain_words(shop: Shop, quickbooks: Quickbooks) -> None:
    invoice_id = stopped(shop, quickbooks)

    repair = link(shop, "invoice", invoice_id, "987654")

    assert repair.state == "failed"
    assert "deleted or made inactive" in (repair.message or "")


@pytest.mark.parametrize("qbo_id", ["", "1 or 1", "../2", "x" * 41])
def test_what_is_no_id_is_refused_at_once(shop: Shop, qbo_id: str) -> None:
    customer_id = shop.customer()
    with shop.begin() as uow, pytest.raises(InvalidInput):
        repairing.link(uow, "customer", customer_id, qbo_id)


def test_a_record_that_is_linked_already_is_not_linked_again(shop: Shop) -> None:
    ready(shop)
    customer = shop.all(Customer)[0]
    with shop.begin() as uow, pytest.raises(Conflict, match="linked to QuickBooks already"):
        repairing.link(uow, "customer", customer.id, "1")


def test_two_customers_are_never_linked_to_one(shop: Shop) -> None:
    ready(shop)
    taken = shop.all(Customer)[0].qb_customer_id
    second = shop.customer("Ann Smyth")

    repair = link(shop, "customer", second, taken)

    assert repair.state == "failed"
    assert shop.get(Customer, second).qb_customer_id is None


def test_without_a_login_the_repair_waits_for_one(shop: Shop, quickbooks: Quickbooks) -> None:
    customer_id = shop.customer()
    quickbooks.disconnect()
    with shop.begin() as uow:
        repairing.search(uow, "customer", customer_id)

    with pytest.raises(Reconnect):
        shop.engine.work_repairs()

    (repair,) = shop.all(SyncRepair)
    assert repair.state == "waiting"
    quickbooks.grant_again(shop)
    shop.later(31)
    shop.engine.work_repairs()
    assert shop.all(SyncRepair)[0].state == "done"


def test_an_outage_puts_a_search_off_and_ends_it_after_five_tries(
    shop: Shop, quickbooks: Quickbooks
) -> None:
    customer_id = shop.customer()
    quickbooks.fault("http503", route="query.read", count=100)
    with shop.begin() as uow:
        repairing.search(uow, "customer", customer_id)

    states = []
    for _ in range(6):
        shop.engine.work_repairs()
        states.append(shop.all(SyncRepair)[0].state)
        shop.later(31)

    assert states == ["waiting"] * 4 + ["failed"] * 2


def test_candidates_stand_side_by_side_and_the_chosen_one_is_linked(
    shop: Shop, quickbooks: Quickbooks
) -> None:
    quickbooks.create("Customer", {"DisplayName": "Smith & Sons"})
    right = quickbooks.create("Customer", {"DisplayName": "Smith Trading"})["Id"]
    customer_id = shop.customer("Smith", email="a@smith.example")
    with shop.begin() as uow:
        shop_row = outbox.enqueue(uow, uow.session.get(Customer, customer_id))
        shop_row.status, shop_row.error_class = "failed", "duplicate"
    invoice_id = shop.invoice(customer_id)

    found = search(shop, "customer", customer_id)

    names = {one["name"] for one in found.result["candidates"]}
    assert names == {"Smith & Sons", "Smith Trading"}
    assert found.result["ours"]["name"] == "Smith"
    repair = link(shop, "customer", customer_id, right)
    assert repair.state == "done", repair.message
    customer = shop.get(Customer, customer_id)
    assert (customer.qb_customer_id, customer.sync_state) == (right, "pending")
    shop.drain()
    assert shop.get(Customer, customer_id).sync_state == "synced"
    assert quickbooks.read("Customer", right)["DisplayName"] == "Smith", "the fields are ours"
    assert shop.row(invoice_id).status == "completed", "what waited for it went out"


def test_an_invoice_is_linked_when_number_customer_and_total_are_the_same(
    shop: Shop, quickbooks: Quickbooks
) -> None:
    invoice_id = stopped(shop, quickbooks)
    other = quickbooks.find("Invoice", "DocNumber = 'INV-0002'")[0]["Id"]
    quickbooks.delete("Invoice", other)
    same = foreign(shop, quickbooks, "INV-0002", "7.04")

    found = search(shop, "invoice", invoice_id)
    (candidate,) = [one for one in found.result["candidates"] if one["qbo_id"] == same]
    assert set(candidate["equal"]) >= {"number", "total"}
    repair = link(shop, "invoice", invoice_id, same)

    assert repair.state == "done", repair.message
    invoice, row = shop.get(Invoice, invoice_id), shop.row(invoice_id)
    assert (invoice.qb_invoice_id, invoice.sync_state) == (same, "synced")
    assert (row.status, row.phase, row.qbo_id) == ("completed", "by_hand", same)
    assert "Linked to" in (shop.attempts(invoice_id)[-1].message or "")


# --- numbers ------------------------------------------------------------------------------


def test_a_foreign_number_stops_the_invoice_and_says_what_to_do(
    shop: Shop, quickbooks: Quickbooks
) -> None:
    invoice_id = stopped(shop, quickbooks)

    row = shop.row(invoice_id)

    assert row.error_class == "duplicate"
    assert "INV-0002" in (row.error_message or "")
    assert row.error_hint
    assert shop.get(Invoice, invoice_id).sync_state == "failed"


def test_numbering_goes_on_after_the_highest_and_every_gap_is_explained(
    shop: Shop, quickbooks: Quickbooks
) -> None:
    invoice_id = stopped(shop, quickbooks)
    for number in ("INV-0005", "INV-0006", "INV-X", "QB-9999"):
        foreign(shop, quickbooks, number)

    repair = go_on(shop, invoice_id)

    assert repair.state == "done", repair.message
    assert "INV-0007" in repair.message
    gaps = shop.all(NumberGap)
    assert sorted(gap.number for gap in gaps) == [3, 4, 5, 6]
    assert all("The accountant numbered by hand" in gap.reason for gap in gaps)
    assert shop.get(Invoice, invoice_id).invoice_number == "INV-0002", "never renumbered"
    assert shop.row(invoice_id).status == "failed"
    assert "keeps its number" in (shop.row(invoice_id).error_hint or "")
    following = shop.invoice()
    shop.drain()
    assert shop.get(Invoice, following).invoice_number == "INV-0007"
    assert shop.get(Invoice, following).sync_state == "synced", "the gap does not stop it"
    assert go_on(shop, invoice_id).state == "done"
    assert len(shop.all(NumberGap)) == 4, "pressing it again explains nothing twice"


def test_a_number_far_ahead_is_not_followed_blindly(shop: Shop, quickbooks: Quickbooks) -> None:
    invoice_id = stopped(shop, quickbooks)
    foreign(shop, quickbooks, "INV-900000")

    repair = go_on(shop, invoice_id)

    assert repair.state == "failed"
    assert not shop.all(NumberGap)
    assert [one.last_number for one in shop.all(Counter) if one.series == "INV-"] == [2]


def test_numbers_are_left_out_only_with_a_reason_and_for_a_taken_number(
    shop: Shop, quickbooks: Quickbooks
) -> None:
    invoice_id = stopped(shop, quickbooks)
    with shop.begin() as uow, pytest.raises(InvalidInput):
        repairing.continue_numbering(uow, shop.row(invoice_id).id, "  ")
    good = shop.rows()[0]
    with shop.begin() as uow, pytest.raises(Conflict):
        repairing.continue_numbering(uow, good.id, "Because")


def test_a_gap_in_quickbooks_is_shown_and_stops_nothing(shop: Shop, quickbooks: Quickbooks) -> None:
    invoice_id = stopped(shop, quickbooks)

    following = shop.invoice()
    shop.drain()

    assert shop.get(Invoice, following).sync_state == "synced"
    assert shop.attempts(following)[0].message == "Gap in QuickBooks: INV-0002 failed."
    with shop.uows.read() as session:
        ((found, _number, words),) = repairing.gaps_in_quickbooks(session)
    assert (found, words) == (invoice_id, "Gap in QuickBooks: INV-0002 failed.")


# --- by hand, and reviews -----------------------------------------------------------------


def test_done_by_hand_with_an_id_is_checked_and_what_differs_is_for_review(
    shop: Shop, quickbooks: Quickbooks
) -> None:
    invoice_id = stopped(shop, quickbooks)
    other = quickbooks.find("Invoice", "DocNumber = 'INV-0002'")[0]["Id"]
    with shop.begin() as uow:
        repairing.mark_done(uow, shop.row(invoice_id).id, "Typed in by the bookkeeper", other)
    shop.engine.work_repairs()

    assert shop.all(SyncRepair)[0].state == "done", shop.all(SyncRepair)[0].message
    invoice = shop.get(Invoice, invoice_id)
    assert (invoice.qb_invoice_id, invoice.sync_state) == (other, "warning")
    (found,) = [one for one in shop.all(SyncDifference) if one.field == "total"]
    assert (found.ours, found.theirs, found.state) == ("7.04", "99.00", "open")
    assert shop.row(invoice_id).resolved_note == "Typed in by the bookkeeper"


def test_a_mismatch_is_flagged_until_somebody_reviewed_every_field(
    shop: Shop, quickbooks: Quickbooks
) -> None:
    invoice_id = stopped(shop, quickbooks)
    other = quickbooks.find("Invoice", "DocNumber = 'INV-0002'")[0]["Id"]
    with shop.begin() as uow:
        repairing.mark_done(uow, shop.row(invoice_id).id, "By hand", other)
    shop.engine.work_repairs()
    open_ones = [one.id for one in shop.all(SyncDifference) if one.state == "open"]
    assert len(open_ones) > 1

    for number, key in enumerate(open_ones, 1):
        with shop.begin() as uow:
            repairing.review(uow, key, "Agreed with the accountant")
        state = shop.get(Invoice, invoice_id).sync_state
        assert state == ("synced" if number == len(open_ones) else "warning")


# --- holding back -------------------------------------------------------------------------


def test_a_paused_type_waits_whole_and_the_others_go(shop: Shop, quickbooks: Quickbooks) -> None:
    ready(shop)
    with shop.begin() as uow:
        pausing.pause(uow, "invoice", "The year is being closed")
    invoices = [shop.invoice() for _ in range(3)]
    other = shop.customer("Bob")
    shop.enqueue(Customer, other, "create")

    shop.drain()

    assert {shop.row(key).status for key in invoices} == {"blocked"}
    assert {shop.row(key).attempts for key in invoices} == {0}
    badge = shop.get(Invoice, invoices[0])
    assert badge.sync_state == "blocked"
    assert "The year is being closed" in (badge.sync_note or "")
    assert shop.row(other).status == "completed"
    assert not shop.drain(), "nothing is left that could go, so no bell rings in vain"
    with shop.begin() as uow:
        assert pausing.resume(uow, "invoice") == 3
    shop.drain()
    assert {shop.row(key).status for key in invoices} == {"completed"}
    assert all(len(quickbooks.marked(key)) == 1 for key in invoices)


def test_thirty_failures_in_a_row_pause_all_pushes_and_twenty_are_told(
    shop: Shop, quickbooks: Quickbooks
) -> None:
    ready(shop)
    quickbooks.close_books("2026-12-31")
    invoices = [shop.invoice() for _ in range(53)]

    shop.drain()

    states = [shop.row(key).status for key in invoices]
    # The batch that was under way at the thirtieth failure is heard to its end.
    assert states == ["failed"] * 50 + ["pending"] * 3, "what was not sent keeps waiting"
    connection = shop.connection()
    assert connection.pushes_paused
    assert "30 records in a row failed" in (connection.pause_reason or "")
    kinds = [one.kind for one in shop.all(Notification) if one.kind.startswith("sync_")]
    assert kinds.count("sync_failures") == 1
    assert kinds.count("sync_paused") == 1
    assert shop.drain().words == connection.pause_reason
    quickbooks.close_books("")
    with shop.begin() as uow:
        pausing.resume_all(uow)
    shop.drain()
    assert [shop.row(key).status for key in invoices[50:]] == ["completed"] * 3


def test_one_success_ends_a_row_of_failures(shop: Shop, quickbooks: Quickbooks) -> None:
    ready(shop)
    quickbooks.close_books("2026-03-31")
    for _ in range(3):
        shop.invoice()
    shop.drain()
    assert shop.connection().final_failures == 3
    shop.enqueue(Customer, shop.customer("Bob"), "create")

    shop.drain()

    assert shop.connection().final_failures == 0


def test_further_tries_are_at_most_a_fifth_of_the_calls(shop: Shop, quickbooks: Quickbooks) -> None:
    ready(shop)
    invoice_id = shop.invoice()
    quickbooks.fault("http503")
    shop.drain()
    assert shop.row(invoice_id).attempts == 1
    with shop.begin() as uow:
        for _ in range(60):
            uow.session.add(
                SyncAttempt(
                    queue_row_id=shop.row(invoice_id).id,
                    number=2,
                    started_at=uow.now(),
                    outcome="error",
                    calls=1,
                )
            )
    shop.later(34)

    assert shop.drain().claimed == 0
    assert shop.row(invoice_id).status == "pending"
    shop.later(60 * 11)
    shop.drain()
    assert shop.row(invoice_id).status == "completed"


# --- again --------------------------------------------------------------------------------


def test_all_like_this_takes_the_same_cause_and_leaves_the_others(
    shop: Shop, quickbooks: Quickbooks
) -> None:
    ready(shop)
    quickbooks.fault("http503", count=3)
    slow = shop.invoice()
    for _ in range(3):
        shop.drain()
        shop.later(133)
    assert shop.row(slow).status == "failed"
    quickbooks.close_books("2026-03-31")
    closed = [shop.invoice() for _ in range(3)]
    shop.drain()
    assert {shop.row(key).status for key in closed} == {"failed"}
    with shop.uows.read() as session:
        assert all(resending.is_unchanged(session, shop.row(key)) for key in closed)
        assert not resending.is_unchanged(session, shop.row(slow)), "an outage passes by itself"
    quickbooks.close_books("")
    with shop.begin() as uow:
        connection = uow.session.scalar(sa.select(QbConnection))
        connection.preferences = None

    with shop.begin() as uow:
        batch_id = resending.retry_like(uow, shop.row(closed[0]).id).id
    assert shop.get(SyncBatch, batch_id).total == 3
    shop.drain()

    batch = shop.get(SyncBatch, batch_id)
    assert (batch.done, batch.ok, batch.failed) == (3, 3, 0)
    assert batch.finished_at is not None
    assert shop.row(slow).status == "failed"


def test_the_attempt_keeps_the_call_as_it_was(shop: Shop, quickbooks: Quickbooks) -> None:
    ready(shop)
    invoice_id = shop.invoice()
    shop.drain()

    (attempt,) = shop.attempts(invoice_id)

    assert attempt.endpoint == "POST invoice"
    assert attempt.http_status == 200
    assert attempt.intuit_tid
    assert attempt.request["DocNumber"] == "INV-0002"
    assert Decimal(attempt.answer["Invoice"]["TotalAmt"]) == Decimal("7.04")
    assert attempt.ended_at is not None
    assert attempt.ended_at - attempt.started_at >= timedelta(0)

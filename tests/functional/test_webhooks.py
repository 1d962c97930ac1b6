"""Real notifications of the simulator, taken in over HTTP, read and applied."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from batchly_admin.errors import Transient
from batchly_admin.models.billing import Invoice, Payment
from batchly_admin.models.catalogue import Product
from batchly_admin.models.changes import ChangeItem
from batchly_admin.models.customers import Customer
from batchly_admin.models.sync import QbSyncStatus, SyncDifference
from tests.functional.notified import Notified, listening, web_of
from tests.functional.quickbooks import Quickbooks
from tests.functional.shop import Shop
from tests.servers import wait_until


@pytest.fixture(params=["cloudevents", "legacy"])
def notified(
    request: pytest.FixtureRequest,
    shop: Shop,
    quickbooks: Quickbooks,
    simulator: dict[str, Any],
    database_url: str,
    tmp_path: Path,
) -> Iterator[Notified]:
    secret = simulator["webhook_verifier_token"]
    with (
        web_of(shop, database_url, tmp_path / "web", secret) as house,
        listening(shop, quickbooks, house.app, request.param) as made,
    ):
        yield made


def sold(shop: Shop) -> tuple[Invoice, str]:
    """Give an invoice that is in QuickBooks, and its customer's number there."""
    invoice_id = shop.invoice()
    shop.drain()
    invoice = shop.get(Invoice, invoice_id)
    return invoice, shop.get(Customer, invoice.customer_id).qb_customer_id


def test_a_payment_is_here_as_soon_as_it_is_told(notified: Notified, rung: list[str]) -> None:
    shop = notified.shop
    invoice, customer = sold(shop)
    paid = notified.quickbooks.payment(customer, {invoice.qb_invoice_id: "7.04"})
    notified.told("payment", paid["Id"], "created")
    assert "webhooks" in rung

    assert shop.engine.read_webhooks() is False

    assert shop.get(Invoice, invoice.id).status == "paid"
    assert shop.engine.has_webhooks() is False
    assert shop.engine.pull("payments").changed == 0, "the pull finds nothing that was missed"


def test_what_we_pushed_ourselves_comes_back_and_changes_nothing(notified: Notified) -> None:
    shop = notified.shop
    invoice, customer = sold(shop)
    notified.told("invoice", invoice.qb_invoice_id, "created")
    notified.told("customer", customer, "created")
    before = len(shop.all(ChangeItem))

    shop.engine.read_webhooks()

    assert {event.state for event in notified.events(entity_type="invoice")} == {"known"}
    assert {event.state for event in notified.events(entity_type="customer")} == {"known"}
    news = shop.all(ChangeItem)[before:]
    assert {item.table_name for item in news} <= {"qb_items"}, "the mirror of items is the pulls'"


def test_many_events_of_one_record_cost_one_reading(notified: Notified) -> None:
    shop, quickbooks = notified.shop, notified.quickbooks
    item = quickbooks.item("Poster", kind="Service", price="10")
    for price in (11, 12, 13):
        quickbooks.update("Item", item["Id"], {"UnitPrice": price})
    wait_until(lambda: len(notified.events(qbo_id=item["Id"])) == 4, what="four events")
    calls = reads(shop)

    shop.engine.read_webhooks()

    assert reads(shop) == calls + 1
    (poster,) = [one for one in shop.all(Product) if one.name == "Poster"]
    assert poster.unit_price == Decimal("13.0000")
    assert notified.states() == {"applied"}


def reads(shop: Shop) -> int:
    from batchly_admin.models.sync import ApiUsage

    return sum(row.calls for row in shop.all(ApiUsage) if row.metering == "coreplus")


def test_payments_voided_and_deleted_there_are_so_here(notified: Notified) -> None:
    shop, quickbooks = notified.shop, notified.quickbooks
    invoice, customer = sold(shop)
    one = quickbooks.payment(customer, {invoice.qb_invoice_id: "3.00"})
    two = quickbooks.payment(customer, {invoice.qb_invoice_id: "2.00"})
    notified.told("payment", two["Id"], "created")
    shop.engine.read_webhooks()
    assert shop.get(Invoice, invoice.id).amount_paid == Decimal("5.00")

    quickbooks.void("Payment", one["Id"])
    quickbooks.delete("Payment", two["Id"])
    notified.told("payment", two["Id"], "deleted")
    shop.engine.read_webhooks()

    assert shop.get(Invoice, invoice.id).amount_paid == Decimal("0.00")
    assert len(shop.all(Payment)) == 2
    assert shop.engine.pull("payments").changed == 0


def test_an_invoice_deleted_there_is_unlinked_said_and_made_again_only_when_asked(
    notified: Notified,
) -> None:
    shop, quickbooks = notified.shop, notified.quickbooks
    invoice, _customer = sold(shop)
    gone = invoice.qb_invoice_id
    quickbooks.delete("Invoice", gone)
    notified.told("invoice", gone, "deleted")

    shop.engine.read_webhooks()

    lost = shop.get(Invoice, invoice.id)
    assert (lost.qb_invoice_id, lost.sync_state) == (None, "missing")
    (found,) = shop.all(SyncDifference)
    assert (found.kind, found.qbo_id, found.state) == ("deleted", gone, "open")
    kept = [item for item in shop.all(ChangeItem) if item.column_name == "qb_invoice_id"]
    assert gone in {str(item.old_value) for item in kept}, "the old id stays in the history"
    shop.drain()
    assert quickbooks.find("Invoice") == [], "nothing is made again by itself"
    with shop.begin() as uow:
        assert shop.engine.retry_all(uow).total == 0, "not even by retrying everything"

    with shop.begin() as uow:
        assert shop.engine.retry_all(uow, {"error_class": "missing"}).total == 1
    shop.drain()

    again = shop.get(Invoice, invoice.id)
    assert again.sync_state == "synced"
    assert [body["Id"] for body in quickbooks.find("Invoice")] == [again.qb_invoice_id]


def test_a_merged_customer_is_unlinked_and_nothing_is_sent_to_its_old_number(
    notified: Notified,
) -> None:
    shop, quickbooks = notified.shop, notified.quickbooks
    _invoice, gone = sold(shop)
    kept = quickbooks.create("Customer", {"DisplayName": "Ann Smith Ltd"})["Id"]
    quickbooks.control("POST", "accountant/merge", merging(kept, gone))
    notified.told("customer", kept, "merged")

    shop.engine.read_webhooks()

    ann = next(one for one in shop.all(Customer) if one.display_name == "Ann Smith")
    assert (ann.qb_customer_id, ann.sync_state) == (None, "missing")
    assert f"number {kept}" in (ann.sync_note or "")
    (found,) = [row for row in shop.all(SyncDifference) if row.entity_type == "customer"]
    assert (found.kind, found.qbo_id, found.theirs) == ("merged", gone, f"merged into {kept}")

    waiting = shop.invoice(ann.id)
    shop.drain()
    assert shop.row(waiting).status == "blocked"
    assert len(quickbooks.find("Customer", "DisplayName = 'Ann Smith'")) == 0


def merging(kept: str, gone: str) -> dict[str, str]:
    return {"type": "Customer", "keep": kept, "gone": gone}


def test_a_merge_that_does_not_say_who_vanished_makes_the_next_pull_a_full_one(
    notified: Notified,
) -> None:
    shop, quickbooks = notified.shop, notified.quickbooks
    quickbooks.control("POST", "settings", {"merge_deleted_id": False})
    _invoice, gone = sold(shop)
    shop.engine.pull("customers")
    kept = quickbooks.create("Customer", {"DisplayName": "Ann Smith Ltd"})["Id"]
    quickbooks.control("POST", "accountant/merge", merging(kept, gone))
    notified.told("customer", kept, "merged")
    shop.engine.read_webhooks()

    result = shop.engine.pull("customers")

    assert result.is_full
    assert gone not in {one.qb_customer_id for one in shop.all(Customer)}
    assert shop.engine.pull("customers").changed == 0


def test_what_our_web_process_could_not_take_in_is_sent_again(
    notified: Notified, database_url: str
) -> None:
    shop, quickbooks = notified.shop, notified.quickbooks
    rename(shop, "webhook_events", "put_away")
    item = quickbooks.item("Poster", kind="Service")

    def was_refused() -> bool:
        deliveries = quickbooks.control("GET", "webhooks")["deliveries"]
        return any("answered 5" in one["outcome"] for one in deliveries)

    wait_until(was_refused, what="a refusal")
    rename(shop, "put_away", "webhook_events")

    notified.told("item", item["Id"], "created")
    shop.engine.read_webhooks()
    assert "Poster" in {one.name for one in shop.all(Product)}


def rename(shop: Shop, old: str, new: str) -> None:
    with shop.uows.sessions.begin() as session:
        session.execute(sa.text(f"ALTER TABLE {old} RENAME TO {new}"))


def test_while_quickbooks_is_down_events_wait_and_lose_no_try(notified: Notified) -> None:
    shop, quickbooks = notified.shop, notified.quickbooks
    item = quickbooks.item("Poster", kind="Service")
    notified.told("item", item["Id"], "created")
    quickbooks.fault("http503", route="query.read")

    with pytest.raises(Transient):
        shop.engine.read_webhooks()

    (event,) = notified.events(qbo_id=item["Id"])
    assert (event.state, event.attempts) == ("waiting", 0)
    assert status_of(shop).sync_status == "error"
    quickbooks.heal()
    assert shop.engine.has_webhooks() is False, "it is not asked again at once"
    shop.later(61)
    shop.engine.read_webhooks()
    assert notified.events(qbo_id=item["Id"])[0].state == "applied"
    assert status_of(shop).sync_status == "success"


def status_of(shop: Shop) -> QbSyncStatus:
    found: QbSyncStatus = next(row for row in shop.all(QbSyncStatus) if row.sync_type == "webhooks")
    return found


def test_one_event_that_fails_blocks_none_of_the_others_and_is_given_up_after_three_tries(
    notified: Notified,
) -> None:
    shop, quickbooks = notified.shop, notified.quickbooks
    poison(shop)
    names = ("Ann", "Poison", "Zoe")
    ids = {name: quickbooks.create("Customer", {"DisplayName": name})["Id"] for name in names}
    for qbo_id in ids.values():
        notified.told("customer", qbo_id, "created")

    shop.engine.read_webhooks()

    assert {one.display_name for one in shop.all(Customer)} == {"Ann", "Zoe"}
    (bad,) = notified.events(qbo_id=ids["Poison"])
    assert (bad.state, bad.attempts) == ("waiting", 1)
    assert status_of(shop).sync_status == "error"
    for seconds in (31, 121):
        shop.later(seconds)
        shop.engine.read_webhooks()
    (bad,) = notified.events(qbo_id=ids["Poison"])
    assert (bad.state, bad.attempts) == ("failed", 3)
    with shop.uows.read() as session:
        told = shop.engine.status(session)["webhooks"]
    assert (told["failed"], told["waiting"]) == (1, 0)
    assert told["last_error"]


def poison(shop: Shop) -> None:
    """Let the database refuse one customer, as a rule of its own might."""
    with shop.uows.sessions.begin() as session:
        if session.get_bind().dialect.name == "sqlite":
            session.execute(
                sa.text(
                    "CREATE TRIGGER poison BEFORE INSERT ON customers "
                    "WHEN NEW.display_name = 'Poison' BEGIN SELECT RAISE(ABORT, 'no'); END"
                )
            )
            return
        session.execute(
            sa.text(
                "CREATE FUNCTION poison() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
                "IF NEW.display_name = 'Poison' THEN RAISE EXCEPTION 'no'; END IF; "
                "RETURN NEW; END $$"
            )
        )
        session.execute(
            sa.text(
                "CREATE TRIGGER poison BEFORE INSERT ON customers "
                "FOR EACH ROW EXECUTE FUNCTION poison()"
            )
        )

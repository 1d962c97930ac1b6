"""The address notifications are sent to: who is let in, what is stored, what is answered."""

from __future__ import annotations

import logging
from decimal import Decimal
from pathlib import Path
from typing import Any

import orjson
import pytest
from flask.testing import FlaskClient

from batchly_admin.admin_views.webhooks import MOST_BYTES
from batchly_admin.models.billing import Invoice
from batchly_admin.models.customers import Customer
from batchly_admin.models.sync import SyncDifference, WebhookEvent
from batchly_admin.models.webhooks import WebhookRefusal
from batchly_admin.qbo import webhooks
from tests.functional.notified import PATH, post, web_of
from tests.functional.quickbooks import Quickbooks
from tests.functional.shop import Shop
from tests.functional.storm import weather
from tests.house import House
from tests.notifications import changed, cloud_event, legacy, sign


@pytest.fixture
def client(house: House) -> FlaskClient:
    return house.app.test_client()


@pytest.fixture
def realm(simulator: dict[str, Any]) -> str:
    return str(simulator["realm_id"])


def test_without_the_verifier_token_everything_is_refused_and_the_log_says_why(
    shop: Shop, database_url: str, tmp_path: Path, realm: str, caplog: pytest.LogCaptureFixture
) -> None:
    with (
        web_of(shop, database_url, tmp_path / "web", secret=None) as house,
        caplog.at_level(logging.ERROR),
    ):
        answer = post(house.app.test_client(), [cloud_event(realm, "item", "1")])

    assert answer.status_code == 503
    assert "QB_WEBHOOK_VERIFIER_TOKEN is not set" in caplog.text
    assert shop.all(WebhookEvent) == []


def test_a_wrong_or_missing_signature_is_refused_before_anything_is_read(
    client: FlaskClient, shop: Shop, realm: str
) -> None:
    body = orjson.dumps([cloud_event(realm, "item", "1")])

    assert post(client, body, secret="guessed").status_code == 401
    assert client.post(PATH, data=body).status_code == 401
    swapped = {"intuit-signature": sign(b"another body")}
    assert client.post(PATH, data=body, headers=swapped).status_code == 401
    assert shop.all(WebhookEvent) == []


def test_a_body_that_is_too_large_is_refused_unread(client: FlaskClient, shop: Shop) -> None:
    assert post(client, b"x" * (MOST_BYTES + 1)).status_code == 413
    assert shop.all(WebhookEvent) == []


def test_the_address_is_for_notifications_only(client: FlaskClient) -> None:
    assert client.get(PATH).status_code == 405
    assert client.post("/admin/quickbooks/webhooks").status_code in (302, 400, 401)


def test_events_are_stored_once_and_the_bell_rings_for_the_first_time_only(
    client: FlaskClient, shop: Shop, realm: str, rung: list[str]
) -> None:
    content = [cloud_event(realm, "item", "1"), cloud_event(realm, "payment", "2", "created")]

    first, again = post(client, content), post(client, content)

    assert first.get_json() == {"stored": 2, "repeated": 0}
    assert again.get_json() == {"stored": 0, "repeated": 2}
    assert again.status_code == 200
    assert [event.state for event in shop.all(WebhookEvent)] == ["waiting", "waiting"]
    assert rung.count("webhooks") == 1


def test_other_companies_and_other_entities_are_noted_and_left_alone(
    client: FlaskClient, shop: Shop, realm: str, rung: list[str]
) -> None:
    parts = [
        legacy("4711", changed("Payment", "1")),
        legacy(realm, changed("Vendor", "1"), changed("Item", "7")),
    ]

    post(client, {"eventNotifications": parts})

    found = {(event.realm_id, event.entity_type): event.state for event in shop.all(WebhookEvent)}
    assert found == {
        ("4711", "payment"): "foreign",
        (realm, "vendor"): "not_followed",
        (realm, "item"): "waiting",
    }
    assert "webhooks" in rung


def test_a_genuine_notification_nobody_can_read_is_acknowledged_and_visible(
    client: FlaskClient, shop: Shop
) -> None:
    assert post(client, b'{"hello": 1}').status_code == 200
    assert post(client, b'{"hello": 1}').get_json()["stored"] == 0, "and kept once"

    (event,) = shop.all(WebhookEvent)
    assert event.state == "failed"
    assert "neither of the two known shapes" in event.error_message
    with shop.uows.read() as session:
        assert shop.engine.status(session)["webhooks"]["failed"] == 1


def test_switched_off_notifications_are_acknowledged_and_not_kept(
    client: FlaskClient, shop: Shop, realm: str
) -> None:
    with shop.begin() as uow:
        webhooks.switch(uow, on=False)

    assert post(client, [cloud_event(realm, "item", "1")]).status_code == 200

    assert shop.all(WebhookEvent) == []
    with shop.uows.read() as session:
        assert shop.engine.status(session)["webhooks"]["enabled"] is False


def test_before_a_company_is_connected_every_company_is_a_stranger(
    lonely_shop: Shop, database_url: str, tmp_path: Path, realm: str
) -> None:
    with web_of(lonely_shop, database_url, tmp_path / "web") as house:
        answer = post(house.app.test_client(), [cloud_event(realm, "item", "1")])
        assert answer.status_code == 200

    assert [event.state for event in lonely_shop.all(WebhookEvent)] == ["foreign"]
    assert lonely_shop.engine.read_webhooks() is False


def test_the_past_is_forgotten_and_what_waits_is_not(
    client: FlaskClient, shop: Shop, quickbooks: Quickbooks, realm: str
) -> None:
    post(client, [cloud_event(realm, "vendor", "1")])
    shop.later(91 * 86_400)
    item = quickbooks.item("Poster", kind="Service")
    post(client, [cloud_event(realm, "item", item["Id"], "created")])

    shop.engine.read_webhooks()

    assert [event.entity_type for event in shop.all(WebhookEvent)] == ["item"]


def test_an_event_of_a_record_that_is_not_there_and_never_was_here_ends_quietly(
    client: FlaskClient, shop: Shop, realm: str
) -> None:
    post(client, [cloud_event(realm, "item", "999999"), cloud_event(realm, "payment", "999999")])

    shop.engine.read_webhooks()

    assert {event.state for event in shop.all(WebhookEvent)} == {"applied"}


def test_an_event_that_says_deleted_of_a_record_that_is_there_deletes_nothing(
    client: FlaskClient, shop: Shop, realm: str
) -> None:
    invoice_id = shop.invoice()
    shop.drain()
    qbo_id = shop.get(Invoice, invoice_id).qb_invoice_id

    post(client, [cloud_event(realm, "invoice", qbo_id, "deleted")])
    shop.engine.read_webhooks()

    assert shop.get(Invoice, invoice_id).qb_invoice_id == qbo_id
    assert shop.all(SyncDifference) == []


def test_an_answer_that_was_overtaken_changes_nothing(shop: Shop, quickbooks: Quickbooks) -> None:
    from batchly_admin.qbo.pull import PullResult, payments

    invoice_id = shop.invoice()
    shop.drain()
    invoice = shop.get(Invoice, invoice_id)
    customer = shop.get(Customer, invoice.customer_id).qb_customer_id
    old = quickbooks.payment(customer, {invoice.qb_invoice_id: "3.00"})
    shop.engine.pull("payments")
    quickbooks.void("Payment", old["Id"])
    shop.engine.pull("payments")
    gone = quickbooks.payment(customer, {invoice.qb_invoice_id: "2.00"})
    shop.engine.pull("payments")
    quickbooks.delete("Payment", gone["Id"])
    shop.engine.pull("payments")

    result = PullResult("payments")
    with shop.begin() as uow:
        payments.apply_payment(uow, old, result)

    assert result.changed == 0
    assert shop.get(Invoice, invoice_id).amount_paid == Decimal("0.00")


def test_three_hundred_events_in_any_order_end_as_the_pull_would(
    client: FlaskClient, shop: Shop, quickbooks: Quickbooks, realm: str
) -> None:
    weather(client, shop, quickbooks, realm, events=300)


def test_refusals_are_counted_and_nothing_of_them_is_kept(
    client: FlaskClient, shop: Shop, realm: str
) -> None:
    body = orjson.dumps([cloud_event(realm, "item", "1")])
    for _ in range(3):
        post(client, body, secret="guessed")
    post(client, b"x" * (MOST_BYTES + 1))
    shop.later(86_400)
    post(client, body, secret="guessed")

    found = sorted((row.reason, row.refused) for row in shop.all(WebhookRefusal))
    assert found == [("signature", 1), ("signature", 3), ("size", 1)]
    with shop.uows.read() as session:
        told = shop.engine.status(session)["webhooks"]
    assert told["refused"] == 5
    assert told["last_refused_at"] == shop.uows.clock.now().isoformat()


def test_a_hundred_events_are_stored_with_one_answer(
    client: FlaskClient, shop: Shop, realm: str
) -> None:
    for _ in range(2):
        content = [cloud_event(realm, "item", str(number)) for number in range(100)]
        assert post(client, content).get_json()["stored"] == 100

    assert len(shop.all(WebhookEvent)) == 200

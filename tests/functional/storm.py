"""A storm of notifications: doubled, shuffled, in both shapes, some of them forged."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

import orjson
from flask.testing import FlaskClient

from batchly_admin.models.billing import Invoice, Payment
from batchly_admin.models.catalogue import Product, QbItem
from batchly_admin.models.customers import Customer
from batchly_admin.models.sync import SyncDifference, WebhookEvent
from batchly_admin.models.webhooks import WebhookRefusal
from tests.functional.notified import post
from tests.functional.quickbooks import Quickbooks
from tests.functional.shop import Shop
from tests.notifications import changed, cloud_event, legacy


class Storm:
    """Two hundred records in QuickBooks, and the notifications of everything that happened."""

    def __init__(self, shop: Shop, quickbooks: Quickbooks, realm: str) -> None:
        self.random = random.Random(7)
        self.realm = realm
        self.touched: list[tuple[str, str]] = []
        self._keys: set[tuple[str, ...]] = set()
        self._invoices(shop, quickbooks)
        for number in range(30):
            item = quickbooks.item(f"Poster {number}", kind="Service", price="1")
            quickbooks.update("Item", item["Id"], {"UnitPrice": number + 2})
            self.touched.append(("Item", item["Id"]))
            made = quickbooks.create("Customer", {"DisplayName": f"Customer {number}"})
            quickbooks.update("Customer", made["Id"], {"CompanyName": f"Company {number}"})
            self.touched.append(("Customer", made["Id"]))

    def _invoices(self, shop: Shop, quickbooks: Quickbooks) -> None:
        ids = [shop.invoice() for _ in range(20)]
        shop.drain()
        for number, invoice_id in enumerate(ids):
            invoice = shop.get(Invoice, invoice_id)
            customer = shop.get(Customer, invoice.customer_id).qb_customer_id
            self.touched.append(("Invoice", invoice.qb_invoice_id))
            paid = quickbooks.payment(customer, {invoice.qb_invoice_id: "1.50"})
            self.touched.append(("Payment", paid["Id"]))
            if number % 5 == 1:
                quickbooks.void("Payment", paid["Id"])
            if number % 5 == 2:
                quickbooks.delete("Payment", paid["Id"])
            if number % 10 == 3:
                quickbooks.delete("Payment", paid["Id"])
                quickbooks.delete("Invoice", invoice.qb_invoice_id)

    @property
    def distinct(self) -> int:
        """How many different genuine events were sent so far."""
        return len(self._keys)

    def notifications(self, events: int) -> Iterator[tuple[bytes, bool]]:
        """Give bodies of both shapes in any order, a fifth sent again, a tenth forged."""
        singles = [self._one(number) for number in range(events)]
        again = self.random.sample(singles, events // 5)
        everything = singles + again
        self.random.shuffle(everything)
        while everything:
            part, everything = everything[:10], everything[10:]
            yield self._body(part, remember=True), True
            if self.random.random() < 0.1:
                forged = [
                    (entity, "1", "deleted", f"forged {len(everything)}") for entity, *_ in part
                ]
                yield self._body(forged, remember=False), False

    def _one(self, number: int) -> tuple[str, str, str, str]:
        entity, qbo_id = self.random.choice(self.touched)
        if number < len(self.touched):
            entity, qbo_id = self.touched[number]
        verb = self.random.choice(("created", "updated", "updated", "voided", "deleted"))
        return entity, qbo_id, verb, f"event {number}"

    def _body(self, part: list[tuple[str, str, str, str]], *, remember: bool) -> bytes:
        is_cloud = self.random.random() < 0.5
        if remember:
            self._keys |= {
                (name,) if is_cloud else (entity, qbo_id, verb, _digits(name))
                for entity, qbo_id, verb, name in part
            }
        if is_cloud:
            events = [
                cloud_event(self.realm, entity, qbo_id, verb, event_id=name)
                for entity, qbo_id, verb, name in part
            ]
            return orjson.dumps(events)
        words = {"created": "Create", "updated": "Update", "voided": "Void", "deleted": "Delete"}
        entities = [
            changed(entity, qbo_id, words[verb], at=f"2026-03-04T10:00:00.{_digits(name)}Z")
            for entity, qbo_id, verb, name in part
        ]
        return orjson.dumps({"eventNotifications": [legacy(self.realm, *entities)]})


def _digits(name: str) -> str:
    return f"{sum(map(ord, name)) * 7919 % 1_000_000:06d}"


def weather(
    client: FlaskClient, shop: Shop, quickbooks: Quickbooks, realm: str, *, events: int
) -> None:
    """Send a storm, read it, and find that a full pull has nothing to add."""
    storm = Storm(shop, quickbooks, realm)
    forgeries = 0
    for body, is_genuine in storm.notifications(events):
        if is_genuine:
            assert post(client, body).status_code == 200
        else:
            forgeries += 1
            assert post(client, body, secret="guessed").status_code == 401

    while shop.engine.read_webhooks(seconds=60):
        pass

    assert forgeries > 3
    assert [(row.reason, row.refused) for row in shop.all(WebhookRefusal)] == [
        ("signature", forgeries)
    ]
    stored = shop.all(WebhookEvent)
    assert len(stored) == storm.distinct, "each is stored once"
    assert not [event for event in stored if "forged" in event.event_key]
    assert {event.state for event in stored} <= {"applied", "known"}
    # Twenty, less the six deleted and the four voided before anybody read them.
    assert len(shop.all(Payment)) == 10
    state = everything(shop)
    for sync_type in ("customers", "items", "payments"):
        result = shop.engine.pull(sync_type)
        assert result.is_full
        # A payment changes what Ann owes and not the version of her record: no event tells of it.
        bearable = {"customers": 1, "payments": 0}
        assert result.changed <= bearable.get(sync_type, result.changed), result
        assert result.differences == 0
    assert everything(shop) == state


def everything(shop: Shop) -> list[Any]:
    """Give what stands in the books, but for items nobody told of."""
    told = {one.qb_item_id for one in shop.all(QbItem) if one.name.startswith("Poster")}
    return [
        [
            (one.qb_customer_id, one.display_name, one.company_name, one.sync_state)
            for one in shop.all(Customer)
        ],
        [
            (one.qb_item_id, one.name, one.unit_price)
            for one in shop.all(Product)
            if one.qb_item_id in told
        ],
        [(one.qb_payment_id, one.amount, one.voided_at) for one in shop.all(Payment)],
        [
            (one.invoice_number, one.qb_invoice_id, one.amount_paid, one.status, one.sync_state)
            for one in shop.all(Invoice)
        ],
        [
            (one.entity_type, one.qbo_id, one.kind, one.field, one.state)
            for one in shop.all(SyncDifference)
        ],
    ]

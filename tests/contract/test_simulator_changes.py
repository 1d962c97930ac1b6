"""What tells of changes: change data capture, batches of them, webhooks."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from quickbooks import QuickBooks
from quickbooks.batch import batch_create, batch_delete, batch_update
from quickbooks.cdc import change_data_capture
from quickbooks.objects.customer import Customer
from quickbooks.objects.invoice import Invoice

from tests.contract.wire import Wire, fresh, line
from tests.servers import wait_until


def now(wire: Wire) -> str:
    return str(wire.control("GET", "state")["now"])


def changed(wire: Wire, since: str, *kinds: str) -> list[dict[str, Any]]:
    params = {"entities": ",".join(kinds), "changedSince": since}
    return wire.fine("GET", "cdc", params=params)["CDCResponse"][0]["QueryResponse"]  # type: ignore[no-any-return]


def test_capture_gives_an_object_for_each_entity_in_order(wire: Wire) -> None:
    since = now(wire)
    customer = wire.customer()
    invoices, nothing, customers = changed(wire, since, "Invoice", "Payment", "Customer")
    assert (invoices, nothing) == ({}, {})
    assert [one["Id"] for one in customers["Customer"]] == [customer["Id"]]
    assert (customers["startPosition"], customers["maxResults"]) == (1, 1)
    assert customers["Customer"][0] == wire.read("Customer", customer["Id"])


def test_capture_tells_of_deleted_records(wire: Wire) -> None:
    invoice = wire.invoice()
    since = now(wire)
    wire.end("Invoice", invoice, "delete")
    (found,) = changed(wire, since, "Invoice")
    (gone,) = found["Invoice"]
    assert (gone["Id"], gone["status"], gone["domain"]) == (invoice["Id"], "Deleted", "QBO")
    assert gone["MetaData"]["LastUpdatedTime"] >= since[:10]


def test_deactivated_and_voided_records_come_whole(wire: Wire) -> None:
    customer, invoice = wire.customer(), wire.invoice()
    since = now(wire)
    wire.change("Customer", customer, Active=False)
    wire.end("Invoice", invoice, "void")
    customers, invoices = changed(wire, since, "Customer", "Invoice")
    assert customers["Customer"][0]["Active"] is False
    assert "status" not in customers["Customer"][0]
    assert invoices["Invoice"][0]["TotalAmt"] == 0


def test_a_payment_shows_its_invoice_as_changed(wire: Wire) -> None:
    invoice = wire.invoice("10.00")
    since = now(wire)
    payment = wire.payment(invoice, "10.00")
    invoices, payments = changed(wire, since, "Invoice", "Payment")
    assert [one["Id"] for one in invoices["Invoice"]] == [invoice["Id"]]
    assert [one["Id"] for one in payments["Payment"]] == [payment["Id"]]


def test_capture_looks_back_thirty_days(wire: Wire) -> None:
    day = datetime.now(UTC) - timedelta(days=29)
    assert changed(wire, day.isoformat(), "Customer")
    old = (datetime.now(UTC) - timedelta(days=31)).isoformat()
    params = {"entities": "Customer", "changedSince": old}
    assert wire.call("GET", "cdc", params=params).status_code == 400


@pytest.mark.parametrize("kind", ["TaxCode", "TaxRate", "TaxAgency", "TimeActivity", "Gadget"])
def test_some_entities_cannot_be_captured(wire: Wire, kind: str) -> None:
    params = {"entities": kind, "changedSince": datetime.now(UTC).isoformat()}
    assert wire.call("GET", "cdc", params=params).status_code == 400


def test_capture_gives_a_thousand_records_at_most(wire: Wire) -> None:
    since = now(wire)
    prefix = fresh("Many")
    rows = [{"type": "Vendor", "data": {"DisplayName": f"{prefix} {n}"}} for n in range(1005)]
    wire.control("POST", "seed", {"entities": rows})
    (found,) = changed(wire, since, "Vendor")
    assert len(found["Vendor"]) == 1000


def test_the_library_captures_changes(qb: QuickBooks, wire: Wire) -> None:
    since = now(wire)
    customer = wire.customer()
    found = change_data_capture([Customer, Invoice], since, qb=qb)
    assert [one.Id for one in found.Customer] == [customer["Id"]]
    assert not hasattr(found, "Invoice")


def test_the_time_of_an_answer_is_the_next_cursor(wire: Wire) -> None:
    params = {"entities": "Customer", "changedSince": datetime.now(UTC).isoformat()}
    cursor = wire.fine("GET", "cdc", params=params)["time"]
    made = wire.customer()
    (found,) = changed(wire, cursor, "Customer")
    assert made["Id"] in {one["Id"] for one in found["Customer"]}


# --- batches -----------------------------------------------------------------------------------


def batch(wire: Wire, *items: dict[str, Any], **params: str) -> dict[str, dict[str, Any]]:
    body = {"BatchItemRequest": list(items)}
    answers = wire.fine("POST", "batch", body, params=params)["BatchItemResponse"]
    return {one["bId"]: one for one in answers}


def test_a_batch_creates_changes_deletes_and_asks(wire: Wire) -> None:
    invoice, customer = wire.invoice(), wire.customer()
    version = {"Id": customer["Id"], "SyncToken": "0", "sparse": True}
    found = batch(
        wire,
        {"bId": "new", "operation": "create", "Vendor": {"DisplayName": fresh("Vendor")}},
        {"bId": "edit", "operation": "update", "Customer": {**version, "Notes": "by batch"}},
        {
            "bId": "gone",
            "operation": "delete",
            "Invoice": {"Id": invoice["Id"], "SyncToken": "0"},
        },
        {"bId": "ask", "Query": "SELECT count(*) FROM Vendor"},
    )
    assert int(found["new"]["Vendor"]["Id"]) > 0
    assert found["edit"]["Customer"]["Notes"] == "by batch"
    assert found["gone"]["Invoice"]["status"] == "Deleted"
    assert found["ask"]["QueryResponse"]["totalCount"] > 0


def test_each_item_of_a_batch_stands_alone(wire: Wire) -> None:
    name = fresh("Alone")
    found = batch(
        wire,
        {"bId": "1", "operation": "create", "Customer": {"DisplayName": name}},
        {"bId": "2", "operation": "create", "Customer": {"DisplayName": name}},
        {"bId": "3", "operation": "explode", "Customer": {"DisplayName": fresh("x")}},
        {"bId": "4", "operation": "create", "Customer": {"DisplayName": fresh("Alone")}},
        {"bId": "5", "operation": "create"},
    )
    assert found["2"]["Fault"]["type"] == "ValidationFault"
    assert found["2"]["Fault"]["Error"][0]["code"] == "6240"
    assert "Fault" in found["3"]
    assert "Fault" in found["5"]
    assert "Customer" in found["1"]
    assert "Customer" in found["4"]


def test_a_refused_item_of_a_batch_leaves_nothing_behind(wire: Wire) -> None:
    estimate = wire.create("Estimate", wire.invoice_body("5.00"))
    closed = wire.change("Estimate", estimate, TxnStatus="Rejected")
    link = {"TxnId": closed["Id"], "TxnType": "Estimate"}
    body = wire.invoice_body("5.00", CustomerRef=estimate["CustomerRef"], LinkedTxn=[link])
    before = wire.query("SELECT count(*) FROM Invoice")
    found = batch(
        wire,
        {"bId": "bad", "operation": "create", "Invoice": body},
        {"bId": "good", "operation": "create", "Customer": {"DisplayName": fresh("After")}},
    )
    assert found["bad"]["Fault"]["Error"][0]["code"] == "620"
    assert "Customer" in found["good"]
    assert wire.query("SELECT count(*) FROM Invoice") == before


def test_a_payment_is_voided_in_a_batch(wire: Wire) -> None:
    invoice = wire.invoice("10.00")
    payment = wire.payment(invoice, "10.00")
    version = {"Id": payment["Id"], "SyncToken": "0", "sparse": True}
    found = batch(
        wire, {"bId": "1", "operation": "update", "optionsData": "void", "Payment": version}
    )
    assert found["1"]["Payment"]["TotalAmt"] == 0
    assert wire.read("Invoice", invoice["Id"])["Balance"] == 10


def test_a_batch_holds_thirty_items(wire: Wire) -> None:
    ask = {"bId": "1", "Query": "SELECT count(*) FROM Customer"}
    assert batch(wire, *[ask] * 30)
    error = wire.refused("POST", "batch", {"BatchItemRequest": [ask] * 31})
    assert error["code"] == "1040"


def test_a_batch_with_a_request_id_acts_once(wire: Wire) -> None:
    item = {"bId": "1", "operation": "create", "Customer": {"DisplayName": fresh("Batch")}}
    first = batch(wire, item, requestid=f"batch-{fresh('r')}".replace(" ", "-"))
    assert "Customer" in first["1"]
    request_id = fresh("twice").replace(" ", "-")
    item = {"bId": "1", "operation": "create", "Customer": {"DisplayName": fresh("Batch")}}
    assert batch(wire, item, requestid=request_id) == batch(wire, item, requestid=request_id)


def test_the_library_sends_batches(qb: QuickBooks, wire: Wire) -> None:
    people = []
    for _ in range(3):
        one = Customer()
        one.DisplayName = fresh("Lib")
        people.append(one)
    made = batch_create(people, qb=qb)
    assert len(made.successes) == 3
    for one in made.successes:
        one.Notes = "again"
    assert len(batch_update(made.successes, qb=qb).successes) == 3
    again = batch_create(people, qb=qb)
    assert len(again.faults) == 3
    assert again.faults[0].Error[0].code == "6240"
    invoice = Invoice.get(wire.invoice()["Id"], qb=qb)
    assert len(batch_delete([invoice], qb=qb).successes) == 1


# --- webhooks ----------------------------------------------------------------------------------


class Listener:
    """A small server that keeps what it is told, and can be deaf for a while."""

    def __init__(self) -> None:
        self.heard: list[tuple[bytes, str]] = []
        self.deaf = 0
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                status = 200
                if outer.deaf:
                    outer.deaf -= 1
                    status = 500
                else:
                    outer.heard.append((body, self.headers["intuit-signature"]))
                self.send_response(status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *words: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_port}/hook"

    def events(self) -> list[Any]:
        return [json.loads(body) for body, _signature in self.heard]


@pytest.fixture
def listener() -> Iterator[Listener]:
    made = Listener()
    yield made
    made.server.shutdown()
    made.server.server_close()


@pytest.mark.parametrize("shape", ["cloudevents", "legacy"])
def test_webhooks_are_signed_over_their_bytes(
    wire: Wire, listener: Listener, shape: str, qb: QuickBooks
) -> None:
    wire.control("POST", "webhooks", {"url": listener.url, "format": shape})
    wire.customer()
    wait_until(lambda: listener.heard, what="a notification")
    body, signature = listener.heard[0]
    secret = wire.details["webhook_verifier_token"]
    digest = hmac.new(secret.encode(), body, hashlib.sha256).digest()
    assert base64.b64decode(signature) == digest
    assert qb.validate_webhook_signature(body.decode(), signature, secret)


def test_cloud_events_tell_what_happened(wire: Wire, listener: Listener) -> None:
    wire.control("POST", "webhooks", {"url": listener.url, "format": "cloudevents"})
    invoice = wire.invoice("10.00")
    wire.change("Invoice", invoice, PrivateNote="x")
    wire.end("Invoice", wire.read("Invoice", invoice["Id"]), "void")
    wire.end("Invoice", wire.read("Invoice", invoice["Id"]), "delete")

    def of_invoice() -> list[dict[str, Any]]:
        events = [one for part in listener.events() for one in part]
        return [one for one in events if one["type"].startswith("qbo.invoice.")]

    wait_until(lambda: len(of_invoice()) >= 4, what="four notifications")
    assert [one["type"].split(".")[2] for one in of_invoice()] == [
        *("created", "updated", "voided", "deleted")
    ]
    first = of_invoice()[0]
    assert first["specversion"] == "1.0"
    assert (first["intuitentityid"], first["intuitaccountid"]) == (invoice["Id"], wire.realm)
    assert len({one["id"] for one in of_invoice()}) == 4


def test_legacy_notifications_tell_what_happened(wire: Wire, listener: Listener) -> None:
    wire.control("POST", "webhooks", {"url": listener.url, "format": "legacy"})
    customer = wire.customer()
    wait_until(lambda: listener.heard, what="a notification")
    (note,) = listener.events()[0]["eventNotifications"]
    (event,) = note["dataChangeEvent"]["entities"]
    assert note["realmId"] == wire.realm
    assert (event["name"], event["id"], event["operation"]) == (
        "Customer",
        customer["Id"],
        "Create",
    )
    assert datetime.fromisoformat(event["lastUpdated"])


def test_the_accountant_is_heard_too(wire: Wire, listener: Listener) -> None:
    invoice = wire.invoice("10.00")
    wire.control("POST", "webhooks", {"url": listener.url, "format": "cloudevents"})
    wire.control("POST", "accountant/payment", {"invoice": invoice["Id"], "amount": 4})
    wait_until(
        lambda: any(
            one["type"] == "qbo.payment.created.v1" for part in listener.events() for one in part
        ),
        what="a notification of the payment",
    )


def test_a_batch_is_heard_too(wire: Wire, listener: Listener) -> None:
    wire.control("POST", "webhooks", {"url": listener.url, "format": "cloudevents"})
    made = batch(
        wire, {"bId": "1", "operation": "create", "Vendor": {"DisplayName": fresh("Vendor")}}
    )["1"]["Vendor"]
    wait_until(lambda: listener.heard, what="a notification")
    assert listener.events()[0][0]["intuitentityid"] == made["Id"]


def test_lines_of_unknown_items_say_where(wire: Wire) -> None:
    body = wire.invoice_body(Line=[line("1.00", "424242")])
    assert "424242" in wire.refused("POST", "invoice", body)["Detail"]

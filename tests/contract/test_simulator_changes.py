"""What tells of changes: change data capture, batches of them, webhooks."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from quickbooks import QuickBooks
from quickbooks.batch import batch_create, batch_delete, batch_update
from quickbooks.cdc import change_data_capture
from quickbooks.objects.customer import Customer
from quickbooks.objects.invoice import Invoice

from tests.contract.wire import Wire, fresh, line


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


def test_lines_of_unknown_items_say_where(wire: Wire) -> None:
    body = wire.invoice_body(Line=[line("1.00", "424242")])
    assert "424242" in wire.refused("POST", "invoice", body)["Detail"]

"""The switches: what cannot be confirmed about QuickBooks, one way and the other."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from typing import Any

import pytest
import requests

from tests.contract.wire import Wire, fresh


@contextmanager
def switched(wire: Wire, name: str, value: Any, usual: Any) -> Iterator[None]:
    """Throw one switch for a while."""
    wire.control("POST", "settings", {name: value})
    try:
        yield
    finally:
        wire.control("POST", "settings", {name: usual})


@pytest.mark.parametrize(
    "wanted",
    [
        {"colour": "blue"},
        {"limits": "yes"},
        {"per_second": "many"},
        {"per_second": -1},
        {"per_minute": None},
        {"rotation": "sometimes"},
        {"edition": "deluxe"},
        {"redirect_uris": "https://shop.example/"},
        {"automated_rates": []},
        {"request_id_memory": 0},
    ],
)
def test_a_position_a_switch_does_not_have_is_refused(wire: Wire, wanted: dict[str, Any]) -> None:
    before = wire.control("GET", "state")["settings"]
    url = f"{wire.details['control_url']}/api/settings"
    answer = wire.http.post(url, json={**wanted, "subscription": "lapsed"}, timeout=5)
    assert answer.status_code == 400
    assert wire.control("GET", "state")["settings"] == before, "all of it or nothing"


def test_a_taken_number_is_refused_or_accepted(wire: Wire) -> None:
    number = fresh("N")[:21]
    wire.invoice("1.00", DocNumber=number)
    body = wire.invoice_body("1.00", DocNumber=number)
    assert wire.refused("POST", "invoice", body)["code"] == "6140"
    with switched(wire, "duplicate_numbers", "accept", "refuse"):
        assert wire.create("Invoice", body)["DocNumber"] == number


def test_capitals_make_a_name_another_one(wire: Wire) -> None:
    name = fresh("Acme")
    wire.customer(DisplayName=name)
    body = {"DisplayName": name.upper()}
    assert wire.refused("POST", "customer", body)["code"] == "6240"
    with switched(wire, "case_sensitive_names", value=True, usual=False):
        assert wire.create("Customer", body)["DisplayName"] == name.upper()
        assert wire.refused("POST", "vendor", body)["code"] == "6240"


def test_without_an_order_the_newest_or_the_oldest_come_first(wire: Wire) -> None:
    first, second = wire.customer(), wire.customer()
    statement = f"SELECT * FROM Customer WHERE Id IN ('{first['Id']}', '{second['Id']}')"  # noqa: S608 - ids of ours
    found = [one["Id"] for one in wire.query(statement)["Customer"]]
    assert found == [second["Id"], first["Id"]]
    with switched(wire, "default_order", "oldest", "newest"):
        found = [one["Id"] for one in wire.query(statement)["Customer"]]
    assert found == [first["Id"], second["Id"]]


def test_a_query_tells_the_total(wire: Wire) -> None:
    for _ in range(3):
        wire.create("Department", {"Name": fresh("Department")})
    statement = "SELECT * FROM Department MAXRESULTS 1"
    assert "totalCount" not in wire.query(statement)
    with switched(wire, "total_count", value=True, usual=False):
        found = wire.query(statement)
    assert (found["maxResults"], found["totalCount"] >= 3) == (1, True)


def test_a_voided_document_says_so_in_its_status(wire: Wire) -> None:
    plain, marked = wire.invoice(), wire.invoice()
    assert "status" not in wire.end("Invoice", plain, "void")
    with switched(wire, "void_status", value=True, usual=False):
        wire.end("Invoice", marked, "void")
    assert wire.read("Invoice", marked["Id"])["status"] == "Voided"


def test_a_request_id_replays_a_refusal(wire: Wire) -> None:
    name, params = fresh("Late"), {"requestid": fresh("id").replace(" ", "-")}
    assert wire.refused("POST", "customer", {}, params=params)["code"] == "2020"
    assert wire.create("Customer", {"DisplayName": name}, **params)["DisplayName"] == name
    with switched(wire, "replay_faults", value=True, usual=False):
        params = {"requestid": fresh("id").replace(" ", "-")}
        first = wire.call("POST", "customer", {}, params=params)
        again = wire.call("POST", "customer", {"DisplayName": fresh("Late")}, params=params)
    assert (again.status_code, again.text) == (400, first.text)


def test_request_ids_are_forgotten_after_so_many_hours(wire: Wire) -> None:
    params = {"requestid": fresh("id").replace(" ", "-")}
    wire.control("POST", "clock", {"offset_seconds": -25 * 3600})
    first = wire.create("Customer", {"DisplayName": fresh("Once")}, **params)
    with switched(wire, "request_id_memory", 24, None):
        wire.control("POST", "clock", {"offset_seconds": -2 * 3600})
        assert wire.create("Customer", {"DisplayName": fresh("Twice")}, **params) == first
        wire.control("POST", "clock", {"offset_seconds": 0})
        second = wire.create("Customer", {"DisplayName": fresh("Twice")}, **params)
    assert second["Id"] != first["Id"]


def test_reading_what_was_deleted_answers_either_status(wire: Wire) -> None:
    invoice = wire.invoice()
    wire.end("Invoice", invoice, "delete")
    assert wire.call("GET", f"invoice/{invoice['Id']}").status_code == 400
    with switched(wire, "deleted_read_status", 404, 400):
        answer = wire.call("GET", f"invoice/{invoice['Id']}")
    assert answer.status_code == 404
    assert answer.json()["Fault"]["Error"][0]["code"] == "610"


def test_the_thousand_of_capture_are_for_the_answer_or_for_each_entity(wire: Wire) -> None:
    wire.control("POST", "reset", {"company": "empty"})
    since = wire.control("GET", "state")["now"]
    rows = [{"type": "Customer", "data": {"DisplayName": fresh("Many")}} for _ in range(999)]
    rows += [{"type": "Vendor", "data": {"DisplayName": fresh("Many")}} for _ in range(5)]
    wire.control("POST", "seed", {"entities": rows})
    params = {"entities": "Customer,Vendor", "changedSince": since}

    def counts() -> list[int]:
        found = wire.fine("GET", "cdc", params=params)["CDCResponse"][0]["QueryResponse"]
        return [one["maxResults"] for one in found]

    assert counts() == [999, 1]
    with switched(wire, "cdc_cap", "per_entity", "per_response"):
        assert counts() == [999, 5]


def test_a_name_loses_its_mark_or_keeps_it(wire: Wire) -> None:
    name = fresh("Back")
    customer = wire.change("Customer", wire.customer(DisplayName=name), Active=False)
    with switched(wire, "reactivated_name", "kept", "plain"):
        customer = wire.change("Customer", customer, Active=True)
    assert customer["DisplayName"] == f"{name} (deleted)"
    customer = wire.change("Customer", customer, Active=False)
    assert wire.change("Customer", customer, Active=True)["DisplayName"] == name


def test_a_converted_estimate_has_either_status(wire: Wire) -> None:
    for status, usual in (("Converted", "Closed"), ("Closed", "Closed")):
        body = wire.invoice_body("5.00")
        estimate = wire.create("Estimate", body)
        link = {"TxnId": estimate["Id"], "TxnType": "Estimate"}
        with switched(wire, "converted_estimate", status, usual):
            wire.create("Invoice", {**body, "LinkedTxn": [link]})
        assert wire.read("Estimate", estimate["Id"])["TxnStatus"] == status


def test_a_paid_invoice_may_not_be_voided(wire: Wire) -> None:
    invoice = wire.invoice("10.00")
    payment = wire.payment(invoice, "10.00")
    paid = wire.read("Invoice", invoice["Id"])
    token = {"Id": paid["Id"], "SyncToken": paid["SyncToken"]}
    with switched(wire, "void_paid_invoice", "refuse", "credit"):
        error = wire.refused("POST", "invoice", token, params={"operation": "void"})
    assert error["code"] == "6000"
    assert wire.read("Invoice", invoice["Id"]) == paid, "nothing happened"
    wire.end("Invoice", paid, "void")
    assert wire.read("Payment", payment["Id"])["UnappliedAmt"] == 10


@pytest.mark.parametrize("code", [620, 610])
def test_paying_too_much_has_any_of_the_codes(wire: Wire, code: int) -> None:
    invoice = wire.invoice("10.00")
    link = {"TxnId": invoice["Id"], "TxnType": "Invoice"}
    body = {
        "CustomerRef": invoice["CustomerRef"],
        "TotalAmt": Decimal("99.00"),
        "Line": [{"Amount": Decimal("99.00"), "LinkedTxn": [link]}],
    }
    assert wire.refused("POST", "payment", body)["code"] == "6000"
    with switched(wire, "over_application", code, 6000):
        assert wire.refused("POST", "payment", body)["code"] == str(code)


def test_too_many_calls_are_refused_in_either_shape(wire: Wire) -> None:
    with (
        switched(wire, "coreplus_per_month", 0, None),
        switched(wire, "throttle_body", "xml", "json"),
    ):
        answer = wire.call("GET", "companyinfo/1")
    assert answer.status_code == 429
    assert answer.headers["Content-Type"].startswith("application/xml")
    assert 'code="3001"' in answer.text


def revoke(wire: Wire, token: str) -> requests.Response:
    base = wire.details["discovery_url"].split("/.well-known")[0]
    return wire.http.post(
        f"{base}/v2/oauth2/tokens/revoke",
        data=json.dumps({"token": token}),
        headers={"Content-Type": "application/json"},
        auth=(wire.details["client_id"], wire.details["client_secret"]),
        timeout=5,
    )


def test_revoking_what_is_no_good_is_refused_or_fine(wire: Wire) -> None:
    assert revoke(wire, "gone").status_code == 400
    with switched(wire, "revoke_unknown", 200, 400):
        assert revoke(wire, "gone").status_code == 200


def test_a_token_that_is_no_good_is_refused_in_either_words(wire: Wire) -> None:
    body = {"grant_type": "refresh_token", "refresh_token": "RT1-nobody"}
    usual = wire.token_call(body).json()
    with switched(wire, "invalid_grant_text", "Token invalid", usual["error_description"]):
        other = wire.token_call(body)
    assert other.status_code == 400
    assert other.json() == {"error": "invalid_grant", "error_description": "Token invalid"}

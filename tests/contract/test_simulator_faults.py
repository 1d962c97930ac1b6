"""Answers broken on purpose: each kind of fault, seen from the client's end."""

from __future__ import annotations

import time
from typing import Any

import pytest
import requests

from tests.contract.wire import Wire, fresh

LOST = (requests.ConnectionError, requests.ReadTimeout)


def statuses(wire: Wire, number: int) -> list[int]:
    return [wire.call("GET", "companyinfo/1").status_code for _ in range(number)]


@pytest.mark.parametrize(
    ("kind", "status", "words"),
    [
        ("http429", 429, '"3001"'),
        ("http500", 500, "Fault"),
        ("http503", 503, ""),
        ("html", 502, "<html"),
        ("xml", 429, "<?xml"),
        ("fault200", 200, '"Fault"'),
        ("empty200", 200, ""),
        ("subscription_lapsed", 403, '"6190"'),
        ("stale", 400, '"5010"'),
    ],
)
def test_an_answer_is_replaced_and_nothing_is_applied(
    wire: Wire, kind: str, status: int, words: str
) -> None:
    name = fresh("Broken")
    wire.fault(kind, route="customer.create")
    answer = wire.call("POST", "customer", {"DisplayName": name})
    assert answer.status_code == status
    assert words in answer.text
    if kind == "empty200":
        assert answer.text == ""
    assert wire.find("Customer", f"WHERE DisplayName = '{name}'") == []
    assert wire.create("Customer", {"DisplayName": name})["Id"], "only the next one was broken"


def test_a_connection_is_reset_before_anything_is_applied(wire: Wire) -> None:
    name = fresh("Reset")
    wire.fault("reset_before", route="customer.create")
    with pytest.raises(LOST):
        wire.call("POST", "customer", {"DisplayName": name})
    assert wire.find("Customer", f"WHERE DisplayName = '{name}'") == []


def test_a_connection_is_reset_after_the_record_was_made(wire: Wire) -> None:
    name, request_id = fresh("Lost"), fresh("lost").replace(" ", "-")
    wire.fault("reset_after_apply", route="customer.create")
    params = {"requestid": request_id}
    with pytest.raises(LOST) as caught:
        wire.call("POST", "customer", {"DisplayName": name}, params=params)
    assert "reset" in str(caught.value).lower(), "a reset, not a quiet end"
    (made,) = wire.find("Customer", f"WHERE DisplayName = '{name}'")
    again = wire.create("Customer", {"DisplayName": name}, requestid=request_id)
    assert again["Id"] == made["Id"]


def test_an_answer_may_take_its_time(wire: Wire) -> None:
    wire.control("POST", "faults", {"kind": "delay", "seconds": 0.3, "next_n": 1})
    started = time.monotonic()
    assert wire.call("GET", "companyinfo/1").status_code == 200
    assert time.monotonic() - started >= 0.3


@pytest.mark.parametrize(("kind", "applied"), [("no_answer", 0), ("timeout_after_apply", 1)])
def test_an_answer_may_never_come(wire: Wire, kind: str, applied: int) -> None:
    name = fresh("Silence")
    rule = {"kind": kind, "seconds": 5, "next_n": 1, "match": {"route": "customer.create"}}
    wire.control("POST", "faults", rule)
    url = f"{wire.details['api_base']}/company/{wire.realm}/customer"
    headers = {
        "Authorization": f"Bearer {wire.consent()['access_token']}",
        "Accept": "application/json",
    }
    with pytest.raises(requests.ReadTimeout):
        requests.post(url, json={"DisplayName": name}, headers=headers, timeout=0.4)
    assert len(wire.find("Customer", f"WHERE DisplayName = '{name}'")) == applied


def test_an_answer_is_cut_in_half_after_it_was_applied(wire: Wire) -> None:
    name = fresh("Half")
    wire.fault("truncated", route="customer.create")
    answer = wire.call("POST", "customer", {"DisplayName": name})
    with pytest.raises(ValueError):
        answer.json()
    assert len(wire.find("Customer", f"WHERE DisplayName = '{name}'")) == 1


def test_a_total_may_be_wrong_in_the_answer_alone(wire: Wire) -> None:
    body = wire.invoice_body("10.00")
    wire.fault("wrong_total", route="invoice.create")
    made = wire.create("Invoice", body)
    assert made["TotalAmt"] != 10
    assert wire.read("Invoice", made["Id"])["TotalAmt"] == 10


def test_a_token_may_end_early(wire: Wire) -> None:
    tokens = wire.consent()
    wire.fault("expired_token")
    assert wire.call("GET", "companyinfo/1", token=tokens["access_token"]).status_code == 401
    body = {"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"]}
    fresh_token = wire.token_call(body).json()["access_token"]
    assert wire.call("GET", "companyinfo/1", token=fresh_token).status_code == 200


def test_a_grant_may_be_revoked_in_passing(wire: Wire) -> None:
    tokens = wire.consent()
    wire.fault("revoked_grant")
    assert wire.call("GET", "companyinfo/1", token=tokens["access_token"]).status_code == 401
    body = {"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"]}
    assert wire.token_call(body).json()["error"] == "invalid_grant"


def test_a_rule_strikes_the_next_n_only(wire: Wire) -> None:
    wire.call("GET", "companyinfo/1")
    wire.fault("http503", times=2)
    assert statuses(wire, 4) == [503, 503, 200, 200]


def test_a_rule_strikes_its_method_and_route_only(wire: Wire) -> None:
    customer = wire.customer()
    wire.fault("http503", times=None, method="POST", route=r"invoice\..*")
    assert wire.call("GET", f"customer/{customer['Id']}").status_code == 200
    assert wire.call("POST", "customer", {"DisplayName": fresh("x")}).status_code == 200
    assert wire.call("POST", "invoice", {}).status_code == 503
    wire.control("DELETE", "faults")
    wire.fault("http503", times=None, path="/customer/")
    assert wire.call("GET", f"customer/{customer['Id']}").status_code == 503
    assert wire.call("GET", "companyinfo/1").status_code == 200


@pytest.mark.parametrize(
    ("route", "method", "path", "params"),
    [
        ("invoice.update", "POST", "invoice", {}),
        ("invoice.delete", "POST", "invoice", {"operation": "delete"}),
        ("invoice.void", "POST", "invoice", {"operation": "void"}),
        ("invoice.send", "POST", "invoice/1/send", {"sendTo": "a@example.com"}),
        ("invoice.pdf", "GET", "invoice/1/pdf", {}),
        ("invoice.read", "GET", "invoice/1", {}),
        ("query.read", "GET", "query", {"query": "SELECT * FROM Invoice"}),
        ("cdc.read", "GET", "cdc", {"entities": "Invoice"}),
        ("batch.send", "POST", "batch", {}),
    ],
)
def test_routes_have_names(
    wire: Wire, route: str, method: str, path: str, params: dict[str, str]
) -> None:
    wire.fault("http503", route=route)
    body = {"Id": "1", "SyncToken": "0"} if method == "POST" else None
    assert wire.call(method, path, body, params=params).status_code == 503


def test_chance_repeats_itself_by_its_seed(wire: Wire) -> None:
    wire.call("GET", "companyinfo/1")

    def run(seed: int) -> list[int]:
        wire.control("DELETE", "faults")
        wire.control("POST", "faults", {"kind": "http500", "percent": 50, "seed": seed})
        return statuses(wire, 30)

    first = run(7)
    assert run(7) == first
    assert {200, 500} == set(first)
    assert run(8) != first


def test_rules_are_listed_counted_and_taken_back(wire: Wire) -> None:
    wire.call("GET", "companyinfo/1")
    wire.fault("http500", times=5)
    statuses(wire, 2)
    (rule,) = wire.control("GET", "faults")["faults"]
    assert (rule["kind"], rule["next_n"], rule["hits"]) == ("http500", 3, 2)
    wire.control("DELETE", f"faults/{rule['id']}")
    assert wire.control("GET", "faults")["faults"] == []
    assert statuses(wire, 1) == [200]


@pytest.mark.parametrize("wrong", [{"kind": "magic"}, {"kind": "http500", "match": {"route": "("}}])
def test_a_rule_that_makes_no_sense_is_refused(wire: Wire, wrong: dict[str, Any]) -> None:
    answer = wire.http.post(f"{wire.details['control_url']}/api/faults", json=wrong, timeout=5)
    assert answer.status_code == 400
    assert answer.json()["error"]


def test_a_refresh_may_be_lost_after_the_token_changed(wire: Wire) -> None:
    tokens = wire.consent()
    wire.control("POST", "clock", {"offset_seconds": 2 * 86_400})
    wire.fault("reset_after_apply", route="oauth.refresh")
    body = {"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"]}
    with pytest.raises(LOST):
        wire.token_call(body)
    again = wire.token_call(body)
    assert again.status_code == 200, "the old token works for another day"
    assert again.json()["refresh_token"] != tokens["refresh_token"]

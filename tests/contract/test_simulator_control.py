"""The control page and its API: what a test, a demo or a developer moves by hand."""

from __future__ import annotations

import time
from typing import Any

import pytest
import requests

from tests.contract.wire import Wire, fresh, running


def last_logged(wire: Wire) -> int:
    return int(wire.control("GET", "requests?limit=1")["last"])


def logged(wire: Wire, since: int) -> list[dict[str, Any]]:
    path = f"requests?since={since}&route=customer.create"
    return wire.control("GET", path)["requests"]  # type: ignore[no-any-return]


def test_the_state_tells_everything(wire: Wire) -> None:
    found = wire.control("GET", "state")
    assert {"counts", "preferences", "faults", "metering", "tokens", "settings", "now"} <= set(
        found
    )
    assert found["realm_id"] == wire.realm
    before = found["counts"]["Customer"]
    wire.customer()
    assert wire.control("GET", "state")["counts"]["Customer"] == before + 1


def test_reset_starts_over_with_either_company(wire: Wire) -> None:
    made = wire.customer()
    tokens = wire.consent()
    wire.control("POST", "reset", {"company": "demo"})
    assert len(wire.find("Customer")) >= 25
    wire.control("POST", "reset", {"company": "empty"})
    assert wire.find("Customer") == []
    assert wire.call("GET", f"customer/{made['Id']}").status_code == 400
    answer = wire.call("GET", "companyinfo/1", token=tokens["access_token"])
    assert answer.status_code == 200, "log-ins stay"
    wrong = {"company": "circus"}
    url = f"{wire.details['control_url']}/api/reset"
    assert wire.http.post(url, json=wrong, timeout=5).status_code == 400


def test_a_small_edition_does_not_hinder_starting_over(wire: Wire) -> None:
    wire.control("POST", "settings", {"edition": "simple_start"})
    try:
        wire.control("POST", "reset", {"company": "demo"})
        assert len(wire.find("Bill")) > 0
        refused = wire.refused("POST", "bill", {"VendorRef": {"value": "1"}})
        assert refused["code"] == "5020", "the edition is still the one that was chosen"
    finally:
        wire.control("POST", "settings", {"edition": "plus"})
        wire.control("POST", "reset", {"company": "empty"})


def test_seed_writes_a_thousand_records_in_two_seconds(wire: Wire) -> None:
    prefix = fresh("Seed")
    names = [f"{prefix} {number}" for number in range(1000)]
    rows = [{"type": "Customer", "data": {"DisplayName": name}} for name in names]
    started = time.monotonic()
    created = wire.control("POST", "seed", {"entities": rows})["created"]
    assert time.monotonic() - started < 2
    assert [one["DisplayName"] for one in created] == names
    assert wire.read("Customer", created[-1]["Id"]) == created[-1]


def test_seed_follows_the_rules_and_is_all_or_nothing(wire: Wire) -> None:
    name = fresh("Both")
    rows = [{"type": "Customer", "data": {"DisplayName": name}}] * 2
    url = f"{wire.details['control_url']}/api/seed"
    answer = wire.http.post(url, json={"entities": rows}, timeout=5)
    assert answer.status_code == 400
    assert answer.json()["Fault"]["Error"][0]["code"] == "6240"
    assert wire.find("Customer", f"WHERE DisplayName = '{name}'") == []


def test_seed_ignores_limits(wire: Wire) -> None:
    wire.control("POST", "settings", {"limits": True, "per_second": 1})
    rows = [{"type": "Vendor", "data": {"DisplayName": fresh("Vendor")}} for _ in range(20)]
    assert len(wire.control("POST", "seed", {"entities": rows})["created"]) == 20
    wire.control("POST", "settings", {"per_second": 10})


def test_the_clock_moves(wire: Wire) -> None:
    moved = wire.control("POST", "clock", {"now": "2030-01-02T10:00:00+00:00"})["now"]
    assert moved.startswith("2030-01-02T02:00:0")
    assert wire.invoice()["TxnDate"] == "2030-01-02"
    wire.control("POST", "clock", {"offset_seconds": 0})
    assert not wire.control("GET", "state")["now"].startswith("2030")


def test_the_log_holds_what_came_in(wire: Wire) -> None:
    since = wire.control("GET", "requests?limit=1000&since=0")["requests"]
    last = since[-1]["seq"] if since else 0
    while since:
        last = since[-1]["seq"]
        since = wire.control("GET", f"requests?limit=1000&since={last}")["requests"]
    request_id = fresh("log").replace(" ", "-")
    answer = wire.call(
        "POST", "customer", {"DisplayName": fresh("Log")}, params={"requestid": request_id}
    )
    found = wire.control("GET", f"requests?since={last}&route=customer.create&limit=10")["requests"]
    entry = next(one for one in found if one["query"].get("requestid") == request_id)
    assert (entry["method"], entry["status"], entry["entity"]) == ("POST", 200, "Customer")
    assert entry["path"].endswith("/customer")
    assert entry["id"] == answer.json()["Customer"]["Id"]
    assert entry["intuit_tid"] == answer.headers["intuit_tid"]
    assert '"DisplayName"' in entry["body"]
    assert entry["at"]


def test_the_log_holds_refused_and_throttled_calls_too(wire: Wire) -> None:
    wire.customer()
    since = last_logged(wire)
    wire.fault("http429", route="customer.create")
    wire.call("POST", "customer", {"DisplayName": fresh("Log")})
    wire.call("POST", "customer", {"DisplayName": ""})
    found = logged(wire, since)
    assert [one["status"] for one in found] == [429, 400]
    assert [one["fault"] for one in found] == ["http429", None]
    assert not any("id" in one for one in found)


def test_the_log_holds_what_nobody_heard_an_answer_to(wire: Wire) -> None:
    wire.customer()
    since = last_logged(wire)
    for kind in ("reset_before", "reset_after_apply"):
        wire.fault(kind, route="customer.create")
        with pytest.raises(requests.ConnectionError):
            wire.call("POST", "customer", {"DisplayName": fresh("Log")})
    before, after = logged(wire, since)
    assert (before["status"], "id" in before) == (0, False)
    assert (after["status"], "id" in after) == (200, True)


def test_the_accountant_receives_a_payment(wire: Wire) -> None:
    invoice = wire.invoice("100.00")
    body = {"invoice": invoice["Id"], "amount": 30, "date": "2026-02-03"}
    payment = wire.control("POST", "accountant/payment", body)["Payment"]
    assert (payment["TotalAmt"], payment["TxnDate"]) == (30, "2026-02-03")
    assert wire.read("Invoice", invoice["Id"])["Balance"] == 70
    whole = wire.control("POST", "accountant/payment", {"invoice": invoice["Id"]})["Payment"]
    assert whole["TotalAmt"] == 70
    loose = {"customer": invoice["CustomerRef"]["value"], "amount": 5}
    assert wire.control("POST", "accountant/payment", loose)["Payment"]["UnappliedAmt"] == 5


def test_the_accountant_pays_by_a_named_method(wire: Wire) -> None:
    invoice = wire.invoice("10.00")
    check = wire.find("PaymentMethod", "WHERE Name = 'Check'")[0]["Id"]
    for method in ("Check", check):
        body = {"invoice": invoice["Id"], "amount": 5, "method": method}
        payment = wire.control("POST", "accountant/payment", body)["Payment"]
        assert payment["PaymentMethodRef"]["value"] == check


def test_the_accountant_edits_deactivates_voids_and_deletes(wire: Wire) -> None:
    item, customer = wire.item(), wire.customer()
    edit = {"type": "Item", "id": item["Id"], "changes": {"Name": fresh("Renamed")}}
    assert wire.control("POST", "accountant/edit", edit)["Item"]["SyncToken"] == "1"
    gone = {"type": "Customer", "id": customer["Id"]}
    assert wire.control("POST", "accountant/deactivate", gone)["Customer"]["Active"] is False
    first, second = wire.invoice(), wire.invoice()
    void = {"type": "Invoice", "id": first["Id"]}
    assert wire.control("POST", "accountant/void", void)["Invoice"]["TotalAmt"] == 0
    delete = {"type": "Invoice", "id": second["Id"]}
    assert wire.control("POST", "accountant/delete", delete)["Invoice"]["status"] == "Deleted"


def test_preferences_are_set_by_their_paths(wire: Wire) -> None:
    wire.control("POST", "preferences", {"SalesFormsPrefs.AutoApplyCredit": True})
    found = wire.fine("GET", "preferences")["Preferences"]
    assert found["SalesFormsPrefs"]["AutoApplyCredit"] is True
    assert found["SalesFormsPrefs"]["CustomTxnNumbers"] is True, "the others stay"
    wire.control("POST", "preferences", {"SalesFormsPrefs.AutoApplyCredit": False})


def test_a_lapsed_subscription_reads_and_does_not_write(wire: Wire) -> None:
    wire.control("POST", "settings", {"subscription": "lapsed"})
    try:
        answer = wire.call("POST", "customer", {"DisplayName": fresh("x")})
        assert answer.json()["Fault"]["Error"][0]["code"] == "6190"
        assert wire.call("GET", "companyinfo/1").status_code == 200
    finally:
        wire.control("POST", "settings", {"subscription": "active"})


def test_unknown_properties_are_passed_over_or_refused(wire: Wire) -> None:
    body = {"DisplayName": fresh("Strict"), "Shoe": 42}
    assert "Shoe" not in wire.create("Customer", body)
    wire.control("POST", "settings", {"unknown_fields": "strict"})
    try:
        error = wire.refused("POST", "customer", {**body, "DisplayName": fresh("Strict")})
    finally:
        wire.control("POST", "settings", {"unknown_fields": "ignore"})
    assert error["code"] == "2010"
    assert "Shoe" in error["Detail"]


def test_the_page_shows_the_books_without_scripts_in_its_markup(wire: Wire) -> None:
    name = fresh("<script>alert(1)</script>")
    wire.customer(DisplayName=name)
    answer = wire.http.get(wire.details["control_url"], timeout=5)
    assert answer.headers["Content-Type"].startswith("text/html")
    assert "<script>alert" not in answer.text
    assert " onclick=" not in answer.text
    assert wire.realm in answer.text


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("accountant/edit", {"type": "Gadget", "id": "1", "changes": {}}),
        ("accountant/edit", {}),
        ("accountant/payment", {"invoice": "999999"}),
        ("accountant/void", {"type": "Customer", "id": "1"}),
        ("clock", {"now": "soon"}),
        ("clock", {"offset_seconds": "many"}),
        ("webhooks", {"url": "http://127.0.0.1:9/", "format": "pigeon"}),
        ("seed", {"entities": [{"type": "Gadget", "data": {}}]}),
        ("seed", {"entities": "all"}),
        ("settings", []),
        ("requests", {}),
    ],
)
def test_what_control_cannot_do_it_says(wire: Wire, path: str, body: Any) -> None:
    url = f"{wire.details['control_url']}/api/{path}"
    answer = wire.http.post(url, json=body, timeout=5)
    assert answer.status_code in {400, 404, 405}, answer.text


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Any:
    with running(tmp_path_factory.mktemp("demo"), company="demo") as details:
        found = Wire(details)
        found.settle()
        yield found
        found.close()


def test_the_demo_company_adds_up(demo: Wire) -> None:
    invoices, payments = demo.find("Invoice"), demo.find("Payment")
    memos, customers = demo.find("CreditMemo"), demo.find("Customer")
    paid: dict[str, Any] = {}
    for payment in payments:
        for one in payment["Line"]:
            target = one["LinkedTxn"][0]
            if target["TxnType"] == "Invoice":
                paid[target["TxnId"]] = paid.get(target["TxnId"], 0) + one["Amount"]
    for invoice in invoices:
        assert invoice["Balance"] == invoice["TotalAmt"] - paid.get(invoice["Id"], 0)
    owed = sum(one["Balance"] for one in invoices)
    credit = sum(one["RemainingCredit"] for one in memos)
    credit += sum(one["UnappliedAmt"] for one in payments)
    assert sum(one["Balance"] for one in customers) == owed - credit

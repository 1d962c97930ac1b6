"""Two customers or vendors made one by the accountant: what moves, what goes, who hears of it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from tests.contract.wire import Wire, fresh


def merge(wire: Wire, kind: str, keep: str, gone: str) -> dict[str, Any]:
    body = {"type": kind, "keep": keep, "gone": gone}
    return wire.control("POST", "accountant/merge", body)[kind]  # type: ignore[no-any-return]


def refused(wire: Wire, kind: str, keep: str, gone: str) -> str:
    url = f"{wire.details['control_url']}/api/accountant/merge"
    answer = wire.http.post(url, json={"type": kind, "keep": keep, "gone": gone}, timeout=5)
    assert answer.status_code == 400, answer.text
    return str(answer.json()["Fault"]["Error"][0]["code"])


def test_what_cannot_be_merged_is_left_alone(wire: Wire) -> None:
    customer, item = wire.customer(), wire.item()
    below = wire.customer(Job=True, ParentRef={"value": customer["Id"]})
    assert refused(wire, "Customer", customer["Id"], customer["Id"]) == "6000"
    assert refused(wire, "Customer", customer["Id"], below["Id"]) == "6000"
    assert refused(wire, "Customer", below["Id"], customer["Id"]) == "6000"
    assert refused(wire, "Customer", customer["Id"], "999999") == "610"
    assert refused(wire, "Item", item["Id"], item["Id"]) == "500"
    assert wire.read("Customer", below["Id"])["SyncToken"] == below["SyncToken"]


def test_what_one_owed_the_other_owes(wire: Wire) -> None:
    kept, gone = wire.customer(), wire.customer()
    invoice = wire.invoice("70.00", CustomerRef={"value": gone["Id"]})
    wire.payment(invoice, "20.00")
    wire.invoice("5.00", CustomerRef={"value": kept["Id"]})
    found = merge(wire, "Customer", kept["Id"], gone["Id"])
    assert found["Balance"] == 55
    moved = wire.read("Invoice", invoice["Id"])
    assert moved["CustomerRef"]["value"] == kept["Id"]
    assert (moved["Balance"], int(moved["SyncToken"])) == (50, int(invoice["SyncToken"]) + 2)
    where = f"WHERE CustomerRef = '{kept['Id']}'"
    assert len(wire.find("Invoice", where)) == 2
    assert len(wire.find("Payment", where)) == 1


def test_the_books_stay_in_balance_and_go_on(wire: Wire) -> None:
    kept, gone = wire.customer(), wire.customer()
    invoice = wire.invoice("70.00", CustomerRef={"value": gone["Id"]})
    receivable = wire.account("AccountsReceivable")["value"]
    before = wire.read("Account", receivable)["CurrentBalance"]
    merge(wire, "Customer", kept["Id"], gone["Id"])
    assert wire.read("Account", receivable)["CurrentBalance"] == before
    wire.payment(wire.read("Invoice", invoice["Id"]), "70.00")
    assert wire.read("Account", receivable)["CurrentBalance"] == before - 70
    assert wire.read("Customer", kept["Id"])["Balance"] == 0


def test_the_one_that_goes_is_gone_and_its_name_is_free(wire: Wire) -> None:
    kept, gone = wire.customer(), wire.customer()
    merge(wire, "Customer", kept["Id"], gone["Id"])
    error = wire.refused("GET", f"customer/{gone['Id']}")
    assert error["code"] == "610"
    again = wire.customer(DisplayName=gone["DisplayName"])
    assert again["Id"] not in {kept["Id"], gone["Id"]}


def test_the_one_that_stays_is_a_newer_version(wire: Wire) -> None:
    kept, gone = wire.customer(), wire.customer()
    found = merge(wire, "Customer", kept["Id"], gone["Id"])
    assert found["SyncToken"] == str(int(kept["SyncToken"]) + 1)
    error = wire.refused("POST", "customer", {**kept, "CompanyName": "Late", "sparse": True})
    assert error["code"] == "5010"


def test_captured_changes_tell_all_of_it(wire: Wire) -> None:
    kept, gone = wire.customer(), wire.customer()
    invoice = wire.invoice("9.00", CustomerRef={"value": gone["Id"]})
    since = wire.control("GET", "state")["now"]
    merge(wire, "Customer", kept["Id"], gone["Id"])
    params = {"entities": "Customer,Invoice", "changedSince": since}
    customers, invoices = wire.fine("GET", "cdc", params=params)["CDCResponse"][0]["QueryResponse"]
    found = {one["Id"]: one.get("status") for one in customers["Customer"]}
    assert {one: found[one] for one in (kept["Id"], gone["Id"])} == {
        kept["Id"]: None,
        gone["Id"]: "Deleted",
    }
    moved = {one["Id"]: one["CustomerRef"]["value"] for one in invoices["Invoice"]}
    assert moved[invoice["Id"]] == kept["Id"]


def test_jobs_move_below_the_one_that_stays(wire: Wire) -> None:
    kept, gone = wire.customer(), wire.customer()
    job = wire.customer(Job=True, ParentRef={"value": gone["Id"]})
    wire.invoice("8.00", CustomerRef={"value": job["Id"]})
    found = merge(wire, "Customer", kept["Id"], gone["Id"])
    moved = wire.read("Customer", job["Id"])
    assert moved["ParentRef"]["value"] == kept["Id"]
    assert moved["FullyQualifiedName"] == f"{kept['DisplayName']}:{job['DisplayName']}"
    assert found["BalanceWithJobs"] == 8


def test_vendors_keep_their_orders_and_customers_on_lines_move_too(wire: Wire) -> None:
    names = (fresh("Vendor"), fresh("Vendor"))
    kept, gone = (wire.create("Vendor", {"DisplayName": name}) for name in names)
    first, second = wire.customer(), wire.customer()
    detail = {
        "AccountRef": wire.account("SuppliesMaterials"),
        "CustomerRef": {"value": second["Id"]},
    }
    line = {
        "Amount": Decimal("30.00"),
        "DetailType": "AccountBasedExpenseLineDetail",
        "AccountBasedExpenseLineDetail": detail,
    }
    bill = wire.create("Bill", {"VendorRef": {"value": gone["Id"]}, "Line": [line]})
    assert merge(wire, "Vendor", kept["Id"], gone["Id"])["Balance"] == 30
    merge(wire, "Customer", first["Id"], second["Id"])
    moved = wire.read("Bill", bill["Id"])
    assert moved["VendorRef"]["value"] == kept["Id"]
    held = moved["Line"][0]["AccountBasedExpenseLineDetail"]["CustomerRef"]["value"]
    assert held == first["Id"]


@pytest.mark.parametrize("kind", ["Customer", "Vendor"])
def test_an_id_that_means_something_else_stays(wire: Wire, kind: str) -> None:
    income = wire.account("ServiceFeeIncome")
    item = wire.item(IncomeAccountRef=income)
    made = [wire.create(kind, {"DisplayName": fresh(kind)}) for _ in range(2)]
    merge(wire, kind, made[0]["Id"], made[1]["Id"])
    assert wire.read("Item", item["Id"])["IncomeAccountRef"]["value"] == income["value"]
    assert wire.read("Item", item["Id"])["SyncToken"] == item["SyncToken"]

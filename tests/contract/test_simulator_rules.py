"""Rules of QuickBooks that touch more than the record that was sent."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from tests.contract.wire import Wire, fresh, line, own_lines


def preferences(wire: Wire, **paths: Any) -> None:
    wire.control("POST", "preferences", {key.replace("__", "."): v for key, v in paths.items()})


@pytest.mark.parametrize(("opening", "kind"), [("75.50", "Invoice"), ("-12.25", "CreditMemo")])
def test_an_opening_balance_becomes_a_document(wire: Wire, opening: str, kind: str) -> None:
    made = wire.customer(Balance=Decimal(opening), OpenBalanceDate="2026-01-05")
    assert made["Balance"] == Decimal(opening)
    (document,) = wire.find(kind, f"WHERE CustomerRef = '{made['Id']}'")
    assert (document["TotalAmt"], document["TxnDate"]) == (abs(Decimal(opening)), "2026-01-05")


def test_a_balance_cannot_be_written_later(wire: Wire) -> None:
    made = wire.customer()
    assert wire.change("Customer", made, Balance=100)["Balance"] == 0
    assert wire.find("Invoice", f"WHERE CustomerRef = '{made['Id']}'") == []


def test_what_jobs_owe_shows_at_the_customer_above(wire: Wire) -> None:
    parent = wire.customer()
    job = wire.customer(Job=True, ParentRef={"value": parent["Id"]})
    invoice = wire.invoice("40.00", CustomerRef={"value": job["Id"]})
    above = wire.read("Customer", parent["Id"])
    assert (above["Balance"], above["BalanceWithJobs"]) == (0, 40)
    body = {
        "CustomerRef": {"value": parent["Id"]},
        "TotalAmt": 40,
        "Line": [{"Amount": 40, "LinkedTxn": [{"TxnId": invoice["Id"], "TxnType": "Invoice"}]}],
    }
    wire.create("Payment", body)
    assert wire.read("Invoice", invoice["Id"])["Balance"] == 0, "the parent may pay for its job"
    assert wire.read("Customer", parent["Id"])["BalanceWithJobs"] == 0


def test_the_names_below_follow_a_renamed_parent(wire: Wire) -> None:
    parent = wire.customer()
    job = wire.customer(Job=True, ParentRef={"value": parent["Id"]})
    name = fresh("Renamed")
    wire.change("Customer", parent, DisplayName=name)
    below = wire.read("Customer", job["Id"])
    assert below["FullyQualifiedName"] == f"{name}:{job['DisplayName']}"
    assert below["SyncToken"] == job["SyncToken"]


def test_nobody_stands_below_itself(wire: Wire) -> None:
    parent = wire.customer()
    job = wire.customer(ParentRef={"value": parent["Id"]})
    version = {"Id": parent["Id"], "SyncToken": parent["SyncToken"], "sparse": True}
    wrong = {**version, "ParentRef": {"value": job["Id"]}}
    assert wire.refused("POST", "customer", wrong)["code"] == "900"


@pytest.mark.parametrize(("kind", "flag"), [("Customer", "Job"), ("Item", "SubItem")])
def test_what_stands_below_needs_a_parent(wire: Wire, kind: str, flag: str) -> None:
    name = "DisplayName" if kind == "Customer" else "Name"
    body = {name: fresh("Orphan"), "Type": "NonInventory", flag: True}
    assert wire.refused("POST", kind.lower(), body)["code"] == "6150"


def test_the_currency_is_the_companys_and_never_changes(wire: Wire) -> None:
    made = wire.customer()
    assert made["CurrencyRef"]["value"] == "USD"
    other = {"DisplayName": fresh("Foreign"), "CurrencyRef": {"value": "EUR"}}
    assert wire.refused("POST", "customer", other)["code"] == "2220"
    version = {"Id": made["Id"], "SyncToken": made["SyncToken"], "sparse": True}
    changed = {**version, "CurrencyRef": {"value": "EUR"}}
    assert wire.refused("POST", "customer", changed)["code"] == "6000"


def test_a_credit_applies_itself_to_the_oldest_invoice_where_that_is_preferred(wire: Wire) -> None:
    customer = {"value": wire.customer()["Id"]}
    newer = wire.invoice("30.00", CustomerRef=customer, TxnDate="2026-03-02")
    older = wire.invoice("20.00", CustomerRef=customer, TxnDate="2026-03-01")
    preferences(wire, SalesFormsPrefs__AutoApplyCredit=True)
    try:
        body = wire.invoice_body("25.00", CustomerRef=customer)
        memo = wire.create("CreditMemo", body)
    finally:
        preferences(wire, SalesFormsPrefs__AutoApplyCredit=False)
    assert (memo["RemainingCredit"], memo["SyncToken"]) == (0, "1")
    assert wire.read("Invoice", older["Id"])["Balance"] == 0
    assert wire.read("Invoice", newer["Id"])["Balance"] == 25
    (payment,) = wire.find("Payment", f"WHERE CustomerRef = '{customer['value']}'")
    assert (payment["TotalAmt"], payment["UnappliedAmt"]) == (0, 0)


def test_the_link_for_paying_online_comes_on_request_only(wire: Wire) -> None:
    plain = wire.invoice("5.00")
    online = {"AllowOnlineACHPayment": True, "BillEmail": {"Address": "pay@shop.example"}}
    invoice = wire.invoice("5.00", **online)
    path, asked = f"invoice/{invoice['Id']}", {"include": "invoiceLink"}
    assert "InvoiceLink" not in wire.fine("GET", path)["Invoice"]
    assert wire.fine("GET", path, params=asked)["Invoice"]["InvoiceLink"].startswith("https://")
    other = wire.fine("GET", f"invoice/{plain['Id']}", params=asked)["Invoice"]
    assert "InvoiceLink" not in other
    statement = {"query": f"SELECT * FROM Invoice WHERE Id = '{invoice['Id']}'", **asked}  # noqa: S608 - an id
    (found,) = wire.fine("GET", "query", params=statement)["QueryResponse"]["Invoice"]
    assert "InvoiceLink" in found


def test_a_discount_stands_after_the_subtotal_wherever_it_was_sent(wire: Wire) -> None:
    item_id = wire.item()["Id"]
    discount = {
        "DetailType": "DiscountLineDetail",
        "DiscountLineDetail": {"PercentBased": True, "DiscountPercent": 10},
    }
    made = wire.invoice(Line=[discount, line("60.00", item_id), line("40.00", item_id)])
    assert [one["DetailType"] for one in made["Line"]][-2:] == [
        "SubTotalLineDetail",
        "DiscountLineDetail",
    ]
    assert made["TotalAmt"] == 90
    body = wire.invoice_body(Line=[line("1.00", item_id), discount, discount])
    assert wire.refused("POST", "invoice", body)["code"] == "6000"


def test_a_line_without_an_item_is_documentation(wire: Wire) -> None:
    words = {"Amount": 99, "DetailType": "SalesItemLineDetail", "Description": "As discussed"}
    made = wire.invoice(Line=[words, line("5.00", wire.item()["Id"])])
    assert made["TotalAmt"] == 5
    assert own_lines(made)[0]["Amount"] == 0


def test_a_total_stays_above_what_was_paid(wire: Wire) -> None:
    invoice = wire.invoice("50.00")
    wire.payment(invoice, "30.00")
    item = own_lines(invoice)[0]["SalesItemLineDetail"]["ItemRef"]["value"]
    present = wire.read("Invoice", invoice["Id"])
    version = {"Id": present["Id"], "SyncToken": present["SyncToken"], "sparse": True}
    lower = {**version, "Line": [line("29.00", item)]}
    assert wire.refused("POST", "invoice", lower)["code"] == "6000"
    other = {**version, "CustomerRef": {"value": wire.customer()["Id"]}}
    assert wire.refused("POST", "invoice", other)["code"] == "6000"
    assert wire.change("Invoice", present, Line=[line("31.00", item)])["Balance"] == 1


def test_a_full_update_leaves_the_payments_on_an_invoice(wire: Wire) -> None:
    invoice = wire.invoice("50.00")
    payment = wire.payment(invoice, "20.00")
    present = wire.read("Invoice", invoice["Id"])
    whole = {key: value for key, value in present.items() if key != "LinkedTxn"}
    saved = wire.create("Invoice", {**whole, "PrivateNote": "whole"})
    assert saved["LinkedTxn"] == [{"TxnId": payment["Id"], "TxnType": "Payment"}]
    assert saved["Balance"] == 30


def test_one_invoice_twice_in_a_payment_is_not_overpaid(wire: Wire) -> None:
    invoice = wire.invoice("10.00")
    part = {"Amount": 6, "LinkedTxn": [{"TxnId": invoice["Id"], "TxnType": "Invoice"}]}
    body = {"CustomerRef": invoice["CustomerRef"], "TotalAmt": 12, "Line": [part, part]}
    assert wire.refused("POST", "payment", body)["code"] == "6000"


def test_a_deposited_payment_is_locked(wire: Wire) -> None:
    payment = wire.payment(wire.invoice("10.00"), "10.00")
    wire.control("POST", "accountant/deposit", {"payment": payment["Id"]})
    present = wire.read("Payment", payment["Id"])
    version = {"Id": present["Id"], "SyncToken": present["SyncToken"], "sparse": True}
    for params in ({}, {"operation": "delete"}, {"operation": "update", "include": "void"}):
        sent = {**version, "PrivateNote": "changed"}
        assert wire.refused("POST", "payment", sent, params=params)["code"] == "6540"


@pytest.mark.parametrize("kind", ["PurchaseOrder", "Class"])
def test_a_small_edition_lacks_features(wire: Wire, kind: str) -> None:
    vendor = wire.create("Vendor", {"DisplayName": fresh("Vendor")})
    detail = {"ItemRef": {"value": wire.item()["Id"]}}
    bought = {
        "Amount": 1,
        "DetailType": "ItemBasedExpenseLineDetail",
        "ItemBasedExpenseLineDetail": detail,
    }
    body = {"Name": fresh("Class"), "VendorRef": {"value": vendor["Id"]}, "Line": [bought]}
    wire.control("POST", "settings", {"edition": "essentials"})
    try:
        assert wire.refused("POST", kind.lower(), body)["code"] == "5020"
    finally:
        wire.control("POST", "settings", {"edition": "plus"})
    assert wire.create(kind, body)["Id"]


def test_purchases_are_numbered_by_a_preference_of_their_own(wire: Wire) -> None:
    vendor = wire.create("Vendor", {"DisplayName": fresh("Vendor")})
    bought = {
        "Amount": 7,
        "DetailType": "ItemBasedExpenseLineDetail",
        "ItemBasedExpenseLineDetail": {"ItemRef": {"value": wire.item()["Id"]}},
    }
    body = {"VendorRef": {"value": vendor["Id"]}, "Line": [bought]}
    first, second = (wire.create("PurchaseOrder", body) for _ in range(2))
    assert int(second["DocNumber"]) == int(first["DocNumber"]) + 1
    assert (first["TotalAmt"], first["POStatus"]) == (7, "Open")
    assert "DocNumber" not in wire.invoice("1.00"), "sales keep the numbers they are given"


def test_an_account_of_the_wrong_type_is_refused(wire: Wire) -> None:
    body = {
        "Name": fresh("Item"),
        "Type": "Service",
        "IncomeAccountRef": wire.account("Checking"),
    }
    assert wire.refused("POST", "item", body)["code"] == "6430"


def test_only_open_estimates_become_invoices(wire: Wire) -> None:
    customer = {"value": wire.customer()["Id"]}
    estimate = wire.create("Estimate", wire.invoice_body("9.00", CustomerRef=customer))
    wire.change("Estimate", estimate, TxnStatus="Rejected")
    link = [{"TxnId": estimate["Id"], "TxnType": "Estimate"}]
    before = len(wire.find("Invoice", f"WHERE CustomerRef = '{customer['value']}'"))
    body = wire.invoice_body("9.00", CustomerRef=customer, LinkedTxn=link)
    assert wire.refused("POST", "invoice", body)["code"] == "620"
    after = len(wire.find("Invoice", f"WHERE CustomerRef = '{customer['value']}'"))
    assert after == before, "nothing of the refused invoice is left"


def test_an_invoice_that_goes_lets_its_estimate_go(wire: Wire) -> None:
    customer = {"value": wire.customer()["Id"]}
    estimate = wire.create("Estimate", wire.invoice_body("9.00", CustomerRef=customer))
    link = [{"TxnId": estimate["Id"], "TxnType": "Estimate"}]
    invoice = wire.invoice("9.00", CustomerRef=customer, LinkedTxn=link)
    linked = wire.read("Estimate", estimate["Id"])
    assert linked["LinkedTxn"] == [{"TxnId": invoice["Id"], "TxnType": "Invoice"}]
    wire.end("Invoice", invoice, "delete")
    assert wire.read("Estimate", estimate["Id"])["LinkedTxn"] == []


def test_mail_needs_an_address(wire: Wire) -> None:
    body = wire.invoice_body("1.00", EmailStatus="NeedToSend")
    assert wire.refused("POST", "invoice", body)["code"] == "6420"
    split = {"Address": "one@shop.example, two@shop.example"}
    assert wire.invoice("1.00", EmailStatus="NeedToSend", BillEmail=split)["BillEmail"] == split
    wrong = {"Address": "one@shop.example, two"}
    assert wire.refused("POST", "invoice", {**body, "BillEmail": wrong})["code"] == "2210"


def test_an_empty_answer_may_hide_a_write(wire: Wire) -> None:
    for kind, status in (("empty_after_apply", 200), ("http500_after_apply", 500)):
        name = fresh("Hidden")
        wire.fault(kind, route="customer.create")
        answer = wire.call("POST", "customer", {"DisplayName": name}, params={"requestid": name})
        assert answer.status_code == status
        (made,) = wire.find("Customer", f"WHERE DisplayName = '{name}'")
        again = wire.create("Customer", {"DisplayName": name}, requestid=name)
        assert again["Id"] == made["Id"]


def test_a_throttled_answer_may_say_how_long_to_wait(wire: Wire) -> None:
    wire.control("POST", "settings", {"retry_after": 7})
    try:
        wire.fault("http429")
        answer = wire.call("GET", "companyinfo/1")
        assert (answer.status_code, answer.headers["Retry-After"]) == (429, "7")
    finally:
        wire.control("POST", "settings", {"retry_after": None})


def test_another_content_type_is_refused(wire: Wire) -> None:
    headers = {"Content-Type": "application/xml"}
    error = wire.refused("POST", "taxservice/taxcode", text="<TaxService/>", headers=headers)
    assert error["code"] == "1050"

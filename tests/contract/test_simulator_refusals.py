"""What QuickBooks refuses, each with its code and its words."""

from __future__ import annotations

from typing import Any

import pytest

from tests.contract.wire import Wire, fresh, line, priced

INVENTORY = {"Type": "Inventory", "QtyOnHand": 1, "InvStartDate": "2026-01-01"}

# kind, what is sent besides what every such record needs, code, a part of Message or Detail
FIELDS: list[tuple[str, dict[str, Any], str, str]] = [
    ("Customer", {"DisplayName": ""}, "2020", "Required"),
    ("Customer", {"DisplayName": "x" * 501}, "2050", "Max:500"),
    ("Customer", {"DisplayName": "A:B"}, "2040", "invalid characters"),
    ("Customer", {"DisplayName": "A\tB"}, "2040", "invalid characters"),
    ("Customer", {"GivenName": "x" * 101}, "2050", "Supplied length:101"),
    ("Customer", {"Notes": "x" * 2001}, "2050", "Max:2000"),
    ("Customer", {"PrimaryEmailAddr": {"Address": "nobody"}}, "2210", "Email"),
    ("Customer", {"PrimaryEmailAddr": {"Address": "a@b." + "c" * 100}}, "2050", "Max:100"),
    ("Customer", {"PrimaryPhone": {"FreeFormNumber": "1" * 31}}, "2050", "Max:30"),
    ("Customer", {"PreferredDeliveryMethod": "Pigeon"}, "2170", "Enumeration"),
    ("Customer", {"SalesTermRef": {"value": "999"}}, "2500", "Invalid Reference Id"),
    ("Customer", {"BillAddr": {"City": "x" * 256}}, "2050", "Max:255"),
    ("Item", {"Name": ""}, "2020", "Name"),
    ("Item", {"Type": ""}, "2020", "Type"),
    ("Item", {"Type": "Gadget"}, "2170", "Gadget"),
    ("Item", {"Name": "x" * 101}, "2050", "Max:100"),
    ("Item", {"Name": "A:B"}, "2040", "invalid characters"),
    ("Item", {"Sku": "x" * 101}, "2050", "Max:100"),
    ("Item", {"IncomeAccountRef": {"value": "999"}}, "2500", "999"),
    ("Item", {"IncomeAccountRef": {}}, "6000", "IncomeAccountRef"),
    ("Item", {"UnitPrice": "many"}, "2090", "many"),
    ("Item", {"UnitPrice": 1e12}, "2090", "Invalid"),
    ("Item", {"Type": "Inventory", "QtyOnHand": 1}, "6000", "AccountRef"),
    ("Term", {"Name": "x" * 32}, "2050", "Max:31"),
    ("Term", {"DueDays": 1000}, "2240", "999"),
    ("PaymentMethod", {"Type": "SHELLS"}, "2170", "SHELLS"),
    ("Account", {"Name": 'A"B'}, "2040", "invalid characters"),
    ("Account", {"AccountType": "Pocket"}, "2170", "Pocket"),
    ("Account", {"AcctNum": "1" * 21}, "2050", "Max:20"),
    ("TaxAgency", {"DisplayName": ""}, "2020", "DisplayName"),
    ("Invoice", {"CustomerRef": {}}, "2020", "CustomerRef"),
    ("Invoice", {"CustomerRef": {"value": "999999"}}, "2500", "999999"),
    ("Invoice", {"Line": []}, "2250", "lines"),
    ("Invoice", {"Line": [{"Amount": 1, "DetailType": "Nothing"}]}, "2170", "Nothing"),
    ("Invoice", {"DocNumber": "x" * 22}, "2050", "Min:0 Max:21"),
    ("Invoice", {"TxnDate": "yesterday"}, "2060", "Date"),
    ("Invoice", {"TxnDate": "2026-02-30"}, "2060", "Date"),
    ("Invoice", {"PrivateNote": "x" * 4001}, "2050", "Max:4000"),
    ("Invoice", {"CustomerMemo": {"value": "x" * 1001}}, "2050", "Max:1000"),
    ("Invoice", {"EmailStatus": "Maybe"}, "2170", "Maybe"),
    ("Invoice", {"EmailStatus": "NeedToSend"}, "6420", "email"),
    ("Invoice", {"BillEmail": {"Address": "nobody"}}, "2210", "Email"),
    ("Invoice", {"SalesTermRef": {"value": "999"}}, "2500", "999"),
    ("Invoice", {"TxnTaxDetail": {"TxnTaxCodeRef": {"value": "999"}}}, "2500", "999"),
    ("Estimate", {"TxnStatus": "Perhaps"}, "2170", "Perhaps"),
    ("CreditMemo", {"Line": []}, "2250", "lines"),
    ("Payment", {"TotalAmt": ""}, "2020", "TotalAmt"),
    ("Payment", {"TotalAmt": -5}, "2140", "amount"),
    ("Payment", {"PaymentMethodRef": {"value": "999"}}, "2500", "999"),
    ("Payment", {"DepositToAccountRef": {"value": "INCOME"}}, "6430", "account type"),
]


def good(wire: Wire, kind: str) -> dict[str, Any]:
    """Give a body that would be taken."""
    income = {"IncomeAccountRef": wire.account("ServiceFeeIncome")}
    bodies: dict[str, Any] = {
        "Customer": lambda: {"DisplayName": fresh("Customer")},
        "Item": lambda: {"Name": fresh("Item"), "Type": "Service", **income},
        "Term": lambda: {"Name": fresh("Term"), "DueDays": 5},
        "PaymentMethod": lambda: {"Name": fresh("Method")},
        "Account": lambda: {"Name": fresh("Account"), "AccountType": "Bank"},
        "TaxAgency": lambda: {"DisplayName": fresh("Agency")},
        "Payment": lambda: {"CustomerRef": {"value": wire.customer()["Id"]}, "TotalAmt": 5},
    }
    return bodies.get(kind, wire.invoice_body)()  # type: ignore[no-any-return]


@pytest.mark.parametrize(
    ("kind", "wrong", "code", "words"),
    FIELDS,
    ids=[f"{kind}-{'-'.join(wrong)}-{code}" for kind, wrong, code, _words in FIELDS],
)
def test_a_wrong_field_is_refused(
    wire: Wire, kind: str, wrong: dict[str, Any], code: str, words: str
) -> None:
    body = {**good(wire, kind), **wrong}
    if wrong.get("DepositToAccountRef") == {"value": "INCOME"}:
        body["DepositToAccountRef"] = wire.account("ServiceFeeIncome")
    error = wire.refused("POST", kind.lower(), body)
    assert error["code"] == code, error
    assert words in f"{error['Message']} {error['Detail']}"


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"QtyOnHand": ""}, "2020"),
        ({"InvStartDate": ""}, "2020"),
        ({"AssetAccountRef": {}}, "6000"),
        ({"ExpenseAccountRef": {}}, "6000"),
    ],
)
def test_an_inventory_item_needs_all_of_it(wire: Wire, wrong: dict[str, Any], code: str) -> None:
    body = {
        **good(wire, "Item"),
        **INVENTORY,
        "AssetAccountRef": wire.account("Inventory"),
        "ExpenseAccountRef": wire.account("SuppliesMaterialsCogs"),
    }
    assert wire.refused("POST", "item", {**body, **wrong})["code"] == code
    assert wire.create("Item", body)["TrackQtyOnHand"] is True


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        (lambda item: [priced("3", "3.33", "10.00", item)], "6070"),
        (lambda item: [priced("1", "10.00", "10.00", item, tax="5")], "6100"),
        (lambda _item: [{"DetailType": "SalesItemLineDetail"}], "2020"),
        (lambda _item: [line("1.00", "999999")], "2500"),
        (lambda item: [line("9.00", item), {"DetailType": "DiscountLineDetail"}], "6090"),
        (lambda item: [{**line("1.00", item), "Amount": "ten"}], "2090"),
    ],
    ids=["amount", "tax code", "no amount", "no such item", "empty discount", "no number"],
)
def test_a_wrong_line_is_refused(wire: Wire, sent: Any, code: str) -> None:
    body = wire.invoice_body()
    item_id = body["Line"][0]["SalesItemLineDetail"]["ItemRef"]["value"]
    assert wire.refused("POST", "invoice", {**body, "Line": sent(item_id)})["code"] == code


def test_an_inactive_reference_is_refused(wire: Wire) -> None:
    customer = wire.customer()
    wire.control("POST", "accountant/deactivate", {"type": "Customer", "id": customer["Id"]})
    body = wire.invoice_body(CustomerRef={"value": customer["Id"]})
    error = wire.refused("POST", "invoice", body)
    assert error["code"] in {"610", "2500"}
    item = wire.item()
    wire.change("Item", item, Active=False)
    body = wire.invoice_body(Line=[line("1.00", item["Id"])])
    assert wire.refused("POST", "invoice", body)["code"] in {"610", "2500"}


def test_an_old_sync_token_is_stale(wire: Wire) -> None:
    made = wire.customer()
    wire.change("Customer", made, Notes="first")
    body = {"Id": made["Id"], "SyncToken": made["SyncToken"], "sparse": True, "Notes": "second"}
    error = wire.refused("POST", "customer", body)
    assert error["code"] == "5010"
    assert error["Message"] == "Stale Object Error"
    assert wire.read("Customer", made["Id"])["Notes"] == "first"


def test_an_update_needs_a_sync_token(wire: Wire) -> None:
    made = wire.customer()
    body = {"Id": made["Id"], "sparse": True, "Notes": "x"}
    assert wire.refused("POST", "customer", body)["code"] == "2020"


def test_what_is_not_there_is_not_found(wire: Wire) -> None:
    error = wire.refused("GET", "customer/999999")
    assert error["code"] == "610"
    assert error["Message"] == "Object Not Found"
    body = {"Id": "999999", "SyncToken": "0", "sparse": True}
    assert wire.refused("POST", "invoice", body)["code"] == "610"


def test_a_list_entry_cannot_be_deleted(wire: Wire) -> None:
    made = wire.customer()
    body = {"Id": made["Id"], "SyncToken": "0"}
    answer = wire.call("POST", "customer", body, params={"operation": "delete"})
    assert answer.status_code == 400
    assert answer.json()["Fault"]["Error"][0]["code"] == "500"


@pytest.mark.parametrize("kind", ["estimate", "creditmemo"])
def test_what_has_no_void_is_not_voided(wire: Wire, kind: str) -> None:
    body = wire.invoice_body()
    made = wire.fine("POST", kind, body)
    record = next(value for key, value in made.items() if key != "time")
    version = {"Id": record["Id"], "SyncToken": "0"}
    answer = wire.call("POST", kind, version, params={"operation": "void"})
    assert answer.status_code == 400


def test_a_used_document_number_is_refused_and_named(wire: Wire) -> None:
    number = fresh("D")
    first = wire.invoice(DocNumber=number)
    error = wire.refused("POST", "invoice", wire.invoice_body(DocNumber=number))
    assert error["code"] == "6140"
    assert "Duplicate Document Number" in error["Message"]
    assert f"TxnId={first['Id']}" in error["Detail"]
    allowed = wire.create(
        "Invoice", wire.invoice_body(DocNumber=number), include="allowduplicatedocnum"
    )
    assert allowed["DocNumber"] == number
    assert wire.create("Estimate", wire.invoice_body(DocNumber=number))["DocNumber"] == number


def test_closed_books_stay_closed(wire: Wire) -> None:
    old = wire.invoice(TxnDate="2026-01-10")
    wire.control("POST", "accountant/close-books", {"date": "2026-01-31"})
    late = wire.refused("POST", "invoice", wire.invoice_body(TxnDate="2026-01-31"))
    assert late["code"] in {"6200", "6210"}
    assert "losed" in late["Message"]
    assert wire.invoice(TxnDate="2026-02-01")["TxnDate"] == "2026-02-01"
    version = {"Id": old["Id"], "SyncToken": old["SyncToken"], "sparse": True}
    moved = {**version, "TxnDate": "2026-02-01"}
    assert wire.refused("POST", "invoice", moved)["code"] in {"6200", "6210"}
    for operation in ("void", "delete"):
        error = wire.refused("POST", "invoice", version, params={"operation": operation})
        assert error["code"] in {"6200", "6210"}


@pytest.mark.parametrize(
    ("preference", "extra"),
    [
        (
            "AllowDiscount",
            {
                "DetailType": "DiscountLineDetail",
                "Amount": 1,
                "DiscountLineDetail": {"PercentBased": False},
            },
        ),
        ("AllowShipping", line("1.00", "SHIPPING_ITEM_ID")),
    ],
)
def test_a_feature_that_is_off_is_refused(
    wire: Wire, preference: str, extra: dict[str, Any]
) -> None:
    body = wire.invoice_body()
    body["Line"].append(extra)
    wire.control("POST", "preferences", {f"SalesFormsPrefs.{preference}": False})
    try:
        assert wire.refused("POST", "invoice", body)["code"] == "6000"
    finally:
        wire.control("POST", "preferences", {f"SalesFormsPrefs.{preference}": True})
    assert wire.create("Invoice", body)["Id"]


def test_a_body_that_is_no_json_is_refused(wire: Wire) -> None:
    assert wire.refused("POST", "customer", text="{not json")["code"] == "2010"
    assert wire.refused("POST", "customer", text="[]")["code"] == "2010"


def test_an_unknown_entity_is_refused(wire: Wire) -> None:
    assert wire.call("POST", "gadget", {"Name": "x"}).status_code in {400, 404}
    assert wire.call("GET", "gadget/1").status_code in {400, 404}


def test_the_tax_service_refuses_what_is_incomplete(wire: Wire) -> None:
    assert wire.refused("POST", "taxservice/taxcode", {"TaxCode": "X"})["code"] == "2020"
    details = [{"TaxRateName": fresh("R"), "RateValue": "5", "TaxAgencyId": "999"}]
    body = {"TaxCode": fresh("C"), "TaxRateDetails": details}
    assert wire.refused("POST", "taxservice/taxcode", body)["code"] == "2500"

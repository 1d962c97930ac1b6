"""Buying: what is paid at once, goods, orders, and tax outside the United States."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest

from tests.contract.vendors import (
    BANK,
    BY_ACCOUNT,
    BY_ITEM,
    CARD,
    PAYABLE,
    Moves,
    bill_of,
    bought,
    fields_of,
    goods,
    owed,
    pay,
    spent,
    vendor,
)
from tests.contract.wire import Wire, fresh, running

# --- paid at once ------------------------------------------------------------------------------


def purchase(wire: Wire, *lines: dict[str, Any], **fields: Any) -> dict[str, Any]:
    return {
        "PaymentType": "CreditCard",
        "AccountRef": wire.account(CARD),
        "Line": list(lines) or [spent(wire, "45.00")],
        **fields,
    }


@pytest.mark.parametrize(
    ("kind", "subtype", "moves"),
    [("CreditCard", CARD, 45), ("Check", BANK, -45), ("Cash", BANK, -45)],
)
def test_a_purchase_is_paid_from_its_account(
    wire: Wire, kind: str, subtype: str, moves: int
) -> None:
    seller = vendor(wire)
    moved = Moves(wire, subtype)
    body = purchase(wire, PaymentType=kind, AccountRef=wire.account(subtype))
    made = wire.create("Purchase", {**body, "EntityRef": {**seller, "type": "Vendor"}})
    assert moved() == [moves]
    assert owed(wire, seller) == 0, "nothing is owed for what is paid"
    assert (made["EntityRef"]["type"], made["Credit"]) == ("Vendor", False)
    wire.end("Purchase", made, "delete")
    assert moved() == [0]


def test_a_card_takes_back_what_was_returned(wire: Wire) -> None:
    moved = Moves(wire, CARD)
    wire.create("Purchase", purchase(wire, Credit=True))
    assert moved() == [-45]
    bank = {"PaymentType": "Cash", "AccountRef": wire.account(BANK), "Credit": True}
    assert wire.refused("POST", "purchase", purchase(wire, **bank))["code"] == "6000"


@pytest.mark.parametrize("kind", ["Customer", "Employee", "Vendor"])
def test_a_purchase_is_about_anybody(wire: Wire, kind: str) -> None:
    body = {"DisplayName": fresh(kind), "GivenName": "Ann", "FamilyName": fresh("F")}
    named = wire.create(kind, body)
    party = {"value": named["Id"], "type": kind}
    made = wire.create("Purchase", purchase(wire, EntityRef=party))
    assert made["EntityRef"] == {**party, "name": named["DisplayName"]}


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"PaymentType": "Barter"}, "2170"),
        ({"PaymentType": "Check"}, "6430"),
        ({"AccountRef": None}, "2020"),
        ({"EntityRef": {"value": "99999", "type": "Vendor"}}, "2500"),
        ({"PrintStatus": "Soon"}, "2170"),
    ],
)
def test_a_purchase_that_cannot_be_is_refused(
    wire: Wire, fields: dict[str, Any], code: str
) -> None:
    assert wire.refused("POST", "purchase", purchase(wire, **fields))["code"] == code


def test_the_accounts_of_vendors_and_customers_need_one(wire: Wire) -> None:
    line = spent(wire, "12.00", PAYABLE)
    assert wire.refused("POST", "purchase", purchase(wire, line))["code"] == "6000"
    seller = vendor(wire)
    party = {"EntityRef": {**seller, "type": "Vendor"}}
    owing = spent(wire, "12.00", "AccountsReceivable")
    assert wire.refused("POST", "purchase", purchase(wire, owing, **party))["code"] == "6000"
    wire.create("Purchase", purchase(wire, line, **party))
    assert owed(wire, seller) == -12, "money on account"


def test_cheques_may_share_a_number_unless_the_company_minds(wire: Wire) -> None:
    number = fresh("C")[:21]
    by_check = {"PaymentType": "Check", "AccountRef": wire.account(BANK), "DocNumber": number}
    for _ in range(2):
        assert wire.create("Purchase", purchase(wire, **by_check))["DocNumber"] == number
    by_card = purchase(wire, DocNumber=number)
    assert wire.refused("POST", "purchase", by_card)["code"] == "6140"
    others = wire.query("SELECT * FROM Preferences")["Preferences"][0]["OtherPrefs"]["NameValue"]
    minds = {"Name": "WarnDuplicateCheckNumber", "Value": "true"}
    wire.control("POST", "preferences", {"OtherPrefs.NameValue": [*others, minds]})
    try:
        assert wire.refused("POST", "purchase", purchase(wire, **by_check))["code"] == "6140"
    finally:
        wire.control("POST", "preferences", {"OtherPrefs.NameValue": others})


# --- goods -------------------------------------------------------------------------------------


def test_goods_come_into_the_stock_and_go_back(wire: Wire) -> None:
    item = goods(wire)
    moved = Moves(wire, "Inventory")
    seller = vendor(wire)
    bill = bill_of(wire, bought(item["Id"], "10", "4.00"), VendorRef=seller)
    assert wire.read("Item", item["Id"])["QtyOnHand"] == 10
    wire.create("Purchase", purchase(wire, bought(item["Id"], "5", "4.00")))
    assert wire.read("Item", item["Id"])["QtyOnHand"] == 15
    back = {"VendorRef": seller, "Line": [bought(item["Id"], "3", "4.00")]}
    credit = wire.create("VendorCredit", back)
    assert wire.read("Item", item["Id"])["QtyOnHand"] == 12
    assert moved() == [48]
    wire.end("VendorCredit", credit, "delete")
    wire.end("Bill", bill, "delete")
    assert wire.read("Item", item["Id"])["QtyOnHand"] == 5
    assert moved() == [20]


def test_goods_are_not_bought_before_they_are_kept(wire: Wire) -> None:
    item = goods(wire, InvStartDate="2026-05-01")
    early = {"VendorRef": vendor(wire), "TxnDate": "2026-04-30"}
    line = bought(item["Id"], "1", "2.00")
    assert wire.refused("POST", "bill", {**early, "Line": [line]})["code"] == "6270"


def test_a_bundle_is_not_bought(wire: Wire) -> None:
    group = wire.create("Item", {"Name": fresh("Kit"), "Type": "Group"})
    body = {"VendorRef": vendor(wire), "Line": [bought(group["Id"], "1", "2.00")]}
    assert wire.refused("POST", "bill", body)["code"] == "2500"


# --- orders ------------------------------------------------------------------------------------


def order_of(wire: Wire, *quantities: str) -> dict[str, Any]:
    item = wire.item()["Id"]
    lines = [bought(item, quantity, "2.00") for quantity in quantities]
    return wire.create("PurchaseOrder", {"VendorRef": vendor(wire), "Line": lines})


def of_order(order: dict[str, Any], place: int, quantity: str) -> dict[str, Any]:
    """Give the line of a bill for a line of an order."""
    line = order["Line"][place]
    link = {"TxnId": order["Id"], "TxnType": "PurchaseOrder", "TxnLineId": line["Id"]}
    item = line[BY_ITEM]["ItemRef"]["value"]
    return {**bought(item, quantity, "2.00"), "LinkedTxn": [link]}


def order_now(wire: Wire, order: dict[str, Any]) -> tuple[str, list[Any], int]:
    """Give an order's status, what came of each line, and how many bills there are."""
    now = wire.read("PurchaseOrder", order["Id"])
    came = [one[BY_ITEM].get("Received") for one in now["Line"]]
    return now["POStatus"], came, len(now.get("LinkedTxn", []))


def test_an_order_is_closed_once_all_of_it_came(wire: Wire) -> None:
    order = order_of(wire, "10", "4")
    assert order_now(wire, order) == ("Open", [None, None], 0)
    seller = {"VendorRef": order["VendorRef"]}
    first = bill_of(wire, of_order(order, 0, "6"), **seller)
    assert first["LinkedTxn"] == [{"TxnId": order["Id"], "TxnType": "PurchaseOrder"}]
    assert first["Line"][0]["LinkedTxn"][0]["TxnLineId"] == "1"
    assert order_now(wire, order) == ("Open", [6, None], 1)
    rest = bill_of(wire, of_order(order, 0, "4"), of_order(order, 1, "4"), **seller)
    assert order_now(wire, order) == ("Closed", [10, 4], 2)
    wire.end("Bill", rest, "delete")
    assert order_now(wire, order) == ("Open", [6, None], 1)
    wire.change("Bill", first, Line=[spent(wire, "1.00")])
    assert order_now(wire, order) == ("Open", [None, None], 0)


def test_a_change_of_the_order_keeps_what_came(wire: Wire) -> None:
    order = order_of(wire, "10")
    bill = bill_of(wire, of_order(order, 0, "6"), VendorRef=order["VendorRef"])
    now = wire.read("PurchaseOrder", order["Id"])
    whole = {name: now[name] for name in ("Id", "SyncToken", "VendorRef", "Line")}
    changed = wire.create("PurchaseOrder", {**whole, "Memo": "soon, please", "POStatus": "Closed"})
    assert changed["Line"][0][BY_ITEM]["Received"] == 6
    assert changed["LinkedTxn"] == [{"TxnId": bill["Id"], "TxnType": "Bill"}]
    assert changed["POStatus"] == "Closed", "nobody waits for the rest"
    other = {**fields_of(changed), "VendorRef": vendor(wire)}
    assert wire.refused("POST", "purchaseorder", other)["code"] == "6000"
    wire.end("PurchaseOrder", changed, "delete")
    after = wire.read("Bill", bill["Id"])
    assert (after["LinkedTxn"], "LinkedTxn" in after["Line"][0]) == ([], False)


def without(link: str, line: dict[str, Any], **other: str) -> dict[str, Any]:
    """Give a line whose link lacks a part, or has another one."""
    parts = {name: one for name, one in line["LinkedTxn"][0].items() if name != link}
    return {**line, "LinkedTxn": [{**parts, **other}]}


@pytest.mark.parametrize(
    ("part", "other"),
    [
        ("TxnLineId", {}),
        ("TxnLineId", {"TxnLineId": "9"}),
        ("TxnId", {"TxnId": "99999"}),
        ("TxnType", {"TxnType": "ReimburseCharge"}),
    ],
)
def test_a_link_that_cannot_be_is_left_out_in_silence(
    wire: Wire, part: str, other: dict[str, str]
) -> None:
    order = order_of(wire, "10")
    line = without(part, of_order(order, 0, "10"), **other)
    head = [{"TxnId": order["Id"], "TxnType": "PurchaseOrder"}]
    made = bill_of(wire, line, VendorRef=order["VendorRef"], LinkedTxn=head)
    assert (made["LinkedTxn"], "LinkedTxn" in made["Line"][0]) == ([], False)
    assert order_now(wire, order) == ("Open", [None], 0)


def test_a_link_needs_a_new_line_and_an_open_order_of_the_same_vendor(wire: Wire) -> None:
    order = order_of(wire, "10")
    strange = bill_of(wire, of_order(order, 0, "10"))
    assert strange["LinkedTxn"] == [], "another vendor's order"
    plain = bill_of(wire, VendorRef=order["VendorRef"])
    line = of_order(order, 0, "10")
    same = wire.change("Bill", plain, Line=[{**line, "Id": plain["Line"][0]["Id"]}])
    assert same["LinkedTxn"] == [], "a line that was there"
    new = wire.change("Bill", same, Line=[line])
    assert order_now(wire, order) == ("Closed", [10], 1)
    late = bill_of(wire, line, VendorRef=order["VendorRef"])
    assert late["LinkedTxn"] == [], "the order is closed"
    kept = wire.change("Bill", new, Line=[{**line, "Id": new["Line"][0]["Id"]}])
    assert len(kept["LinkedTxn"]) == 1, "its own link stays"


def test_a_link_that_cannot_be_is_refused_where_the_control_page_says_so(wire: Wire) -> None:
    order = order_of(wire, "10")
    line = without("TxnLineId", of_order(order, 0, "10"))
    wire.control("POST", "settings", {"order_links": "refuse"})
    try:
        body = {"VendorRef": order["VendorRef"], "Line": [line]}
        assert wire.refused("POST", "bill", body)["code"] == "620"
    finally:
        wire.control("POST", "settings", {"order_links": "drop"})


# --- tax outside the United States -------------------------------------------------------------


@pytest.fixture(scope="module")
def _abroad(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Wire]:
    with running(tmp_path_factory.mktemp("abroad")) as details:
        wire = Wire(details)
        info = wire.fine("GET", "companyinfo/1")["CompanyInfo"]
        wire.change("CompanyInfo", info, Country="CA")
        yield wire
        wire.close()


@pytest.fixture
def abroad(_abroad: Wire) -> Wire:
    """A simulator whose company is in Canada."""
    _abroad.settle()
    return _abroad


def purchase_code(wire: Wire, percent: str) -> dict[str, str]:
    agency = wire.create("TaxAgency", {"DisplayName": fresh("Agency")})["Id"]
    rate = {
        "TaxRateName": fresh("Rate"),
        "RateValue": percent,
        "TaxAgencyId": agency,
        "TaxApplicableOn": "Purchase",
    }
    body = {"TaxCode": fresh("Code"), "TaxRateDetails": [rate]}
    return {"value": wire.fine("POST", "taxservice/taxcode", body)["TaxCodeId"]}


def test_each_line_is_taxed_by_the_purchase_rates_of_its_code(abroad: Wire) -> None:
    code = purchase_code(abroad, "5")
    lines = [spent(abroad, amount, TaxCodeRef=code) for amount in ("10.10", "10.10")]
    moved = Moves(abroad, PAYABLE)
    made = bill_of(abroad, *lines, spent(abroad, "7.00"))
    assert made["TxnTaxDetail"]["TotalTax"] == Decimal("1.02"), "51 cents a line, rounded each"
    (line,) = made["TxnTaxDetail"]["TaxLine"]
    assert line["TaxLineDetail"]["NetAmountTaxable"] == Decimal("20.20")
    assert made["TotalAmt"] == Decimal("28.22")
    assert moved() == [Decimal("28.22")]


def test_tax_may_be_part_of_the_amount_or_none_at_all(abroad: Wire) -> None:
    line = spent(abroad, "100.00", TaxCodeRef=purchase_code(abroad, "5"))
    made = bill_of(abroad, line, GlobalTaxCalculation="TaxInclusive")
    assert made["Line"][0][BY_ACCOUNT]["TaxInclusiveAmt"] == 105
    assert bill_of(abroad, line, GlobalTaxCalculation="NotApplicable")["TotalAmt"] == 100
    unknown = spent(abroad, "1.00", TaxCodeRef={"value": "99999"})
    body = {"VendorRef": vendor(abroad), "Line": [unknown]}
    assert abroad.refused("POST", "bill", body)["code"] == "2500"
    coded = {"TxnTaxCodeRef": {"value": "1"}, "TotalTax": 1}
    none = {"GlobalTaxCalculation": "NotApplicable", "TxnTaxDetail": coded}
    body = {"VendorRef": vendor(abroad), "Line": [line], **none}
    assert abroad.refused("POST", "bill", body)["code"] == "6170"


def test_the_tax_a_client_says_stands(abroad: Wire) -> None:
    line = spent(abroad, "100.00", TaxCodeRef=purchase_code(abroad, "5"))
    seller = vendor(abroad)
    given = {"VendorRef": seller, "Line": [line], "TxnTaxDetail": {"TotalTax": Decimal("4.99")}}
    credit = abroad.create("VendorCredit", given)
    assert credit["TotalAmt"] == Decimal("104.99")
    assert owed(abroad, seller) == Decimal("-104.99")
    less = {**given, "TxnTaxDetail": {"TotalTax": -1}}
    assert abroad.refused("POST", "bill", less)["code"] == "2280"


# --- vendors and customers have ids of their own -----------------------------------------------


def test_vendors_are_not_related_as_customers_with_their_ids_are(abroad: Wire) -> None:
    parent = abroad.customer()
    while (last := int(vendor(abroad)["value"])) < int(parent["Id"]):
        pass
    job = {"ParentRef": {"value": parent["Id"]}}
    while int(abroad.customer(**job)["Id"]) < last + 2:
        pass
    bill = bill_of(abroad)
    other = vendor(abroad)
    assert [bill["VendorRef"]["value"], other["value"]] == [str(last + 1), str(last + 2)]
    wrong = pay(abroad, bill, "80.00", VendorRef=other)
    assert abroad.refused("POST", "billpayment", wrong)["code"] == "6000"

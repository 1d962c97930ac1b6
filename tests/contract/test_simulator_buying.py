"""Buying: orders, bills, what pays them, credits of vendors, and what is paid at once."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from quickbooks import QuickBooks
from quickbooks.exceptions import ObjectNotFoundException, QuickbooksException
from quickbooks.objects.account import Account
from quickbooks.objects.base import LinkedTxn, Ref
from quickbooks.objects.bill import Bill
from quickbooks.objects.billpayment import (
    BillPayment,
    BillPaymentCreditCard,
    BillPaymentLine,
    CheckPayment,
)
from quickbooks.objects.detailline import (
    AccountBasedExpenseLine,
    AccountBasedExpenseLineDetail,
    ItemBasedExpenseLine,
    ItemBasedExpenseLineDetail,
)
from quickbooks.objects.item import Item
from quickbooks.objects.purchase import Purchase
from quickbooks.objects.purchaseorder import PurchaseOrder
from quickbooks.objects.vendor import Vendor
from quickbooks.objects.vendorcredit import VendorCredit

from tests.contract.wire import Wire, fresh, running

BY_ITEM, BY_ACCOUNT = "ItemBasedExpenseLineDetail", "AccountBasedExpenseLineDetail"
CARD, BANK, PAYABLE, COSTS = "CreditCard", "Checking", "AccountsPayable", "Insurance"


# --- through python-quickbooks -----------------------------------------------------------------


def reference(record: Any) -> Ref:
    found = Ref()
    found.value = record.Id
    return found


def account_of(subtype: str, qb: QuickBooks) -> Ref:
    return reference(Account.filter(AccountSubType=subtype, qb=qb)[0])


def a_vendor(qb: QuickBooks) -> Any:
    made = Vendor()
    made.DisplayName = fresh("Vendor")
    return made.save(qb=qb)


def by_account(qb: QuickBooks, amount: str) -> AccountBasedExpenseLine:
    made = AccountBasedExpenseLine()
    made.Amount = Decimal(amount)
    made.AccountBasedExpenseLineDetail = AccountBasedExpenseLineDetail()
    made.AccountBasedExpenseLineDetail.AccountRef = account_of(COSTS, qb)
    return made


def document(kind: type, qb: QuickBooks, amount: str = "80.00") -> Any:
    made = kind()
    if kind is Purchase:
        made.PaymentType = "CreditCard"
        made.AccountRef = account_of(CARD, qb)
    else:
        made.VendorRef = reference(a_vendor(qb))
    made.Line.append(by_account(qb, amount))
    return made


KINDS = [pytest.param(kind, id=kind.qbo_object_name) for kind in (Bill, VendorCredit, Purchase)]
ALL = [*KINDS, pytest.param(PurchaseOrder, id="PurchaseOrder")]


@pytest.mark.parametrize("kind", ALL)
def test_a_document_is_made_read_found_changed_and_deleted(qb: QuickBooks, kind: type) -> None:
    made = document(kind, qb)
    made.PrivateNote = "for the back room"
    made = made.save(qb=qb)
    assert (made.TotalAmt, made.SyncToken) == (80, "0")
    read = kind.get(made.Id, qb=qb)  # type: ignore[attr-defined]
    assert (read.PrivateNote, read.Line[0].Id, read.Line[0].LineNum) == (
        "for the back room",
        "1",
        1,
    )
    found = kind.filter(Id=made.Id, qb=qb)  # type: ignore[attr-defined]
    assert [one.Id for one in found] == [made.Id]
    read.Line.append(by_account(qb, "20.50"))
    changed = read.save(qb=qb)
    assert (changed.TotalAmt, changed.SyncToken) == (Decimal("100.50"), "1")
    assert [one.Id for one in changed.Line] == ["1", "2"]
    with pytest.raises(QuickbooksException) as stale:
        made.delete(qb=qb)
    assert stale.value.error_code == 5010
    changed.delete(qb=qb)
    with pytest.raises(ObjectNotFoundException):
        kind.get(made.Id, qb=qb)  # type: ignore[attr-defined]


def payment_of(bill: Any, qb: QuickBooks, amount: str, *, by_card: bool = False) -> Any:
    made = BillPayment()
    made.VendorRef = bill.VendorRef
    made.TotalAmt = Decimal(amount)
    made.PayType = "CreditCard" if by_card else "Check"
    if by_card:
        made.CreditCardPayment = BillPaymentCreditCard()
        made.CreditCardPayment.CCAccountRef = account_of(CARD, qb)
    else:
        made.CheckPayment = CheckPayment()
        made.CheckPayment.BankAccountRef = account_of(BANK, qb)
    line = BillPaymentLine()
    line.Amount = Decimal(amount)
    line.LinkedTxn.append(bill.to_linked_txn())
    made.Line.append(line)
    return made


@pytest.mark.parametrize(
    ("by_card", "called"), [(False, "BillPaymentCheck"), (True, "BillPaymentCreditCard")]
)
def test_a_bill_is_paid_and_open_again_once_that_is_void(
    qb: QuickBooks, *, by_card: bool, called: str
) -> None:
    bill = document(Bill, qb).save(qb=qb)
    assert bill.Balance == 80
    paid = payment_of(bill, qb, "30.00", by_card=by_card).save(qb=qb)
    left = Bill.get(bill.Id, qb=qb)
    assert (left.Balance, left.SyncToken) == (50, "1"), "its token moved with the payment"
    assert [(one.TxnId, one.TxnType) for one in left.LinkedTxn] == [(paid.Id, called)]
    assert Vendor.get(bill.VendorRef.value, qb=qb).Balance == 50
    paid.void(qb=qb)
    after = BillPayment.get(paid.Id, qb=qb)
    assert (after.TotalAmt, after.Line, after.PrivateNote) == (0, [], "Voided")
    assert Bill.get(bill.Id, qb=qb).Balance == 80
    assert Bill.get(bill.Id, qb=qb).LinkedTxn == []
    assert Vendor.get(bill.VendorRef.value, qb=qb).Balance == 80


def test_a_deleted_payment_opens_its_bill(qb: QuickBooks) -> None:
    bill = document(Bill, qb).save(qb=qb)
    paid = payment_of(bill, qb, "80.00").save(qb=qb)
    assert Bill.get(bill.Id, qb=qb).Balance == 0
    with pytest.raises(QuickbooksException) as refused:
        Bill.get(bill.Id, qb=qb).delete(qb=qb)
    assert refused.value.error_code == 6000
    paid.delete(qb=qb)
    bill = Bill.get(bill.Id, qb=qb)
    assert (bill.Balance, bill.LinkedTxn) == (80, [])
    bill.delete(qb=qb)
    assert Vendor.get(bill.VendorRef.value, qb=qb).Balance == 0


def test_a_bill_is_made_of_an_order(qb: QuickBooks) -> None:
    item = Item()
    item.Name = fresh("Thread")
    item.Type = "NonInventory"
    item.ExpenseAccountRef = account_of(COSTS, qb)
    item.IncomeAccountRef = account_of("SalesOfProductIncome", qb)
    item = item.save(qb=qb)
    order = PurchaseOrder()
    order.VendorRef = reference(a_vendor(qb))
    line = ItemBasedExpenseLine()
    line.Amount = Decimal("24.00")
    line.ItemBasedExpenseLineDetail = ItemBasedExpenseLineDetail()
    line.ItemBasedExpenseLineDetail.ItemRef = reference(item)
    line.ItemBasedExpenseLineDetail.Qty = 12
    line.ItemBasedExpenseLineDetail.UnitPrice = 2
    order.Line.append(line)
    order = order.save(qb=qb)
    assert order.POStatus == "Open"
    bill = Bill()
    bill.VendorRef = order.VendorRef
    bill.Line = order.Line
    link = LinkedTxn()
    link.TxnId, link.TxnType, link.TxnLineId = order.Id, "PurchaseOrder", order.Line[0].Id
    bill.Line[0].LinkedTxn = [link]
    bill = bill.save(qb=qb)
    assert [(one.TxnId, one.TxnType) for one in bill.LinkedTxn] == [(order.Id, "PurchaseOrder")]
    order = PurchaseOrder.get(order.Id, qb=qb)
    assert order.POStatus == "Closed"
    assert [(one.TxnId, one.TxnType) for one in order.LinkedTxn] == [(bill.Id, "Bill")]


# --- what it does to the books -----------------------------------------------------------------


def vendor(wire: Wire, **fields: Any) -> dict[str, str]:
    return {"value": wire.create("Vendor", {"DisplayName": fresh("Vendor"), **fields})["Id"]}


def spent(wire: Wire, amount: str, subtype: str = COSTS, **detail: Any) -> dict[str, Any]:
    """Give a line by account."""
    return {
        "Amount": Decimal(amount),
        "DetailType": BY_ACCOUNT,
        BY_ACCOUNT: {"AccountRef": wire.account(subtype), **detail},
    }


def bought(item_id: str, quantity: str, price: str, **detail: Any) -> dict[str, Any]:
    """Give a line by item."""
    amount = Decimal(quantity) * Decimal(price)
    numbers = {"Qty": Decimal(quantity), "UnitPrice": Decimal(price)}
    return {
        "Amount": amount,
        "DetailType": BY_ITEM,
        BY_ITEM: {"ItemRef": {"value": item_id}, **numbers, **detail},
    }


def goods(wire: Wire, **fields: Any) -> dict[str, Any]:
    """Make an item of which nothing is there yet."""
    body = {
        "Type": "Inventory",
        "QtyOnHand": 0,
        "InvStartDate": "2026-01-01",
        "IncomeAccountRef": wire.account("SalesOfProductIncome"),
        "ExpenseAccountRef": wire.account("SuppliesMaterialsCogs"),
        "AssetAccountRef": wire.account("Inventory"),
    }
    return wire.item(**{**body, **fields})


def bill_of(wire: Wire, *lines: dict[str, Any], **fields: Any) -> dict[str, Any]:
    body = {"VendorRef": vendor(wire), "Line": list(lines) or [spent(wire, "80.00")]}
    return wire.create("Bill", {**body, **fields})


def pay(
    wire: Wire, bill: dict[str, Any], amount: str, *more: dict[str, Any], **fields: Any
) -> dict[str, Any]:
    """Give what is sent to pay a bill."""
    link = {"TxnId": bill["Id"], "TxnType": "Bill"}
    return {
        "VendorRef": bill["VendorRef"],
        "PayType": "Check",
        "CheckPayment": {"BankAccountRef": wire.account(BANK)},
        "TotalAmt": Decimal(amount),
        "Line": [{"Amount": Decimal(amount), "LinkedTxn": [link]}, *more],
        **fields,
    }


class Moves:
    """What changes on some accounts between its making and the question."""

    def __init__(self, wire: Wire, *subtypes: str) -> None:
        self.wire = wire
        self.ids = [wire.account(one)["value"] for one in subtypes]
        self.before = self._now()

    def _now(self) -> list[Decimal]:
        return [Decimal(self.wire.read("Account", one)["CurrentBalance"]) for one in self.ids]

    def __call__(self) -> list[Decimal]:
        return [now - was for now, was in zip(self._now(), self.before, strict=True)]


def owed(wire: Wire, ref: dict[str, str]) -> Decimal:
    return Decimal(wire.read("Vendor", ref["value"])["Balance"])


def fields_of(record: dict[str, Any]) -> dict[str, Any]:
    return {"Id": record["Id"], "SyncToken": record["SyncToken"], "sparse": True}


def test_a_bill_is_owed_until_it_is_paid(wire: Wire) -> None:
    moved = Moves(wire, PAYABLE, BANK)
    bill = bill_of(wire)
    assert moved() == [80, 0]
    assert owed(wire, bill["VendorRef"]) == 80
    assert bill["APAccountRef"] == {
        "value": wire.account(PAYABLE)["value"],
        "name": "Accounts Payable (A/P)",
    }
    wire.create("BillPayment", pay(wire, bill, "80.00"))
    assert moved() == [0, -80]
    assert owed(wire, bill["VendorRef"]) == 0


def test_a_bill_has_its_vendors_number_or_none(wire: Wire) -> None:
    assert "DocNumber" not in bill_of(wire)
    number = fresh("B")[:21]
    bill_of(wire, DocNumber=number)
    again = {"VendorRef": vendor(wire), "Line": [spent(wire, "1.00")], "DocNumber": number}
    assert wire.refused("POST", "bill", again)["code"] == "6140"
    twice = {"include": "allowduplicatedocnum"}
    assert wire.fine("POST", "bill", again, params=twice)["Bill"]["DocNumber"] == number


def test_a_vendor_credit_is_numbered_like_an_order(wire: Wire) -> None:
    body = {"VendorRef": vendor(wire), "Line": [spent(wire, "1.00")]}
    first, second = (wire.create("VendorCredit", body)["DocNumber"] for _ in range(2))
    assert int(second) == int(first) + 1


def test_a_bill_is_due_by_its_term_and_goes_to_its_vendors_address(wire: Wire) -> None:
    term = wire.create("Term", {"Name": fresh("N")[:31], "DueDays": 12})["Id"]
    seller = vendor(wire, BillAddr={"Line1": "1 Mill Lane", "City": "Troy"})
    terms = {"SalesTermRef": {"value": term}, "TxnDate": "2026-03-25"}
    bill = bill_of(wire, VendorRef=seller, **terms)
    assert bill["DueDate"] == "2026-04-06"
    assert bill["VendorAddr"]["Line1"] == "1 Mill Lane"


def test_a_full_update_keeps_what_is_linked_to_a_bill(wire: Wire) -> None:
    bill = bill_of(wire)
    paid = wire.create("BillPayment", pay(wire, bill, "30.00"))
    now = wire.read("Bill", bill["Id"])
    whole = {name: now[name] for name in ("Id", "SyncToken", "VendorRef", "Line")}
    changed = wire.create("Bill", {**whole, "PrivateNote": "checked"})
    assert changed["LinkedTxn"] == [{"TxnId": paid["Id"], "TxnType": "BillPaymentCheck"}]
    assert (changed["Balance"], changed["PrivateNote"]) == (50, "checked")
    lower = {**fields_of(changed), "Line": [spent(wire, "29.00")]}
    assert wire.refused("POST", "bill", lower)["code"] == "6000", "less than was paid"
    other = {**fields_of(changed), "VendorRef": vendor(wire)}
    assert wire.refused("POST", "bill", other)["code"] == "6000"


@pytest.mark.parametrize(
    ("detail_type", "detail", "code"),
    [
        ("SalesItemLineDetail", {}, "2170"),
        (BY_ACCOUNT, {}, "2020"),
        (BY_ITEM, {"ItemRef": {"value": "99999"}}, "2500"),
        (BY_ACCOUNT, {"AccountRef": {"value": "99999"}}, "2500"),
        (BY_ACCOUNT, {"BillableStatus": "Perhaps"}, "2170"),
        (BY_ACCOUNT, {"BillableStatus": "Billable"}, "6000"),
        (BY_ACCOUNT, {"TaxCodeRef": {"value": "7"}}, "6100"),
        (BY_ACCOUNT, {"CustomerRef": {"value": "99999"}}, "2500"),
    ],
)
@pytest.mark.parametrize("kind", ["Bill", "VendorCredit", "Purchase", "PurchaseOrder"])
def test_a_line_that_cannot_be_is_refused(
    wire: Wire, kind: str, detail_type: str, detail: dict[str, Any], code: str
) -> None:
    if detail and detail_type == BY_ACCOUNT:
        detail = {"AccountRef": wire.account(COSTS), **detail}
    line = {"Amount": 5, "DetailType": detail_type, detail_type: detail}
    paid = {"PaymentType": "Cash", "AccountRef": wire.account(BANK)}
    body = {"VendorRef": vendor(wire), "Line": [line], **paid}
    assert wire.refused("POST", kind.lower(), body)["code"] == code


def test_amounts_are_checked(wire: Wire) -> None:
    item = wire.item()["Id"]
    wrong = bought(item, "2", "3.00") | {"Amount": 7}
    body = {"VendorRef": vendor(wire), "Line": [wrong]}
    assert wire.refused("POST", "bill", body)["code"] == "6070"
    body["Line"] = [spent(wire, "5.00"), spent(wire, "-6.00")]
    assert wire.refused("POST", "bill", body)["code"] == "6000"
    body["Line"] = [spent(wire, "6.00"), spent(wire, "-5.00")]
    assert wire.create("Bill", body)["TotalAmt"] == 1, "a line may be a discount"
    body["Line"] = []
    assert wire.refused("POST", "bill", body)["code"] == "2250"
    del body["VendorRef"]
    assert wire.refused("POST", "bill", {**body, "Line": [spent(wire, "1")]})["code"] == "2020"


def test_a_line_in_the_united_states_has_a_flag_and_no_tax(wire: Wire) -> None:
    detail = {"TotalTax": 4, "TxnTaxCodeRef": {"value": "TAX"}}
    flagged = spent(wire, "10.00", TaxCodeRef={"value": "TAX"})
    made = bill_of(wire, spent(wire, "40.00"), flagged, TxnTaxDetail=detail)
    codes = [one[BY_ACCOUNT]["TaxCodeRef"]["value"] for one in made["Line"]]
    assert (codes, made["TotalAmt"]) == (["NON", "TAX"], 50)
    assert "TxnTaxDetail" not in made


def test_nothing_changes_in_closed_books(wire: Wire) -> None:
    day = {"TxnDate": "2026-02-10"}
    bill = bill_of(wire, **day)
    paid = wire.create("BillPayment", pay(wire, bill, "5.00", **day))
    wire.control("POST", "accountant/close-books", {"date": "2026-02-28"})
    body = {"VendorRef": vendor(wire), "Line": [spent(wire, "1")], **day}
    assert wire.refused("POST", "bill", body)["code"] == "6210"
    assert wire.refused("POST", "vendorcredit", body)["code"] == "6210"
    more = {**fields_of(wire.read("Bill", bill["Id"])), "PrivateNote": "later"}
    assert wire.refused("POST", "bill", more)["code"] == "6210"
    void = {"operation": "update", "include": "void"}
    assert wire.refused("POST", "billpayment", fields_of(paid), params=void)["code"] == "6210"


@pytest.mark.parametrize(
    ("kind", "edition"),
    [
        *((one, "simple_start") for one in ("Bill", "VendorCredit", "BillPayment")),
        ("PurchaseOrder", "essentials"),
    ],
)
def test_a_small_edition_buys_at_once_only(wire: Wire, kind: str, edition: str) -> None:
    bill = bill_of(wire)
    body = pay(wire, bill, "1.00")
    body = body if kind == "BillPayment" else {**body, "Line": [spent(wire, "1.00")]}
    wire.control("POST", "settings", {"edition": edition})
    try:
        assert wire.refused("POST", kind.lower(), body)["code"] == "5020"
        paid = {"PaymentType": "Cash", "AccountRef": wire.account(BANK)}
        assert wire.create("Purchase", {**paid, "Line": [spent(wire, "1.00")]})["Id"]
    finally:
        wire.control("POST", "settings", {"edition": "plus"})


# --- paying bills ------------------------------------------------------------------------------


def test_a_credit_of_the_vendor_is_used_on_a_bill(wire: Wire) -> None:
    bill = bill_of(wire)
    credit = wire.create(
        "VendorCredit", {"VendorRef": bill["VendorRef"], "Line": [spent(wire, "25.00")]}
    )
    assert (credit["Balance"], owed(wire, bill["VendorRef"])) == (25, 55)
    used = {"TxnId": credit["Id"], "TxnType": "VendorCredit"}
    body = pay(wire, bill, "80.00", {"Amount": 25, "LinkedTxn": [used]}, TotalAmt=55)
    moved = Moves(wire, BANK)
    paid = wire.create("BillPayment", body)
    assert moved() == [-55]
    assert owed(wire, bill["VendorRef"]) == 0
    after = wire.read("VendorCredit", credit["Id"])
    assert after["Balance"] == 0
    assert after["LinkedTxn"] == [{"TxnId": paid["Id"], "TxnType": "BillPaymentCheck"}]
    wire.end("BillPayment", paid, "delete")
    assert wire.read("VendorCredit", credit["Id"])["Balance"] == 25
    assert wire.read("Bill", bill["Id"])["Balance"] == 80
    assert owed(wire, bill["VendorRef"]) == 55


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"PayType": "Cash"}, "2170"),
        ({"PayType": "CreditCard"}, "2020"),
        ({"CheckPayment": None}, "2020"),
        ({"TotalAmt": -1}, "2140"),
        ({"TotalAmt": 79}, "6000"),
        ({"VendorRef": None}, "2020"),
    ],
)
def test_a_payment_that_cannot_be_is_refused(wire: Wire, change: dict[str, Any], code: str) -> None:
    body = {**pay(wire, bill_of(wire), "80.00"), **change}
    assert wire.refused("POST", "billpayment", body)["code"] == code


def test_a_payment_fits_its_bill(wire: Wire) -> None:
    bill = bill_of(wire)
    assert wire.refused("POST", "billpayment", pay(wire, bill, "80.01"))["code"] == "6000"
    other = pay(wire, bill, "80.00", VendorRef=vendor(wire))
    assert wire.refused("POST", "billpayment", other)["code"] == "6000"
    for link, code in (
        ({"TxnId": "99999", "TxnType": "Bill"}, "610"),
        ({"TxnId": bill["Id"], "TxnType": "Invoice"}, "2170"),
    ):
        body = pay(wire, bill, "1.00")
        body["Line"][0]["LinkedTxn"] = [link]
        assert wire.refused("POST", "billpayment", body)["code"] == code
    card = {"BankAccountRef": wire.account(CARD)}
    wrong = pay(wire, bill, "80.00", CheckPayment=card)
    assert wire.refused("POST", "billpayment", wrong)["code"] == "6430"


def test_an_overpaid_bill_leaves_the_rest_with_the_vendor(wire: Wire) -> None:
    bill = bill_of(wire)
    wire.create("BillPayment", pay(wire, bill, "80.00", TotalAmt=100))
    assert owed(wire, bill["VendorRef"]) == -20


def test_a_payment_moves_to_another_bill(wire: Wire) -> None:
    seller = vendor(wire)
    first, second = (bill_of(wire, VendorRef=seller) for _ in range(2))
    paid = wire.create("BillPayment", pay(wire, first, "80.00"))
    wire.change("BillPayment", paid, Line=pay(wire, second, "80.00")["Line"])
    left = [wire.read("Bill", one["Id"])["Balance"] for one in (first, second)]
    assert left == [80, 0]


def test_a_payment_is_voided_by_an_update_only(wire: Wire) -> None:
    bill = bill_of(wire)
    paid = wire.create("BillPayment", pay(wire, bill, "80.00"))
    refused = wire.refused("POST", "billpayment", fields_of(paid), params={"operation": "void"})
    assert (refused["code"], refused["Detail"]) == ("500", "Operation void is not supported.")
    for kind, record in (("bill", bill), ("billpayment", paid)):
        params = {"operation": "update", "include": "void"}
        answer = wire.call("POST", kind, fields_of(record), params=params)
        assert answer.status_code == (400 if kind == "bill" else 200), "a bill has no void"


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

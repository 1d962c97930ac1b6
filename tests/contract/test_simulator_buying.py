"""Buying: bills, what pays them and credits of vendors; and all of it through a client."""

from __future__ import annotations

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

from tests.contract.vendors import (
    BANK,
    BY_ACCOUNT,
    BY_ITEM,
    CARD,
    COSTS,
    PAYABLE,
    Moves,
    bill_of,
    bought,
    fields_of,
    owed,
    pay,
    spent,
    vendor,
)
from tests.contract.wire import Wire, fresh

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
    assert credit["Balance"] == 25
    assert owed(wire, bill["VendorRef"]) == 55
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

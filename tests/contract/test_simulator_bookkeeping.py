"""Bookkeeping: journal entries, transfers, time, currencies, cards, and what comes again."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from quickbooks import QuickBooks
from quickbooks.exceptions import ObjectNotFoundException, QuickbooksException
from quickbooks.objects.account import Account
from quickbooks.objects.base import Ref
from quickbooks.objects.budget import Budget
from quickbooks.objects.companycurrency import CompanyCurrency
from quickbooks.objects.creditcardpayment_entity import CreditCardPayment
from quickbooks.objects.customer import Customer
from quickbooks.objects.detailline import (
    AccountBasedExpenseLine,
    AccountBasedExpenseLineDetail,
    SalesItemLine,
    SalesItemLineDetail,
)
from quickbooks.objects.employee import Employee
from quickbooks.objects.item import Item
from quickbooks.objects.journalentry import JournalEntry, JournalEntryLine, JournalEntryLineDetail
from quickbooks.objects.recurringtransaction import (
    RecurringBill,
    RecurringInfo,
    RecurringInvoice,
    RecurringTransaction,
    ScheduleInfo,
)
from quickbooks.objects.timeactivity import TimeActivity
from quickbooks.objects.transfer import Transfer
from quickbooks.objects.vendor import Vendor

from tests.contract.wire import Wire, fresh

DETAIL = "JournalEntryLineDetail"
BANK, COSTS, INCOME = "Checking", "Insurance", "ServiceFeeIncome"
RECEIVABLE, PAYABLE, CARD = "AccountsReceivable", "AccountsPayable", "CreditCard"


# --- through python-quickbooks -----------------------------------------------------------------


def reference(record: Any) -> Ref:
    found = Ref()
    found.value = record.Id
    return found


def account_of(subtype: str, qb: QuickBooks) -> Ref:
    return reference(Account.filter(AccountSubType=subtype, qb=qb)[0])


def an_account(qb: QuickBooks, kind: str, subtype: str) -> Any:
    made = Account()
    made.Name = fresh(kind)
    made.AccountType, made.AccountSubType = kind, subtype
    return made.save(qb=qb)


def an_employee(qb: QuickBooks) -> Any:
    made = Employee()
    made.GivenName, made.FamilyName = "Ann", fresh("Worker")
    return made.save(qb=qb)


def a_side(qb: QuickBooks, side: str, subtype: str, amount: str) -> JournalEntryLine:
    made = JournalEntryLine()
    made.Amount = Decimal(amount)
    made.JournalEntryLineDetail = JournalEntryLineDetail()
    made.JournalEntryLineDetail.PostingType = side
    made.JournalEntryLineDetail.AccountRef = account_of(subtype, qb)
    return made


def an_entry(qb: QuickBooks) -> JournalEntry:
    made = JournalEntry()
    made.Line = [a_side(qb, "Debit", COSTS, "60.00"), a_side(qb, "Credit", BANK, "60.00")]
    return made


def a_transfer(qb: QuickBooks) -> Transfer:
    made = Transfer()
    made.FromAccountRef = account_of(BANK, qb)
    made.ToAccountRef = reference(an_account(qb, "Bank", "Savings"))
    made.Amount = Decimal("60.00")
    return made


def a_card_payment(qb: QuickBooks) -> CreditCardPayment:
    made = CreditCardPayment()
    made.BankAccountRef = account_of(BANK, qb)
    made.CreditCardAccountRef = reference(an_account(qb, "Credit Card", CARD))
    made.Amount = Decimal("60.00")
    return made


def some_time(qb: QuickBooks) -> TimeActivity:
    made = TimeActivity()
    made.NameOf = "Employee"
    made.EmployeeRef = reference(an_employee(qb))
    made.Hours, made.Minutes = 2, 15
    return made


@pytest.mark.parametrize(
    ("make", "field"),
    [
        pytest.param(an_entry, "PrivateNote", id="JournalEntry"),
        pytest.param(a_transfer, "PrivateNote", id="Transfer"),
        pytest.param(a_card_payment, "PrivateNote", id="CreditCardPayment"),
        pytest.param(some_time, "Description", id="TimeActivity"),
    ],
)
def test_an_entry_is_made_read_found_changed_and_deleted(
    qb: QuickBooks, make: Any, field: str
) -> None:
    made = make(qb).save(qb=qb)
    kind = type(made)
    assert made.SyncToken == "0"
    read = kind.get(made.Id, qb=qb)
    assert [one.Id for one in kind.filter(Id=made.Id, qb=qb)] == [made.Id]
    setattr(read, field, "changed")
    changed = read.save(qb=qb)
    assert (changed.SyncToken, getattr(kind.get(made.Id, qb=qb), field)) == ("1", "changed")
    with pytest.raises(QuickbooksException) as stale:
        made.delete(qb=qb)
    assert stale.value.error_code == 5010
    changed.delete(qb=qb)
    with pytest.raises(ObjectNotFoundException):
        kind.get(made.Id, qb=qb)


def rhythm(name: str) -> RecurringInfo:
    made = RecurringInfo()
    made.Name, made.Active, made.RecurType = name, True, "Automated"
    made.ScheduleInfo = ScheduleInfo()
    made.ScheduleInfo.StartDate = "2026-12-01"
    made.ScheduleInfo.IntervalType = "Monthly"
    made.ScheduleInfo.NumInterval, made.ScheduleInfo.DayOfMonth = 1, 1
    return made


def a_template(qb: QuickBooks, name: str) -> RecurringTransaction:
    item = Item()
    item.Name, item.Type = fresh("Care"), "Service"
    item.IncomeAccountRef = account_of(INCOME, qb)
    customer = Customer()
    customer.DisplayName = fresh("Customer")
    line = SalesItemLine()
    line.Amount = Decimal("55.00")
    line.SalesItemLineDetail = SalesItemLineDetail()
    line.SalesItemLineDetail.ItemRef = reference(item.save(qb=qb))
    invoice = RecurringInvoice()
    invoice.CustomerRef = reference(customer.save(qb=qb))
    invoice.Line.append(line)
    invoice.RecurringInfo = rhythm(name)
    made = RecurringTransaction()
    made.Invoice = invoice
    return made


def test_a_template_is_made_read_found_changed_and_deleted(qb: QuickBooks) -> None:
    made = a_template(qb, fresh("Care")).save(qb=qb)
    template = made.Invoice
    assert (template.TotalAmt, template.Line[-1].DetailType) == (55, "SubTotalLineDetail")
    assert template.RecurringInfo.ScheduleInfo.NextDate == "2026-12-01"
    assert template.RecurDataRef.value == template.Id
    read = RecurringTransaction.get(template.Id, qb=qb)
    read.Invoice.RecurringInfo.ScheduleInfo.DayOfMonth = 15
    read.Invoice.Line[0].Amount = Decimal("60.00")
    changed = read.save(qb=qb)
    assert (changed.Invoice.TotalAmt, changed.Invoice.SyncToken) == (60, "1")
    assert changed.Invoice.RecurringInfo.ScheduleInfo.DayOfMonth == 15
    found = RecurringTransaction.where("Type = 'Invoice'", max_results=1000, qb=qb)
    assert template.Id in {one.Invoice.Id for one in found}
    changed.delete(qb=qb)
    with pytest.raises(ObjectNotFoundException):
        RecurringTransaction.get(template.Id, qb=qb)


def test_a_template_of_a_bill_owes_nothing(qb: QuickBooks) -> None:
    vendor = Vendor()
    vendor.DisplayName = fresh("Landlord")
    vendor = vendor.save(qb=qb)
    line = AccountBasedExpenseLine()
    line.Amount = Decimal("900.00")
    line.AccountBasedExpenseLineDetail = AccountBasedExpenseLineDetail()
    line.AccountBasedExpenseLineDetail.AccountRef = account_of(COSTS, qb)
    bill = RecurringBill()
    bill.VendorRef = reference(vendor)
    bill.Line.append(line)
    bill.RecurringInfo = rhythm(fresh("Rent"))
    made = RecurringTransaction()
    made.Bill = bill
    made = made.save(qb=qb)
    assert (made.Bill.TotalAmt, made.Bill.Balance) == (900, 900)
    assert Vendor.get(vendor.Id, qb=qb).Balance == 0


def test_budgets_are_read_only(qb: QuickBooks) -> None:
    assert isinstance(Budget.all(qb=qb), list)
    with pytest.raises(ObjectNotFoundException):
        Budget.get("99999", qb=qb)


# --- on the wire -------------------------------------------------------------------------------


def version(record: dict[str, Any]) -> dict[str, Any]:
    return {"Id": record["Id"], "SyncToken": record["SyncToken"], "sparse": True}


def side(wire: Wire, way: str, subtype: str, amount: str, **detail: Any) -> dict[str, Any]:
    account = wire.account(subtype)
    return {
        "Amount": Decimal(amount),
        "DetailType": DETAIL,
        DETAIL: {"PostingType": way, "AccountRef": account, **detail},
    }


def about(kind: str | None, record_id: str) -> dict[str, Any]:
    named = {"EntityRef": {"value": record_id}}
    return {"Entity": {"Type": kind, **named} if kind else named}


def balance(wire: Wire, subtype: str) -> Decimal:
    return Decimal(wire.read("Account", wire.account(subtype)["value"])["CurrentBalance"])


def vendor(wire: Wire) -> str:
    return str(wire.create("Vendor", {"DisplayName": fresh("Vendor")})["Id"])


# --- journal entries ---------------------------------------------------------------------------


def entry(wire: Wire, amount: str = "60.00", **fields: Any) -> dict[str, Any]:
    lines = [side(wire, "Debit", COSTS, amount), side(wire, "Credit", BANK, amount)]
    return {"Line": lines, **fields}


def test_an_entry_moves_its_accounts(wire: Wire) -> None:
    before = balance(wire, BANK)
    made = wire.create("JournalEntry", entry(wire))
    assert balance(wire, BANK) == before - 60
    assert (made["TotalAmt"], made["Adjustment"]) == (0, False), "a total it never tells"
    assert [one["Id"] for one in made["Line"]] == ["0", "1"]
    account = made["Line"][1][DETAIL]["AccountRef"]
    assert account["name"] == wire.read("Account", account["value"])["FullyQualifiedName"]
    changed = wire.change("JournalEntry", made, Line=entry(wire, "10.00")["Line"])
    assert balance(wire, BANK) == before - 10
    wire.end("JournalEntry", changed, "delete")
    assert balance(wire, BANK) == before


def test_what_customers_and_vendors_owe_follows_an_entry(wire: Wire) -> None:
    customer, seller = wire.customer()["Id"], vendor(wire)
    lines = [
        side(wire, "Debit", RECEIVABLE, "30.00", **about("Customer", customer)),
        side(wire, "Debit", PAYABLE, "12.00", **about(None, seller)),
        side(wire, "Credit", INCOME, "42.00"),
    ]
    made = wire.create("JournalEntry", {"Line": lines})
    assert made["Line"][1][DETAIL]["Entity"]["Type"] == "Vendor", "it follows from the account"
    assert wire.read("Customer", customer)["Balance"] == 30
    assert wire.read("Vendor", seller)["Balance"] == -12
    wire.end("JournalEntry", made, "delete")
    assert wire.read("Customer", customer)["Balance"] == 0
    assert wire.read("Vendor", seller)["Balance"] == 0


@pytest.mark.parametrize(
    ("detail", "code"),
    [
        ({"PostingType": "Sideways"}, "2170"),
        ({"PostingType": None}, "2170"),
        ({"AccountRef": None}, "2020"),
        ({"AccountRef": {"value": "99999"}}, "2500"),
        ({"ClassRef": {"value": "99999"}}, "2500"),
        ({"BillableStatus": "Perhaps"}, "2170"),
        (about("Shareholder", "1"), "2170"),
        (about("Customer", "99999"), "2500"),
        (about(None, "99999"), "2500"),
    ],
)
def test_a_line_that_cannot_be_is_refused(wire: Wire, detail: dict[str, Any], code: str) -> None:
    body = entry(wire)
    body["Line"][0][DETAIL].update(detail)
    assert wire.refused("POST", "journalentry", body)["code"] == code


@pytest.mark.parametrize("whom", [{}, about("Vendor", "1")], ids=["nobody", "a vendor"])
def test_the_account_of_customers_needs_one(wire: Wire, whom: dict[str, Any]) -> None:
    vendor(wire)
    body = {"Line": [side(wire, "Debit", RECEIVABLE, "5", **whom), side(wire, "Credit", BANK, "5")]}
    assert wire.refused("POST", "journalentry", body)["code"] == "6000"


@pytest.mark.parametrize(
    ("ways", "code"),
    [
        ([("Debit", "5.00"), ("Credit", "4.99")], "6000"),
        ([("Debit", "0.00")], "6000"),
        ([("Debit", "5.00"), ("Debit", "-5.00")], "2290"),
        ([], "2250"),
    ],
)
def test_debits_and_credits_are_the_same(
    wire: Wire, ways: list[tuple[str, str]], code: str
) -> None:
    body = {"Line": [side(wire, way, BANK, amount) for way, amount in ways]}
    assert wire.refused("POST", "journalentry", body)["code"] == code


def test_words_may_stand_between_the_lines(wire: Wire) -> None:
    body = entry(wire)
    body["Line"].insert(1, {"DetailType": "DescriptionOnly", "Description": "as agreed"})
    assert wire.create("JournalEntry", body)["Line"][1]["Description"] == "as agreed"
    body["Line"][1]["DetailType"] = "SalesItemLineDetail"
    assert wire.refused("POST", "journalentry", body)["code"] == "2170"


def test_nothing_is_posted_to_an_account_that_is_gone(wire: Wire) -> None:
    made = wire.create("Account", {"Name": fresh("Old"), "AccountType": "Expense"})
    wire.change("Account", made, Active=False)
    body = entry(wire)
    body["Line"][0][DETAIL]["AccountRef"] = {"value": made["Id"]}
    assert wire.refused("POST", "journalentry", body)["code"] == "610"


def test_an_entry_gets_a_number_when_asked_only(wire: Wire) -> None:
    assert "DocNumber" not in wire.create("JournalEntry", entry(wire))
    asked = {"include": "allowautodocnum"}
    first, second = (
        wire.fine("POST", "journalentry", entry(wire), params=asked)["JournalEntry"]["DocNumber"]
        for _ in range(2)
    )
    assert int(second) == int(first) + 1
    again = entry(wire, DocNumber=first)
    assert wire.create("JournalEntry", again)["DocNumber"] == first, "nobody minds"
    others = wire.query("SELECT * FROM Preferences")["Preferences"][0]["OtherPrefs"]["NameValue"]
    minds = {"Name": "WarnDuplicateJournalNumber", "Value": "true"}
    wire.control("POST", "preferences", {"OtherPrefs.NameValue": [*others, minds]})
    try:
        assert wire.refused("POST", "journalentry", again)["code"] == "6140"
    finally:
        wire.control("POST", "preferences", {"OtherPrefs.NameValue": others})


@pytest.mark.parametrize("kind", ["JournalEntry", "Transfer", "CreditCardPayment"])
def test_nothing_changes_in_closed_books(wire: Wire, kind: str) -> None:
    day = {"TxnDate": "2026-02-10", "Amount": 5}
    ends = {"FromAccountRef": wire.account(BANK), "ToAccountRef": wire.account("Inventory")}
    card = {"BankAccountRef": wire.account(BANK), "CreditCardAccountRef": wire.account(CARD)}
    body = {**entry(wire), **ends, **card, **day}
    key = "CreditCardPaymentTxn" if kind == "CreditCardPayment" else kind
    made = wire.fine("POST", kind.lower(), body)[key]
    wire.control("POST", "accountant/close-books", {"date": "2026-02-28"})
    assert wire.refused("POST", kind.lower(), body)["code"] == "6210"
    later = {**version(made), "TxnDate": "2026-03-01"}
    assert wire.refused("POST", kind.lower(), later)["code"] == "6210"
    gone = {"operation": "delete"}
    assert wire.refused("POST", kind.lower(), version(made), params=gone)["code"] == "6210"


# --- money moved about -------------------------------------------------------------------------


def test_a_transfer_moves_money(wire: Wire) -> None:
    made = wire.create("Account", {"Name": fresh("Safe"), "AccountType": "Bank"})
    ends = {"FromAccountRef": wire.account(BANK), "ToAccountRef": {"value": made["Id"]}}
    before = balance(wire, BANK)
    moved = wire.create("Transfer", {**ends, "Amount": Decimal("12.345")})
    assert moved["Amount"] == Decimal("12.35")
    assert wire.read("Account", made["Id"])["CurrentBalance"] == Decimal("12.35")
    assert balance(wire, BANK) == before - Decimal("12.35")
    wire.end("Transfer", moved, "delete")
    assert balance(wire, BANK) == before


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"Amount": None}, "2020"),
        ({"Amount": -5}, "2140"),
        ({"ToAccountRef": None}, "2020"),
        ({"ToAccountRef": {"value": "99999"}}, "2500"),
        ({"ToAccountRef": BANK}, "6000"),
        ({"ToAccountRef": COSTS}, "6430"),
        ({"ToAccountRef": RECEIVABLE}, "6430"),
    ],
)
def test_a_transfer_that_cannot_be_is_refused(
    wire: Wire, fields: dict[str, Any], code: str
) -> None:
    body = {
        "FromAccountRef": wire.account(BANK),
        "ToAccountRef": wire.account("Inventory"),
        "Amount": 5,
    }
    found = {
        name: wire.account(one) if isinstance(one, str) else one for name, one in fields.items()
    }
    assert wire.refused("POST", "transfer", {**body, **found})["code"] == code


def test_a_card_is_paid_from_the_bank(wire: Wire) -> None:
    ends = {"BankAccountRef": wire.account(BANK), "CreditCardAccountRef": wire.account(CARD)}
    bank, card = balance(wire, BANK), balance(wire, CARD)
    answer = wire.fine("POST", "creditcardpayment", {**ends, "Amount": 40})
    assert answer["CreditCardPaymentTxn"]["Amount"] == 40
    assert (balance(wire, BANK), balance(wire, CARD)) == (bank - 40, card - 40)


@pytest.mark.parametrize(
    ("name", "subtype"),
    [("CreditCardAccountRef", BANK), ("BankAccountRef", CARD), ("BankAccountRef", RECEIVABLE)],
)
def test_a_card_is_a_card_and_a_bank_is_none(wire: Wire, name: str, subtype: str) -> None:
    ends = {"BankAccountRef": wire.account(BANK), "CreditCardAccountRef": wire.account(CARD)}
    body = {**ends, "Amount": 40, name: wire.account(subtype)}
    assert wire.refused("POST", "creditcardpayment", body)["code"] == "6430"


# --- time --------------------------------------------------------------------------------------


def worked(wire: Wire, **fields: Any) -> dict[str, Any]:
    body = {"GivenName": "Ann", "FamilyName": fresh("Worker")}
    employee = wire.create("Employee", body)["Id"]
    return {"NameOf": "Employee", "EmployeeRef": {"value": employee}, "Hours": 2, **fields}


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"NameOf": "Robot"}, "2170"),
        ({"NameOf": "Vendor"}, "2020"),
        ({"EmployeeRef": {"value": "99999"}}, "2500"),
        ({"Hours": None}, "2020"),
        ({"Hours": 8761}, "2240"),
        ({"Hours": 8760, "Minutes": 1}, "2240"),
        ({"Minutes": 60}, "2240"),
        ({"BreakMinutes": -1}, "2240"),
        ({"StartTime": "noon", "EndTime": "2026-03-02T13:00:00"}, "2060"),
        ({"StartTime": "2026-03-02T13:00:00", "EndTime": "2026-03-02T12:00:00"}, "6000"),
        ({"BillableStatus": "Billable", "HourlyRate": 40}, "6000"),
        ({"BillableStatus": "HasBeenBilled"}, "6000"),
        ({"BillableStatus": "Perhaps"}, "2170"),
    ],
)
def test_time_that_cannot_be_is_refused(wire: Wire, fields: dict[str, Any], code: str) -> None:
    assert wire.refused("POST", "timeactivity", worked(wire, **fields))["code"] == code


def test_billable_time_has_a_customer_and_a_rate(wire: Wire) -> None:
    customer = {"CustomerRef": {"value": wire.customer()["Id"]}}
    body = worked(wire, BillableStatus="Billable", **customer)
    assert wire.refused("POST", "timeactivity", body)["element"] == "HourlyRate"
    made = wire.create("TimeActivity", {**body, "HourlyRate": 40})
    found = wire.find("TimeActivity", f"WHERE CustomerRef = '{customer['CustomerRef']['value']}'")
    assert [one["Id"] for one in found] == [made["Id"]]


def test_time_is_spent_on_services(wire: Wire) -> None:
    start = {"StartTime": "2026-03-02T09:00:00-08:00", "EndTime": "2026-03-02T11:30:00-08:00"}
    body = worked(wire, Hours=None, **start)
    service = wire.item()["Id"]
    made = wire.create("TimeActivity", {**body, "ItemRef": {"value": service}})
    assert (made["BillableStatus"], "Hours" in made) == ("NotBillable", False)
    thing = wire.item(Type="NonInventory")["Id"]
    wrong = {**body, "ItemRef": {"value": thing}}
    assert wire.refused("POST", "timeactivity", wrong)["code"] == "2500"


# --- lists of the accountant -------------------------------------------------------------------


def test_a_currency_is_added_once_and_deactivated(qb: QuickBooks, wire: Wire) -> None:
    known = {one["Code"] for one in wire.find("CompanyCurrency", "WHERE Active IN (true, false)")}
    code = next(one for one in ("NOK", "SEK", "DKK", "PLN") if one not in known)
    made = CompanyCurrency()
    made.Code = code
    saved = made.save(qb=qb)
    assert saved.Name.endswith(("Krone", "Krona", "Zloty"))
    assert CompanyCurrency.get(saved.Id, qb=qb).Code == code
    assert wire.refused("POST", "companycurrency", {"Code": code})["code"] == "6240"
    saved.Active = False
    assert saved.save(qb=qb).Active is False
    assert CompanyCurrency.filter(Code=code, qb=qb) == []


def test_a_currency_there_is_not_is_refused(wire: Wire) -> None:
    assert wire.refused("POST", "companycurrency", {"Code": "XYZ"})["code"] == "2220"
    assert wire.refused("POST", "companycurrency", {"Name": "Doubloon"})["code"] == "2020"


@pytest.mark.parametrize("kind", ["Budget", "JournalCode"])
def test_what_nobody_writes_through_the_api_is_refused(wire: Wire, kind: str) -> None:
    assert wire.refused("POST", kind.lower(), {"Name": fresh(kind)})["code"] == "500"
    assert wire.find(kind) == []


# --- what comes again --------------------------------------------------------------------------


def template(wire: Wire, **info: Any) -> dict[str, Any]:
    rhythm_of = {"Name": fresh("Template"), "Active": True, **info}
    return {"Transfer": {**ends_of(wire), "RecurringInfo": rhythm_of}}


def ends_of(wire: Wire) -> dict[str, Any]:
    ends = {"FromAccountRef": wire.account(BANK), "ToAccountRef": wire.account("Inventory")}
    return {**ends, "Amount": 5}


@pytest.mark.parametrize(
    ("info", "code"),
    [
        ({"Name": None}, "2020"),
        ({"RecurType": "Sometimes"}, "2170"),
        ({"ScheduleInfo": {"IntervalType": "Hourly"}}, "2170"),
        ({"ScheduleInfo": {"StartDate": "soon"}}, "2060"),
    ],
)
def test_a_rhythm_that_cannot_be_is_refused(wire: Wire, info: dict[str, Any], code: str) -> None:
    assert wire.refused("POST", "recurringtransaction", template(wire, **info))["code"] == code


def test_a_template_is_checked_as_its_document_is(wire: Wire) -> None:
    body = template(wire)
    body["Transfer"]["ToAccountRef"] = wire.account(COSTS)
    assert wire.refused("POST", "recurringtransaction", body)["code"] == "6430"
    del body["Transfer"]["ToAccountRef"]
    assert wire.refused("POST", "recurringtransaction", body)["code"] == "2020"
    unreadable: list[dict[str, Any]] = [{"Payment": body["Transfer"]}, {}, {"Bill": []}]
    for unknown in unreadable:
        assert wire.refused("POST", "recurringtransaction", unknown)["code"] in {"2020", "2170"}


def test_templates_have_names_of_their_own_and_move_no_money(wire: Wire) -> None:
    before = balance(wire, BANK)
    body = template(wire)
    made = wire.create("RecurringTransaction", body)["Transfer"]
    assert "TxnDate" not in made
    assert wire.refused("POST", "recurringtransaction", body)["code"] == "6240"
    assert balance(wire, BANK) == before
    gone = {"operation": "delete"}
    sent = {"Transfer": {"Id": made["Id"], "SyncToken": made["SyncToken"]}}
    answer = wire.fine("POST", "recurringtransaction", sent, params=gone)
    assert answer["RecurringTransaction"] == {
        "status": "Deleted",
        "domain": "QBO",
        "Transfer": {"Id": made["Id"]},
    }
    assert wire.create("RecurringTransaction", body)["Transfer"]["Id"] != made["Id"]


@pytest.mark.parametrize("kind", ["TimeActivity", "RecurringTransaction"])
def test_a_small_edition_lacks_features(wire: Wire, kind: str) -> None:
    body = worked(wire) if kind == "TimeActivity" else template(wire)
    wire.control("POST", "settings", {"edition": "simple_start"})
    try:
        assert wire.refused("POST", kind.lower(), body)["code"] == "5020"
        assert wire.create("JournalEntry", entry(wire))["Id"]
    finally:
        wire.control("POST", "settings", {"edition": "plus"})

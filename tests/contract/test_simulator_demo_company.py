"""The demo company: an ordinary small business's books, which add up."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from tests.contract.wire import Wire, running

ZERO = Decimal(0)
LISTS = (
    *("Account", "Class", "CompanyCurrency", "Customer", "CustomerType", "Department"),
    *(
        "Employee",
        "ExchangeRate",
        "Item",
        "PaymentMethod",
        "TaxAgency",
        "TaxCode",
        "TaxRate",
        "Term",
        "Vendor",
    ),
)
DOCUMENTS = {
    "Bill": 50,
    "BillPayment": 40,
    "CreditMemo": 3,
    "Deposit": 12,
    "Estimate": 20,
    "Invoice": 60,
    "JournalEntry": 36,
    "Payment": 50,
    "Purchase": 30,
    "PurchaseOrder": 10,
    "RefundReceipt": 2,
    "SalesReceipt": 10,
    "Transfer": 4,
    "VendorCredit": 1,
}
ONCE = (
    *("Checking", "AccountsReceivable", "AccountsPayable", "Inventory", "UndepositedFunds"),
    *("SalesTaxPayable", "SuppliesMaterialsCogs", "SalesOfProductIncome", "RetainedEarnings"),
    *("DiscountsRefundsGiven", "OpeningBalanceEquity", "ExchangeGainOrLoss", "Travel"),
)
INCOME = (
    "SELECT * FROM Account WHERE AccountType = 'Income' "
    "AND AccountSubType = 'SalesOfProductIncome' MAXRESULTS 1"
)
ASSETS = (
    "SELECT * FROM Account WHERE Classification = 'Asset' "
    "AND FullyQualifiedName != 'Accounts Receivable (A/R)' MAXRESULTS 2"
)
MOMENT = re.compile(r"\d{4}-\d\d-\d\d(T[0-9:.]+([+-]\d\d:\d\d|Z))?")


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Wire]:
    """A simulator with the demo company, which nobody changes."""
    with running(tmp_path_factory.mktemp("demo"), company="demo") as details:
        wire = Wire(details)
        wire.settle()
        yield wire
        wire.close()


def subtype(demo: Wire, name: str) -> list[dict[str, Any]]:
    return demo.find("Account", f"WHERE AccountSubType = '{name}'")


def total(records: list[dict[str, Any]], field: str) -> Decimal:
    return sum((Decimal(one.get(field, 0)) for one in records), ZERO)


def lines(records: list[dict[str, Any]], kind: str) -> list[dict[str, Any]]:
    return [line for one in records for line in one["Line"] if line["DetailType"] == kind]


def days_ago(demo: Wire, days: int) -> str:
    today = date.fromisoformat(demo.control("GET", "state")["now"][:10])
    return (today - timedelta(days=days)).isoformat()


# --- lists -----------------------------------------------------------------------------------


def test_the_chart_of_accounts_is_that_of_a_business(demo: Wire) -> None:
    accounts = demo.find("Account")
    assert len(accounts) >= 60
    assert {name: len(subtype(demo, name)) for name in ONCE} == dict.fromkeys(ONCE, 1)
    assert subtype(demo, "PayrollExpenses")
    assert subtype(demo, "CreditCard")
    assert len({one["AccountType"] for one in accounts}) == 15, "every type there is"
    assert len({one["AcctNum"] for one in accounts}) == len(accounts)
    below = [one for one in accounts if one["SubAccount"]]
    assert len(below) >= 10
    names = {one["Id"]: one["FullyQualifiedName"] for one in accounts}
    for one in below:
        above = names[one["ParentRef"]["value"]]
        assert one["FullyQualifiedName"] == f"{above}:{one['Name']}"


def test_the_empty_company_has_the_same_chart(
    demo: Wire, tmp_path_factory: pytest.TempPathFactory
) -> None:
    def chart(wire: Wire) -> list[tuple[str, str]]:
        found = wire.find("Account")
        return [(one["FullyQualifiedName"], one["AccountSubType"]) for one in found]

    with running(tmp_path_factory.mktemp("empty")) as details:
        empty = Wire(details)
        empty.settle()
        assert chart(empty) == chart(demo)
        assert all(one["CurrentBalance"] == 0 for one in empty.find("Account"))
        assert empty.control("GET", "state")["counts"]["Customer"] == 0
        empty.close()


def test_the_lists_hold_what_a_business_has(demo: Wire) -> None:
    counts = demo.control("GET", "state")["counts"]
    assert counts["Customer"] >= 25
    assert (counts["Vendor"], counts["Employee"]) >= (10, 3)
    assert {one["Job"] for one in demo.find("Customer")} == {True, False}
    jobs = [one for one in demo.find("Customer") if one["Job"]]
    assert len({one["ParentRef"]["value"] for one in jobs}) == 2
    assert demo.find("Customer", "WHERE Active = false")
    terms = {one["Name"]: one for one in demo.find("Term")}
    assert (terms["Net 30"]["Id"], terms["Net 30"]["DueDays"]) == ("3", 30)
    assert {one["Type"] for one in terms.values()} == {"STANDARD", "DATE_DRIVEN"}
    methods = {one["Name"] for one in demo.find("PaymentMethod")}
    assert {"Cash", "Check", "Credit Card", "ACH"} <= methods
    for kind in ("Class", "Department"):
        assert any(one.get("ParentRef") for one in demo.find(kind)), kind
    assert len(demo.find("CustomerType")) >= 3


def test_items_are_of_every_type(demo: Wire) -> None:
    items = demo.find("Item")
    kinds = Counter(one["Type"] for one in items)
    assert set(kinds) == {"Category", "Group", "Inventory", "NonInventory", "Service"}
    assert (kinds["Category"], kinds["Group"]) == (2, 2)
    assert 35 <= len(items) <= 50
    above = {one["ParentRef"]["value"] for one in items if one.get("ParentRef")}
    assert above == {one["Id"] for one in items if one["Type"] == "Category"}
    for one in items:
        if one["Type"] == "Inventory":
            assert one["QtyOnHand"] >= 0, one["Name"]


def test_tax_codes_combine_rates_of_three_states(demo: Wire) -> None:
    codes = {one["Name"]: one for one in demo.find("TaxCode")}
    assert {"TAX", "NON", "Albany", "Connecticut", "New Jersey", "New York City"} <= set(codes)
    assert (codes["TAX"]["Id"], codes["NON"]["Id"]) == ("TAX", "NON")
    rates = {one["Id"]: one["RateValue"] for one in demo.find("TaxRate")}
    parts = codes["Albany"]["SalesTaxRateList"]["TaxRateDetail"]
    assert [rates[one["TaxRateRef"]["value"]] for one in parts] == [4, 4]
    assert len(demo.find("TaxAgency")) == 3


def test_nobody_in_it_can_be_reached(demo: Wire) -> None:
    text = json.dumps([demo.find(kind) for kind in (*LISTS, "Invoice")], default=str)
    found = set(re.findall(r"[\w.-]+@([\w.-]+)", text))
    assert found
    assert all(domain.endswith(".example") for domain in found), found


def test_the_company_says_what_it_is(demo: Wire) -> None:
    info = demo.fine("GET", "companyinfo/1")["CompanyInfo"]
    assert info["CompanyName"] == "Riverside Print & Stitch"
    facts = {one["Name"]: one["Value"] for one in info["NameValue"]}
    assert facts["OfferingSku"] == "QuickBooks Online Plus"
    assert facts["IndustryType"]
    for field in ("CompanyAddr", "LegalAddr", "CustomerCommunicationAddr", "PrimaryPhone"):
        assert info[field], field


def test_preferences_come_in_all_their_groups(demo: Wire) -> None:
    found = demo.fine("GET", "preferences")["Preferences"]
    groups = {name for name in found if name.endswith("Prefs")}
    assert groups == {
        *("AccountingInfoPrefs", "CurrencyPrefs", "EmailMessagesPrefs", "OtherPrefs"),
        *("ProductAndServicesPrefs", "ReportPrefs", "SalesFormsPrefs", "TaxPrefs"),
        *("TimeTrackingPrefs", "VendorAndPurchasesPrefs"),
    }
    assert found["AccountingInfoPrefs"]["TaxYearMonth"] == "January"
    assert found["ProductAndServicesPrefs"]["ForPurchase"] is True
    assert found["VendorAndPurchasesPrefs"]["BillableExpenseTracking"] is True
    assert found["TimeTrackingPrefs"]["WorkWeekStartDate"] == "Monday"
    assert found["OtherPrefs"]["NameValue"][0]["Name"] == "SalesFormsPrefs.DefaultCustomerMessage"
    assert set(found["EmailMessagesPrefs"]["EstimateMessage"]) == {"Subject", "Message"}
    assert demo.read("TaxCode", found["TaxPrefs"]["TaxGroupCodeRef"]["value"])["TaxGroup"] is True
    discounts = found["SalesFormsPrefs"]["DefaultDiscountAccount"]
    assert demo.read("Account", discounts)["AccountSubType"] == "DiscountsRefundsGiven"
    pairs = {one["Name"]: one["Value"] for one in found["OtherPrefs"]["NameValue"]}
    for word in ("Assets", "Income", "Expenses"):
        account = demo.read("Account", pairs[f"Uncategorized{word}AccountId"])
        assert account["Name"] == f"Uncategorized {word.removesuffix('s')}"


# --- documents -------------------------------------------------------------------------------


@pytest.mark.parametrize(("kind", "least"), DOCUMENTS.items())
def test_every_kind_of_document_is_there(demo: Wire, kind: str, least: int) -> None:
    days = [one["TxnDate"] for one in demo.find(kind)]
    assert least <= len(days) <= 120
    assert min(days) >= days_ago(demo, 362)
    assert max(days) <= days_ago(demo, 0), "nothing happens in the future"


def test_a_year_of_sales_is_that_of_a_small_shop(demo: Wire) -> None:
    sold = total(demo.find("Invoice"), "TotalAmt") + total(demo.find("SalesReceipt"), "TotalAmt")
    assert 400_000 < sold < 500_000
    numbers = [int(one["DocNumber"]) for one in demo.find("Invoice")]
    assert numbers[0] == 1001
    assert len(set(numbers)) == len(numbers)


def test_estimates_stand_at_every_status(demo: Wire) -> None:
    estimates = demo.find("Estimate")
    counts = Counter(one["TxnStatus"] for one in estimates)
    assert set(counts) == {"Pending", "Accepted", "Closed", "Rejected"}
    assert min(counts.values()) >= 2
    for one in estimates:
        links = [link["TxnId"] for link in one.get("LinkedTxn", [])]
        assert len(links) == (one["TxnStatus"] == "Closed")
        for invoice_id in links:
            invoice = demo.read("Invoice", invoice_id)
            assert {"TxnId": one["Id"], "TxnType": "Estimate"} in invoice["LinkedTxn"]
            assert invoice["CustomerRef"] == one["CustomerRef"]


def test_invoices_are_open_partly_paid_overdue_and_paid(demo: Wire) -> None:
    invoices = [one for one in demo.find("Invoice") if one["TotalAmt"]]
    paid = [one for one in invoices if not one["Balance"]]
    partly = [one for one in invoices if 0 < one["Balance"] < one["TotalAmt"]]
    today = days_ago(demo, 0)
    overdue = [one for one in invoices if one["Balance"] and one["DueDate"] < today]
    untouched = [one for one in invoices if one["Balance"] == one["TotalAmt"]]
    assert len(paid) > len(invoices) // 2
    for some in (partly, overdue, untouched):
        assert len(some) >= 3


def test_one_invoice_is_voided_and_one_was_deleted(demo: Wire) -> None:
    voided = [one for one in demo.find("Invoice") if not one["TotalAmt"]]
    assert [one["PrivateNote"] for one in voided] == ["Voided - Written twice"]
    numbers = {int(one["DocNumber"]) for one in demo.find("Invoice")}
    assert len(set(range(1001, max(numbers))) - numbers) == 1


def test_invoices_carry_discounts_shipping_bundles_and_remarks(demo: Wire) -> None:
    invoices = demo.find("Invoice")
    discounts = lines(invoices, "DiscountLineDetail")
    ways = {one["DiscountLineDetail"].get("PercentBased", False) for one in discounts}
    assert ways == {True, False}
    items = {
        one["SalesItemLineDetail"]["ItemRef"]["value"]
        for one in lines(invoices, "SalesItemLineDetail")
    }
    assert "SHIPPING_ITEM_ID" in items
    assert lines(invoices, "GroupLineDetail")
    assert lines(invoices, "DescriptionOnly")
    codes = {one["TxnTaxDetail"].get("TxnTaxCodeRef", {}).get("value") for one in invoices}
    assert len(codes - {None}) == 4
    assert None in codes, "schools pay no tax"


def test_payments_pay_a_part_too_much_or_several(demo: Wire) -> None:
    payments = demo.find("Payment")
    assert any(one["UnappliedAmt"] and one["Line"] for one in payments)
    assert any(one["UnappliedAmt"] and not one["Line"] for one in payments)
    assert any(len(one["Line"]) > 1 and one["TotalAmt"] for one in payments)
    uses = [one for one in payments if not one["TotalAmt"]]
    assert uses
    for one in uses:
        kinds = {line["LinkedTxn"][0]["TxnType"] for line in one["Line"]}
        assert kinds == {"Invoice", "CreditMemo"}
    memos = demo.find("CreditMemo")
    left = {bool(one["RemainingCredit"]) for one in memos}
    assert left == {True, False}


def test_money_waits_and_is_brought_to_the_bank(demo: Wire) -> None:
    payments = [one for one in demo.find("Payment") if one["TotalAmt"]]
    waiting = subtype(demo, "UndepositedFunds")[0]
    mine = [one for one in payments if one["DepositToAccountRef"]["value"] == waiting["Id"]]
    deposited = {
        any(link["TxnType"] == "Deposit" for link in one.get("LinkedTxn", [])) for one in mine
    }
    assert deposited == {True, False}
    assert waiting["CurrentBalance"] > 0


def test_purchases_are_paid_in_every_way(demo: Wire) -> None:
    purchases = demo.find("Purchase")
    assert {one["PaymentType"] for one in purchases} == {"Cash", "Check", "CreditCard"}
    assert len([one for one in purchases if one.get("Credit")]) == 1
    assert {one["PayType"] for one in demo.find("BillPayment")} == {"Check", "CreditCard"}
    assert {one["POStatus"] for one in demo.find("PurchaseOrder")} == {"Open", "Closed"}
    assert {bool(one["Balance"]) for one in demo.find("Bill")} == {True, False}
    entries = Counter(one["PrivateNote"] for one in demo.find("JournalEntry"))
    assert [entries[text] for text in ("Rent", "Depreciation", "Wages")] == [12, 12, 12]


# --- it adds up ------------------------------------------------------------------------------


def test_what_one_side_has_the_other_owes(demo: Wire) -> None:
    """Assets are liabilities, equity and what was earned; a posting on one side only would show."""
    by_class: Counter[str] = Counter()
    for one in demo.find("Account"):
        by_class[one["Classification"]] += one["CurrentBalance"]
    earned = by_class["Asset"] - by_class["Liability"] - by_class["Equity"]
    assert 40_000 < earned < 120_000


def test_customers_owe_what_stands_in_the_books(demo: Wire) -> None:
    invoices, payments = demo.find("Invoice"), demo.find("Payment")
    owed = total(invoices, "Balance") - total(demo.find("CreditMemo"), "RemainingCredit")
    owed -= total(payments, "UnappliedAmt")
    assert owed > 0
    assert subtype(demo, "AccountsReceivable")[0]["CurrentBalance"] == owed
    assert total(demo.find("Customer"), "Balance") == owed
    tops = [one for one in demo.find("Customer") if not one["Job"]]
    assert total(tops, "BalanceWithJobs") == owed


def test_vendors_are_owed_what_stands_in_the_books(demo: Wire) -> None:
    owed = total(demo.find("Bill"), "Balance") - total(demo.find("VendorCredit"), "Balance")
    assert owed > 0
    assert subtype(demo, "AccountsPayable")[0]["CurrentBalance"] == owed
    assert total(demo.find("Vendor"), "Balance") == owed


def test_no_till_is_below_zero(demo: Wire) -> None:
    for one in demo.find("Account", "WHERE AccountType = 'Bank'"):
        assert one["CurrentBalance"] >= 0, one["Name"]
    assert subtype(demo, "Inventory")[0]["CurrentBalance"] > 10_000
    assert subtype(demo, "OpeningBalanceEquity")[0]["CurrentBalance"] == 0


def test_the_same_books_come_back_but_for_their_dates(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    def whole(wire: Wire) -> dict[str, Any]:
        kinds = (*LISTS, *DOCUMENTS)
        found = {kind: json.dumps(wire.find(kind), default=str, sort_keys=True) for kind in kinds}
        return {kind: MOMENT.sub("*", text) for kind, text in found.items()}

    with running(tmp_path_factory.mktemp("twice"), company="demo") as details:
        wire = Wire(details)
        wire.settle()
        first = whole(wire)
        wire.control("POST", "clock", {"now": "2031-05-17T12:00:00+00:00"})
        wire.control("POST", "reset", {"company": "demo"})
        second = whole(wire)
        days = [one["TxnDate"] for one in wire.find("Invoice")]
        wire.settle()
        wire.close()
    assert max(days).startswith("2031-05")
    for kind, text in first.items():
        assert second[kind] == text, kind


# --- what suites of client libraries expect of a company ---------------------------------------


@pytest.mark.parametrize(
    ("statement", "least"),
    [
        ("select * from account", 21),
        ("select * from account where AccountType = 'Expense' startposition 1 maxresults 1000", 1),
        ("SELECT * FROM Account WHERE AccountSubType = 'Checking'", 1),
        ("SELECT * FROM Account WHERE AccountSubType = 'AccountsPayable'", 1),
        ("SELECT * FROM Account WHERE AccountType = 'Bank' MAXRESULTS 2", 2),
        (INCOME, 1),
        ("SELECT * FROM Account WHERE Name = 'checking' MAXRESULTS 1", 1),
        (ASSETS, 2),
        ("SELECT * FROM Item WHERE Type = 'Inventory' MAXRESULTS 1", 1),
        ("SELECT * FROM CreditMemo MAXRESULTS 1", 1),
        ("SELECT * FROM Payment MAXRESULTS 5", 5),
        ("SELECT * FROM TaxCode MAXRESULTS 1", 4),
        ("SELECT * FROM TaxRate MAXRESULTS 1", 1),
        ("SELECT * FROM ExchangeRate WHERE SourceCurrencyCode = 'EUR'", 1),
        ("SELECT * FROM Customer MAXRESULTS 1", 1),
    ],
)
def test_queries_of_client_libraries_find_something(demo: Wire, statement: str, least: int) -> None:
    [rows] = [one for one in demo.query(statement).values() if isinstance(one, list)]
    assert len(rows) >= least


def test_ids_that_client_libraries_take_for_granted(demo: Wire) -> None:
    kinds = [demo.read("Account", one)["AccountType"] for one in ("1", "42", "86")]
    assert kinds == ["Bank", "Credit Card", "Income"]
    assert demo.read("Account", "86")["Name"] == "Discounts given"
    assert demo.read("Item", "10")["Type"] == "Service"
    assert demo.read("TaxAgency", "1")
    assert demo.read("CompanyCurrency", "1")["Code"] == "CAD"
    first = demo.query("SELECT * FROM Account MAXRESULTS 1")["Account"][0]
    assert first["AccountType"] == "Accounts Payable"
    travel = demo.find("Account", "WHERE Name = 'Travel'")
    assert [one["AccountType"] for one in travel] == ["Expense"]


def test_the_first_customer_was_sold_something(demo: Wire) -> None:
    first = demo.query("SELECT * FROM Customer MAXRESULTS 1")["Customer"][0]
    assert demo.find("Invoice", f"WHERE CustomerRef = '{first['Id']}'")


def test_what_client_libraries_make_themselves_is_not_there(demo: Wire) -> None:
    assert demo.query("SELECT * FROM Attachable") == {}
    assert demo.find("SalesReceipt", "WHERE DocNumber = '1044'") == []

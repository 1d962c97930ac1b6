"""Reports, each figure worked out by hand from small books that were written through the API."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal

import pytest
from quickbooks import QuickBooks
from quickbooks.exceptions import QuickbooksException

from tests.contract.quarter import (
    LAST_DAY,
    SPRING,
    Shop,
    lines_of,
    options,
    titles,
    values,
    walk,
    write_quarter,
)
from tests.contract.wire import Wire, running


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """The books: 200.00 earned and paid the year before; a quarter with a bit of everything."""
    with running(tmp_path_factory.mktemp("reports")) as details:
        wire = Wire(details)
        wire.settle()
        yield write_quarter(wire)
        wire.close()


# --- what is refused -----------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["Profit", "profitandloss", "Cashflow", "ProfitAndLoss%20"])
def test_a_report_there_is_not_is_out_of_reach(shop: Shop, name: str) -> None:
    refused = shop.wire.refused("GET", f"reports/{name}")
    assert refused["code"] == "5020"
    assert refused["element"] == "ReportName"


@pytest.mark.parametrize("path", ["reports", "reports/ProfitAndLoss/1"])
def test_an_address_without_a_report_is_refused(shop: Shop, path: str) -> None:
    assert shop.wire.refused("GET", path)["code"] == "2000"


@pytest.mark.parametrize(
    "asked",
    [
        {"start_date": "soon"},
        {"end_date": "2025-13-01"},
        {"start_date": "01/02/2025"},
        {"start_date": "2025-02-30"},
        {"start_date": "2025-03-01", "end_date": "2025-02-01"},
    ],
)
def test_days_that_are_none_are_refused(shop: Shop, asked: dict[str, str]) -> None:
    assert shop.wire.refused("GET", "reports/ProfitAndLoss", params=asked)["code"] == "2060"


@pytest.mark.parametrize("name", ["AgedReceivables", "AgedPayableDetail", "CustomerBalance"])
def test_a_report_date_that_is_none_is_refused(shop: Shop, name: str) -> None:
    asked = {"report_date": "yesterday"}
    assert shop.wire.refused("GET", f"reports/{name}", params=asked)["code"] == "2060"


@pytest.mark.parametrize(
    ("name", "asked", "code"),
    [
        ("ProfitAndLoss", {"accounting_method": "Barter"}, "2170"),
        ("ProfitAndLoss", {"summarize_column_by": "Mood"}, "2170"),
        ("ProfitAndLoss", {"date_macro": "This Decade"}, "2170"),
        ("TransactionList", {"sort_order": "sideways"}, "2170"),
        ("TransactionList", {"group_by": "Colour"}, "2170"),
        ("AgedReceivables", {"aging_period": "0"}, "2080"),
        ("AgedReceivables", {"num_periods": "many"}, "2080"),
        ("AgedReceivables", {"aging_method": "Guess"}, "2170"),
    ],
)
def test_words_there_are_not_are_refused(
    shop: Shop, name: str, asked: dict[str, str], code: str
) -> None:
    assert shop.wire.refused("GET", f"reports/{name}", params=asked)["code"] == code


def test_nobody_writes_a_report(shop: Shop) -> None:
    assert shop.wire.refused("POST", "reports/ProfitAndLoss", {})["code"] == "2000"


def test_a_span_without_anything_says_so(shop: Shop) -> None:
    empty = shop.report("ProfitAndLoss", start_date="2001-01-01", end_date="2001-12-31")
    assert options(empty)["NoReportData"] == "true"
    assert values(empty, "Net Income") == [""]
    assert shop.report("AgedReceivables", report_date="2001-01-01")["Rows"] == {}


# --- what a header says --------------------------------------------------------------------------


def test_the_header_says_what_was_asked(shop: Shop) -> None:
    found = shop.report("ProfitAndLoss", **SPRING, accounting_method="Cash", customer=shop.anna)
    header = found["Header"]
    assert header["ReportName"] == "ProfitAndLoss"
    assert (header["StartPeriod"], header["EndPeriod"]) == ("2025-01-01", "2025-03-31")
    assert (header["ReportBasis"], header["SummarizeColumnsBy"]) == ("Cash", "Total")
    assert (header["Currency"], header["Customer"]) == ("USD", shop.anna)
    assert options(found) == {"AccountingStandard": "GAAP", "NoReportData": "false"}
    assert found.keys() == {"Header", "Columns", "Rows"}, "there is no envelope"


def test_a_last_day_alone_is_passed_over(shop: Shop) -> None:
    plain = shop.report("ProfitAndLoss")["Header"]
    ended = shop.report("ProfitAndLoss", end_date="2025-03-31")["Header"]
    assert ended["DateMacro"] == "this calendar year-to-date"
    assert ended["EndPeriod"] == plain["EndPeriod"]


def test_spans_have_names(shop: Shop) -> None:
    def span(name: str) -> tuple[date, date]:
        header = shop.report("ProfitAndLoss", date_macro=name)["Header"]
        assert header["DateMacro"] == name.casefold()
        return date.fromisoformat(header["StartPeriod"]), date.fromisoformat(header["EndPeriod"])

    today, same = span("Today")
    assert today == same
    first = today.replace(day=1)
    assert span("Yesterday") == (today - timedelta(1), today - timedelta(1))
    assert span("This Month-to-date") == (first, today)
    assert span("Last Month")[1] == first - timedelta(1)
    assert span("Last Month")[0] == (first - timedelta(1)).replace(day=1)
    assert span("This Fiscal Year-to-date") == (date(today.year, 1, 1), today)
    assert span("Last Fiscal Year") == (date(today.year - 1, 1, 1), date(today.year - 1, 12, 31))
    quarter = span("This Fiscal Quarter")
    assert quarter[0] <= today <= quarter[1]
    assert (quarter[0].day, quarter[0].month % 3) == (1, 1)
    week = span("This Week")
    assert (week[0].weekday(), (week[1] - week[0]).days) == (6, 6), "weeks begin on Sunday"


def test_fiscal_years_begin_where_the_company_says(shop: Shop) -> None:
    month = "AccountingInfoPrefs.FirstMonthOfFiscalYear"
    shop.wire.control("POST", "preferences", {month: "July"})
    try:
        header = shop.report("ProfitAndLoss", date_macro="This Fiscal Year")["Header"]
    finally:
        shop.wire.control("POST", "preferences", {month: "January"})
    assert header["StartPeriod"][5:] == "07-01"
    assert header["EndPeriod"][5:] == "06-30"


# --- profit and loss -----------------------------------------------------------------------------


def test_profit_and_loss_adds_up(shop: Shop) -> None:
    found = shop.report("ProfitAndLoss", **SPRING)
    assert values(found, "Services") == ["115.00"], "100 less a credit of 10, 30 less 5 at the till"
    assert values(found, "Sales of Product Income") == ["20.00"]
    assert values(found, "Total Income") == ["135.00"]
    assert values(found, "Total Cost of Goods Sold") == ["8.00"], "two shirts at four"
    assert values(found, "Gross Profit") == ["127.00"]
    assert values(found, "Total Expenses") == ["72.00"]
    assert values(found, "Net Operating Income") == ["55.00"]
    assert values(found, "Net Other Income") == ["-7.00"]
    assert values(found, "Net Income") == ["48.00"]
    groups = [row.get("group") for row in found["Rows"]["Row"]]
    assert groups[:5] == ["Income", "COGS", "GrossProfit", "Expenses", "NetOperatingIncome"]
    assert groups[-1] == "NetIncome"


def test_the_cash_basis_counts_what_was_paid(shop: Shop) -> None:
    found = shop.report("ProfitAndLoss", **SPRING, accounting_method="Cash")
    # 50.00 of 108.00 were paid on the invoice, 25.00 of 60.00 on the bill.
    assert values(found, "Services") == ["71.30"]
    assert values(found, "Total Expenses") == ["37.00"]
    assert values(found, "Net Income") == ["27.30"]
    early = shop.report(
        "ProfitAndLoss", start_date="2025-01-01", end_date="2025-02-14", accounting_method="Cash"
    )
    assert options(early)["NoReportData"] == "true", "nobody had paid by then"


def test_columns_of_months_make_the_total(shop: Shop) -> None:
    found = shop.report("ProfitAndLoss", **SPRING, summarize_column_by="Month")
    assert titles(found) == ["", "Jan 2025", "Feb 2025", "Mar 2025", "Total"]
    assert values(found, "Services") == ["100.00", "-10.00", "25.00", "115.00"]
    assert values(found, "Net Income") == ["40.00", "2.00", "6.00", "48.00"]
    meta = {one["Name"]: one["Value"] for one in found["Columns"]["Column"][2]["MetaData"]}
    assert (meta["StartDate"], meta["EndDate"]) == ("2025-02-01", "2025-02-28")


@pytest.mark.parametrize(
    ("way", "expected"),
    [
        ("Quarter", {"Jan - Mar, 2025": "48.00"}),
        ("Year", {"Jan - Mar, 2025": "48.00"}),
        ("Customers", {"Anna": "115.00", "Ben:Shed": "12.00", "Not Specified": "-79.00"}),
        ("Vendors", {"Vera": "-72.00", "Not Specified": "120.00"}),
        ("ProductsAndServices", {"Printing": "115.00", "Shirt": "12.00"}),
    ],
)
def test_columns_can_stand_for_anything(shop: Shop, way: str, expected: dict[str, str]) -> None:
    found = shop.report("ProfitAndLoss", **SPRING, summarize_column_by=way)
    net = dict(zip(titles(found)[1:], values(found, "Net Income"), strict=True))
    assert net.pop("Total") == "48.00"
    assert {key: net[key] for key in expected} == expected
    assert sum(map(Decimal, net.values())) == 48


@pytest.mark.parametrize(("way", "count"), [("Days", 90), ("Week", 14)])
def test_short_columns_cover_every_day(shop: Shop, way: str, count: int) -> None:
    found = shop.report("ProfitAndLoss", **SPRING, summarize_column_by=way)
    *columns, whole = values(found, "Net Income")
    assert (len(columns), whole) == (count, "48.00")
    assert sum(map(Decimal, columns)) == 48


@pytest.mark.parametrize(
    ("asked", "net"), [("anna", "115.00"), ("shed", "12.00"), ("anna,shed", "127.00")]
)
def test_profit_and_loss_of_some_customers(shop: Shop, asked: str, net: str) -> None:
    ids = ",".join(getattr(shop, name) for name in asked.split(","))
    found = shop.report("ProfitAndLoss", **SPRING, customer=ids)
    assert values(found, "Net Income") == [net]


def test_profit_and_loss_in_detail_shows_every_entry(shop: Shop) -> None:
    found = shop.report("ProfitAndLossDetail", **SPRING)
    income = found["Rows"]["Row"][0]
    (services,) = (
        row for row in income["Rows"]["Row"] if row["Header"]["ColData"][0]["value"] == "Services"
    )
    assert [(one[0], one[1], one[6], one[7]) for one in walk(services["Rows"])] == [
        ("2025-01-10", "Invoice", "100.00", "100.00"),
        ("2025-02-20", "Credit Memo", "-10.00", "90.00"),
        ("2025-03-03", "Sales Receipt", "30.00", "120.00"),
        ("2025-03-20", "Refund", "-5.00", "115.00"),
    ]
    assert values(found, "Total for Services")[5] == "115.00"
    assert values(found, "Net Income")[5] == "48.00"


# --- balance sheet -------------------------------------------------------------------------------


def test_the_balance_sheet_balances(shop: Shop) -> None:
    found = shop.report("BalanceSheet", **SPRING)
    assert values(found, "Checking") == ["458.00"]
    assert values(found, "Undeposited Funds") == ["285.00"]
    assert values(found, "Total Accounts Receivable") == ["62.20"]
    assert values(found, "Inventory Asset") == ["32.00"]
    assert values(found, "Accumulated Depreciation") == ["-7.00"]
    assert values(found, "TOTAL ASSETS") == ["830.20"]
    assert values(found, "Total Accounts Payable") == ["35.00"]
    assert values(found, "Sales Tax Payable") == ["7.20"]
    assert values(found, "Retained Earnings") == ["200.00"], "what the year before left"
    assert values(found, "TOTAL LIABILITIES AND EQUITY") == ["830.20"]


@pytest.mark.parametrize("method", ["Accrual", "Cash"])
@pytest.mark.parametrize("end", ["2024-12-31", "2025-02-20", "2025-03-31", "2025-12-31"])
def test_both_statements_agree(shop: Shop, method: str, end: str) -> None:
    asked = {"start_date": f"{end[:4]}-01-01", "end_date": end, "accounting_method": method}
    sheet, profit = shop.report("BalanceSheet", **asked), shop.report("ProfitAndLoss", **asked)
    detail = shop.report("ProfitAndLossDetail", **asked)
    assert values(sheet, "TOTAL ASSETS") == values(sheet, "TOTAL LIABILITIES AND EQUITY")
    assert values(sheet, "Net Income") == values(profit, "Net Income")
    assert values(detail, "Net Income")[5:6] == values(profit, "Net Income")


def test_the_balance_sheet_month_by_month(shop: Shop) -> None:
    found = shop.report("BalanceSheet", **SPRING, summarize_column_by="Month")
    assert titles(found) == ["", "Jan 2025", "Feb 2025", "Mar 2025"], "balances have no total"
    assert values(found, "Total Accounts Receivable") == ["108.00", "67.20", "62.20"]
    assert values(found, "Net Income") == ["40.00", "42.00", "48.00"]
    assert values(found, "TOTAL ASSETS") == values(found, "TOTAL LIABILITIES AND EQUITY")


def test_the_trial_balance_has_two_same_sides(shop: Shop) -> None:
    found = shop.report("TrialBalance", **SPRING)
    assert values(found, "Services") == ["", "115.00"]
    assert values(found, "Checking") == ["458.00", ""]
    assert values(found, "Retained Earnings") == ["", "200.00"]
    debit, credit = values(found, "TOTAL")
    # Assets 837.20 and what was spent, 87.00; without depreciation's 7.00 on the other side.
    assert debit == credit == "924.20"


def test_cash_flow_ends_with_what_is_in_the_bank(shop: Shop) -> None:
    found = shop.report("CashFlow", **SPRING)
    assert values(found, "Net Income") == ["48.00"]
    assert values(found, "Accounts Receivable (A/R)") == ["-62.20"]
    assert values(found, "Accounts Payable (A/P)") == ["35.00"]
    assert values(found, "Net cash provided by financing activities") == ["540.00"]
    assert values(found, "Net cash increase for period") == ["543.00"]
    assert values(found, "Cash at beginning of period") == ["200.00"]
    assert values(found, "Cash at end of period") == ["743.00"]


# --- what is owed --------------------------------------------------------------------------------


def test_receivables_are_aged_by_their_due_days(shop: Shop) -> None:
    found = shop.report("AgedReceivables", **LAST_DAY)
    assert titles(found) == ["", "Current", "1 - 30", "31 - 60", "61 - 90", "91 and over", "Total"]
    # Open: 58.00 due 50 days ago, a credit of 10.80 39 days old.
    assert values(found, "Anna") == ["", "", "47.20", "", "", "47.20"]
    assert values(found, "Ben") == ["", "-5.00", "", "", "", "-5.00"]
    assert values(found, "Shed") == ["", "20.00", "", "", "", "20.00"]
    assert values(found, "Total Ben") == ["0.00", "15.00", "0.00", "0.00", "0.00", "15.00"]
    assert values(found, "TOTAL") == ["0.00", "15.00", "47.20", "0.00", "0.00", "62.20"]
    assert options(found)["report_date"] == "2025-03-31"


def test_receivables_of_an_earlier_day_are_those_of_that_day(shop: Shop) -> None:
    found = shop.report("AgedReceivables", report_date="2025-02-10")
    assert values(found, "TOTAL") == ["20.00", "108.00", "0.00", "0.00", "0.00", "128.00"]


def test_periods_of_aging_are_the_clients_choice(shop: Shop) -> None:
    found = shop.report("AgedReceivables", **LAST_DAY, aging_period="20", num_periods="2")
    assert titles(found) == ["", "Current", "1 - 20", "21 and over", "Total"]
    assert values(found, "TOTAL") == ["0.00", "0.00", "62.20", "62.20"]


def test_aging_can_go_by_the_day_of_the_invoice(shop: Shop) -> None:
    preference = "ReportPrefs.CalcAgingReportFromTxnDate"
    shop.wire.control("POST", "preferences", {preference: True})
    try:
        found = shop.report("AgedReceivables", **LAST_DAY)
    finally:
        shop.wire.control("POST", "preferences", {preference: False})
    assert values(found, "TOTAL") == ["0.00", "-5.00", "9.20", "58.00", "0.00", "62.20"]


@pytest.mark.parametrize("day", ["2024-12-10", "2025-01-31", "2025-02-20", "2025-03-31"])
def test_receivables_are_the_same_everywhere(shop: Shop, day: str) -> None:
    aged = values(shop.report("AgedReceivables", report_date=day), "TOTAL")[-1]
    detail = values(shop.report("AgedReceivableDetail", report_date=day), "TOTAL")[-1]
    balance = values(shop.report("CustomerBalance", report_date=day), "TOTAL")[0]
    each = values(shop.report("CustomerBalanceDetail", report_date=day), "TOTAL")[4]
    sheet = shop.report("BalanceSheet", start_date=day, end_date=day)
    assert {aged, detail, balance, each} == set(values(sheet, "Total Accounts Receivable"))


def test_receivables_are_what_the_customers_records_say(shop: Shop) -> None:
    total = Decimal(values(shop.report("CustomerBalance"), "TOTAL")[0])
    assert total == sum(one["Balance"] for one in shop.wire.find("Customer"))
    (account,) = shop.wire.find("Account", "WHERE AccountType = 'Accounts Receivable'")
    assert total == account["CurrentBalance"] == Decimal("62.20")
    assert total == Decimal(values(shop.report("AgedReceivables"), "TOTAL")[-1])


def test_receivables_in_detail_name_each_document(shop: Shop) -> None:
    found = shop.report("AgedReceivableDetail", **LAST_DAY, customer=shop.anna)
    shown = [one for one in lines_of(found) if one[0].startswith("2025")]
    assert [(one[0], one[1], one[4], one[5], one[6]) for one in shown] == [
        ("2025-01-10", "Invoice", "2025-02-09", "108.00", "58.00"),
        ("2025-02-20", "Credit Memo", shown[1][4], "-10.80", "-10.80"),
    ]
    assert values(found, "Total for 31 - 60 days past due")[-1] == "47.20"


def test_balances_in_detail_run_from_line_to_line(shop: Shop) -> None:
    found = shop.report("CustomerBalanceDetail", **LAST_DAY, customer=shop.anna)
    shown = [one for one in lines_of(found) if one[0].startswith("2025")]
    assert [one[5:] for one in shown] == [["58.00", "58.00"], ["-10.80", "47.20"]]
    assert values(found, "Total for Anna")[4] == "47.20"


def test_payables_are_the_same_everywhere(shop: Shop) -> None:
    assert values(shop.report("AgedPayables", **LAST_DAY), "Vera") == [
        *("", "", "35.00", "", "", "35.00")
    ]
    assert values(shop.report("AgedPayableDetail", **LAST_DAY), "TOTAL")[-1] == "35.00"
    assert values(shop.report("VendorBalance"), "Vera") == ["35.00"]
    assert values(shop.report("VendorBalanceDetail"), "TOTAL")[4] == "35.00"
    (vendor,) = shop.wire.find("Vendor")
    assert vendor["Balance"] == 35
    before = shop.report("AgedPayables", report_date="2025-02-01")
    assert values(before, "TOTAL") == ["60.00", "0.00", "0.00", "0.00", "0.00", "60.00"]


# --- lists ---------------------------------------------------------------------------------------


def test_the_list_has_every_document(shop: Shop) -> None:
    found = shop.report("TransactionList", **SPRING)
    shown = [(one[0], one[1], one[3], one[4], one[-1]) for one in lines_of(found)]
    assert ("2025-01-05", "Estimate", "No", "Anna", "99.00") in shown
    assert ("2025-01-10", "Invoice", "Yes", "Anna", "108.00") in shown
    assert ("2025-02-20", "Credit Memo", "Yes", "Anna", "-10.80") in shown
    assert ("2025-02-25", "Bill Payment (Check)", "Yes", "Vera", "-25.00") in shown
    assert ("2025-03-05", "Expense", "Yes", "Vera", "-12.00") in shown
    assert ("2025-02-28", "Deposit", "Yes", "", "500.00") in shown
    assert [one[0] for one in shown] == sorted(one[0] for one in shown)
    assert shown[0] == ("2025-01-01", "Inventory Qty Adjust", "Yes", "", "40.00")
    assert len(shown) == 14, "thirteen documents, and the shirts that were there from the first"
    kinds = [column["ColType"] for column in found["Columns"]["Column"]]
    assert kinds[:3] == ["tx_date", "txn_type", "doc_num"]


def test_the_list_says_which_accounts(shop: Shop) -> None:
    found = shop.report("TransactionList", **SPRING, columns="txn_type,account_name,other_account")
    assert titles(found) == ["Transaction Type", "Account", "Split"]
    shown = lines_of(found)
    assert ["Invoice", "Accounts Receivable (A/R)", "-Split-"] in shown
    assert ["Payment", "Undeposited Funds", "Accounts Receivable (A/R)"] in shown
    assert ["Bill", "Accounts Payable (A/P)", "Rent or Lease"] in shown
    cells = [row["ColData"][0] for row in found["Rows"]["Row"]]
    assert {"value": "Invoice", "id": shop.first} in cells, "its id stands beside its type"


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"transaction_type": "Invoice"}, ["108.00", "20.00"]),
        ({"transaction_type": "ReceivePayment"}, ["50.00", "5.00"]),
        ({"transaction_type": "BillPaymentCheck"}, ["-25.00"]),
        ({"transaction_type": "CreditCardCharge"}, []),
        ({"transaction_type": "Invoice", "arpaid": "Paid"}, []),
        ({"arpaid": "Unpaid"}, ["108.00", "20.00"]),
        ({"bothamount": "10.80"}, ["-10.80"]),
        ({"docnum": "no such number"}, []),
        ({"transaction_type": "Bill", "start_duedate": "2025-02-20"}, []),
        ({"transaction_type": "Bill", "end_duedate": "2025-02-19"}, ["60.00"]),
        ({"end_moddate": "2025-12-31", "end_createdate": "2025-12-31"}, []),
    ],
)
def test_the_list_is_narrowed(shop: Shop, asked: dict[str, str], expected: list[str]) -> None:
    found = shop.report("TransactionList", **SPRING, **asked)
    assert [one[-1] for one in lines_of(found)] == expected


def test_the_list_of_a_customer(shop: Shop) -> None:
    found = shop.report("TransactionList", **SPRING, customer=shop.shed)
    assert [one[-1] for one in lines_of(found)] == ["20.00"]


def test_the_list_is_sorted(shop: Shop) -> None:
    asked = {**SPRING, "sort_by": "subt_nat_home_amount", "sort_order": "descend"}
    found = [Decimal(one[-1]) for one in lines_of(shop.report("TransactionList", **asked))]
    assert found == sorted(found, reverse=True)
    assert found[0] == 500


def test_the_list_by_customer_and_by_vendor(shop: Shop) -> None:
    found = shop.report("TransactionListByCustomer", **SPRING)
    heads = [row["Header"]["ColData"][0] for row in found["Rows"]["Row"]]
    assert [one["value"] for one in heads] == ["Anna", "Ben", "Ben:Shed"]
    assert heads[0]["id"] == shop.anna
    assert values(found, "Total for Ben:Shed")[-1] == "20.00"
    vendors = shop.report("TransactionListByVendor", **SPRING)
    assert values(vendors, "Total for Vera")[-1] == "23.00", "60 less 25 less 12"
    types = shop.report("TransactionList", **SPRING, group_by="Transaction Type")
    assert values(types, "Total for Invoice")[-1] == "128.00"


def test_splits_show_all_amounts_of_a_document(shop: Shop) -> None:
    found = shop.report("TransactionListWithSplits", **SPRING, transaction_type="Invoice")
    first = found["Rows"]["Row"][0]["Rows"]["Row"]
    amounts = sorted(Decimal(row["ColData"][-1]["value"]) for row in first)
    assert amounts == [Decimal(text) for text in ("-100.00", "-5.00", "-3.00", "108.00")]


def test_the_general_ledger_runs_from_balance_to_balance(shop: Shop) -> None:
    found = shop.report("GeneralLedger", start_date="2025-02-01", end_date="2025-02-28")
    section = next(
        row
        for row in found["Rows"]["Row"]
        if row["Header"]["ColData"][0]["value"] == "Accounts Receivable (A/R)"
    )
    lines = list(walk(section["Rows"]))
    assert [one[-1] for one in lines] == ["108.00", "128.00", "78.00", "67.20"]
    assert lines[0][0] == "Beginning Balance"
    assert values(found, "Total for Accounts Receivable (A/R)")[5] == "-40.80"


def test_the_journal_has_two_same_sides(shop: Shop) -> None:
    found = shop.report("JournalReport", **SPRING)
    for row in found["Rows"]["Row"]:
        sums = [cell["value"] for cell in row["Summary"]["ColData"]]
        assert sums[-2] == sums[-1]
    entry = next(row for row in found["Rows"]["Row"] if "Journal Entry" in str(row))
    assert [one[-3:] for one in walk(entry["Rows"])] == [
        ["Depreciation", "7.00", ""],
        ["Accumulated Depreciation", "", "7.00"],
    ]


def test_the_list_of_accounts_shows_balances(shop: Shop) -> None:
    found = shop.report("AccountList", columns="account_name,account_type,account_bal")
    assert values(found, "Accounts Payable (A/P)") == ["Accounts Payable", "35.00"]
    assert values(found, "Services") == ["Income", ""]
    assert len(lines_of(found)) == len(shop.wire.find("Account"))


# --- sales, goods, tax ---------------------------------------------------------------------------


def test_sales_by_customer_class_and_department(shop: Shop) -> None:
    found = shop.report("CustomerSales", **SPRING)
    assert values(found, "Anna") == ["115.00"]
    assert values(found, "Total Ben") == ["20.00"]
    assert values(found, "TOTAL") == ["135.00"]
    for name in ("ClassSales", "DepartmentSales"):
        assert values(shop.report(name, **SPRING), "Not Specified") == ["135.00"]


def test_sales_by_item_have_quantity_and_margin(shop: Shop) -> None:
    found = shop.report("ItemSales", **SPRING)
    assert values(found, "Shirt") == ["2.00", "20.00", "14.81", "10.00", "8.00", "12.00", "60.00"]
    assert values(found, "Printing")[1] == "115.00"
    assert values(found, "TOTAL")[1] == "135.00"


def test_income_by_customer_and_expenses_by_vendor(shop: Shop) -> None:
    found = shop.report("CustomerIncome", **SPRING)
    assert values(found, "Shed") == ["20.00", "-8.00", "12.00"]
    assert values(found, "TOTAL") == ["135.00", "-8.00", "127.00"]
    assert values(shop.report("VendorExpenses", **SPRING), "Vera") == ["72.00"]


def test_goods_are_worth_what_they_cost(shop: Shop) -> None:
    found = shop.report("InventoryValuationSummary", **LAST_DAY)
    assert values(found, "Shirt") == ["", "8.00", "32.00", "4.00"]
    before = shop.report("InventoryValuationSummary", report_date="2025-02-04")
    assert values(before, "Shirt") == ["", "10.00", "40.00", "4.00"]


def test_tax_is_that_of_invoices_less_credits(shop: Shop) -> None:
    found = shop.report("TaxSummary", **SPRING)
    assert values(found, "State") == ["90.00", "4.50"]
    assert values(found, "Town") == ["90.00", "2.70"]
    assert values(found, "Total Tax Office") == ["", "7.20"]
    documents = [
        (kind, sign, one)
        for kind, sign in (("Invoice", 1), ("CreditMemo", -1))
        for one in shop.wire.find(kind)
    ]
    taxes = sum(
        sign * part["Amount"]
        for _, sign, one in documents
        for part in one.get("TxnTaxDetail", {}).get("TaxLine", [])
    )
    assert Decimal(values(found, "TOTAL")[1]) == taxes == Decimal("7.20")
    other = shop.report("TaxSummary", **SPRING, agency_id="999")
    assert options(other)["NoReportData"] == "true"


def test_paid_tax_is_a_share_on_the_cash_basis(shop: Shop) -> None:
    found = shop.report("TaxSummary", **SPRING, accounting_method="Cash")
    assert values(found, "State") == ["46.30", "2.31"]


# --- with other people's clients -----------------------------------------------------------------


def test_python_quickbooks_gets_reports(qb: QuickBooks) -> None:
    found = qb.get_report("ProfitAndLoss", {**SPRING, "summarize_column_by": "Month"})
    assert found["Header"]["ReportName"] == "ProfitAndLoss"
    assert titles(found)[0] == ""
    assert titles(found)[-1] == "Total"


def test_python_quickbooks_hears_of_a_report_there_is_not(qb: QuickBooks) -> None:
    with pytest.raises(QuickbooksException) as refused:
        qb.get_report("ProfitAndGain")
    assert refused.value.error_code == 5020


def test_a_report_comes_as_xml_to_whoever_does_not_ask_for_json(shop: Shop) -> None:
    answer = shop.wire.call("GET", "reports/CustomerBalance", headers={"Accept": "application/xml"})
    assert answer.headers["Content-Type"].startswith("application/xml")
    assert "<Report " in answer.text
    assert 'value="62.20"' in answer.text

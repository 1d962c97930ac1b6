"""The books of one small quarter, and reading reports about them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from tests.contract.wire import Wire, line

Report = dict[str, Any]
SPRING = {"start_date": "2025-01-01", "end_date": "2025-03-31"}
LAST_DAY = {"report_date": "2025-03-31"}


@dataclass(frozen=True, slots=True)
class Shop:
    """A simulator with the books of one quarter, and the ids of whoever is in them."""

    wire: Wire
    anna: str
    ben: str
    shed: str
    vera: str
    service: str
    goods: str
    agency: str
    first: str
    """The first invoice of the quarter."""

    def report(self, name: str, **asked: str) -> Report:
        """Give a report."""
        return self.wire.fine("GET", f"reports/{name}", params=asked)


def write_quarter(wire: Wire) -> Shop:
    people = {name: wire.customer(DisplayName=name)["Id"] for name in ("Anna", "Ben")}
    shed = wire.customer(DisplayName="Shed", Job=True, ParentRef={"value": people["Ben"]})["Id"]
    vera = wire.create("Vendor", {"DisplayName": "Vera"})["Id"]
    service = wire.item(Name="Printing")["Id"]
    goods = _goods(wire)
    agency, code = _tax(wire)
    anna, taxed = people["Anna"], {"TaxCodeRef": {"value": "TAX"}}
    eight = {"TxnTaxDetail": {"TxnTaxCodeRef": {"value": code}}}

    def sale(kind: str, day: str, customer: str, amount: str, **more: Any) -> dict[str, Any]:
        detail = more.pop("detail", {})
        one = line(amount, more.pop("item", service), **detail)
        body = {"CustomerRef": {"value": customer}, "TxnDate": day, "Line": [one], **more}
        return wire.create(kind, body)

    old = sale("Invoice", "2024-12-01", anna, "200.00")
    _pay(wire, "2024-12-20", anna, "200.00", old["Id"])
    sale("Estimate", "2025-01-05", anna, "99.00")
    first = sale(
        "Invoice", "2025-01-10", anna, "100.00", detail=taxed, DueDate="2025-02-09", **eight
    )
    pieces = {"Qty": 2, "UnitPrice": 10}
    sale("Invoice", "2025-02-05", shed, "20.00", item=goods, detail=pieces, DueDate="2025-03-07")
    _pay(wire, "2025-02-15", anna, "50.00", first["Id"])
    sale("CreditMemo", "2025-02-20", anna, "10.00", detail=taxed, **eight)
    _pay(wire, "2025-03-01", people["Ben"], "5.00")
    sale("SalesReceipt", "2025-03-03", anna, "30.00")
    bank = wire.account("Checking")
    sale("RefundReceipt", "2025-03-20", anna, "5.00", DepositToAccountRef=bank)
    _spend(wire, vera, bank)
    return Shop(wire, anna, people["Ben"], shed, vera, service, goods, agency, first["Id"])


def _goods(wire: Wire) -> str:
    body = {
        "Name": "Shirt",
        "Type": "Inventory",
        "TrackQtyOnHand": True,
        "QtyOnHand": 10,
        "InvStartDate": "2025-01-01",
        "PurchaseCost": 4,
        "UnitPrice": 10,
        "IncomeAccountRef": wire.account("SalesOfProductIncome"),
        "AssetAccountRef": wire.account("Inventory"),
        "ExpenseAccountRef": wire.account("SuppliesMaterialsCogs"),
    }
    return str(wire.create("Item", body)["Id"])


def _tax(wire: Wire) -> tuple[str, str]:
    agency = wire.create("TaxAgency", {"DisplayName": "Tax Office"})["Id"]
    rates = [
        {"TaxRateName": name, "RateValue": rate, "TaxAgencyId": agency}
        for name, rate in (("State", "5"), ("Town", "3"))
    ]
    body = {"TaxCode": "Eight", "TaxRateDetails": rates}
    return agency, str(wire.fine("POST", "taxservice/taxcode", body)["TaxCodeId"])


def _pay(wire: Wire, day: str, customer: str, amount: str, invoice: str = "") -> None:
    link = {"TxnId": invoice, "TxnType": "Invoice"}
    lines = [{"Amount": Decimal(amount), "LinkedTxn": [link]}] if invoice else []
    body = {"CustomerRef": {"value": customer}, "TxnDate": day, "TotalAmt": Decimal(amount)}
    wire.create("Payment", {**body, "Line": lines})


def _spend(wire: Wire, vera: str, bank: dict[str, str]) -> None:
    def on(subtype: str, amount: str) -> list[dict[str, Any]]:
        detail = {"AccountRef": wire.account(subtype)}
        kind = "AccountBasedExpenseLineDetail"
        return [{"Amount": Decimal(amount), "DetailType": kind, kind: detail}]

    vendor = {"VendorRef": {"value": vera}}
    rent = on("RentOrLeaseOfBuildings", "60.00")
    bill = wire.create(
        "Bill", {**vendor, "TxnDate": "2025-01-20", "DueDate": "2025-02-19", "Line": rent}
    )
    link = {"TxnId": bill["Id"], "TxnType": "Bill"}
    paid = {"PayType": "Check", "TotalAmt": 25, "CheckPayment": {"BankAccountRef": bank}}
    lines = [{"Amount": 25, "LinkedTxn": [link]}]
    wire.create("BillPayment", {**vendor, **paid, "TxnDate": "2025-02-25", "Line": lines})
    bought = {"AccountRef": bank, "PaymentType": "Cash", "TxnDate": "2025-03-05"}
    who = {"EntityRef": {"value": vera, "type": "Vendor"}}
    wire.create("Purchase", {**bought, **who, "Line": on("OfficeExpenses", "12.00")})
    money = {"AccountRef": wire.account("OwnersEquity")}
    kind = "DepositLineDetail"
    lines = [{"Amount": 500, "DetailType": kind, kind: money}]
    deposit = {"DepositToAccountRef": bank, "TxnDate": "2025-02-28", "Line": lines}
    wire.create("Deposit", deposit)
    sides = (("Debit", "Depreciation"), ("Credit", "AccumulatedDepreciation"))
    kind = "JournalEntryLineDetail"
    lines = [
        {
            "Amount": 7,
            "DetailType": kind,
            kind: {"PostingType": side, "AccountRef": wire.account(subtype)},
        }
        for side, subtype in sides
    ]
    wire.create("JournalEntry", {"TxnDate": "2025-03-31", "Line": lines})


def walk(rows: dict[str, Any]) -> Iterator[list[str]]:
    """Give every line of a report as texts: headers, data and sums, from top to bottom."""
    for row in rows.get("Row", []):
        for part in (row.get("Header", {}), row):
            if "ColData" in part:
                yield [cell["value"] for cell in part["ColData"]]
        yield from walk(row.get("Rows", {}))
        if "Summary" in row:
            yield [cell["value"] for cell in row["Summary"]["ColData"]]


def lines_of(report: Report) -> list[list[str]]:
    return list(walk(report["Rows"]))


def values(report: Report, label: str) -> list[str]:
    """Give what stands beside a label that is there once."""
    (found,) = (one[1:] for one in lines_of(report) if one[0] == label)
    return found


def titles(report: Report) -> list[str]:
    return [column["ColTitle"] for column in report["Columns"]["Column"]]


def options(report: Report) -> dict[str, str]:
    return {one["Name"]: one["Value"] for one in report["Header"]["Option"]}

"""Documents as PDF files: what a customer or a vendor gets to see of them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

from batchly_admin.qbo.simulator.books.books import Books
from batchly_admin.qbo.simulator.books.entity import Record
from batchly_admin.qbo.simulator.books.sale_lines import DISCOUNT, GROUP, SHIPPING, SUBTOTAL
from batchly_admin.qbo.simulator.books.sales_tax import is_us
from batchly_admin.qbo.simulator.routes.pdf_sheet import Sheet
from batchly_admin.qbo.simulator.wire.refusals import Fault
from batchly_admin.qbo.simulator.wire.values import at, reference
from batchly_admin.qbo.simulator.world import World

ZERO = Decimal(0)
TITLES = {"Payment": "Payment Receipt"}
FACTS = (
    *(("Number", "DocNumber"), ("Reference", "PaymentRefNum"), ("Date", "TxnDate")),
    *(("Due date", "DueDate"), ("Valid until", "ExpirationDate"), ("Status", "TxnStatus")),
    *(("Status", "POStatus"), ("Terms", "SalesTermRef"), ("Paid by", "PaymentMethodRef")),
    *(("Ship date", "ShipDate"), ("Ship via", "ShipMethodRef"), ("Tracking", "TrackingNum")),
)
"""What stands beside the address where a document has it."""
SALE_COLUMNS = ("Product or service", "Description", "Quantity", "Price", "Amount")
PAYMENT_COLUMNS = ("Document", "Date", "Original amount", "Open balance", "Payment")
OPEN = {"CreditMemo": "Remaining credit"}
Row = tuple[str, str, str, str, str]
Sum = tuple[str, Decimal]


def pdf(world: World, path: str, record_id: str) -> bytes:
    """Give a document as a PDF file.

    Raises:
        Fault: 2000 for what is no document, 610 for one that is not there.
    """
    entity = world.by_path.get(path)
    if entity is None or "pdf" not in entity.spec.operations:
        raise Fault("2000", f"Invalid object name : {path[:100]}")
    kind, books = entity.spec.kind, world.books
    record = books.read(kind, record_id)
    title = TITLES.get(kind, re.sub(r"(?<=[a-z])(?=[A-Z])", " ", kind))
    sheet = Sheet(f"{title} {record.get('DocNumber', '')}".strip())
    sheet.letterhead(_company(books), title.upper())
    sheet.blocks(list(_addresses(books, record)), list(_facts(books, record)))
    if kind == "Payment":
        sheet.table(PAYMENT_COLUMNS, list(_payment_rows(books, record)))
        sheet.sums(_shown(_payment_sums(record)))
    else:
        sheet.table(SALE_COLUMNS, list(_rows(record.get("Line", []))))
        sheet.sums(_shown(_sums(books, kind, record)))
    memo = at(record, "CustomerMemo.value") or record.get("Memo")
    sheet.note(str(memo or ""))
    return sheet.file()


# --- who and when ------------------------------------------------------------------------------


def _company(books: Books) -> list[str]:
    company = books.store.get("CompanyInfo", "1") or {}
    found = [str(company.get("CompanyName", "")), *_address(company.get("CompanyAddr") or {})]
    more = ("PrimaryPhone.FreeFormNumber", "Email.Address", "WebAddr.URI")
    return found + [str(value) for path in more if (value := at(company, path))]


def _address(address: Record) -> list[str]:
    """Give the lines of an address as they stand on an envelope."""
    region = " ".join(
        str(address[name]) for name in ("CountrySubDivisionCode", "PostalCode") if address.get(name)
    )
    town = ", ".join(part for part in (str(address.get("City", "")), region) if part)
    lines = [str(address.get(f"Line{number}", "")) for number in range(1, 6)]
    return [line for line in (*lines, town, str(address.get("Country", ""))) if line]


def _addresses(books: Books, record: Record) -> Iterator[tuple[str, list[str]]]:
    """Give the addresses of a document, each under its heading."""
    kind, heading = ("Vendor", "Vendor") if "VendorRef" in record else ("Customer", "Bill to")
    if "UnappliedAmt" in record:
        heading = "Received from"
    party = books.store.get(kind, reference(record, f"{kind}Ref") or "-") or {}
    name = str(at(record, f"{kind}Ref.name") or party.get("DisplayName", ""))
    own = record.get("BillAddr") or record.get("VendorAddr") or party.get("BillAddr") or {}
    lines = _address(own)
    if name or lines:
        yield heading, lines if lines[:1] == [name] else [one for one in (name, *lines) if one]
    if record.get("ShipAddr"):
        yield "Ship to", _address(record["ShipAddr"])


def _facts(books: Books, record: Record) -> Iterator[tuple[str, str]]:
    for heading, name in FACTS:
        value = record.get(name)
        if isinstance(value, dict):
            value = value.get("name", value.get("value"))
        elif name.endswith("Date") and value:
            value = _day(books, str(value))
        if value:
            yield heading, str(value)
    if "ExchangeRate" in record:
        yield "Currency", str(reference(record, "CurrencyRef"))


def _day(books: Books, text: str) -> str:
    return date.fromisoformat(text).strftime("%m/%d/%Y" if is_us(books) else "%d/%m/%Y")


# --- what and how much -------------------------------------------------------------------------


def _rows(lines: list[Record], indent: str = "") -> Iterator[Row]:
    """Give the rows of the table; what only adds up stands below it."""
    for line in lines:
        kind = line.get("DetailType", "")
        detail = line.get(kind) or {}
        if kind in {SUBTOTAL, DISCOUNT} or reference(detail, "ItemRef") == SHIPPING:
            continue
        name = next(
            (
                str(ref.get("name", ref.get("value", "")))
                for ref in map(detail.get, ("ItemRef", "GroupItemRef", "AccountRef"))
                if ref
            ),
            "",
        )
        text = str(line.get("Description", ""))
        quantity = _count(detail.get("Qty", detail.get("Quantity")))
        price, amount = _price(detail.get("UnitPrice")), _money(line.get("Amount"))
        yield f"{indent}{name}", text, quantity, price, amount
        if kind == GROUP:
            yield from _rows(detail.get("Line", []), "- ")


def _sums(books: Books, kind: str, record: Record) -> Iterator[Sum]:
    """Give what stands below the lines, down to what is open."""
    total = Decimal(record["TotalAmt"])
    tax = Decimal(at(record, "TxnTaxDetail.TotalTax") or 0)
    discount, shipping = _of_kind(record, DISCOUNT), _shipping(record)
    yield "Subtotal", total - tax + discount - shipping
    if discount:
        yield "Discount", -discount
    if shipping:
        yield "Shipping", shipping
    yield from _tax_lines(books, record, tax)
    yield "Total", total
    if record.get("Deposit"):
        yield "Deposit", -Decimal(record["Deposit"])
    if "Balance" in record:
        balance = Decimal(record.get("RemainingCredit") or record["Balance"])
        paid = total - Decimal(record.get("Deposit", 0)) - balance
        if paid:
            yield ("Applied" if kind in OPEN else "Payments"), -paid
        yield OPEN.get(kind, "Balance due"), balance


def _of_kind(record: Record, kind: str) -> Decimal:
    lines = (one for one in record.get("Line", []) if one.get("DetailType") == kind)
    return sum((Decimal(one.get("Amount", 0)) for one in lines), ZERO)


def _shipping(record: Record) -> Decimal:
    lines = record.get("Line", [])
    shipped = (one for one in lines if reference(one, "SalesItemLineDetail.ItemRef") == SHIPPING)
    return sum((Decimal(one.get("Amount", 0)) for one in shipped), ZERO)


def _tax_lines(books: Books, record: Record, tax: Decimal) -> Iterator[Sum]:
    """Give each rate's part of the tax, and what a client added to it or took off."""
    left = tax
    for line in at(record, "TxnTaxDetail.TaxLine") or []:
        detail = line.get("TaxLineDetail", {})
        rate = books.store.get("TaxRate", reference(detail, "TaxRateRef") or "-") or {}
        percent = _count(detail.get("TaxPercent"))
        left -= Decimal(line["Amount"])
        yield f"{rate.get('Name', 'Tax')} {percent}%".strip(), Decimal(line["Amount"])
    if left:
        yield ("Tax" if left == tax else "Tax adjustment"), left


def _payment_rows(books: Books, record: Record) -> Iterator[Row]:
    """Give what a payment was put on, and the credits it used."""
    for line in record.get("Line", []):
        for link in line.get("LinkedTxn", []):
            kind, target_id = str(link.get("TxnType", "")), str(link.get("TxnId", ""))
            target = books.store.get(kind, target_id) or {}
            name = f"{kind} {target.get('DocNumber', target_id)}"
            day = _day(books, str(target["TxnDate"])) if "TxnDate" in target else ""
            whole, left = _money(target.get("TotalAmt")), _money(target.get("Balance"))
            yield name, day, whole, left, _money(line.get("Amount"))


def _payment_sums(record: Record) -> Iterator[Sum]:
    total, left = Decimal(record["TotalAmt"]), Decimal(record.get("UnappliedAmt", 0))
    if left:
        yield "Not applied", left
    yield "Amount received", total


# --- numbers -----------------------------------------------------------------------------------


def _shown(sums: Iterator[Sum]) -> list[tuple[str, str]]:
    return [(heading, _money(amount)) for heading, amount in sums]


def _money(value: Any) -> str:
    return "" if value is None else f"{Decimal(value):,.2f}"


def _price(value: Any) -> str:
    """Give a price with all its digits, at least two behind the point."""
    if value is None:
        return ""
    plain = _count(value)
    return plain if len(plain.partition(".")[2]) > 2 else _money(value)


def _count(value: Any) -> str:
    if value is None:
        return ""
    text = f"{Decimal(value):,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text

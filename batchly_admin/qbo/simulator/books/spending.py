"""Documents with vendors: lines by item or by account, and what they put on the accounts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from batchly_admin.qbo.simulator.books import currency
from batchly_admin.qbo.simulator.books.checks import check_reference
from batchly_admin.qbo.simulator.books.entity import DOCUMENT, Record, Spec
from batchly_admin.qbo.simulator.books.ledger import Posting
from batchly_admin.qbo.simulator.books.sale import ENUMS
from batchly_admin.qbo.simulator.books.sale_lines import check_amount
from batchly_admin.qbo.simulator.books.transaction import Transaction, keep_line_ids
from batchly_admin.qbo.simulator.wire.fields import (
    ADDRESS,
    DAY,
    LINE,
    LINK,
    NUMBER,
    OURS,
    REF,
    TAX_DETAIL,
    TEXT,
    TRANSACTION,
    Shape,
)
from batchly_admin.qbo.simulator.wire.refusals import Fault
from batchly_admin.qbo.simulator.wire.values import at, cents, reference

if TYPE_CHECKING:
    from batchly_admin.qbo.simulator.books.books import Books

ZERO = Decimal(0)
BY_ITEM, BY_ACCOUNT = "ItemBasedExpenseLineDetail", "AccountBasedExpenseLineDetail"
BILLABLE = ("Billable", "NotBillable", "HasBeenBilled")
LINE_REFERENCES = {
    "ItemRef": "Item",
    "AccountRef": "Account",
    "CustomerRef": "Customer",
    "ClassRef": "Class",
}
SHAPE: Shape = (
    TRANSACTION
    | {"DocNumber": 21, "VendorRef": REF, "APAccountRef": REF, "Line": [LINE], "DueDate": DAY}
    | {"VendorAddr": ADDRESS, "SalesTermRef": REF, "Memo": 4000, "LinkedTxn": [LINK]}
    | {"DepartmentRef": REF, "ClassRef": REF, "TxnTaxDetail": TAX_DETAIL}
    | {"Balance": OURS, "HomeBalance": OURS}
)
FILTERS = {
    "DocNumber": TEXT,
    "TxnDate": DAY,
    "DueDate": DAY,
    "TotalAmt": NUMBER,
    "VendorRef": REF,
}


def spending_spec(kind: str, shape: Shape, *operations: str, **given: Any) -> Spec:
    """Give the spec of a document with a vendor."""
    return Spec(
        kind,
        shape={**SHAPE, **shape},
        operations=DOCUMENT | set(operations),
        required=given.pop("required", ("VendorRef", "Line")),
        enums={"GlobalTaxCalculation": ENUMS["GlobalTaxCalculation"], **given.pop("enums", {})},
        references={
            "VendorRef": "Vendor",
            "APAccountRef": "Account",
            "SalesTermRef": "Term",
            "DepartmentRef": "Department",
            "ClassRef": "Class",
            **given.pop("references", {}),
        },
        filters={**FILTERS, **given.pop("filters", {})},
        **given,
    )


class Spending(Transaction):
    """A document of something bought."""

    number_preference = "VendorAndPurchasesPrefs.UseCustomTxnNumbers"
    sign = 1
    """Which way its amounts go: a credit of a vendor takes back what a bill gives."""

    def compute(self, books: Books, record: Record, before: Record | None) -> None:
        """Check the lines, and compute the total.

        Raises:
            Fault: for a line that cannot be.
        """
        keep_line_ids(record, before)
        total = ZERO
        for place, line in enumerate(record["Line"], 1):
            total += _line(books, line, place)
        tax = cents(at(record, "TxnTaxDetail.TotalTax") or ZERO)
        record["TotalAmt"] = total + tax
        if record["TotalAmt"] < 0:
            raise Fault("6000", "Transaction amount must be 0 or greater.", element="Line")
        self.settle(books, record, before)

    def settle(self, books: Books, record: Record, before: Record | None) -> None:
        """Compute what is open, and whatever else only this kind of document has.

        Raises:
            Fault: what QuickBooks would refuse.
        """

    def direction(self, record: Record) -> int:
        """Give which way the amounts of one document go."""
        return self.sign

    def costs(self, books: Books, record: Record) -> Iterator[Posting]:
        """Give what the lines put on expense accounts, and into the stock."""
        sign, party = self.direction(record), _party(record)
        for line in record.get("Line", []):
            kind = line.get("DetailType")
            if kind not in {BY_ITEM, BY_ACCOUNT}:
                continue
            detail = line[kind]
            amount = currency.at_home(record, line["Amount"]) * sign
            item = books.store.get("Item", reference(detail, "ItemRef") or "-") or {}
            is_stock = item.get("Type") == "Inventory"
            yield Posting(
                _account(books, detail, item),
                amount,
                party=party,
                item=item.get("Id", ""),
                quantity=detail.get("Qty", ZERO) * sign if is_stock else ZERO,
                class_id=reference(detail, "ClassRef") or "",
                department=reference(record, "DepartmentRef") or "",
                note=line.get("Description", ""),
            )
        tax = currency.at_home(record, at(record, "TxnTaxDetail.TotalTax") or ZERO)
        if tax:
            yield Posting(books.account("SalesTaxPayable"), tax * sign)

    def postings(self, books: Books, record: Record) -> Iterable[Posting]:
        """Give the costs on one side, and where the money comes from on the other."""
        total = ZERO
        for one in self.costs(books, record):
            total += one.amount
            yield one
        yield self.paid_from(books, record, -total)

    def paid_from(self, books: Books, record: Record, amount: Decimal) -> Posting:
        """Give the other side: what the company owes the vendor."""
        account = reference(record, "APAccountRef") or books.account("AccountsPayable")
        return Posting(account, amount, party=f"Vendor:{reference(record, 'VendorRef')}")


def _party(record: Record) -> str:
    vendor = reference(record, "VendorRef")
    if vendor:
        return f"Vendor:{vendor}"
    other = record.get("EntityRef") or {}
    return f"{other['type']}:{other['value']}" if other.get("type") else ""


def orders_of(record: Record) -> set[str]:
    """Give the purchase orders a bill names, for the whole of it or for its lines."""
    links = [*record.get("LinkedTxn", [])]
    for line in record.get("Line", []):
        links += line.get("LinkedTxn", [])
    return {str(one.get("TxnId")) for one in links if one.get("TxnType") == "PurchaseOrder"}


def link_orders(books: Books, record: Record, before: Record | None) -> None:
    """Close the purchase orders a bill was made of, and open those it no longer names.

    Raises:
        Fault: 620 for an order that is not there, or of another vendor.
    """
    bill_id = (record or before or {})["Id"]
    wanted, was = orders_of(record), orders_of(before or {})
    for order_id in sorted(wanted ^ was):
        order = books.store.copy("PurchaseOrder", order_id)
        if order is None or (
            order_id in wanted and reference(order, "VendorRef") != reference(record, "VendorRef")
        ):
            if order_id in wanted:
                raise Fault("620", "Transaction cannot be linked", element="LinkedTxn")
            continue
        links = [one for one in order.get("LinkedTxn", []) if one["TxnId"] != bill_id]
        if order_id in wanted:
            links.append({"TxnId": bill_id, "TxnType": "Bill"})
        order["LinkedTxn"] = links
        order["POStatus"] = "Closed" if links else "Open"
        books.touch("PurchaseOrder", order, "Update")


def _account(books: Books, detail: Record, item: Record) -> str:
    if not item:
        return str(reference(detail, "AccountRef"))
    name = "AssetAccountRef" if item["Type"] == "Inventory" else "ExpenseAccountRef"
    return reference(item, name) or books.account("SuppliesMaterialsCogs")


def _line(books: Books, line: Record, place: int) -> Decimal:
    """Check one line and give its amount."""
    kind = line.get("DetailType")
    if kind not in {BY_ITEM, BY_ACCOUNT}:
        raise Fault("2170", f"Invalid Enumeration : {kind}", element="DetailType")
    if "Amount" not in line:
        raise Fault("2020", "Required parameter Line.Amount is missing", element="Line.Amount")
    line["LineNum"], line["Amount"] = place, cents(line["Amount"])
    detail = line.setdefault(kind, {})
    needed = "ItemRef" if kind == BY_ITEM else "AccountRef"
    if reference(detail, needed) is None:
        text = f"Required parameter Line.{kind}.{needed} is missing"
        raise Fault("2020", text, element=f"Line.{kind}.{needed}")
    for name, target_kind in LINE_REFERENCES.items():
        target_id = reference(detail, name)
        if target_id is not None:
            target = check_reference(books, {}, f"Line.{kind}.{name}", target_kind, target_id)
            shown = target.get("FullyQualifiedName", target.get("Name", ""))
            detail[name] = {"value": target_id, "name": shown}
    if detail.setdefault("BillableStatus", "NotBillable") not in BILLABLE:
        text = f"Invalid Enumeration : {detail['BillableStatus']}"
        raise Fault("2170", text, element="BillableStatus")
    check_amount(detail, line["Amount"])
    return Decimal(line["Amount"])

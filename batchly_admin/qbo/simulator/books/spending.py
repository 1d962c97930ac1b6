"""Documents with vendors: lines by item or by account, and what they put on the accounts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from batchly_admin.qbo.simulator.books import currency, purchase_tax
from batchly_admin.qbo.simulator.books.entity import DOCUMENT, Record, Spec
from batchly_admin.qbo.simulator.books.ledger import Posting
from batchly_admin.qbo.simulator.books.orders import BY_ITEM
from batchly_admin.qbo.simulator.books.parties import NEEDED
from batchly_admin.qbo.simulator.books.sale import ENUMS
from batchly_admin.qbo.simulator.books.spending_lines import BY_ACCOUNT, check_line
from batchly_admin.qbo.simulator.books.transaction import Transaction, keep_line_ids
from batchly_admin.qbo.simulator.wire.fields import (
    ADDRESS,
    DAY,
    LINE,
    NUMBER,
    OURS,
    REF,
    TAX_DETAIL,
    TEXT,
    TRANSACTION,
    Shape,
)
from batchly_admin.qbo.simulator.wire.refusals import Fault
from batchly_admin.qbo.simulator.wire.values import at, reference

if TYPE_CHECKING:
    from batchly_admin.qbo.simulator.books.books import Books

ZERO = Decimal(0)
SHAPE: Shape = (
    TRANSACTION
    | {"DocNumber": 21, "VendorRef": REF, "APAccountRef": REF, "Line": [LINE], "DueDate": DAY}
    | {"VendorAddr": ADDRESS, "SalesTermRef": REF, "Memo": 4000}
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
            total += check_line(books, record, line, place)
        record["TotalAmt"] = total + purchase_tax.compute(books, record)
        if record["TotalAmt"] < 0:
            raise Fault("6000", "Transaction amount must be 0 or greater.", element="Line")
        self.settle(books, record, before)
        _check_parties(books, record)

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


def _check_parties(books: Books, record: Record) -> None:
    """Check that lines on the accounts of customers and vendors are about one of them."""
    for line in record["Line"]:
        account_id = reference(line, f"{BY_ACCOUNT}.AccountRef")
        account = books.store.get("Account", account_id or "-") or {}
        needed = NEEDED.get(account.get("AccountType", ""))
        if needed is not None and not _party(record).startswith(f"{needed}:"):
            text = f"A line on this account needs a {needed.lower()}"
            raise Fault("6000", text, element="EntityRef")


def accounts_payable(books: Books, record: Record) -> None:
    """Say on which account the vendor is owed, unless a document says so itself."""
    if reference(record, "APAccountRef") is None:
        found = books.account("AccountsPayable")
        name = books.read("Account", found)["FullyQualifiedName"]
        record["APAccountRef"] = {"value": found, "name": name}


def take_address(books: Books, record: Record) -> None:
    """Take the vendor's address for a document that has none."""
    vendor = books.store.get("Vendor", reference(record, "VendorRef") or "-") or {}
    if "VendorAddr" not in record and "BillAddr" in vendor:
        record["VendorAddr"] = dict(vendor["BillAddr"])


def _account(books: Books, detail: Record, item: Record) -> str:
    if not item:
        return str(reference(detail, "AccountRef"))
    name = "AssetAccountRef" if item["Type"] == "Inventory" else "ExpenseAccountRef"
    return reference(item, name) or books.account("SuppliesMaterialsCogs")

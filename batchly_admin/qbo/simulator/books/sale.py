"""A sale: lines, tax and totals, and what it puts on the accounts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from batchly_admin.qbo.simulator.books import currency, sales_tax
from batchly_admin.qbo.simulator.books.entity import DOCUMENT, Record, Spec
from batchly_admin.qbo.simulator.books.inventory import cost_of_sale
from batchly_admin.qbo.simulator.books.ledger import Posting
from batchly_admin.qbo.simulator.books.sale_lines import (
    DISCOUNT,
    GROUP,
    SALES,
    SHIPPING,
    SaleLines,
)
from batchly_admin.qbo.simulator.books.transaction import (
    Transaction,
    check_mail,
    keep_line_ids,
    set_due,
)
from batchly_admin.qbo.simulator.wire.fields import DAY, NUMBER, REF, SALE, TEXT, Shape
from batchly_admin.qbo.simulator.wire.refusals import Fault
from batchly_admin.qbo.simulator.wire.values import at, cents, reference

if TYPE_CHECKING:
    from batchly_admin.qbo.simulator.books.books import Books

ZERO = Decimal(0)
REFERENCES = {
    "CustomerRef": "Customer",
    "SalesTermRef": "Term",
    "TxnTaxDetail.TxnTaxCodeRef": "TaxCode",
    "PaymentMethodRef": "PaymentMethod",
    "DepositToAccountRef": "Account",
    "ClassRef": "Class",
    "DepartmentRef": "Department",
}
ENUMS: dict[str, tuple[str, ...]] = {
    "EmailStatus": ("NotSet", "NeedToSend", "EmailSent"),
    "PrintStatus": ("NotSet", "NeedToPrint", "PrintComplete"),
    "GlobalTaxCalculation": ("TaxExcluded", "TaxInclusive", "NotApplicable"),
}
FILTERS = {
    "DocNumber": TEXT,
    "TxnDate": DAY,
    "DueDate": DAY,
    "Balance": NUMBER,
    "TotalAmt": NUMBER,
    "CustomerRef": REF,
}


def sale_spec(kind: str, shape: Shape, *operations: str, **given: Any) -> Spec:
    """Give the spec of a sale: `operations` are those beyond what every document has."""
    return Spec(
        kind,
        shape={**SALE, **shape},
        operations=DOCUMENT | {"pdf", *operations},
        required=given.pop("required", ("CustomerRef", "Line")),
        enums={**ENUMS, **given.pop("enums", {})},
        references=REFERENCES,
        filters={**FILTERS, **given.pop("filters", {})},
        unsortable=frozenset({"CustomerRef"}),
        **given,
    )


class Sale(Transaction):
    """A document with sales lines."""

    sign = 1
    """Which way its amounts go: a refund takes back what an invoice gives."""
    posts = True

    def compute(self, books: Books, record: Record, before: Record | None) -> None:
        """Bring a sale into the shape QuickBooks keeps: numbered lines, tax, totals, due day.

        Raises:
            Fault: what QuickBooks would refuse.
        """
        keep_line_ids(record, before)
        _take_addresses(books, record)
        sums = SaleLines(books, record, is_us=sales_tax.is_us(books)).read()
        tax = sales_tax.compute(books, record, sums)
        record["TotalAmt"] = cents(sums.subtotal + sums.shipping - sums.discount + tax)
        if record["TotalAmt"] < 0:
            raise Fault("6000", "Transaction amount must be 0 or greater.", element="Line")
        set_due(books, record)
        check_mail(record)
        self.settle(books, record, before)

    def settle(self, books: Books, record: Record, before: Record | None) -> None:
        """Compute what is open, and whatever else only this kind of sale has.

        Raises:
            Fault: what QuickBooks would refuse.
        """

    def money(self, books: Books, record: Record) -> Iterator[Posting]:
        """Give where the total of a sale goes: onto the customer's account, or to the till."""
        raise NotImplementedError

    def postings(self, books: Books, record: Record) -> Iterable[Posting]:
        """Give the total on one side; income, discount, tax and cost of goods on the other."""
        if not self.posts or (not record.get("TotalAmt") and not _has_amounts(record)):
            return
        yield from self.money(books, record)
        yield from self._tax(books, record)
        for line in sale_lines(record):
            yield from self._line(books, record, line)

    def _tax(self, books: Books, record: Record) -> Iterator[Posting]:
        total = at(record, "TxnTaxDetail.TotalTax") or ZERO
        lines = at(record, "TxnTaxDetail.TaxLine") or []
        if not total and not lines:
            return
        account = books.account("SalesTaxPayable")
        left = total * self.sign
        for line in lines:
            part = line["Amount"] * self.sign
            left -= part
            yield Posting(
                account,
                -currency.at_home(record, part),
                rate=str(at(line, "TaxLineDetail.TaxRateRef.value")),
                net=at(line, "TaxLineDetail.NetAmountTaxable") * self.sign,
            )
        yield Posting(account, -currency.at_home(record, left))

    def _line(self, books: Books, record: Record, line: Record) -> Iterator[Posting]:
        amount = currency.at_home(record, line.get("Amount", ZERO)) * self.sign
        party = f"Customer:{reference(record, 'CustomerRef') or ''}"
        shared: dict[str, Any] = {
            "party": party if party != "Customer:" else "",
            "class_id": reference(record, "ClassRef") or "",
            "department": reference(record, "DepartmentRef") or "",
        }
        if line["DetailType"] == DISCOUNT:
            given = reference(line[DISCOUNT], "DiscountAccountRef")
            yield Posting(given or books.account("DiscountsRefundsGiven"), amount, **shared)
            return
        item_id = reference(line[SALES], "ItemRef") or ""
        shared["class_id"] = reference(line[SALES], "ClassRef") or shared["class_id"]
        quantity = line[SALES].get("Qty", ZERO) * self.sign
        account = _income(books, item_id)
        note = line.get("Description", "")
        yield Posting(account, -amount, item=item_id, note=note, **shared)
        yield from cost_of_sale(books, item_id, quantity, shared)


def _income(books: Books, item_id: str) -> str:
    item = books.store.get("Item", item_id) or {}
    usual = "OtherPrimaryIncome" if item_id == SHIPPING else "SalesOfProductIncome"
    return reference(item, "IncomeAccountRef") or books.account(usual)


def sale_lines(record: Record) -> Iterator[Record]:
    """Give the lines with amounts of a sale, those of a bundle one by one."""
    for line in record.get("Line", []):
        if line.get("DetailType") == GROUP:
            yield from line[GROUP].get("Line", [])
        elif line.get("DetailType") in {SALES, DISCOUNT}:
            yield line


def _has_amounts(record: Record) -> bool:
    return any(line.get("Amount") for line in sale_lines(record))


def _take_addresses(books: Books, record: Record) -> None:
    """Take from the customer what a sale does not say itself."""
    customer = books.store.get("Customer", reference(record, "CustomerRef")) or {}
    for name in ("BillAddr", "ShipAddr"):
        if name not in record and name in customer:
            record[name] = dict(customer[name])


def to_account(books: Books, record: Record) -> None:
    """Say where money of a sale goes unless it says so itself: to the undeposited funds."""
    if reference(record, "DepositToAccountRef") is None:
        found = books.account("UndepositedFunds")
        name = books.read("Account", found)["FullyQualifiedName"]
        record["DepositToAccountRef"] = {"value": found, "name": name}

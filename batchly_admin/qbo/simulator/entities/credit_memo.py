"""Credit memos: what customers get back, to be used on their invoices."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from batchly_admin.qbo.simulator.books import currency
from batchly_admin.qbo.simulator.books.books import Books
from batchly_admin.qbo.simulator.books.entity import Record
from batchly_admin.qbo.simulator.books.ledger import Posting
from batchly_admin.qbo.simulator.books.receivables import applied, open_invoices
from batchly_admin.qbo.simulator.books.sale import Sale, sale_spec
from batchly_admin.qbo.simulator.books.transaction import check_paid
from batchly_admin.qbo.simulator.wire.fields import OURS, REF
from batchly_admin.qbo.simulator.wire.values import reference, truth

ZERO = Decimal(0)


class CreditMemo(Sale):
    """What a customer gets back."""

    sign = -1

    def settle(self, books: Books, record: Record, before: Record | None) -> None:
        """Compute what is left of the credit.

        Raises:
            Fault: 6000 for a change that its use forbids.
        """
        used = books.links.amount_on("CreditMemo", record.get("Id", ""))
        check_paid(record, before, used, "CustomerRef")
        record["Balance"] = record["RemainingCredit"] = record["TotalAmt"] - used

    def money(self, books: Books, record: Record) -> Iterator[Posting]:
        """Give the total: off the customer's account."""
        party = f"Customer:{reference(record, 'CustomerRef')}"
        total = currency.at_home(record, record["TotalAmt"])
        yield Posting(books.account("AccountsReceivable"), -total, party=party)

    def zero(self, record: Record) -> None:
        """Bring every amount to zero."""
        super().zero(record)
        record["RemainingCredit"] = ZERO

    def follow(self, books: Books, record: Record, before: Record | None) -> None:
        """Apply a new credit to the oldest open invoices, where the company prefers that."""
        wants = truth(books.preference("SalesFormsPrefs.AutoApplyCredit"))
        if before is None and wants:
            _apply(books, record)


def _apply(books: Books, memo: Record) -> None:
    left, lines = memo["RemainingCredit"], []
    for invoice in open_invoices(books, str(reference(memo, "CustomerRef"))):
        amount = min(left, invoice["Balance"])
        if amount > 0:
            lines.append(applied(amount, "Invoice", invoice["Id"]))
            left -= amount
    if lines:
        used = sum((line["Amount"] for line in lines), ZERO)
        lines.append(applied(used, "CreditMemo", memo["Id"]))
        payment = {"CustomerRef": memo["CustomerRef"], "TotalAmt": 0, "Line": lines}
        books.save("Payment", {**payment, "TxnDate": memo["TxnDate"]})


ENTITY = CreditMemo(
    sale_spec(
        "CreditMemo",
        {"RemainingCredit": OURS, "DepositToAccountRef": REF},
        "send",
    )
)

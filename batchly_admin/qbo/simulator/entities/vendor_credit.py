"""Vendor credits: what vendors give back, to be used on their bills."""

from __future__ import annotations

from batchly_admin.qbo.simulator.books.books import Books
from batchly_admin.qbo.simulator.books.entity import Record
from batchly_admin.qbo.simulator.books.spending import Spending, accounts_payable, spending_spec
from batchly_admin.qbo.simulator.books.transaction import check_paid
from batchly_admin.qbo.simulator.wire.fields import NUMBER, TRUTH


class VendorCredit(Spending):
    """Something a vendor takes back."""

    sign = -1

    def settle(self, books: Books, record: Record, before: Record | None) -> None:
        """Compute what is left of the credit.

        Raises:
            Fault: 6000 for a change that its use forbids.
        """
        accounts_payable(books, record)
        used = books.links.amount_on("VendorCredit", record.get("Id", ""))
        check_paid(record, before, used, "VendorRef")
        record["Balance"] = record["TotalAmt"] - used


ENTITY = VendorCredit(
    spending_spec(
        "VendorCredit",
        {"IncludeInAnnualTPAR": TRUTH},
        filters={"Balance": NUMBER},
        not_in=frozenset({"simple_start"}),
        gaps=("goods leave the stock at the price of the credit, not at what they cost",),
    )
)

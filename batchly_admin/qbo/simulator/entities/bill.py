"""Bills: what vendors ask the company to pay."""

from __future__ import annotations

from batchly_admin.qbo.simulator.books import orders
from batchly_admin.qbo.simulator.books.books import Books
from batchly_admin.qbo.simulator.books.entity import Record
from batchly_admin.qbo.simulator.books.receivables import PAYERS, shown_links
from batchly_admin.qbo.simulator.books.spending import (
    Spending,
    accounts_payable,
    spending_spec,
    take_address,
)
from batchly_admin.qbo.simulator.books.transaction import check_paid, set_due
from batchly_admin.qbo.simulator.wire.fields import NUMBER, TRUTH


class Bill(Spending):
    """Something bought on account."""

    def numbers_itself(self, books: Books, options: frozenset[str]) -> bool:
        """Say no: a bill has the number its vendor gave it."""
        return False

    def settle(self, books: Books, record: Record, before: Record | None) -> None:
        """Compute what is open and when it is due, and keep its links to orders.

        Raises:
            Fault: 6000 for a change that payments forbid, 620 for a link that cannot be.
        """
        set_due(books, record)
        accounts_payable(books, record)
        take_address(books, record)
        bill_id = record.get("Id", "")
        paid = books.links.amount_on("Bill", bill_id)
        check_paid(record, before, paid, "VendorRef")
        record["Balance"] = record["TotalAmt"] - paid
        links = [one for one in record.get("LinkedTxn", []) if one["TxnType"] not in PAYERS]
        record["LinkedTxn"] = [*links, *shown_links(books, "Bill", bill_id)]
        orders.keep_links(books, record, before)

    def follow(self, books: Books, record: Record, before: Record | None) -> None:
        """Close the purchase orders that have come whole, or open them again."""
        orders.receive(books, record, before)


ENTITY = Bill(
    spending_spec(
        "Bill",
        {"IncludeInAnnualTPAR": TRUTH},
        filters={"Balance": NUMBER},
        not_in=frozenset({"simple_start"}),
        gaps=(
            "billable costs are kept on their lines and never invoiced",
            "links to reimbursements are passed over",
            "withholding of tax in India (TDS lines) is refused",
        ),
    )
)

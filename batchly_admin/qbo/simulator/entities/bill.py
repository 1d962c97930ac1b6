"""Bills: what vendors ask the company to pay."""

from __future__ import annotations

from batchly_admin.qbo.simulator.books.books import Books
from batchly_admin.qbo.simulator.books.entity import Record
from batchly_admin.qbo.simulator.books.spending import Spending, link_orders, spending_spec
from batchly_admin.qbo.simulator.books.transaction import check_paid, set_due
from batchly_admin.qbo.simulator.wire.fields import NUMBER


class Bill(Spending):
    """Something bought on account."""

    def settle(self, books: Books, record: Record, before: Record | None) -> None:
        """Compute what is open, and when it is due.

        Raises:
            Fault: 6000 for a change that payments forbid.
        """
        set_due(books, record)
        record.setdefault("APAccountRef", {"value": books.account("AccountsPayable")})
        paid = books.links.amount_on("Bill", record.get("Id", ""))
        check_paid(record, before, paid, "VendorRef")
        record["Balance"] = record["TotalAmt"] - paid

    def follow(self, books: Books, record: Record, before: Record | None) -> None:
        """Close the purchase orders that were billed, or open them again."""
        link_orders(books, record, before)


ENTITY = Bill(
    spending_spec(
        "Bill",
        {},
        filters={"Balance": NUMBER},
        gaps=("billable costs are kept on their lines and never invoiced",),
    )
)

"""Vendor credits: what vendors give back, to be used on their bills."""

from __future__ import annotations

from decimal import Decimal

from batchly_admin.qbo.simulator.books.books import Books
from batchly_admin.qbo.simulator.books.entity import Record
from batchly_admin.qbo.simulator.books.spending import Spending, spending_spec
from batchly_admin.qbo.simulator.books.transaction import check_paid
from batchly_admin.qbo.simulator.wire.fields import NUMBER


class VendorCredit(Spending):
    """Something a vendor takes back."""

    sign = -1

    def settle(self, books: Books, record: Record, before: Record | None) -> None:
        """Compute what is left of the credit.

        Raises:
            Fault: 6000 for a change that its use forbids.
        """
        record.setdefault("APAccountRef", {"value": books.account("AccountsPayable")})
        used = books.links.amount_on("VendorCredit", record.get("Id", ""))
        check_paid(record, before, used, "VendorRef")
        record["Balance"] = record["TotalAmt"] - used + Decimal(0)


ENTITY = VendorCredit(spending_spec("VendorCredit", {}, filters={"Balance": NUMBER}))

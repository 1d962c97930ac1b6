"""Estimates: offers, which post nothing and become invoices."""

from __future__ import annotations

from batchly_admin.qbo.simulator.books.books import Books
from batchly_admin.qbo.simulator.books.entity import Record
from batchly_admin.qbo.simulator.books.sale import Sale, sale_spec
from batchly_admin.qbo.simulator.wire.fields import DAY

STATUSES = ("Pending", "Accepted", "Closed", "Rejected", "Converted")


class Estimate(Sale):
    """An offer to a customer."""

    posts = False

    def settle(self, books: Books, record: Record, before: Record | None) -> None:
        """Take a new offer for pending."""
        record.setdefault("TxnStatus", "Pending")


ENTITY = Estimate(
    sale_spec(
        "Estimate",
        {"TxnStatus": 20, "ExpirationDate": DAY, "AcceptedBy": 50, "AcceptedDate": DAY},
        "send",
        enums={"TxnStatus": STATUSES},
    )
)

"""Payment methods."""

from __future__ import annotations

from batchly_admin.qbo.simulator.books.books import Books
from batchly_admin.qbo.simulator.books.entity import ListEntry, Record, list_spec
from batchly_admin.qbo.simulator.wire.fields import COMMON, TEXT, TRUTH


class PaymentMethod(ListEntry):
    """A way to pay."""

    def complete(self, books: Books, record: Record, before: Record | None) -> None:
        """Take a method for no card unless it says so."""
        super().complete(books, record, before)
        record.setdefault("Type", "NON_CREDIT_CARD")


ENTITY = PaymentMethod(
    list_spec(
        "PaymentMethod",
        name_space="method",
        shape={**COMMON, "Name": 31, "Type": 20, "Active": TRUTH},
        enums={"Type": ("CREDIT_CARD", "NON_CREDIT_CARD")},
        filters={"Type": TEXT},
    )
)

"""The currencies a company keeps beside its own."""

from __future__ import annotations

from batchly_admin.qbo.simulator.books import currency
from batchly_admin.qbo.simulator.books.books import Books
from batchly_admin.qbo.simulator.books.entity import ListEntry, Record, list_spec
from batchly_admin.qbo.simulator.wire.fields import ANY, COMMON, TEXT, TRUTH
from batchly_admin.qbo.simulator.wire.refusals import Fault


class CompanyCurrency(ListEntry):
    """One currency the company uses."""

    def complete(self, books: Books, record: Record, before: Record | None) -> None:
        """Give the currency its name.

        Raises:
            Fault: 2220 for a currency there is not.
        """
        super().complete(books, record, before)
        code = record.get("Code")
        if code is not None and code not in currency.CURRENCIES:
            raise Fault("2220", f"Invalid currency : {code}", element="Code")
        if code is not None:
            record.setdefault("Name", currency.CURRENCIES[code])


ENTITY = CompanyCurrency(
    list_spec(
        "CompanyCurrency",
        "Code",
        "currency",
        shape=COMMON | {"Code": 3, "Name": 100, "Active": TRUTH, "CustomField": ANY},
        filters={"Name": TEXT},
    )
)

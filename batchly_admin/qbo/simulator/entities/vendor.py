"""Vendors: who the company buys from."""

from __future__ import annotations

from decimal import Decimal

from batchly_admin.qbo.simulator.books import currency
from batchly_admin.qbo.simulator.books.books import Books
from batchly_admin.qbo.simulator.books.entity import Record, list_spec
from batchly_admin.qbo.simulator.books.person import Person
from batchly_admin.qbo.simulator.wire.fields import NUMBER, OURS, PERSON, REF, TEXT, TRUTH

SPEC = list_spec(
    "Vendor",
    "DisplayName",
    "person",
    required=(),
    shape=PERSON
    | {"AcctNum": 100, "TermRef": REF, "Vendor1099": TRUTH, "TaxIdentifier": 20}
    | {"Balance": OURS, "APAccountRef": REF, "BillRate": NUMBER, "CostRate": NUMBER},
    references={"TermRef": "Term", "APAccountRef": "Account"},
    filters={
        **dict.fromkeys(("GivenName", "MiddleName", "FamilyName", "CompanyName"), TEXT),
        "PrintOnCheckName": TEXT,
        "PrimaryEmailAddr": TEXT,
        "Balance": NUMBER,
    },
)


class Vendor(Person):
    """Somebody who sells to the company."""

    masked = ("TaxIdentifier",)

    def prepare(
        self, books: Books, record: Record, before: Record | None, options: frozenset[str]
    ) -> None:
        """Complete a vendor.

        Raises:
            Fault: for a currency that cannot be.
        """
        record["Balance"] = before.get("Balance", Decimal(0)) if before else Decimal(0)
        record.setdefault("Vendor1099", False)
        currency.settle(books, record, before)


ENTITY = Vendor(SPEC)

"""Customers, and the jobs below them."""

from __future__ import annotations

from decimal import Decimal

from batchly_admin.qbo.simulator.books import currency
from batchly_admin.qbo.simulator.books.books import Books
from batchly_admin.qbo.simulator.books.entity import Record, list_spec
from batchly_admin.qbo.simulator.books.person import Person
from batchly_admin.qbo.simulator.wire.fields import (
    ADDRESS,
    DAY,
    HIERARCHY,
    NUMBER,
    OURS,
    PERSON,
    REF,
    TEXT,
    TRUTH,
    Shape,
)
from batchly_admin.qbo.simulator.wire.refusals import Fault
from batchly_admin.qbo.simulator.wire.values import cents, reference

ZERO = Decimal(0)
OPENING = "Opening Balance"
SHAPE: Shape = (
    PERSON
    | HIERARCHY
    | {"ShipAddr": ADDRESS, "Job": TRUTH, "BillWithParent": TRUTH, "IsProject": OURS}
    | {"Taxable": TRUTH, "DefaultTaxCodeRef": REF, "ResaleNum": 16, "TaxExemptionReasonId": 10}
    | {"SalesTermRef": REF, "PaymentMethodRef": REF, "CustomerTypeRef": REF, "ARAccountRef": REF}
    | {"PreferredDeliveryMethod": 20, "Balance": NUMBER, "OpenBalanceDate": DAY}
    | {"BalanceWithJobs": OURS, "ClientEntityId": OURS}
    | {"PrimaryTaxIdentifier": 20, "SecondaryTaxIdentifier": 20, "BusinessNumber": 10}
)
SPEC = list_spec(
    "Customer",
    "DisplayName",
    "person",
    required=(),
    shape=SHAPE,
    enums={"PreferredDeliveryMethod": ("Print", "Email", "None")},
    references={
        "SalesTermRef": "Term",
        "PaymentMethodRef": "PaymentMethod",
        "DefaultTaxCodeRef": "TaxCode",
        "ParentRef": "Customer",
        "ARAccountRef": "Account",
        "CustomerTypeRef": "CustomerType",
    },
    filters={
        **dict.fromkeys(("GivenName", "MiddleName", "FamilyName", "CompanyName"), TEXT),
        **dict.fromkeys(("PrintOnCheckName", "FullyQualifiedName", "PrimaryEmailAddr"), TEXT),
        "Balance": NUMBER,
    },
    is_tree=True,
    gaps=("deactivating a customer who owes something writes no balancing credit memo",),
)


class Customer(Person):
    """Somebody who buys."""

    masked = ("PrimaryTaxIdentifier", "SecondaryTaxIdentifier")

    def prepare(
        self, books: Books, record: Record, before: Record | None, options: frozenset[str]
    ) -> None:
        """Check and complete a customer.

        Raises:
            Fault: what QuickBooks would refuse.
        """
        record.setdefault("Taxable", True)
        record.setdefault("Job", False)
        record.setdefault("BillWithParent", False)
        record.setdefault("PreferredDeliveryMethod", "None")
        if record["Job"] and reference(record, "ParentRef") is None:
            raise Fault("6150", "A job needs the customer it belongs to", element="ParentRef")
        if not record["Taxable"]:
            record.pop("DefaultTaxCodeRef", None)
        if before is not None:
            record["Balance"] = before.get("Balance", ZERO)
            record["BalanceWithJobs"] = before.get("BalanceWithJobs", record["Balance"])
        currency.settle(books, record, before)

    def follow(self, books: Books, record: Record, before: Record | None) -> None:
        """Write what a new customer owes from before as a document of its own."""
        if before is not None:
            return
        opening = record.get("Balance", ZERO)
        kept = {**record, "Balance": ZERO, "BalanceWithJobs": ZERO}
        books.put_quietly("Customer", kept)
        if opening:
            _open_balance(books, record, opening)


def _open_balance(books: Books, customer: Record, opening: Decimal) -> None:
    known = books.store.ids("Item", "Name", OPENING.casefold())
    item_id = known[0] if known else _opening_item(books)
    line = {
        "Amount": cents(abs(opening)),
        "Description": OPENING,
        "DetailType": "SalesItemLineDetail",
        "SalesItemLineDetail": {"ItemRef": {"value": item_id}},
    }
    document = {
        "CustomerRef": {"value": customer["Id"]},
        "TxnDate": customer.get("OpenBalanceDate"),
        "Line": [line],
    }
    books.save("Invoice" if opening > 0 else "CreditMemo", document)


def _opening_item(books: Books) -> str:
    income = min(books.store.ids("Account", "AccountType", "income"), key=int)
    sent = {"Name": OPENING, "Type": "Service", "IncomeAccountRef": {"value": income}}
    return str(books.save("Item", sent)["Id"])


ENTITY = Customer(SPEC)

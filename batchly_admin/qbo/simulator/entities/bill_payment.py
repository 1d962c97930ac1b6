"""Payments of bills."""

from __future__ import annotations

from collections.abc import Iterable

from batchly_admin.qbo.simulator.books import currency
from batchly_admin.qbo.simulator.books.books import Books
from batchly_admin.qbo.simulator.books.entity import DOCUMENT, Record, Spec
from batchly_admin.qbo.simulator.books.ledger import Posting
from batchly_admin.qbo.simulator.books.links import Link, links_of
from batchly_admin.qbo.simulator.books.receivables import (
    check_lines,
    check_targets,
    settle_target,
    targets,
)
from batchly_admin.qbo.simulator.books.spending import accounts_payable
from batchly_admin.qbo.simulator.books.transaction import Transaction
from batchly_admin.qbo.simulator.wire.fields import (
    ANY,
    DAY,
    LINK,
    NUMBER,
    OURS,
    REF,
    TEXT,
    TRANSACTION,
    TRUTH,
    Shape,
)
from batchly_admin.qbo.simulator.wire.refusals import Fault, bad_reference, not_found
from batchly_admin.qbo.simulator.wire.values import cents, reference

TARGETS = frozenset({"Bill", "VendorCredit"})
PAID_FROM = {
    "Check": ("CheckPayment", "BankAccountRef", "Bank"),
    "CreditCard": ("CreditCardPayment", "CCAccountRef", "Credit Card"),
}
"""By way of paying: where its account stands, and of which type that is."""
SHAPE: Shape = (
    TRANSACTION
    | {"DocNumber": 21, "VendorRef": REF, "PayType": 20, "TotalAmt": NUMBER, "APAccountRef": REF}
    | {"DepartmentRef": REF, "ProcessBillPayment": TRUTH}
    | {
        "CheckPayment": {"BankAccountRef": REF, "PrintStatus": 20, "CheckDetail": ANY},
        "CreditCardPayment": {"CCAccountRef": REF, "CCDetail": ANY},
        "Line": [
            {"Id": 40, "LineNum": OURS, "Amount": NUMBER, "LinkedTxn": [LINK], "LineEx": OURS}
        ],
    }
)


class BillPayment(Transaction):
    """Money to a vendor, for bills and less his credits."""

    def numbers_itself(self, books: Books, options: frozenset[str]) -> bool:
        """Say no: a cheque has the number that is printed on it."""
        return False

    def linked_as(self, record: Record) -> str:
        """Give what a bill calls it."""
        return f"BillPayment{record.get('PayType', '')}"

    def compute(self, books: Books, record: Record, before: Record | None) -> None:
        """Check where the money comes from and what it pays.

        Raises:
            Fault: what QuickBooks would refuse.
        """
        self._check_account(books, record)
        check_lines(record, TARGETS)
        check_targets(books, "BillPayment", record, "VendorRef")
        record["TotalAmt"] = cents(record["TotalAmt"])
        if record["TotalAmt"] < 0:
            raise Fault("2140", "The amount is negative", element="TotalAmt")
        left = record["TotalAmt"]
        for one in links_of(record):
            left += one.amount if one.kind == "VendorCredit" else -one.amount
        if left < 0:
            detail = "The amount applied is more than the amount of the payment"
            raise Fault("6000", detail, element="Line")
        accounts_payable(books, record)

    def _check_account(self, books: Books, record: Record) -> None:
        group, name, kind = PAID_FROM[record["PayType"]]
        for other, _name, _kind in PAID_FROM.values():
            if other != group:
                record.pop(other, None)
        account_id = reference(record, f"{group}.{name}")
        if account_id is None:
            text = f"Required parameter {group}.{name} is missing in the request"
            raise Fault("2020", text, element=f"{group}.{name}")
        account = books.store.get("Account", account_id)
        if account is None:
            raise bad_reference(f"{group}.{name}", account_id)
        if not account.get("Active", True):
            raise not_found("Account", account_id)
        if account["AccountType"] != kind:
            detail = f"Account {account_id} is of type {account['AccountType']}"
            raise Fault("6430", f"Invalid account type used : {detail}", element=name)
        record[group][name] = {"value": account_id, "name": account["FullyQualifiedName"]}

    def zero(self, record: Record) -> None:
        """Bring the payment to zero, and take it off everything."""
        super().zero(record)
        record["Line"] = []

    def links(self, books: Books, record: Record) -> Iterable[Link]:
        """Give what the payment puts on bills and takes from credits."""
        return links_of(record)

    def postings(self, books: Books, record: Record) -> Iterable[Posting]:
        """Give the money out, and off what the vendor is owed."""
        group, name, _kind = PAID_FROM[record["PayType"]]
        total = currency.at_home(record, record["TotalAmt"])
        party = f"Vendor:{reference(record, 'VendorRef')}"
        yield Posting(str(reference(record, "APAccountRef")), total, party=party)
        yield Posting(str(reference(record, f"{group}.{name}")), -total, party=party)

    def follow(self, books: Books, record: Record, before: Record | None) -> None:
        """Settle everything the payment is on, or was on."""
        for kind, target_id in sorted(targets(record, TARGETS) | targets(before or {}, TARGETS)):
            settle_target(books, kind, target_id)


ENTITY = BillPayment(
    Spec(
        "BillPayment",
        shape=SHAPE,
        operations=DOCUMENT | {"void"},
        void_needs_include=True,
        not_in=frozenset({"simple_start"}),
        required=("VendorRef", "PayType", "TotalAmt"),
        enums={"PayType": tuple(PAID_FROM)},
        references={
            "VendorRef": "Vendor",
            "APAccountRef": "Account",
            "DepartmentRef": "Department",
        },
        filters={"DocNumber": TEXT, "TxnDate": DAY, "TotalAmt": NUMBER, "VendorRef": REF},
        gaps=(
            "lines on journal entries",
            "what is left of a payment lowers what the vendor is owed and cannot be applied later",
        ),
    )
)

"""The documents behind the ledger: what they are called, whom they are with, their number."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

from batchly_admin.qbo.simulator.reports.people import Node, known

if TYPE_CHECKING:
    from batchly_admin.qbo.simulator.books.books import Books

Key: TypeAlias = tuple[str, str]
CUSTOMER, VENDOR = "Customer", "Vendor"
MOST_ASKED = 500


@dataclass(frozen=True, slots=True)
class Sort:
    """A kind of document: its title, whom it is with, and which way its amount goes."""

    title: str
    party: str = ""
    sign: int = 1
    posts: bool = True


SORTS = {
    "Invoice": Sort("Invoice", CUSTOMER),
    "CreditMemo": Sort("Credit Memo", CUSTOMER, -1),
    "SalesReceipt": Sort("Sales Receipt", CUSTOMER),
    "RefundReceipt": Sort("Refund", CUSTOMER, -1),
    "Payment": Sort("Payment", CUSTOMER),
    "Estimate": Sort("Estimate", CUSTOMER, posts=False),
    "Bill": Sort("Bill", VENDOR),
    "VendorCredit": Sort("Vendor Credit", VENDOR, -1),
    "BillPayment": Sort("Bill Payment", VENDOR, -1),
    "PurchaseOrder": Sort("Purchase Order", VENDOR, posts=False),
    "Purchase": Sort("Expense", sign=-1),
    "CreditCardPayment": Sort("Credit Card Payment", VENDOR, -1),
    "Deposit": Sort("Deposit"),
    "Transfer": Sort("Transfer"),
    "JournalEntry": Sort("Journal Entry"),
}
STOCK = "Inventory Qty Adjust"
"""What a change of the stock is called, which is no document."""
FIELDS = (
    *("TxnDate", "DocNumber", "PaymentRefNum", "PrivateNote", "CustomerRef.value"),
    *("VendorRef.value", "EntityRef", "DepartmentRef.value", "TotalAmt", "Amount"),
    *("ExchangeRate", "DueDate", "Balance", "PaymentType", "PayType", "Credit"),
    *("MetaData.CreateTime", "MetaData.LastUpdatedTime"),
    *("SalesTermRef.value", "ShipDate", "TrackingNum", "CustomerMemo.value"),
)


@dataclass(frozen=True, slots=True)
class Paper:
    """One document, as far as reports speak of it; amounts in cents of the company's currency."""

    kind: str
    id: str
    day: str
    title: str
    number: str = ""
    memo: str = ""
    party: str = ""
    department: str = ""
    amount: int = 0
    posts: bool = True
    due: str = ""
    balance: int | None = None
    created: str = ""
    changed: str = ""
    extra: tuple[str, str, str, str] = ("", "", "", "")
    """Its term, the day it was shipped, the number to track it by, the message to the customer."""


def between(books: Books, start: str, end: str) -> dict[Key, Paper]:
    """Give the documents between two days, by kind and id."""
    found: dict[Key, Paper] = {}
    for kind in SORTS:
        found |= _read(books, kind, '"TxnDate" BETWEEN ? AND ?', [start, end])
    return found


def of(books: Books, keys: Collection[Key]) -> dict[Key, Paper]:
    """Give some documents by kind and id."""
    found: dict[Key, Paper] = {}
    for kind in SORTS:
        ids = [int(key) for one, key in keys if one == kind]
        for place in range(0, len(ids), MOST_ASKED):
            some = ids[place : place + MOST_ASKED]
            found |= _read(books, kind, f'"Id" IN ({", ".join("?" * len(some))})', some)
    return found


def _read(books: Books, kind: str, where: str, values: list[Any]) -> dict[Key, Paper]:
    paths = ", ".join(f"'$.{name}'" for name in FIELDS)
    rows = books.store.sql(
        f'SELECT "Id", json_extract(body, {paths}) FROM "{kind}" WHERE {where}',  # noqa: S608 - ours
        values,
    )
    return {
        (kind, str(key)): _paper(kind, str(key), dict(zip(FIELDS, json.loads(text), strict=True)))
        for key, text in rows
    }


def adjustments(books: Books, start: str, end: str) -> dict[Key, Paper]:
    """Give the changes of the stock between two days, which stand in the ledger only."""
    rows = books.store.sql(
        "SELECT kind, id, day, sum(cents) FROM postings WHERE kind = 'InventoryAdjustment' "
        "AND item != '' AND day BETWEEN ? AND ? GROUP BY kind, id, day",
        (start, end),
    )
    return {
        (kind, str(key)): Paper(kind, str(key), day, STOCK, amount=cents)
        for kind, key, day, cents in rows
    }


def _paper(kind: str, key: str, facts: dict[str, Any]) -> Paper:
    sort = SORTS[kind]
    rate = facts["ExchangeRate"] or 1
    whole = facts["TotalAmt"] if facts["TotalAmt"] is not None else facts["Amount"] or 0
    balance = facts["Balance"]
    extra = [facts[name] or "" for name in FIELDS[-4:]]
    return Paper(
        kind,
        key,
        facts["TxnDate"],
        _title(kind, facts),
        facts["DocNumber"] or facts["PaymentRefNum"] or "",
        facts["PrivateNote"] or "",
        _party(sort, facts),
        facts["DepartmentRef.value"] or "",
        round(whole * rate * 100) * _sign(kind, facts),
        sort.posts,
        facts["DueDate"] or "",
        None if balance is None else round(balance * rate * 100),
        str(facts["MetaData.CreateTime"])[:10],
        str(facts["MetaData.LastUpdatedTime"])[:10],
        (extra[0], extra[1], extra[2], extra[3]),
    )


def _title(kind: str, facts: dict[str, Any]) -> str:
    if kind == "BillPayment":
        return f"Bill Payment ({'Check' if facts['PayType'] == 'Check' else 'Credit Card'})"
    if kind == "Purchase" and facts["PaymentType"] == "CreditCard":
        return "Credit Card Credit" if facts["Credit"] else "Credit Card Expense"
    if kind == "Purchase" and facts["PaymentType"] == "Check":
        return "Check"
    return SORTS[kind].title


def _sign(kind: str, facts: dict[str, Any]) -> int:
    """Give which way an amount goes on the account it is listed under; cards grow by spending."""
    is_card = kind == "Purchase" and facts["PaymentType"] == "CreditCard"
    if is_card:
        return -1 if facts["Credit"] else 1
    if kind == "BillPayment" and facts["PayType"] == "CreditCard":
        return 1
    return SORTS[kind].sign


def _party(sort: Sort, facts: dict[str, Any]) -> str:
    if sort.party:
        key = facts[f"{sort.party}Ref.value"]
        return f"{sort.party}:{key}" if key else ""
    entity = facts["EntityRef"]
    # Several paths give values as they stand; an object comes as one.
    if isinstance(entity, dict) and entity.get("type"):
        return f"{entity['type']}:{entity['value']}"
    return f"Vendor:{facts['VendorRef.value']}" if facts["VendorRef.value"] else ""


class Names:
    """The names of parties, accounts and departments, read when they are first needed."""

    def __init__(self, books: Books) -> None:
        self.books = books
        self._known: dict[str, dict[str, Node]] = {}

    def of(self, kind: str) -> dict[str, Node]:
        """Give all records of a kind by their ids."""
        if kind not in self._known:
            self._known[kind] = known(self.books, kind)
        return self._known[kind]

    def label(self, kind: str, key: str) -> tuple[str, str]:
        """Give the whole name of a record and its id."""
        node = self.of(kind).get(key) if key else None
        return (node.full, node.id) if node is not None else ("", "")

    def party(self, party: str) -> tuple[str, str]:
        """Give the name and id of a customer, vendor or employee."""
        kind, _, key = party.partition(":")
        return self.label(kind, key) if key else ("", "")

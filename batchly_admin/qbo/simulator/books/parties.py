"""Whom postings are about; what they owe or are owed, and what lies on hand, off the ledger."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from batchly_admin.qbo.simulator.books import names
from batchly_admin.qbo.simulator.books.entity import Record
from batchly_admin.qbo.simulator.books.inventory import settle_stock
from batchly_admin.qbo.simulator.wire.values import reference

if TYPE_CHECKING:
    from batchly_admin.qbo.simulator.books.books import Books

ZERO = Decimal(0)
KINDS = ("Vendor", "Customer", "Employee")
NEEDED = {"Accounts Receivable": "Customer", "Accounts Payable": "Vendor"}
"""On these types of accounts something has to be about somebody."""


def find_party(books: Books, record_id: str, kind: str | None) -> tuple[str, Record] | None:
    """Give the kind and record of somebody: of the kind that was said, or the first that fits."""
    for one in KINDS if kind not in KINDS else (str(kind),):
        found = books.store.get(one, record_id)
        if found is not None:
            return one, found
    return None


def settle_party(books: Books, party: str) -> None:
    """Bring a customer, vendor or item in line with what the accounts say."""
    kind, _, record_id = party.partition(":")
    if kind == "Customer":
        _settle_customer(books, record_id)
    elif kind == "Item":
        settle_stock(books, record_id)
    elif kind == "Vendor":
        vendor = books.store.copy("Vendor", record_id)
        balance = -books.ledger.owed(party, "Accounts Payable") + ZERO
        if vendor is not None and vendor.get("Balance") != balance:
            vendor["Balance"] = balance
            books.put_quietly("Vendor", vendor)


def _settle_customer(books: Books, customer_id: str) -> None:
    """Settle a customer, and those above it, whose balance contains its own."""
    customer = books.store.copy("Customer", customer_id)
    if customer is None:
        return
    own = books.ledger.owed(f"Customer:{customer_id}", "Accounts Receivable")
    below = (
        books.store.get("Customer", job) or {}
        for job in names.children(books, "Customer", customer_id)
    )
    whole = own + sum((one.get("BalanceWithJobs", ZERO) for one in below), ZERO)
    if customer.get("Balance") != own or customer.get("BalanceWithJobs") != whole:
        customer["Balance"], customer["BalanceWithJobs"] = own, whole
        books.put_quietly("Customer", customer)
    parent = reference(customer, "ParentRef")
    if parent is not None:
        _settle_customer(books, parent)


def related(books: Books, one: str | None, other: str | None) -> bool:
    """Tell whether two customers are the same, or one is a job of the other."""
    return _top(books, one) == _top(books, other)


def _top(books: Books, customer_id: str | None) -> str | None:
    parent = reference(books.store.get("Customer", customer_id) or {}, "ParentRef")
    return customer_id if parent is None else _top(books, parent)

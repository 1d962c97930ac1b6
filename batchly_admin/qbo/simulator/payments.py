"""Payments: what they are applied to, what is left of them, and what that leaves open."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from typing import Any

from batchly_admin.qbo.simulator.faults import Fault, not_found
from batchly_admin.qbo.simulator.indexes import Key, Record, links_of
from batchly_admin.qbo.simulator.store import Store
from batchly_admin.qbo.simulator.values import cents, reference

ZERO = Decimal(0)
TARGETS = ("Invoice", "CreditMemo")


def targets(payment: Record) -> set[Key]:
    """Give the invoices and credit memos a payment touches."""
    return {key for key, _amount in links_of(payment) if key[0] in TARGETS}


def applied_to(store: Store, kind: str, record_id: Any, *, without: str | None = None) -> Decimal:
    """Give how much all payments, but the one `without`, put on a document."""
    found = store.indexes.paid.get((kind, str(record_id)), {})
    return sum((amount for payer, amount in found.items() if payer != without), ZERO)


def links_to(store: Store, kind: str, record_id: Any) -> list[Record]:
    """Give the payments on a document as it shows them."""
    payers = store.indexes.paid.get((kind, str(record_id)), {})
    return [{"TxnId": payer, "TxnType": "Payment"} for payer in sorted(payers, key=int)]


def check(store: Store, payment: Record) -> None:
    """Check what a payment is applied to, and compute what is left of it.

    Raises:
        Fault: 610 for a document that is not there, 6000 for one of another customer or for more
            than is open.
    """
    payment["TotalAmt"] = cents(payment["TotalAmt"])
    if payment["TotalAmt"] < 0:
        raise Fault("2140", "The amount is negative", element="TotalAmt")
    for line in payment.setdefault("Line", []):
        _check_line(line)
    left = payment["TotalAmt"]
    applied: defaultdict[Key, Decimal] = defaultdict(Decimal)
    for key, amount in links_of(payment):
        applied[key] += amount
        left += amount if key[0] == "CreditMemo" else -amount
    for (kind, target_id), amount in applied.items():
        _check_target(store, payment, kind, target_id, amount)
    if left < 0:
        detail = "The amount applied is more than the amount of the payment"
        raise Fault("6000", detail, element="Line")
    payment["UnappliedAmt"] = left


def _check_line(line: Record) -> None:
    line["Amount"] = cents(line.get("Amount", ZERO))
    if line["Amount"] < 0:
        raise Fault("2290", "The amount of a line is negative", element="Line.Amount")
    links = line.get("LinkedTxn", [])
    if len(links) != 1:
        raise Fault("6000", "Each line needs exactly one linked transaction", element="LinkedTxn")
    if links[0].get("TxnType") not in TARGETS:
        detail = f"Invalid Enumeration : {links[0].get('TxnType')}"
        raise Fault("2170", detail, element="TxnType")


def _check_target(
    store: Store, payment: Record, kind: str, target_id: str, amount: Decimal
) -> None:
    target = store.get(kind, target_id)
    if target is None:
        raise not_found(kind, target_id)
    if not related(store, reference(target, "CustomerRef"), reference(payment, "CustomerRef")):
        raise Fault("6000", "The linked transaction belongs to another customer", element="Line")
    whole = target["TotalAmt"] - target.get("Deposit", ZERO)
    if amount > whole - applied_to(store, kind, target_id, without=payment.get("Id")):
        detail = f"The amount applied is more than is open on {kind} {target_id}"
        raise Fault("6000", detail, element="Line.Amount")


def related(store: Store, one: str | None, other: str | None) -> bool:
    """Tell whether two customers are the same, or one is a job of the other."""
    return _top(store, one) == _top(store, other)


def _top(store: Store, customer_id: str | None) -> str | None:
    customer = store.get("Customer", customer_id) or {}
    parent = reference(customer, "ParentRef")
    return customer_id if parent is None else _top(store, parent)

"""Payments: what they are applied to, what is left of them, and what that leaves open."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from batchly_admin.qbo.simulator.faults import Fault, not_found
from batchly_admin.qbo.simulator.store import Record, Store
from batchly_admin.qbo.simulator.values import cents, number, reference

ZERO = Decimal(0)
TARGETS = ("Invoice", "CreditMemo")


def linked(line: Record) -> set[tuple[str, str]]:
    """Give the transactions one line of a payment is applied to."""
    return {(str(one.get("TxnType")), str(one.get("TxnId"))) for one in line.get("LinkedTxn", [])}


def targets(payment: Record) -> set[tuple[str, str]]:
    """Give the invoices and credit memos a payment touches."""
    found: set[tuple[str, str]] = set()
    for line in payment.get("Line", []):
        found |= {one for one in linked(line) if one[0] in TARGETS}
    return found


def applied_to(store: Store, kind: str, record_id: Any, *, without: str | None = None) -> Decimal:
    """Give how much all payments, but the one `without`, put on a document."""
    total = ZERO
    if record_id is None:
        return total
    for payment in store.all("Payment"):
        if payment["Id"] == without:
            continue
        for line in payment.get("Line", []):
            if (kind, str(record_id)) in linked(line):
                total += line["Amount"]
    return total


def links_to(store: Store, kind: str, record_id: str) -> list[Record]:
    """Give the payments on a document as it shows them."""
    return [
        {"TxnId": payment["Id"], "TxnType": "Payment"}
        for payment in store.all("Payment")
        if (kind, record_id) in targets(payment)
    ]


def check(store: Store, payment: Record) -> None:
    """Check what a payment is applied to, and compute what is left of it.

    Raises:
        Fault: 610 for a document that is not there, 6000 for one of another customer or for more
            than is open.
    """
    payment["TotalAmt"] = cents(number(payment["TotalAmt"], "TotalAmt"))
    if payment["TotalAmt"] < 0:
        raise Fault("2140", "The amount is negative", element="TotalAmt")
    left = payment["TotalAmt"]
    for line in payment.get("Line", []):
        line["Amount"] = cents(number(line.get("Amount", 0), "Line.Amount"))
        for kind, target_id in linked(line):
            if kind not in TARGETS:
                raise Fault("2170", f"Invalid Enumeration : {kind}", element="TxnType")
            _check_target(store, payment, line, kind, target_id)
            left += line["Amount"] if kind == "CreditMemo" else -line["Amount"]
    if left < 0:
        detail = "The amount applied is more than the amount of the payment"
        raise Fault("6000", detail, element="Line")
    payment["UnappliedAmt"] = left


def _check_target(store: Store, payment: Record, line: Record, kind: str, target_id: str) -> None:
    target = store.get(kind, target_id)
    if target is None:
        raise not_found(kind, target_id)
    if reference(target, "CustomerRef") != reference(payment, "CustomerRef"):
        raise Fault("6000", "The linked transaction belongs to another customer", element="Line")
    open_amount = target["TotalAmt"] - applied_to(store, kind, target_id, without=payment.get("Id"))
    if line["Amount"] > open_amount:
        detail = f"The amount applied is more than is open on {kind} {target_id}"
        raise Fault("6000", detail, element="Line.Amount")

"""What payments are applied to: what that leaves open, and what is left of the payment."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from batchly_admin.qbo.simulator.books.entity import Record
from batchly_admin.qbo.simulator.books.links import links_of
from batchly_admin.qbo.simulator.books.parties import related
from batchly_admin.qbo.simulator.wire.refusals import Fault, not_found
from batchly_admin.qbo.simulator.wire.values import cents, reference

if TYPE_CHECKING:
    from batchly_admin.qbo.simulator.books.books import Books

ZERO = Decimal(0)
Key = tuple[str, str]
PAYERS = frozenset({"Payment", "BillPayment", "BillPaymentCheck", "BillPaymentCreditCard"})
"""What documents call those that pay them."""


def targets(payment: Record, kinds: frozenset[str]) -> set[Key]:
    """Give the documents of some kinds a payment touches."""
    return {(one.kind, one.id) for one in links_of(payment) if one.kind in kinds}


def settle_target(books: Books, kind: str, target_id: str) -> None:
    """Bring the balance of a document in line with the payments on it."""
    target = books.store.copy(kind, target_id)
    if target is None:
        return
    left = target["TotalAmt"] - books.links.amount_on(kind, target_id)
    left -= target.get("Deposit", ZERO)
    links = shown_links(books, kind, target_id)
    others = [one for one in target.get("LinkedTxn", []) if one.get("TxnType") not in PAYERS]
    if target.get("Balance") == left and target.get("LinkedTxn", []) == [*others, *links]:
        return
    target["Balance"] = left
    if kind == "CreditMemo":
        target["RemainingCredit"] = left
    target["LinkedTxn"] = [*others, *links]
    books.touch(kind, target, "Update")


def shown_links(books: Books, kind: str, target_id: Any) -> list[Record]:
    """Give the transactions on a document as it shows them."""
    return [
        {
            "TxnId": payer_id,
            "TxnType": books.entities[payer].linked_as(books.store.get(payer, payer_id) or {}),
        }
        for payer, payer_id in books.links.onto(kind, target_id)
    ]


def check_lines(payment: Record, kinds: frozenset[str]) -> None:
    """Check that every line names one document, and round its amount.

    Raises:
        Fault: 2290, 6000 or 2170.
    """
    for line in payment.setdefault("Line", []):
        line["Amount"] = cents(line.get("Amount", ZERO))
        if line["Amount"] < 0:
            raise Fault("2290", "The amount of a line is negative", element="Line.Amount")
        links = line.get("LinkedTxn", [])
        if len(links) != 1:
            text = "Each line needs exactly one linked transaction"
            raise Fault("6000", text, element="LinkedTxn")
        if links[0].get("TxnType") not in kinds:
            detail = f"Invalid Enumeration : {links[0].get('TxnType')}"
            raise Fault("2170", detail, element="TxnType")


def check_targets(books: Books, kind: str, payment: Record, whose: str) -> None:
    """Check that what a payment is applied to is there, belongs to the same one and is open.

    Raises:
        Fault: 610 or 6000.
    """
    applied: dict[Key, Decimal] = defaultdict(Decimal)
    for one in links_of(payment):
        applied[one.kind, one.id] += one.amount
    for (target_kind, target_id), amount in applied.items():
        target = books.store.get(target_kind, target_id)
        if target is None:
            raise not_found(target_kind, target_id)
        pair = reference(target, whose), reference(payment, whose)
        if pair[0] != pair[1] and not (whose == "CustomerRef" and related(books, *pair)):
            text = "The linked transaction belongs to another customer or vendor"
            raise Fault("6000", text, element="Line")
        whole = target["TotalAmt"] - target.get("Deposit", ZERO)
        own = (kind, payment.get("Id", ""))
        if amount > whole - books.links.amount_on(target_kind, target_id, without=own):
            detail = f"The amount applied is more than is open on {target_kind} {target_id}"
            code = str(books.setting("over_application") or "6000")
            raise Fault(code, detail, element="Line.Amount")


def unlink(books: Books, kind: str, target_id: str) -> None:
    """Take every payment off a document; what it paid is unapplied credit then."""
    for payer_kind, payer_id in books.links.onto(kind, target_id):
        payment = books.store.copy(payer_kind, payer_id) or {}
        payment["Line"] = [
            line
            for line in payment["Line"]
            if all((one.kind, one.id) != (kind, target_id) for one in links_of({"Line": [line]}))
        ]
        entity = books.entities[payer_kind]
        entity.prepare(books, payment, None, frozenset({"allowduplicatedocnum"}))
        books.touch(payer_kind, payment, "Update")
        books.settle(entity, payment)


def open_invoices(books: Books, customer_id: str) -> list[Record]:
    """Give a customer's open invoices, oldest first."""
    mine = books.store.find("Invoice", "CustomerRef", customer_id)
    found = [one for one in mine if one["Balance"] > 0]
    return sorted(found, key=lambda one: (one["TxnDate"], int(one["Id"])))


def applied(amount: Decimal, kind: str, target_id: str) -> Record:
    """Give the line of a payment that puts an amount on a document."""
    return {"Amount": amount, "LinkedTxn": [{"TxnId": target_id, "TxnType": kind}]}

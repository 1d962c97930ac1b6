"""Compare both books, type by type: counts, totals, and every record that differs.

What is found is written down once and stays open until somebody decides; a second run repeats
nothing. It reads much and is meant for the night.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from batchly_admin.domain.statuses import InvoiceStatus
from batchly_admin.models.billing import Invoice, Payment
from batchly_admin.models.catalogue import Product
from batchly_admin.models.customers import Customer
from batchly_admin.models.sync import SyncDifference
from batchly_admin.qbo import differences
from batchly_admin.qbo.client import ALSO_INACTIVE, Client
from batchly_admin.qbo.mapping import fields
from batchly_admin.services.unit_of_work import SYSTEM, UnitOfWork, UnitOfWorks

Body = Mapping[str, Any]
FIELDS = {"amount": "total", "customer": "customer", "number": "number"}


@dataclass(frozen=True, slots=True)
class Ours:
    """One record of ours, as it should stand in QuickBooks."""

    id: Any
    qbo_id: str
    label: str
    amount: Decimal | None = None
    customer: str | None = None
    number: str | None = None
    is_void: bool = False


@dataclass(frozen=True, slots=True)
class Book:
    """One type of record in both books."""

    entity_type: str
    entity: str
    where: str
    ours: Callable[[Session], list[Ours]]
    is_expected: Callable[[Body], bool]
    """Whether a record of QuickBooks' that we do not know has to be known to us."""


@dataclass(slots=True)
class Tally:
    """The figures of one type."""

    ours: int = 0
    theirs: int = 0
    equal: int = 0
    total_ours: Decimal = Decimal(0)
    total_theirs: Decimal = Decimal(0)
    found: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    new: int = 0

    def as_dict(self) -> dict[str, Any]:
        """Give the figures as plain values."""
        return {
            "ours": self.ours,
            "theirs": self.theirs,
            "equal": self.equal,
            "total_ours": f"{self.total_ours:.2f}",
            "total_theirs": f"{self.total_theirs:.2f}",
            "differences": dict(self.found),
            "new_differences": self.new,
        }


def run(uows: UnitOfWorks, client: Client) -> dict[str, Any]:
    """Compare all books; give counts, totals and differences per type.

    Raises:
        SyncError: QuickBooks could not be read.
    """
    tallies: dict[str, Any] = {}
    for book in BOOKS:
        bodies = [body for page in client.pages(book.entity, book.where) for body in page]
        with uows.begin(actor=SYSTEM, source="pull", summary="Reconciliation") as uow:
            tallies[book.entity_type] = _compare(uow, book, bodies).as_dict()
    total = sum(sum(tally["differences"].values()) for tally in tallies.values())
    return {"types": tallies, "differences": total, "equal": total == 0}


def _compare(uow: UnitOfWork, book: Book, bodies: list[Body]) -> Tally:
    tally = Tally()
    theirs = {str(body["Id"]): body for body in bodies}
    marked = _marked(bodies)
    known = book.ours(uow.session)
    for ours in known:
        body = theirs.pop(ours.qbo_id, None)
        tally.ours += 1
        tally.total_ours += Decimal(0) if ours.is_void else ours.amount or Decimal(0)
        before = sum(tally.found.values())
        if body is None:
            _note(uow, book, tally, ours, "missing_there", ("exists", "missing"))
        else:
            tally.theirs += 1
            tally.total_theirs += fields.amount(body.get("TotalAmt"))
            _compare_one(uow, book, tally, ours, body)
        for copy in marked.get(str(ours.id), []):
            if copy != ours.qbo_id:
                _note(uow, book, tally, ours, "double", (ours.qbo_id, copy))
                theirs.pop(copy, None)
        tally.equal += sum(tally.found.values()) == before
    for qbo_id, body in theirs.items():
        if not book.is_expected(body):
            continue
        tally.theirs += 1
        tally.total_theirs += fields.amount(body.get("TotalAmt"))
        label = str(body.get("DocNumber") or body.get("DisplayName") or qbo_id)
        stranger = Ours(id=None, qbo_id=qbo_id, label=label)
        _note(uow, book, tally, stranger, "missing_here", ("missing", label))
    return tally


def _marked(bodies: list[Body]) -> dict[str, list[str]]:
    copies: dict[str, list[str]] = defaultdict(list)
    for body in bodies:
        marked = fields.marked_id(body.get("PrivateNote"))
        if marked is not None:
            copies[str(marked)].append(str(body["Id"]))
    return copies


def _compare_one(uow: UnitOfWork, book: Book, tally: Tally, ours: Ours, body: Body) -> None:
    is_void = fields.is_voided(body)
    if ours.is_void != is_void and ours.amount is not None:
        words = ("void" if ours.is_void else "open", "void" if is_void else "open")
        _note(uow, book, tally, ours, "voided", words)
        return
    if ours.amount is not None and not is_void:
        theirs = fields.amount(body.get("TotalAmt"))
        if theirs != ours.amount:
            _note(uow, book, tally, ours, "amount", (f"{ours.amount:.2f}", f"{theirs:.2f}"))
    customer = fields.ref_id(body, "CustomerRef")
    if ours.customer is not None and customer != ours.customer:
        _note(uow, book, tally, ours, "customer", (ours.customer, customer or ""))
    number = body.get("DocNumber")
    if ours.number is not None and number != ours.number:
        _note(uow, book, tally, ours, "number", (ours.number, str(number or "")))


def _note(
    uow: UnitOfWork, book: Book, tally: Tally, ours: Ours, kind: str, values: tuple[str, str]
) -> None:
    tally.found[kind] += 1
    found = SyncDifference(
        entity_type=book.entity_type,
        entity_id=ours.id,
        qbo_id=ours.qbo_id,
        label=ours.label[:200],
        kind=kind,
        field=FIELDS.get(kind),
        ours=values[0],
        theirs=values[1],
    )
    tally.new += differences.note(uow, found)


def _customers(session: Session) -> list[Ours]:
    rows = session.execute(
        sa.select(Customer.id, Customer.qb_customer_id, Customer.display_name).where(
            Customer.qb_customer_id.is_not(None)
        )
    )
    return [Ours(key, str(qbo_id), name) for key, qbo_id, name in rows]


def _items(session: Session) -> list[Ours]:
    rows = session.execute(
        sa.select(Product.id, Product.qb_item_id, Product.name).where(
            Product.qb_item_id.is_not(None)
        )
    )
    return [Ours(key, str(qbo_id), name) for key, qbo_id, name in rows]


def _invoices(session: Session) -> list[Ours]:
    rows = session.execute(
        sa.select(
            Invoice.id,
            Invoice.qb_invoice_id,
            Invoice.invoice_number,
            Invoice.total_amount,
            Customer.qb_customer_id,
            Invoice.status,
        )
        .join(Customer, Customer.id == Invoice.customer_id)
        .where(Invoice.qb_invoice_id.is_not(None))
    )
    return [
        Ours(key, str(qbo_id), number, amount, customer, number, status == InvoiceStatus.VOID)
        for key, qbo_id, number, amount, customer, status in rows
    ]


def _payments(session: Session) -> list[Ours]:
    rows = session.execute(
        sa.select(
            Payment.id,
            Payment.qb_payment_id,
            Payment.payment_number,
            Payment.amount,
            Customer.qb_customer_id,
            Payment.voided_at,
        )
        .join(Customer, Customer.id == Payment.customer_id)
        .where(Payment.qb_payment_id.is_not(None))
    )
    return [
        Ours(key, str(qbo_id), number, amount, customer, None, voided_at is not None)
        for key, qbo_id, number, amount, customer, voided_at in rows
    ]


def _is_active(body: Body) -> bool:
    return body.get("Active", True) is not False


def _never(_body: Body) -> bool:
    return False


BOOKS: tuple[Book, ...] = (
    Book("customer", "Customer", ALSO_INACTIVE, _customers, _is_active),
    Book("item", "Item", ALSO_INACTIVE, _items, _never),
    Book("invoice", "Invoice", "", _invoices, lambda _body: True),
    Book("payment", "Payment", "", _payments, lambda body: not fields.is_voided(body)),
)

"""What stands in the way of importing an order by itself: who ordered, what, and is it here yet."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import sqlalchemy as sa

from batchly_admin.domain.order_papers import Paper, PaperReason, PaperSource
from batchly_admin.domain.statuses import OrderStatus
from batchly_admin.models.any_case import is_one_of
from batchly_admin.models.company import Organization
from batchly_admin.models.customers import Customer
from batchly_admin.models.orders import PurchaseOrder
from batchly_admin.services import order_writing
from batchly_admin.services.unit_of_work import UnitOfWork

NOTHING_ASIDE: frozenset[PaperReason] = frozenset()
NEAR = timedelta(days=14)
"""So far apart the same order may be dated when it was typed in by hand."""

SHOWN = 5


@dataclass(frozen=True, slots=True)
class Hindrance:
    """Why a document waits, and which records of ours it is about."""

    reason: PaperReason
    words: str
    order_id: UUID | None = None
    similar_id: UUID | None = None
    customer_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class _Case:
    uow: UnitOfWork
    paper: Paper
    customer: Customer | None
    order: PurchaseOrder | None


def hindrance(
    uow: UnitOfWork,
    paper: Paper,
    *,
    customer: Customer | None = None,
    order: PurchaseOrder | None = None,
    aside: frozenset[PaperReason] = NOTHING_ASIDE,
) -> Hindrance | None:
    """Give the first thing that stands in the way, or None; `order` is the one it came to be."""
    case = _Case(uow, paper, customer or customer_of(uow, paper), order)
    for look in _LOOKS:
        found = look(case)
        if found is not None and found.reason not in aside:
            return found
    return None


def customer_of(uow: UnitOfWork, paper: Paper) -> Customer | None:
    """Give the linked customer a document names, or None."""
    if not paper.customer_ref:
        return None
    query = sa.select(Customer).where(Customer.qb_customer_id == paper.customer_ref)
    return uow.session.scalar(query)


def with_number(uow: UnitOfWork, number: str) -> UUID | None:
    """Give the order that carries a number."""
    query = sa.select(PurchaseOrder.id).where(PurchaseOrder.po_number == number)
    return uow.session.scalar(query)


def _currency(case: _Case) -> Hindrance | None:
    ours = case.uow.session.scalar(sa.select(Organization.currency).limit(1))
    theirs = case.paper.currency
    if not theirs or theirs == ours:
        return None
    return Hindrance(PaperReason.CURRENCY, f"It is in {theirs}; orders here are in {ours}.")


def _figures(case: _Case) -> Hindrance | None:
    paper = case.paper
    if not paper.lines:
        return Hindrance(PaperReason.FIGURES, "It has no lines that could be ordered.")
    if paper.parts == paper.total:
        return None
    words = f"Its total is {paper.total:,}, and what we read in it comes to {paper.parts:,}."
    return Hindrance(PaperReason.FIGURES, words)


def _customer(case: _Case) -> Hindrance | None:
    paper = case.paper
    if case.customer is not None or (case.order is not None and _is_still(case.order, paper)):
        return None
    if paper.source == PaperSource.VENDOR_ORDER and not paper.customer_ref:
        words = f"It is for the vendor {paper.vendor_name or 'nobody'} and names no customer."
        if paper.customers > 1:
            words = f"Its lines are for {paper.customers} customers; choose one."
        return Hindrance(PaperReason.VENDOR, words)
    meant = case.uow.session.scalar(
        sa.select(Customer.id).where(
            is_one_of(Customer.display_name, [paper.customer_name or ""]),
            Customer.qb_customer_id.is_(None),
        )
    )
    words = f"{paper.customer_name or 'Its customer'} is not linked to a customer here."
    return Hindrance(PaperReason.CUSTOMER, words, customer_id=meant)


def _is_still(order: PurchaseOrder, paper: Paper) -> bool:
    """Tell whether a document without a known customer can still be for its order's one."""
    ours = order.customer.qb_customer_id
    return not paper.customer_ref or ours is None or ours == paper.customer_ref


def _items(case: _Case) -> Hindrance | None:
    known = order_writing.known_products(case.uow, case.paper)
    lacking = list(
        dict.fromkeys(
            line.item_name for line in case.paper.lines if line.item_ref and line.key not in known
        )
    )
    if not lacking:
        return None
    names = ", ".join(lacking[:SHOWN]) + (" and others" if len(lacking) > SHOWN else "")
    return Hindrance(PaperReason.ITEMS, f"No product here is linked to {names}.")


def _number(case: _Case) -> Hindrance | None:
    if case.order is not None or not case.paper.doc_number:
        return None
    number = case.paper.doc_number[:60]
    taken = with_number(case.uow, number)
    if taken is None:
        return None
    words = f"There is an order {number} already."
    return Hindrance(PaperReason.NUMBER, words, similar_id=taken)


def _same(case: _Case) -> Hindrance | None:
    """Look for the same order, typed in by hand: customer, total, lines, about the same day."""
    if case.order is not None or case.customer is None:
        return None
    paper = case.paper
    query = sa.select(PurchaseOrder).where(
        PurchaseOrder.customer_id == case.customer.id,
        PurchaseOrder.subtotal == paper.subtotal,
        PurchaseOrder.qb_estimate_id.is_(None),
        PurchaseOrder.qb_po_id.is_(None),
        PurchaseOrder.status != OrderStatus.CANCELLED,
        PurchaseOrder.po_date.between(paper.day - NEAR, paper.day + NEAR),
    )
    wanted = sorted((line.quantity, line.amount) for line in paper.lines)
    for order in case.uow.session.scalars(query.order_by(PurchaseOrder.po_date)):
        if sorted((line.quantity, line.line_total) for line in order.lines) == wanted:
            words = f"{order.po_number} of the same customer has the same lines."
            return Hindrance(PaperReason.SAME, words, similar_id=order.id)
    return None


_LOOKS: tuple[Callable[[_Case], Hindrance | None], ...] = (
    _currency,
    _figures,
    _customer,
    _items,
    _number,
    _same,
)

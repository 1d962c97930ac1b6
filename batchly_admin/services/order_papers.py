"""Take in the orders that QuickBooks has: import what is clear, ask a person about the rest.

Nothing here goes to QuickBooks. What people entered or changed is never overwritten or deleted: an
order that stands as it was imported follows its document, any other waits for a decision.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from batchly_admin.domain.order_papers import (
    Paper,
    PaperReason,
    PaperSource,
    PaperState,
    Standing,
)
from batchly_admin.domain.statuses import Invoicing, OrderStatus
from batchly_admin.errors import UserError
from batchly_admin.models.changes import ChangeItem, ChangeSet
from batchly_admin.models.customers import Customer
from batchly_admin.models.order_papers import OrderPaper
from batchly_admin.models.orders import PurchaseOrder
from batchly_admin.services import order_matching, order_writing, orders, settling
from batchly_admin.services.company import company
from batchly_admin.services.order_matching import NOTHING_ASIDE, Hindrance
from batchly_admin.services.savepoints import savepoint
from batchly_admin.services.unit_of_work import UnitOfWork

WAITS_FOR_OTHERS = (PaperReason.CUSTOMER, PaperReason.ITEMS)
"""What the next pull of customers or items may put right by itself."""

AT_ONCE = 200
WITHOUT_ONE = frozenset({PaperState.KEPT, PaperState.SKIPPED})


class Outcome(StrEnum):
    """What became of one document."""

    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    WAITS = "waits"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class Version:
    """Which version of QuickBooks' record was read, and what it said word by word."""

    body: Mapping[str, Any]
    token: str | None
    changed_at: Any


def is_on(session: Session) -> bool:
    """Tell whether orders are taken from QuickBooks at all."""
    return bool(company(session).setting("sync_purchase_orders"))


def known_ids(session: Session, source: str) -> set[str]:
    """Give QuickBooks' ids of the documents that should still be there."""
    wanted = (
        OrderPaper.source == source,
        sa.or_(OrderPaper.reason.is_(None), OrderPaper.reason != PaperReason.ENDED),
        OrderPaper.state != PaperState.SKIPPED,
    )
    return set(session.scalars(sa.select(OrderPaper.qbo_id).where(*wanted)))


def find(uow: UnitOfWork, source: str, qbo_id: str) -> OrderPaper | None:
    """Give what is kept of a document, locked; None when it was never seen."""
    return uow.session.scalar(
        sa.select(OrderPaper)
        .where(OrderPaper.source == source, OrderPaper.qbo_id == qbo_id)
        .with_for_update(of=OrderPaper)
    )


def take(uow: UnitOfWork, paper: Paper, version: Version) -> Outcome:
    """Take in one document as QuickBooks has it now; the same document again changes nothing."""
    row = find(uow, paper.source, paper.qbo_id)
    if row is None:
        if not _is_wanted(uow, paper):
            return Outcome.UNCHANGED
        row = OrderPaper(source=paper.source, qbo_id=paper.qbo_id, state=PaperState.OPEN.value)
        _write_down(row, paper, version)
        uow.session.add(row)
        return _settle(uow, row, paper)
    is_same = row.paper == paper.as_dict()
    _write_down(row, paper, version)
    if is_same:
        return retry(uow, row) if _may_resolve_itself(uow, row) else Outcome.UNCHANGED
    return _settle(uow, row, paper)


def end(uow: UnitOfWork, source: str, qbo_id: str) -> Outcome:
    """Take in that a document was deleted."""
    row = find(uow, source, qbo_id)
    if row is None or (row.reason == PaperReason.ENDED and row.status == "Deleted"):
        return Outcome.UNCHANGED
    row.status = "Deleted"
    return _end(uow, row, f"{row.label} was deleted in QuickBooks.")


def retry_waiting(uow: UnitOfWork) -> int:
    """Import what waited for a customer or an item that is there now; give how many."""
    waiting = uow.session.scalars(
        sa.select(OrderPaper)
        .where(
            OrderPaper.state == PaperState.OPEN,
            OrderPaper.reason.in_(WAITS_FOR_OTHERS),
            ~_taken_back(),
        )
        .order_by(OrderPaper.doc_date, OrderPaper.id)
        .limit(AT_ONCE)
        .with_for_update(of=OrderPaper, skip_locked=True)
    )
    return sum(retry(uow, row) is Outcome.CREATED for row in list(waiting))


def retry(uow: UnitOfWork, row: OrderPaper) -> Outcome:
    """Import a waiting document when nothing stands in its way any more."""
    paper = Paper.from_dict(row.paper)
    order = order_writing.order_of(uow, paper.source, paper.qbo_id)
    if order_matching.hindrance(uow, paper, order=order) is not None:
        return Outcome.UNCHANGED
    return bring(uow, row, paper) if order is None else _follow(uow, row, paper, order)


def bring(
    uow: UnitOfWork,
    row: OrderPaper,
    paper: Paper,
    *,
    customer: Customer | None = None,
    aside: frozenset[PaperReason] = NOTHING_ASIDE,
) -> Outcome:
    """Make an order of a document, or say what stands in the way; `aside` is not in the way."""
    hindrance = order_matching.hindrance(uow, paper, customer=customer, aside=aside)
    if hindrance is None:
        hindrance = _import(uow, row, paper, customer)
    if hindrance is None:
        return Outcome.CREATED
    return wait(row, hindrance)


def wait(row: OrderPaper, hindrance: Hindrance) -> Outcome:
    """Let a document wait for a person."""
    row.state, row.reason = PaperState.OPEN.value, hindrance.reason.value
    row.words = hindrance.words
    row.order_id = hindrance.order_id or row.order_id
    row.similar_id = hindrance.similar_id
    row.customer_id = hindrance.customer_id or row.customer_id
    return Outcome.WAITS


def settled(row: OrderPaper, order: PurchaseOrder, *, agrees: bool = True) -> None:
    """Note that an order of ours stands for a document; `agrees` lets it follow the document."""
    row.state, row.reason, row.words = PaperState.IMPORTED.value, None, None
    row.order_id, row.customer_id, row.similar_id = order.id, order.customer_id, None
    row.agreed = order_writing.facts(order) if agrees else None


def is_touched(uow: UnitOfWork, row: OrderPaper, order: PurchaseOrder) -> bool:
    """Tell whether anything was done with an order since it last agreed with its document."""
    if row.agreed is None or order.invoicing != Invoicing.NONE:
        return True
    return bool(settling.live_jobs(uow, order.id)) or order_writing.facts(order) != row.agreed


def _is_wanted(uow: UnitOfWork, paper: Paper) -> bool:
    if paper.standing == Standing.OFFERED:
        return bool(company(uow.session).setting("pull_pending_estimates"))
    return paper.standing == Standing.FIRM


def _write_down(row: OrderPaper, paper: Paper, version: Version) -> None:
    values = {
        "label": paper.label[:100],
        "doc_number": paper.doc_number,
        "doc_date": paper.day,
        "customer_ref": paper.customer_ref,
        "customer_name": paper.customer_name,
        "vendor_name": paper.vendor_name,
        "status": paper.status,
        "total_amount": paper.total,
        "paper": paper.as_dict(),
        "body": dict(version.body),
        "qb_sync_token": version.token,
        "qb_last_updated_time": version.changed_at,
    }
    for name, value in values.items():
        if getattr(row, name) != value:
            setattr(row, name, value)


def _may_resolve_itself(uow: UnitOfWork, row: OrderPaper) -> bool:
    if row.state != PaperState.OPEN or row.reason not in WAITS_FOR_OTHERS:
        return False
    again = sa.select(OrderPaper.id).where(OrderPaper.id == row.id, ~_taken_back())
    return uow.session.scalar(again) is not None


def _taken_back() -> sa.ColumnElement[bool]:
    """Give the condition that somebody took a decision back: what they undid stays undone."""
    return (
        sa.exists()
        .where(
            ChangeItem.table_name == OrderPaper.__tablename__,
            ChangeItem.row_id == OrderPaper.id,
            ChangeSet.id == ChangeItem.change_set_id,
            ChangeSet.undoes_id.is_not(None),
        )
        .correlate(OrderPaper)
    )


def _settle(uow: UnitOfWork, row: OrderPaper, paper: Paper) -> Outcome:
    """Decide what a new or changed document means."""
    if paper.standing == Standing.ENDED:
        return _end(uow, row, f"{paper.label} {paper.ending} in QuickBooks.")
    order = order_writing.order_of(uow, paper.source, paper.qbo_id)
    if order is not None:
        return _follow(uow, row, paper, order)
    if row.state in WITHOUT_ONE and row.reason != PaperReason.ENDED:
        words = f"{paper.label} was left out, and has changed in QuickBooks since."
        return wait(row, Hindrance(PaperReason.LEFT_OUT, words))
    if row.state == PaperState.IMPORTED:
        words = f"The order of {paper.label} was deleted here, and it changed in QuickBooks."
        return wait(row, Hindrance(PaperReason.DELETED, words))
    return bring(uow, row, paper)


def _follow(uow: UnitOfWork, row: OrderPaper, paper: Paper, order: PurchaseOrder) -> Outcome:
    """Bring the order up to its changed document, unless somebody has worked on it."""
    if is_touched(uow, row, order):
        words = f"{paper.label} changed in QuickBooks after {order.po_number} was worked on here."
        return wait(row, Hindrance(PaperReason.CONFLICT, words, order_id=order.id))
    hindrance = order_matching.hindrance(uow, paper, order=order)
    if hindrance is None:
        hindrance = rewrite(uow, row, paper, order)
    return wait(row, hindrance) if hindrance is not None else Outcome.UPDATED


def rewrite(
    uow: UnitOfWork,
    row: OrderPaper,
    paper: Paper,
    order: PurchaseOrder,
    customer: Customer | None = None,
) -> Hindrance | None:
    """Write a document over its order; give why that is not possible, or None when it was done."""
    customer = customer or order_matching.customer_of(uow, paper) or order.customer
    products = order_writing.known_products(uow, paper)
    try:
        with savepoint(uow):
            order_writing.update(uow, order, paper, customer=customer, products=products)
    except UserError as refused:
        return Hindrance(PaperReason.FIGURES, refused.message, order_id=order.id)
    settled(row, order)
    return None


def _import(
    uow: UnitOfWork, row: OrderPaper, paper: Paper, customer: Customer | None
) -> Hindrance | None:
    buyer = customer or order_matching.customer_of(uow, paper)
    if buyer is None:
        return Hindrance(PaperReason.CUSTOMER, "It names no customer of ours.")
    products = order_writing.known_products(uow, paper)
    try:
        with savepoint(uow):
            number = _free_number(uow, paper)
            order = order_writing.create(
                uow, paper, customer=buyer, products=products, number=number
            )
    except UserError as refused:
        return Hindrance(PaperReason.FIGURES, refused.message)
    settled(row, order)
    return None


def _free_number(uow: UnitOfWork, paper: Paper) -> str:
    """Give the document's own number, one made of it when that is taken, else the next of ours."""
    if paper.doc_number:
        for number in (paper.doc_number[:60], f"{paper.doc_number[:40]}-{paper.qbo_id}"[:60]):
            if order_matching.with_number(uow, number) is None:
                return number
    return orders.next_number(uow)


def _end(uow: UnitOfWork, row: OrderPaper, words: str) -> Outcome:
    """Flag the order of a document that is over; the order itself stays as it is."""
    order = order_writing.order_of(uow, row.source, row.qbo_id)
    if order is None:
        if row.state != PaperState.OPEN:
            return Outcome.UNCHANGED
        row.state, row.reason, row.words = PaperState.SKIPPED.value, PaperReason.ENDED.value, words
        return Outcome.ENDED
    if order.status == OrderStatus.CANCELLED or order.invoicing == Invoicing.FULL:
        row.reason, row.words = PaperReason.ENDED.value, words
        return Outcome.UNCHANGED
    wait(row, Hindrance(PaperReason.ENDED, words, order_id=order.id))
    order.warning = words[:300]
    uow.session.flush()
    return Outcome.ENDED


SOURCES = {"Estimate": PaperSource.ESTIMATE.value, "PurchaseOrder": PaperSource.VENDOR_ORDER.value}
"""Our name of each entity of QuickBooks that orders come from."""

"""What a person decides about an order of QuickBooks that could not be imported by itself.

Each decision is one change set: it imports, changes or links the order by the same path that a
pull takes, and says who decided. Taking it back takes all of that back.
"""

from __future__ import annotations

from uuid import UUID

import sqlalchemy as sa

from batchly_admin.domain.order_papers import Paper, PaperReason, PaperSource, PaperState
from batchly_admin.domain.statuses import SyncState
from batchly_admin.errors import Conflict, InvalidInput, NotFound
from batchly_admin.ids import new_id
from batchly_admin.models.customers import Customer
from batchly_admin.models.order_papers import OrderPaper
from batchly_admin.models.orders import PurchaseOrder
from batchly_admin.services import (
    customers,
    order_matching,
    order_papers,
    order_writing,
    orders,
    outbox,
    pushing,
    settling,
)
from batchly_admin.services.order_papers import Outcome
from batchly_admin.services.unit_of_work import UnitOfWork

NEW_ANYWAY = frozenset(
    {PaperReason.ITEMS, PaperReason.NUMBER, PaperReason.SAME, PaperReason.FIGURES}
)
"""What a person may import in spite of."""

NEEDS_A_CUSTOMER = frozenset({PaperReason.CUSTOMER, PaperReason.VENDOR})


def create_customer(uow: UnitOfWork, *, paper_id: UUID) -> PurchaseOrder:
    """Make the customer a document names, linked to QuickBooks', and import the document.

    Raises:
        Conflict: when that is not what it waits for, or something else stands in the way.
        InvalidInput: when the customer cannot be made of what is known.
    """
    row, paper = _open(uow, paper_id)
    if row.reason not in NEEDS_A_CUSTOMER:
        raise Conflict("Its customer is known already.")
    if not paper.customer_ref:
        raise Conflict("It names no customer; link it to one of yours.")
    customer = order_matching.customer_of(uow, paper) or _make(uow, paper)
    order = _bring(uow, row, paper, customer)
    _decide(uow, row, f"Created {customer.display_name} and imported as {order.po_number}.")
    return order


def link_customer(uow: UnitOfWork, *, paper_id: UUID, customer_id: UUID | None) -> PurchaseOrder:
    """Say which of our customers a document means, and import it.

    The customer is linked to QuickBooks' one when it is linked to none yet; otherwise the choice
    is for this document only.

    Raises:
        Conflict: when that is not what it waits for, or something else stands in the way.
        InvalidInput: when no usable customer is given.
    """
    row, paper = _open(uow, paper_id)
    if row.reason not in NEEDS_A_CUSTOMER:
        raise Conflict("Its customer is known already.")
    wanted = customer_id or row.customer_id
    customer = uow.session.get(Customer, wanted, with_for_update=True) if wanted else None
    if customer is None:
        raise InvalidInput("Choose a customer.", field="customer_id")
    _link(uow, customer, paper)
    order = _bring(uow, row, paper, customer)
    _decide(uow, row, f"Linked to {customer.display_name} and imported as {order.po_number}.")
    return order


def link_order(uow: UnitOfWork, *, paper_id: UUID, order_id: UUID | None) -> PurchaseOrder:
    """Say that a document is an order we have; the order stays as it is.

    Raises:
        Conflict: when the document has an order already, or the order another document.
        InvalidInput: when no order is given.
    """
    row, paper = _open(uow, paper_id)
    known = order_writing.order_of(uow, paper.source, paper.qbo_id)
    wanted = order_id or row.similar_id
    if wanted is None:
        raise InvalidInput("Choose an order.", field="order_id")
    if known is not None and known.id != wanted:
        raise Conflict(f"It is the order {known.po_number} already.")
    order = settling.lock_order(uow, wanted)
    column = order_writing.ID_COLUMNS[paper.source].key
    if getattr(order, column) not in (None, paper.qbo_id):
        kind = PaperSource(paper.source).label.lower()
        raise Conflict(f"{order.po_number} came from another {kind} of QuickBooks.")
    setattr(order, column, paper.qbo_id)
    order_papers.settled(row, order, agrees=False)
    _decide(uow, row, f"Linked to {order.po_number}.")
    return order


def import_new(uow: UnitOfWork, *, paper_id: UUID) -> PurchaseOrder:
    """Import a document as an order of its own, whatever it resembles.

    Raises:
        Conflict: when it has an order already, or its customer is missing.
    """
    row, paper = _open(uow, paper_id)
    order = _import(uow, row, paper, None, aside=NEW_ANYWAY)
    _decide(uow, row, f"Imported as {order.po_number}.")
    return order


def take_theirs(uow: UnitOfWork, *, paper_id: UUID) -> PurchaseOrder:
    """Let the order say what QuickBooks says; where the document is over, cancel the order.

    Raises:
        Conflict: when there is no order, or it is made or invoiced already.
    """
    row, paper = _open(uow, paper_id)
    order = _order_of(uow, paper)
    if row.reason == PaperReason.ENDED:
        orders.cancel(uow, order_id=order.id)
        _close(row, PaperState.SKIPPED)
        row.reason = PaperReason.ENDED.value
        _decide(uow, row, f"Cancelled {order.po_number}.")
        return order
    _rewrite(uow, row, paper, order)
    _decide(uow, row, f"Took QuickBooks' lines into {order.po_number}.")
    return order


def keep_ours(uow: UnitOfWork, *, paper_id: UUID) -> PurchaseOrder:
    """Leave the order as it is here.

    Raises:
        Conflict: when there is no order of ours.
    """
    row, paper = _open(uow, paper_id)
    order = _order_of(uow, paper)
    was_over = row.reason == PaperReason.ENDED
    if was_over and order.warning == row.words:
        order.warning = None
    _close(row, PaperState.KEPT)
    row.reason = PaperReason.ENDED.value if was_over else None
    row.agreed = None
    _decide(uow, row, f"Kept {order.po_number} as it is.")
    return order


def skip(uow: UnitOfWork, *, paper_id: UUID) -> OrderPaper:
    """Leave a document out until it changes in QuickBooks.

    Raises:
        Conflict: when an order of ours stands for it.
    """
    row, paper = _open(uow, paper_id)
    order = order_writing.order_of(uow, paper.source, paper.qbo_id)
    if order is not None:
        raise Conflict(f"It is the order {order.po_number}: keep ours, or take theirs.")
    _close(row, PaperState.SKIPPED)
    _decide(uow, row, "Left out.")
    return row


def _open(uow: UnitOfWork, paper_id: UUID) -> tuple[OrderPaper, Paper]:
    row = uow.session.scalar(
        sa.select(OrderPaper)
        .where(OrderPaper.id == paper_id)
        .with_for_update(of=OrderPaper)
        .execution_options(populate_existing=True)
    )
    if row is None:
        raise NotFound("This document is no longer there.")
    if row.state != PaperState.OPEN:
        raise Conflict(f"It is decided already: {PaperState(row.state).label.lower()}.")
    return row, Paper.from_dict(row.paper)


def _import(
    uow: UnitOfWork,
    row: OrderPaper,
    paper: Paper,
    customer: Customer | None,
    *,
    aside: frozenset[PaperReason] = order_matching.NOTHING_ASIDE,
) -> PurchaseOrder:
    if row.reason == PaperReason.ENDED or paper.standing == "ended":
        raise Conflict(f"{row.label} is over in QuickBooks; leave it out.")
    known = order_writing.order_of(uow, paper.source, paper.qbo_id)
    if known is not None:
        raise Conflict(f"It is the order {known.po_number} already.")
    outcome = order_papers.bring(uow, row, paper, customer=customer, aside=aside)
    if outcome is not Outcome.CREATED or row.order_id is None:
        raise Conflict(row.words or "It cannot be imported.")
    return settling.lock_order(uow, row.order_id)


def _bring(uow: UnitOfWork, row: OrderPaper, paper: Paper, customer: Customer) -> PurchaseOrder:
    """Import a document for a customer; one that has its order already moves that there."""
    order = order_writing.order_of(uow, paper.source, paper.qbo_id)
    if order is None:
        return _import(uow, row, paper, customer)
    _rewrite(uow, row, paper, order, customer)
    return order


def _rewrite(
    uow: UnitOfWork,
    row: OrderPaper,
    paper: Paper,
    order: PurchaseOrder,
    customer: Customer | None = None,
) -> None:
    if row.reason == PaperReason.CURRENCY:
        raise Conflict(row.words or "It is in another currency.")
    refused = order_papers.rewrite(uow, row, paper, order, customer)
    if refused is not None:
        raise Conflict(refused.words)


def _order_of(uow: UnitOfWork, paper: Paper) -> PurchaseOrder:
    order = order_writing.order_of(uow, paper.source, paper.qbo_id)
    if order is None:
        raise Conflict("No order of yours came of it; link it to one, or import it as new.")
    return order


def _close(row: OrderPaper, state: PaperState) -> None:
    row.state, row.reason, row.words = state.value, None, None


def _decide(uow: UnitOfWork, row: OrderPaper, words: str) -> None:
    row.decision = words[:200]
    row.decided_by_id, row.decided_at = uow.actor.user_id, uow.now()
    uow.session.flush()


def _make(uow: UnitOfWork, paper: Paper) -> Customer:
    """Make a customer of what QuickBooks told; it is linked, so it is never sent there anew."""
    told = {key: value for key, value in (paper.customer or {}).items() if value is not None}
    name = str(told.get("display_name") or paper.customer_name or "")
    customer = Customer(
        **{**told, "display_name": name, "is_active": True},
        id=new_id(),
        qb_customer_id=paper.customer_ref,
        sync_state=SyncState.SYNCED.value,
    )
    customers.check(uow, customer)
    uow.session.add(customer)
    uow.session.flush()
    return customer


def _link(uow: UnitOfWork, customer: Customer, paper: Paper) -> None:
    """Link a customer to the one in QuickBooks, unless either of them is linked already."""
    if customer.qb_customer_id or not paper.customer_ref:
        return
    if order_matching.customer_of(uow, paper) is not None:
        return
    # A new customer that still waits to be sent would be made there a second time.
    if not pushing.withdraw(uow, customer, "Linked to a customer of QuickBooks."):
        raise Conflict(pushing.ON_ITS_WAY)
    customer.qb_customer_id = paper.customer_ref
    outbox.set_badge(customer, SyncState.SYNCED, None)
    uow.session.flush()

"""What the page of orders from QuickBooks shows: last pulls, counts, both sides compared."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import zip_longest
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from batchly_admin.domain.order_papers import Paper, PaperLine, PaperState
from batchly_admin.models.order_papers import OrderPaper
from batchly_admin.models.orders import PoLineItem, PurchaseOrder
from batchly_admin.models.sync import QbSyncStatus, ScheduleSlot

PULLS = ("estimates", "purchase_orders")
UNFINISHED = ("pending", "running")


@dataclass(frozen=True, slots=True)
class LastPull:
    """How the last pull of one kind went."""

    name: str
    at: datetime | None
    changed: int
    error: str | None
    is_waiting: bool
    is_running: bool


@dataclass(frozen=True, slots=True)
class Compared:
    """One row of both sides: a field, or a line."""

    label: str
    ours: Any
    theirs: Any
    kind: str = "text"

    @property
    def differs(self) -> bool:
        """Tell whether the two sides say different things."""
        return bool(self.ours != self.theirs and (self.ours or self.theirs))


@dataclass(frozen=True, slots=True)
class Comparison:
    """An order of ours beside QuickBooks' document."""

    order: PurchaseOrder | None
    head: tuple[Compared, ...]
    lines: tuple[Compared, ...]

    @property
    def rows(self) -> tuple[Compared, ...]:
        """The fields, then the lines."""
        return self.head + self.lines


def counts(session: Session) -> dict[str, int]:
    """Give how many documents there are in each state."""
    found = session.execute(
        sa.select(OrderPaper.state, sa.func.count()).group_by(OrderPaper.state)
    ).all()
    return {state.value: 0 for state in PaperState} | dict(found)


def last_pulls(session: Session) -> list[LastPull]:
    """Give how the last pull of each kind went, and whether one is on its way."""
    known = {
        row.sync_type: row
        for row in session.scalars(sa.select(QbSyncStatus).where(QbSyncStatus.sync_type.in_(PULLS)))
    }
    going: dict[str, str] = dict(
        session.execute(
            sa.select(ScheduleSlot.name, sa.func.max(ScheduleSlot.state))
            .where(ScheduleSlot.name.in_(PULLS), ScheduleSlot.state.in_(UNFINISHED))
            .group_by(ScheduleSlot.name)
        ).all()
    )
    return [_last(name, known.get(name), going.get(name)) for name in PULLS]


def _last(name: str, row: QbSyncStatus | None, going: str | None) -> LastPull:
    return LastPull(
        name=name,
        at=row.last_success_at if row is not None else None,
        changed=row.records_synced if row is not None else 0,
        error=row.error_message if row is not None else None,
        is_waiting=going == "pending",
        is_running=going == "running",
    )


def comparison(session: Session, paper_id: UUID) -> Comparison | None:
    """Give both sides of a document, or None when it is not there."""
    row = session.get(OrderPaper, paper_id)
    if row is None:
        return None
    paper = Paper.from_dict(row.paper)
    order_id = row.order_id or row.similar_id
    order = session.get(PurchaseOrder, order_id) if order_id else None
    lines = list(order.lines) if order is not None else []
    return Comparison(order, tuple(_head(order, paper)), tuple(_lines(lines, paper.lines)))


def _head(order: PurchaseOrder | None, paper: Paper) -> Iterator[Compared]:
    pairs = (
        ("Number", "po_number", paper.doc_number, "text"),
        ("Customer", "customer_name", paper.customer_name, "text"),
        ("Dated", "po_date", paper.day, "date"),
        ("Due", "due_date", paper.due_date, "date"),
        ("Lines", "subtotal", paper.subtotal, "money"),
        ("Discount", "discount_amount", paper.discount, "money"),
        ("Shipping", "shipping_amount", paper.shipping, "money"),
        ("Tax", "tax_amount", paper.tax, "money"),
        ("Total", "total_amount", paper.total, "money"),
        ("Notes", "customer_notes", paper.customer_notes, "text"),
    )
    for label, column, theirs, kind in pairs:
        ours = getattr(order, column) if order is not None else None
        yield Compared(label, ours, theirs, kind)


def _lines(ours: Sequence[PoLineItem], theirs: Sequence[PaperLine]) -> Iterator[Compared]:
    for number, (mine, other) in enumerate(zip_longest(ours, theirs), start=1):
        yield Compared(
            f"Line {number}",
            _words(mine.item_name, mine.quantity, mine.unit_price, mine.line_total)
            if mine is not None
            else None,
            _words(other.item_name, other.quantity, other.unit_price, other.amount)
            if other is not None
            else None,
        )


def _words(name: str, quantity: Any, price: Any, amount: Any) -> str:
    return f"{name}: {quantity.normalize():f} at {price.normalize():f} = {amount:,}"

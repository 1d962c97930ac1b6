"""The orders that QuickBooks has: what was read, what became of it, what a person decided."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any, ClassVar
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from batchly_admin.db import Base, Guid, Json, Money, UtcDateTime
from batchly_admin.domain.order_papers import PaperReason, PaperSource, PaperState
from batchly_admin.models.base import Record, foreign, one_of


class OrderPaper(Record, Base):
    """One estimate or purchase order of QuickBooks.

    `body` is QuickBooks' own answer, `paper` what we read in it; `agreed` is how our order stood
    when it last agreed with the document, so an order that stands otherwise was changed here.
    """

    __tablename__ = "order_papers"
    __table_args__ = (
        one_of("source", PaperSource),
        one_of("state", PaperState),
        one_of("reason", PaperReason),
        sa.UniqueConstraint("source", "qbo_id"),
        sa.Index("ix_order_papers_state_doc_date", "state", "doc_date"),
        sa.Index("ix_order_papers_doc_date_id", "doc_date", "id"),
    )
    __untracked_columns__: ClassVar[frozenset[str]] = Record.__untracked_columns__ | {
        "body",
        "paper",
        "agreed",
        "qb_sync_token",
        "qb_last_updated_time",
    }

    source: Mapped[str] = mapped_column(sa.String(20))
    qbo_id: Mapped[str] = mapped_column(sa.String(40))
    label: Mapped[str] = mapped_column(sa.String(100))
    doc_number: Mapped[str | None] = mapped_column(sa.String(60))
    doc_date: Mapped[date] = mapped_column(sa.Date)
    customer_ref: Mapped[str | None] = mapped_column(sa.String(40))
    customer_name: Mapped[str | None] = mapped_column(sa.String(500))
    vendor_name: Mapped[str | None] = mapped_column(sa.String(500))
    status: Mapped[str] = mapped_column(sa.String(20), default="")
    total_amount: Mapped[Decimal] = mapped_column(Money(), default=Decimal(0))
    state: Mapped[str] = mapped_column(sa.String(20), default=PaperState.OPEN)
    reason: Mapped[str | None] = mapped_column(sa.String(20))
    words: Mapped[str | None] = mapped_column(sa.Text)
    order_id: Mapped[UUID | None] = mapped_column(
        Guid, foreign("purchase_orders.id", ondelete="SET NULL"), index=True
    )
    # Another order that may be the same, while nobody has decided.
    similar_id: Mapped[UUID | None] = mapped_column(
        Guid, foreign("purchase_orders.id", ondelete="SET NULL"), index=True
    )
    # Ours, or the one that is probably meant.
    customer_id: Mapped[UUID | None] = mapped_column(
        Guid, foreign("customers.id", ondelete="SET NULL"), index=True
    )
    body: Mapped[dict[str, Any] | None] = mapped_column(Json)
    paper: Mapped[dict[str, Any]] = mapped_column(Json)
    agreed: Mapped[dict[str, Any] | None] = mapped_column(Json)
    qb_sync_token: Mapped[str | None] = mapped_column(sa.String(20))
    qb_last_updated_time: Mapped[datetime | None] = mapped_column(UtcDateTime)
    decision: Mapped[str | None] = mapped_column(sa.String(200))
    decided_by_id: Mapped[UUID | None] = mapped_column(
        Guid, foreign("users.id", ondelete="SET NULL"), index=True
    )
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

"""Stock: what lies on the shelf, how it moved, what is reserved for which job."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from batchly_admin.db import Base, Guid, Price, Quantity, UtcDateTime
from batchly_admin.models.base import Record, foreign
from batchly_admin.models.catalogue import Product
from batchly_admin.models.production import Job, JobLineItem


class InventoryItem(Record, Base):
    """A material we keep; `quantity_allocated` can never exceed what is on hand."""

    __tablename__ = "inventory_items"
    __table_args__ = (
        sa.CheckConstraint("quantity_on_hand >= 0", name="on_hand"),
        sa.CheckConstraint(
            "quantity_allocated >= 0 AND quantity_allocated <= quantity_on_hand", name="allocated"
        ),
    )

    name: Mapped[str] = mapped_column(sa.String(120), unique=True)
    sku: Mapped[str | None] = mapped_column(sa.String(100), unique=True)
    product_id: Mapped[UUID | None] = mapped_column(
        Guid, foreign("products.id", ondelete="SET NULL"), index=True
    )
    unit_of_measure: Mapped[str] = mapped_column(sa.String(20), default="each")
    quantity_on_hand: Mapped[Decimal] = mapped_column(Quantity(), default=Decimal(0))
    quantity_allocated: Mapped[Decimal] = mapped_column(Quantity(), default=Decimal(0))
    reorder_point: Mapped[Decimal | None] = mapped_column(Quantity())
    unit_cost: Mapped[Decimal] = mapped_column(Price(), default=Decimal(0))
    location: Mapped[str | None] = mapped_column(sa.String(60))
    is_active: Mapped[bool] = mapped_column(default=True)

    product: Mapped[Product | None] = relationship()


class StockMovement(Record, Base):
    """One change of one quantity; the movements are the truth, the quantity is their sum."""

    __tablename__ = "stock_movements"
    __table_args__ = (sa.Index("ix_stock_movements_moved_at_id", "moved_at", "id"),)

    inventory_item_id: Mapped[UUID] = mapped_column(Guid, foreign("inventory_items.id"), index=True)
    job_id: Mapped[UUID | None] = mapped_column(
        Guid, foreign("jobs.id", ondelete="SET NULL"), index=True
    )
    reason: Mapped[str] = mapped_column(sa.String(30))
    quantity: Mapped[Decimal] = mapped_column(Quantity())
    unit_cost: Mapped[Decimal | None] = mapped_column(Price())
    moved_at: Mapped[datetime] = mapped_column(UtcDateTime)
    notes: Mapped[str | None] = mapped_column(sa.Text)

    inventory_item: Mapped[InventoryItem] = relationship()
    job: Mapped[Job | None] = relationship()


class InventoryAllocation(Record, Base):
    """Material reserved for a line of a job, and how much of it was used."""

    __tablename__ = "inventory_allocations"
    __table_args__ = (
        sa.UniqueConstraint("inventory_item_id", "job_line_item_id"),
        sa.CheckConstraint("quantity > 0", name="quantity"),
        sa.CheckConstraint(
            "quantity_consumed >= 0 AND quantity_consumed <= quantity", name="consumed"
        ),
    )

    inventory_item_id: Mapped[UUID] = mapped_column(Guid, foreign("inventory_items.id"))
    job_line_item_id: Mapped[UUID] = mapped_column(
        Guid, foreign("job_line_items.id", ondelete="CASCADE"), index=True
    )
    quantity: Mapped[Decimal] = mapped_column(Quantity())
    quantity_consumed: Mapped[Decimal] = mapped_column(Quantity(), default=Decimal(0))

    inventory_item: Mapped[InventoryItem] = relationship()
    job_line: Mapped[JobLineItem] = relationship()

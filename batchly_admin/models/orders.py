"""Customers' purchase orders to us and the templates that daily orders are made from."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any, ClassVar
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from batchly_admin.db import Base, Guid, Json, Money, Price, Quantity
from batchly_admin.domain.statuses import Invoicing, OrderStatus
from batchly_admin.models.base import SYNC_COLUMNS, Record, Synced, foreign, one_of
from batchly_admin.models.catalogue import Product, TaxCode
from batchly_admin.models.customers import Customer
from batchly_admin.models.generated import LineTotal


class PurchaseOrder(Record, Synced, Base):
    """What a customer ordered; it never goes to QuickBooks itself, only its invoices do."""

    __tablename__ = "purchase_orders"
    __table_args__ = (
        one_of("status", OrderStatus),
        one_of("invoicing", Invoicing),
        sa.CheckConstraint("priority BETWEEN 1 AND 5", name="priority"),
        sa.CheckConstraint("due_date IS NULL OR due_date >= po_date", name="due_date"),
        # The grid's default sort, and the windows into it.
        sa.Index("ix_purchase_orders_po_date_id", "po_date", "id"),
        # The work queues of the home page.
        sa.Index("ix_purchase_orders_status_po_date_id", "status", "po_date", "id"),
        sa.Index("ix_purchase_orders_due_date_id", "due_date", "id"),
        sa.Index("ix_purchase_orders_total_amount_id", "total_amount", "id"),
        sa.Index("ix_purchase_orders_customer_name_id", "customer_name", "id"),
        # Groups and their totals, answered from the index alone.
        sa.Index(
            "ix_purchase_orders_by_customer",
            "customer_id",
            "customer_name",
            "total_amount",
        ),
        sa.Index(
            "ix_purchase_orders_by_status",
            "status",
            "customer_id",
            "customer_name",
            "po_date",
            "total_amount",
        ),
    )
    __untracked_columns__: ClassVar[frozenset[str]] = Record.__untracked_columns__ | SYNC_COLUMNS

    po_number: Mapped[str] = mapped_column(sa.String(60), unique=True)
    customer_id: Mapped[UUID] = mapped_column(Guid, foreign("customers.id"))
    customer_name: Mapped[str] = mapped_column(sa.String(500))
    status: Mapped[str] = mapped_column(sa.String(20), default=OrderStatus.PENDING)
    po_date: Mapped[date] = mapped_column(sa.Date)
    due_date: Mapped[date | None] = mapped_column(sa.Date)
    ship_date: Mapped[date | None] = mapped_column(sa.Date)
    billing_address: Mapped[dict[str, Any] | None] = mapped_column(Json)
    shipping_address: Mapped[dict[str, Any] | None] = mapped_column(Json)
    subtotal: Mapped[Decimal] = mapped_column(Money(), default=Decimal(0))
    discount_amount: Mapped[Decimal] = mapped_column(Money(), default=Decimal(0))
    shipping_amount: Mapped[Decimal] = mapped_column(Money(), default=Decimal(0))
    tax_code_id: Mapped[UUID | None] = mapped_column(Guid, foreign("tax_codes.id"))
    tax_amount: Mapped[Decimal] = mapped_column(Money(), default=Decimal(0))
    total_amount: Mapped[Decimal] = mapped_column(Money(), default=Decimal(0))
    payment_terms: Mapped[str | None] = mapped_column(sa.String(60))
    shipping_terms: Mapped[str | None] = mapped_column(sa.String(60))
    customer_notes: Mapped[str | None] = mapped_column(sa.Text)
    internal_notes: Mapped[str | None] = mapped_column(sa.Text)
    special_instructions: Mapped[str | None] = mapped_column(sa.Text)
    priority: Mapped[int] = mapped_column(default=3)
    rush_order: Mapped[bool] = mapped_column(default=False)
    source: Mapped[str] = mapped_column(sa.String(20), default="batchly")
    # What a person has to know before approving, such as lines that an import refused.
    warning: Mapped[str | None] = mapped_column(sa.String(300))
    job_count: Mapped[int] = mapped_column(default=0)
    invoicing: Mapped[str] = mapped_column(sa.String(20), default=Invoicing.NONE)
    import_run_id: Mapped[UUID | None] = mapped_column(
        Guid, foreign("import_runs.id", ondelete="SET NULL"), index=True
    )
    qb_po_id: Mapped[str | None] = mapped_column(sa.String(40), unique=True)
    qb_estimate_id: Mapped[str | None] = mapped_column(sa.String(40), unique=True)

    customer: Mapped[Customer] = relationship()
    tax_code: Mapped[TaxCode | None] = relationship()
    lines: Mapped[list[PoLineItem]] = relationship(
        back_populates="order",
        order_by="PoLineItem.line_number",
        cascade="all, delete-orphan",
        passive_deletes=True,
    )


class PoLineItem(Record, Base):
    """One line of a purchase order."""

    __tablename__ = "po_line_items"
    __table_args__ = (
        sa.UniqueConstraint("po_id", "line_number"),
        sa.CheckConstraint("quantity > 0", name="quantity"),
        sa.CheckConstraint("unit_price >= 0", name="unit_price"),
        sa.CheckConstraint(
            "quantity_invoiced + quantity_cancelled <= quantity", name="not_billed_twice"
        ),
        sa.CheckConstraint("quantity_invoiced >= 0 AND quantity_cancelled >= 0", name="counts"),
    )
    __untracked_columns__: ClassVar[frozenset[str]] = Record.__untracked_columns__ | {"line_total"}

    po_id: Mapped[UUID] = mapped_column(Guid, foreign("purchase_orders.id", ondelete="CASCADE"))
    line_number: Mapped[int] = mapped_column()
    product_id: Mapped[UUID | None] = mapped_column(Guid, foreign("products.id"), index=True)
    item_name: Mapped[str] = mapped_column(sa.String(200))
    description: Mapped[str | None] = mapped_column(sa.Text)
    sku: Mapped[str | None] = mapped_column(sa.String(100))
    quantity: Mapped[Decimal] = mapped_column(Quantity())
    unit_of_measure: Mapped[str] = mapped_column(sa.String(20), default="each")
    unit_price: Mapped[Decimal] = mapped_column(Price())
    line_total: Mapped[Decimal] = mapped_column(
        Money(), sa.Computed(LineTotal("quantity", "unit_price"), persisted=True)
    )
    is_taxable: Mapped[bool] = mapped_column(default=True)
    quantity_invoiced: Mapped[Decimal] = mapped_column(Quantity(), default=Decimal(0))
    quantity_cancelled: Mapped[Decimal] = mapped_column(Quantity(), default=Decimal(0))
    print_specifications: Mapped[dict[str, Any] | None] = mapped_column(Json)
    estimated_production_hours: Mapped[Decimal | None] = mapped_column(Quantity())
    special_instructions: Mapped[str | None] = mapped_column(sa.Text)
    # Names the line of the file it came from, so that a second import finds it.
    import_key: Mapped[str | None] = mapped_column(sa.String(64), unique=True)

    order: Mapped[PurchaseOrder] = relationship(back_populates="lines")
    product: Mapped[Product | None] = relationship()


class OrderTemplate(Record, Base):
    """An order that comes again: which customer, which lines, on which weekdays."""

    __tablename__ = "order_templates"

    name: Mapped[str] = mapped_column(sa.String(120), unique=True)
    customer_id: Mapped[UUID] = mapped_column(Guid, foreign("customers.id"), index=True)
    weekdays: Mapped[Any] = mapped_column(Json)
    is_active: Mapped[bool] = mapped_column(default=True)
    notes: Mapped[str | None] = mapped_column(sa.Text)

    customer: Mapped[Customer] = relationship()


class OrderTemplateLine(Record, Base):
    """One line of an order template."""

    __tablename__ = "order_template_lines"
    __table_args__ = (
        sa.UniqueConstraint("template_id", "line_number"),
        sa.CheckConstraint("quantity > 0", name="quantity"),
    )

    template_id: Mapped[UUID] = mapped_column(
        Guid, foreign("order_templates.id", ondelete="CASCADE")
    )
    line_number: Mapped[int] = mapped_column()
    product_id: Mapped[UUID] = mapped_column(Guid, foreign("products.id"), index=True)
    quantity: Mapped[Decimal] = mapped_column(Quantity())
    unit_price: Mapped[Decimal | None] = mapped_column(Price())

    template: Mapped[OrderTemplate] = relationship()
    product: Mapped[Product] = relationship()

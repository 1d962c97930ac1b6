"""Customers and what belongs to them."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any, ClassVar
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from batchly_admin.db import Base, Guid, Json, Money, Price, UtcDateTime
from batchly_admin.models.base import SYNC_COLUMNS, Record, Synced, foreign
from batchly_admin.models.catalogue import PaymentTerm, Product, TaxCode
from batchly_admin.models.company import User


class Customer(Record, Synced, Base):
    """Somebody who orders from us (the owner's document calls the table qb_customers)."""

    __tablename__ = "customers"
    __table_args__ = (
        sa.Index("ix_customers_display_name_id", "display_name", "id"),
        sa.Index("ix_customers_sync_state", "sync_state"),
    )
    __untracked_columns__: ClassVar[frozenset[str]] = (
        Record.__untracked_columns__ | SYNC_COLUMNS | {"balance"}
    )

    display_name: Mapped[str] = mapped_column(sa.String(500), unique=True)
    name: Mapped[str | None] = mapped_column(sa.String(500))
    company_name: Mapped[str | None] = mapped_column(sa.String(100))
    account_number: Mapped[str | None] = mapped_column(sa.String(100), unique=True)
    email: Mapped[str | None] = mapped_column(sa.String(100), index=True)
    phone: Mapped[str | None] = mapped_column(sa.String(30))
    mobile: Mapped[str | None] = mapped_column(sa.String(30))
    fax: Mapped[str | None] = mapped_column(sa.String(30))
    website: Mapped[str | None] = mapped_column(sa.String(1000))
    billing_address: Mapped[dict[str, Any] | None] = mapped_column(Json)
    shipping_address: Mapped[dict[str, Any] | None] = mapped_column(Json)
    payment_term_id: Mapped[UUID | None] = mapped_column(
        Guid, foreign("payment_terms.id"), index=True
    )
    credit_limit: Mapped[Decimal | None] = mapped_column(Money())
    tax_exempt: Mapped[bool] = mapped_column(default=False)
    default_tax_code_id: Mapped[UUID | None] = mapped_column(
        Guid, foreign("tax_codes.id"), index=True
    )
    preferred_delivery_method: Mapped[str | None] = mapped_column(sa.String(20))
    notes: Mapped[str | None] = mapped_column(sa.Text)
    is_active: Mapped[bool] = mapped_column(default=True)
    balance: Mapped[Decimal | None] = mapped_column(Money())
    qb_customer_id: Mapped[str | None] = mapped_column(sa.String(40), unique=True)

    payment_term: Mapped[PaymentTerm | None] = relationship()
    default_tax_code: Mapped[TaxCode | None] = relationship()


class Communication(Record, Base):
    """One call, letter or note, filed with a record."""

    __tablename__ = "communications"
    __table_args__ = (sa.Index("ix_communications_happened_at_id", "happened_at", "id"),)

    customer_id: Mapped[UUID | None] = mapped_column(
        Guid, foreign("customers.id", ondelete="CASCADE"), index=True
    )
    subject_table: Mapped[str | None] = mapped_column(sa.String(60))
    subject_id: Mapped[UUID | None] = mapped_column(Guid, index=True)
    channel: Mapped[str] = mapped_column(sa.String(20), default="note")
    direction: Mapped[str] = mapped_column(sa.String(10), default="out")
    subject: Mapped[str] = mapped_column(sa.String(300))
    body: Mapped[str | None] = mapped_column(sa.Text)
    happened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    user_id: Mapped[UUID | None] = mapped_column(Guid, foreign("users.id", ondelete="SET NULL"))

    customer: Mapped[Customer | None] = relationship()
    user: Mapped[User | None] = relationship()


class PriceOverride(Record, Base):
    """The price one customer pays for one product, for a span of days."""

    __tablename__ = "price_overrides"
    __table_args__ = (
        sa.UniqueConstraint("customer_id", "product_id", "valid_from"),
        sa.CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name="span"),
    )

    customer_id: Mapped[UUID] = mapped_column(Guid, foreign("customers.id", ondelete="CASCADE"))
    product_id: Mapped[UUID] = mapped_column(
        Guid, foreign("products.id", ondelete="CASCADE"), index=True
    )
    unit_price: Mapped[Decimal] = mapped_column(Price())
    valid_from: Mapped[date] = mapped_column(sa.Date)
    valid_to: Mapped[date | None] = mapped_column(sa.Date)

    customer: Mapped[Customer] = relationship()
    product: Mapped[Product] = relationship()

"""What the shop sells and the lists that QuickBooks keeps: items, taxes, terms, methods."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any, ClassVar
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from batchly_admin.db import Base, Guid, Json, Price, Quantity, Rate
from batchly_admin.domain.statuses import ItemType
from batchly_admin.models.base import SYNC_COLUMNS, Record, Synced, foreign, one_of


class Product(Record, Synced, Base):
    """Something we sell; linked to QuickBooks' item when there is one."""

    __tablename__ = "products"
    __table_args__ = (
        one_of("qb_type", ItemType),
        sa.Index("ix_products_name_id", "name", "id"),
        sa.Index("ix_products_sync_state", "sync_state"),
    )
    __untracked_columns__: ClassVar[frozenset[str]] = Record.__untracked_columns__ | SYNC_COLUMNS

    name: Mapped[str] = mapped_column(sa.String(100), unique=True)
    sku: Mapped[str | None] = mapped_column(sa.String(100), unique=True)
    description: Mapped[str | None] = mapped_column(sa.Text)
    qb_type: Mapped[str] = mapped_column(sa.String(20), default=ItemType.NON_INVENTORY)
    unit_price: Mapped[Decimal] = mapped_column(Price(), default=Decimal(0))
    unit_cost: Mapped[Decimal | None] = mapped_column(Price())
    unit_of_measure: Mapped[str] = mapped_column(sa.String(20), default="each")
    is_taxable: Mapped[bool] = mapped_column(default=True)
    is_active: Mapped[bool] = mapped_column(default=True)
    qb_item_id: Mapped[str | None] = mapped_column(sa.String(40), unique=True)
    qb_income_account_ref: Mapped[str | None] = mapped_column(sa.String(40))
    qb_expense_account_ref: Mapped[str | None] = mapped_column(sa.String(40))


class QbItem(Record, Synced, Base):
    """QuickBooks' item as it was last pulled."""

    __tablename__ = "qb_items"
    __table_args__ = (sa.Index("ix_qb_items_name_id", "name", "id"),)
    __untracked_columns__: ClassVar[frozenset[str]] = Record.__untracked_columns__ | SYNC_COLUMNS

    qb_item_id: Mapped[str] = mapped_column(sa.String(40), unique=True)
    name: Mapped[str] = mapped_column(sa.String(200))
    sku: Mapped[str | None] = mapped_column(sa.String(100), index=True)
    description: Mapped[str | None] = mapped_column(sa.Text)
    type: Mapped[str | None] = mapped_column(sa.String(20))
    unit_price: Mapped[Decimal | None] = mapped_column(Price())
    income_account_ref: Mapped[str | None] = mapped_column(sa.String(40))
    expense_account_ref: Mapped[str | None] = mapped_column(sa.String(40))
    track_quantity: Mapped[bool] = mapped_column(default=False)
    quantity_on_hand: Mapped[Decimal | None] = mapped_column(Quantity())
    is_active: Mapped[bool] = mapped_column(default=True)
    product_id: Mapped[UUID | None] = mapped_column(
        Guid, foreign("products.id", ondelete="SET NULL"), index=True
    )

    product: Mapped[Product | None] = relationship()


class TaxAgency(Record, Synced, Base):
    """Whom a tax is paid to."""

    __tablename__ = "tax_agencies"
    __untracked_columns__: ClassVar[frozenset[str]] = Record.__untracked_columns__ | SYNC_COLUMNS

    name: Mapped[str] = mapped_column(sa.String(100))
    qb_tax_agency_id: Mapped[str | None] = mapped_column(sa.String(40), unique=True)


class TaxRate(Record, Synced, Base):
    """One rate of one agency; `rate_value` is a fraction (0.088750 is 8.875 percent).

    `rate_value` is what it comes to today, from `effective_from` to `effective_to`. `periods` lists
    what it came and will come to, so that a sale is taxed by the rate of its own day.
    """

    __tablename__ = "tax_rates"
    __table_args__ = (sa.CheckConstraint("rate_value >= 0", name="rate"),)
    __untracked_columns__: ClassVar[frozenset[str]] = Record.__untracked_columns__ | SYNC_COLUMNS

    name: Mapped[str] = mapped_column(sa.String(100))
    description: Mapped[str | None] = mapped_column(sa.String(400))
    rate_value: Mapped[Decimal] = mapped_column(Rate())
    agency_id: Mapped[UUID | None] = mapped_column(Guid, foreign("tax_agencies.id"), index=True)
    effective_from: Mapped[date | None] = mapped_column(sa.Date)
    effective_to: Mapped[date | None] = mapped_column(sa.Date)
    # What it was and will be: a list of objects with the rate, and the days from and to.
    periods: Mapped[Any] = mapped_column(Json, nullable=True)
    is_active: Mapped[bool] = mapped_column(default=True)
    qb_tax_rate_id: Mapped[str | None] = mapped_column(sa.String(40), unique=True)

    agency: Mapped[TaxAgency | None] = relationship()


class TaxCode(Record, Synced, Base):
    """A group of rates that one sale is taxed with; `rates` lists QuickBooks rate ids in order."""

    __tablename__ = "tax_codes"
    __untracked_columns__: ClassVar[frozenset[str]] = Record.__untracked_columns__ | SYNC_COLUMNS

    name: Mapped[str] = mapped_column(sa.String(100))
    description: Mapped[str | None] = mapped_column(sa.String(400))
    rates: Mapped[Any] = mapped_column(Json, nullable=True)
    combined_rate: Mapped[Decimal] = mapped_column(Rate(), default=Decimal(0))
    is_taxable: Mapped[bool] = mapped_column(default=True)
    is_group: Mapped[bool] = mapped_column(default=True)
    region: Mapped[str | None] = mapped_column(sa.String(60))
    is_active: Mapped[bool] = mapped_column(default=True)
    qb_tax_code_id: Mapped[str | None] = mapped_column(sa.String(40), unique=True)


class PaymentTerm(Record, Synced, Base):
    """When a customer has to pay."""

    __tablename__ = "payment_terms"
    __table_args__ = (sa.CheckConstraint("due_days BETWEEN 0 AND 999", name="due_days"),)
    __untracked_columns__: ClassVar[frozenset[str]] = Record.__untracked_columns__ | SYNC_COLUMNS

    name: Mapped[str] = mapped_column(sa.String(31), unique=True)
    due_days: Mapped[int] = mapped_column(default=30)
    discount_percent: Mapped[Decimal | None] = mapped_column(Quantity())
    discount_days: Mapped[int | None] = mapped_column()
    is_active: Mapped[bool] = mapped_column(default=True)
    qb_term_id: Mapped[str | None] = mapped_column(sa.String(40), unique=True)


class QbAccount(Record, Synced, Base):
    """An account of QuickBooks' chart of accounts, as it was last pulled."""

    __tablename__ = "qb_accounts"
    __table_args__ = (sa.Index("ix_qb_accounts_name_id", "name", "id"),)
    __untracked_columns__: ClassVar[frozenset[str]] = Record.__untracked_columns__ | SYNC_COLUMNS

    qb_account_id: Mapped[str] = mapped_column(sa.String(40), unique=True)
    name: Mapped[str] = mapped_column(sa.String(500))
    number: Mapped[str | None] = mapped_column(sa.String(40))
    account_type: Mapped[str | None] = mapped_column(sa.String(60), index=True)
    account_subtype: Mapped[str | None] = mapped_column(sa.String(60))
    is_active: Mapped[bool] = mapped_column(default=True)


class PaymentMethod(Record, Synced, Base):
    """How a customer pays."""

    __tablename__ = "payment_methods"
    __untracked_columns__: ClassVar[frozenset[str]] = Record.__untracked_columns__ | SYNC_COLUMNS

    name: Mapped[str] = mapped_column(sa.String(31), unique=True)
    kind: Mapped[str] = mapped_column(sa.String(20), default="NON_CREDIT_CARD")
    is_active: Mapped[bool] = mapped_column(default=True)
    qb_payment_method_id: Mapped[str | None] = mapped_column(sa.String(40), unique=True)

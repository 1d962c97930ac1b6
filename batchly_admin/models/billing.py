"""Money documents: invoices, payments, credit memos, refunds, and the counters that number them.

What is issued is frozen: the database itself refuses to change it (see the triggers of the first
migration), so no route around the services can.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import ClassVar
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from batchly_admin.db import Base, Guid, Money, Price, Quantity, Rate, UtcDateTime
from batchly_admin.domain.statuses import CreditMemoStatus, InvoiceStatus
from batchly_admin.models.base import SYNC_COLUMNS, Record, Synced, foreign, one_of
from batchly_admin.models.catalogue import PaymentMethod, PaymentTerm, Product, TaxCode
from batchly_admin.models.customers import Customer
from batchly_admin.models.generated import LineTotal
from batchly_admin.models.orders import PoLineItem, PurchaseOrder
from batchly_admin.models.production import Job, JobLineItem

_TAIL = Record.__untracked_columns__ | SYNC_COLUMNS


class Invoice(Record, Synced, Base):
    """What a customer owes us; draft until it is issued, frozen from then on."""

    __tablename__ = "invoices"
    __table_args__ = (
        one_of("status", InvoiceStatus),
        sa.CheckConstraint("due_date IS NULL OR due_date >= invoice_date", name="due_date"),
        sa.CheckConstraint("amount_paid >= 0 AND amount_credited >= 0", name="paid"),
        sa.CheckConstraint("amount_credited <= total_amount", name="credited"),
        sa.CheckConstraint("issued_at IS NOT NULL OR status = 'draft'", name="issued"),
        sa.Index("ix_invoices_invoice_date_id", "invoice_date", "id"),
        sa.Index("ix_invoices_status_due_date", "status", "due_date"),
        sa.Index("ix_invoices_sync_state", "sync_state"),
        # Groups and their totals, answered from the index alone.
        sa.Index(
            "ix_invoices_by_customer",
            "customer_id",
            "customer_name",
            "total_amount",
            "balance_due",
        ),
        sa.Index(
            "ix_invoices_by_status",
            "status",
            "customer_id",
            "customer_name",
            "invoice_date",
            "total_amount",
            "balance_due",
        ),
    )
    __untracked_columns__: ClassVar[frozenset[str]] = _TAIL | {"balance_due"}

    invoice_number: Mapped[str] = mapped_column(sa.String(60), unique=True)
    job_id: Mapped[UUID | None] = mapped_column(Guid, foreign("jobs.id"), index=True)
    po_id: Mapped[UUID | None] = mapped_column(Guid, foreign("purchase_orders.id"), index=True)
    customer_id: Mapped[UUID] = mapped_column(Guid, foreign("customers.id"))
    customer_name: Mapped[str] = mapped_column(sa.String(500))
    invoice_date: Mapped[date] = mapped_column(sa.Date)
    due_date: Mapped[date | None] = mapped_column(sa.Date)
    payment_term_id: Mapped[UUID | None] = mapped_column(Guid, foreign("payment_terms.id"))
    subtotal: Mapped[Decimal] = mapped_column(Money(), default=Decimal(0))
    discount_amount: Mapped[Decimal] = mapped_column(Money(), default=Decimal(0))
    shipping_amount: Mapped[Decimal] = mapped_column(Money(), default=Decimal(0))
    shipping_taxable: Mapped[bool] = mapped_column(default=False)
    tax_code_id: Mapped[UUID | None] = mapped_column(Guid, foreign("tax_codes.id"))
    tax_rate: Mapped[Decimal] = mapped_column(Rate(), default=Decimal(0))
    tax_amount: Mapped[Decimal] = mapped_column(Money(), default=Decimal(0))
    total_amount: Mapped[Decimal] = mapped_column(Money(), default=Decimal(0))
    amount_paid: Mapped[Decimal] = mapped_column(Money(), default=Decimal(0))
    amount_credited: Mapped[Decimal] = mapped_column(Money(), default=Decimal(0))
    balance_due: Mapped[Decimal] = mapped_column(
        Money(), sa.Computed("total_amount - amount_paid - amount_credited", persisted=True)
    )
    status: Mapped[str] = mapped_column(sa.String(20), default=InvoiceStatus.DRAFT)
    issued_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    emailed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    viewed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    voided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    sent_to_qb_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # The invoice this one takes the place of: that one was credited in full.
    corrects_id: Mapped[UUID | None] = mapped_column(Guid, foreign("invoices.id"), index=True)
    qb_invoice_id: Mapped[str | None] = mapped_column(sa.String(40), unique=True)
    qb_doc_number: Mapped[str | None] = mapped_column(sa.String(60))
    qb_private_note: Mapped[str | None] = mapped_column(sa.Text)
    qb_customer_memo: Mapped[str | None] = mapped_column(sa.Text)
    shipping_date: Mapped[date | None] = mapped_column(sa.Date)
    tracking_number: Mapped[str | None] = mapped_column(sa.String(100))
    shipping_method: Mapped[str | None] = mapped_column(sa.String(60))

    customer: Mapped[Customer] = relationship()
    order: Mapped[PurchaseOrder | None] = relationship()
    job: Mapped[Job | None] = relationship()
    payment_term: Mapped[PaymentTerm | None] = relationship()
    tax_code: Mapped[TaxCode | None] = relationship()
    lines: Mapped[list[InvoiceLineItem]] = relationship(
        back_populates="invoice",
        order_by="InvoiceLineItem.line_number",
        cascade="all, delete-orphan",
        passive_deletes=True,
    )


class InvoiceLineItem(Record, Base):
    """One line of an invoice, in the order in which QuickBooks shows it too."""

    __tablename__ = "invoice_line_items"
    __table_args__ = (
        sa.UniqueConstraint("invoice_id", "line_number"),
        sa.CheckConstraint("quantity > 0", name="quantity"),
    )
    __untracked_columns__: ClassVar[frozenset[str]] = Record.__untracked_columns__ | {"line_total"}

    invoice_id: Mapped[UUID] = mapped_column(Guid, foreign("invoices.id", ondelete="CASCADE"))
    line_number: Mapped[int] = mapped_column()
    job_line_item_id: Mapped[UUID | None] = mapped_column(
        Guid, foreign("job_line_items.id"), index=True
    )
    po_line_item_id: Mapped[UUID | None] = mapped_column(
        Guid, foreign("po_line_items.id"), index=True
    )
    product_id: Mapped[UUID | None] = mapped_column(Guid, foreign("products.id"), index=True)
    description: Mapped[str] = mapped_column(sa.Text)
    quantity: Mapped[Decimal] = mapped_column(Quantity())
    unit_price: Mapped[Decimal] = mapped_column(Price())
    line_total: Mapped[Decimal] = mapped_column(
        Money(), sa.Computed(LineTotal("quantity", "unit_price"), persisted=True)
    )
    is_taxable: Mapped[bool] = mapped_column(default=True)
    qb_item_id: Mapped[str | None] = mapped_column(sa.String(40))

    invoice: Mapped[Invoice] = relationship(back_populates="lines")
    product: Mapped[Product | None] = relationship()
    po_line: Mapped[PoLineItem | None] = relationship()
    job_line: Mapped[JobLineItem | None] = relationship()


class Payment(Record, Synced, Base):
    """Money a customer paid, recorded here or in QuickBooks."""

    __tablename__ = "payments"
    __table_args__ = (
        sa.CheckConstraint("amount >= 0", name="amount"),
        sa.Index("ix_payments_payment_date_id", "payment_date", "id"),
        sa.Index("ix_payments_sync_state", "sync_state"),
    )
    __untracked_columns__: ClassVar[frozenset[str]] = _TAIL

    payment_number: Mapped[str] = mapped_column(sa.String(60), unique=True)
    customer_id: Mapped[UUID] = mapped_column(Guid, foreign("customers.id"), index=True)
    payment_date: Mapped[date] = mapped_column(sa.Date)
    amount: Mapped[Decimal] = mapped_column(Money())
    payment_method_id: Mapped[UUID | None] = mapped_column(Guid, foreign("payment_methods.id"))
    reference: Mapped[str | None] = mapped_column(sa.String(60))
    notes: Mapped[str | None] = mapped_column(sa.Text)
    source: Mapped[str] = mapped_column(sa.String(20), default="batchly")
    voided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    qb_payment_id: Mapped[str | None] = mapped_column(sa.String(40), unique=True)

    customer: Mapped[Customer] = relationship()
    payment_method: Mapped[PaymentMethod | None] = relationship()
    allocations: Mapped[list[PaymentAllocation]] = relationship(
        back_populates="payment", cascade="all, delete-orphan", passive_deletes=True
    )


class PaymentAllocation(Record, Base):
    """How much of a payment went to which invoice."""

    __tablename__ = "payment_allocations"
    __table_args__ = (
        sa.UniqueConstraint("payment_id", "invoice_id"),
        sa.CheckConstraint("amount > 0", name="amount"),
    )

    payment_id: Mapped[UUID] = mapped_column(Guid, foreign("payments.id", ondelete="CASCADE"))
    invoice_id: Mapped[UUID] = mapped_column(Guid, foreign("invoices.id"), index=True)
    amount: Mapped[Decimal] = mapped_column(Money())

    payment: Mapped[Payment] = relationship(back_populates="allocations")
    invoice: Mapped[Invoice] = relationship()


class Refund(Record, Synced, Base):
    """Money given back to a customer."""

    __tablename__ = "refunds"
    __table_args__ = (sa.CheckConstraint("amount > 0", name="amount"),)
    __untracked_columns__: ClassVar[frozenset[str]] = _TAIL

    refund_number: Mapped[str] = mapped_column(sa.String(60), unique=True)
    customer_id: Mapped[UUID] = mapped_column(Guid, foreign("customers.id"), index=True)
    payment_id: Mapped[UUID | None] = mapped_column(Guid, foreign("payments.id"), index=True)
    # The sale that is taken back; its share of sales tax goes back with the money.
    invoice_id: Mapped[UUID | None] = mapped_column(Guid, foreign("invoices.id"), index=True)
    refund_date: Mapped[date] = mapped_column(sa.Date)
    amount: Mapped[Decimal] = mapped_column(Money())
    tax_amount: Mapped[Decimal] = mapped_column(Money(), default=Decimal(0), server_default="0")
    payment_method_id: Mapped[UUID | None] = mapped_column(Guid, foreign("payment_methods.id"))
    # Number or name of the account in QuickBooks that the money came from.
    account: Mapped[str | None] = mapped_column(sa.String(100))
    reference: Mapped[str | None] = mapped_column(sa.String(60))
    reason: Mapped[str | None] = mapped_column(sa.String(300))
    source: Mapped[str] = mapped_column(sa.String(20), default="batchly")
    voided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    qb_refund_id: Mapped[str | None] = mapped_column(sa.String(40), unique=True)

    customer: Mapped[Customer] = relationship()
    payment: Mapped[Payment | None] = relationship()
    invoice: Mapped[Invoice | None] = relationship()
    payment_method: Mapped[PaymentMethod | None] = relationship()


class CreditMemo(Record, Synced, Base):
    """Money a customer no longer owes us; its numbers are a series of their own."""

    __tablename__ = "credit_memos"
    __table_args__ = (
        one_of("status", CreditMemoStatus),
        sa.CheckConstraint("issued_at IS NOT NULL OR status = 'draft'", name="issued"),
        sa.Index("ix_credit_memos_credit_date_id", "credit_date", "id"),
    )
    __untracked_columns__: ClassVar[frozenset[str]] = _TAIL

    credit_memo_number: Mapped[str] = mapped_column(sa.String(60), unique=True)
    customer_id: Mapped[UUID] = mapped_column(Guid, foreign("customers.id"), index=True)
    invoice_id: Mapped[UUID | None] = mapped_column(Guid, foreign("invoices.id"), index=True)
    credit_date: Mapped[date] = mapped_column(sa.Date)
    reason: Mapped[str | None] = mapped_column(sa.String(300))
    subtotal: Mapped[Decimal] = mapped_column(Money(), default=Decimal(0))
    # Its share of what its invoice carried; what the whole is made of, an invoice says.
    discount_amount: Mapped[Decimal] = mapped_column(
        Money(), default=Decimal(0), server_default="0"
    )
    shipping_amount: Mapped[Decimal] = mapped_column(
        Money(), default=Decimal(0), server_default="0"
    )
    shipping_taxable: Mapped[bool] = mapped_column(default=False, server_default=sa.false())
    tax_code_id: Mapped[UUID | None] = mapped_column(Guid, foreign("tax_codes.id"))
    tax_rate: Mapped[Decimal] = mapped_column(Rate(), default=Decimal(0), server_default="0")
    tax_amount: Mapped[Decimal] = mapped_column(Money(), default=Decimal(0))
    total_amount: Mapped[Decimal] = mapped_column(Money(), default=Decimal(0))
    amount_applied: Mapped[Decimal] = mapped_column(Money(), default=Decimal(0))
    status: Mapped[str] = mapped_column(sa.String(20), default=CreditMemoStatus.DRAFT)
    issued_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    voided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    qb_credit_memo_id: Mapped[str | None] = mapped_column(sa.String(40), unique=True)

    customer: Mapped[Customer] = relationship()
    invoice: Mapped[Invoice | None] = relationship()
    tax_code: Mapped[TaxCode | None] = relationship()
    lines: Mapped[list[CreditMemoLineItem]] = relationship(
        back_populates="credit_memo",
        order_by="CreditMemoLineItem.line_number",
        cascade="all, delete-orphan",
        passive_deletes=True,
    )
    applications: Mapped[list[CreditApplication]] = relationship(
        back_populates="credit_memo", order_by="CreditApplication.id", passive_deletes="all"
    )


class CreditMemoLineItem(Record, Base):
    """One line of a credit memo."""

    __tablename__ = "credit_memo_line_items"
    __table_args__ = (
        sa.UniqueConstraint("credit_memo_id", "line_number"),
        sa.CheckConstraint("quantity > 0", name="quantity"),
    )
    __untracked_columns__: ClassVar[frozenset[str]] = Record.__untracked_columns__ | {"line_total"}

    credit_memo_id: Mapped[UUID] = mapped_column(
        Guid, foreign("credit_memos.id", ondelete="CASCADE")
    )
    line_number: Mapped[int] = mapped_column()
    invoice_line_item_id: Mapped[UUID | None] = mapped_column(
        Guid, foreign("invoice_line_items.id")
    )
    product_id: Mapped[UUID | None] = mapped_column(Guid, foreign("products.id"))
    description: Mapped[str] = mapped_column(sa.Text)
    quantity: Mapped[Decimal] = mapped_column(Quantity())
    unit_price: Mapped[Decimal] = mapped_column(Price())
    line_total: Mapped[Decimal] = mapped_column(
        Money(), sa.Computed(LineTotal("quantity", "unit_price"), persisted=True)
    )
    is_taxable: Mapped[bool] = mapped_column(default=True)

    credit_memo: Mapped[CreditMemo] = relationship(back_populates="lines")
    product: Mapped[Product | None] = relationship()
    invoice_line: Mapped[InvoiceLineItem | None] = relationship()


class CreditApplication(Record, Synced, Base):
    """How much of a credit memo was used on which invoice.

    QuickBooks keeps it as a payment of nothing, with one line on the invoice and one on the credit.
    """

    __tablename__ = "credit_applications"
    __table_args__ = (
        sa.CheckConstraint("amount > 0", name="amount"),
        sa.Index(
            "uq_credit_applications_live",
            "credit_memo_id",
            "invoice_id",
            unique=True,
            postgresql_where=sa.text("voided_at IS NULL"),
            sqlite_where=sa.text("voided_at IS NULL"),
        ),
    )
    __untracked_columns__: ClassVar[frozenset[str]] = _TAIL

    credit_memo_id: Mapped[UUID] = mapped_column(Guid, foreign("credit_memos.id"), index=True)
    invoice_id: Mapped[UUID] = mapped_column(Guid, foreign("invoices.id"), index=True)
    # Credit memo and invoice by their numbers, as people call it.
    label: Mapped[str] = mapped_column(sa.String(130))
    application_date: Mapped[date] = mapped_column(sa.Date)
    amount: Mapped[Decimal] = mapped_column(Money())
    source: Mapped[str] = mapped_column(sa.String(20), default="batchly")
    voided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # One payment of QuickBooks' own making may use a credit on several invoices.
    qb_payment_id: Mapped[str | None] = mapped_column(sa.String(40), index=True)

    credit_memo: Mapped[CreditMemo] = relationship(back_populates="applications")
    invoice: Mapped[Invoice] = relationship()


class Counter(Record, Base):
    """The last number a series gave out; locked while one is taken, so none is lost or doubled."""

    __tablename__ = "counters"
    __tracked__ = False

    series: Mapped[str] = mapped_column(sa.String(60), unique=True)
    last_number: Mapped[int] = mapped_column(default=0)


class NumberGap(Record, Base):
    """A number of a series that no document carries, and why."""

    __tablename__ = "number_gaps"
    __table_args__ = (sa.UniqueConstraint("series", "number"),)

    series: Mapped[str] = mapped_column(sa.String(60))
    number: Mapped[int] = mapped_column()
    reason: Mapped[str] = mapped_column(sa.String(300))
    user_id: Mapped[UUID | None] = mapped_column(Guid, foreign("users.id", ondelete="SET NULL"))

"""Production: jobs, their lines, the time and the checks spent on them."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from batchly_admin.db import Base, Guid, Money, Quantity, UtcDateTime
from batchly_admin.domain.statuses import JobLineStatus, JobStatus
from batchly_admin.models.base import Record, foreign, one_of
from batchly_admin.models.company import User
from batchly_admin.models.customers import Customer
from batchly_admin.models.orders import PoLineItem, PurchaseOrder


class WorkCenter(Record, Base):
    """A place where work is done: the press, the embroidery machine, packing."""

    __tablename__ = "work_centers"

    name: Mapped[str] = mapped_column(sa.String(60), unique=True)
    hours_per_day: Mapped[Decimal] = mapped_column(Quantity(), default=Decimal(8))
    hourly_rate: Mapped[Decimal] = mapped_column(Money(), default=Decimal(0))
    is_active: Mapped[bool] = mapped_column(default=True)


class Job(Record, Base):
    """A production job; what the worker process runs is called a task, never a job."""

    __tablename__ = "jobs"
    __table_args__ = (
        one_of("status", JobStatus),
        sa.CheckConstraint("priority BETWEEN 1 AND 5", name="priority"),
        sa.CheckConstraint("progress_percentage BETWEEN 0 AND 100", name="progress"),
        sa.Index("ix_jobs_created_at_id", "created_at", "id"),
        sa.Index("ix_jobs_status_due", "status", "estimated_completion_date"),
        sa.Index("ix_jobs_estimated_completion_date_id", "estimated_completion_date", "id"),
    )

    job_number: Mapped[str] = mapped_column(sa.String(40), unique=True)
    po_id: Mapped[UUID | None] = mapped_column(Guid, foreign("purchase_orders.id"), index=True)
    customer_id: Mapped[UUID | None] = mapped_column(Guid, foreign("customers.id"), index=True)
    job_name: Mapped[str] = mapped_column(sa.String(300))
    description: Mapped[str | None] = mapped_column(sa.Text)
    status: Mapped[str] = mapped_column(sa.String(20), default=JobStatus.CREATED)
    priority: Mapped[int] = mapped_column(default=3)
    estimated_start_date: Mapped[date | None] = mapped_column(sa.Date)
    estimated_completion_date: Mapped[date | None] = mapped_column(sa.Date)
    actual_start_date: Mapped[datetime | None] = mapped_column(UtcDateTime)
    actual_completion_date: Mapped[datetime | None] = mapped_column(UtcDateTime)
    assigned_to_id: Mapped[UUID | None] = mapped_column(
        Guid, foreign("users.id", ondelete="SET NULL"), index=True
    )
    work_center_id: Mapped[UUID | None] = mapped_column(
        Guid, foreign("work_centers.id", ondelete="SET NULL"), index=True
    )
    estimated_hours: Mapped[Decimal | None] = mapped_column(Quantity())
    estimated_cost: Mapped[Decimal | None] = mapped_column(Money())
    actual_hours: Mapped[Decimal] = mapped_column(Quantity(), default=Decimal(0))
    actual_cost: Mapped[Decimal] = mapped_column(Money(), default=Decimal(0))
    progress_percentage: Mapped[int] = mapped_column(default=0)
    on_hold: Mapped[bool] = mapped_column(default=False)
    blocked_reason: Mapped[str | None] = mapped_column(sa.String(300))
    production_notes: Mapped[str | None] = mapped_column(sa.Text)
    quality_requirements: Mapped[str | None] = mapped_column(sa.Text)
    special_instructions: Mapped[str | None] = mapped_column(sa.Text)
    customer_approved: Mapped[bool] = mapped_column(default=False)
    customer_approval_date: Mapped[datetime | None] = mapped_column(UtcDateTime)
    proof_required: Mapped[bool] = mapped_column(default=False)
    proof_approved: Mapped[bool] = mapped_column(default=False)

    order: Mapped[PurchaseOrder | None] = relationship()
    customer: Mapped[Customer | None] = relationship()
    assigned_to: Mapped[User | None] = relationship()
    work_center: Mapped[WorkCenter | None] = relationship()
    lines: Mapped[list[JobLineItem]] = relationship(
        back_populates="job",
        order_by="JobLineItem.line_number",
        cascade="all, delete-orphan",
        passive_deletes=True,
    )


class JobLineItem(Record, Base):
    """One line of a job: what is to be made, what is made, what is shipped."""

    __tablename__ = "job_line_items"
    __table_args__ = (
        one_of("status", JobLineStatus),
        sa.UniqueConstraint("job_id", "line_number"),
        sa.CheckConstraint("quantity_ordered > 0", name="quantity_ordered"),
        sa.CheckConstraint("quantity_completed >= 0 AND quantity_shipped >= 0", name="quantities"),
    )

    job_id: Mapped[UUID] = mapped_column(Guid, foreign("jobs.id", ondelete="CASCADE"))
    line_number: Mapped[int] = mapped_column()
    po_line_item_id: Mapped[UUID | None] = mapped_column(
        Guid, foreign("po_line_items.id"), index=True
    )
    item_name: Mapped[str] = mapped_column(sa.String(200))
    quantity_ordered: Mapped[Decimal] = mapped_column(Quantity())
    quantity_completed: Mapped[Decimal] = mapped_column(Quantity(), default=Decimal(0))
    quantity_shipped: Mapped[Decimal] = mapped_column(Quantity(), default=Decimal(0))
    status: Mapped[str] = mapped_column(sa.String(20), default=JobLineStatus.PENDING)
    production_started_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    production_completed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    shipped_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    quality_approved: Mapped[bool] = mapped_column(default=False)
    quality_notes: Mapped[str | None] = mapped_column(sa.Text)

    job: Mapped[Job] = relationship(back_populates="lines")
    po_line: Mapped[PoLineItem | None] = relationship()


class TimeEntry(Record, Base):
    """Hours one person spent on one job; `ended_at` is empty while the clock runs."""

    __tablename__ = "time_entries"
    __table_args__ = (
        sa.CheckConstraint("ended_at IS NULL OR ended_at >= started_at", name="span"),
        sa.Index("ix_time_entries_started_at_id", "started_at", "id"),
    )

    job_id: Mapped[UUID] = mapped_column(Guid, foreign("jobs.id", ondelete="CASCADE"), index=True)
    user_id: Mapped[UUID] = mapped_column(Guid, foreign("users.id"), index=True)
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    hours: Mapped[Decimal | None] = mapped_column(Quantity())
    hourly_rate: Mapped[Decimal | None] = mapped_column(Money())
    notes: Mapped[str | None] = mapped_column(sa.Text)
    is_locked: Mapped[bool] = mapped_column(default=False)

    job: Mapped[Job] = relationship()
    user: Mapped[User] = relationship()


class QualityCheck(Record, Base):
    """One check of a job and its verdict."""

    __tablename__ = "quality_checks"

    job_id: Mapped[UUID] = mapped_column(Guid, foreign("jobs.id", ondelete="CASCADE"), index=True)
    job_line_item_id: Mapped[UUID | None] = mapped_column(
        Guid, foreign("job_line_items.id", ondelete="CASCADE")
    )
    checkpoint: Mapped[str] = mapped_column(sa.String(120))
    passed: Mapped[bool | None] = mapped_column()
    checked_by_id: Mapped[UUID | None] = mapped_column(
        Guid, foreign("users.id", ondelete="SET NULL")
    )
    checked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    notes: Mapped[str | None] = mapped_column(sa.Text)

    job: Mapped[Job] = relationship()
    checked_by: Mapped[User | None] = relationship()


class Attachment(Record, Base):
    """A file that belongs to a record of any table; its bytes stand in `AttachmentPiece`."""

    __tablename__ = "attachments"
    __table_args__ = (sa.Index("ix_attachments_subject", "subject_table", "subject_id"),)

    subject_table: Mapped[str] = mapped_column(sa.String(60))
    subject_id: Mapped[UUID] = mapped_column(Guid)
    file_name: Mapped[str] = mapped_column(sa.String(200))
    content_type: Mapped[str] = mapped_column(sa.String(100))
    size_bytes: Mapped[int] = mapped_column(sa.BigInteger)
    uploaded_by_id: Mapped[UUID | None] = mapped_column(
        Guid, foreign("users.id", ondelete="SET NULL")
    )

    uploaded_by: Mapped[User | None] = relationship()


class AttachmentPiece(Base):
    """A part of a file's bytes, so that a file is written and read without being held as a whole.

    It names its file and does not refer to it: a file in the trash is gone as a row, and comes back
    with its bytes as long as these are here.
    """

    __tablename__ = "attachment_pieces"

    attachment_id: Mapped[UUID] = mapped_column(Guid, primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    content: Mapped[bytes] = mapped_column(sa.LargeBinary)

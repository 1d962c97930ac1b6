"""The history of the reconciliations: what both books said, type by type."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from batchly_admin.db import Base, Guid, Json, UtcDateTime
from batchly_admin.domain.statuses import ReconciliationState
from batchly_admin.models.base import Record, foreign, one_of


class Reconciliation(Record, Base):
    """One comparison of both books; its figures are written when it is whole, never before."""

    __tablename__ = "reconciliations"
    __tracked__ = False
    __table_args__ = (
        one_of("state", ReconciliationState),
        sa.Index("ix_reconciliations_created_at_id", "created_at", "id"),
    )

    state: Mapped[str] = mapped_column(sa.String(20), default=ReconciliationState.QUEUED)
    # schedule, button, command
    trigger: Mapped[str] = mapped_column(sa.String(20), default="schedule")
    user_id: Mapped[UUID | None] = mapped_column(Guid, foreign("users.id", ondelete="SET NULL"))
    started_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # While somebody compares, renewed with every page; past it, the comparison was cut off.
    lease_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    step: Mapped[str | None] = mapped_column(sa.String(60))
    done: Mapped[int] = mapped_column(default=0)
    expected: Mapped[int] = mapped_column(default=0)
    compared: Mapped[int] = mapped_column(default=0)
    found: Mapped[int] = mapped_column(default=0)
    new: Mapped[int] = mapped_column(default=0)
    settled: Mapped[int] = mapped_column(default=0)
    on_the_way: Mapped[int] = mapped_column(default=0)
    api_calls: Mapped[int] = mapped_column(default=0)
    types: Mapped[Any] = mapped_column(Json, nullable=True)
    message: Mapped[str | None] = mapped_column(sa.Text)

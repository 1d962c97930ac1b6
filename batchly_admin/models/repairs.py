"""What people do about trouble with QuickBooks: types they hold back, and repairs they ask for."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from batchly_admin.db import Base, Guid, Json, UtcDateTime
from batchly_admin.domain.statuses import RepairKind, RepairState
from batchly_admin.models.base import Record, foreign, one_of


class SyncPause(Record, Base):
    """A type of record that is not sent for now: who said so, and why; deleted when it goes on."""

    __tablename__ = "sync_pauses"

    entity_type: Mapped[str] = mapped_column(sa.String(30), unique=True)
    reason: Mapped[str] = mapped_column(sa.String(300))
    paused_by: Mapped[str] = mapped_column(sa.String(200))
    user_id: Mapped[UUID | None] = mapped_column(Guid, foreign("users.id", ondelete="SET NULL"))
    paused_at: Mapped[datetime] = mapped_column(UtcDateTime)


class SyncRepair(Record, Base):
    """A repair that has to look into QuickBooks first, so the worker does it.

    It changes nothing twice: whoever works on it holds a lease, and its result stands in the same
    transaction as its effect.
    """

    __tablename__ = "sync_repairs"
    __tracked__ = False
    __table_args__ = (
        one_of("kind", RepairKind),
        one_of("state", RepairState),
        sa.Index("ix_sync_repairs_entity", "entity_type", "entity_id"),
        sa.Index("ix_sync_repairs_state_created_at", "state", "created_at"),
    )

    kind: Mapped[str] = mapped_column(sa.String(20))
    state: Mapped[str] = mapped_column(sa.String(20), default=RepairState.WAITING)
    entity_type: Mapped[str] = mapped_column(sa.String(30))
    entity_id: Mapped[UUID] = mapped_column(Guid)
    label: Mapped[str] = mapped_column(sa.String(200), default="")
    # What was searched for, the id to link, the note.
    params: Mapped[Any] = mapped_column(Json, nullable=True)
    # The candidates of a search.
    result: Mapped[Any] = mapped_column(Json, nullable=True)
    message: Mapped[str | None] = mapped_column(sa.Text)
    attempts: Mapped[int] = mapped_column(default=0)
    next_attempt_at: Mapped[datetime] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    user_id: Mapped[UUID | None] = mapped_column(Guid, foreign("users.id", ondelete="SET NULL"))
    actor_name: Mapped[str] = mapped_column(sa.String(200), default="")

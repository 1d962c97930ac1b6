"""What the engine did and when: the history that the status page and the reports read."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from batchly_admin.db import Base, Json, UtcDateTime
from batchly_admin.models.base import Record


class SyncRun(Record, Base):
    """One piece of work with QuickBooks: a pull, a comparison, or one round of pushes.

    It is written when the work ends. A worker that is killed leaves none; what it did to the
    documents stands in the queue and its attempts, and nothing here decides what is still to do.
    """

    __tablename__ = "sync_runs"
    __tracked__ = False
    __table_args__ = (
        sa.Index("ix_sync_runs_started_at_id", "started_at", "id"),
        # The last run of each kind and type.
        sa.Index("ix_sync_runs_kind_name_finished_at", "kind", "name", "finished_at"),
    )

    # push, pull, reconcile
    kind: Mapped[str] = mapped_column(sa.String(20))
    # What was pulled; empty for the others, which take every type.
    name: Mapped[str] = mapped_column(sa.String(40), default="", server_default="")
    # done, failed
    state: Mapped[str] = mapped_column(sa.String(20))
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ok: Mapped[int] = mapped_column(default=0, server_default="0")
    failed: Mapped[int] = mapped_column(default=0, server_default="0")
    message: Mapped[str | None] = mapped_column(sa.Text)
    # The figures as the work itself gave them.
    figures: Mapped[Any] = mapped_column(Json, nullable=True)

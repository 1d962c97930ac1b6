"""The guided set-up of a connection: its background tasks, the match, the rehearsal, old links."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from batchly_admin.db import Base, Guid, Json, Money, UtcDateTime
from batchly_admin.domain.matching import MatchDecision, MatchKind
from batchly_admin.domain.setup import RehearsalVerdict, TaskState
from batchly_admin.models.base import Record, foreign, one_of


class SetupTask(Record, Base):
    """One thing the worker reads for the set-up; what it found stands in `result`."""

    __tablename__ = "setup_tasks"
    __tracked__ = False
    __table_args__ = (
        one_of("state", TaskState),
        # A second press while one is under way finds the first.
        sa.Index(
            "uq_setup_tasks_open",
            "connection_id",
            "kind",
            unique=True,
            postgresql_where=sa.text("state IN ('queued', 'running')"),
            sqlite_where=sa.text("state IN ('queued', 'running')"),
        ),
        sa.Index("ix_setup_tasks_kind_created_at", "kind", "created_at"),
    )

    connection_id: Mapped[UUID] = mapped_column(
        Guid, foreign("qb_connections.id", ondelete="CASCADE")
    )
    kind: Mapped[str] = mapped_column(sa.String(20))
    state: Mapped[str] = mapped_column(sa.String(20), default=TaskState.QUEUED)
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    message: Mapped[str | None] = mapped_column(sa.Text)
    result: Mapped[Any] = mapped_column(Json, nullable=True)
    attempts: Mapped[int] = mapped_column(default=0)
    lease_token: Mapped[str | None] = mapped_column(sa.String(40))
    lease_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    started_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    actor_name: Mapped[str] = mapped_column(sa.String(200), default="Batchly")


class MatchCandidate(Record, Base):
    """A record of ours and one of QuickBooks' that may be the same, or one of them alone."""

    __tablename__ = "match_candidates"
    __tracked__ = False
    __table_args__ = (
        one_of("kind", MatchKind),
        one_of("decision", MatchDecision),
        sa.Index("ix_match_candidates_decision_kind", "connection_id", "decision", "kind"),
        sa.Index("ix_match_candidates_entity", "entity_type", "entity_id"),
        sa.Index("ix_match_candidates_qbo_id", "entity_type", "qbo_id"),
    )

    connection_id: Mapped[UUID] = mapped_column(
        Guid, foreign("qb_connections.id", ondelete="CASCADE")
    )
    entity_type: Mapped[str] = mapped_column(sa.String(30))
    entity_id: Mapped[UUID | None] = mapped_column(Guid)
    qbo_id: Mapped[str | None] = mapped_column(sa.String(40))
    # What people call the row: our name, or theirs when there is no record of ours.
    label: Mapped[str] = mapped_column(sa.String(500))
    ours: Mapped[str | None] = mapped_column(sa.String(500))
    ours_details: Mapped[str | None] = mapped_column(sa.String(300))
    theirs: Mapped[str | None] = mapped_column(sa.String(500))
    theirs_details: Mapped[str | None] = mapped_column(sa.String(300))
    kind: Mapped[str] = mapped_column(sa.String(20))
    reason: Mapped[str | None] = mapped_column(sa.Text)
    score: Mapped[int] = mapped_column(default=0)
    decision: Mapped[str] = mapped_column(sa.String(20), default=MatchDecision.OPEN)
    decided_by_id: Mapped[UUID | None] = mapped_column(
        Guid, foreign("users.id", ondelete="SET NULL")
    )
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # QuickBooks' record in our columns, as it was read.
    their_values: Mapped[dict[str, Any] | None] = mapped_column(Json)
    sync_token: Mapped[str | None] = mapped_column(sa.String(20))


class RehearsalRow(Record, Base):
    """One call that going live would make, and what stands in its way."""

    __tablename__ = "rehearsal_rows"
    __tracked__ = False
    __table_args__ = (
        one_of("verdict", RehearsalVerdict),
        sa.Index("ix_rehearsal_rows_task_id_position", "task_id", "position"),
    )

    task_id: Mapped[UUID] = mapped_column(Guid, foreign("setup_tasks.id", ondelete="CASCADE"))
    position: Mapped[int] = mapped_column()
    entity_type: Mapped[str] = mapped_column(sa.String(30))
    entity_id: Mapped[UUID] = mapped_column(Guid)
    label: Mapped[str] = mapped_column(sa.String(200))
    verb: Mapped[str] = mapped_column(sa.String(10))
    verdict: Mapped[str] = mapped_column(sa.String(10))
    words: Mapped[str | None] = mapped_column(sa.Text)
    amount: Mapped[Decimal | None] = mapped_column(Money())
    # The body of the call, digit for digit.
    payload: Mapped[str | None] = mapped_column(sa.Text)


class ReleasedLink(Record, Base):
    """Which record of which QuickBooks company one of ours was, before an admin released it."""

    __tablename__ = "released_links"
    __tracked__ = False
    __table_args__ = (
        sa.Index("ix_released_links_entity", "entity_type", "entity_id"),
        sa.Index("ix_released_links_realm_id", "realm_id", "entity_type", "qbo_id"),
    )

    realm_id: Mapped[str] = mapped_column(sa.String(40))
    company_name: Mapped[str | None] = mapped_column(sa.String(200))
    entity_type: Mapped[str] = mapped_column(sa.String(30))
    entity_id: Mapped[UUID | None] = mapped_column(Guid)
    qbo_id: Mapped[str] = mapped_column(sa.String(40))
    released_by: Mapped[str] = mapped_column(sa.String(200))

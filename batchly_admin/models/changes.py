"""The record of change: who changed what, and the background runs that changed much at once."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from batchly_admin.db import Base, Guid, Json, UtcDateTime
from batchly_admin.domain.statuses import RowState, RunState
from batchly_admin.models.base import Record, foreign, one_of
from batchly_admin.models.company import User


class ChangeSet(Record, Base):
    """Everything one transaction changed: audit log, history, undo and news in one."""

    __tablename__ = "change_sets"
    __tracked__ = False
    __table_args__ = (
        sa.Index("ix_change_sets_created_at_id", "created_at", "id"),
        # What one person did, the latest first: Ctrl+Z.
        sa.Index("ix_change_sets_user_id_id", "user_id", "id"),
    )

    user_id: Mapped[UUID | None] = mapped_column(Guid, foreign("users.id", ondelete="SET NULL"))
    actor_name: Mapped[str] = mapped_column(sa.String(200))
    source: Mapped[str] = mapped_column(sa.String(20))
    summary: Mapped[str | None] = mapped_column(sa.String(300))
    address: Mapped[str | None] = mapped_column(sa.String(64))
    run_id: Mapped[UUID | None] = mapped_column(Guid, index=True)
    undoes_id: Mapped[UUID | None] = mapped_column(Guid, foreign("change_sets.id"))
    undone_by_id: Mapped[UUID | None] = mapped_column(Guid, foreign("change_sets.id"))

    user: Mapped[User | None] = relationship()


class ChangeItem(Record, Base):
    """One cell that changed, or one row that came or went.

    `operation` is insert, update or delete. An update names its column, a delete keeps the whole
    row in `old_value`, an insert keeps nothing: the row itself is there to be read.
    """

    __tablename__ = "change_items"
    __tracked__ = False
    __table_args__ = (
        # The history of one record.
        sa.Index("ix_change_items_record", "table_name", "row_id", "created_at"),
        sa.Index("ix_change_items_change_set_id_position", "change_set_id", "position"),
        # What changed in a table since: the feed of the open grids.
        sa.Index("ix_change_items_table_name_id", "table_name", "id"),
        # What lies in the trash, the latest first.
        sa.Index(
            "ix_change_items_deleted",
            "id",
            postgresql_where=sa.text("operation = 'delete'"),
            sqlite_where=sa.text("operation = 'delete'"),
        ),
    )

    change_set_id: Mapped[UUID] = mapped_column(Guid, foreign("change_sets.id", ondelete="CASCADE"))
    position: Mapped[int] = mapped_column()
    table_name: Mapped[str] = mapped_column(sa.String(60))
    row_id: Mapped[UUID] = mapped_column(Guid)
    operation: Mapped[str] = mapped_column(sa.String(10))
    column_name: Mapped[str | None] = mapped_column(sa.String(60))
    old_value: Mapped[Any] = mapped_column(Json, nullable=True)
    new_value: Mapped[Any] = mapped_column(Json, nullable=True)


class AuditEvent(Record, Base):
    """Something that happened and changed no row: a log-in, an export, a refusal, a token use."""

    __tablename__ = "audit_events"
    __tracked__ = False
    __table_args__ = (sa.Index("ix_audit_events_created_at_id", "created_at", "id"),)

    user_id: Mapped[UUID | None] = mapped_column(Guid, foreign("users.id", ondelete="SET NULL"))
    actor_name: Mapped[str] = mapped_column(sa.String(200))
    event: Mapped[str] = mapped_column(sa.String(60), index=True)
    subject: Mapped[str | None] = mapped_column(sa.String(300))
    address: Mapped[str | None] = mapped_column(sa.String(64))
    details: Mapped[dict[str, Any] | None] = mapped_column(Json)

    user: Mapped[User | None] = relationship()


class Run(Record, Base):
    """A bulk action that a task works through row by row; its progress survives everything."""

    __tablename__ = "runs"
    __tracked__ = False
    __table_args__ = (
        one_of("state", RunState),
        sa.Index("ix_runs_created_at_id", "created_at", "id"),
        # What the sweep has to pick up again.
        sa.Index("ix_runs_unfinished", "state", "lease_until"),
    )

    table_name: Mapped[str] = mapped_column(sa.String(60))
    action: Mapped[str] = mapped_column(sa.String(60))
    label: Mapped[str] = mapped_column(sa.String(200))
    state: Mapped[str] = mapped_column(sa.String(20), default=RunState.QUEUED)
    params: Mapped[dict[str, Any] | None] = mapped_column(Json)
    user_id: Mapped[UUID | None] = mapped_column(
        Guid, foreign("users.id", ondelete="SET NULL"), index=True
    )
    actor_name: Mapped[str] = mapped_column(sa.String(200))
    actor_roles: Mapped[Any] = mapped_column(Json, nullable=True)
    # A second click with the same key finds this run instead of starting another.
    request_key: Mapped[str | None] = mapped_column(sa.String(100), unique=True)
    retry_of_id: Mapped[UUID | None] = mapped_column(Guid, foreign("runs.id"))
    undo_of_id: Mapped[UUID | None] = mapped_column(Guid, foreign("runs.id"))
    total: Mapped[int] = mapped_column(default=0)
    ok: Mapped[int] = mapped_column(default=0)
    failed: Mapped[int] = mapped_column(default=0)
    message: Mapped[str | None] = mapped_column(sa.Text)
    lease_token: Mapped[str | None] = mapped_column(sa.String(40))
    lease_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    attempts: Mapped[int] = mapped_column(default=0)
    started_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    dismissed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    user: Mapped[User | None] = relationship()


class RunRow(Record, Base):
    """One row of a run and what became of it."""

    __tablename__ = "run_rows"
    __tracked__ = False
    __table_args__ = (
        one_of("state", RowState),
        sa.UniqueConstraint("run_id", "position"),
        sa.Index("ix_run_rows_run_id_state_position", "run_id", "state", "position"),
    )

    run_id: Mapped[UUID] = mapped_column(Guid, foreign("runs.id", ondelete="CASCADE"))
    position: Mapped[int] = mapped_column()
    target_id: Mapped[UUID] = mapped_column(Guid)
    label: Mapped[str] = mapped_column(sa.String(200))
    state: Mapped[str] = mapped_column(sa.String(20), default=RowState.WAITING)
    message: Mapped[str | None] = mapped_column(sa.Text)
    done_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class ImportRun(Record, Base):
    """One imported file: what was read, what became of each line, and the way back."""

    __tablename__ = "import_runs"
    __tracked__ = False
    __table_args__ = (sa.Index("ix_import_runs_created_at_id", "created_at", "id"),)
    __untracked_columns__: ClassVar[frozenset[str]] = Record.__untracked_columns__

    kind: Mapped[str] = mapped_column(sa.String(30), default="orders")
    file_name: Mapped[str] = mapped_column(sa.String(200))
    file_digest: Mapped[str] = mapped_column(sa.String(64))
    content: Mapped[bytes | None] = mapped_column(sa.LargeBinary, deferred=True)
    # draft (being mapped), queued, running, finished, failed, undoing, undone
    state: Mapped[str] = mapped_column(sa.String(20), default="draft")
    mapping: Mapped[dict[str, Any] | None] = mapped_column(Json)
    options: Mapped[dict[str, Any] | None] = mapped_column(Json)
    user_id: Mapped[UUID | None] = mapped_column(Guid, foreign("users.id", ondelete="SET NULL"))
    actor_name: Mapped[str] = mapped_column(sa.String(200))
    lines_total: Mapped[int] = mapped_column(default=0)
    lines_read: Mapped[int] = mapped_column(default=0)
    lines_created: Mapped[int] = mapped_column(default=0)
    lines_skipped: Mapped[int] = mapped_column(default=0)
    lines_refused: Mapped[int] = mapped_column(default=0)
    orders_created: Mapped[int] = mapped_column(default=0)
    customers_created: Mapped[int] = mapped_column(default=0)
    products_created: Mapped[int] = mapped_column(default=0)
    reasons: Mapped[dict[str, Any] | None] = mapped_column(Json)
    position: Mapped[int] = mapped_column(default=0)
    message: Mapped[str | None] = mapped_column(sa.Text)
    lease_token: Mapped[str | None] = mapped_column(sa.String(40))
    lease_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    attempts: Mapped[int] = mapped_column(default=0)
    started_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    user: Mapped[User | None] = relationship()


class ImportLine(Record, Base):
    """One line of an imported file that did not become a line of an order, and why."""

    __tablename__ = "import_lines"
    __tracked__ = False
    __table_args__ = (sa.UniqueConstraint("import_run_id", "line_number"),)

    import_run_id: Mapped[UUID] = mapped_column(Guid, foreign("import_runs.id", ondelete="CASCADE"))
    line_number: Mapped[int] = mapped_column()
    # skipped or refused
    outcome: Mapped[str] = mapped_column(sa.String(10))
    reason: Mapped[str] = mapped_column(sa.String(40))
    message: Mapped[str] = mapped_column(sa.String(400))
    values: Mapped[Any] = mapped_column(Json)

"""QuickBooks' side of the house: the grant, the queue, the attempts, the clockwork.

`qbo_sync_queue` is a transactional outbox. A document and the row that will carry it to QuickBooks
are written in one transaction, so either both exist or neither does; Redis, which only wakes the
worker up, can lose everything without a document being lost. The price is that a row may be tried
twice when a worker dies between QuickBooks' answer and our commit. The row therefore carries a
`request_id` that was fixed before the first call: QuickBooks answers the second try with the first
result. Nothing that must survive may be kept outside this table, and nothing that can wait for
the next full read of QuickBooks needs a row in it.
"""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any, ClassVar
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from batchly_admin.db import Base, Guid, Json, UtcDateTime
from batchly_admin.domain.statuses import QueueStatus, WebhookState
from batchly_admin.models.base import Record, foreign, one_of


class QbConnection(Record, Base):
    """Our grant to one QuickBooks company; tokens are encrypted with the installation's keys."""

    __tablename__ = "qb_connections"
    __untracked_columns__: ClassVar[frozenset[str]] = Record.__untracked_columns__ | {
        "access_token",
        "refresh_token",
        "previous_refresh_token",
        "token_expires_at",
        "refresh_token_expires_at",
        "refresh_token_hard_expires_at",
        "last_sync_at",
        "last_error",
        "error_count",
        "breaker_failures",
        "breaker_open_until",
        "breaker_opened_count",
        "throttled_until",
        "final_failures",
        "pause_reason",
        "preferences",
        "company_info",
        "last_call_at",
    }

    organization_id: Mapped[UUID] = mapped_column(Guid, foreign("organizations.id"))
    company_id: Mapped[str] = mapped_column(sa.String(40), unique=True)
    realm_id: Mapped[str] = mapped_column(sa.String(40), unique=True)
    company_name: Mapped[str | None] = mapped_column(sa.String(200))
    environment: Mapped[str] = mapped_column(sa.String(20))
    base_url: Mapped[str] = mapped_column(sa.String(200))
    # connected, reconnect (the login ended), disconnected
    state: Mapped[str] = mapped_column(sa.String(20), default="connected")
    access_token: Mapped[str | None] = mapped_column(sa.Text)
    refresh_token: Mapped[str | None] = mapped_column(sa.Text)
    previous_refresh_token: Mapped[str | None] = mapped_column(sa.Text)
    token_expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    refresh_token_expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    refresh_token_hard_expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    sync_enabled: Mapped[bool] = mapped_column(default=True)
    pushes_paused: Mapped[bool] = mapped_column(default=False)
    webhooks_enabled: Mapped[bool] = mapped_column(default=True, server_default=sa.true())
    last_sync_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    last_call_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    sync_frequency_hours: Mapped[int] = mapped_column(default=1)
    last_error: Mapped[str | None] = mapped_column(sa.Text)
    error_count: Mapped[int] = mapped_column(default=0)
    breaker_failures: Mapped[int] = mapped_column(default=0)
    breaker_opened_count: Mapped[int] = mapped_column(default=0)
    breaker_open_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    throttled_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # Records in a row that failed for good; a success ends the row.
    final_failures: Mapped[int] = mapped_column(default=0, server_default="0")
    # Why Batchly itself paused the pushes.
    pause_reason: Mapped[str | None] = mapped_column(sa.Text)
    preferences: Mapped[dict[str, Any] | None] = mapped_column(Json)
    company_info: Mapped[dict[str, Any] | None] = mapped_column(Json)
    connected_by_id: Mapped[UUID | None] = mapped_column(
        Guid, foreign("users.id", ondelete="SET NULL")
    )
    connected_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # Nothing is pushed before an admin has finished the guided set-up.
    went_live_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class QbSyncStatus(Record, Base):
    """How the last pull or push of one type of record went."""

    __tablename__ = "qb_sync_status"
    __tracked__ = False
    __table_args__ = (
        sa.UniqueConstraint("connection_id", "sync_type"),
        sa.CheckConstraint("sync_status IN ('success', 'error', 'in_progress')", name="status"),
    )

    connection_id: Mapped[UUID] = mapped_column(
        Guid, foreign("qb_connections.id", ondelete="CASCADE")
    )
    sync_type: Mapped[str] = mapped_column(sa.String(40))
    # The moment up to which changes were read, as QuickBooks wrote it (changed since).
    last_sync_token: Mapped[str | None] = mapped_column(sa.String(60))
    last_sync_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    last_success_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    next_sync_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    sync_status: Mapped[str] = mapped_column(sa.String(20), default="success")
    error_message: Mapped[str | None] = mapped_column(sa.Text)
    records_synced: Mapped[int] = mapped_column(default=0)


class SyncQueueRow(Record, Base):
    """One thing that has to reach QuickBooks."""

    __tablename__ = "qbo_sync_queue"
    __tracked__ = False
    __table_args__ = (
        one_of("status", QueueStatus),
        sa.CheckConstraint("sync_direction IN ('push', 'pull')", name="direction"),
        sa.CheckConstraint("operation IN ('create', 'update', 'void', 'delete')", name="operation"),
        # One open row per intent: a second change joins the row that waits.
        sa.Index(
            "uq_qbo_sync_queue_open",
            "organization_id",
            "entity_type",
            "entity_id",
            "operation",
            unique=True,
            postgresql_where=sa.text("status IN ('pending', 'processing', 'blocked')"),
            sqlite_where=sa.text("status IN ('pending', 'processing', 'blocked')"),
        ),
        # What the engine claims, oldest first.
        sa.Index("ix_qbo_sync_queue_due", "status", "next_attempt_at", "id"),
        sa.Index("ix_qbo_sync_queue_entity", "entity_type", "entity_id"),
        sa.Index("ix_qbo_sync_queue_created_at_id", "created_at", "id"),
        # What the reports of a period read.
        sa.Index("ix_qbo_sync_queue_completed_at", "completed_at"),
        sa.Index("ix_qbo_sync_queue_first_failed_at", "first_failed_at"),
    )

    organization_id: Mapped[UUID] = mapped_column(Guid, foreign("organizations.id"))
    entity_type: Mapped[str] = mapped_column(sa.String(30))
    entity_id: Mapped[UUID] = mapped_column(Guid)
    # What people call the record, kept so that the queue can be read by itself.
    label: Mapped[str] = mapped_column(sa.String(200), default="")
    sync_direction: Mapped[str] = mapped_column(sa.String(10), default="push")
    operation: Mapped[str] = mapped_column(sa.String(10), default="create")
    status: Mapped[str] = mapped_column(sa.String(20), default=QueueStatus.PENDING)
    phase: Mapped[str] = mapped_column(sa.String(20), default="queued")
    priority: Mapped[int] = mapped_column(default=5)
    attempts: Mapped[int] = mapped_column(default=0)
    max_attempts: Mapped[int] = mapped_column(default=3)
    next_attempt_at: Mapped[datetime] = mapped_column(UtcDateTime)
    last_attempt_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    locked_by: Mapped[str | None] = mapped_column(sa.String(60))
    lease_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # Fixed before the first call; a deliberate second sending raises the generation.
    request_id: Mapped[str] = mapped_column(sa.String(50), unique=True)
    generation: Mapped[int] = mapped_column(default=1)
    payload_hash: Mapped[str | None] = mapped_column(sa.String(64))
    payload_version: Mapped[int] = mapped_column(default=1)
    # Set before a call leaves and cleared by its answer: a row that still has it was cut off.
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # The request id of the batch it left in; after a lost answer it leaves under the same one.
    group_id: Mapped[str | None] = mapped_column(sa.String(36))
    depends_on_id: Mapped[UUID | None] = mapped_column(
        Guid, foreign("qbo_sync_queue.id", ondelete="SET NULL"), index=True
    )
    batch_id: Mapped[UUID | None] = mapped_column(
        Guid, foreign("sync_batches.id", ondelete="SET NULL"), index=True
    )
    error_class: Mapped[str | None] = mapped_column(sa.String(30))
    error_code: Mapped[str | None] = mapped_column(sa.String(20))
    error_message: Mapped[str | None] = mapped_column(sa.Text)
    error_hint: Mapped[str | None] = mapped_column(sa.Text)
    http_status: Mapped[int | None] = mapped_column()
    intuit_tid: Mapped[str | None] = mapped_column(sa.String(100))
    first_failed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    qbo_id: Mapped[str | None] = mapped_column(sa.String(40))
    created_by_id: Mapped[UUID | None] = mapped_column(
        Guid, foreign("users.id", ondelete="SET NULL")
    )
    resolved_by_id: Mapped[UUID | None] = mapped_column(
        Guid, foreign("users.id", ondelete="SET NULL")
    )
    resolved_note: Mapped[str | None] = mapped_column(sa.Text)
    completed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class SyncAttempt(Record, Base):
    """One try of one queue row: append-only, with masked request and answer."""

    __tablename__ = "sync_attempts"
    __tracked__ = False
    __table_args__ = (
        sa.Index("ix_sync_attempts_queue_row_id_started_at", "queue_row_id", "started_at"),
        sa.Index("ix_sync_attempts_started_at_id", "started_at", "id"),
    )

    queue_row_id: Mapped[UUID | None] = mapped_column(
        Guid, foreign("qbo_sync_queue.id", ondelete="CASCADE")
    )
    number: Mapped[int] = mapped_column(default=1)
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    outcome: Mapped[str] = mapped_column(sa.String(20))
    error_class: Mapped[str | None] = mapped_column(sa.String(30))
    error_code: Mapped[str | None] = mapped_column(sa.String(20))
    message: Mapped[str | None] = mapped_column(sa.Text)
    http_status: Mapped[int | None] = mapped_column()
    intuit_tid: Mapped[str | None] = mapped_column(sa.String(100))
    calls: Mapped[int] = mapped_column(default=0)
    # The call that is shown: POST invoice.
    endpoint: Mapped[str | None] = mapped_column(sa.String(60))
    request: Mapped[Any] = mapped_column(Json, nullable=True)
    answer: Mapped[Any] = mapped_column(Json, nullable=True)

    queue_row: Mapped[SyncQueueRow | None] = relationship()


class SyncBatch(Record, Base):
    """A set of queue rows that somebody sent again together: 3 of 10 done."""

    __tablename__ = "sync_batches"
    __tracked__ = False

    label: Mapped[str] = mapped_column(sa.String(200))
    total: Mapped[int] = mapped_column(default=0)
    done: Mapped[int] = mapped_column(default=0)
    ok: Mapped[int] = mapped_column(default=0)
    failed: Mapped[int] = mapped_column(default=0)
    user_id: Mapped[UUID | None] = mapped_column(Guid, foreign("users.id", ondelete="SET NULL"))
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class SyncDifference(Record, Base):
    """Something the two books do not agree on, and what was decided about it."""

    __tablename__ = "sync_differences"
    __untracked_columns__: ClassVar[frozenset[str]] = Record.__untracked_columns__ | {
        "last_seen_at"
    }
    __table_args__ = (
        sa.Index("ix_sync_differences_state_created_at", "state", "created_at"),
        sa.Index("ix_sync_differences_entity", "entity_type", "entity_id"),
    )

    entity_type: Mapped[str] = mapped_column(sa.String(30))
    entity_id: Mapped[UUID | None] = mapped_column(Guid)
    qbo_id: Mapped[str | None] = mapped_column(sa.String(40))
    label: Mapped[str] = mapped_column(sa.String(200), default="")
    kind: Mapped[str] = mapped_column(sa.String(40))
    field: Mapped[str | None] = mapped_column(sa.String(60))
    ours: Mapped[str | None] = mapped_column(sa.Text)
    theirs: Mapped[str | None] = mapped_column(sa.Text)
    # open, repaired, kept_ours, took_theirs, ignored, resolved; listed needs no decision
    state: Mapped[str] = mapped_column(sa.String(20), default="open")
    # What fits to do about it, in words.
    advice: Mapped[str | None] = mapped_column(sa.Text)
    last_seen_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    owner_id: Mapped[UUID | None] = mapped_column(Guid, foreign("users.id", ondelete="SET NULL"))
    note: Mapped[str | None] = mapped_column(sa.Text)
    resolved_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class FieldMapping(Record, Base):
    """Which of our fields feeds which field of QuickBooks."""

    __tablename__ = "field_mappings"
    __table_args__ = (sa.UniqueConstraint("entity_type", "qbo_field"),)

    entity_type: Mapped[str] = mapped_column(sa.String(30))
    qbo_field: Mapped[str] = mapped_column(sa.String(80))
    our_field: Mapped[str] = mapped_column(sa.String(80))
    is_active: Mapped[bool] = mapped_column(default=True)


class SyncSchedule(Record, Base):
    """When one type of record is pulled; times are the company's local time."""

    __tablename__ = "sync_schedules"

    sync_type: Mapped[str] = mapped_column(sa.String(40), unique=True)
    # hourly, daily, weekly, manual
    rhythm: Mapped[str] = mapped_column(sa.String(10), default="daily")
    at_time: Mapped[time | None] = mapped_column(sa.Time)
    # Monday is 0.
    weekday: Mapped[int | None] = mapped_column()
    is_enabled: Mapped[bool] = mapped_column(default=True)


class ScheduleSlot(Record, Base):
    """A pull that is owed at one moment of local wall time; the key makes it unique."""

    __tablename__ = "schedule_slots"
    __tracked__ = False
    __table_args__ = (sa.Index("ix_schedule_slots_state_due_at", "state", "due_at"),)

    name: Mapped[str] = mapped_column(sa.String(40))
    slot_key: Mapped[str] = mapped_column(sa.String(80), unique=True)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    # pending, running, done, failed
    state: Mapped[str] = mapped_column(sa.String(20), default="pending")
    attempts: Mapped[int] = mapped_column(default=0)
    lease_token: Mapped[str | None] = mapped_column(sa.String(40))
    lease_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    started_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    message: Mapped[str | None] = mapped_column(sa.Text)


class ApiUsage(Record, Base):
    """Calls to QuickBooks of one day, one kind and one result."""

    __tablename__ = "api_usage"
    __tracked__ = False
    __table_args__ = (sa.UniqueConstraint("day", "endpoint", "metering", "result"),)

    day: Mapped[date] = mapped_column(sa.Date)
    endpoint: Mapped[str] = mapped_column(sa.String(60))
    # One of core, which is not metered (writes), and coreplus, which is (reads).
    metering: Mapped[str] = mapped_column(sa.String(10))
    result: Mapped[str] = mapped_column(sa.String(20))
    calls: Mapped[int] = mapped_column(default=0)


class WebhookEvent(Record, Base):
    """A change that QuickBooks told us about; a repeated one is dropped by its key."""

    __tablename__ = "webhook_events"
    __tracked__ = False
    __table_args__ = (
        one_of("state", WebhookState),
        sa.Index("ix_webhook_events_created_at_id", "created_at", "id"),
        # What waits to be read, and what failed.
        sa.Index("ix_webhook_events_state_next_attempt_at", "state", "next_attempt_at"),
    )

    event_key: Mapped[str] = mapped_column(sa.String(200), unique=True)
    realm_id: Mapped[str] = mapped_column(sa.String(40))
    entity_type: Mapped[str] = mapped_column(sa.String(30))
    qbo_id: Mapped[str] = mapped_column(sa.String(40))
    operation: Mapped[str] = mapped_column(sa.String(20))
    happened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    # The record that a merge took away.
    gone_id: Mapped[str | None] = mapped_column(sa.String(40))
    state: Mapped[str] = mapped_column(
        sa.String(20), default=WebhookState.WAITING, server_default=WebhookState.WAITING.value
    )
    attempts: Mapped[int] = mapped_column(default=0, server_default="0")
    # While somebody reads it, this is the end of the lease.
    next_attempt_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    error_message: Mapped[str | None] = mapped_column(sa.Text)
    handled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

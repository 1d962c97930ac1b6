"""Keep a history of the work with QuickBooks, and indexes for the reports about it.

Revision ID: 0011_sync_reports
Revises: 0010_reconcile
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from batchly_admin.db import Guid, Json, UtcDateTime

revision = "0011_sync_reports"
down_revision = "0010_reconcile"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "sync_runs",
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=40), server_default="", nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("started_at", UtcDateTime(), nullable=False),
        sa.Column("finished_at", UtcDateTime(), nullable=False),
        sa.Column("ok", sa.Integer(), server_default="0", nullable=False),
        sa.Column("failed", sa.Integer(), server_default="0", nullable=False),
        sa.Column("message", sa.Text(), nullable=True),
        sa.Column("figures", Json(), nullable=True),
        sa.Column("id", Guid(), nullable=False),
        sa.Column("created_at", UtcDateTime(), server_default=sa.func.now(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), server_default=sa.func.now(), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sync_runs")),
    )
    op.create_index("ix_sync_runs_started_at_id", "sync_runs", ["started_at", "id"])
    op.create_index(
        "ix_sync_runs_kind_name_finished_at", "sync_runs", ["kind", "name", "finished_at"]
    )
    op.create_index("ix_qbo_sync_queue_completed_at", "qbo_sync_queue", ["completed_at"])
    op.create_index("ix_qbo_sync_queue_first_failed_at", "qbo_sync_queue", ["first_failed_at"])


def downgrade() -> None:
    op.drop_index("ix_qbo_sync_queue_first_failed_at", table_name="qbo_sync_queue")
    op.drop_index("ix_qbo_sync_queue_completed_at", table_name="qbo_sync_queue")
    op.drop_table("sync_runs")

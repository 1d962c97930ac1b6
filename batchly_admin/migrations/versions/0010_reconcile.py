"""Keep the history of the reconciliations, and what fits to do about a difference.

Revision ID: 0010_reconcile
Revises: 0009_notifications
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from batchly_admin.db import Guid, Json, UtcDateTime

revision = "0010_reconcile"
down_revision = "0009_notifications"
branch_labels = None
depends_on = None

STATES = ("queued", "running", "finished", "failed")


def upgrade() -> None:
    values = ", ".join(f"'{state}'" for state in STATES)
    counts = ("done", "expected", "compared", "found", "new", "settled", "on_the_way", "api_calls")
    op.create_table(
        "reconciliations",
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("trigger", sa.String(length=20), nullable=False),
        sa.Column("user_id", Guid(), nullable=True),
        sa.Column("started_at", UtcDateTime(), nullable=True),
        sa.Column("finished_at", UtcDateTime(), nullable=True),
        sa.Column("lease_until", UtcDateTime(), nullable=True),
        sa.Column("step", sa.String(length=60), nullable=True),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in counts),
        sa.Column("types", Json(), nullable=True),
        sa.Column("message", sa.Text(), nullable=True),
        sa.Column("id", Guid(), nullable=False),
        sa.Column("created_at", UtcDateTime(), server_default=sa.func.now(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), server_default=sa.func.now(), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint(f"state IN ({values})", name=op.f("ck_reconciliations_state")),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["users.id"],
            name=op.f("fk_reconciliations_user_id_users"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reconciliations")),
    )
    op.create_index("ix_reconciliations_created_at_id", "reconciliations", ["created_at", "id"])
    op.add_column("sync_differences", sa.Column("advice", sa.Text(), nullable=True))
    op.add_column("sync_differences", sa.Column("last_seen_at", UtcDateTime(), nullable=True))
    op.execute("UPDATE sync_differences SET last_seen_at = created_at")


def downgrade() -> None:
    # Not as a batch: SQLite would build the table anew, and what belongs to it would go with it.
    op.drop_column("sync_differences", "last_seen_at")
    op.drop_column("sync_differences", "advice")
    op.drop_index("ix_reconciliations_created_at_id", table_name="reconciliations")
    op.drop_table("reconciliations")

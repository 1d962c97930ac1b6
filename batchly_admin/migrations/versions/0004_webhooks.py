"""Keep what became of each event of QuickBooks, what was refused, and if webhooks are wanted.

Revision ID: 0004_webhooks
Revises: 0003
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from batchly_admin.db import Guid, UtcDateTime

revision = "0004_webhooks"
down_revision = "0003"
branch_labels = None
depends_on = None

STATES = ("waiting", "applied", "known", "not_followed", "foreign", "failed")


def upgrade() -> None:
    with op.batch_alter_table("qb_connections", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("webhooks_enabled", sa.Boolean(), server_default=sa.true(), nullable=False)
        )
    with op.batch_alter_table("webhook_events", schema=None) as batch_op:
        batch_op.add_column(sa.Column("gone_id", sa.String(length=40), nullable=True))
        batch_op.add_column(
            sa.Column("state", sa.String(length=20), server_default="waiting", nullable=False)
        )
        batch_op.add_column(sa.Column("attempts", sa.Integer(), server_default="0", nullable=False))
        batch_op.add_column(sa.Column("next_attempt_at", UtcDateTime(), nullable=True))
        batch_op.add_column(sa.Column("error_message", sa.Text(), nullable=True))
        batch_op.create_index(
            "ix_webhook_events_state_next_attempt_at", ["state", "next_attempt_at"], unique=False
        )
    op.execute("UPDATE webhook_events SET state = 'applied' WHERE handled_at IS NOT NULL")
    with op.batch_alter_table("webhook_events", schema=None) as batch_op:
        values = ", ".join(f"'{state}'" for state in STATES)
        batch_op.create_check_constraint(
            batch_op.f("ck_webhook_events_state"), f"state IN ({values})"
        )
    op.create_table(
        "webhook_refusals",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(length=20), nullable=False),
        sa.Column("refused", sa.Integer(), nullable=False),
        sa.Column("last_at", UtcDateTime(), nullable=False),
        sa.Column("id", Guid(), nullable=False),
        sa.Column("created_at", UtcDateTime(), server_default=sa.func.now(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), server_default=sa.func.now(), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_refusals")),
        sa.UniqueConstraint("day", "reason", name=op.f("uq_webhook_refusals_day_reason")),
    )


def downgrade() -> None:
    op.drop_table("webhook_refusals")
    with op.batch_alter_table("webhook_events", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_webhook_events_state"), type_="check")
        batch_op.drop_index("ix_webhook_events_state_next_attempt_at")
        for column in ("error_message", "next_attempt_at", "attempts", "state", "gone_id"):
            batch_op.drop_column(column)
    # Not as a batch: SQLite would build the table anew, and what belongs to it would go with it.
    op.drop_column("qb_connections", "webhooks_enabled")

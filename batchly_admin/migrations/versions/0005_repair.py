"""Types that are held back, repairs that look into QuickBooks, and failures counted in a row.

Revision ID: 0005_repair
Revises: 0004_webhooks
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from batchly_admin.db import Guid, Json, UtcDateTime

revision = "0005_repair"
down_revision = "0004_webhooks"
branch_labels = None
depends_on = None

KINDS = ("search", "link", "check", "numbers")
STATES = ("waiting", "done", "failed")


def _common() -> list[sa.Column]:
    now = sa.text("(CURRENT_TIMESTAMP)")
    return [
        sa.Column("id", Guid(), nullable=False),
        sa.Column("created_at", UtcDateTime(), server_default=now, nullable=False),
        sa.Column("updated_at", UtcDateTime(), server_default=now, nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
    ]


def _one_of(column: str, values: tuple[str, ...]) -> str:
    return f"{column} IN ({', '.join(repr(value) for value in values)})"


def upgrade() -> None:
    op.create_table(
        "sync_pauses",
        sa.Column("entity_type", sa.String(length=30), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("paused_by", sa.String(length=200), nullable=False),
        sa.Column("user_id", Guid(), nullable=True),
        sa.Column("paused_at", UtcDateTime(), nullable=False),
        *_common(),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["users.id"],
            name=op.f("fk_sync_pauses_user_id_users"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sync_pauses")),
        sa.UniqueConstraint("entity_type", name=op.f("uq_sync_pauses_entity_type")),
    )
    op.create_table(
        "sync_repairs",
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("entity_type", sa.String(length=30), nullable=False),
        sa.Column("entity_id", Guid(), nullable=False),
        sa.Column("label", sa.String(length=200), nullable=False),
        sa.Column("params", Json(), nullable=True),
        sa.Column("result", Json(), nullable=True),
        sa.Column("message", sa.Text(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_attempt_at", UtcDateTime(), nullable=False),
        sa.Column("finished_at", UtcDateTime(), nullable=True),
        sa.Column("user_id", Guid(), nullable=True),
        sa.Column("actor_name", sa.String(length=200), nullable=False),
        *_common(),
        sa.CheckConstraint(_one_of("kind", KINDS), name=op.f("ck_sync_repairs_kind")),
        sa.CheckConstraint(_one_of("state", STATES), name=op.f("ck_sync_repairs_state")),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["users.id"],
            name=op.f("fk_sync_repairs_user_id_users"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sync_repairs")),
    )
    op.create_index("ix_sync_repairs_entity", "sync_repairs", ["entity_type", "entity_id"])
    op.create_index(
        "ix_sync_repairs_state_created_at", "sync_repairs", ["state", "created_at"]
    )
    # Not as a batch: SQLite would build the tables anew, and what belongs to them would go.
    op.add_column(
        "qb_connections",
        sa.Column("final_failures", sa.Integer(), server_default="0", nullable=False),
    )
    op.add_column("qb_connections", sa.Column("pause_reason", sa.Text(), nullable=True))
    op.add_column("sync_attempts", sa.Column("endpoint", sa.String(length=60), nullable=True))


def downgrade() -> None:
    op.drop_column("sync_attempts", "endpoint")
    op.drop_column("qb_connections", "pause_reason")
    op.drop_column("qb_connections", "final_failures")
    op.drop_table("sync_repairs")
    op.drop_table("sync_pauses")

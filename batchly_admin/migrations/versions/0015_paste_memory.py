"""Keep how each person reads a pasted column whose dates or decimals can be read several ways.

Revision ID: 0015_paste_memory
Revises: 0015_safety
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from batchly_admin.db import Guid, UtcDateTime

revision = "0015_paste_memory"
down_revision = "0015_safety"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "paste_readings",
        sa.Column("user_id", Guid(), nullable=False),
        sa.Column("table_name", sa.String(length=60), nullable=False),
        sa.Column("column_name", sa.String(length=60), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("reading", sa.String(length=10), nullable=False),
        sa.Column("id", Guid(), nullable=False),
        sa.Column(
            "created_at", UtcDateTime(), server_default=sa.text("CURRENT_TIMESTAMP"), nullable=False
        ),
        sa.Column(
            "updated_at", UtcDateTime(), server_default=sa.text("CURRENT_TIMESTAMP"), nullable=False
        ),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["users.id"],
            name=op.f("fk_paste_readings_user_id_users"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_paste_readings")),
        sa.UniqueConstraint(
            "user_id",
            "table_name",
            "column_name",
            "kind",
            name=op.f("uq_paste_readings_user_id_table_name_column_name_kind"),
        ),
    )


def downgrade() -> None:
    op.drop_table("paste_readings")

"""Keep QuickBooks' chart of accounts, from which the settings choose.

Revision ID: 0008_sync_settings
Revises: 0007_matching
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from batchly_admin.db import Guid, UtcDateTime

revision = "0008_sync_settings"
down_revision = "0007_matching"
branch_labels = None
depends_on = None


def upgrade() -> None:
    now = sa.text("CURRENT_TIMESTAMP")
    op.create_table(
        "qb_accounts",
        sa.Column("qb_account_id", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=500), nullable=False),
        sa.Column("number", sa.String(length=40), nullable=True),
        sa.Column("account_type", sa.String(length=60), nullable=True),
        sa.Column("account_subtype", sa.String(length=60), nullable=True),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("id", Guid(), nullable=False),
        sa.Column("created_at", UtcDateTime(), server_default=now, nullable=False),
        sa.Column("updated_at", UtcDateTime(), server_default=now, nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("qb_sync_token", sa.String(length=20), nullable=True),
        sa.Column("qb_created_time", UtcDateTime(), nullable=True),
        sa.Column("qb_last_updated_time", UtcDateTime(), nullable=True),
        sa.Column("last_synced_at", UtcDateTime(), nullable=True),
        sa.Column("sync_state", sa.String(length=20), server_default="not_synced", nullable=False),
        sa.Column("sync_note", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_qb_accounts")),
        sa.UniqueConstraint("qb_account_id", name=op.f("uq_qb_accounts_qb_account_id")),
    )
    op.create_index("ix_qb_accounts_name_id", "qb_accounts", ["name", "id"])
    op.create_index(op.f("ix_qb_accounts_account_type"), "qb_accounts", ["account_type"])


def downgrade() -> None:
    op.drop_table("qb_accounts")

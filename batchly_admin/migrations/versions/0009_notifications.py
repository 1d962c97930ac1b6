"""E-mail to the admins: the local outbox, and what was told of which cause.

Revision ID: 0009_notifications
Revises: 0008_sync_settings
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from batchly_admin.db import Guid, UtcDateTime

revision = "0009_notifications"
down_revision = "0008_sync_settings"
branch_labels = None
depends_on = None

STATES = ("waiting", "sending", "sent", "failed", "kept")


def _common() -> list[sa.Column]:
    now = sa.text("CURRENT_TIMESTAMP")
    return [
        sa.Column("id", Guid(), nullable=False),
        sa.Column("created_at", UtcDateTime(), server_default=now, nullable=False),
        sa.Column("updated_at", UtcDateTime(), server_default=now, nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
    ]


def upgrade() -> None:
    values = ", ".join(f"'{state}'" for state in STATES)
    op.create_table(
        "outgoing_mails",
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("recipient", sa.String(length=254), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("link", sa.String(length=300), nullable=True),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_attempt_at", UtcDateTime(), nullable=False),
        sa.Column("lease_token", sa.String(length=40), nullable=True),
        sa.Column("error_message", sa.Text(), nullable=True),
        sa.Column("sent_at", UtcDateTime(), nullable=True),
        *_common(),
        sa.CheckConstraint(f"state IN ({values})", name=op.f("ck_outgoing_mails_state")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outgoing_mails")),
    )
    op.create_index(
        "ix_outgoing_mails_state_next_attempt_at", "outgoing_mails", ["state", "next_attempt_at"]
    )
    op.create_index("ix_outgoing_mails_created_at_id", "outgoing_mails", ["created_at", "id"])
    op.create_table(
        "notice_causes",
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("last_mail_at", UtcDateTime(), nullable=True),
        sa.Column("waiting", sa.Integer(), nullable=False),
        sa.Column("waiting_since", UtcDateTime(), nullable=True),
        sa.Column("last_subject", sa.String(length=200), nullable=True),
        sa.Column("last_at", UtcDateTime(), nullable=True),
        *_common(),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice_causes")),
        sa.UniqueConstraint("kind", "key", name=op.f("uq_notice_causes_kind_key")),
    )


def downgrade() -> None:
    op.drop_table("notice_causes")
    op.drop_table("outgoing_mails")

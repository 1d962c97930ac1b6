"""Keep when a refund was cancelled; it stays on record and counts no more.

Revision ID: 0014_refunds_cancelled
Revises: 0013_batches
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from batchly_admin.db import UtcDateTime

revision = "0014_refunds_cancelled"
down_revision = "0013_batches"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("refunds", sa.Column("voided_at", UtcDateTime(), nullable=True))


def downgrade() -> None:
    op.drop_column("refunds", "voided_at")

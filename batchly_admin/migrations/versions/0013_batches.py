"""Keep the request id of the batch a queue row left in.

Revision ID: 0013_batches
Revises: 0012_tax_periods
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013_batches"
down_revision = "0012_tax_periods"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("qbo_sync_queue", sa.Column("group_id", sa.String(length=36), nullable=True))


def downgrade() -> None:
    op.drop_column("qbo_sync_queue", "group_id")

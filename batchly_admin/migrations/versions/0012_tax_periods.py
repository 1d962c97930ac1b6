"""Keep from when to when a tax rate came to what, so that a sale is taxed by its own day's rate.

Revision ID: 0012_tax_periods
Revises: 0011_sync_reports
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from batchly_admin.db import Json

revision = "0012_tax_periods"
down_revision = "0011_sync_reports"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("tax_rates", sa.Column("periods", Json(), nullable=True))


def downgrade() -> None:
    op.drop_column("tax_rates", "periods")

"""Indexes for the change feed, a person's own steps and the trash.

Revision ID: 0015_safety
Revises: 0014_refunds_cancelled
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015_safety"
down_revision = "0014_refunds_cancelled"
branch_labels = None
depends_on = None

DELETED = sa.text("operation = 'delete'")


def upgrade() -> None:
    op.create_index("ix_change_sets_user_id_id", "change_sets", ["user_id", "id"])
    op.create_index("ix_change_items_table_name_id", "change_items", ["table_name", "id"])
    op.create_index(
        "ix_change_items_deleted",
        "change_items",
        ["id"],
        postgresql_where=DELETED,
        sqlite_where=DELETED,
    )


def downgrade() -> None:
    op.drop_index("ix_change_items_deleted", table_name="change_items")
    op.drop_index("ix_change_items_table_name_id", table_name="change_items")
    op.drop_index("ix_change_sets_user_id_id", table_name="change_sets")

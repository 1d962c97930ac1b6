"""Give a shared view a person's own layer, and pin views as tabs.

Revision ID: 0016_saved_views
Revises: 0015_paste_memory
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from batchly_admin.db import Guid

revision = "0016_saved_views"
down_revision = "0015_paste_memory"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("saved_views") as batch:
        batch.add_column(
            sa.Column("is_pinned", sa.Boolean(), nullable=False, server_default=sa.false())
        )
        batch.add_column(sa.Column("base_id", Guid(), nullable=True))
        batch.create_foreign_key(
            op.f("fk_saved_views_base_id_saved_views"),
            "saved_views",
            ["base_id"],
            ["id"],
            ondelete="CASCADE",
        )
        batch.create_unique_constraint(
            op.f("uq_saved_views_base_id_user_id"), ["base_id", "user_id"]
        )


def downgrade() -> None:
    op.execute("DELETE FROM saved_views WHERE base_id IS NOT NULL")
    with op.batch_alter_table("saved_views") as batch:
        batch.drop_constraint(op.f("uq_saved_views_base_id_user_id"), type_="unique")
        batch.drop_constraint(op.f("fk_saved_views_base_id_saved_views"), type_="foreignkey")
        batch.drop_column("base_id")
        batch.drop_column("is_pinned")

"""Keep the bytes of files in pieces of their own, which outlive a file that is in the trash.

Revision ID: 0018_attachment_pieces
Revises: 0017_group_indexes
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from batchly_admin.db import Guid, Json

revision = "0018_attachment_pieces"
down_revision = "0017_group_indexes"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "attachment_pieces",
        sa.Column("attachment_id", Guid(), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("attachment_id", "position", name=op.f("pk_attachment_pieces")),
    )
    op.execute(
        "INSERT INTO attachment_pieces (attachment_id, position, content) "
        "SELECT id, 0, content FROM attachments WHERE content IS NOT NULL"
    )
    with op.batch_alter_table("attachments") as batch:
        for name in ("content", "storage_key", "details"):
            batch.drop_column(name)


def downgrade() -> None:
    with op.batch_alter_table("attachments") as batch:
        batch.add_column(sa.Column("details", Json(), nullable=True))
        batch.add_column(sa.Column("storage_key", sa.String(length=300), nullable=True))
        batch.add_column(sa.Column("content", sa.LargeBinary(), nullable=True))
    # A file of one piece goes back whole; SQLite cannot put several together.
    op.execute(
        "UPDATE attachments SET content = (SELECT content FROM attachment_pieces "
        "WHERE attachment_id = attachments.id AND position = 0)"
    )
    op.drop_table("attachment_pieces")

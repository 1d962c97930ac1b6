"""Keep the orders that QuickBooks has, and what was decided about them.

Revision ID: 0006_estimates
Revises: 0005_repair
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from batchly_admin.db import Guid, Json, Money, UtcDateTime

revision = "0006_estimates"
down_revision = "0005_repair"
branch_labels = None
depends_on = None

SOURCES = "'quickbooks_estimate', 'quickbooks_po'"
STATES = "'open', 'imported', 'kept', 'skipped'"
REASONS = (
    "'customer', 'vendor', 'items', 'number', 'same', 'conflict', 'ended', 'deleted', "
    "'left_out', 'figures', 'currency'"
)


def upgrade() -> None:
    op.create_table(
        "order_papers",
        sa.Column("source", sa.String(length=20), nullable=False),
        sa.Column("qbo_id", sa.String(length=40), nullable=False),
        sa.Column("label", sa.String(length=100), nullable=False),
        sa.Column("doc_number", sa.String(length=60), nullable=True),
        sa.Column("doc_date", sa.Date(), nullable=False),
        sa.Column("customer_ref", sa.String(length=40), nullable=True),
        sa.Column("customer_name", sa.String(length=500), nullable=True),
        sa.Column("vendor_name", sa.String(length=500), nullable=True),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("total_amount", Money(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("reason", sa.String(length=20), nullable=True),
        sa.Column("words", sa.Text(), nullable=True),
        sa.Column("order_id", Guid, nullable=True),
        sa.Column("similar_id", Guid, nullable=True),
        sa.Column("customer_id", Guid, nullable=True),
        sa.Column("body", Json(), nullable=True),
        sa.Column("paper", Json(), nullable=False),
        sa.Column("agreed", Json(), nullable=True),
        sa.Column("qb_sync_token", sa.String(length=20), nullable=True),
        sa.Column("qb_last_updated_time", UtcDateTime(), nullable=True),
        sa.Column("decision", sa.String(length=200), nullable=True),
        sa.Column("decided_by_id", Guid, nullable=True),
        sa.Column("decided_at", UtcDateTime(), nullable=True),
        sa.Column("id", Guid, nullable=False),
        sa.Column("created_at", UtcDateTime(), server_default=sa.func.now(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), server_default=sa.func.now(), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint(f"source IN ({SOURCES})", name=op.f("ck_order_papers_source")),
        sa.CheckConstraint(f"state IN ({STATES})", name=op.f("ck_order_papers_state")),
        sa.CheckConstraint(f"reason IN ({REASONS})", name=op.f("ck_order_papers_reason")),
        sa.ForeignKeyConstraint(
            ["order_id"],
            ["purchase_orders.id"],
            name=op.f("fk_order_papers_order_id_purchase_orders"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["similar_id"],
            ["purchase_orders.id"],
            name=op.f("fk_order_papers_similar_id_purchase_orders"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["customer_id"],
            ["customers.id"],
            name=op.f("fk_order_papers_customer_id_customers"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["decided_by_id"],
            ["users.id"],
            name=op.f("fk_order_papers_decided_by_id_users"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_order_papers")),
        sa.UniqueConstraint("source", "qbo_id", name=op.f("uq_order_papers_source_qbo_id")),
    )
    for column in ("order_id", "similar_id", "customer_id", "decided_by_id"):
        op.create_index(op.f(f"ix_order_papers_{column}"), "order_papers", [column])
    op.create_index("ix_order_papers_state_doc_date", "order_papers", ["state", "doc_date"])
    op.create_index("ix_order_papers_doc_date_id", "order_papers", ["doc_date", "id"])


def downgrade() -> None:
    op.drop_table("order_papers")

"""Answer groups of orders and invoices, with their totals, from indexes alone.

Revision ID: 0017_group_indexes
Revises: 0016_saved_views
"""

from __future__ import annotations

from alembic import op

revision = "0017_group_indexes"
down_revision = "0016_saved_views"
branch_labels = None
depends_on = None

_CUSTOMER = ("customer_id", "customer_name", "total_amount")
_ADDED = {
    "purchase_orders": {
        "by_customer": _CUSTOMER,
        "by_status": ("status", "customer_id", "customer_name", "po_date", "total_amount"),
    },
    "invoices": {
        "by_customer": (*_CUSTOMER, "balance_due"),
        "by_status": (
            "status",
            "customer_id",
            "customer_name",
            "invoice_date",
            "total_amount",
            "balance_due",
        ),
    },
}


def upgrade() -> None:
    for table, indexes in _ADDED.items():
        for name, columns in indexes.items():
            op.create_index(f"ix_{table}_{name}", table, list(columns))
        # The wider one begins with the same column.
        op.drop_index(f"ix_{table}_customer_id", table_name=table)


def downgrade() -> None:
    for table, indexes in _ADDED.items():
        op.create_index(f"ix_{table}_customer_id", table, ["customer_id"])
        for name in indexes:
            op.drop_index(f"ix_{table}_{name}", table_name=table)

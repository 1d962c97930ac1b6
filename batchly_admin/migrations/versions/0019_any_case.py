"""Find and sort text whatever its case from indexes; keep PostgreSQL's answers from them quick.

SQLite orders text by NOCASE now, so its indexes for that do too. What names a record is looked up
by the same indexes there, and by those of its small letters on PostgreSQL.

Revision ID: 0019_any_case
Revises: 0018_attachment_pieces
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0019_any_case"
down_revision = "0018_attachment_pieces"
branch_labels = None
depends_on = None

_SORTED = {
    "customers": ("display_name",),
    "products": ("name",),
    "qb_items": ("name",),
    "qb_accounts": ("name",),
    "purchase_orders": ("customer_name",),
}
"""What had an index for its order already."""

_NAMES = {
    "customers": ("display_name", "account_number", "email", "company_name"),
    "products": ("name", "sku"),
    "purchase_orders": ("po_number",),
    "invoices": ("invoice_number",),
    "jobs": ("job_number",),
}
"""What a person calls a record of the large tables."""

# A window far from the ends is found in an index alone only while most of the table is marked as
# visible to all, which is what vacuum does. By itself it waits for a fifth of the table to change.
_VACUUMED = (
    "customers",
    "products",
    "purchase_orders",
    "po_line_items",
    "jobs",
    "invoices",
    "invoice_line_items",
    "payments",
    "change_sets",
    "change_items",
)
_VACUUM = ("autovacuum_vacuum_scale_factor", "autovacuum_vacuum_insert_scale_factor")


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for table, columns in _SORTED.items():
            for column in columns:
                op.drop_index(f"ix_{table}_{column}_id", table_name=table)
                _sort_any_case(f"ix_{table}_{column}_id", table, column)
        for table, column in _names():
            if column not in _SORTED.get(table, ()):
                _sort_any_case(f"ix_{table}_any_{column}", table, column)
        return
    for table, column in _names():
        op.create_index(f"ix_{table}_any_{column}", table, [sa.text(f"lower({column})")])
    for table in _VACUUMED:
        wanted = ", ".join(f"{name} = 0.02" for name in _VACUUM)
        op.execute(f"ALTER TABLE {table} SET ({wanted})")


def downgrade() -> None:
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    for table, column in _names():
        if not (is_sqlite and column in _SORTED.get(table, ())):
            op.drop_index(f"ix_{table}_any_{column}", table_name=table)
    if is_sqlite:
        for table, columns in _SORTED.items():
            for column in columns:
                op.drop_index(f"ix_{table}_{column}_id", table_name=table)
                op.create_index(f"ix_{table}_{column}_id", table, [column, "id"])
        return
    for table in _VACUUMED:
        op.execute(f"ALTER TABLE {table} RESET ({', '.join(_VACUUM)})")


def _names() -> list[tuple[str, str]]:
    return [(table, column) for table, columns in _NAMES.items() for column in columns]


def _sort_any_case(name: str, table: str, column: str) -> None:
    op.create_index(name, table, [sa.text(f"{column} COLLATE NOCASE"), "id"])

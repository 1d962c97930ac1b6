"""Credits as whole documents: their shares, what they were used on; refunds by method and account.

Revision ID: 0003
Revises: 0002
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from batchly_admin.db import Exact, Guid, UtcDateTime

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

WORDS = "issued documents are frozen"
FROZEN = {
    "invoices": (
        "invoice_number",
        "job_id",
        "po_id",
        "customer_id",
        "customer_name",
        "invoice_date",
        "due_date",
        "payment_term_id",
        "subtotal",
        "discount_amount",
        "shipping_amount",
        "shipping_taxable",
        "tax_code_id",
        "tax_rate",
        "tax_amount",
        "total_amount",
        "issued_at",
    ),
    "credit_memos": (
        "credit_memo_number",
        "customer_id",
        "invoice_id",
        "credit_date",
        "subtotal",
        "tax_amount",
        "total_amount",
        "issued_at",
    ),
}
"""What the guards watched before this step."""

LATER = {
    "invoices": ("corrects_id",),
    "credit_memos": (
        "discount_amount",
        "shipping_amount",
        "shipping_taxable",
        "tax_code_id",
        "tax_rate",
    ),
}
MONEY = Exact(14, 2)
COLUMNS: tuple[tuple[str, str, sa.types.TypeEngine[object], str], ...] = (
    ("invoices", "corrects_id", Guid(), "invoices"),
    ("credit_memos", "discount_amount", MONEY, "DEFAULT '0' NOT NULL"),
    ("credit_memos", "shipping_amount", MONEY, "DEFAULT '0' NOT NULL"),
    ("credit_memos", "shipping_taxable", sa.Boolean(), "DEFAULT false NOT NULL"),
    ("credit_memos", "tax_code_id", Guid(), "tax_codes"),
    ("credit_memos", "tax_rate", Exact(9, 6), "DEFAULT '0' NOT NULL"),
    ("credit_memos", "voided_at", UtcDateTime(), ""),
    ("refunds", "invoice_id", Guid(), "invoices"),
    ("refunds", "tax_amount", MONEY, "DEFAULT '0' NOT NULL"),
    ("refunds", "payment_method_id", Guid(), "payment_methods"),
    ("refunds", "account", sa.String(100), ""),
    ("refunds", "reference", sa.String(60), ""),
)
INDEXED = (("invoices", "corrects_id"), ("refunds", "invoice_id"))


def upgrade() -> None:
    """Add the columns and the table, and let the guards watch the new columns too."""
    for table, column, kind, rest in COLUMNS:
        _add(table, column, kind, rest)
    for table, column in INDEXED:
        op.create_index(f"ix_{table}_{column}", table, [column])
    _create_applications()
    for table, columns in FROZEN.items():
        _guard(table, (*columns, *LATER[table]))


def downgrade() -> None:
    """Take the step back."""
    for table, columns in FROZEN.items():
        _guard(table, columns)
    op.drop_table("credit_applications")
    for table, column in INDEXED:
        op.drop_index(f"ix_{table}_{column}", table)
    for table, column, _kind, _rest in reversed(COLUMNS):
        op.execute(f"ALTER TABLE {table} DROP COLUMN {column}")


def _add(table: str, column: str, kind: sa.types.TypeEngine[object], rest: str) -> None:
    # Written out: rebuilding a table, as Alembic does it on SQLite, would lose its triggers.
    spelled = kind.compile(dialect=op.get_bind().dialect)
    if rest.islower():
        name = f"fk_{table}_{column}_{rest}"
        rest = f"CONSTRAINT {name} REFERENCES {rest} (id) ON DELETE RESTRICT"
    op.execute(f"ALTER TABLE {table} ADD COLUMN {column} {spelled} {rest}")


def _create_applications() -> None:
    moment = sa.text("CURRENT_TIMESTAMP")
    live = sa.text("voided_at IS NULL")
    op.create_table(
        "credit_applications",
        sa.Column("credit_memo_id", Guid(), nullable=False),
        sa.Column("invoice_id", Guid(), nullable=False),
        sa.Column("label", sa.String(length=130), nullable=False),
        sa.Column("application_date", sa.Date(), nullable=False),
        sa.Column("amount", MONEY, nullable=False),
        sa.Column("source", sa.String(length=20), nullable=False),
        sa.Column("voided_at", UtcDateTime(), nullable=True),
        sa.Column("qb_payment_id", sa.String(length=40), nullable=True),
        sa.Column("id", Guid(), nullable=False),
        sa.Column("created_at", UtcDateTime(), server_default=moment, nullable=False),
        sa.Column("updated_at", UtcDateTime(), server_default=moment, nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("qb_sync_token", sa.String(length=20), nullable=True),
        sa.Column("qb_created_time", UtcDateTime(), nullable=True),
        sa.Column("qb_last_updated_time", UtcDateTime(), nullable=True),
        sa.Column("last_synced_at", UtcDateTime(), nullable=True),
        sa.Column("sync_state", sa.String(length=20), server_default="not_synced", nullable=False),
        sa.Column("sync_note", sa.Text(), nullable=True),
        sa.CheckConstraint("amount > 0", name=op.f("ck_credit_applications_amount")),
        sa.ForeignKeyConstraint(
            ["credit_memo_id"],
            ["credit_memos.id"],
            name=op.f("fk_credit_applications_credit_memo_id_credit_memos"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["invoice_id"],
            ["invoices.id"],
            name=op.f("fk_credit_applications_invoice_id_invoices"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_credit_applications")),
    )
    for column in ("credit_memo_id", "invoice_id", "qb_payment_id"):
        op.create_index(f"ix_credit_applications_{column}", "credit_applications", [column])
    op.create_index(
        "uq_credit_applications_live",
        "credit_applications",
        ["credit_memo_id", "invoice_id"],
        unique=True,
        postgresql_where=live,
        sqlite_where=live,
    )


def _guard(table: str, columns: tuple[str, ...]) -> None:
    """Put the guard of issued documents up anew, over these columns."""
    postgresql = op.get_bind().dialect.name == "postgresql"
    differs = "IS DISTINCT FROM" if postgresql else "IS NOT"
    changed = " OR ".join(f"NEW.{column} {differs} OLD.{column}" for column in columns)
    name = f"{table}_update_guard"
    when = f"OLD.issued_at IS NOT NULL AND ({changed})"
    op.execute(f"DROP TRIGGER {name} ON {table}" if postgresql else f"DROP TRIGGER {name}")
    act = f"BEGIN SELECT RAISE(ABORT, '{WORDS}'); END"
    if postgresql:
        act = f"FOR EACH ROW WHEN ({when}) EXECUTE FUNCTION batchly_refuse('{WORDS}')"
        op.execute(f"CREATE TRIGGER {name} BEFORE UPDATE ON {table} {act}")
    else:
        op.execute(f"CREATE TRIGGER {name} BEFORE UPDATE ON {table} WHEN {when} {act}")

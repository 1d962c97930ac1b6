"""Freeze issued documents, keep the past append-only, name the owner's view, seed the company.

Revision ID: 0002
Revises: 0001
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from batchly_admin.db import Guid
from batchly_admin.domain.rights import ROLES
from batchly_admin.ids import new_id

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

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
LINES = {
    "invoice_line_items": ("invoices", "invoice_id"),
    "credit_memo_line_items": ("credit_memos", "credit_memo_id"),
}
APPEND_ONLY = ("audit_events",)
WORDS = "issued documents are frozen"


def upgrade() -> None:
    """Put the guards up and make the rows every installation needs."""
    postgresql = op.get_bind().dialect.name == "postgresql"
    if postgresql:
        op.execute(
            "CREATE FUNCTION batchly_refuse() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION '%', TG_ARGV[0] USING ERRCODE = '23514'; END $$"
        )
    guard = _postgresql_guard if postgresql else _sqlite_guard
    for table, columns in FROZEN.items():
        differs = "IS DISTINCT FROM" if postgresql else "IS NOT"
        changed = " OR ".join(f"NEW.{column} {differs} OLD.{column}" for column in columns)
        guard(table, "update", f"OLD.issued_at IS NOT NULL AND ({changed})")
        guard(table, "delete", "OLD.issued_at IS NOT NULL")
    for table, (parent, key) in LINES.items():
        for event, row in (("insert", "NEW"), ("update", "OLD"), ("delete", "OLD")):
            if postgresql:
                _postgresql_line_guard(table, event, parent, key)
            else:
                guard(table, event, _issued(parent, key, row))
    for table in APPEND_ONLY:
        guard(table, "delete", "1 = 1")
    op.execute("CREATE VIEW qb_customers AS SELECT * FROM customers")
    _seed()


def downgrade() -> None:
    """Take the guards down."""
    op.execute("DROP VIEW qb_customers")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION batchly_refuse() CASCADE")
        for table in LINES:
            op.execute(f"DROP FUNCTION batchly_refuse_{table}() CASCADE")
        return
    for table in FROZEN:
        for event in ("update", "delete"):
            op.execute(f"DROP TRIGGER {table}_{event}_guard")
    for table in LINES:
        for event in ("insert", "update", "delete"):
            op.execute(f"DROP TRIGGER {table}_{event}_guard")
    for table in APPEND_ONLY:
        op.execute(f"DROP TRIGGER {table}_delete_guard")


def _issued(parent: str, key: str, row: str) -> str:
    return f"EXISTS (SELECT 1 FROM {parent} WHERE id = {row}.{key} AND issued_at IS NOT NULL)"


def _sqlite_guard(table: str, event: str, condition: str) -> None:
    op.execute(
        f"CREATE TRIGGER {table}_{event}_guard BEFORE {event.upper()} ON {table} "
        f"WHEN {condition} BEGIN SELECT RAISE(ABORT, '{WORDS}'); END"
    )


def _postgresql_guard(table: str, event: str, condition: str) -> None:
    op.execute(
        f"CREATE TRIGGER {table}_{event}_guard BEFORE {event.upper()} ON {table} FOR EACH ROW "
        f"WHEN ({condition}) EXECUTE FUNCTION batchly_refuse('{WORDS}')"
    )


def _postgresql_line_guard(table: str, event: str, parent: str, key: str) -> None:
    # A trigger's WHEN cannot look into another table, so the question moves into the function.
    condition = _issued(parent, key, "OLD")
    if event == "insert":
        op.execute(
            f"CREATE FUNCTION batchly_refuse_{table}() RETURNS trigger LANGUAGE plpgsql AS $$ "
            f"BEGIN IF TG_OP = 'INSERT' AND {_issued(parent, key, 'NEW')} "
            f"OR TG_OP <> 'INSERT' AND {condition} THEN "
            f"RAISE EXCEPTION '{WORDS}' USING ERRCODE = '23514'; END IF; "
            "IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW; END $$"
        )
    op.execute(
        f"CREATE TRIGGER {table}_{event}_guard BEFORE {event.upper()} ON {table} "
        f"FOR EACH ROW EXECUTE FUNCTION batchly_refuse_{table}()"
    )


def _seed() -> None:
    organizations = sa.table(
        "organizations",
        sa.column("id", Guid),
        *(
            sa.column(name, sa.String)
            for name in (
                "name",
                "time_zone",
                "currency",
                "locale",
                "order_prefix",
                "invoice_prefix",
                "credit_memo_prefix",
                "payment_prefix",
            )
        ),
        sa.column("version", sa.Integer),
    )
    op.execute(
        sa.insert(organizations).values(
            id=new_id(),
            name="My print shop",
            time_zone="America/New_York",
            currency="USD",
            locale="en-US",
            order_prefix="PO-",
            invoice_prefix="INV-",
            credit_memo_prefix="CM-",
            payment_prefix="PAY-",
            version=1,
        )
    )
    roles = sa.table(
        "roles",
        sa.column("id", Guid),
        sa.column("name", sa.String),
        sa.column("label", sa.String),
        sa.column("version", sa.Integer),
    )
    op.bulk_insert(
        roles,
        [
            {"id": new_id(), "name": name, "label": label, "version": 1}
            for name, label in ROLES.items()
        ],
    )

"""The guided set-up: when a connection went live, matches, rehearsals, links of former companies.

Revision ID: 0007_matching
Revises: 0006_estimates
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from batchly_admin.db import Exact, Guid, Json, UtcDateTime

revision = "0007_matching"
down_revision = "0006_estimates"
branch_labels = None
depends_on = None

TASK_STATES = ("queued", "running", "finished", "failed")
KINDS = (
    "name",
    "email",
    "sku",
    "near",
    "several",
    "name_taken",
    "only_here",
    "only_there",
)
DECISIONS = ("open", "linked", "create_there", "created_here", "skipped")
VERDICTS = ("ready", "warning", "problem")


def upgrade() -> None:
    # Not as a batch: SQLite would build the table anew, and what belongs to it would go with it.
    op.add_column("qb_connections", sa.Column("went_live_at", UtcDateTime(), nullable=True))
    # Whoever is connected already pushes already.
    op.execute("UPDATE qb_connections SET went_live_at = COALESCE(connected_at, created_at)")
    _create_tasks()
    _create_candidates()
    _create_rows()
    _create_links()


def _record_columns() -> tuple[sa.Column, ...]:
    now = (
        sa.text("(CURRENT_TIMESTAMP)") if op.get_bind().dialect.name == "sqlite" else sa.func.now()
    )
    return (
        sa.Column("id", Guid(), nullable=False),
        sa.Column("created_at", UtcDateTime(), server_default=now, nullable=False),
        sa.Column("updated_at", UtcDateTime(), server_default=now, nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
    )


def _one_of(table: str, column: str, values: tuple[str, ...]) -> sa.CheckConstraint:
    words = ", ".join(f"'{value}'" for value in values)
    return sa.CheckConstraint(f"{column} IN ({words})", name=op.f(f"ck_{table}_{column}"))


def _connection(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["connection_id"],
        ["qb_connections.id"],
        name=op.f(f"fk_{table}_connection_id_qb_connections"),
        ondelete="CASCADE",
    )


def _create_tasks() -> None:
    op.create_table(
        "setup_tasks",
        *_record_columns(),
        sa.Column("connection_id", Guid(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("message", sa.Text(), nullable=True),
        sa.Column("result", Json(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("lease_token", sa.String(length=40), nullable=True),
        sa.Column("lease_until", UtcDateTime(), nullable=True),
        sa.Column("started_at", UtcDateTime(), nullable=True),
        sa.Column("finished_at", UtcDateTime(), nullable=True),
        sa.Column("actor_name", sa.String(length=200), nullable=False),
        _one_of("setup_tasks", "state", TASK_STATES),
        _connection("setup_tasks"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_setup_tasks")),
    )
    is_open = sa.text("state IN ('queued', 'running')")
    op.create_index(
        "uq_setup_tasks_open",
        "setup_tasks",
        ["connection_id", "kind"],
        unique=True,
        postgresql_where=is_open,
        sqlite_where=is_open,
    )
    op.create_index("ix_setup_tasks_kind_created_at", "setup_tasks", ["kind", "created_at"])


def _create_candidates() -> None:
    table = "match_candidates"
    op.create_table(
        table,
        *_record_columns(),
        sa.Column("connection_id", Guid(), nullable=False),
        sa.Column("entity_type", sa.String(length=30), nullable=False),
        sa.Column("entity_id", Guid(), nullable=True),
        sa.Column("qbo_id", sa.String(length=40), nullable=True),
        sa.Column("label", sa.String(length=500), nullable=False),
        sa.Column("ours", sa.String(length=500), nullable=True),
        sa.Column("ours_details", sa.String(length=300), nullable=True),
        sa.Column("theirs", sa.String(length=500), nullable=True),
        sa.Column("theirs_details", sa.String(length=300), nullable=True),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.Column("decision", sa.String(length=20), nullable=False),
        sa.Column("decided_by_id", Guid(), nullable=True),
        sa.Column("decided_at", UtcDateTime(), nullable=True),
        sa.Column("their_values", Json(), nullable=True),
        sa.Column("sync_token", sa.String(length=20), nullable=True),
        _one_of(table, "kind", KINDS),
        _one_of(table, "decision", DECISIONS),
        _connection(table),
        sa.ForeignKeyConstraint(
            ["decided_by_id"],
            ["users.id"],
            name=op.f("fk_match_candidates_decided_by_id_users"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_match_candidates")),
    )
    op.create_index(
        "ix_match_candidates_decision_kind", table, ["connection_id", "decision", "kind"]
    )
    op.create_index("ix_match_candidates_entity", table, ["entity_type", "entity_id"])
    op.create_index("ix_match_candidates_qbo_id", table, ["entity_type", "qbo_id"])


def _create_rows() -> None:
    op.create_table(
        "rehearsal_rows",
        *_record_columns(),
        sa.Column("task_id", Guid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("entity_type", sa.String(length=30), nullable=False),
        sa.Column("entity_id", Guid(), nullable=False),
        sa.Column("label", sa.String(length=200), nullable=False),
        sa.Column("verb", sa.String(length=10), nullable=False),
        sa.Column("verdict", sa.String(length=10), nullable=False),
        sa.Column("words", sa.Text(), nullable=True),
        sa.Column("amount", Exact(precision=14, scale=2), nullable=True),
        sa.Column("payload", sa.Text(), nullable=True),
        _one_of("rehearsal_rows", "verdict", VERDICTS),
        sa.ForeignKeyConstraint(
            ["task_id"],
            ["setup_tasks.id"],
            name=op.f("fk_rehearsal_rows_task_id_setup_tasks"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rehearsal_rows")),
    )
    op.create_index("ix_rehearsal_rows_task_id_position", "rehearsal_rows", ["task_id", "position"])


def _create_links() -> None:
    op.create_table(
        "released_links",
        *_record_columns(),
        sa.Column("realm_id", sa.String(length=40), nullable=False),
        sa.Column("company_name", sa.String(length=200), nullable=True),
        sa.Column("entity_type", sa.String(length=30), nullable=False),
        sa.Column("entity_id", Guid(), nullable=True),
        sa.Column("qbo_id", sa.String(length=40), nullable=False),
        sa.Column("released_by", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_released_links")),
    )
    op.create_index("ix_released_links_entity", "released_links", ["entity_type", "entity_id"])
    op.create_index(
        "ix_released_links_realm_id", "released_links", ["realm_id", "entity_type", "qbo_id"]
    )


def downgrade() -> None:
    for table in ("released_links", "rehearsal_rows", "match_candidates", "setup_tasks"):
        op.drop_table(table)
    op.drop_column("qb_connections", "went_live_at")

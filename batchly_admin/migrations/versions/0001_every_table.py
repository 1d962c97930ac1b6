"""Every table.

Revision ID: 0001
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from batchly_admin.db import Exact, Guid, Json, UtcDateTime
from batchly_admin.models.generated import LineTotal

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the database one step up."""
    op.create_table(
        "api_usage",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("endpoint", sa.String(length=60), nullable=False),
        sa.Column("metering", sa.String(length=10), nullable=False),
        sa.Column("result", sa.String(length=20), nullable=False),
        sa.Column("calls", sa.Integer(), nullable=False),
        sa.Column("id", Guid(), nullable=False),
        sa.Column(
            "created_at", UtcDateTime(), server_default=sa.text("CURRENT_TIMESTAMP"), nullable=False
        ),
        sa.Column(
            "updated_at", UtcDateTime(), server_default=sa.text("CURRENT_TIMESTAMP"), nullable=False
        ),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_usage")),
        sa.UniqueConstraint(
            "day",
            "endpoint",
            "metering",
            "result",
            name=op.f("uq_api_usage_day_endpoint_metering_result"),
        ),
    )
    op.create_table(
        "counters",
        sa.Column("series", sa.String(length=60), nullable=False),
        sa.Column("last_number", sa.Integer(), nullable=False),
        sa.Column("id", Guid(), nullable=False),
        sa.Column(
            "created_at", UtcDateTime(), server_default=sa.text("CURRENT_TIMESTAMP"), nullable=False
        ),
        sa.Column(
            "updated_at", UtcDateTime(), server_default=sa.text("CURRENT_TIMESTAMP"), nullable=False
        ),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_counters")),
        sa.UniqueConstraint("series", name=op.f("uq_counters_series")),
    )
    op.create_table(
        "custom_fields",
        sa.Column("table_name", sa.String(length=60), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("label", sa.String(length=120), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("choices", Json(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("id", Guid(), nullable=False),
        sa.Column(
            "created_at", UtcDateTime(), server_default=sa.text("CURRENT_TIMESTAMP"), nullable=False
        ),
        sa.Column(
            "updated_at", UtcDateTime(), server_default=sa.text("CURRENT_TIMESTAMP"), nullable=False
        ),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_custom_fields")),
        sa.UniqueConstraint("table_name", "name", name=op.f("uq_custom_fields_table_name_name")),
    )
    op.create_table(
        "field_mappings",
        sa.Column("entity_type", sa.String(length=30), nullable=False),
        sa.Column("qbo_field", sa.String(length=80), nullable=False),
        sa.Column("our_field", sa.String(length=80), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("id", Guid(), nullable=False),
        sa.Column(
            "created_at", UtcDateTime(), server_default=sa.text("CURRENT_TIMESTAMP"), nullable=False
        ),
        sa.Column(
            "updated_at", UtcDateTime(), server_default=sa.text("CURRENT_TIMESTAMP"), nullable=False
        ),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_field_mappings")),
        sa.UniqueConstraint(
            "entity_type", "qbo_field", name=op.f("uq_field_mappings_entity_type_qbo_field")
        ),
    )
    op.create_table(
        "login_throttles",
        sa.Column("key", sa.String(length=300), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("last_failure_at", UtcDateTime(), nullable=True),
        sa.Column("blocked_until", UtcDateTime(), nullable=True),
        sa.Column("id", Guid(), nullable=False),
        sa.Column(
            "created_at", UtcDateTime(), server_default=sa.text("CURRENT_TIMESTAMP"), nullable=False
        ),
        sa.Column(
            "updated_at", UtcDateTime(), server_default=sa.text("CURRENT_TIMESTAMP"), nullable=False
        ),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_login_throttles")),
        sa.UniqueConstraint("key", name=op.f("uq_login_throttles_key")),
    )
    op.create_table(
        "organizations",
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("legal_name", sa.String(length=200), nullable=True),
        sa.Column("address", Json(), nullable=True),
        sa.Column("email", sa.String(length=254), nullable=True),
        sa.Column("phone", sa.String(length=40), nullable=True),
        sa.Column("website", sa.String(length=200), nullable=True),
        sa.Column("time_zone", sa.String(length=64), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("locale", sa.String(length=20), nullable=False),
        sa.Column("order_prefix", sa.String(length=10), nullable=False),
        sa.Column("invoice_prefix", sa.String(length=10), nullable=False),
        sa.Column("credit_memo_prefix", sa.String(length=10), nullable=False),
        sa.Column("payment_prefix", sa.String(length=10), nullable=False),
        sa.Column("id", Guid(), nullable=False),
        sa.Column(
            "created_at", UtcDateTime(), server_default=sa.text("CURRENT_TIMESTAMP"), nullable=False
        ),
        sa.Column(
            "updated_at", UtcDateTime(), server_default=sa.text("CURRENT_TIMESTAMP"), nullable=False
        ),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organizations")),
    )
    op.create_table(
        "payment_methods",
        sa.Column("name", sa.String(length=31), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("qb_payment_method_id", sa.String(length=40), nullable=True),
        sa.Column("id", Guid(), nullable=False),
        sa.Column(
            "created_at", UtcDateTime(), server_default=sa.text("CURRENT_TIMESTAMP"), nullable=False
        ),
        sa.Column(
            "updated_at", UtcDateTime(), server_default=sa.text("CURRENT_TIMESTAMP"), nullable=False
        ),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("qb_sync_token", sa.String(length=20), nullable=True),
        sa.Column("qb_created_time", UtcDateTime(), nullable=True),
        sa.Column("qb_last_updated_time", UtcDateTime(), nullable=True),
        sa.Column("last_synced_at", UtcDateTime(), nullable=True),
        sa.Column("sync_state", sa.String(length=20), server_default="not_synced", nullable=False),
        sa.Column("sync_note", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment_methods")),
        sa.UniqueConstraint("name", name=op.f("uq_payment_methods_name")),
        sa.UniqueConstraint(
            "qb_payment_method_id", name=op.f("uq_payment_methods_qb_payment_method_id")
        ),
    )
    op.create_table(
        "payment_terms",
        sa.Column("name", sa.String(length=31), nullable=False),
        sa.Column("due_days", sa.Integer(), nullable=False),
        sa.Column("discount_percent", Exact(12, 4), nullable=True),
        sa.Column("discount_days", sa.Integer(), nullable=True),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("qb_term_id", sa.String(length=40), nullable=True),
        sa.Column("id", Guid(), nullable=False),
        sa.Column(
            "created_at", UtcDateTime(), server_default=sa.text("CURRENT_TIMESTAMP"), nullable=False
        ),
        sa.Column(
            "updated_at", UtcDateTime(), server_default=sa.text("CURRENT_TIMESTAMP"), nullable=False
        ),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("qb_sync_token", sa.String(length=20), nullable=True),
        sa.Column("qb_created_time", UtcDateTime(), nullable=True),
        sa.Column("qb_last_updated_time", UtcDateTime(), nullable=True),
        sa.Column("last_synced_at", UtcDateTime(), nullable=True),
        sa.Column("sync_state", sa.String(length=20), server_default="not_synced", nullable=False),
        sa.Column("sync_note", sa.Text(), nullable=True),
        sa.CheckConstraint("due_days BETWEEN 0 AND 999", name=op.f("ck_payment_terms_due_days")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment_terms")),
        sa.UniqueConstraint("name", name=op.f("uq_payment_terms_name")),
        sa.UniqueConstraint("qb_term_id", name=op.f("uq_payment_terms_qb_term_id")),
    )
    op.create_table(
        "products",
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("sku", sa.String(length=100), nullable=True),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("qb_type", sa.String(length=20), nullable=False),
        sa.Column("unit_price", Exact(14, 4), nullable=False),
        sa.Column("unit_cost", Exact(14, 4), nullable=True),
        sa.Column("unit_of_measure", sa.String(length=20), nullable=False),
        sa.Column("is_taxable", sa.Boolean(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("qb_item_id", sa.String(length=40), nullable=True),
        sa.Column("qb_income_account_ref", sa.String(length=40), nullable=True),
        sa.Column("qb_expense_account_ref", sa.String(length=40), nullable=True),
        sa.Column("id", Guid(), nullable=False),
        sa.Column(
            "created_at", UtcDateTime(), server_default=sa.text("CURRENT_TIMESTAMP"), nullable=False
        ),
        sa.Column(
            "updated_at", UtcDateTime(), server_default=sa.text("CURRENT_TIMESTAMP"), nullable=False
        ),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("qb_sync_token", sa.String(length=20), nullable=True),
        sa.Column("qb_created_time", UtcDateTime(), nullable=True),
        sa.Column("qb_last_updated_time", UtcDateTime(), nullable=True),
        sa.Column("last_synced_at", UtcDateTime(), nullable=True),
        sa.Column("sync_state", sa.String(length=20), server_default="not_synced", nullable=False),
        sa.Column("sync_note", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "qb_type IN ('Inventory', 'NonInventory', 'Service')", name=op.f("ck_products_qb_type")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_products")),
        sa.UniqueConstraint("name", name=op.f("uq_products_name")),
        sa.UniqueConstraint("qb_item_id", name=op.f("uq_products_qb_item_id")),
        sa.UniqueConstraint("sku", name=op.f("uq_products_sku")),
    )
    with op.batch_alter_table("products", schema=None) as batch_op:
        batch_op.create_index("ix_products_name_id", ["name", "id"], unique=False)
        batch_op.create_index("ix_products_sync_state", ["sync_state"], unique=False)

    op.create_table(
        "roles",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("label", sa.String(length=80), nullable=False),
        sa.Column("id", Guid(), nullable=False),
        sa.Column(
            "created_at", UtcDateTime(), server_default=sa.text("CURRENT_TIMESTAMP"), nullable=False
        ),
        sa.Column(
            "updated_at", UtcDateTime(), server_default=sa.text("CURRENT_TIMESTAMP"), nullable=False
        ),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_roles")),
        sa.UniqueConstraint("name", name=op.f("uq_roles_name")),
    )
    op.create_table(
        "schedule_slots",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("slot_key", sa.String(length=80), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("lease_token", sa.String(length=40), nullable=True),
        sa.Column("lease_until", UtcDateTime(), nullable=True),
        sa.Column("started_at", UtcDateTime(), nullable=True),
        sa.Column("finished_at", UtcDateTime(), nullable=True),
        sa.Column("message", sa.Text(), nullable=True),
        sa.Column("id", Guid(), nullable=False),
        sa.Column(
            "created_at", UtcDateTime(), server_default=sa.text("CURRENT_TIMESTAMP"), nullable=False
        ),
        sa.Column(
            "updated_at", UtcDateTime(), server_default=sa.text("CURRENT_TIMESTAMP"), nullable=False
        ),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_schedule_slots")),
        sa.UniqueConstraint("slot_key", name=op.f("uq_schedule_slots_slot_key")),
    )
    with op.batch_alter_table("schedule_slots", schema=None) as batch_op:
        batch_op.create_index("ix_schedule_slots_state_due_at", ["state", "due_at"], unique=False)

    op.create_table(
        "settings",
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("value", Json(), nullable=False),
        sa.Column("id", Guid(), nullable=False),
        sa.Column(
            "created_at", UtcDateTime(), server_default=sa.text("CURRENT_TIMESTAMP"), nullable=False
        ),
        sa.Column(
            "updated_at", UtcDateTime(), server_default=sa.text("CURRENT_TIMESTAMP"), nullable=False
        ),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_settings")),
        sa.UniqueConstraint("key", name=op.f("uq_settings_key")),
    )
    op.create_table(
        "sync_schedules",
        sa.Column("sync_type", sa.String(length=40), nullable=False),
        sa.Column("rhythm", sa.String(length=10), nullable=False),
        sa.Column("at_time", sa.Time(), nullable=True),
        sa.Column("weekday", sa.Integer(), nullable=True),
        sa.Column("is_enabled", sa.Boolean(), nullable=False),
        sa.Column("id", Guid(), nullable=False),
        sa.Column(
            "created_at", UtcDateTime(), server_default=sa.text("CURRENT_TIMESTAMP"), nullable=False
        ),
        sa.Column(
            "updated_at", UtcDateTime(), server_default=sa.text("CURRENT_TIMESTAMP"), nullable=False
        ),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sync_schedules")),
        sa.UniqueConstraint("sync_type", name=op.f("uq_sync_schedules_sync_type")),
    )
    op.create_table(
        "tax_agencies",
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("qb_tax_agency_id", sa.String(length=40), nullable=True),
        sa.Column("id", Guid(), nullable=False),
        sa.Column(
            "created_at", UtcDateTime(), server_default=sa.text("CURRENT_TIMESTAMP"), nullable=False
        ),
        sa.Column(
            "updated_at", UtcDateTime(), server_default=sa.text("CURRENT_TIMESTAMP"), nullable=False
        ),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("qb_sync_token", sa.String(length=20), nullable=True),
        sa.Column("qb_created_time", UtcDateTime(), nullable=True),
        sa.Column("qb_last_updated_time", UtcDateTime(), nullable=True),
        sa.Column("last_synced_at", UtcDateTime(), nullable=True),
        sa.Column("sync_state", sa.String(length=20), server_default="not_synced", nullable=False),
        sa.Column("sync_note", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tax_agencies")),
        sa.UniqueConstraint("qb_tax_agency_id", name=op.f("uq_tax_agencies_qb_tax_agency_id")),
    )
    op.create_table(
        "tax_codes",
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("description", sa.String(length=400), nullable=True),
        sa.Column("rates", Json(), nullable=True),
        sa.Column("combined_rate", Exact(9, 6), nullable=False),
        sa.Column("is_taxable", sa.Boolean(), nullable=False),
        sa.Column("is_group", sa.Boolean(), nullable=False),
        sa.Column("region", sa.String(length=60), nullable=True),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("qb_tax_code_id", sa.String(length=40), nullable=True),
        sa.Column("id", Guid(), nullable=False),
        sa.Column(
            "created_at", UtcDateTime(), server_default=sa.text("CURRENT_TIMESTAMP"), nullable=False
        ),
        sa.Column(
            "updated_at", UtcDateTime(), server_default=sa.text("CURRENT_TIMESTAMP"), nullable=False
        ),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("qb_sync_token", sa.String(length=20), nullable=True),
        sa.Column("qb_created_time", UtcDateTime(), nullable=True),
        sa.Column("qb_last_updated_time", UtcDateTime(), nullable=True),
        sa.Column("last_synced_at", UtcDateTime(), nullable=True),
        sa.Column("sync_state", sa.String(length=20), server_default="not_synced", nullable=False),
        sa.Column("sync_note", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tax_codes")),
        sa.UniqueConstraint("qb_tax_code_id", name=op.f("uq_tax_codes_qb_tax_code_id")),
    )
    op.create_table(
        "users",
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("password_hash", sa.String(length=200), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("last_login_at", UtcDateTime(), nullable=True),
        sa.Column("password_changed_at", UtcDateTime(), nullable=True),
        sa.Column("id", Guid(), nullable=False),
        sa.Column(
            "created_at", UtcDateTime(), server_default=sa.text("CURRENT_TIMESTAMP"), nullable=False
        ),
        sa.Column(
            "updated_at", UtcDateTime(), server_default=sa.text("CURRENT_TIMESTAMP"), nullable=False
        ),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_users")),
        sa.UniqueConstraint("email", name=op.f("uq_users_email")),
    )
    op.create_table(
        "webhook_events",
        sa.Column("event_key", sa.String(length=200), nullable=False),
        sa.Column("realm_id", sa.String(length=40), nullable=False),
        sa.Column("entity_type", sa.String(length=30), nullable=False),
        sa.Column("qbo_id", sa.String(length=40), nullable=False),
        sa.Column("operation", sa.String(length=20), nullable=False),
        sa.Column("happened_at", UtcDateTime(), nullable=False),
        sa.Column("handled_at", UtcDateTime(), nullable=True),
        sa.Column("id", Guid(), nullable=False),
        sa.Column(
            "created_at", UtcDateTime(), server_default=sa.text("CURRENT_TIMESTAMP"), nullable=False
        ),
        sa.Column(
            "updated_at", UtcDateTime(), server_default=sa.text("CURRENT_TIMESTAMP"), nullable=False
        ),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_events")),
        sa.UniqueConstraint("event_key", name=op.f("uq_webhook_events_event_key")),
    )
    with op.batch_alter_table("webhook_events", schema=None) as batch_op:
        batch_op.create_index("ix_webhook_events_created_at_id", ["created_at", "id"], unique=False)

    op.create_table(
        "work_centers",
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("hours_per_day", Exact(12, 4), nullable=False),
        sa.Column("hourly_rate", Exact(14, 2), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("id", Guid(), nullable=False),
        sa.Column(
            "created_at", UtcDateTime(), server_default=sa.text("CURRENT_TIMESTAMP"), nullable=False
        ),
        sa.Column(
            "updated_at", UtcDateTime(), server_default=sa.text("CURRENT_TIMESTAMP"), nullable=False
        ),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_work_centers")),
        sa.UniqueConstraint("name", name=op.f("uq_work_centers_name")),
    )
    op.create_table(
        "attachments",
        sa.Column("subject_table", sa.String(length=60), nullable=False),
        sa.Column("subject_id", Guid(), nullable=False),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column("content_type", sa.String(length=100), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.Column("storage_key", sa.String(length=300), nullable=True),
        sa.Column("details", Json(), nullable=True),
        sa.Column("uploaded_by_id", Guid(), nullable=True),
        sa.Column("id", Guid(), nullable=False),
        sa.Column(
            "created_at", UtcDateTime(), server_default=sa.text("CURRENT_TIMESTAMP"), nullable=False
        ),
        sa.Column(
            "updated_at", UtcDateTime(), server_default=sa.text("CURRENT_TIMESTAMP"), nullable=False
        ),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.ForeignKeyConstraint(
            ["uploaded_by_id"],
            ["users.id"],
            name=op.f("fk_attachments_uploaded_by_id_users"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attachments")),
    )
    with op.batch_alter_table("attachments", schema=None) as batch_op:
        batch_op.create_index(
            "ix_attachments_subject", ["subject_table", "subject_id"], unique=False
        )

    op.create_table(
        "audit_events",
        sa.Column("user_id", Guid(), nullable=True),
        sa.Column("actor_name", sa.String(length=200), nullable=False),
        sa.Column("event", sa.String(length=60), nullable=False),
        sa.Column("subject", sa.String(length=300), nullable=True),
        sa.Column("address", sa.String(length=64), nullable=True),
        sa.Column("details", Json(), nullable=True),
        sa.Column("id", Guid(), nullable=False),
        sa.Column(
            "created_at", UtcDateTime(), server_default=sa.text("CURRENT_TIMESTAMP"), nullable=False
        ),
        sa.Column(
            "updated_at", UtcDateTime(), server_default=sa.text("CURRENT_TIMESTAMP"), nullable=False
        ),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["users.id"],
            name=op.f("fk_audit_events_user_id_users"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_events")),
    )
    with op.batch_alter_table("audit_events", schema=None) as batch_op:
        batch_op.create_index("ix_audit_events_created_at_id", ["created_at", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_audit_events_event"), ["event"], unique=False)

    op.create_table(
        "change_sets",
        sa.Column("user_id", Guid(), nullable=True),
        sa.Column("actor_name", sa.String(length=200), nullable=False),
        sa.Column("source", sa.String(length=20), nullable=False),
        sa.Column("summary", sa.String(length=300), nullable=True),
        sa.Column("address", sa.String(length=64), nullable=True),
        sa.Column("run_id", Guid(), nullable=True),
        sa.Column("undoes_id", Guid(), nullable=True),
        sa.Column("undone_by_id", Guid(), nullable=True),
        sa.Column("id", Guid(), nullable=False),
        sa.Column(
            "created_at", UtcDateTime(), server_default=sa.text("CURRENT_TIMESTAMP"), nullable=False
        ),
        sa.Column(
            "updated_at", UtcDateTime(), server_default=sa.text("CURRENT_TIMESTAMP"), nullable=False
        ),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.ForeignKeyConstraint(
            ["undoes_id"],
            ["change_sets.id"],
            name=op.f("fk_change_sets_undoes_id_change_sets"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["undone_by_id"],
            ["change_sets.id"],
            name=op.f("fk_change_sets_undone_by_id_change_sets"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["users.id"],
            name=op.f("fk_change_sets_user_id_users"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_change_sets")),
    )
    with op.batch_alter_table("change_sets", schema=None) as batch_op:
        batch_op.create_index("ix_change_sets_created_at_id", ["created_at", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_change_sets_run_id"), ["run_id"], unique=False)

    op.create_table(
        "customers",
        sa.Column("display_name", sa.String(length=500), nullable=False),
        sa.Column("name", sa.String(length=500), nullable=True),
        sa.Column("company_name", sa.String(length=100), nullable=True),
        sa.Column("account_number", sa.String(length=100), nullable=True),
        sa.Column("email", sa.String(length=100), nullable=True),
        sa.Column("phone", sa.String(length=30), nullable=True),
        sa.Column("mobile", sa.String(length=30), nullable=True),
        sa.Column("fax", sa.String(length=30), nullable=True),
        sa.Column("website", sa.String(length=1000), nullable=True),
        sa.Column("billing_address", Json(), nullable=True),
        sa.Column("shipping_address", Json(), nullable=True),
        sa.Column("payment_term_id", Guid(), nullable=True),
        sa.Column("credit_limit", Exact(14, 2), nullable=True),
        sa.Column("tax_exempt", sa.Boolean(), nullable=False),
        sa.Column("default_tax_code_id", Guid(), nullable=True),
        sa.Column("preferred_delivery_method", sa.String(length=20), nullable=True),
        sa.Column("notes", sa.Text(), nullable=True),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("balance", Exact(14, 2), nullable=True),
        sa.Column("qb_customer_id", sa.String(length=40), nullable=True),
        sa.Column("id", Guid(), nullable=False),
        sa.Column(
            "created_at", UtcDateTime(), server_default=sa.text("CURRENT_TIMESTAMP"), nullable=False
        ),
        sa.Column(
            "updated_at", UtcDateTime(), server_default=sa.text("CURRENT_TIMESTAMP"), nullable=False
        ),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("qb_sync_token", sa.String(length=20), nullable=True),
        sa.Column("qb_created_time", UtcDateTime(), nullable=True),
        sa.Column("qb_last_updated_time", UtcDateTime(), nullable=True),
        sa.Column("last_synced_at", UtcDateTime(), nullable=True),
        sa.Column("sync_state", sa.String(length=20), server_default="not_synced", nullable=False),
        sa.Column("sync_note", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["default_tax_code_id"],
            ["tax_codes.id"],
            name=op.f("fk_customers_default_tax_code_id_tax_codes"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["payment_term_id"],
            ["payment_terms.id"],
            name=op.f("fk_customers_payment_term_id_payment_terms"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customers")),
        sa.UniqueConstraint("account_number", name=op.f("uq_customers_account_number")),
        sa.UniqueConstraint("display_name", name=op.f("uq_customers_display_name")),
        sa.UniqueConstraint("qb_customer_id", name=op.f("uq_customers_qb_customer_id")),
    )
    with op.batch_alter_table("customers", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_customers_default_tax_code_id"), ["default_tax_code_id"], unique=False
        )
        batch_op.create_index("ix_customers_display_name_id", ["display_name", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_customers_email"), ["email"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_customers_payment_term_id"), ["payment_term_id"], unique=False
        )
        batch_op.create_index("ix_customers_sync_state", ["sync_state"], unique=False)

    op.create_table(
        "import_runs",
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column("file_digest", sa.String(length=64), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("mapping", Json(), nullable=True),
        sa.Column("options", Json(), nullable=True),
        sa.Column("user_id", Guid(), nullable=True),
        sa.Column("actor_name", sa.String(length=200), nullable=False),
        sa.Column("lines_total", sa.Integer(), nullable=False),
        sa.Column("lines_read", sa.Integer(), nullable=False),
        sa.Column("lines_created", sa.Integer(), nullable=False),
        sa.Column("lines_skipped", sa.Integer(), nullable=False),
        sa.Column("lines_refused", sa.Integer(), nullable=False),
        sa.Column("orders_created", sa.Integer(), nullable=False),
        sa.Column("customers_created", sa.Integer(), nullable=False),
        sa.Column("products_created", sa.Integer(), nullable=False),
        sa.Column("reasons", Json(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("message", sa.Text(), nullable=True),
        sa.Column("lease_token", sa.String(length=40), nullable=True),
        sa.Column("lease_until", UtcDateTime(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("started_at", UtcDateTime(), nullable=True),
        sa.Column("finished_at", UtcDateTime(), nullable=True),
        sa.Column("id", Guid(), nullable=False),
        sa.Column(
            "created_at", UtcDateTime(), server_default=sa.text("CURRENT_TIMESTAMP"), nullable=False
        ),
        sa.Column(
            "updated_at", UtcDateTime(), server_default=sa.text("CURRENT_TIMESTAMP"), nullable=False
        ),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["users.id"],
            name=op.f("fk_import_runs_user_id_users"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_runs")),
    )
    with op.batch_alter_table("import_runs", schema=None) as batch_op:
        batch_op.create_index("ix_import_runs_created_at_id", ["created_at", "id"], unique=False)

    op.create_table(
        "inventory_items",
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("sku", sa.String(length=100), nullable=True),
        sa.Column("product_id", Guid(), nullable=True),
        sa.Column("unit_of_measure", sa.String(length=20), nullable=False),
        sa.Column("quantity_on_hand", Exact(12, 4), nullable=False),
        sa.Column("quantity_allocated", Exact(12, 4), nullable=False),
        sa.Column("reorder_point", Exact(12, 4), nullable=True),
        sa.Column("unit_cost", Exact(14, 4), nullable=False),
        sa.Column("location", sa.String(length=60), nullable=True),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("id", Guid(), nullable=False),
        sa.Column(
            "created_at", UtcDateTime(), server_default=sa.text("CURRENT_TIMESTAMP"), nullable=False
        ),
        sa.Column(
            "updated_at", UtcDateTime(), server_default=sa.text("CURRENT_TIMESTAMP"), nullable=False
        ),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint(
            "quantity_allocated >= 0 AND quantity_allocated <= quantity_on_hand",
            name=op.f("ck_inventory_items_allocated"),
        ),
        sa.CheckConstraint("quantity_on_hand >= 0", name=op.f("ck_inventory_items_on_hand")),
        sa.ForeignKeyConstraint(
            ["product_id"],
            ["products.id"],
            name=op.f("fk_inventory_items_product_id_products"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inventory_items")),
        sa.UniqueConstraint("name", name=op.f("uq_inventory_items_name")),
        sa.UniqueConstraint("sku", name=op.f("uq_inventory_items_sku")),
    )
    with op.batch_alter_table("inventory_items", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_inventory_items_product_id"), ["product_id"], unique=False
        )

    op.create_table(
        "login_sessions",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("user_id", Guid(), nullable=False),
        sa.Column("address", sa.String(length=64), nullable=True),
        sa.Column("user_agent", sa.String(length=200), nullable=True),
        sa.Column("last_seen_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.Column("id", Guid(), nullable=False),
        sa.Column(
            "created_at", UtcDateTime(), server_default=sa.text("CURRENT_TIMESTAMP"), nullable=False
        ),
        sa.Column(
            "updated_at", UtcDateTime(), server_default=sa.text("CURRENT_TIMESTAMP"), nullable=False
        ),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["users.id"],
            name=op.f("fk_login_sessions_user_id_users"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_login_sessions")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_login_sessions_token_hash")),
    )
    with op.batch_alter_table("login_sessions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_login_sessions_user_id"), ["user_id"], unique=False)

    op.create_table(
        "notifications",
        sa.Column("user_id", Guid(), nullable=True),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("body", sa.Text(), nullable=True),
        sa.Column("link", sa.String(length=300), nullable=True),
        sa.Column("read_at", UtcDateTime(), nullable=True),
        sa.Column("id", Guid(), nullable=False),
        sa.Column(
            "created_at", UtcDateTime(), server_default=sa.text("CURRENT_TIMESTAMP"), nullable=False
        ),
        sa.Column(
            "updated_at", UtcDateTime(), server_default=sa.text("CURRENT_TIMESTAMP"), nullable=False
        ),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["users.id"],
            name=op.f("fk_notifications_user_id_users"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notifications")),
    )
    with op.batch_alter_table("notifications", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_notifications_user_id"), ["user_id"], unique=False)

    op.create_table(
        "number_gaps",
        sa.Column("series", sa.String(length=60), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("user_id", Guid(), nullable=True),
        sa.Column("id", Guid(), nullable=False),
        sa.Column(
            "created_at", UtcDateTime(), server_default=sa.text("CURRENT_TIMESTAMP"), nullable=False
        ),
        sa.Column(
            "updated_at", UtcDateTime(), server_default=sa.text("CURRENT_TIMESTAMP"), nullable=False
        ),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["users.id"],
            name=op.f("fk_number_gaps_user_id_users"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_number_gaps")),
        sa.UniqueConstraint("series", "number", name=op.f("uq_number_gaps_series_number")),
    )
    op.create_table(
        "qb_connections",
        sa.Column("organization_id", Guid(), nullable=False),
        sa.Column("company_id", sa.String(length=40), nullable=False),
        sa.Column("realm_id", sa.String(length=40), nullable=False),
        sa.Column("company_name", sa.String(length=200), nullable=True),
        sa.Column("environment", sa.String(length=20), nullable=False),
        sa.Column("base_url", sa.String(length=200), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("access_token", sa.Text(), nullable=True),
        sa.Column("refresh_token", sa.Text(), nullable=True),
        sa.Column("previous_refresh_token", sa.Text(), nullable=True),
        sa.Column("token_expires_at", UtcDateTime(), nullable=True),
        sa.Column("refresh_token_expires_at", UtcDateTime(), nullable=True),
        sa.Column("refresh_token_hard_expires_at", UtcDateTime(), nullable=True),
        sa.Column("sync_enabled", sa.Boolean(), nullable=False),
        sa.Column("pushes_paused", sa.Boolean(), nullable=False),
        sa.Column("last_sync_at", UtcDateTime(), nullable=True),
        sa.Column("last_call_at", UtcDateTime(), nullable=True),
        sa.Column("sync_frequency_hours", sa.Integer(), nullable=False),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.Column("error_count", sa.Integer(), nullable=False),
        sa.Column("breaker_failures", sa.Integer(), nullable=False),
        sa.Column("breaker_opened_count", sa.Integer(), nullable=False),
        sa.Column("breaker_open_until", UtcDateTime(), nullable=True),
        sa.Column("throttled_until", UtcDateTime(), nullable=True),
        sa.Column("preferences", Json(), nullable=True),
        sa.Column("company_info", Json(), nullable=True),
        sa.Column("connected_by_id", Guid(), nullable=True),
        sa.Column("connected_at", UtcDateTime(), nullable=True),
        sa.Column("id", Guid(), nullable=False),
        sa.Column(
            "created_at", UtcDateTime(), server_default=sa.text("CURRENT_TIMESTAMP"), nullable=False
        ),
        sa.Column(
            "updated_at", UtcDateTime(), server_default=sa.text("CURRENT_TIMESTAMP"), nullable=False
        ),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.ForeignKeyConstraint(
            ["connected_by_id"],
            ["users.id"],
            name=op.f("fk_qb_connections_connected_by_id_users"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organizations.id"],
            name=op.f("fk_qb_connections_organization_id_organizations"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_qb_connections")),
        sa.UniqueConstraint("company_id", name=op.f("uq_qb_connections_company_id")),
        sa.UniqueConstraint("realm_id", name=op.f("uq_qb_connections_realm_id")),
    )
    op.create_table(
        "qb_items",
        sa.Column("qb_item_id", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("sku", sa.String(length=100), nullable=True),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("type", sa.String(length=20), nullable=True),
        sa.Column("unit_price", Exact(14, 4), nullable=True),
        sa.Column("income_account_ref", sa.String(length=40), nullable=True),
        sa.Column("expense_account_ref", sa.String(length=40), nullable=True),
        sa.Column("track_quantity", sa.Boolean(), nullable=False),
        sa.Column("quantity_on_hand", Exact(12, 4), nullable=True),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("product_id", Guid(), nullable=True),
        sa.Column("id", Guid(), nullable=False),
        sa.Column(
            "created_at", UtcDateTime(), server_default=sa.text("CURRENT_TIMESTAMP"), nullable=False
        ),
        sa.Column(
            "updated_at", UtcDateTime(), server_default=sa.text("CURRENT_TIMESTAMP"), nullable=False
        ),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("qb_sync_token", sa.String(length=20), nullable=True),
        sa.Column("qb_created_time", UtcDateTime(), nullable=True),
        sa.Column("qb_last_updated_time", UtcDateTime(), nullable=True),
        sa.Column("last_synced_at", UtcDateTime(), nullable=True),
        sa.Column("sync_state", sa.String(length=20), server_default="not_synced", nullable=False),
        sa.Column("sync_note", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["product_id"],
            ["products.id"],
            name=op.f("fk_qb_items_product_id_products"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_qb_items")),
        sa.UniqueConstraint("qb_item_id", name=op.f("uq_qb_items_qb_item_id")),
    )
    with op.batch_alter_table("qb_items", schema=None) as batch_op:
        batch_op.create_index("ix_qb_items_name_id", ["name", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_qb_items_product_id"), ["product_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_qb_items_sku"), ["sku"], unique=False)

    op.create_table(
        "runs",
        sa.Column("table_name", sa.String(length=60), nullable=False),
        sa.Column("action", sa.String(length=60), nullable=False),
        sa.Column("label", sa.String(length=200), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("params", Json(), nullable=True),
        sa.Column("user_id", Guid(), nullable=True),
        sa.Column("actor_name", sa.String(length=200), nullable=False),
        sa.Column("actor_roles", Json(), nullable=True),
        sa.Column("request_key", sa.String(length=100), nullable=True),
        sa.Column("retry_of_id", Guid(), nullable=True),
        sa.Column("undo_of_id", Guid(), nullable=True),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("ok", sa.Integer(), nullable=False),
        sa.Column("failed", sa.Integer(), nullable=False),
        sa.Column("message", sa.Text(), nullable=True),
        sa.Column("lease_token", sa.String(length=40), nullable=True),
        sa.Column("lease_until", UtcDateTime(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("started_at", UtcDateTime(), nullable=True),
        sa.Column("finished_at", UtcDateTime(), nullable=True),
        sa.Column("dismissed_at", UtcDateTime(), nullable=True),
        sa.Column("id", Guid(), nullable=False),
        sa.Column(
            "created_at", UtcDateTime(), server_default=sa.text("CURRENT_TIMESTAMP"), nullable=False
        ),
        sa.Column(
            "updated_at", UtcDateTime(), server_default=sa.text("CURRENT_TIMESTAMP"), nullable=False
        ),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint(
            "state IN ('queued', 'running', 'finished')", name=op.f("ck_runs_state")
        ),
        sa.ForeignKeyConstraint(
            ["retry_of_id"], ["runs.id"], name=op.f("fk_runs_retry_of_id_runs"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["undo_of_id"], ["runs.id"], name=op.f("fk_runs_undo_of_id_runs"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_runs_user_id_users"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_runs")),
        sa.UniqueConstraint("request_key", name=op.f("uq_runs_request_key")),
    )
    with op.batch_alter_table("runs", schema=None) as batch_op:
        batch_op.create_index("ix_runs_created_at_id", ["created_at", "id"], unique=False)
        batch_op.create_index("ix_runs_unfinished", ["state", "lease_until"], unique=False)
        batch_op.create_index(batch_op.f("ix_runs_user_id"), ["user_id"], unique=False)

    op.create_table(
        "saved_views",
        sa.Column("user_id", Guid(), nullable=True),
        sa.Column("table_name", sa.String(length=60), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("state", Json(), nullable=False),
        sa.Column("is_shared", sa.Boolean(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("id", Guid(), nullable=False),
        sa.Column(
            "created_at", UtcDateTime(), server_default=sa.text("CURRENT_TIMESTAMP"), nullable=False
        ),
        sa.Column(
            "updated_at", UtcDateTime(), server_default=sa.text("CURRENT_TIMESTAMP"), nullable=False
        ),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_saved_views_user_id_users"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_views")),
    )
    with op.batch_alter_table("saved_views", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_saved_views_table_name"), ["table_name"], unique=False)
        batch_op.create_index(batch_op.f("ix_saved_views_user_id"), ["user_id"], unique=False)

    op.create_table(
        "sync_batches",
        sa.Column("label", sa.String(length=200), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("ok", sa.Integer(), nullable=False),
        sa.Column("failed", sa.Integer(), nullable=False),
        sa.Column("user_id", Guid(), nullable=True),
        sa.Column("finished_at", UtcDateTime(), nullable=True),
        sa.Column("id", Guid(), nullable=False),
        sa.Column(
            "created_at", UtcDateTime(), server_default=sa.text("CURRENT_TIMESTAMP"), nullable=False
        ),
        sa.Column(
            "updated_at", UtcDateTime(), server_default=sa.text("CURRENT_TIMESTAMP"), nullable=False
        ),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["users.id"],
            name=op.f("fk_sync_batches_user_id_users"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sync_batches")),
    )
    op.create_table(
        "sync_differences",
        sa.Column("entity_type", sa.String(length=30), nullable=False),
        sa.Column("entity_id", Guid(), nullable=True),
        sa.Column("qbo_id", sa.String(length=40), nullable=True),
        sa.Column("label", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("field", sa.String(length=60), nullable=True),
        sa.Column("ours", sa.Text(), nullable=True),
        sa.Column("theirs", sa.Text(), nullable=True),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("owner_id", Guid(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("resolved_at", UtcDateTime(), nullable=True),
        sa.Column("id", Guid(), nullable=False),
        sa.Column(
            "created_at", UtcDateTime(), server_default=sa.text("CURRENT_TIMESTAMP"), nullable=False
        ),
        sa.Column(
            "updated_at", UtcDateTime(), server_default=sa.text("CURRENT_TIMESTAMP"), nullable=False
        ),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.ForeignKeyConstraint(
            ["owner_id"],
            ["users.id"],
            name=op.f("fk_sync_differences_owner_id_users"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sync_differences")),
    )
    with op.batch_alter_table("sync_differences", schema=None) as batch_op:
        batch_op.create_index(
            "ix_sync_differences_entity", ["entity_type", "entity_id"], unique=False
        )
        batch_op.create_index(
            "ix_sync_differences_state_created_at", ["state", "created_at"], unique=False
        )

    op.create_table(
        "tax_rates",
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("description", sa.String(length=400), nullable=True),
        sa.Column("rate_value", Exact(9, 6), nullable=False),
        sa.Column("agency_id", Guid(), nullable=True),
        sa.Column("effective_from", sa.Date(), nullable=True),
        sa.Column("effective_to", sa.Date(), nullable=True),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("qb_tax_rate_id", sa.String(length=40), nullable=True),
        sa.Column("id", Guid(), nullable=False),
        sa.Column(
            "created_at", UtcDateTime(), server_default=sa.text("CURRENT_TIMESTAMP"), nullable=False
        ),
        sa.Column(
            "updated_at", UtcDateTime(), server_default=sa.text("CURRENT_TIMESTAMP"), nullable=False
        ),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("qb_sync_token", sa.String(length=20), nullable=True),
        sa.Column("qb_created_time", UtcDateTime(), nullable=True),
        sa.Column("qb_last_updated_time", UtcDateTime(), nullable=True),
        sa.Column("last_synced_at", UtcDateTime(), nullable=True),
        sa.Column("sync_state", sa.String(length=20), server_default="not_synced", nullable=False),
        sa.Column("sync_note", sa.Text(), nullable=True),
        sa.CheckConstraint("rate_value >= 0", name=op.f("ck_tax_rates_rate")),
        sa.ForeignKeyConstraint(
            ["agency_id"],
            ["tax_agencies.id"],
            name=op.f("fk_tax_rates_agency_id_tax_agencies"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tax_rates")),
        sa.UniqueConstraint("qb_tax_rate_id", name=op.f("uq_tax_rates_qb_tax_rate_id")),
    )
    with op.batch_alter_table("tax_rates", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_tax_rates_agency_id"), ["agency_id"], unique=False)

    op.create_table(
        "user_roles",
        sa.Column("user_id", Guid(), nullable=False),
        sa.Column("role_id", Guid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["role_id"], ["roles.id"], name=op.f("fk_user_roles_role_id_roles"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_user_roles_user_id_users"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("user_id", "role_id", name=op.f("pk_user_roles")),
    )
    op.create_table(
        "change_items",
        sa.Column("change_set_id", Guid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("table_name", sa.String(length=60), nullable=False),
        sa.Column("row_id", Guid(), nullable=False),
        sa.Column("operation", sa.String(length=10), nullable=False),
        sa.Column("column_name", sa.String(length=60), nullable=True),
        sa.Column("old_value", Json(), nullable=True),
        sa.Column("new_value", Json(), nullable=True),
        sa.Column("id", Guid(), nullable=False),
        sa.Column(
            "created_at", UtcDateTime(), server_default=sa.text("CURRENT_TIMESTAMP"), nullable=False
        ),
        sa.Column(
            "updated_at", UtcDateTime(), server_default=sa.text("CURRENT_TIMESTAMP"), nullable=False
        ),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.ForeignKeyConstraint(
            ["change_set_id"],
            ["change_sets.id"],
            name=op.f("fk_change_items_change_set_id_change_sets"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_change_items")),
    )
    with op.batch_alter_table("change_items", schema=None) as batch_op:
        batch_op.create_index(
            "ix_change_items_change_set_id_position", ["change_set_id", "position"], unique=False
        )
        batch_op.create_index(
            "ix_change_items_record", ["table_name", "row_id", "created_at"], unique=False
        )

    op.create_table(
        "communications",
        sa.Column("customer_id", Guid(), nullable=True),
        sa.Column("subject_table", sa.String(length=60), nullable=True),
        sa.Column("subject_id", Guid(), nullable=True),
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("direction", sa.String(length=10), nullable=False),
        sa.Column("subject", sa.String(length=300), nullable=False),
        sa.Column("body", sa.Text(), nullable=True),
        sa.Column("happened_at", UtcDateTime(), nullable=False),
        sa.Column("user_id", Guid(), nullable=True),
        sa.Column("id", Guid(), nullable=False),
        sa.Column(
            "created_at", UtcDateTime(), server_default=sa.text("CURRENT_TIMESTAMP"), nullable=False
        ),
        sa.Column(
            "updated_at", UtcDateTime(), server_default=sa.text("CURRENT_TIMESTAMP"), nullable=False
        ),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.ForeignKeyConstraint(
            ["customer_id"],
            ["customers.id"],
            name=op.f("fk_communications_customer_id_customers"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["users.id"],
            name=op.f("fk_communications_user_id_users"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_communications")),
    )
    with op.batch_alter_table("communications", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_communications_customer_id"), ["customer_id"], unique=False
        )
        batch_op.create_index(
            "ix_communications_happened_at_id", ["happened_at", "id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_communications_subject_id"), ["subject_id"], unique=False
        )

    op.create_table(
        "import_lines",
        sa.Column("import_run_id", Guid(), nullable=False),
        sa.Column("line_number", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.String(length=10), nullable=False),
        sa.Column("reason", sa.String(length=40), nullable=False),
        sa.Column("message", sa.String(length=400), nullable=False),
        sa.Column("values", Json(), nullable=False),
        sa.Column("id", Guid(), nullable=False),
        sa.Column(
            "created_at", UtcDateTime(), server_default=sa.text("CURRENT_TIMESTAMP"), nullable=False
        ),
        sa.Column(
            "updated_at", UtcDateTime(), server_default=sa.text("CURRENT_TIMESTAMP"), nullable=False
        ),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.ForeignKeyConstraint(
            ["import_run_id"],
            ["import_runs.id"],
            name=op.f("fk_import_lines_import_run_id_import_runs"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_lines")),
        sa.UniqueConstraint(
            "import_run_id", "line_number", name=op.f("uq_import_lines_import_run_id_line_number")
        ),
    )
    op.create_table(
        "order_templates",
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("customer_id", Guid(), nullable=False),
        sa.Column("weekdays", Json(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("notes", sa.Text(), nullable=True),
        sa.Column("id", Guid(), nullable=False),
        sa.Column(
            "created_at", UtcDateTime(), server_default=sa.text("CURRENT_TIMESTAMP"), nullable=False
        ),
        sa.Column(
            "updated_at", UtcDateTime(), server_default=sa.text("CURRENT_TIMESTAMP"), nullable=False
        ),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.ForeignKeyConstraint(
            ["customer_id"],
            ["customers.id"],
            name=op.f("fk_order_templates_customer_id_customers"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_order_templates")),
        sa.UniqueConstraint("name", name=op.f("uq_order_templates_name")),
    )
    with op.batch_alter_table("order_templates", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_order_templates_customer_id"), ["customer_id"], unique=False
        )

    op.create_table(
        "payments",
        sa.Column("payment_number", sa.String(length=60), nullable=False),
        sa.Column("customer_id", Guid(), nullable=False),
        sa.Column("payment_date", sa.Date(), nullable=False),
        sa.Column("amount", Exact(14, 2), nullable=False),
        sa.Column("payment_method_id", Guid(), nullable=True),
        sa.Column("reference", sa.String(length=60), nullable=True),
        sa.Column("notes", sa.Text(), nullable=True),
        sa.Column("source", sa.String(length=20), nullable=False),
        sa.Column("voided_at", UtcDateTime(), nullable=True),
        sa.Column("qb_payment_id", sa.String(length=40), nullable=True),
        sa.Column("id", Guid(), nullable=False),
        sa.Column(
            "created_at", UtcDateTime(), server_default=sa.text("CURRENT_TIMESTAMP"), nullable=False
        ),
        sa.Column(
            "updated_at", UtcDateTime(), server_default=sa.text("CURRENT_TIMESTAMP"), nullable=False
        ),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("qb_sync_token", sa.String(length=20), nullable=True),
        sa.Column("qb_created_time", UtcDateTime(), nullable=True),
        sa.Column("qb_last_updated_time", UtcDateTime(), nullable=True),
        sa.Column("last_synced_at", UtcDateTime(), nullable=True),
        sa.Column("sync_state", sa.String(length=20), server_default="not_synced", nullable=False),
        sa.Column("sync_note", sa.Text(), nullable=True),
        sa.CheckConstraint("amount >= 0", name=op.f("ck_payments_amount")),
        sa.ForeignKeyConstraint(
            ["customer_id"],
            ["customers.id"],
            name=op.f("fk_payments_customer_id_customers"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["payment_method_id"],
            ["payment_methods.id"],
            name=op.f("fk_payments_payment_method_id_payment_methods"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payments")),
        sa.UniqueConstraint("payment_number", name=op.f("uq_payments_payment_number")),
        sa.UniqueConstraint("qb_payment_id", name=op.f("uq_payments_qb_payment_id")),
    )
    with op.batch_alter_table("payments", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_payments_customer_id"), ["customer_id"], unique=False)
        batch_op.create_index("ix_payments_payment_date_id", ["payment_date", "id"], unique=False)
        batch_op.create_index("ix_payments_sync_state", ["sync_state"], unique=False)

    op.create_table(
        "price_overrides",
        sa.Column("customer_id", Guid(), nullable=False),
        sa.Column("product_id", Guid(), nullable=False),
        sa.Column("unit_price", Exact(14, 4), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("id", Guid(), nullable=False),
        sa.Column(
            "created_at", UtcDateTime(), server_default=sa.text("CURRENT_TIMESTAMP"), nullable=False
        ),
        sa.Column(
            "updated_at", UtcDateTime(), server_default=sa.text("CURRENT_TIMESTAMP"), nullable=False
        ),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint(
            "valid_to IS NULL OR valid_to >= valid_from", name=op.f("ck_price_overrides_span")
        ),
        sa.ForeignKeyConstraint(
            ["customer_id"],
            ["customers.id"],
            name=op.f("fk_price_overrides_customer_id_customers"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["product_id"],
            ["products.id"],
            name=op.f("fk_price_overrides_product_id_products"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_price_overrides")),
        sa.UniqueConstraint(
            "customer_id",
            "product_id",
            "valid_from",
            name=op.f("uq_price_overrides_customer_id_product_id_valid_from"),
        ),
    )
    with op.batch_alter_table("price_overrides", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_price_overrides_product_id"), ["product_id"], unique=False
        )

    op.create_table(
        "purchase_orders",
        sa.Column("po_number", sa.String(length=60), nullable=False),
        sa.Column("customer_id", Guid(), nullable=False),
        sa.Column("customer_name", sa.String(length=500), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("po_date", sa.Date(), nullable=False),
        sa.Column("due_date", sa.Date(), nullable=True),
        sa.Column("ship_date", sa.Date(), nullable=True),
        sa.Column("billing_address", Json(), nullable=True),
        sa.Column("shipping_address", Json(), nullable=True),
        sa.Column("subtotal", Exact(14, 2), nullable=False),
        sa.Column("discount_amount", Exact(14, 2), nullable=False),
        sa.Column("shipping_amount", Exact(14, 2), nullable=False),
        sa.Column("tax_code_id", Guid(), nullable=True),
        sa.Column("tax_amount", Exact(14, 2), nullable=False),
        sa.Column("total_amount", Exact(14, 2), nullable=False),
        sa.Column("payment_terms", sa.String(length=60), nullable=True),
        sa.Column("shipping_terms", sa.String(length=60), nullable=True),
        sa.Column("customer_notes", sa.Text(), nullable=True),
        sa.Column("internal_notes", sa.Text(), nullable=True),
        sa.Column("special_instructions", sa.Text(), nullable=True),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("rush_order", sa.Boolean(), nullable=False),
        sa.Column("source", sa.String(length=20), nullable=False),
        sa.Column("warning", sa.String(length=300), nullable=True),
        sa.Column("job_count", sa.Integer(), nullable=False),
        sa.Column("invoicing", sa.String(length=20), nullable=False),
        sa.Column("import_run_id", Guid(), nullable=True),
        sa.Column("qb_po_id", sa.String(length=40), nullable=True),
        sa.Column("qb_estimate_id", sa.String(length=40), nullable=True),
        sa.Column("id", Guid(), nullable=False),
        sa.Column(
            "created_at", UtcDateTime(), server_default=sa.text("CURRENT_TIMESTAMP"), nullable=False
        ),
        sa.Column(
            "updated_at", UtcDateTime(), server_default=sa.text("CURRENT_TIMESTAMP"), nullable=False
        ),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("qb_sync_token", sa.String(length=20), nullable=True),
        sa.Column("qb_created_time", UtcDateTime(), nullable=True),
        sa.Column("qb_last_updated_time", UtcDateTime(), nullable=True),
        sa.Column("last_synced_at", UtcDateTime(), nullable=True),
        sa.Column("sync_state", sa.String(length=20), server_default="not_synced", nullable=False),
        sa.Column("sync_note", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "invoicing IN ('none', 'partial', 'full')", name=op.f("ck_purchase_orders_invoicing")
        ),
        sa.CheckConstraint(
            "status IN ('draft', 'pending', 'approved', 'in_progress', 'completed', 'shipped', 'cancelled')",
            name=op.f("ck_purchase_orders_status"),
        ),
        sa.CheckConstraint(
            "due_date IS NULL OR due_date >= po_date", name=op.f("ck_purchase_orders_due_date")
        ),
        sa.CheckConstraint("priority BETWEEN 1 AND 5", name=op.f("ck_purchase_orders_priority")),
        sa.ForeignKeyConstraint(
            ["customer_id"],
            ["customers.id"],
            name=op.f("fk_purchase_orders_customer_id_customers"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["import_run_id"],
            ["import_runs.id"],
            name=op.f("fk_purchase_orders_import_run_id_import_runs"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["tax_code_id"],
            ["tax_codes.id"],
            name=op.f("fk_purchase_orders_tax_code_id_tax_codes"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_purchase_orders")),
        sa.UniqueConstraint("po_number", name=op.f("uq_purchase_orders_po_number")),
        sa.UniqueConstraint("qb_estimate_id", name=op.f("uq_purchase_orders_qb_estimate_id")),
        sa.UniqueConstraint("qb_po_id", name=op.f("uq_purchase_orders_qb_po_id")),
    )
    with op.batch_alter_table("purchase_orders", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_purchase_orders_customer_id"), ["customer_id"], unique=False
        )
        batch_op.create_index(
            "ix_purchase_orders_customer_name_id", ["customer_name", "id"], unique=False
        )
        batch_op.create_index("ix_purchase_orders_due_date_id", ["due_date", "id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_purchase_orders_import_run_id"), ["import_run_id"], unique=False
        )
        batch_op.create_index("ix_purchase_orders_po_date_id", ["po_date", "id"], unique=False)
        batch_op.create_index(
            "ix_purchase_orders_status_po_date_id", ["status", "po_date", "id"], unique=False
        )
        batch_op.create_index(
            "ix_purchase_orders_total_amount_id", ["total_amount", "id"], unique=False
        )

    op.create_table(
        "qb_sync_status",
        sa.Column("connection_id", Guid(), nullable=False),
        sa.Column("sync_type", sa.String(length=40), nullable=False),
        sa.Column("last_sync_token", sa.String(length=60), nullable=True),
        sa.Column("last_sync_at", UtcDateTime(), nullable=True),
        sa.Column("last_success_at", UtcDateTime(), nullable=True),
        sa.Column("next_sync_at", UtcDateTime(), nullable=True),
        sa.Column("sync_status", sa.String(length=20), nullable=False),
        sa.Column("error_message", sa.Text(), nullable=True),
        sa.Column("records_synced", sa.Integer(), nullable=False),
        sa.Column("id", Guid(), nullable=False),
        sa.Column(
            "created_at", UtcDateTime(), server_default=sa.text("CURRENT_TIMESTAMP"), nullable=False
        ),
        sa.Column(
            "updated_at", UtcDateTime(), server_default=sa.text("CURRENT_TIMESTAMP"), nullable=False
        ),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint(
            "sync_status IN ('success', 'error', 'in_progress')",
            name=op.f("ck_qb_sync_status_status"),
        ),
        sa.ForeignKeyConstraint(
            ["connection_id"],
            ["qb_connections.id"],
            name=op.f("fk_qb_sync_status_connection_id_qb_connections"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_qb_sync_status")),
        sa.UniqueConstraint(
            "connection_id", "sync_type", name=op.f("uq_qb_sync_status_connection_id_sync_type")
        ),
    )
    op.create_table(
        "qbo_sync_queue",
        sa.Column("organization_id", Guid(), nullable=False),
        sa.Column("entity_type", sa.String(length=30), nullable=False),
        sa.Column("entity_id", Guid(), nullable=False),
        sa.Column("label", sa.String(length=200), nullable=False),
        sa.Column("sync_direction", sa.String(length=10), nullable=False),
        sa.Column("operation", sa.String(length=10), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("phase", sa.String(length=20), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("max_attempts", sa.Integer(), nullable=False),
        sa.Column("next_attempt_at", UtcDateTime(), nullable=False),
        sa.Column("last_attempt_at", UtcDateTime(), nullable=True),
        sa.Column("locked_by", sa.String(length=60), nullable=True),
        sa.Column("lease_until", UtcDateTime(), nullable=True),
        sa.Column("request_id", sa.String(length=50), nullable=False),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("payload_hash", sa.String(length=64), nullable=True),
        sa.Column("payload_version", sa.Integer(), nullable=False),
        sa.Column("sent_at", UtcDateTime(), nullable=True),
        sa.Column("depends_on_id", Guid(), nullable=True),
        sa.Column("batch_id", Guid(), nullable=True),
        sa.Column("error_class", sa.String(length=30), nullable=True),
        sa.Column("error_code", sa.String(length=20), nullable=True),
        sa.Column("error_message", sa.Text(), nullable=True),
        sa.Column("error_hint", sa.Text(), nullable=True),
        sa.Column("http_status", sa.Integer(), nullable=True),
        sa.Column("intuit_tid", sa.String(length=100), nullable=True),
        sa.Column("first_failed_at", UtcDateTime(), nullable=True),
        sa.Column("qbo_id", sa.String(length=40), nullable=True),
        sa.Column("created_by_id", Guid(), nullable=True),
        sa.Column("resolved_by_id", Guid(), nullable=True),
        sa.Column("resolved_note", sa.Text(), nullable=True),
        sa.Column("completed_at", UtcDateTime(), nullable=True),
        sa.Column("id", Guid(), nullable=False),
        sa.Column(
            "created_at", UtcDateTime(), server_default=sa.text("CURRENT_TIMESTAMP"), nullable=False
        ),
        sa.Column(
            "updated_at", UtcDateTime(), server_default=sa.text("CURRENT_TIMESTAMP"), nullable=False
        ),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint(
            "operation IN ('create', 'update', 'void', 'delete')",
            name=op.f("ck_qbo_sync_queue_operation"),
        ),
        sa.CheckConstraint(
            "status IN ('pending', 'processing', 'blocked', 'completed', 'failed', 'cancelled')",
            name=op.f("ck_qbo_sync_queue_status"),
        ),
        sa.CheckConstraint(
            "sync_direction IN ('push', 'pull')", name=op.f("ck_qbo_sync_queue_direction")
        ),
        sa.ForeignKeyConstraint(
            ["batch_id"],
            ["sync_batches.id"],
            name=op.f("fk_qbo_sync_queue_batch_id_sync_batches"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["created_by_id"],
            ["users.id"],
            name=op.f("fk_qbo_sync_queue_created_by_id_users"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["depends_on_id"],
            ["qbo_sync_queue.id"],
            name=op.f("fk_qbo_sync_queue_depends_on_id_qbo_sync_queue"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organizations.id"],
            name=op.f("fk_qbo_sync_queue_organization_id_organizations"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["resolved_by_id"],
            ["users.id"],
            name=op.f("fk_qbo_sync_queue_resolved_by_id_users"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_qbo_sync_queue")),
        sa.UniqueConstraint("request_id", name=op.f("uq_qbo_sync_queue_request_id")),
    )
    with op.batch_alter_table("qbo_sync_queue", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_qbo_sync_queue_batch_id"), ["batch_id"], unique=False)
        batch_op.create_index("ix_qbo_sync_queue_created_at_id", ["created_at", "id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_qbo_sync_queue_depends_on_id"), ["depends_on_id"], unique=False
        )
        batch_op.create_index(
            "ix_qbo_sync_queue_due", ["status", "next_attempt_at", "id"], unique=False
        )
        batch_op.create_index(
            "ix_qbo_sync_queue_entity", ["entity_type", "entity_id"], unique=False
        )
        batch_op.create_index(
            "uq_qbo_sync_queue_open",
            ["organization_id", "entity_type", "entity_id", "operation"],
            unique=True,
            postgresql_where=sa.text("status IN ('pending', 'processing', 'blocked')"),
            sqlite_where=sa.text("status IN ('pending', 'processing', 'blocked')"),
        )

    op.create_table(
        "run_rows",
        sa.Column("run_id", Guid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("target_id", Guid(), nullable=False),
        sa.Column("label", sa.String(length=200), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("message", sa.Text(), nullable=True),
        sa.Column("done_at", UtcDateTime(), nullable=True),
        sa.Column("id", Guid(), nullable=False),
        sa.Column(
            "created_at", UtcDateTime(), server_default=sa.text("CURRENT_TIMESTAMP"), nullable=False
        ),
        sa.Column(
            "updated_at", UtcDateTime(), server_default=sa.text("CURRENT_TIMESTAMP"), nullable=False
        ),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint("state IN ('waiting', 'ok', 'failed')", name=op.f("ck_run_rows_state")),
        sa.ForeignKeyConstraint(
            ["run_id"], ["runs.id"], name=op.f("fk_run_rows_run_id_runs"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_run_rows")),
        sa.UniqueConstraint("run_id", "position", name=op.f("uq_run_rows_run_id_position")),
    )
    with op.batch_alter_table("run_rows", schema=None) as batch_op:
        batch_op.create_index(
            "ix_run_rows_run_id_state_position", ["run_id", "state", "position"], unique=False
        )

    op.create_table(
        "jobs",
        sa.Column("job_number", sa.String(length=40), nullable=False),
        sa.Column("po_id", Guid(), nullable=True),
        sa.Column("customer_id", Guid(), nullable=True),
        sa.Column("job_name", sa.String(length=300), nullable=False),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("estimated_start_date", sa.Date(), nullable=True),
        sa.Column("estimated_completion_date", sa.Date(), nullable=True),
        sa.Column("actual_start_date", UtcDateTime(), nullable=True),
        sa.Column("actual_completion_date", UtcDateTime(), nullable=True),
        sa.Column("assigned_to_id", Guid(), nullable=True),
        sa.Column("work_center_id", Guid(), nullable=True),
        sa.Column("estimated_hours", Exact(12, 4), nullable=True),
        sa.Column("estimated_cost", Exact(14, 2), nullable=True),
        sa.Column("actual_hours", Exact(12, 4), nullable=False),
        sa.Column("actual_cost", Exact(14, 2), nullable=False),
        sa.Column("progress_percentage", sa.Integer(), nullable=False),
        sa.Column("on_hold", sa.Boolean(), nullable=False),
        sa.Column("blocked_reason", sa.String(length=300), nullable=True),
        sa.Column("production_notes", sa.Text(), nullable=True),
        sa.Column("quality_requirements", sa.Text(), nullable=True),
        sa.Column("special_instructions", sa.Text(), nullable=True),
        sa.Column("customer_approved", sa.Boolean(), nullable=False),
        sa.Column("customer_approval_date", UtcDateTime(), nullable=True),
        sa.Column("proof_required", sa.Boolean(), nullable=False),
        sa.Column("proof_approved", sa.Boolean(), nullable=False),
        sa.Column("id", Guid(), nullable=False),
        sa.Column(
            "created_at", UtcDateTime(), server_default=sa.text("CURRENT_TIMESTAMP"), nullable=False
        ),
        sa.Column(
            "updated_at", UtcDateTime(), server_default=sa.text("CURRENT_TIMESTAMP"), nullable=False
        ),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint(
            "status IN ('created', 'planned', 'in_progress', 'review', 'completed', 'shipped', 'cancelled')",
            name=op.f("ck_jobs_status"),
        ),
        sa.CheckConstraint("priority BETWEEN 1 AND 5", name=op.f("ck_jobs_priority")),
        sa.CheckConstraint("progress_percentage BETWEEN 0 AND 100", name=op.f("ck_jobs_progress")),
        sa.ForeignKeyConstraint(
            ["assigned_to_id"],
            ["users.id"],
            name=op.f("fk_jobs_assigned_to_id_users"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["customer_id"],
            ["customers.id"],
            name=op.f("fk_jobs_customer_id_customers"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["po_id"],
            ["purchase_orders.id"],
            name=op.f("fk_jobs_po_id_purchase_orders"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["work_center_id"],
            ["work_centers.id"],
            name=op.f("fk_jobs_work_center_id_work_centers"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_jobs")),
        sa.UniqueConstraint("job_number", name=op.f("uq_jobs_job_number")),
    )
    with op.batch_alter_table("jobs", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_jobs_assigned_to_id"), ["assigned_to_id"], unique=False
        )
        batch_op.create_index("ix_jobs_created_at_id", ["created_at", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_jobs_customer_id"), ["customer_id"], unique=False)
        batch_op.create_index(
            "ix_jobs_estimated_completion_date_id",
            ["estimated_completion_date", "id"],
            unique=False,
        )
        batch_op.create_index(batch_op.f("ix_jobs_po_id"), ["po_id"], unique=False)
        batch_op.create_index(
            "ix_jobs_status_due", ["status", "estimated_completion_date"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_jobs_work_center_id"), ["work_center_id"], unique=False
        )

    op.create_table(
        "order_template_lines",
        sa.Column("template_id", Guid(), nullable=False),
        sa.Column("line_number", sa.Integer(), nullable=False),
        sa.Column("product_id", Guid(), nullable=False),
        sa.Column("quantity", Exact(12, 4), nullable=False),
        sa.Column("unit_price", Exact(14, 4), nullable=True),
        sa.Column("id", Guid(), nullable=False),
        sa.Column(
            "created_at", UtcDateTime(), server_default=sa.text("CURRENT_TIMESTAMP"), nullable=False
        ),
        sa.Column(
            "updated_at", UtcDateTime(), server_default=sa.text("CURRENT_TIMESTAMP"), nullable=False
        ),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_order_template_lines_quantity")),
        sa.ForeignKeyConstraint(
            ["product_id"],
            ["products.id"],
            name=op.f("fk_order_template_lines_product_id_products"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["template_id"],
            ["order_templates.id"],
            name=op.f("fk_order_template_lines_template_id_order_templates"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_order_template_lines")),
        sa.UniqueConstraint(
            "template_id",
            "line_number",
            name=op.f("uq_order_template_lines_template_id_line_number"),
        ),
    )
    with op.batch_alter_table("order_template_lines", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_order_template_lines_product_id"), ["product_id"], unique=False
        )

    op.create_table(
        "po_line_items",
        sa.Column("po_id", Guid(), nullable=False),
        sa.Column("line_number", sa.Integer(), nullable=False),
        sa.Column("product_id", Guid(), nullable=True),
        sa.Column("item_name", sa.String(length=200), nullable=False),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("sku", sa.String(length=100), nullable=True),
        sa.Column("quantity", Exact(12, 4), nullable=False),
        sa.Column("unit_of_measure", sa.String(length=20), nullable=False),
        sa.Column("unit_price", Exact(14, 4), nullable=False),
        sa.Column(
            "line_total",
            Exact(14, 2),
            sa.Computed(LineTotal("quantity", "unit_price"), persisted=True),
            nullable=False,
        ),
        sa.Column("is_taxable", sa.Boolean(), nullable=False),
        sa.Column("quantity_invoiced", Exact(12, 4), nullable=False),
        sa.Column("quantity_cancelled", Exact(12, 4), nullable=False),
        sa.Column("print_specifications", Json(), nullable=True),
        sa.Column("estimated_production_hours", Exact(12, 4), nullable=True),
        sa.Column("special_instructions", sa.Text(), nullable=True),
        sa.Column("import_key", sa.String(length=64), nullable=True),
        sa.Column("id", Guid(), nullable=False),
        sa.Column(
            "created_at", UtcDateTime(), server_default=sa.text("CURRENT_TIMESTAMP"), nullable=False
        ),
        sa.Column(
            "updated_at", UtcDateTime(), server_default=sa.text("CURRENT_TIMESTAMP"), nullable=False
        ),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_po_line_items_quantity")),
        sa.CheckConstraint(
            "quantity_invoiced + quantity_cancelled <= quantity",
            name=op.f("ck_po_line_items_not_billed_twice"),
        ),
        sa.CheckConstraint(
            "quantity_invoiced >= 0 AND quantity_cancelled >= 0",
            name=op.f("ck_po_line_items_counts"),
        ),
        sa.CheckConstraint("unit_price >= 0", name=op.f("ck_po_line_items_unit_price")),
        sa.ForeignKeyConstraint(
            ["po_id"],
            ["purchase_orders.id"],
            name=op.f("fk_po_line_items_po_id_purchase_orders"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["product_id"],
            ["products.id"],
            name=op.f("fk_po_line_items_product_id_products"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_po_line_items")),
        sa.UniqueConstraint("import_key", name=op.f("uq_po_line_items_import_key")),
        sa.UniqueConstraint(
            "po_id", "line_number", name=op.f("uq_po_line_items_po_id_line_number")
        ),
    )
    with op.batch_alter_table("po_line_items", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_po_line_items_product_id"), ["product_id"], unique=False
        )

    op.create_table(
        "refunds",
        sa.Column("refund_number", sa.String(length=60), nullable=False),
        sa.Column("customer_id", Guid(), nullable=False),
        sa.Column("payment_id", Guid(), nullable=True),
        sa.Column("refund_date", sa.Date(), nullable=False),
        sa.Column("amount", Exact(14, 2), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=True),
        sa.Column("source", sa.String(length=20), nullable=False),
        sa.Column("qb_refund_id", sa.String(length=40), nullable=True),
        sa.Column("id", Guid(), nullable=False),
        sa.Column(
            "created_at", UtcDateTime(), server_default=sa.text("CURRENT_TIMESTAMP"), nullable=False
        ),
        sa.Column(
            "updated_at", UtcDateTime(), server_default=sa.text("CURRENT_TIMESTAMP"), nullable=False
        ),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("qb_sync_token", sa.String(length=20), nullable=True),
        sa.Column("qb_created_time", UtcDateTime(), nullable=True),
        sa.Column("qb_last_updated_time", UtcDateTime(), nullable=True),
        sa.Column("last_synced_at", UtcDateTime(), nullable=True),
        sa.Column("sync_state", sa.String(length=20), server_default="not_synced", nullable=False),
        sa.Column("sync_note", sa.Text(), nullable=True),
        sa.CheckConstraint("amount > 0", name=op.f("ck_refunds_amount")),
        sa.ForeignKeyConstraint(
            ["customer_id"],
            ["customers.id"],
            name=op.f("fk_refunds_customer_id_customers"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["payment_id"],
            ["payments.id"],
            name=op.f("fk_refunds_payment_id_payments"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_refunds")),
        sa.UniqueConstraint("qb_refund_id", name=op.f("uq_refunds_qb_refund_id")),
        sa.UniqueConstraint("refund_number", name=op.f("uq_refunds_refund_number")),
    )
    with op.batch_alter_table("refunds", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_refunds_customer_id"), ["customer_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_refunds_payment_id"), ["payment_id"], unique=False)

    op.create_table(
        "sync_attempts",
        sa.Column("queue_row_id", Guid(), nullable=True),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("started_at", UtcDateTime(), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.Column("outcome", sa.String(length=20), nullable=False),
        sa.Column("error_class", sa.String(length=30), nullable=True),
        sa.Column("error_code", sa.String(length=20), nullable=True),
        sa.Column("message", sa.Text(), nullable=True),
        sa.Column("http_status", sa.Integer(), nullable=True),
        sa.Column("intuit_tid", sa.String(length=100), nullable=True),
        sa.Column("calls", sa.Integer(), nullable=False),
        sa.Column("request", Json(), nullable=True),
        sa.Column("answer", Json(), nullable=True),
        sa.Column("id", Guid(), nullable=False),
        sa.Column(
            "created_at", UtcDateTime(), server_default=sa.text("CURRENT_TIMESTAMP"), nullable=False
        ),
        sa.Column(
            "updated_at", UtcDateTime(), server_default=sa.text("CURRENT_TIMESTAMP"), nullable=False
        ),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.ForeignKeyConstraint(
            ["queue_row_id"],
            ["qbo_sync_queue.id"],
            name=op.f("fk_sync_attempts_queue_row_id_qbo_sync_queue"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sync_attempts")),
    )
    with op.batch_alter_table("sync_attempts", schema=None) as batch_op:
        batch_op.create_index(
            "ix_sync_attempts_queue_row_id_started_at", ["queue_row_id", "started_at"], unique=False
        )
        batch_op.create_index("ix_sync_attempts_started_at_id", ["started_at", "id"], unique=False)

    op.create_table(
        "invoices",
        sa.Column("invoice_number", sa.String(length=60), nullable=False),
        sa.Column("job_id", Guid(), nullable=True),
        sa.Column("po_id", Guid(), nullable=True),
        sa.Column("customer_id", Guid(), nullable=False),
        sa.Column("customer_name", sa.String(length=500), nullable=False),
        sa.Column("invoice_date", sa.Date(), nullable=False),
        sa.Column("due_date", sa.Date(), nullable=True),
        sa.Column("payment_term_id", Guid(), nullable=True),
        sa.Column("subtotal", Exact(14, 2), nullable=False),
        sa.Column("discount_amount", Exact(14, 2), nullable=False),
        sa.Column("shipping_amount", Exact(14, 2), nullable=False),
        sa.Column("shipping_taxable", sa.Boolean(), nullable=False),
        sa.Column("tax_code_id", Guid(), nullable=True),
        sa.Column("tax_rate", Exact(9, 6), nullable=False),
        sa.Column("tax_amount", Exact(14, 2), nullable=False),
        sa.Column("total_amount", Exact(14, 2), nullable=False),
        sa.Column("amount_paid", Exact(14, 2), nullable=False),
        sa.Column("amount_credited", Exact(14, 2), nullable=False),
        sa.Column(
            "balance_due",
            Exact(14, 2),
            sa.Computed("total_amount - amount_paid - amount_credited", persisted=True),
            nullable=False,
        ),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("issued_at", UtcDateTime(), nullable=True),
        sa.Column("emailed_at", UtcDateTime(), nullable=True),
        sa.Column("viewed_at", UtcDateTime(), nullable=True),
        sa.Column("voided_at", UtcDateTime(), nullable=True),
        sa.Column("sent_to_qb_at", UtcDateTime(), nullable=True),
        sa.Column("qb_invoice_id", sa.String(length=40), nullable=True),
        sa.Column("qb_doc_number", sa.String(length=60), nullable=True),
        sa.Column("qb_private_note", sa.Text(), nullable=True),
        sa.Column("qb_customer_memo", sa.Text(), nullable=True),
        sa.Column("shipping_date", sa.Date(), nullable=True),
        sa.Column("tracking_number", sa.String(length=100), nullable=True),
        sa.Column("shipping_method", sa.String(length=60), nullable=True),
        sa.Column("id", Guid(), nullable=False),
        sa.Column(
            "created_at", UtcDateTime(), server_default=sa.text("CURRENT_TIMESTAMP"), nullable=False
        ),
        sa.Column(
            "updated_at", UtcDateTime(), server_default=sa.text("CURRENT_TIMESTAMP"), nullable=False
        ),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("qb_sync_token", sa.String(length=20), nullable=True),
        sa.Column("qb_created_time", UtcDateTime(), nullable=True),
        sa.Column("qb_last_updated_time", UtcDateTime(), nullable=True),
        sa.Column("last_synced_at", UtcDateTime(), nullable=True),
        sa.Column("sync_state", sa.String(length=20), server_default="not_synced", nullable=False),
        sa.Column("sync_note", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "issued_at IS NOT NULL OR status = 'draft'", name=op.f("ck_invoices_issued")
        ),
        sa.CheckConstraint(
            "status IN ('draft', 'sent', 'viewed', 'partial', 'paid', 'overdue', 'void')",
            name=op.f("ck_invoices_status"),
        ),
        sa.CheckConstraint("amount_credited <= total_amount", name=op.f("ck_invoices_credited")),
        sa.CheckConstraint(
            "amount_paid >= 0 AND amount_credited >= 0", name=op.f("ck_invoices_paid")
        ),
        sa.CheckConstraint(
            "due_date IS NULL OR due_date >= invoice_date", name=op.f("ck_invoices_due_date")
        ),
        sa.ForeignKeyConstraint(
            ["customer_id"],
            ["customers.id"],
            name=op.f("fk_invoices_customer_id_customers"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["job_id"], ["jobs.id"], name=op.f("fk_invoices_job_id_jobs"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["payment_term_id"],
            ["payment_terms.id"],
            name=op.f("fk_invoices_payment_term_id_payment_terms"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["po_id"],
            ["purchase_orders.id"],
            name=op.f("fk_invoices_po_id_purchase_orders"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["tax_code_id"],
            ["tax_codes.id"],
            name=op.f("fk_invoices_tax_code_id_tax_codes"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invoices")),
        sa.UniqueConstraint("invoice_number", name=op.f("uq_invoices_invoice_number")),
        sa.UniqueConstraint("qb_invoice_id", name=op.f("uq_invoices_qb_invoice_id")),
    )
    with op.batch_alter_table("invoices", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_invoices_customer_id"), ["customer_id"], unique=False)
        batch_op.create_index("ix_invoices_invoice_date_id", ["invoice_date", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_invoices_job_id"), ["job_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_invoices_po_id"), ["po_id"], unique=False)
        batch_op.create_index("ix_invoices_status_due_date", ["status", "due_date"], unique=False)
        batch_op.create_index("ix_invoices_sync_state", ["sync_state"], unique=False)

    op.create_table(
        "job_line_items",
        sa.Column("job_id", Guid(), nullable=False),
        sa.Column("line_number", sa.Integer(), nullable=False),
        sa.Column("po_line_item_id", Guid(), nullable=True),
        sa.Column("item_name", sa.String(length=200), nullable=False),
        sa.Column("quantity_ordered", Exact(12, 4), nullable=False),
        sa.Column("quantity_completed", Exact(12, 4), nullable=False),
        sa.Column("quantity_shipped", Exact(12, 4), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("production_started_at", UtcDateTime(), nullable=True),
        sa.Column("production_completed_at", UtcDateTime(), nullable=True),
        sa.Column("shipped_at", UtcDateTime(), nullable=True),
        sa.Column("quality_approved", sa.Boolean(), nullable=False),
        sa.Column("quality_notes", sa.Text(), nullable=True),
        sa.Column("id", Guid(), nullable=False),
        sa.Column(
            "created_at", UtcDateTime(), server_default=sa.text("CURRENT_TIMESTAMP"), nullable=False
        ),
        sa.Column(
            "updated_at", UtcDateTime(), server_default=sa.text("CURRENT_TIMESTAMP"), nullable=False
        ),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint(
            "status IN ('pending', 'in_progress', 'completed', 'shipped')",
            name=op.f("ck_job_line_items_status"),
        ),
        sa.CheckConstraint(
            "quantity_completed >= 0 AND quantity_shipped >= 0",
            name=op.f("ck_job_line_items_quantities"),
        ),
        sa.CheckConstraint("quantity_ordered > 0", name=op.f("ck_job_line_items_quantity_ordered")),
        sa.ForeignKeyConstraint(
            ["job_id"], ["jobs.id"], name=op.f("fk_job_line_items_job_id_jobs"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["po_line_item_id"],
            ["po_line_items.id"],
            name=op.f("fk_job_line_items_po_line_item_id_po_line_items"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job_line_items")),
        sa.UniqueConstraint(
            "job_id", "line_number", name=op.f("uq_job_line_items_job_id_line_number")
        ),
    )
    with op.batch_alter_table("job_line_items", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_job_line_items_po_line_item_id"), ["po_line_item_id"], unique=False
        )

    op.create_table(
        "stock_movements",
        sa.Column("inventory_item_id", Guid(), nullable=False),
        sa.Column("job_id", Guid(), nullable=True),
        sa.Column("reason", sa.String(length=30), nullable=False),
        sa.Column("quantity", Exact(12, 4), nullable=False),
        sa.Column("unit_cost", Exact(14, 4), nullable=True),
        sa.Column("moved_at", UtcDateTime(), nullable=False),
        sa.Column("notes", sa.Text(), nullable=True),
        sa.Column("id", Guid(), nullable=False),
        sa.Column(
            "created_at", UtcDateTime(), server_default=sa.text("CURRENT_TIMESTAMP"), nullable=False
        ),
        sa.Column(
            "updated_at", UtcDateTime(), server_default=sa.text("CURRENT_TIMESTAMP"), nullable=False
        ),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.ForeignKeyConstraint(
            ["inventory_item_id"],
            ["inventory_items.id"],
            name=op.f("fk_stock_movements_inventory_item_id_inventory_items"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["job_id"],
            ["jobs.id"],
            name=op.f("fk_stock_movements_job_id_jobs"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stock_movements")),
    )
    with op.batch_alter_table("stock_movements", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_stock_movements_inventory_item_id"), ["inventory_item_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_stock_movements_job_id"), ["job_id"], unique=False)
        batch_op.create_index("ix_stock_movements_moved_at_id", ["moved_at", "id"], unique=False)

    op.create_table(
        "time_entries",
        sa.Column("job_id", Guid(), nullable=False),
        sa.Column("user_id", Guid(), nullable=False),
        sa.Column("started_at", UtcDateTime(), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.Column("hours", Exact(12, 4), nullable=True),
        sa.Column("hourly_rate", Exact(14, 2), nullable=True),
        sa.Column("notes", sa.Text(), nullable=True),
        sa.Column("is_locked", sa.Boolean(), nullable=False),
        sa.Column("id", Guid(), nullable=False),
        sa.Column(
            "created_at", UtcDateTime(), server_default=sa.text("CURRENT_TIMESTAMP"), nullable=False
        ),
        sa.Column(
            "updated_at", UtcDateTime(), server_default=sa.text("CURRENT_TIMESTAMP"), nullable=False
        ),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint(
            "ended_at IS NULL OR ended_at >= started_at", name=op.f("ck_time_entries_span")
        ),
        sa.ForeignKeyConstraint(
            ["job_id"], ["jobs.id"], name=op.f("fk_time_entries_job_id_jobs"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["users.id"],
            name=op.f("fk_time_entries_user_id_users"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_time_entries")),
    )
    with op.batch_alter_table("time_entries", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_time_entries_job_id"), ["job_id"], unique=False)
        batch_op.create_index("ix_time_entries_started_at_id", ["started_at", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_time_entries_user_id"), ["user_id"], unique=False)

    op.create_table(
        "credit_memos",
        sa.Column("credit_memo_number", sa.String(length=60), nullable=False),
        sa.Column("customer_id", Guid(), nullable=False),
        sa.Column("invoice_id", Guid(), nullable=True),
        sa.Column("credit_date", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=True),
        sa.Column("subtotal", Exact(14, 2), nullable=False),
        sa.Column("tax_amount", Exact(14, 2), nullable=False),
        sa.Column("total_amount", Exact(14, 2), nullable=False),
        sa.Column("amount_applied", Exact(14, 2), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("issued_at", UtcDateTime(), nullable=True),
        sa.Column("qb_credit_memo_id", sa.String(length=40), nullable=True),
        sa.Column("id", Guid(), nullable=False),
        sa.Column(
            "created_at", UtcDateTime(), server_default=sa.text("CURRENT_TIMESTAMP"), nullable=False
        ),
        sa.Column(
            "updated_at", UtcDateTime(), server_default=sa.text("CURRENT_TIMESTAMP"), nullable=False
        ),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("qb_sync_token", sa.String(length=20), nullable=True),
        sa.Column("qb_created_time", UtcDateTime(), nullable=True),
        sa.Column("qb_last_updated_time", UtcDateTime(), nullable=True),
        sa.Column("last_synced_at", UtcDateTime(), nullable=True),
        sa.Column("sync_state", sa.String(length=20), server_default="not_synced", nullable=False),
        sa.Column("sync_note", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "issued_at IS NOT NULL OR status = 'draft'", name=op.f("ck_credit_memos_issued")
        ),
        sa.CheckConstraint(
            "status IN ('draft', 'issued', 'applied', 'void')", name=op.f("ck_credit_memos_status")
        ),
        sa.ForeignKeyConstraint(
            ["customer_id"],
            ["customers.id"],
            name=op.f("fk_credit_memos_customer_id_customers"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["invoice_id"],
            ["invoices.id"],
            name=op.f("fk_credit_memos_invoice_id_invoices"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_credit_memos")),
        sa.UniqueConstraint("credit_memo_number", name=op.f("uq_credit_memos_credit_memo_number")),
        sa.UniqueConstraint("qb_credit_memo_id", name=op.f("uq_credit_memos_qb_credit_memo_id")),
    )
    with op.batch_alter_table("credit_memos", schema=None) as batch_op:
        batch_op.create_index("ix_credit_memos_credit_date_id", ["credit_date", "id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_credit_memos_customer_id"), ["customer_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_credit_memos_invoice_id"), ["invoice_id"], unique=False
        )

    op.create_table(
        "inventory_allocations",
        sa.Column("inventory_item_id", Guid(), nullable=False),
        sa.Column("job_line_item_id", Guid(), nullable=False),
        sa.Column("quantity", Exact(12, 4), nullable=False),
        sa.Column("quantity_consumed", Exact(12, 4), nullable=False),
        sa.Column("id", Guid(), nullable=False),
        sa.Column(
            "created_at", UtcDateTime(), server_default=sa.text("CURRENT_TIMESTAMP"), nullable=False
        ),
        sa.Column(
            "updated_at", UtcDateTime(), server_default=sa.text("CURRENT_TIMESTAMP"), nullable=False
        ),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_inventory_allocations_quantity")),
        sa.CheckConstraint(
            "quantity_consumed >= 0 AND quantity_consumed <= quantity",
            name=op.f("ck_inventory_allocations_consumed"),
        ),
        sa.ForeignKeyConstraint(
            ["inventory_item_id"],
            ["inventory_items.id"],
            name=op.f("fk_inventory_allocations_inventory_item_id_inventory_items"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["job_line_item_id"],
            ["job_line_items.id"],
            name=op.f("fk_inventory_allocations_job_line_item_id_job_line_items"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inventory_allocations")),
        sa.UniqueConstraint(
            "inventory_item_id",
            "job_line_item_id",
            name=op.f("uq_inventory_allocations_inventory_item_id_job_line_item_id"),
        ),
    )
    with op.batch_alter_table("inventory_allocations", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_inventory_allocations_job_line_item_id"),
            ["job_line_item_id"],
            unique=False,
        )

    op.create_table(
        "invoice_line_items",
        sa.Column("invoice_id", Guid(), nullable=False),
        sa.Column("line_number", sa.Integer(), nullable=False),
        sa.Column("job_line_item_id", Guid(), nullable=True),
        sa.Column("po_line_item_id", Guid(), nullable=True),
        sa.Column("product_id", Guid(), nullable=True),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("quantity", Exact(12, 4), nullable=False),
        sa.Column("unit_price", Exact(14, 4), nullable=False),
        sa.Column(
            "line_total",
            Exact(14, 2),
            sa.Computed(LineTotal("quantity", "unit_price"), persisted=True),
            nullable=False,
        ),
        sa.Column("is_taxable", sa.Boolean(), nullable=False),
        sa.Column("qb_item_id", sa.String(length=40), nullable=True),
        sa.Column("id", Guid(), nullable=False),
        sa.Column(
            "created_at", UtcDateTime(), server_default=sa.text("CURRENT_TIMESTAMP"), nullable=False
        ),
        sa.Column(
            "updated_at", UtcDateTime(), server_default=sa.text("CURRENT_TIMESTAMP"), nullable=False
        ),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_invoice_line_items_quantity")),
        sa.ForeignKeyConstraint(
            ["invoice_id"],
            ["invoices.id"],
            name=op.f("fk_invoice_line_items_invoice_id_invoices"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["job_line_item_id"],
            ["job_line_items.id"],
            name=op.f("fk_invoice_line_items_job_line_item_id_job_line_items"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["po_line_item_id"],
            ["po_line_items.id"],
            name=op.f("fk_invoice_line_items_po_line_item_id_po_line_items"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["product_id"],
            ["products.id"],
            name=op.f("fk_invoice_line_items_product_id_products"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invoice_line_items")),
        sa.UniqueConstraint(
            "invoice_id", "line_number", name=op.f("uq_invoice_line_items_invoice_id_line_number")
        ),
    )
    with op.batch_alter_table("invoice_line_items", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_invoice_line_items_job_line_item_id"), ["job_line_item_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_invoice_line_items_po_line_item_id"), ["po_line_item_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_invoice_line_items_product_id"), ["product_id"], unique=False
        )

    op.create_table(
        "payment_allocations",
        sa.Column("payment_id", Guid(), nullable=False),
        sa.Column("invoice_id", Guid(), nullable=False),
        sa.Column("amount", Exact(14, 2), nullable=False),
        sa.Column("id", Guid(), nullable=False),
        sa.Column(
            "created_at", UtcDateTime(), server_default=sa.text("CURRENT_TIMESTAMP"), nullable=False
        ),
        sa.Column(
            "updated_at", UtcDateTime(), server_default=sa.text("CURRENT_TIMESTAMP"), nullable=False
        ),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint("amount > 0", name=op.f("ck_payment_allocations_amount")),
        sa.ForeignKeyConstraint(
            ["invoice_id"],
            ["invoices.id"],
            name=op.f("fk_payment_allocations_invoice_id_invoices"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["payment_id"],
            ["payments.id"],
            name=op.f("fk_payment_allocations_payment_id_payments"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment_allocations")),
        sa.UniqueConstraint(
            "payment_id", "invoice_id", name=op.f("uq_payment_allocations_payment_id_invoice_id")
        ),
    )
    with op.batch_alter_table("payment_allocations", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_payment_allocations_invoice_id"), ["invoice_id"], unique=False
        )

    op.create_table(
        "quality_checks",
        sa.Column("job_id", Guid(), nullable=False),
        sa.Column("job_line_item_id", Guid(), nullable=True),
        sa.Column("checkpoint", sa.String(length=120), nullable=False),
        sa.Column("passed", sa.Boolean(), nullable=True),
        sa.Column("checked_by_id", Guid(), nullable=True),
        sa.Column("checked_at", UtcDateTime(), nullable=True),
        sa.Column("notes", sa.Text(), nullable=True),
        sa.Column("id", Guid(), nullable=False),
        sa.Column(
            "created_at", UtcDateTime(), server_default=sa.text("CURRENT_TIMESTAMP"), nullable=False
        ),
        sa.Column(
            "updated_at", UtcDateTime(), server_default=sa.text("CURRENT_TIMESTAMP"), nullable=False
        ),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.ForeignKeyConstraint(
            ["checked_by_id"],
            ["users.id"],
            name=op.f("fk_quality_checks_checked_by_id_users"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["job_id"], ["jobs.id"], name=op.f("fk_quality_checks_job_id_jobs"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["job_line_item_id"],
            ["job_line_items.id"],
            name=op.f("fk_quality_checks_job_line_item_id_job_line_items"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quality_checks")),
    )
    with op.batch_alter_table("quality_checks", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_quality_checks_job_id"), ["job_id"], unique=False)

    op.create_table(
        "credit_memo_line_items",
        sa.Column("credit_memo_id", Guid(), nullable=False),
        sa.Column("line_number", sa.Integer(), nullable=False),
        sa.Column("invoice_line_item_id", Guid(), nullable=True),
        sa.Column("product_id", Guid(), nullable=True),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("quantity", Exact(12, 4), nullable=False),
        sa.Column("unit_price", Exact(14, 4), nullable=False),
        sa.Column(
            "line_total",
            Exact(14, 2),
            sa.Computed(LineTotal("quantity", "unit_price"), persisted=True),
            nullable=False,
        ),
        sa.Column("is_taxable", sa.Boolean(), nullable=False),
        sa.Column("id", Guid(), nullable=False),
        sa.Column(
            "created_at", UtcDateTime(), server_default=sa.text("CURRENT_TIMESTAMP"), nullable=False
        ),
        sa.Column(
            "updated_at", UtcDateTime(), server_default=sa.text("CURRENT_TIMESTAMP"), nullable=False
        ),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_credit_memo_line_items_quantity")),
        sa.ForeignKeyConstraint(
            ["credit_memo_id"],
            ["credit_memos.id"],
            name=op.f("fk_credit_memo_line_items_credit_memo_id_credit_memos"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["invoice_line_item_id"],
            ["invoice_line_items.id"],
            name=op.f("fk_credit_memo_line_items_invoice_line_item_id_invoice_line_items"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["product_id"],
            ["products.id"],
            name=op.f("fk_credit_memo_line_items_product_id_products"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_credit_memo_line_items")),
        sa.UniqueConstraint(
            "credit_memo_id",
            "line_number",
            name=op.f("uq_credit_memo_line_items_credit_memo_id_line_number"),
        ),
    )


def downgrade() -> None:
    """Take the step back."""
    op.drop_table("credit_memo_line_items")
    with op.batch_alter_table("quality_checks", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_quality_checks_job_id"))

    op.drop_table("quality_checks")
    with op.batch_alter_table("payment_allocations", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_payment_allocations_invoice_id"))

    op.drop_table("payment_allocations")
    with op.batch_alter_table("invoice_line_items", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_invoice_line_items_product_id"))
        batch_op.drop_index(batch_op.f("ix_invoice_line_items_po_line_item_id"))
        batch_op.drop_index(batch_op.f("ix_invoice_line_items_job_line_item_id"))

    op.drop_table("invoice_line_items")
    with op.batch_alter_table("inventory_allocations", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_inventory_allocations_job_line_item_id"))

    op.drop_table("inventory_allocations")
    with op.batch_alter_table("credit_memos", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_credit_memos_invoice_id"))
        batch_op.drop_index(batch_op.f("ix_credit_memos_customer_id"))
        batch_op.drop_index("ix_credit_memos_credit_date_id")

    op.drop_table("credit_memos")
    with op.batch_alter_table("time_entries", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_time_entries_user_id"))
        batch_op.drop_index("ix_time_entries_started_at_id")
        batch_op.drop_index(batch_op.f("ix_time_entries_job_id"))

    op.drop_table("time_entries")
    with op.batch_alter_table("stock_movements", schema=None) as batch_op:
        batch_op.drop_index("ix_stock_movements_moved_at_id")
        batch_op.drop_index(batch_op.f("ix_stock_movements_job_id"))
        batch_op.drop_index(batch_op.f("ix_stock_movements_inventory_item_id"))

    op.drop_table("stock_movements")
    with op.batch_alter_table("job_line_items", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_job_line_items_po_line_item_id"))

    op.drop_table("job_line_items")
    with op.batch_alter_table("invoices", schema=None) as batch_op:
        batch_op.drop_index("ix_invoices_sync_state")
        batch_op.drop_index("ix_invoices_status_due_date")
        batch_op.drop_index(batch_op.f("ix_invoices_po_id"))
        batch_op.drop_index(batch_op.f("ix_invoices_job_id"))
        batch_op.drop_index("ix_invoices_invoice_date_id")
        batch_op.drop_index(batch_op.f("ix_invoices_customer_id"))

    op.drop_table("invoices")
    with op.batch_alter_table("sync_attempts", schema=None) as batch_op:
        batch_op.drop_index("ix_sync_attempts_started_at_id")
        batch_op.drop_index("ix_sync_attempts_queue_row_id_started_at")

    op.drop_table("sync_attempts")
    with op.batch_alter_table("refunds", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_refunds_payment_id"))
        batch_op.drop_index(batch_op.f("ix_refunds_customer_id"))

    op.drop_table("refunds")
    with op.batch_alter_table("po_line_items", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_po_line_items_product_id"))

    op.drop_table("po_line_items")
    with op.batch_alter_table("order_template_lines", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_order_template_lines_product_id"))

    op.drop_table("order_template_lines")
    with op.batch_alter_table("jobs", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_jobs_work_center_id"))
        batch_op.drop_index("ix_jobs_status_due")
        batch_op.drop_index(batch_op.f("ix_jobs_po_id"))
        batch_op.drop_index("ix_jobs_estimated_completion_date_id")
        batch_op.drop_index(batch_op.f("ix_jobs_customer_id"))
        batch_op.drop_index("ix_jobs_created_at_id")
        batch_op.drop_index(batch_op.f("ix_jobs_assigned_to_id"))

    op.drop_table("jobs")
    with op.batch_alter_table("run_rows", schema=None) as batch_op:
        batch_op.drop_index("ix_run_rows_run_id_state_position")

    op.drop_table("run_rows")
    with op.batch_alter_table("qbo_sync_queue", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_qbo_sync_queue_open",
            postgresql_where=sa.text("status IN ('pending', 'processing', 'blocked')"),
            sqlite_where=sa.text("status IN ('pending', 'processing', 'blocked')"),
        )
        batch_op.drop_index("ix_qbo_sync_queue_entity")
        batch_op.drop_index("ix_qbo_sync_queue_due")
        batch_op.drop_index(batch_op.f("ix_qbo_sync_queue_depends_on_id"))
        batch_op.drop_index("ix_qbo_sync_queue_created_at_id")
        batch_op.drop_index(batch_op.f("ix_qbo_sync_queue_batch_id"))

    op.drop_table("qbo_sync_queue")
    op.drop_table("qb_sync_status")
    with op.batch_alter_table("purchase_orders", schema=None) as batch_op:
        batch_op.drop_index("ix_purchase_orders_total_amount_id")
        batch_op.drop_index("ix_purchase_orders_status_po_date_id")
        batch_op.drop_index("ix_purchase_orders_po_date_id")
        batch_op.drop_index(batch_op.f("ix_purchase_orders_import_run_id"))
        batch_op.drop_index("ix_purchase_orders_due_date_id")
        batch_op.drop_index("ix_purchase_orders_customer_name_id")
        batch_op.drop_index(batch_op.f("ix_purchase_orders_customer_id"))

    op.drop_table("purchase_orders")
    with op.batch_alter_table("price_overrides", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_price_overrides_product_id"))

    op.drop_table("price_overrides")
    with op.batch_alter_table("payments", schema=None) as batch_op:
        batch_op.drop_index("ix_payments_sync_state")
        batch_op.drop_index("ix_payments_payment_date_id")
        batch_op.drop_index(batch_op.f("ix_payments_customer_id"))

    op.drop_table("payments")
    with op.batch_alter_table("order_templates", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_order_templates_customer_id"))

    op.drop_table("order_templates")
    op.drop_table("import_lines")
    with op.batch_alter_table("communications", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_communications_subject_id"))
        batch_op.drop_index("ix_communications_happened_at_id")
        batch_op.drop_index(batch_op.f("ix_communications_customer_id"))

    op.drop_table("communications")
    with op.batch_alter_table("change_items", schema=None) as batch_op:
        batch_op.drop_index("ix_change_items_record")
        batch_op.drop_index("ix_change_items_change_set_id_position")

    op.drop_table("change_items")
    op.drop_table("user_roles")
    with op.batch_alter_table("tax_rates", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_tax_rates_agency_id"))

    op.drop_table("tax_rates")
    with op.batch_alter_table("sync_differences", schema=None) as batch_op:
        batch_op.drop_index("ix_sync_differences_state_created_at")
        batch_op.drop_index("ix_sync_differences_entity")

    op.drop_table("sync_differences")
    op.drop_table("sync_batches")
    with op.batch_alter_table("saved_views", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_saved_views_user_id"))
        batch_op.drop_index(batch_op.f("ix_saved_views_table_name"))

    op.drop_table("saved_views")
    with op.batch_alter_table("runs", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_runs_user_id"))
        batch_op.drop_index("ix_runs_unfinished")
        batch_op.drop_index("ix_runs_created_at_id")

    op.drop_table("runs")
    with op.batch_alter_table("qb_items", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_qb_items_sku"))
        batch_op.drop_index(batch_op.f("ix_qb_items_product_id"))
        batch_op.drop_index("ix_qb_items_name_id")

    op.drop_table("qb_items")
    op.drop_table("qb_connections")
    op.drop_table("number_gaps")
    with op.batch_alter_table("notifications", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_notifications_user_id"))

    op.drop_table("notifications")
    with op.batch_alter_table("login_sessions", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_login_sessions_user_id"))

    op.drop_table("login_sessions")
    with op.batch_alter_table("inventory_items", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_inventory_items_product_id"))

    op.drop_table("inventory_items")
    with op.batch_alter_table("import_runs", schema=None) as batch_op:
        batch_op.drop_index("ix_import_runs_created_at_id")

    op.drop_table("import_runs")
    with op.batch_alter_table("customers", schema=None) as batch_op:
        batch_op.drop_index("ix_customers_sync_state")
        batch_op.drop_index(batch_op.f("ix_customers_payment_term_id"))
        batch_op.drop_index(batch_op.f("ix_customers_email"))
        batch_op.drop_index("ix_customers_display_name_id")
        batch_op.drop_index(batch_op.f("ix_customers_default_tax_code_id"))

    op.drop_table("customers")
    with op.batch_alter_table("change_sets", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_change_sets_run_id"))
        batch_op.drop_index("ix_change_sets_created_at_id")

    op.drop_table("change_sets")
    with op.batch_alter_table("audit_events", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_audit_events_event"))
        batch_op.drop_index("ix_audit_events_created_at_id")

    op.drop_table("audit_events")
    with op.batch_alter_table("attachments", schema=None) as batch_op:
        batch_op.drop_index("ix_attachments_subject")

    op.drop_table("attachments")
    op.drop_table("work_centers")
    with op.batch_alter_table("webhook_events", schema=None) as batch_op:
        batch_op.drop_index("ix_webhook_events_created_at_id")

    op.drop_table("webhook_events")
    op.drop_table("users")
    op.drop_table("tax_codes")
    op.drop_table("tax_agencies")
    op.drop_table("sync_schedules")
    op.drop_table("settings")
    with op.batch_alter_table("schedule_slots", schema=None) as batch_op:
        batch_op.drop_index("ix_schedule_slots_state_due_at")

    op.drop_table("schedule_slots")
    op.drop_table("roles")
    with op.batch_alter_table("products", schema=None) as batch_op:
        batch_op.drop_index("ix_products_sync_state")
        batch_op.drop_index("ix_products_name_id")

    op.drop_table("products")
    op.drop_table("payment_terms")
    op.drop_table("payment_methods")
    op.drop_table("organizations")
    op.drop_table("login_throttles")
    op.drop_table("field_mappings")
    op.drop_table("custom_fields")
    op.drop_table("counters")
    op.drop_table("api_usage")

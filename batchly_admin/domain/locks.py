"""What an issued document still lets change: payment, e-mail, shipping and sync facts."""

from __future__ import annotations

OPEN_AFTER_ISSUE = frozenset(
    {
        "status",
        "amount_paid",
        "amount_credited",
        "amount_applied",
        "emailed_at",
        "viewed_at",
        "voided_at",
        "sent_to_qb_at",
        "shipping_date",
        "tracking_number",
        "shipping_method",
        "qb_invoice_id",
        "qb_credit_memo_id",
        "qb_doc_number",
        "qb_sync_token",
        "qb_created_time",
        "qb_last_updated_time",
        "last_synced_at",
        "sync_state",
        "sync_note",
        "updated_at",
        "version",
        "balance_due",
    }
)

CHANGE_REFUSED = (
    "This document is issued and can no longer be changed. "
    "Void it while it is unpaid, or correct it with a credit memo."
)
DELETE_REFUSED = (
    "An issued document keeps its number and is never deleted. "
    "Void it while it is unpaid, or correct it with a credit memo."
)

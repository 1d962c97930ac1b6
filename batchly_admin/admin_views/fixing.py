"""Fix and retry: a form that marks what QuickBooks refused, and sends it again once saved."""

from __future__ import annotations

from flask import flash, request
from wtforms import Form

from batchly_admin.admin_views import context, repair_parts
from batchly_admin.domain.statuses import QueueStatus
from batchly_admin.ids import parse_id
from batchly_admin.models.sync import SyncQueueRow
from batchly_admin.services import resending
from batchly_admin.words import _

FIELDS = (
    ("display_name", ("display name", "name supplied", "this name", "givenname", "familyname")),
    ("email", ("email", "e-mail")),
    ("phone", ("phone",)),
    ("billing_address", ("billaddr", "billing address")),
    ("shipping_address", ("shipaddr", "shipping address")),
    ("tax_code_id", ("tax code", "taxcode")),
    ("sku", ("sku",)),
    ("unit_price", ("unitprice", "price", "amount")),
    ("name", ("name",)),
)
"""Which of our fields a refusal speaks of, by the words in it; the first that fits is marked."""


def row_of() -> SyncQueueRow | None:
    """Give the row that the form was opened for, when it still waits and the person may retry."""
    row_id = parse_id(request.args.get("fix", ""))
    row = context.reader().get(SyncQueueRow, row_id) if row_id is not None else None
    waits = row is not None and row.status in (QueueStatus.FAILED, QueueStatus.BLOCKED)
    return row if row is not None and waits and repair_parts.may_retry(row) else None


def mark(form: Form) -> list[str]:
    """Put the cause beside the field it speaks of; give it for the head of the form otherwise."""
    row = row_of()
    if row is None:
        return []
    words = row.error_message or "QuickBooks refused this record."
    field = field_of(words, form)
    if field is None:
        return [words]
    form[field].errors = [words]
    return []


def field_of(words: str, form: Form) -> str | None:
    """Give the field of a form that a refusal speaks of."""
    said = words.lower()
    for name, signs in FIELDS:
        if name in form and any(sign in said for sign in signs):
            return name
    return None


def send_again() -> bool:
    """Send the record again after the form was saved; tell whether it was opened for that."""
    row = row_of()
    if row is None:
        return False
    with context.runtime().uows.begin(actor=context.actor(), source="sync") as uow:
        resending.retry(uow, [row.id])
    flash(_("Saved, and sent to QuickBooks again."), "success")
    return True

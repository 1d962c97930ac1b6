"""The bulk action that deletes rows of a grid, for every grid that lets them go."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from batchly_admin.errors import NotFound
from batchly_admin.services import deleting, keeping, records
from batchly_admin.services.tallies import (
    LISTED,
    BulkAction,
    Params,
    Preview,
    PreviewRow,
    Tally,
    chunks,
    preview_of,
)
from batchly_admin.services.unit_of_work import UnitOfWork
from batchly_admin.words import _, later, number

# Grids from which rows can be deleted: their name, the table, and the area of the right.
DELETABLE: tuple[tuple[str, str, str], ...] = (
    ("customers", "customers", "customers"),
    ("communications", "communications", "communications"),
    ("price_overrides", "price_overrides", "price_overrides"),
    ("products", "products", "products"),
    ("tax_codes", "tax_codes", "taxes"),
    ("tax_rates", "tax_rates", "taxes"),
    ("tax_agencies", "tax_agencies", "taxes"),
    ("payment_terms", "payment_terms", "payment_terms"),
    ("payment_methods", "payment_methods", "payment_methods"),
    ("orders", "purchase_orders", "orders"),
    ("order_lines", "po_line_items", "orders"),
    ("order_templates", "order_templates", "order_templates"),
    ("order_template_lines", "order_template_lines", "order_templates"),
    ("jobs", "jobs", "jobs"),
    ("job_lines", "job_line_items", "jobs"),
    ("time_entries", "time_entries", "time_entries"),
    ("quality_checks", "quality_checks", "quality_checks"),
    ("work_centers", "work_centers", "work_centers"),
    ("inventory_items", "inventory_items", "inventory"),
    ("invoices", "invoices", "invoices"),
    ("invoice_lines", "invoice_line_items", "invoices"),
    ("credit_memos", "credit_memos", "credit_memos"),
    ("credit_memo_lines", "credit_memo_line_items", "credit_memos"),
    ("field_mappings", "field_mappings", "field_mappings"),
    ("custom_fields", "custom_fields", "custom_fields"),
    ("saved_views", "saved_views", "saved_views"),
    ("paste_readings", "paste_readings", "users"),
)


def _delete(model: type[Any]) -> Callable[[UnitOfWork, UUID, Params], str]:
    def perform(uow: UnitOfWork, record_id: UUID, _params: Params) -> str:
        record = uow.session.get(model, record_id)
        if record is None:
            raise NotFound("It was deleted already.")
        records.delete_record(uow, record)
        return _("Deleted.")

    return perform


def _preview_delete(model: type[Any]) -> Callable[..., Preview]:
    def preview(session: Session, ids: Sequence[UUID], _params: Params) -> Preview:
        table = str(model.__tablename__)
        found = Tally()
        along: Counter[str] = Counter()
        users: Counter[str] = Counter()
        for chunk in chunks(ids):
            there = set(session.scalars(sa.select(model.id).where(model.id.in_(chunk))))
            kept = keeping.kept(session, model, there)
            held = deleting.held(session, table, there - kept.keys())
            free = there - held - kept.keys()
            found.take(len(free))
            along.update(dict(deleting.taken_along(session, table, free)))
            for reason, count in Counter(kept.values()).items():
                found.refuse(reason, count)
            if held:
                found.refuse(_("something still refers to them"), len(held))
                users.update(dict(deleting.holding(session, table, held)))
            if len(ids) <= LISTED:
                reasons = kept | dict.fromkeys(held, _("something still refers to it"))
                found.rows += [PreviewRow(key, reasons.get(key)) for key in chunk if key in there]
            if len(there) < len(chunk):
                found.refuse(_("no longer there"), len(chunk) - len(there))
        noun = deleting.label_of(table)
        lines = [
            _(
                "{count} {noun} will be deleted with all that belongs to them.",
                count=number(found.will),
                noun=noun,
            )
        ]
        lines += [
            _("{count} {label} go along.", count=number(count), label=label)
            for label, count in along.most_common()
        ]
        lines.append(_("It can be undone, and for 90 days restored from the trash."))
        lines += [
            _("In use by {count} {label}.", count=number(count), label=label)
            for label, count in users.most_common()
        ]
        return preview_of(_("Delete {noun}", noun=noun), tuple(lines), found, _("Delete"))

    return preview


def _delete_action(grid: str, table: str, area: str) -> tuple[str, BulkAction]:
    model = deleting.models()[table]
    right = f"{area}:delete"
    return grid, BulkAction(
        "delete", later("Delete"), right, _delete(model), _preview_delete(model)
    )


DELETE_ACTIONS = tuple(_delete_action(*one) for one in DELETABLE)

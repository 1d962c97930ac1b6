"""Which of our fields feeds which of QuickBooks', with a preview on a real record."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import orjson
import sqlalchemy as sa
from flask import Blueprint, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from batchly_admin.admin_views import context, settings_forms
from batchly_admin.admin_views.security import requires
from batchly_admin.domain.field_mapping import ENTITIES, fields_of, problem
from batchly_admin.errors import InvalidInput, NotFound
from batchly_admin.ids import parse_id
from batchly_admin.models.sync import QbConnection
from batchly_admin.models.synced import SYNCED
from batchly_admin.qbo import facts
from batchly_admin.qbo.mapping import chosen as by_choice
from batchly_admin.qbo.mapping.customer import to_qbo_customer
from batchly_admin.qbo.mapping.invoice import to_qbo_invoice
from batchly_admin.qbo.mapping.item import to_qbo_item
from batchly_admin.qbo.mapping.payment import to_qbo_payment
from batchly_admin.services import field_mapping, settings
from batchly_admin.words import _

blueprint = Blueprint(
    "quickbooks_mapping", __name__, url_prefix="/admin/quickbooks/settings/mapping"
)

NEWEST = 25
UNKNOWN = "(given by QuickBooks)"


@dataclass(frozen=True, slots=True)
class Previewed:
    """A record, the fields that can be chosen of it, and all that would be sent."""

    label: str
    rows: list[dict[str, Any]]
    payload: str


@blueprint.get("/<entity_type>")
@requires("quickbooks:view")
def show(entity_type: str) -> ResponseReturnValue:
    """Show the mapping of one type of record."""
    _check(entity_type)
    return _page(entity_type, field_mapping.chosen(context.reader(), entity_type), {})


@blueprint.post("/<entity_type>")
@requires("quickbooks:map")
def save(entity_type: str) -> ResponseReturnValue:
    """Keep the mapping, or show what it would do; nothing is sent by either."""
    _check(entity_type)
    wanted = {one.name: request.form.get(one.name, one.default) for one in fields_of(entity_type)}
    errors = {
        name: words
        for name, source in wanted.items()
        if (words := problem(entity_type, name, source)) is not None
    }
    if errors or request.form.get("step") == "preview":
        return _page(entity_type, wanted, errors)
    with context.runtime().uows.begin(
        actor=context.actor(), source="form", summary=f"Field mapping of {entity_type}"
    ) as uow:
        changed = sum(
            field_mapping.choose(uow, entity_type, name, source) for name, source in wanted.items()
        )
    flash(_("The mapping is saved.") if changed else _("Nothing was different."), "success")
    return redirect(f"{settings_forms.PAGE}/mapping/{entity_type}")


def _page(
    entity_type: str, wanted: Mapping[str, str], errors: Mapping[str, str]
) -> ResponseReturnValue:
    session = context.reader()
    records = _records(session, entity_type)
    picked = _picked(session, entity_type, records)
    connection = facts.connection_of(session)
    names = _custom_names(connection)
    page = render_template(
        "qbo_mapping.html",
        tabs=settings_forms.tabs(entity_type),
        entity_type=entity_type,
        title=ENTITIES[entity_type],
        fields=[
            {
                "name": one.name,
                "label": names.get(one.name, one.label),
                "help": one.help,
                "value": wanted[one.name],
                "choices": one.choices(),
                "error": errors.get(one.name),
            }
            for one in fields_of(entity_type)
        ],
        records=[(str(record.id), SYNCED[entity_type].label(record)) for record in records],
        picked=str(picked.id) if picked is not None else "",
        preview=None
        if picked is None or errors
        else _preview(session, entity_type, picked, wanted),
        can_save=context.may("quickbooks:map"),
    )
    return page, (422 if errors else 200)


def _check(entity_type: str) -> None:
    if entity_type not in ENTITIES:
        raise NotFound(f"{entity_type} has no fields that can be chosen.")


def _records(session: Session, entity_type: str) -> list[Any]:
    model = SYNCED[entity_type].model
    return list(session.scalars(sa.select(model).order_by(model.id.desc()).limit(NEWEST)))


def _picked(session: Session, entity_type: str, records: list[Any]) -> Any | None:
    wanted = parse_id(request.values.get("record"))
    if isinstance(wanted, UUID):
        found = session.get(SYNCED[entity_type].model, wanted)
        if found is None:
            raise InvalidInput("This record no longer exists.", field="record")
        return found
    return records[0] if records else None


def _preview(
    session: Session, entity_type: str, record: Any, wanted: Mapping[str, str]
) -> Previewed:
    payload = PAYLOADS[entity_type](session, record, wanted)
    return Previewed(
        label=SYNCED[entity_type].label(record),
        rows=[
            {**row, "fragment": _json(row["fragment"]) if row["fragment"] else None}
            for row in by_choice.preview(entity_type, record, payload, wanted)
        ],
        payload=_json(payload),
    )


def _customer(_session: Session, record: Any, wanted: Mapping[str, str]) -> dict[str, Any]:
    return to_qbo_customer(record, wanted)


def _item(session: Session, record: Any, wanted: Mapping[str, str]) -> dict[str, Any]:
    account = settings.get(session, "income_account") or UNKNOWN
    return to_qbo_item(record, income_account=str(account), chosen=wanted)


def _invoice(session: Session, record: Any, wanted: Mapping[str, str]) -> dict[str, Any]:
    items = {
        line.id: line.qb_item_id or (line.product.qb_item_id if line.product else None) or UNKNOWN
        for line in record.lines
    }
    return to_qbo_invoice(
        record,
        customer_ref=record.customer.qb_customer_id or UNKNOWN,
        item_refs=items,
        chosen=wanted,
        quickbooks_taxes=settings.get(session, "tax_mode") == "quickbooks",
    )


def _payment(_session: Session, record: Any, wanted: Mapping[str, str]) -> dict[str, Any]:
    refs = {one.invoice_id: one.invoice.qb_invoice_id or UNKNOWN for one in record.allocations}
    customer = record.customer.qb_customer_id or UNKNOWN
    return to_qbo_payment(record, customer_ref=customer, invoice_refs=refs, chosen=wanted)


PAYLOADS = {"customer": _customer, "invoice": _invoice, "item": _item, "payment": _payment}


def _json(value: Any) -> str:
    return orjson.dumps(value, option=orjson.OPT_INDENT_2, default=str).decode()


def _custom_names(connection: QbConnection | None) -> dict[str, str]:
    """Give how QuickBooks' own users call the three custom fields, where that is known."""
    known = facts.read(connection).preferences if connection is not None else None
    groups = ((known or {}).get("SalesFormsPrefs") or {}).get("CustomField") or []
    names = {}
    for group in groups:
        for one in group.get("CustomField") or []:
            place = str(one.get("Name") or "")[-1:]
            if "SalesCustomName" in str(one.get("Name")) and one.get("StringValue"):
                names[f"CustomField{place}"] = f"Custom field {place} ({one['StringValue']})"
    return names

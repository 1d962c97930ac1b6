"""The fields that a company may feed as it likes: read from our record, as QuickBooks takes them.

`chosen` names the source of each field; without it the defaults of domain.field_mapping apply.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from batchly_admin.domain.field_mapping import BY_NAME, NOTHING, SOURCES, defaults, fields_of
from batchly_admin.models.billing import Invoice, InvoiceLineItem, Payment
from batchly_admin.models.catalogue import Product
from batchly_admin.models.customers import Customer
from batchly_admin.qbo.mapping import fields

Chosen = Mapping[str, str]
Value = str | date | None

CUSTOM_FIELD = "CustomField"
LINE_DESCRIPTION = "Line.Description"
_FROM_ORDER: dict[str, str] = {
    "order_number": "po_number",
    "order_notes": "customer_notes",
    "internal_notes": "internal_notes",
    "instructions": "special_instructions",
    "shipping_terms": "shipping_terms",
    "order_ship_date": "ship_date",
    "order_due_date": "due_date",
}
_FROM_INVOICE: dict[str, str] = {
    "private_note": "qb_private_note",
    "customer_memo": "qb_customer_memo",
    "shipping_date": "shipping_date",
    "tracking_number": "tracking_number",
    "shipping_method": "shipping_method",
}


def of_invoice(invoice: Invoice, source: str) -> Value:
    """Give what a source says of an invoice, of its order, its job or its customer."""
    if source in _FROM_INVOICE:
        found: Value = getattr(invoice, _FROM_INVOICE[source])
        return found
    if source in _FROM_ORDER:
        return getattr(invoice.order, _FROM_ORDER[source]) if invoice.order else None
    if source == "job_number":
        return invoice.job.job_number if invoice.job else None
    if source == "account_number":
        return invoice.customer.account_number if invoice.customer else None
    return None


def of_customer(customer: Customer, source: str) -> Value:
    """Give what a source says of a customer."""
    return None if source == NOTHING else getattr(customer, source)


def of_item(product: Product, source: str) -> Value:
    """Give what a source says of a product."""
    return None if source == NOTHING else getattr(product, source)


def of_payment(payment: Payment, source: str) -> Value:
    """Give what a source says of a payment."""
    if source == "reference_or_number":
        return payment.reference or payment.payment_number
    return None if source == NOTHING else getattr(payment, source)


def of_line(line: InvoiceLineItem, source: str) -> str:
    """Give the description of one line of an invoice."""
    product = line.product
    before = None
    if product is not None and source == "name_and_description":
        before = product.name
    elif product is not None and source == "sku_and_description":
        before = product.sku
    if not before or line.description.startswith(before):
        return line.description
    return f"{before}: {line.description}"


READERS: dict[str, Callable[[Any, str], Value]] = {
    "customer": of_customer,
    "invoice": of_invoice,
    "item": of_item,
    "payment": of_payment,
}


def value_of(entity_type: str, record: Any, qbo_field: str, chosen: Chosen | None = None) -> Value:
    """Give what feeds one field, cut to the length QuickBooks takes; None when there is nothing."""
    source = (chosen or {}).get(qbo_field) or defaults(entity_type)[qbo_field]
    found = READERS[entity_type](record, source)
    if isinstance(found, str):
        return found.strip()[: BY_NAME[entity_type, qbo_field].length].rstrip() or None
    return found


def text_of(
    entity_type: str, record: Any, qbo_field: str, chosen: Chosen | None = None
) -> str | None:
    """Give what feeds one field, as text."""
    found = value_of(entity_type, record, qbo_field, chosen)
    return found.isoformat() if isinstance(found, date) else found


def custom_fields(invoice: Invoice, chosen: Chosen | None) -> list[dict[str, str]] | None:
    """Give the custom fields of an invoice that hold something, by their definition's id."""
    found = []
    for place in ("1", "2", "3"):
        text = text_of("invoice", invoice, f"{CUSTOM_FIELD}{place}", chosen)
        if text:
            found.append({"DefinitionId": place, "Type": "StringType", "StringValue": text})
    return found or None


def line_description(line: InvoiceLineItem, chosen: Chosen | None) -> str:
    """Give the description of a line as it is sent."""
    source = (chosen or {}).get(LINE_DESCRIPTION) or defaults("invoice")[LINE_DESCRIPTION]
    return of_line(line, source)[: BY_NAME["invoice", LINE_DESCRIPTION].length]


def preview(
    entity_type: str, record: Any, payload: Mapping[str, Any], chosen: Chosen
) -> list[dict[str, Any]]:
    """Give for each field that can be chosen: its source, our value, and what would be sent."""
    return [
        {
            "field": one.name,
            "label": one.label,
            "source": SOURCES[chosen[one.name]],
            "ours": _ours(entity_type, record, one.name, chosen),
            "fragment": _fragment(one.name, payload),
        }
        for one in fields_of(entity_type)
    ]


def _ours(entity_type: str, record: Any, name: str, chosen: Chosen) -> str | None:
    if name == LINE_DESCRIPTION:
        return line_description(record.lines[0], chosen) if record.lines else None
    return text_of(entity_type, record, name, chosen)


def _fragment(name: str, payload: Mapping[str, Any]) -> dict[str, Any] | None:
    if name == LINE_DESCRIPTION:
        lines = payload.get("Line") or []
        told = [line.get("Description") for line in lines if line.get("LineNum")]
        return {"Line": [{"Description": told[0]}]} if told else None
    if name.startswith(CUSTOM_FIELD):
        place = name.removeprefix(CUSTOM_FIELD)
        held = [one for one in payload.get(CUSTOM_FIELD) or [] if one["DefinitionId"] == place]
        return {CUSTOM_FIELD: held} if held else None
    return {name: payload[name]} if name in payload else None


def note(entity_type: str, record: Any, chosen: Chosen | None) -> str:
    """Give the private note, which ends with our marker whatever is chosen."""
    return fields.private_note(record.id, text_of(entity_type, record, "PrivateNote", chosen))

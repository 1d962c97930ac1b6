"""What entities may hold, said in JSON Schema: shapes as schemas, for the OpenAPI file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, TypeAlias

from batchly_admin.qbo.simulator.wire import fields
from batchly_admin.qbo.simulator.wire.fields import (
    ANY,
    DAY,
    MOMENT,
    NUMBER,
    OURS,
    REF,
    TEXT,
    TRUTH,
    Kind,
    Shape,
)

Schema: TypeAlias = dict[str, Any]

PLACE = "#/components/schemas/"
SHARED: Mapping[str, Shape] = {
    "Address": fields.ADDRESS,
    "Phone": fields.PHONE,
    "Email": fields.EMAIL,
    "Web": fields.WEB,
    "Link": fields.LINK,
    "CustomField": fields.CUSTOM_FIELD,
    "Delivery": fields.DELIVERY,
    "SalesItemLineDetail": fields.SALES_DETAIL,
    "DiscountLineDetail": fields.DISCOUNT_DETAIL,
    "ItemBasedExpenseLineDetail": fields.ITEM_EXPENSE,
    "TxnTaxDetail": fields.TAX_DETAIL,
    "Line": fields.LINE,
}
"""Groups of fields many entities have; each is one schema that the others lead to."""
PLAIN: Mapping[str, Schema] = {
    NUMBER: {"type": "number"},
    TRUTH: {"type": "boolean"},
    DAY: {"type": "string", "format": "date"},
    MOMENT: {"type": "string", "format": "date-time"},
    TEXT: {"type": "string"},
    ANY: {},
}
SENT_BACK: Mapping[str, Schema] = {
    "Id": {"type": "string", "description": "Sent to change a record, left out to make one."},
    "SyncToken": {
        "type": "string",
        "description": "The version that was read; raised by a change.",
    },
    "sparse": {"type": "boolean", "description": "True changes only the fields that are sent."},
}
"""Computed fields that clients do send, to say which record is meant."""
AMOUNTS = ("Amt", "Balance", "Credit", "Level", "LineNum", "Rate", "Total")
"""Endings of the names of computed numbers."""


def to(name: str) -> Schema:
    """Give a schema that leads to a named one."""
    return {"$ref": f"{PLACE}{name}"}


def listed(schema: Schema) -> Schema:
    """Give the schema of a list of something."""
    return {"type": "array", "items": schema}


def of_shape(shape: Shape) -> Schema:
    """Give the schema of an object; QuickBooks passes over fields it does not know."""
    return {
        "type": "object",
        "properties": {name: _field(name, kind) for name, kind in shape.items()},
    }


def _field(name: str, kind: Kind) -> Schema:
    if kind == OURS:
        return dict(SENT_BACK.get(name) or {**_computed(name), "readOnly": True})
    return _kind(kind)


def _kind(kind: Kind) -> Schema:
    if isinstance(kind, int):
        return {"type": "string", "maxLength": kind}
    if isinstance(kind, list):
        return listed(_kind(kind[0]))
    if isinstance(kind, dict):
        name = next((name for name, shape in SHARED.items() if shape == kind), None)
        return to(name) if name else of_shape(kind)
    return to("Reference") if kind == REF else dict(PLAIN[kind])


def _computed(name: str) -> Schema:
    """Give what is known of a field that QuickBooks computes; without a type it may be anything."""
    if name == "MetaData":
        return of_moments("CreateTime", "LastUpdatedTime")
    if name.endswith("Ref"):
        return to("Reference")
    if name == "LinkedTxn":
        return listed(to("Link"))
    if name in {"domain", "status", "Classification", "FullyQualifiedName"}:
        return {"type": "string"}
    return {"type": "number"} if name.endswith(AMOUNTS) else {}


def of_moments(*names: str) -> Schema:
    """Give the schema of an object of moments."""
    return {"type": "object", "properties": {name: dict(PLAIN[MOMENT]) for name in names}}


def restrict(schema: Schema, path: str, **words: Any) -> None:
    """Say more of one field of an object's schema; one that lies in a shared group stays."""
    *way, last = path.split(".")
    for name in way:
        schema = schema.get("properties", {}).get(name, {})
        schema = schema.get("items", schema)
    found = schema.get("properties", {}).get(last)
    if found is not None and "readOnly" not in found:
        found.update(words)


def shared() -> Iterator[tuple[str, Schema]]:
    """Give the schemas that many others lead to, by name."""
    yield (
        "Reference",
        {
            "type": "object",
            "properties": {
                "value": {"type": "string", "description": "The id of the record."},
                "name": {"type": "string", "description": "Its name; filled in, never needed."},
                "type": {"type": "string"},
            },
            "required": ["value"],
        },
    )
    for name, shape in SHARED.items():
        yield name, of_shape(shape)

"""Which of our fields may feed which field of QuickBooks: a closed list with its defaults.

Only fields that are text, a date or a number on a document of QuickBooks' stand here. What makes a
document the one it is (number, customer, lines, amounts, tax) is nobody's to choose.
"""

from __future__ import annotations

from dataclasses import dataclass

NOTHING = "nothing"
SOURCES: dict[str, str] = {
    NOTHING: "Nothing",
    "private_note": "Private note",
    "customer_memo": "Customer memo",
    "order_number": "Order number",
    "order_notes": "Order: customer notes",
    "internal_notes": "Order: internal notes",
    "instructions": "Order: special instructions",
    "shipping_terms": "Order: shipping terms",
    "order_ship_date": "Order: ship date",
    "order_due_date": "Order: due date",
    "job_number": "Job number",
    "account_number": "Customer's account number",
    "shipping_date": "Shipping date",
    "tracking_number": "Tracking number",
    "shipping_method": "Shipping method",
    "description": "Description",
    "name_and_description": "Product name and description",
    "sku_and_description": "SKU and description",
    "notes": "Notes",
    "display_name": "Display name",
    "company_name": "Company name",
    "name": "Name",
    "sku": "SKU",
    "reference_or_number": "Reference, else our payment number",
    "reference": "Reference",
    "payment_number": "Our payment number",
}


@dataclass(frozen=True, slots=True)
class MappedField:
    """One field of QuickBooks, what feeds it unless somebody chose otherwise, and what may."""

    entity_type: str
    name: str
    label: str
    sources: tuple[str, ...]
    length: int
    help: str = ""

    @property
    def default(self) -> str:
        """Give the source that Batchly uses by itself."""
        return self.sources[0]

    def choices(self) -> list[tuple[str, str]]:
        """Give what a person may choose from, the default marked."""
        return [
            (one, f"{SOURCES[one]} (default)" if one == self.default else SOURCES[one])
            for one in self.sources
        ]


_NUMBERS = (NOTHING, "order_number", "job_number", "account_number")
_CUSTOM = (*_NUMBERS, "tracking_number", "shipping_method", "shipping_terms")
_CUSTOM_HELP = "It has to be switched on in QuickBooks, under the sales form settings."

FIELDS: tuple[MappedField, ...] = (
    MappedField("customer", "Notes", "Notes", (NOTHING, "notes"), 2000),
    MappedField(
        "customer",
        "PrintOnCheckName",
        "Name on cheques",
        (NOTHING, "display_name", "company_name", "name"),
        110,
        "QuickBooks takes the display name by itself.",
    ),
    MappedField(
        "invoice",
        "PrivateNote",
        "Private note (memo on statement)",
        ("private_note", "order_notes", "internal_notes", "instructions", NOTHING),
        4000,
        "Batchly's own mark always stands at its end, so that a document is never sent twice.",
    ),
    MappedField(
        "invoice",
        "CustomerMemo",
        "Message on invoice",
        ("customer_memo", "order_notes", "instructions", "order_number", NOTHING),
        1000,
        "The customer reads this.",
    ),
    MappedField("invoice", "CustomField1", "Custom field 1", _CUSTOM, 31, _CUSTOM_HELP),
    MappedField("invoice", "CustomField2", "Custom field 2", _CUSTOM, 31, _CUSTOM_HELP),
    MappedField("invoice", "CustomField3", "Custom field 3", _CUSTOM, 31, _CUSTOM_HELP),
    MappedField(
        "invoice",
        "ShipDate",
        "Ship date",
        ("shipping_date", "order_ship_date", "order_due_date", NOTHING),
        10,
    ),
    # QuickBooks refuses more than 31 characters; it is not cut, as half of one finds no parcel.
    MappedField("invoice", "TrackingNum", "Tracking number", ("tracking_number", NOTHING), 60),
    MappedField(
        "invoice", "ShipMethodRef", "Ship via", ("shipping_method", "shipping_terms", NOTHING), 31
    ),
    MappedField(
        "invoice",
        "Line.Description",
        "Description of each line",
        ("description", "name_and_description", "sku_and_description"),
        4000,
    ),
    MappedField("item", "Description", "Description", ("description", "name", NOTHING), 4000),
    MappedField("item", "PurchaseDesc", "Purchase text", (NOTHING, "description", "name"), 1000),
    MappedField("item", "Sku", "SKU", ("sku", NOTHING), 100),
    MappedField(
        "payment",
        "PaymentRefNum",
        "Reference no.",
        ("reference_or_number", "payment_number", "reference"),
        21,
    ),
    MappedField(
        "payment",
        "PrivateNote",
        "Memo",
        ("notes", "reference", NOTHING),
        4000,
        "Batchly's own mark always stands at its end.",
    ),
)
ENTITIES: dict[str, str] = {
    "customer": "Customers",
    "invoice": "Invoices",
    "item": "Items",
    "payment": "Payments",
}
BY_NAME: dict[tuple[str, str], MappedField] = {(one.entity_type, one.name): one for one in FIELDS}


def fields_of(entity_type: str) -> list[MappedField]:
    """Give the fields of one type of record that may be chosen, in the order they are shown."""
    return [one for one in FIELDS if one.entity_type == entity_type]


def defaults(entity_type: str) -> dict[str, str]:
    """Give what feeds each field of a type unless somebody chose otherwise."""
    return {one.name: one.default for one in fields_of(entity_type)}


def problem(entity_type: str, qbo_field: str, our_field: str) -> str | None:
    """Say why a field cannot be fed so, or give None."""
    found = BY_NAME.get((entity_type, qbo_field))
    if found is None:
        return f"{qbo_field} of {entity_type or 'nothing'} is not a field that can be chosen."
    if our_field not in found.sources:
        allowed = ", ".join(SOURCES[one] for one in found.sources)
        return f"{found.label} can be fed from: {allowed}."
    return None

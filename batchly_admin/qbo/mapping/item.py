"""Items: what QuickBooks calls our products.

https://developer.intuit.com/app/developer/qbo/docs/api/accounting/all-entities/item
Name is unique and has at most 100 characters, no colon. Inventory and Service items need an income
account; an Inventory item also needs stock accounts, so products of ours go as NonInventory or
Service, and stock stays Batchly's.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from batchly_admin.domain.statuses import ItemType
from batchly_admin.models.catalogue import Product
from batchly_admin.qbo.mapping import fields
from batchly_admin.qbo.mapping.chosen import Chosen, text_of

SPECIAL = frozenset({"Category", "Group"})


def to_qbo_item(
    product: Product, *, income_account: str, chosen: Chosen | None = None
) -> dict[str, Any]:
    """Give a product as an item; `income_account` is used where the product names none."""
    kind = ItemType.SERVICE if product.qb_type == ItemType.SERVICE else ItemType.NON_INVENTORY
    expense = product.qb_expense_account_ref
    return fields.without_nothing(
        {
            "Name": fields.name(product.name),
            **_texts(product, chosen),
            "Type": kind.value,
            "UnitPrice": product.unit_price,
            "PurchaseCost": product.unit_cost if expense else None,
            "Taxable": product.is_taxable,
            "IncomeAccountRef": fields.ref(product.qb_income_account_ref or income_account),
            "ExpenseAccountRef": fields.ref(expense) if expense else None,
            "Active": None if product.is_active else False,
        }
    )


def to_qbo_item_update(product: Product, chosen: Chosen | None = None) -> dict[str, Any]:
    """Give the fields of an existing item that Batchly may change: never its type or accounts."""
    return fields.without_nothing(
        {
            "Name": fields.name(product.name),
            **_texts(product, chosen),
            "UnitPrice": product.unit_price,
            "Taxable": product.is_taxable,
            "Active": product.is_active,
        }
    )


def _texts(product: Product, chosen: Chosen | None) -> dict[str, str | None]:
    names = ("Sku", "Description", "PurchaseDesc")
    return {name: text_of("item", product, name, chosen) for name in names}


def from_qbo_item(body: Mapping[str, Any]) -> dict[str, Any]:
    """Give an item in the columns of `qb_items`."""
    return {
        "name": str(body.get("FullyQualifiedName") or body.get("Name") or "")[:200],
        "sku": body.get("Sku") or None,
        "description": body.get("Description") or None,
        "type": str(body.get("Type") or "") or None,
        "unit_price": fields.number(body.get("UnitPrice")),
        "income_account_ref": fields.ref_id(body, "IncomeAccountRef"),
        "expense_account_ref": fields.ref_id(body, "ExpenseAccountRef"),
        "track_quantity": bool(body.get("TrackQtyOnHand")),
        "quantity_on_hand": fields.number(body.get("QtyOnHand")),
        "is_active": body.get("Active", True) is not False,
    }


def product_name(body: Mapping[str, Any]) -> str:
    """Give the name of an item as a product would carry it."""
    return fields.name(str(body.get("Name") or "")).removesuffix(" (deleted)")

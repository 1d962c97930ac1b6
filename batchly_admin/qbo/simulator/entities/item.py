"""Products and services: inventory, other goods, services, bundles and categories."""

from __future__ import annotations

from decimal import Decimal

from batchly_admin.qbo.simulator.books.books import Books
from batchly_admin.qbo.simulator.books.entity import ListEntry, Record, list_spec
from batchly_admin.qbo.simulator.books.inventory import adjust
from batchly_admin.qbo.simulator.wire.fields import (
    COMMON,
    DAY,
    HIERARCHY,
    NUMBER,
    OURS,
    REF,
    TEXT,
    TRUTH,
    Shape,
)
from batchly_admin.qbo.simulator.wire.refusals import Fault, bad_reference
from batchly_admin.qbo.simulator.wire.values import reference

ZERO = Decimal(0)
TYPES = ("Inventory", "NonInventory", "Service", "Group", "Category")
ACCOUNTS = ("IncomeAccountRef", "ExpenseAccountRef", "AssetAccountRef")
SHAPE: Shape = (
    COMMON
    | HIERARCHY
    | {"Name": 100, "Sku": 100, "Description": 4000, "Active": TRUTH, "SubItem": TRUTH}
    | {"Type": 20, "UnitPrice": NUMBER, "RatePercent": NUMBER, "Taxable": TRUTH}
    | {"PurchaseDesc": 1000, "PurchaseCost": NUMBER, "TrackQtyOnHand": TRUTH}
    | {"QtyOnHand": NUMBER, "InvStartDate": DAY, "ReorderPoint": NUMBER}
    | {"QtyOnPurchaseOrder": OURS, "QtyOnSalesOrder": OURS}
    | dict.fromkeys(ACCOUNTS, REF)
    | {"SalesTaxIncluded": TRUTH, "PurchaseTaxIncluded": TRUTH, "ClassRef": REF}
    | {"SalesTaxCodeRef": REF, "PurchaseTaxCodeRef": REF, "TaxClassificationRef": REF}
    | {"PrefVendorRef": REF, "ItemCategoryType": 50, "ServiceType": 50, "Source": 50}
    | {"AbatementRate": NUMBER, "ReverseChargeRate": NUMBER, "PrintGroupedItems": TRUTH}
    | {"ItemGroupDetail": {"ItemGroupLine": [{"ItemRef": REF, "Qty": NUMBER}]}}
)
SPEC = list_spec(
    "Item",
    shape=SHAPE,
    required=("Name", "Type"),
    enums={"Type": TYPES},
    references={
        **dict.fromkeys(ACCOUNTS, "Account"),
        "ParentRef": "Item",
        "PrefVendorRef": "Vendor",
        "ClassRef": "Class",
    },
    filters={"Type": TEXT, "Sku": TEXT, "FullyQualifiedName": TEXT, "UnitPrice": NUMBER},
    is_tree=True,
    gaps=("goods leave the stock at average cost, where QuickBooks takes the first ones in",),
)


class Item(ListEntry):
    """Something the company sells or buys."""

    def prepare(
        self, books: Books, record: Record, before: Record | None, options: frozenset[str]
    ) -> None:
        """Check and complete an item of whatever type.

        Raises:
            Fault: what QuickBooks would refuse.
        """
        kind = record["Type"]
        if books.setting("edition") in {"simple_start", "essentials"} and kind == "Inventory":
            raise Fault("5020", "Permission Denied Error : inventory is not in this edition")
        if before is not None and before["Type"] == "Inventory" and kind != "Inventory":
            raise Fault("6000", "An inventory item stays one", element="Type")
        if record.get("SubItem") and reference(record, "ParentRef") is None:
            raise Fault("6150", "A sub-item needs its parent", element="ParentRef")
        if kind in {"Category", "Group"}:
            record.pop("UnitPrice", None)
        if kind == "Category":
            return
        if kind == "Group":
            _check_members(books, record)
        else:
            _sold(record, before)
        record.setdefault("Taxable", False)
        record["TrackQtyOnHand"] = kind == "Inventory"

    def follow(self, books: Books, record: Record, before: Record | None) -> None:
        """Put the pieces an item starts with, or a new count of them, into the stock."""
        if record.get("Type") != "Inventory":
            return
        on_hand = books.ledger.stock(record["Id"])[0]
        difference = Decimal(record.get("QtyOnHand", ZERO)) - on_hand
        if difference:
            day = record["InvStartDate"] if before is None else books.today().isoformat()
            adjust(books, record, difference, day)


def _sold(record: Record, before: Record | None) -> None:
    if record["Type"] != "NonInventory":
        _need_account(record, "IncomeAccountRef")
    if record["Type"] == "Inventory":
        _inventory(record, before)
    elif record.get("PurchaseCost"):
        _need_account(record, "ExpenseAccountRef")
    record.setdefault("UnitPrice", ZERO)


def _check_members(books: Books, record: Record) -> None:
    for one in record.get("ItemGroupDetail", {}).get("ItemGroupLine", []):
        member = books.store.get("Item", reference(one, "ItemRef") or "-")
        if member is None:
            raise bad_reference("ItemGroupDetail.ItemGroupLine.ItemRef", one.get("ItemRef"))
        if member["Type"] in {"Group", "Category"}:
            raise Fault("6000", "A bundle holds products and services only", element="ItemRef")
        one["ItemRef"] = {"value": member["Id"], "name": member["FullyQualifiedName"]}


def _inventory(record: Record, before: Record | None) -> None:
    _need_account(record, "AssetAccountRef")
    _need_account(record, "ExpenseAccountRef")
    for name in ("QtyOnHand", "InvStartDate"):
        if name not in record and before is not None:
            record[name] = before[name]
        if name not in record:
            raise Fault("2020", f"Required parameter {name} is missing", element=name)


def _need_account(record: Record, name: str) -> None:
    if reference(record, name) is None:
        detail = f"Business Validation Error: {name} is needed for this item"
        raise Fault("6000", detail, element=name)


ENTITY = Item(SPEC)

"""Stock: materials, their movements and what is reserved."""

from __future__ import annotations

from batchly_admin.grid.columns import FILES, TIMES, column, fixed
from batchly_admin.grid.table import Empty, QuickView, Table
from batchly_admin.models.stock import InventoryAllocation, InventoryItem, StockMovement

INVENTORY_ITEMS = Table(
    name="inventory_items",
    model=InventoryItem,
    title="Stock",
    singular="material",
    group="Stock",
    icon="stock",
    area="inventory",
    declared=(
        column("name", width=240, frozen=True),
        column("sku", label="SKU", width=120),
        column("product_id", link="products", width=200),
        column("unit_of_measure", label="Unit", width=80),
        fixed("quantity_on_hand", label="On hand"),
        fixed("quantity_allocated", label="Reserved"),
        column("reorder_point", label="Reorder at"),
        column("unit_cost", label="Cost", right="costs:view"),
        column("location"),
        column("is_active", label="Active"),
        FILES,
        *TIMES,
    ),
    label_column="name",
    detail="sku",
    known_by=("sku",),
    default_sort=("name",),
    search=("name", "sku", "location"),
    actions=("delete",),
    views=(
        QuickView("Out of stock", ({"column": "quantity_on_hand", "operator": "is", "value": 0},)),
    ),
    empty=Empty("No materials yet", "What lies on the shelf: blanks, inks, boxes."),
    related=(
        ("stock_movements", "inventory_item_id"),
        ("inventory_allocations", "inventory_item_id"),
    ),
    facts=("quantity_on_hand", "quantity_allocated", "reorder_point"),
)

STOCK_MOVEMENTS = Table(
    name="stock_movements",
    model=StockMovement,
    title="Stock movements",
    singular="stock movement",
    group="Stock",
    icon="moves",
    area="inventory",
    declared=(
        column("inventory_item_id", label="Material", link="inventory_items", width=240),
        column("quantity"),
        column("reason", width=140),
        column("moved_at", label="When"),
        column("job_id", link="jobs", width=120),
        column("unit_cost", label="Cost", right="costs:view"),
        column("notes"),
        *TIMES,
    ),
    label_column="reason",
    default_sort=("-moved_at",),
    search=("inventory_item_id", "reason", "notes"),
    read_only=True,
    empty=Empty("Nothing moved yet", "Every receipt, use and count of material is listed here."),
)

INVENTORY_ALLOCATIONS = Table(
    name="inventory_allocations",
    model=InventoryAllocation,
    title="Reserved stock",
    singular="reservation",
    group="Stock",
    icon="box",
    area="inventory",
    declared=(
        column("inventory_item_id", label="Material", link="inventory_items", width=240),
        column("job_line_item_id", label="Job line", link="job_lines", width=220),
        column("quantity"),
        column("quantity_consumed", label="Used"),
        column("created_at", label="Reserved"),
    ),
    label_column="id",
    default_sort=("-created_at",),
    search=("inventory_item_id", "job_line_item_id"),
    read_only=True,
    empty=Empty("Nothing is reserved", "Material that is set aside for a job is listed here."),
)

TABLES = (INVENTORY_ITEMS, STOCK_MOVEMENTS, INVENTORY_ALLOCATIONS)

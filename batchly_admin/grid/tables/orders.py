"""Purchase orders, their lines, the templates of daily orders, and the imports."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from batchly_admin.domain.statuses import Invoicing, OrderStatus
from batchly_admin.grid.choices import ImportOutcome, ImportState
from batchly_admin.grid.columns import FILES, TIMES, column, fixed
from batchly_admin.grid.table import Empty, OnPaper, QuickView, Table
from batchly_admin.models.changes import ImportLine, ImportRun
from batchly_admin.models.orders import (
    OrderTemplate,
    OrderTemplateLine,
    PoLineItem,
    PurchaseOrder,
)

_DONE = [OrderStatus.COMPLETED, OrderStatus.SHIPPED, OrderStatus.CANCELLED]


def _order_lock(row: Mapping[str, Any]) -> str | None:
    if row["status"] == OrderStatus.CANCELLED:
        return "Cancelled: reopen the order to change it."
    if row["invoicing"] == Invoicing.FULL:
        return "Invoiced in full: correct it with a credit memo."
    return None


ORDERS = Table(
    name="orders",
    model=PurchaseOrder,
    title="Purchase orders",
    singular="purchase order",
    group="Orders",
    icon="orders",
    declared=(
        fixed("po_number", label="PO number", width=120, frozen=True),
        column(
            "customer_id", label="Customer", link="customers", label_from="customer_name", width=220
        ),
        column("status", choices=OrderStatus),
        column("po_date", label="Ordered"),
        column("due_date", label="Due", due=True),
        fixed("total_amount", label="Total"),
        fixed("job_count", label="Jobs", width=70),
        fixed("invoicing", label="Invoiced", choices=Invoicing),
        column("priority", help="1 is first, 5 is last."),
        column("rush_order", label="Rush"),
        fixed("warning", label="To check", width=200),
        column("ship_date", label="Shipped"),
        column("payment_terms", label="Terms", width=110),
        column("customer_notes", label="Notes"),
        fixed("subtotal", hidden=True),
        column("discount_amount", label="Discount", hidden=True),
        column("shipping_amount", label="Shipping", hidden=True),
        column("tax_code_id", label="Tax code", link="tax_codes", hidden=True),
        fixed("tax_amount", label="Tax", hidden=True),
        column("shipping_terms", hidden=True),
        column("internal_notes", hidden=True),
        column("special_instructions", hidden=True),
        column("billing_address", hidden=True),
        column("shipping_address", hidden=True),
        fixed("source", label="Came from", hidden=True),
        fixed("qb_estimate_id", label="QuickBooks estimate", hidden=True),
        fixed("qb_po_id", label="QuickBooks purchase order", hidden=True),
        fixed("import_run_id", label="Import", link="imports", hidden=True),
        FILES,
        *TIMES,
    ),
    label_column="po_number",
    detail="customer_name",
    default_sort=("-po_date",),
    search=("po_number", "customer_id"),
    lock=_order_lock,
    lock_columns=("status", "invoicing"),
    actions=("approve", "create-jobs", "bulk-invoice", "cancel", "delete"),
    links=(
        ("Import orders", "/orders/import", "import"),
        ("From QuickBooks", "/orders/sync", "quickbooks"),
    ),
    views=(
        QuickView("To approve", ({"column": "status", "operator": "is", "value": "pending"},)),
        QuickView(
            "Without job",
            (
                {"column": "status", "operator": "in", "value": ["approved", "in_progress"]},
                {"column": "job_count", "operator": "is", "value": 0},
            ),
        ),
        QuickView(
            "Ready to invoice",
            (
                {"column": "status", "operator": "in", "value": ["completed", "shipped"]},
                {"column": "invoicing", "operator": "is_not", "value": "full"},
            ),
        ),
    ),
    words=(
        QuickView(
            "Overdue",
            (
                {"column": "due_date", "operator": "lt", "value": "today"},
                {"column": "status", "operator": "not_in", "value": _DONE},
            ),
        ),
    ),
    empty=Empty(
        "No purchase orders yet",
        "Import a file of orders, or write the first one.",
        (("Import orders", "/orders/import"), ("New purchase order", "/orders/new")),
    ),
    form_groups=(
        (
            "Order",
            ("customer_id", "status", "po_date", "due_date", "ship_date", "priority", "rush_order"),
        ),
        (
            "Money",
            (
                "discount_amount",
                "shipping_amount",
                "tax_code_id",
                "payment_terms",
                "shipping_terms",
            ),
        ),
        ("Addresses", ("billing_address", "shipping_address")),
        ("Notes", ("customer_notes", "internal_notes", "special_instructions")),
    ),
    lines=("order_lines", "po_id"),
    related=(("jobs", "po_id"), ("invoices", "po_id"), ("order_papers", "order_id")),
    beside=(("communications", "customer_id"),),
    paper=OnPaper(
        (
            *("customer_id", "po_date", "due_date", "ship_date", "rush_order", "payment_terms"),
            *("shipping_terms", "billing_address", "shipping_address", "customer_notes"),
            "special_instructions",
        ),
        (
            *("line_number", "item_name", "sku", "quantity", "unit_of_measure", "unit_price"),
            "line_total",
        ),
        below=("description", "print_specifications", "special_instructions"),
    ),
    facts=("total_amount", "due_date", "invoicing", "job_count"),
)

ORDER_LINES = Table(
    name="order_lines",
    model=PoLineItem,
    title="Order lines",
    singular="order line",
    group="Orders",
    icon="lines",
    area="orders",
    declared=(
        column("po_id", label="Order", link="orders", by_key=True, width=120),
        column("line_number", label="Line", width=70),
        column("item_name", label="Item", width=240),
        column("product_id", link="products", width=200),
        column("sku", label="SKU", width=110),
        column("quantity"),
        column("unit_of_measure", label="Unit", width=80),
        column("unit_price", label="Price"),
        fixed("line_total", label="Amount"),
        column("is_taxable", label="Taxable"),
        fixed("quantity_invoiced", label="Invoiced"),
        fixed("quantity_cancelled", label="Cancelled", hidden=True),
        column("description"),
        column("estimated_production_hours", label="Hours", hidden=True),
        column("print_specifications", hidden=True),
        column("special_instructions", hidden=True),
        *TIMES,
    ),
    label_column="item_name",
    detail="sku",
    default_sort=("-po_id", "line_number"),
    search=("item_name", "sku", "description"),
    actions=("delete",),
    empty=Empty("No order lines yet", "They come with their purchase orders."),
    form_groups=(
        ("Line", ("po_id", "line_number", "product_id", "item_name", "sku", "description")),
        ("Price", ("quantity", "unit_of_measure", "unit_price", "is_taxable")),
        (
            "Production",
            ("estimated_production_hours", "print_specifications", "special_instructions"),
        ),
    ),
    related=(("job_lines", "po_line_item_id"), ("invoice_lines", "po_line_item_id")),
    facts=("quantity", "unit_price", "line_total"),
)

ORDER_TEMPLATES = Table(
    name="order_templates",
    model=OrderTemplate,
    title="Order templates",
    singular="order template",
    group="Orders",
    icon="templates",
    declared=(
        column("name", width=240, frozen=True),
        column("customer_id", link="customers", width=220),
        column("weekdays", help="The days on which the order comes; Monday is 0."),
        column("is_active", label="Active"),
        column("notes"),
        *TIMES,
    ),
    label_column="name",
    default_sort=("name",),
    search=("name", "customer_id"),
    actions=("delete",),
    empty=Empty("No order templates yet", "For orders that come again every week."),
    lines=("order_template_lines", "template_id"),
)

ORDER_TEMPLATE_LINES = Table(
    name="order_template_lines",
    model=OrderTemplateLine,
    title="Template lines",
    singular="template line",
    group="Orders",
    icon="lines",
    area="order_templates",
    declared=(
        column("template_id", link="order_templates", by_key=True, width=220),
        column("line_number", label="Line", width=70),
        column("product_id", link="products", width=220),
        column("quantity"),
        column("unit_price", label="Price", help="Empty: the customer's or the list price."),
        *TIMES,
    ),
    label_column="id",
    default_sort=("-template_id", "line_number"),
    search=("template_id", "product_id"),
    actions=("delete",),
    in_menu=False,
    empty=Empty("No template lines yet"),
)

IMPORTS = Table(
    name="imports",
    model=ImportRun,
    title="Imports",
    singular="import",
    group="Orders",
    icon="import",
    area="orders",
    declared=(
        column("file_name", label="File", width=240, frozen=True),
        column("state", choices=ImportState),
        column("created_at", label="Started"),
        column("actor_name", label="By", width=140),
        column("lines_read", label="Lines"),
        column("lines_created", label="Created"),
        column("lines_skipped", label="Skipped"),
        column("lines_refused", label="Refused"),
        column("orders_created", label="Orders"),
        column("customers_created", label="Customers", width=100),
        column("products_created", label="Products"),
        column("finished_at", label="Finished"),
        column("message"),
    ),
    label_column="file_name",
    default_sort=("-created_at",),
    search=("file_name", "actor_name"),
    read_only=True,
    links=(("Import orders", "/orders/import", "import"),),
    empty=Empty(
        "Nothing imported yet",
        "Every imported file is listed here with what became of its lines.",
        (("Import orders", "/orders/import"),),
    ),
    related=(("import_lines", "import_run_id"), ("orders", "import_run_id")),
    facts=("lines_read", "lines_created", "lines_skipped", "lines_refused"),
)

IMPORT_LINES = Table(
    name="import_lines",
    model=ImportLine,
    title="Import lines left out",
    singular="import line",
    group="Orders",
    icon="lines",
    area="orders",
    declared=(
        column("import_run_id", label="File", link="imports", by_key=True, width=220),
        column("line_number", label="Line"),
        column("outcome", choices=ImportOutcome),
        column("reason", width=160),
        column("message", width=360),
        column("values", width=320),
        *TIMES,
    ),
    label_column="message",
    default_sort=("-import_run_id", "line_number"),
    search=("reason", "message"),
    read_only=True,
    in_menu=False,
    empty=Empty("No line was left out", "Skipped and refused lines of imports are listed here."),
)

TABLES = (ORDERS, ORDER_LINES, ORDER_TEMPLATES, ORDER_TEMPLATE_LINES, IMPORTS, IMPORT_LINES)

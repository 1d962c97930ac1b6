"""What is sold, and the lists that QuickBooks keeps: items, taxes, terms, methods."""

from __future__ import annotations

from batchly_admin.domain.statuses import ItemType
from batchly_admin.grid.columns import FILES, SYNC, TIMES, column, fixed
from batchly_admin.grid.table import Empty, QuickView, Table
from batchly_admin.models.catalogue import (
    PaymentMethod,
    PaymentTerm,
    Product,
    QbAccount,
    QbItem,
    TaxAgency,
    TaxCode,
    TaxRate,
)

_PULLED = "QuickBooks keeps this list; pull it on the status page."
_STATUS_PAGE = (("QuickBooks status", "/admin/quickbooks/status"),)

PRODUCTS = Table(
    name="products",
    model=Product,
    title="Products",
    singular="product",
    group="Catalogue",
    icon="products",
    declared=(
        column("name", width=260, frozen=True),
        column("sku", label="SKU", width=120),
        column("qb_type", label="Type", choices=ItemType),
        column("unit_price", label="Price"),
        column("unit_cost", label="Cost", right="costs:view"),
        column("unit_of_measure", label="Unit", width=80),
        column("is_taxable", label="Taxable"),
        column("is_active", label="Active"),
        *SYNC,
        column("description"),
        column("qb_income_account_ref", label="Income account", hidden=True),
        column("qb_expense_account_ref", label="Expense account", hidden=True),
        FILES,
        *TIMES,
    ),
    label_column="name",
    detail="sku",
    known_by=("sku",),
    default_sort=("name",),
    search=("name", "sku", "description"),
    actions=("sync", "delete"),
    views=(
        QuickView("Active", ({"column": "is_active", "operator": "is", "value": True},)),
        QuickView(
            "Sync errors",
            ({"column": "sync_state", "operator": "in", "value": ["failed", "blocked"]},),
        ),
    ),
    empty=Empty(
        "No products yet",
        "Products come with the first imported orders, from QuickBooks, or one by one.",
        (("Import orders", "/orders/import"), ("New product", "/products/new")),
    ),
    form_groups=(
        ("Product", ("name", "sku", "qb_type", "description", "is_active")),
        ("Price", ("unit_price", "unit_cost", "unit_of_measure", "is_taxable")),
        ("QuickBooks", ("qb_income_account_ref", "qb_expense_account_ref")),
    ),
    related=(
        ("order_lines", "product_id"),
        ("price_overrides", "product_id"),
        ("inventory_items", "product_id"),
        ("qb_items", "product_id"),
    ),
    facts=("unit_price", "unit_cost"),
)

QB_ITEMS = Table(
    name="qb_items",
    model=QbItem,
    title="QuickBooks items",
    singular="QuickBooks item",
    group="Catalogue",
    icon="items",
    path="/quickbooks-items",
    declared=(
        column("name", width=260, frozen=True),
        column("qb_item_id", label="QuickBooks id", width=110),
        column("sku", label="SKU", width=120),
        column("type", width=120),
        column("unit_price", label="Price"),
        column("product_id", link="products", width=220),
        column("quantity_on_hand", label="On hand"),
        column("is_active", label="Active"),
        *SYNC,
        column("description"),
        *TIMES,
    ),
    label_column="name",
    detail="sku",
    known_by=("sku", "qb_item_id"),
    default_sort=("name",),
    search=("name", "sku", "qb_item_id"),
    read_only=True,
    views=(
        QuickView(
            "Without product", ({"column": "product_id", "operator": "empty", "value": None},)
        ),
    ),
    empty=Empty("No QuickBooks items yet", _PULLED, _STATUS_PAGE),
)

TAX_CODES = Table(
    name="tax_codes",
    model=TaxCode,
    title="Tax codes",
    singular="tax code",
    group="Catalogue",
    icon="tax",
    area="taxes",
    declared=(
        column("name", width=200, frozen=True),
        column("combined_rate", label="Rate"),
        column("description"),
        column("is_taxable", label="Taxable"),
        column("is_group", label="Group"),
        column("region"),
        column("is_active", label="Active"),
        fixed("qb_tax_code_id", label="QuickBooks id", width=110),
        *SYNC,
        fixed("rates", hidden=True),
        *TIMES,
    ),
    label_column="name",
    detail="description",
    default_sort=("name",),
    search=("name", "description", "region"),
    actions=("delete",),
    empty=Empty("No tax codes yet", _PULLED, _STATUS_PAGE),
)

TAX_RATES = Table(
    name="tax_rates",
    model=TaxRate,
    title="Tax rates",
    singular="tax rate",
    group="Catalogue",
    icon="tax",
    area="taxes",
    declared=(
        column("name", width=200, frozen=True),
        column("rate_value", label="Rate"),
        column("agency_id", label="Agency", link="tax_agencies"),
        column("effective_from", label="From"),
        column("effective_to", label="Until"),
        fixed("periods", label="Periods", hidden=True),
        column("description"),
        column("is_active", label="Active"),
        fixed("qb_tax_rate_id", label="QuickBooks id", width=110),
        *SYNC,
        *TIMES,
    ),
    label_column="name",
    default_sort=("name",),
    search=("name", "description"),
    actions=("delete",),
    empty=Empty("No tax rates yet", _PULLED, _STATUS_PAGE),
)

TAX_AGENCIES = Table(
    name="tax_agencies",
    model=TaxAgency,
    title="Tax agencies",
    singular="tax agency",
    group="Catalogue",
    icon="tax",
    area="taxes",
    declared=(
        column("name", width=260, frozen=True),
        fixed("qb_tax_agency_id", label="QuickBooks id", width=110),
        *SYNC,
        *TIMES,
    ),
    label_column="name",
    default_sort=("name",),
    search=("name",),
    actions=("delete",),
    empty=Empty("No tax agencies yet", _PULLED, _STATUS_PAGE),
    related=(("tax_rates", "agency_id"),),
)

PAYMENT_TERMS = Table(
    name="payment_terms",
    model=PaymentTerm,
    title="Payment terms",
    singular="payment term",
    group="Catalogue",
    icon="terms",
    declared=(
        column("name", width=180, frozen=True),
        column("due_days", label="Days"),
        column("discount_percent", label="Discount %", width=100),
        column("discount_days", label="Discount days", width=110),
        column("is_active", label="Active"),
        fixed("qb_term_id", label="QuickBooks id", width=110),
        *SYNC,
        *TIMES,
    ),
    label_column="name",
    default_sort=("name",),
    search=("name",),
    actions=("delete",),
    empty=Empty("No payment terms yet", _PULLED, _STATUS_PAGE),
    related=(("customers", "payment_term_id"),),
)

PAYMENT_METHODS = Table(
    name="payment_methods",
    model=PaymentMethod,
    title="Payment methods",
    singular="payment method",
    group="Catalogue",
    icon="payment",
    declared=(
        column("name", width=180, frozen=True),
        column("kind", label="Type", width=160),
        column("is_active", label="Active"),
        fixed("qb_payment_method_id", label="QuickBooks id", width=110),
        *SYNC,
        *TIMES,
    ),
    label_column="name",
    default_sort=("name",),
    search=("name",),
    actions=("delete",),
    empty=Empty("No payment methods yet", _PULLED, _STATUS_PAGE),
)

QB_ACCOUNTS = Table(
    name="qb_accounts",
    model=QbAccount,
    title="QuickBooks accounts",
    singular="QuickBooks account",
    group="QuickBooks",
    icon="items",
    path="/quickbooks-accounts",
    area="field_mappings",
    declared=(
        column("name", width=280, frozen=True),
        column("number", width=100),
        column("account_type", label="Type", width=180),
        column("account_subtype", label="Detail type", width=200),
        column("qb_account_id", label="QuickBooks id", width=110),
        column("is_active", label="Active"),
        *SYNC,
        *TIMES,
    ),
    label_column="name",
    detail="number",
    known_by=("number", "qb_account_id"),
    default_sort=("name",),
    search=("name", "number", "qb_account_id"),
    read_only=True,
    empty=Empty("No accounts yet", _PULLED, _STATUS_PAGE),
)

TABLES = (
    PRODUCTS,
    QB_ITEMS,
    TAX_CODES,
    TAX_RATES,
    TAX_AGENCIES,
    PAYMENT_TERMS,
    PAYMENT_METHODS,
    QB_ACCOUNTS,
)

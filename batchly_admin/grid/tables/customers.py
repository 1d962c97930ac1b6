"""Customers and what is filed with them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from batchly_admin.grid.choices import Channel, Way
from batchly_admin.grid.columns import FILES, SYNC, TIMES, column, fixed
from batchly_admin.grid.table import Empty, QuickView, Table
from batchly_admin.grid.tables.billing import OVERDUE, UNPAID
from batchly_admin.models.customers import Communication, Customer, PriceOverride


def _with_invoices(*where: Mapping[str, Any]) -> tuple[Mapping[str, Any], ...]:
    return ({"has": "invoices.customer_id", "where": list(where)},)


CUSTOMERS = Table(
    name="customers",
    model=Customer,
    title="Customers",
    singular="customer",
    group="Customers",
    icon="customers",
    declared=(
        column("display_name", label="Customer", width=240, frozen=True),
        column("company_name", label="Company", width=180),
        column("account_number", label="Account no.", width=120),
        column("email"),
        column("phone"),
        column("payment_term_id", label="Terms", link="payment_terms", width=110),
        column("credit_limit"),
        fixed("balance", help="What the customer owes in QuickBooks."),
        column("tax_exempt"),
        column("default_tax_code_id", label="Tax code", link="tax_codes", width=130),
        *SYNC,
        column("is_active", label="Active"),
        column("billing_address"),
        column("shipping_address"),
        column("notes"),
        column("name", label="Full name", hidden=True),
        column("mobile", hidden=True),
        column("fax", hidden=True),
        column("website", hidden=True),
        column("preferred_delivery_method", label="Delivery", hidden=True),
        FILES,
        *TIMES,
    ),
    label_column="display_name",
    detail="account_number",
    known_by=("account_number", "email", "company_name"),
    default_sort=("display_name",),
    search=("display_name", "company_name", "account_number", "email", "phone"),
    actions=("sync", "delete"),
    views=(
        QuickView("Active", ({"column": "is_active", "operator": "is", "value": True},)),
        QuickView(
            "Sync errors",
            ({"column": "sync_state", "operator": "in", "value": ["failed", "blocked"]},),
        ),
    ),
    words=(
        QuickView("Unpaid", _with_invoices(*UNPAID)),
        QuickView("Overdue", _with_invoices(*OVERDUE)),
        QuickView(
            "Unpaid # days",
            _with_invoices(*UNPAID, {"column": "due_date", "operator": "lt", "value": "today-#"}),
        ),
    ),
    empty=Empty(
        "No customers yet",
        "Customers come with the first imported orders, from QuickBooks, or one by one.",
        (("Import orders", "/orders/import"), ("New customer", "/customers/new")),
    ),
    form_groups=(
        ("Customer", ("display_name", "name", "company_name", "account_number", "is_active")),
        ("Contact", ("email", "phone", "mobile", "fax", "website")),
        ("Addresses", ("billing_address", "shipping_address")),
        (
            "Billing",
            (
                "payment_term_id",
                "credit_limit",
                "tax_exempt",
                "default_tax_code_id",
                "preferred_delivery_method",
            ),
        ),
        ("Notes", ("notes",)),
    ),
    related=(
        ("orders", "customer_id"),
        ("invoices", "customer_id"),
        ("payments", "customer_id"),
        ("price_overrides", "customer_id"),
        ("communications", "customer_id"),
    ),
    facts=("balance", "credit_limit"),
)

COMMUNICATIONS = Table(
    name="communications",
    model=Communication,
    title="Messages",
    singular="message",
    group="Customers",
    icon="messages",
    declared=(
        column("subject", width=260, frozen=True),
        column("customer_id", link="customers"),
        column("channel", choices=Channel),
        column("direction", choices=Way, width=90),
        column("happened_at", label="When"),
        column("user_id", label="By", link="users", width=140),
        column("body", label="Text"),
        FILES,
        *TIMES,
    ),
    label_column="subject",
    default_sort=("-happened_at",),
    search=("subject", "body", "customer_id"),
    actions=("delete",),
    empty=Empty("No messages yet", "Calls, letters and notes about a customer are filed here."),
)

PRICE_OVERRIDES = Table(
    name="price_overrides",
    model=PriceOverride,
    title="Customer prices",
    singular="customer price",
    group="Customers",
    icon="price",
    declared=(
        column("customer_id", link="customers", width=240),
        column("product_id", link="products", width=240),
        column("unit_price", label="Price"),
        column("valid_from", label="From"),
        column("valid_to", label="Until"),
        *TIMES,
    ),
    label_column="id",
    default_sort=("customer_id", "product_id", "-valid_from"),
    search=("customer_id", "product_id"),
    actions=("delete",),
    empty=Empty(
        "No customer prices yet", "A price of its own for one customer, one product and some days."
    ),
)

TABLES = (CUSTOMERS, COMMUNICATIONS, PRICE_OVERRIDES)

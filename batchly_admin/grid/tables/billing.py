"""Invoices, credit memos, payments and refunds, and the numbers they carry."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from batchly_admin.domain.statuses import CreditMemoStatus, InvoiceStatus
from batchly_admin.grid.choices import Origin
from batchly_admin.grid.columns import FILES, SYNC, TIMES, column, fixed
from batchly_admin.grid.table import Empty, OnPaper, QuickView, Table
from batchly_admin.models.billing import (
    Counter,
    CreditApplication,
    CreditMemo,
    CreditMemoLineItem,
    Invoice,
    InvoiceLineItem,
    NumberGap,
    Payment,
    PaymentAllocation,
    Refund,
)

_SYNC_ERRORS = QuickView(
    "Sync errors", ({"column": "sync_state", "operator": "in", "value": ["failed", "blocked"]},)
)

UNPAID = (
    {"column": "status", "operator": "in", "value": ["sent", "viewed", "partial", "overdue"]},
    {"column": "balance_due", "operator": "gt", "value": "0"},
)
OVERDUE = (*UNPAID, {"column": "due_date", "operator": "lt", "value": "today"})


def _issued_lock(row: Mapping[str, Any]) -> str | None:
    return "Issued: correct it with a credit memo." if row["issued_at"] else None


def _credited_lock(row: Mapping[str, Any]) -> str | None:
    return "Issued: a credit memo can no longer be changed." if row["issued_at"] else None


def _payment_lock(row: Mapping[str, Any]) -> str | None:
    if row["voided_at"]:
        return "Cancelled: record the payment again."
    return _foreign_lock(row)


def _refund_lock(row: Mapping[str, Any]) -> str | None:
    if row["voided_at"]:
        return "Cancelled: record the refund again."
    return _foreign_lock(row)


def _foreign_lock(row: Mapping[str, Any]) -> str | None:
    if row["source"] == Origin.QUICKBOOKS:
        return "Recorded in QuickBooks: change it there."
    return None


INVOICES = Table(
    name="invoices",
    model=Invoice,
    title="Invoices",
    singular="invoice",
    group="Billing",
    icon="invoice",
    declared=(
        fixed("invoice_number", label="Invoice", width=120, frozen=True),
        column(
            "customer_id", label="Customer", link="customers", label_from="customer_name", width=220
        ),
        fixed("status", choices=InvoiceStatus),
        column("invoice_date", label="Date"),
        column("due_date", label="Due", due=True),
        fixed("total_amount", label="Total"),
        fixed("balance_due", label="Balance"),
        *SYNC,
        column("po_id", label="Order", link="orders", width=120),
        column("job_id", link="jobs", width=120),
        column("payment_term_id", label="Terms", link="payment_terms", width=110),
        fixed("corrects_id", label="In place of", link="invoices", hidden=True),
        column("tracking_number", label="Tracking", width=140),
        column("shipping_date", label="Shipped"),
        column("shipping_method", label="Ship via", width=120),
        column("qb_customer_memo", label="Message to customer"),
        fixed("subtotal", hidden=True),
        column("discount_amount", label="Discount", hidden=True),
        column("shipping_amount", label="Shipping", hidden=True),
        column("shipping_taxable", hidden=True),
        column("tax_code_id", label="Tax code", link="tax_codes", hidden=True),
        fixed("tax_rate", hidden=True),
        fixed("tax_amount", label="Tax", hidden=True),
        fixed("amount_paid", label="Paid", hidden=True),
        fixed("amount_credited", label="Credited", hidden=True),
        fixed("issued_at", label="Issued", hidden=True),
        fixed("emailed_at", label="E-mailed", hidden=True),
        fixed("viewed_at", label="Viewed", hidden=True),
        fixed("voided_at", label="Voided", hidden=True),
        column("qb_private_note", label="Private note", hidden=True),
        FILES,
        *TIMES,
    ),
    label_column="invoice_number",
    detail="customer_name",
    default_sort=("-invoice_date",),
    search=("invoice_number", "customer_id"),
    lock=_issued_lock,
    lock_columns=("issued_at",),
    actions=("issue", "sync", "reverse", "correct", "void", "delete"),
    views=(
        QuickView("Drafts", ({"column": "status", "operator": "is", "value": "draft"},)),
        QuickView("Overdue", OVERDUE),
        _SYNC_ERRORS,
    ),
    words=(QuickView("Unpaid", UNPAID),),
    empty=Empty(
        "No invoices yet",
        "Select purchase orders that are done and choose Bulk invoice.",
        (("Purchase orders", "/orders"),),
    ),
    form_groups=(
        (
            "Invoice",
            ("customer_id", "po_id", "job_id", "invoice_date", "due_date", "payment_term_id"),
        ),
        ("Money", ("discount_amount", "shipping_amount", "shipping_taxable", "tax_code_id")),
        ("Shipping", ("shipping_date", "shipping_method", "tracking_number")),
        ("Notes", ("qb_customer_memo", "qb_private_note")),
    ),
    lines=("invoice_lines", "invoice_id"),
    paper=OnPaper(
        (
            *("customer_id", "status", "invoice_date", "due_date", "payment_term_id", "po_id"),
            *("shipping_date", "shipping_method", "tracking_number", "amount_paid"),
            *("amount_credited", "balance_due", "qb_customer_memo"),
        ),
        ("line_number", "description", "quantity", "unit_price", "line_total"),
    ),
    related=(
        ("payment_allocations", "invoice_id"),
        ("credit_applications", "invoice_id"),
        ("credit_memos", "invoice_id"),
        ("refunds", "invoice_id"),
    ),
    facts=("total_amount", "amount_paid", "amount_credited", "balance_due", "due_date"),
)

INVOICE_LINES = Table(
    name="invoice_lines",
    model=InvoiceLineItem,
    title="Invoice lines",
    singular="invoice line",
    group="Billing",
    icon="lines",
    area="invoices",
    declared=(
        column("invoice_id", link="invoices", by_key=True, width=120),
        column("line_number", label="Line", width=70),
        column("description", width=280),
        column("product_id", link="products", width=200),
        column("quantity"),
        column("unit_price", label="Price"),
        fixed("line_total", label="Amount"),
        column("is_taxable", label="Taxable"),
        fixed("po_line_item_id", label="Order line", link="order_lines", hidden=True),
        fixed("job_line_item_id", label="Job line", link="job_lines", hidden=True),
        *TIMES,
    ),
    label_column="description",
    default_sort=("-invoice_id", "line_number"),
    search=("description",),
    actions=("delete",),
    empty=Empty("No invoice lines yet", "They come with their invoices."),
    facts=("quantity", "unit_price", "line_total"),
)

_PAID = "A recorded payment stays as it is; cancel it and record it anew."
_REFUNDED = "A recorded refund stays as it is; cancel it and record it anew."

PAYMENTS = Table(
    name="payments",
    model=Payment,
    title="Payments",
    singular="payment",
    group="Billing",
    icon="payment",
    declared=(
        fixed("payment_number", label="Payment", width=120, frozen=True),
        column("customer_id", link="customers", width=220, once=_PAID),
        column("payment_date", label="Date", once=_PAID),
        column("amount", once=_PAID),
        column("payment_method_id", label="Method", link="payment_methods", width=140, once=_PAID),
        column("reference", width=140, once=_PAID),
        fixed("source", label="Recorded in", choices=Origin),
        *SYNC,
        column("notes"),
        fixed("voided_at", label="Cancelled", hidden=True),
        FILES,
        *TIMES,
    ),
    label_column="payment_number",
    detail="reference",
    default_sort=("-payment_date",),
    search=("payment_number", "customer_id", "reference"),
    lock=_payment_lock,
    lock_columns=("voided_at", "source"),
    can_delete=False,
    actions=("sync", "cancel"),
    views=(_SYNC_ERRORS,),
    empty=Empty(
        "No payments yet",
        "Payments are pulled from QuickBooks or recorded with an invoice.",
        (("Invoices", "/invoices"),),
    ),
    related=(("payment_allocations", "payment_id"), ("refunds", "payment_id")),
    facts=("amount", "payment_date"),
)

PAYMENT_ALLOCATIONS = Table(
    name="payment_allocations",
    model=PaymentAllocation,
    title="Payments by invoice",
    singular="payment of an invoice",
    group="Billing",
    icon="payment",
    area="payments",
    declared=(
        column("payment_id", link="payments", by_key=True, width=120),
        column("invoice_id", link="invoices", width=120),
        column("amount"),
        *TIMES,
    ),
    label_column="id",
    default_sort=("-payment_id",),
    search=("payment_id", "invoice_id"),
    read_only=True,
    in_menu=False,
    empty=Empty("No invoice is paid yet", "Which payment went to which invoice."),
)

CREDIT_MEMOS = Table(
    name="credit_memos",
    model=CreditMemo,
    title="Credit memos",
    singular="credit memo",
    group="Billing",
    icon="credit",
    declared=(
        fixed("credit_memo_number", label="Credit memo", width=120, frozen=True),
        column("customer_id", link="customers", width=220),
        column("invoice_id", link="invoices", width=120),
        fixed("status", choices=CreditMemoStatus),
        column("credit_date", label="Date"),
        fixed("total_amount", label="Total"),
        fixed("amount_applied", label="Used"),
        column("reason", width=240),
        *SYNC,
        fixed("subtotal", hidden=True),
        fixed("discount_amount", label="Discount", hidden=True),
        column("shipping_amount", label="Shipping", hidden=True),
        fixed("shipping_taxable", hidden=True),
        column(
            "tax_code_id",
            label="Tax code",
            link="tax_codes",
            hidden=True,
            help="Of an invoice's credit memo it is the invoice's own.",
        ),
        fixed("tax_rate", hidden=True),
        fixed("tax_amount", label="Tax", hidden=True),
        fixed("issued_at", label="Issued", hidden=True),
        fixed("voided_at", label="Cancelled", hidden=True),
        FILES,
        *TIMES,
    ),
    label_column="credit_memo_number",
    default_sort=("-credit_date",),
    search=("credit_memo_number", "customer_id", "reason"),
    lock=_credited_lock,
    lock_columns=("issued_at",),
    actions=("issue", "apply", "sync", "cancel", "delete"),
    views=(
        QuickView("Drafts", ({"column": "status", "operator": "is", "value": "draft"},)),
        QuickView("Not used up", ({"column": "status", "operator": "is", "value": "issued"},)),
        _SYNC_ERRORS,
    ),
    empty=Empty(
        "No credit memos yet",
        "Choose Void or credit, or Correct, on an issued invoice.",
        (("Invoices", "/invoices"),),
    ),
    form_groups=(
        ("Credit memo", ("customer_id", "invoice_id", "credit_date", "reason")),
        ("Money", ("shipping_amount", "tax_code_id")),
    ),
    lines=("credit_memo_lines", "credit_memo_id"),
    paper=OnPaper(
        ("customer_id", "status", "credit_date", "invoice_id", "amount_applied", "reason"),
        ("line_number", "description", "quantity", "unit_price", "line_total"),
    ),
    related=(("credit_applications", "credit_memo_id"),),
    facts=("total_amount", "amount_applied"),
)

CREDIT_MEMO_LINES = Table(
    name="credit_memo_lines",
    model=CreditMemoLineItem,
    title="Credit memo lines",
    singular="credit memo line",
    group="Billing",
    icon="lines",
    area="credit_memos",
    declared=(
        column("credit_memo_id", link="credit_memos", by_key=True, width=120),
        column("line_number", label="Line", width=70),
        column("description", width=280),
        column("product_id", link="products", width=200),
        column("quantity"),
        column("unit_price", label="Price"),
        fixed("line_total", label="Amount"),
        column("is_taxable", label="Taxable"),
        fixed("invoice_line_item_id", label="Invoice line", link="invoice_lines", hidden=True),
        *TIMES,
    ),
    label_column="description",
    default_sort=("-credit_memo_id", "line_number"),
    search=("description",),
    actions=("delete",),
    in_menu=False,
    empty=Empty("No credit memo lines yet", "They come with their credit memos."),
)

CREDIT_APPLICATIONS = Table(
    name="credit_applications",
    model=CreditApplication,
    title="Credits by invoice",
    singular="use of a credit memo",
    group="Billing",
    icon="credit",
    area="credit_memos",
    declared=(
        fixed("label", label="Use", width=220, frozen=True),
        fixed("credit_memo_id", label="Credit memo", link="credit_memos", width=120),
        fixed("invoice_id", label="Invoice", link="invoices", width=120),
        fixed("application_date", label="Date"),
        fixed("amount"),
        fixed("source", label="Recorded in", choices=Origin),
        *SYNC,
        fixed("voided_at", label="Taken back", hidden=True),
        *TIMES,
    ),
    label_column="label",
    default_sort=("-application_date",),
    search=("label",),
    read_only=True,
    actions=("sync",),
    views=(_SYNC_ERRORS,),
    in_menu=False,
    empty=Empty("No credit memo is used yet", "Which credit memo was used on which invoice."),
    facts=("amount", "application_date"),
)

REFUNDS = Table(
    name="refunds",
    model=Refund,
    title="Refunds",
    singular="refund",
    group="Billing",
    icon="refund",
    declared=(
        fixed("refund_number", label="Refund", width=120, frozen=True),
        column(
            "customer_id",
            link="customers",
            width=220,
            help="The customer of the payment.",
            once=_REFUNDED,
        ),
        column("payment_id", link="payments", width=120, required=True, once=_REFUNDED),
        column(
            "invoice_id",
            link="invoices",
            width=120,
            help="The sale that is taken back; needed when the payment was for several.",
            once=_REFUNDED,
        ),
        column("refund_date", label="Date", once=_REFUNDED),
        column("amount", once=_REFUNDED),
        column("payment_method_id", label="Method", link="payment_methods", width=140),
        column(
            "account",
            label="Paid from",
            width=140,
            help="The account in QuickBooks; without it, the one in the settings.",
        ),
        column("reference", width=140),
        column("reason", width=240),
        fixed("tax_amount", label="Tax in it", hidden=True),
        fixed("source", label="Recorded in", choices=Origin),
        *SYNC,
        fixed("voided_at", label="Cancelled", hidden=True),
        FILES,
        *TIMES,
    ),
    label_column="refund_number",
    default_sort=("-refund_date",),
    search=("refund_number", "customer_id", "reason"),
    lock=_refund_lock,
    lock_columns=("voided_at", "source"),
    can_delete=False,
    actions=("sync", "cancel"),
    views=(_SYNC_ERRORS,),
    empty=Empty(
        "No refunds yet",
        "Money given back to a customer is recorded with the payment it came by.",
        (("Payments", "/payments"),),
    ),
    form_groups=(
        ("Refund", ("payment_id", "invoice_id", "customer_id", "refund_date", "amount")),
        ("Payment", ("payment_method_id", "account", "reference", "reason")),
    ),
    facts=("amount", "refund_date"),
)

NUMBER_GAPS = Table(
    name="number_gaps",
    model=NumberGap,
    title="Number gaps",
    singular="number gap",
    group="Billing",
    icon="counter",
    declared=(
        column("series", width=160, frozen=True),
        column("number", width=100),
        column("reason", width=320),
        fixed("user_id", label="Explained by", link="users", width=160),
        *TIMES,
    ),
    label_column="series",
    default_sort=("series", "-number"),
    search=("series", "reason"),
    can_delete=False,
    empty=Empty("No gaps", "A number that no document carries is explained here."),
)

COUNTERS = Table(
    name="counters",
    model=Counter,
    title="Counters",
    singular="counter",
    group="Billing",
    icon="counter",
    declared=(
        column("series", width=200, frozen=True),
        column("last_number", label="Last number", width=120),
        *TIMES,
    ),
    label_column="series",
    default_sort=("series",),
    search=("series",),
    read_only=True,
    empty=Empty("No numbers yet", "The last number of every series of documents."),
)

TABLES = (
    INVOICES,
    INVOICE_LINES,
    PAYMENTS,
    PAYMENT_ALLOCATIONS,
    CREDIT_MEMOS,
    CREDIT_MEMO_LINES,
    CREDIT_APPLICATIONS,
    REFUNDS,
    NUMBER_GAPS,
    COUNTERS,
)

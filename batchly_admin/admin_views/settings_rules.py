"""The rules of the sync that people set: their cards, their words, and how each is typed."""

from __future__ import annotations

from dataclasses import dataclass

from batchly_admin.domain.statuses import ItemType


@dataclass(frozen=True, slots=True)
class Rule:
    """One setting on the page: its card, its words, and how it is typed."""

    group: str
    key: str
    label: str
    help: str
    kind: str = "choice"
    choices: tuple[tuple[str, str], ...] = ()


RULES: tuple[Rule, ...] = (
    Rule(
        "Invoices",
        "invoice_trigger",
        "Make an order's invoice",
        "Once for each order, when its last job gets there.",
        choices=(
            ("completed", "When its jobs are completed"),
            ("shipped", "When its jobs are shipped"),
            ("manual", "Only when somebody asks"),
        ),
    ),
    Rule(
        "Invoices",
        "auto_issue",
        "Then",
        "An issued invoice has its number and goes to QuickBooks at once.",
        choices=(("1", "Issue it at once"), ("", "Leave a draft that waits for approval")),
    ),
    Rule(
        "Invoices",
        "sync_start_date",
        "Send nothing dated before",
        "Older documents stay here. Empty: everything is sent.",
        kind="day",
    ),
    Rule(
        "Customers",
        "customer_master",
        "Who owns customer data",
        "With Batchly, a change made in QuickBooks becomes a difference to decide on.",
        choices=(("batchly", "Batchly"), ("quickbooks", "QuickBooks")),
    ),
    Rule(
        "Customers",
        "customer_updates",
        "Send changes of customers",
        "Several changes of one customer are one update.",
        choices=(("immediate", "At once"), ("nightly", "At night, at 03:00")),
    ),
    Rule(
        "Customers",
        "default_payment_term",
        "Payment terms where a customer has none",
        "They decide when an invoice is due.",
        kind="terms",
    ),
    Rule(
        "Items",
        "pulled_item_types",
        "Item types that are fetched",
        "Items that are linked already are followed whatever their type.",
        kind="some",
        choices=tuple((kind.value, kind.label) for kind in ItemType),
    ),
    Rule(
        "Items",
        "auto_create_products",
        "New items of QuickBooks",
        "Items without a product can be linked by hand.",
        choices=(("1", "Become products"), ("", "Wait to be linked")),
    ),
    Rule(
        "Items",
        "income_account",
        "Income account of new items",
        "Where sales of items made here are booked. Products may name their own.",
        kind="income",
    ),
    Rule(
        "Orders",
        "sync_purchase_orders",
        "Estimates and purchase orders of QuickBooks",
        "Orders are only ever fetched, never sent.",
        choices=(("1", "Become orders here"), ("", "Are left alone")),
    ),
    Rule(
        "Orders",
        "pull_pending_estimates",
        "Estimates that nobody accepted yet",
        "Accepted ones are always taken.",
        choices=(("", "Wait until they are accepted"), ("1", "Become orders too")),
    ),
    Rule(
        "Taxes and refunds",
        "tax_mode",
        "Who computes sales tax",
        "QuickBooks: for automated sales tax. An invoice whose tax differs is flagged for review.",
        choices=(("batchly", "Batchly, with the pulled rates"), ("quickbooks", "QuickBooks")),
    ),
    Rule(
        "Taxes and refunds",
        "tax_rounding",
        "Round tax",
        "As QuickBooks does for your country, so that the cents agree.",
        choices=(("line", "On each line"), ("document", "On the whole invoice")),
    ),
    Rule(
        "Taxes and refunds",
        "default_tax_code",
        "Tax code where nothing else applies",
        "Exempt customers stay exempt.",
        kind="taxes",
    ),
    Rule(
        "Taxes and refunds",
        "refund_account",
        "Account that refunds are paid from",
        "Taken for refunds that name no account themselves.",
        kind="refunds",
    ),
)

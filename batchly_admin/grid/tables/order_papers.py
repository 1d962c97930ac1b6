"""The orders that QuickBooks has, and what was decided about them."""

from __future__ import annotations

from typing import Any

from batchly_admin.domain.order_papers import PaperReason, PaperSource, PaperState
from batchly_admin.grid.columns import column
from batchly_admin.grid.table import Empty, QuickView, Table
from batchly_admin.models.order_papers import OrderPaper


def _is(name: str, value: str) -> dict[str, Any]:
    return {"column": name, "operator": "is", "value": value}


def _one_of(*reasons: PaperReason) -> tuple[dict[str, Any], ...]:
    values = [reason.value for reason in reasons]
    return (_is("state", "open"), {"column": "reason", "operator": "in", "value": values})


ORDER_PAPERS = Table(
    name="order_papers",
    model=OrderPaper,
    title="QuickBooks orders",
    singular="document",
    group="Orders",
    icon="quickbooks",
    path="/orders/sync",
    area="orders",
    declared=(
        column("label", label="Document", width=190, frozen=True),
        column("customer_name", label="Customer there", width=190),
        column("doc_date", label="Dated"),
        column("total_amount", label="Total"),
        column("state", choices=PaperState, width=110),
        column("reason", label="Why it waits", choices=PaperReason, width=200),
        column("words", label="What was found", width=330),
        column("order_id", label="Order here", link="orders", width=130),
        column("similar_id", label="Like the order", link="orders", width=130),
        column("customer_id", label="Customer here", link="customers", width=180),
        column("decision", width=240),
        column("decided_by_id", label="Decided by", link="users", width=140),
        column("decided_at", label="Decided"),
        column("vendor_name", label="Vendor", width=150),
        column("status", label="Status there", width=110),
        column("source", label="Kind", choices=PaperSource, width=130, hidden=True),
        column("doc_number", label="Number there", hidden=True),
        column("qbo_id", label="QuickBooks id", width=110, hidden=True),
        column("qb_last_updated_time", label="Changed there", hidden=True),
        column("body", label="As QuickBooks sent it", hidden=True),
        column("created_at", label="First seen", hidden=True),
    ),
    label_column="label",
    detail="customer_name",
    default_sort=("-doc_date",),
    search=("label", "customer_name", "vendor_name", "qbo_id"),
    read_only=True,
    actions=(
        "create-customer",
        "link-customer",
        "link-order",
        "import-new",
        "take-theirs",
        "keep-ours",
        "skip",
    ),
    views=(
        QuickView("To decide", (_is("state", "open"),)),
        QuickView("Customers", _one_of(PaperReason.CUSTOMER, PaperReason.VENDOR)),
        QuickView("Items", _one_of(PaperReason.ITEMS)),
        QuickView("Here already", _one_of(PaperReason.NUMBER, PaperReason.SAME)),
        QuickView("Changed or ended", _one_of(PaperReason.CONFLICT, PaperReason.ENDED)),
        QuickView("Imported", (_is("state", "imported"),)),
    ),
    empty=Empty(
        "Nothing has come from QuickBooks yet",
        "Accepted estimates and purchase orders are fetched every hour, or with Pull now.",
    ),
    form_groups=(
        (
            "Decision",
            ("state", "reason", "words", "decision", "decided_by_id", "decided_at"),
        ),
        ("Here", ("order_id", "similar_id", "customer_id")),
        (
            "In QuickBooks",
            (
                "source",
                "doc_number",
                "doc_date",
                "customer_name",
                "vendor_name",
                "total_amount",
                "status",
                "qbo_id",
                "qb_last_updated_time",
            ),
        ),
    ),
    facts=("total_amount", "doc_date"),
)

TABLES = (ORDER_PAPERS,)

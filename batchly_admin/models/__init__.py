"""Every table of Batchly; importing this package makes the metadata complete."""

from batchly_admin.models import (
    billing,
    catalogue,
    changes,
    company,
    customers,
    matching,
    notices,
    order_papers,
    orders,
    production,
    reconciling,
    repairs,
    stock,
    sync,
    watching,
    webhooks,
)

__all__ = [
    "billing",
    "catalogue",
    "changes",
    "company",
    "customers",
    "matching",
    "notices",
    "order_papers",
    "orders",
    "production",
    "reconciling",
    "repairs",
    "stock",
    "sync",
    "watching",
    "webhooks",
]

"""Every table of Batchly; importing this package makes the metadata complete."""

from batchly_admin.models import (
    billing,
    catalogue,
    changes,
    company,
    customers,
    orders,
    production,
    stock,
    sync,
)

__all__ = [
    "billing",
    "catalogue",
    "changes",
    "company",
    "customers",
    "orders",
    "production",
    "stock",
    "sync",
]

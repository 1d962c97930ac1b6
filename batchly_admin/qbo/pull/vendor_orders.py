"""Pull purchase orders of QuickBooks: they name a vendor, so only some say who ordered."""

from __future__ import annotations

from batchly_admin.qbo.mapping.vendor_order import from_qbo_purchase_order
from batchly_admin.qbo.pull import base, orders
from batchly_admin.services.unit_of_work import UnitOfWork

ENTITY = "PurchaseOrder"


def pull_vendor_orders(pull: base.Pull) -> None:
    """Fetch new and changed purchase orders."""
    orders.pull(pull, ENTITY, from_qbo_purchase_order)


def apply_vendor_order(uow: UnitOfWork, body: base.Body, result: base.PullResult) -> None:
    """Take in one purchase order that QuickBooks told us about."""
    orders.apply(uow, body, result, entity=ENTITY, read=from_qbo_purchase_order, people={})

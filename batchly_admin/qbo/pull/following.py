"""The entities whose changes are followed one by one, and by which code each is applied.

Whoever teaches Batchly another entity adds it here, and its webhooks work.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from batchly_admin.models.billing import CreditMemo, Invoice, Payment, Refund
from batchly_admin.models.catalogue import Product, QbItem
from batchly_admin.models.customers import Customer
from batchly_admin.models.order_papers import OrderPaper
from batchly_admin.qbo.client import ALSO_INACTIVE
from batchly_admin.qbo.pull import (
    base,
    customers,
    documents,
    estimates,
    items,
    payments,
    refunds,
    vendor_orders,
)


@dataclass(frozen=True, slots=True)
class Followed:
    """One entity.

    `pull` is the pull that brings the same news; `copies` are our tables that keep its version,
    each with the column that holds QuickBooks' id.
    """

    entity: str
    apply: base.Apply
    pull: str
    copies: tuple[tuple[type[Any], str], ...]
    where: str = ""

    def is_known(self, session: Session, body: base.Body) -> bool:
        """Tell whether every copy of ours has this very version already."""
        token = str(body.get("SyncToken") or "")
        return bool(token) and all(
            session.scalar(
                sa.select(model.qb_sync_token).where(getattr(model, column) == str(body["Id"]))
            )
            == token
            for model, column in self.copies
        )


FOLLOWED: Mapping[str, Followed] = {
    one.entity.lower(): one
    for one in (
        Followed("Payment", payments.apply_payment, "payments", ((Payment, "qb_payment_id"),)),
        Followed("Invoice", documents.apply_invoice, "payments", ((Invoice, "qb_invoice_id"),)),
        Followed(
            "CreditMemo",
            documents.apply_credit_memo,
            "payments",
            ((CreditMemo, "qb_credit_memo_id"),),
        ),
        Followed("RefundReceipt", refunds.apply_refund, "payments", ((Refund, "qb_refund_id"),)),
        Followed("Estimate", estimates.apply_estimate, "estimates", ((OrderPaper, "qbo_id"),)),
        Followed(
            "PurchaseOrder",
            vendor_orders.apply_vendor_order,
            "purchase_orders",
            ((OrderPaper, "qbo_id"),),
        ),
        Followed(
            "Customer",
            customers.apply_customer,
            "customers",
            ((Customer, "qb_customer_id"),),
            ALSO_INACTIVE,
        ),
        Followed(
            "Item",
            items.apply_item,
            "items",
            ((QbItem, "qb_item_id"), (Product, "qb_item_id")),
            ALSO_INACTIVE,
        ),
    )
}
"""By the name in small letters, which is how notifications spell it."""

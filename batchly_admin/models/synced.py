"""Which tables have a copy in QuickBooks, under which name and in which column its id stands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from batchly_admin.models.billing import (
    CreditApplication,
    CreditMemo,
    Invoice,
    Payment,
    Refund,
)
from batchly_admin.models.catalogue import Product
from batchly_admin.models.customers import Customer


@dataclass(frozen=True, slots=True)
class SyncedKind:
    """One type of record that is pushed: its class and the columns that name it."""

    entity_type: str
    model: type[Any]
    id_column: str
    label_column: str
    plural: str

    def qbo_id(self, record: Any) -> str | None:
        """Give QuickBooks' id of the record, when it has one."""
        value: str | None = getattr(record, self.id_column)
        return value

    def label(self, record: Any) -> str:
        """Give what people call the record."""
        return str(getattr(record, self.label_column))


SYNCED: dict[str, SyncedKind] = {
    kind.entity_type: kind
    for kind in (
        SyncedKind("customer", Customer, "qb_customer_id", "display_name", "customers"),
        SyncedKind("item", Product, "qb_item_id", "name", "items"),
        SyncedKind("invoice", Invoice, "qb_invoice_id", "invoice_number", "invoices"),
        SyncedKind("payment", Payment, "qb_payment_id", "payment_number", "payments"),
        SyncedKind(
            "credit_memo", CreditMemo, "qb_credit_memo_id", "credit_memo_number", "credit_memos"
        ),
        SyncedKind(
            "credit_application",
            CreditApplication,
            "qb_payment_id",
            "label",
            "credit_applications",
        ),
        SyncedKind("refund", Refund, "qb_refund_id", "refund_number", "refunds"),
    )
}


def kind_of_model(model: type[Any]) -> SyncedKind | None:
    """Give the kind of a table's records, None when they have no copy in QuickBooks."""
    return next((kind for kind in SYNCED.values() if kind.model is model), None)


def kind_of(record: Any) -> SyncedKind:
    """Give the kind of a record that is pushed.

    Raises:
        KeyError: for a table that has no copy in QuickBooks.
    """
    kind = kind_of_model(type(record))
    if kind is None:
        raise KeyError(type(record).__name__)
    return kind

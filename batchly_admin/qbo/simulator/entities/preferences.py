"""The company's preferences: one record of many groups, each updated by itself."""

from __future__ import annotations

from batchly_admin.qbo.simulator.books.books import Books
from batchly_admin.qbo.simulator.books.entity import Entity, Record, Spec
from batchly_admin.qbo.simulator.wire.fields import ANY, COMMON

GROUPS = (
    *("SalesForms", "Tax", "Currency", "ProductAndServices", "AccountingInfo", "Other"),
    *("VendorAndPurchases", "TimeTracking", "Report", "EmailMessages"),
)

FIXED = ("UsingSalesTax", "PartnerTaxEnabled", "MultiCurrencyEnabled", "HomeCurrency")
"""What is decided in QuickBooks itself; clients that post what they read send it back."""


class Preferences(Entity):
    """What the company decided about how its books are kept."""

    def complete(self, books: Books, record: Record, before: Record | None) -> None:
        """Keep what of a group was not sent, and what no client can set."""
        for group, was in (before or {}).items():
            if group.endswith("Prefs") and isinstance(record.get(group), dict):
                fixed = {name: was[name] for name in FIXED if name in was}
                sent = {name: one for name, one in record[group].items() if name not in FIXED}
                record[group] = {**was, **sent, **fixed}


ENTITY = Preferences(
    Spec(
        "Preferences",
        shape=COMMON | dict.fromkeys((f"{name}Prefs" for name in GROUPS), ANY),
        operations=frozenset({"read", "update", "query"}),
        in_cdc=False,
        is_single=True,
    )
)

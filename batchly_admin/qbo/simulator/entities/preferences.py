"""The company's preferences: one record of many groups, each updated by itself."""

from __future__ import annotations

from batchly_admin.qbo.simulator.books.books import Books
from batchly_admin.qbo.simulator.books.entity import Entity, Record, Spec
from batchly_admin.qbo.simulator.wire.fields import ANY, COMMON

GROUPS = (
    *("SalesForms", "Tax", "Currency", "ProductAndServices", "AccountingInfo", "Other"),
    *("VendorAndPurchases", "TimeTracking", "Report", "EmailMessages"),
)


class Preferences(Entity):
    """What the company decided about how its books are kept."""

    def complete(self, books: Books, record: Record, before: Record | None) -> None:
        """Keep what of a group was not sent."""
        for group, was in (before or {}).items():
            if group.endswith("Prefs") and isinstance(record.get(group), dict):
                record[group] = {**was, **record[group]}


ENTITY = Preferences(
    Spec(
        "Preferences",
        shape=COMMON | dict.fromkeys((f"{name}Prefs" for name in GROUPS), ANY),
        operations=frozenset({"read", "update", "query"}),
        in_cdc=False,
        is_single=True,
    )
)

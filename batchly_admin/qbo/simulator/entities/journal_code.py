"""Journal codes, which only companies in France have."""

from __future__ import annotations

from batchly_admin.qbo.simulator.books.entity import ListEntry, list_spec
from batchly_admin.qbo.simulator.wire.fields import COMMON, TEXT, TRUTH

ENTITY = ListEntry(
    list_spec(
        "JournalCode",
        shape={**COMMON, "Name": 100, "Type": 20, "Active": TRUTH},
        operations=frozenset({"read", "query"}),
        filters={"Type": TEXT},
        in_cdc=False,
    )
)

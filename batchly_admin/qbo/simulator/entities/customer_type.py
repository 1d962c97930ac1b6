"""Customer types; clients read them only."""

from __future__ import annotations

from batchly_admin.qbo.simulator.books.entity import ListEntry, list_spec
from batchly_admin.qbo.simulator.wire.fields import COMMON, TRUTH

ENTITY = ListEntry(
    list_spec(
        "CustomerType",
        shape={**COMMON, "Name": 100, "Active": TRUTH},
        operations=frozenset({"read", "query"}),
    )
)

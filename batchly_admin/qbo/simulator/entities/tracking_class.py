"""Classes: what a line of a document counts for."""

from __future__ import annotations

from batchly_admin.qbo.simulator.books.entity import ListEntry, list_spec
from batchly_admin.qbo.simulator.wire.fields import COMMON, HIERARCHY, TEXT, TRUTH

ENTITY = ListEntry(
    list_spec(
        "Class",
        shape={**COMMON, **HIERARCHY, "Name": 100, "Active": TRUTH, "SubClass": TRUTH},
        references={"ParentRef": "Class"},
        filters={"FullyQualifiedName": TEXT},
        is_tree=True,
        not_in=frozenset({"simple_start", "essentials"}),
    )
)

"""Departments, which QuickBooks shows as locations."""

from __future__ import annotations

from batchly_admin.qbo.simulator.books.entity import ListEntry, list_spec
from batchly_admin.qbo.simulator.wire.fields import ADDRESS, COMMON, HIERARCHY, TEXT, TRUTH

ENTITY = ListEntry(
    list_spec(
        "Department",
        shape=COMMON
        | HIERARCHY
        | {"Name": 100, "Active": TRUTH, "SubDepartment": TRUTH, "Address": ADDRESS},
        references={"ParentRef": "Department"},
        filters={"FullyQualifiedName": TEXT},
        is_tree=True,
        not_in=frozenset({"simple_start", "essentials"}),
    )
)

"""Budgets; clients read them only."""

from __future__ import annotations

from batchly_admin.qbo.simulator.books.entity import ListEntry, list_spec
from batchly_admin.qbo.simulator.wire.fields import ANY, COMMON, DAY, TEXT, TRUTH

ENTITY = ListEntry(
    list_spec(
        "Budget",
        shape=COMMON
        | {"Name": 100, "StartDate": DAY, "EndDate": DAY, "BudgetType": 20, "Active": TRUTH}
        | {"BudgetEntryType": 20, "BudgetDetail": ANY},
        operations=frozenset({"read", "query"}),
        filters={"StartDate": DAY, "EndDate": DAY, "BudgetType": TEXT},
        not_in=frozenset({"simple_start", "essentials"}),
        gaps=("nobody can write a budget but the control page's seed",),
    )
)

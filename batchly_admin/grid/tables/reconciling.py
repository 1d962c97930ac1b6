"""The history of the reconciliations, to be read like any other table."""

from __future__ import annotations

from batchly_admin.domain.statuses import ReconciliationState
from batchly_admin.grid.choices import Trigger
from batchly_admin.grid.columns import column
from batchly_admin.grid.table import Empty, QuickView, Table
from batchly_admin.models.reconciling import Reconciliation

RECONCILIATIONS = Table(
    name="reconciliations",
    model=Reconciliation,
    title="Reconciliations",
    singular="reconciliation",
    group="QuickBooks",
    icon="quickbooks",
    area="sync",
    declared=(
        column("created_at", label="Asked for", frozen=True),
        column("state", choices=ReconciliationState),
        column("trigger", label="By", choices=Trigger, width=120),
        column("user_id", label="Person", link="users", width=150),
        column("compared", label="Records", width=100),
        column("found", label="Open differences", width=140),
        column("new", label="New", width=80),
        column("settled", label="Settled", width=90),
        column("on_the_way", label="On their way", width=110),
        column("api_calls", label="Calls", width=80),
        column("started_at"),
        column("finished_at"),
        column("message", width=320),
    ),
    label_column="state",
    default_sort=("-created_at",),
    search=("message",),
    read_only=True,
    in_menu=False,
    links=(("Reconciliation", "/admin/quickbooks/reconciliation", "quickbooks"),),
    views=(QuickView("Failed", ({"column": "state", "operator": "is", "value": "failed"},)),),
    empty=Empty("The books were not compared yet", "It happens every night at 02:30."),
)

TABLES = (RECONCILIATIONS,)

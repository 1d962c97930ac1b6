"""Types that are held back and repairs that were asked for, to be read like any other table."""

from __future__ import annotations

from batchly_admin.domain.statuses import RepairKind, RepairState
from batchly_admin.grid.columns import column
from batchly_admin.grid.table import Empty, Table
from batchly_admin.models.repairs import SyncPause, SyncRepair

_DESK = (("Repair desk", "/admin/quickbooks/repair"),)

SYNC_PAUSES = Table(
    name="sync_pauses",
    model=SyncPause,
    title="Paused types",
    singular="paused type",
    group="QuickBooks",
    icon="queue",
    area="sync",
    declared=(
        column("entity_type", label="Type", width=140, frozen=True),
        column("reason", width=320),
        column("paused_by", width=180),
        column("paused_at", label="Since"),
    ),
    label_column="entity_type",
    default_sort=("entity_type",),
    search=("entity_type", "reason"),
    read_only=True,
    in_menu=False,
    empty=Empty("Nothing is paused", "Types of record that an admin holds back.", _DESK),
)

SYNC_REPAIRS = Table(
    name="sync_repairs",
    model=SyncRepair,
    title="Repairs",
    singular="repair",
    group="QuickBooks",
    icon="attempts",
    area="sync",
    declared=(
        column("label", label="Record", width=200, frozen=True),
        column("kind", choices=RepairKind, width=150),
        column("state", choices=RepairState, width=110),
        column("message", label="What came of it", width=420),
        column("entity_type", label="Type", width=110),
        column("actor_name", label="By", width=150),
        column("created_at", label="Asked"),
        column("finished_at"),
        column("attempts", hidden=True),
    ),
    label_column="label",
    default_sort=("-created_at",),
    search=("label", "message"),
    read_only=True,
    in_menu=False,
    empty=Empty("Nothing was repaired yet", "Searches, links and renumberings.", _DESK),
)

TABLES = (SYNC_PAUSES, SYNC_REPAIRS)

"""The record of change and the background runs."""

from __future__ import annotations

from batchly_admin.domain.statuses import RowState, RunState
from batchly_admin.grid.choices import ChangeOperation
from batchly_admin.grid.columns import column
from batchly_admin.grid.table import Empty, QuickView, Table
from batchly_admin.models.changes import AuditEvent, ChangeItem, ChangeSet, Run, RunRow

CHANGE_SETS = Table(
    name="change_sets",
    model=ChangeSet,
    title="Changes",
    singular="change",
    group="Records",
    icon="history",
    declared=(
        column("summary", label="What", width=320, frozen=True),
        column("actor_name", label="By", width=160),
        column("created_at", label="When"),
        column("source", label="From where", width=110),
        column("address", width=140),
        column("undoes_id", label="Undoes", link="change_sets"),
        column("undone_by_id", label="Undone by", link="change_sets"),
        column("run_id", label="Run", hidden=True),
        column("user_id", label="User", link="users", hidden=True),
    ),
    label_column="summary",
    default_sort=("-created_at",),
    search=("summary", "actor_name"),
    read_only=True,
    empty=Empty("Nothing was changed yet", "Who changed what, when and from where."),
    unnamed="Edits",
    related=(("change_items", "change_set_id"),),
)

CHANGE_ITEMS = Table(
    name="change_items",
    model=ChangeItem,
    title="Changed cells",
    singular="changed cell",
    group="Records",
    icon="history",
    area="change_sets",
    declared=(
        column("change_set_id", label="Change", link="change_sets", by_key=True, width=240),
        column("position", label="No.", width=70),
        column("table_name", label="Table", width=140),
        column("operation", label="What", choices=ChangeOperation, width=100),
        column("column_name", label="Column", width=140),
        column("old_value", label="Before", width=220),
        column("new_value", label="After", width=220),
        column("created_at", label="When"),
        column("row_id", label="Record", hidden=True),
    ),
    label_column="table_name",
    default_sort=("-change_set_id", "position"),
    search=("table_name", "column_name"),
    read_only=True,
    in_menu=False,
    empty=Empty("Nothing was changed yet"),
)

AUDIT_EVENTS = Table(
    name="audit_events",
    model=AuditEvent,
    title="Events",
    singular="event",
    group="Records",
    icon="shield",
    declared=(
        column("event", width=180, frozen=True),
        column("subject", width=280),
        column("actor_name", label="By", width=160),
        column("created_at", label="When"),
        column("address", width=140),
        column("details", width=320),
        column("user_id", label="User", link="users", hidden=True),
    ),
    label_column="event",
    default_sort=("-created_at",),
    search=("event", "subject", "actor_name"),
    read_only=True,
    empty=Empty("Nothing happened yet", "Log-ins, exports and refusals are listed here."),
)

# `/runs/...` answers the browser's progress bars, so the grid stands elsewhere.
RUNS = Table(
    name="runs",
    model=Run,
    title="Background runs",
    singular="background run",
    group="Records",
    icon="queue",
    path="/background-runs",
    area="system",
    declared=(
        column("label", width=240, frozen=True),
        column("table_name", label="Table", width=140),
        column("action", width=120),
        column("state", choices=RunState),
        column("total"),
        column("ok", label="OK"),
        column("failed"),
        column("actor_name", label="By", width=160),
        column("created_at", label="Asked for"),
        column("started_at"),
        column("finished_at"),
        column("message", width=280),
        column("retry_of_id", label="Retry of", link="runs", hidden=True),
        column("undo_of_id", label="Undo of", link="runs", hidden=True),
    ),
    label_column="label",
    default_sort=("-created_at",),
    search=("label", "actor_name"),
    read_only=True,
    views=(QuickView("With failures", ({"column": "failed", "operator": "gt", "value": 0},)),),
    empty=Empty("No runs yet", "Actions on many rows run in the background and are kept here."),
    related=(("run_rows", "run_id"),),
    facts=("total", "ok", "failed"),
)

RUN_ROWS = Table(
    name="run_rows",
    model=RunRow,
    title="Rows of runs",
    singular="row of a run",
    group="Records",
    icon="lines",
    area="system",
    declared=(
        column("run_id", link="runs", by_key=True, width=220),
        column("position", label="No.", width=70),
        column("label", label="Record", width=200),
        column("state", choices=RowState),
        column("message", width=360),
        column("done_at", label="When"),
        column("target_id", label="Record id", hidden=True),
    ),
    label_column="label",
    default_sort=("-run_id", "position"),
    search=("label", "message"),
    read_only=True,
    in_menu=False,
    empty=Empty("No rows yet"),
)

TABLES = (CHANGE_SETS, CHANGE_ITEMS, AUDIT_EVENTS, RUNS, RUN_ROWS)

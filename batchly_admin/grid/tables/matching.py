"""The match of a first connection, and the calls a rehearsal would make."""

from __future__ import annotations

from batchly_admin.domain.matching import MatchDecision, MatchKind
from batchly_admin.domain.setup import RehearsalVerdict, TaskState
from batchly_admin.grid.columns import column
from batchly_admin.grid.table import Empty, QuickView, Table
from batchly_admin.models.matching import MatchCandidate, RehearsalRow, ReleasedLink, SetupTask

SETUP = (("Set up QuickBooks", "/admin/quickbooks/setup"),)


def _is(name: str, value: str) -> dict[str, str]:
    return {"column": name, "operator": "is", "value": value}


_OPEN = _is("decision", "open")

MATCH_CANDIDATES = Table(
    name="match_candidates",
    model=MatchCandidate,
    title="Match",
    singular="pair",
    group="QuickBooks",
    icon="map",
    path="/admin/quickbooks/match",
    area="quickbooks",
    declared=(
        column("label", label="Record", width=220, frozen=True),
        column("entity_type", label="Type", width=100),
        column("kind", label="Found by", choices=MatchKind, width=175),
        column("ours", label="In Batchly", width=220),
        column("ours_details", label="Known by", width=200),
        column("theirs", label="In QuickBooks", width=220),
        column("theirs_details", label="Known by there", width=200),
        column("decision", choices=MatchDecision, width=150),
        column("reason", label="Why", width=320),
        column("score", label="Alike", hidden=True),
        column("qbo_id", label="QuickBooks id", width=110, hidden=True),
        column("decided_by_id", label="Decided by", link="users", hidden=True),
        column("decided_at", hidden=True),
    ),
    label_column="label",
    detail="entity_type",
    default_sort=("entity_type", "-score", "label"),
    search=("label", "ours", "theirs", "ours_details", "theirs_details"),
    read_only=True,
    actions=("link", "create-there", "create-here", "skip", "reopen"),
    views=(
        QuickView("To decide", (_OPEN,)),
        QuickView(
            "Sure",
            (_OPEN, {"column": "kind", "operator": "in", "value": ["name", "email", "sku"]}),
        ),
        QuickView(
            "Alike",
            (_OPEN, {"column": "kind", "operator": "in", "value": ["near", "several"]}),
        ),
        QuickView("Only in Batchly", (_OPEN, _is("kind", "only_here"))),
        QuickView("Only in QuickBooks", (_OPEN, _is("kind", "only_there"))),
        QuickView("Name taken", (_OPEN, _is("kind", "name_taken"))),
    ),
    links=(("Back to the set-up", "/admin/quickbooks/setup", "quickbooks"),),
    in_menu=False,
    empty=Empty(
        "Nothing to match", "Read customers and items from QuickBooks in the set-up first.", SETUP
    ),
)

REHEARSAL_ROWS = Table(
    name="rehearsal_rows",
    model=RehearsalRow,
    title="Rehearsal",
    singular="call",
    group="QuickBooks",
    icon="play",
    path="/admin/quickbooks/rehearsal",
    area="quickbooks",
    declared=(
        column("label", label="Record", width=220, frozen=True),
        column("entity_type", label="Type", width=120),
        column("verdict", choices=RehearsalVerdict, width=120),
        column("words", label="What was found", width=420),
        column("amount", width=110),
        column("verb", label="Call", width=100),
        column("payload", label="Exactly what would be sent", width=320),
        column("position", label="Order", hidden=True),
    ),
    label_column="label",
    detail="entity_type",
    default_sort=("position",),
    search=("label", "words", "payload"),
    read_only=True,
    views=(
        QuickView("Would fail", (_is("verdict", "problem"),)),
        QuickView("Look at", (_is("verdict", "warning"),)),
    ),
    links=(("Back to the set-up", "/admin/quickbooks/setup", "quickbooks"),),
    in_menu=False,
    empty=Empty("Nothing was rehearsed yet", "Start a rehearsal in the set-up.", SETUP),
)

SETUP_TASKS = Table(
    name="setup_tasks",
    model=SetupTask,
    title="Set-up tasks",
    singular="set-up task",
    group="QuickBooks",
    icon="play",
    area="quickbooks",
    declared=(
        column("kind", label="Task", width=140, frozen=True),
        column("state", choices=TaskState, width=120),
        column("message", label="What it says", width=420),
        column("done", width=90),
        column("total", width=90),
        column("actor_name", label="Started by", width=160),
        column("created_at", label="Asked for"),
        column("finished_at", label="Finished"),
        column("attempts", hidden=True),
        column("started_at", hidden=True),
        column("result", hidden=True),
        column("connection_id", hidden=True),
    ),
    label_column="kind",
    default_sort=("-created_at",),
    search=("kind", "message", "actor_name"),
    read_only=True,
    links=(("Back to the set-up", "/admin/quickbooks/setup", "quickbooks"),),
    in_menu=False,
    empty=Empty("Nothing was started yet", "The set-up reads, matches and rehearses.", SETUP),
)

RELEASED_LINKS = Table(
    name="released_links",
    model=ReleasedLink,
    title="Released links",
    singular="released link",
    group="QuickBooks",
    icon="history",
    area="quickbooks",
    declared=(
        column("qbo_id", label="QuickBooks id", width=140, frozen=True),
        column("entity_type", label="Type", width=140),
        column("company_name", label="Company", width=220),
        column("realm_id", label="Realm", width=180),
        column("released_by", label="Released by", width=180),
        column("created_at", label="When"),
        column("entity_id", hidden=True),
    ),
    label_column="qbo_id",
    detail="entity_type",
    default_sort=("-created_at",),
    search=("qbo_id", "entity_type", "company_name", "realm_id"),
    read_only=True,
    in_menu=False,
    empty=Empty(
        "No link was ever released",
        "When another QuickBooks company is connected on purpose, the old ids are kept here.",
    ),
)

TABLES = (MATCH_CANDIDATES, REHEARSAL_ROWS, SETUP_TASKS, RELEASED_LINKS)

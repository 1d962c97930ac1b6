"""The match of a first connection, and the calls a rehearsal would make."""

from __future__ import annotations

from batchly_admin.domain.matching import MatchDecision, MatchKind
from batchly_admin.domain.setup import RehearsalVerdict
from batchly_admin.grid.columns import column
from batchly_admin.grid.table import Empty, QuickView, Table
from batchly_admin.models.matching import MatchCandidate, RehearsalRow

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
    can_create=False,
    can_delete=False,
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
    can_create=False,
    can_delete=False,
    views=(
        QuickView("Would fail", (_is("verdict", "problem"),)),
        QuickView("Look at", (_is("verdict", "warning"),)),
    ),
    links=(("Back to the set-up", "/admin/quickbooks/setup", "quickbooks"),),
    in_menu=False,
    empty=Empty("Nothing was rehearsed yet", "Start a rehearsal in the set-up.", SETUP),
)

TABLES = (MATCH_CANDIDATES, REHEARSAL_ROWS)

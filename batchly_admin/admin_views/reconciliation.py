"""The reconciliation page: do both books say the same, and what to do where they do not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any
from urllib.parse import quote

import orjson
from flask import Blueprint, flash, redirect, render_template
from flask.typing import ResponseReturnValue

from batchly_admin.admin_views import context, links, shell
from batchly_admin.admin_views.answers import answer, wants_json
from batchly_admin.admin_views.security import requires
from batchly_admin.domain.differences import DifferenceKind
from batchly_admin.domain.statuses import ReconciliationState
from batchly_admin.grid.registry import table as find_table
from batchly_admin.jobs import schedule
from batchly_admin.models.reconciling import Reconciliation
from batchly_admin.models.sync import SyncDifference
from batchly_admin.queries import reconciliation as queries
from batchly_admin.services import reconciling

blueprint = Blueprint("reconciliation", __name__, url_prefix="/admin/quickbooks/reconciliation")

PAGE = "/admin/quickbooks/reconciliation"
SHOWN, HISTORY_SHOWN, MONTHS_SHOWN = 15, 10, 24
LABELS = {
    "customer": "Customers",
    "item": "Items",
    "tax_code": "Tax codes",
    "payment": "Payments",
    "credit_application": "Used credits",
    "credit_memo": "Credit memos",
    "refund": "Refunds",
    "invoice": "Invoices",
}
LISTS = frozenset({"customer", "item", "tax_code", "credit_application"})
TRIGGERS = {"schedule": "By the schedule", "button": "By the button", "command": "By a command"}


@blueprint.get("")
@requires("sync:view")
def show() -> ResponseReturnValue:
    """Show the last comparison, what differs and the history."""
    session = context.reader()
    whole, ended = queries.last_whole(session), queries.last_ended(session)
    counts = queries.open_counts(session)
    running = queries.under_way(session)
    return render_template(
        "qbo_reconciliation.html",
        state=shell.quickbooks_state(),
        last=_run(whole),
        failed=_run(ended) if ended is not None and ended is not whole else None,
        running=_progress(running),
        types=[_type(name, said, counts) for name, said in queries.types_of(whole).items()],
        kinds=_kinds(counts),
        open_count=sum(counts.values()),
        listed_count=queries.listed_count(session),
        differences=[_difference(row) for row in queries.newest_open(session, limit=SHOWN)],
        urls={
            "open": _grid([_is("state", "open")]),
            "listed": _grid([_is("state", "listed")]),
            "all": find_table("sync_differences").url,
            "history": find_table("reconciliations").url,
            "run": f"{PAGE}/run" if context.may("sync:pull") else None,
        },
        history=[_run(row) for row in queries.history(session, limit=HISTORY_SHOWN)],
    )


@blueprint.post("/run")
@requires("sync:pull")
def run() -> ResponseReturnValue:
    """Ask for a comparison; the worker makes it."""
    with context.runtime().uows.begin(actor=context.actor(), source="sync") as uow:
        asked = reconciling.ask(uow)
        if asked is not None:
            schedule.owe_now(uow, "reconcile", zone=context.company().time_zone)
    words = "Both books are being compared."
    if asked is None:
        words = "Both books are being compared already."
    if wants_json():
        return answer({"message": words, "run": asked.id if asked else None}, 202)
    flash(words, "info")
    return redirect(PAGE)


def _run(row: Reconciliation | None) -> dict[str, Any] | None:
    if row is None:
        return None
    state = ReconciliationState(row.state)
    begun, ended = row.started_at, row.finished_at
    return {
        "badge": {"label": state.label, "tone": state.tone, "hint": row.message or ""},
        "at": begun or row.created_at,
        "by": TRIGGERS.get(row.trigger, row.trigger),
        "seconds": round((ended - begun).total_seconds(), 1) if begun and ended else None,
        "is_whole": state == ReconciliationState.FINISHED,
        "compared": row.compared,
        "found": row.found,
        "new": row.new,
        "settled": row.settled,
        "on_the_way": row.on_the_way,
        "api_calls": row.api_calls,
        "message": row.message,
    }


def _progress(row: Reconciliation | None) -> dict[str, Any] | None:
    if row is None:
        return None
    return {
        "is_waiting": row.state == ReconciliationState.QUEUED,
        "step": LABELS.get(row.step or "", "Starting"),
        "done": row.done,
        "expected": max(row.expected, row.done, 1),
        "at": row.started_at or row.created_at,
    }


def _type(
    name: str, said: Mapping[str, Any], counts: Mapping[tuple[str, str], int]
) -> dict[str, Any]:
    found = sum(count for (entity_type, _), count in counts.items() if entity_type == name)
    return {
        "label": LABELS.get(name, name),
        "has_money": name not in LISTS,
        "ours": said["ours"],
        "theirs": said["theirs"],
        "total": _pair(said, "total"),
        "balance": _pair(said, "balance"),
        "on_the_way": said["on_the_way"],
        "made_there": said["made_there"],
        "found": found,
        "href": _grid([_is("state", "open"), _is("entity_type", name)]) if found else None,
        "months": _months(said.get("months") or {}) if name not in LISTS else [],
    }


def _pair(said: Mapping[str, Any], name: str) -> dict[str, Any]:
    ours, theirs = said[f"{name}_ours"], said[f"{name}_theirs"]
    return {"ours": ours, "theirs": theirs, "difference": Decimal(theirs) - Decimal(ours)}


def _months(months: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [
        {
            "month": month,
            "ours": sides["ours"],
            "theirs": sides["theirs"],
            "is_equal": sides["ours"] == sides["theirs"],
        }
        for month, sides in sorted(months.items(), reverse=True)[:MONTHS_SHOWN]
    ]


def _kinds(counts: Mapping[tuple[str, str], int]) -> list[dict[str, Any]]:
    found = []
    for kind in DifferenceKind:
        count = sum(number for (_, name), number in counts.items() if name == kind)
        if count:
            href = _grid([_is("state", "open"), _is("kind", kind.value)])
            found.append({"label": kind.label, "tone": kind.tone, "count": count, "href": href})
    return found


def _difference(row: SyncDifference) -> dict[str, Any]:
    words = {kind.value: kind for kind in DifferenceKind}
    kind = words.get(row.kind)
    return {
        "label": row.label or row.qbo_id,
        "href": links.synced_href(row.entity_type, row.entity_id),
        "type": LABELS.get(row.entity_type, row.entity_type),
        "badge": {"label": kind.label if kind else row.kind, "tone": kind.tone if kind else "red"},
        "ours": row.ours,
        "theirs": row.theirs,
        "advice": row.advice,
        "first_seen": row.created_at,
    }


def _is(column: str, value: str) -> dict[str, str]:
    return {"column": column, "operator": "is", "value": value}


def _grid(filters: Sequence[Mapping[str, str]]) -> str:
    text = quote(orjson.dumps(list(filters)).decode(), safe="")
    return f"{find_table('sync_differences').url}?filters={text}"

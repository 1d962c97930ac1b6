"""What a person can do about a finished run: the same offers in its dialog and on its page.

An offer with an `url` of its own is sent there; one with an `action` first shows the preview of
that action for its `selection`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from batchly_admin.admin_views import context
from batchly_admin.domain.statuses import RunState
from batchly_admin.errors import NotAllowed
from batchly_admin.grid.registry import tables
from batchly_admin.models.changes import Run
from batchly_admin.services.actions import ACTIONS
from batchly_admin.words import _, later, number

_SURE = later(
    "Take back what this run changed? Rows changed since stay as they are and are listed."
)


def offers(run: Run, summary: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Give what this person can do about a run, the usual step last."""
    if run.state != RunState.FINISHED:
        return []
    found = [_counter(one) for one in summary["counters"] if context.may(one["right"])]
    if summary["undoable"] and context.may("all:undo"):
        undo = _offer("undo", _("Undo"), "undo", f"/runs/{run.id}/undo")
        found.insert(0, {**undo, "confirm": _(_SURE)})
    if run.failed and _may_repeat(run):
        label = _("Retry only the {failed} failed", failed=number(run.failed))
        retry = _offer("retry", label, "refresh", f"/runs/{run.id}/retry")
        found.append({**retry, "primary": True})
    return found


def check_repeat(run: Run) -> None:
    """Ask whether the person may do again what a run did.

    Raises:
        NotAllowed: when they lack the right of its action.
    """
    if not _may_repeat(run):
        raise NotAllowed


def _may_repeat(run: Run) -> bool:
    action = ACTIONS.get((run.table_name, run.action))
    return action is not None and context.may(action.right)


def _offer(name: str, label: str, icon: str, url: str | None = None) -> dict[str, Any]:
    offer = {"name": name, "label": label, "icon": icon, "url": url}
    return {**offer, "confirm": None, "primary": False}


def _counter(one: Mapping[str, Any]) -> dict[str, Any]:
    action = f"{tables()[one['table']].url}/actions/{one['action']}"
    offer = _offer(f"{one['table']}-{one['action']}", _(one["label"]), "undo")
    return {**offer, "action": action, "selection": {"ids": one["ids"]}}

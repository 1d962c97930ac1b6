"""Background runs as pages and JSON: progress that survives a reload, results row by row."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue

from batchly_admin.admin_views import context, links, run_offers
from batchly_admin.admin_views.answers import answer, wants_json
from batchly_admin.admin_views.security import LOGGED_IN, requires
from batchly_admin.errors import NotAllowed, NotFound
from batchly_admin.grid.registry import tables
from batchly_admin.models.changes import Run
from batchly_admin.queries import runs as run_queries
from batchly_admin.services import runs

blueprint = Blueprint("bulk_runs", __name__, url_prefix="/runs")
_FOR_OFFERS = ("counters", "undoable")


@blueprint.get("/recent")
@requires(LOGGED_IN)
def recent() -> ResponseReturnValue:
    """Give this person's runs that are still going or just ended."""
    found = run_queries.recent_runs(
        context.reader(), user_id=context.person().user_id, now=context.runtime().clock.now()
    )
    return answer({"runs": found})


@blueprint.get("/<uuid:run_id>")
@requires(LOGGED_IN)
def show(run_id: UUID) -> ResponseReturnValue:
    """Give a run: JSON for programs, a page for people."""
    found = _summary(run_id)
    # Asked which of the two fits: what a browser names first is not always a page.
    kind = request.accept_mimetypes.best_match(["application/json", "text/html"])
    if wants_json() or kind != "text/html":
        return answer(found)
    table = tables().get(found["table"])
    shown = request.args.get("show", "all")
    results = [
        {**row, "href": links.record_href(table, row["id"])}
        for row in found.pop("results")
        if shown == "all" or row["ok"] is (shown == "ok")
    ]
    return render_template(
        "run.html",
        run={
            **found,
            "table_label": table.title if table is not None else found["table"],
            "table_url": table.url if table is not None else "/",
        },
        results=results,
        shown=shown,
    )


@blueprint.post("/<uuid:run_id>/retry")
@requires(LOGGED_IN)
def retry(run_id: UUID) -> ResponseReturnValue:
    """Start again with only the rows that failed."""
    with context.runtime().uows.begin(actor=context.actor(), source="grid") as uow:
        run = _own(uow.session.get(Run, run_id))
        run_offers.check_repeat(run)
        started = runs.retry_failed(uow, run)
        return _started(started.id)


@blueprint.post("/<uuid:run_id>/undo")
@requires("all:undo")
def undo(run_id: UUID) -> ResponseReturnValue:
    """Take a run back, as a run of its own."""
    with context.runtime().uows.begin(actor=context.actor(), source="undo") as uow:
        started = runs.undo_run(uow, _own(uow.session.get(Run, run_id)))
        return _started(started.id)


@blueprint.post("/<uuid:run_id>/dismiss")
@requires(LOGGED_IN)
def dismiss(run_id: UUID) -> ResponseReturnValue:
    """Take a run out of the tray."""
    with context.runtime().uows.begin(actor=context.actor(), source="grid") as uow:
        runs.dismiss(uow, _own(uow.session.get(Run, run_id)))
    return "", 204


def _summary(run_id: UUID) -> dict[str, Any]:
    run = _own(context.reader().get(Run, run_id))
    summary = run_queries.run_summary(context.reader(), run_id)
    found = {name: value for name, value in summary.items() if name not in _FOR_OFFERS}
    return {**found, "offers": run_offers.offers(run, summary)}


def _own(found: Run | None) -> Run:
    """Give the run when the person started it or may see the work of others.

    Raises:
        NotFound: when there is no such run.
        NotAllowed: when it is somebody else's.
    """
    if found is None:
        raise NotFound
    table = tables().get(found.table_name)
    is_open = context.may_see(table) if table is not None else context.may("system:view")
    is_own = found.user_id == context.person().user_id
    if not is_own and not (is_open and context.may("all:history")):
        raise NotAllowed
    return found


def _started(run_id: UUID) -> ResponseReturnValue:
    if wants_json():
        return answer({"run": run_id}, 202)
    return redirect(f"/runs/{run_id}")

"""The sync status page, and the small answer it asks for every few seconds."""

from __future__ import annotations

import hashlib
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue

from batchly_admin.admin_views import context, quickbooks_connect, shell, sync_status
from batchly_admin.admin_views.answers import answer, wants_json
from batchly_admin.admin_views.security import requires
from batchly_admin.errors import Conflict
from batchly_admin.qbo.engine import Engine
from batchly_admin.qbo.throttle import calls_in_last_minute
from batchly_admin.queries import sync_status as figures
from batchly_admin.services import sending
from batchly_admin.words import _

blueprint = Blueprint("quickbooks_watch", __name__, url_prefix="/admin/quickbooks")

BACK = "/admin/quickbooks/status"
FAILED_SHOWN = 25
RUNS_SHOWN = 100
TONES = {"connected": "green", "simulator": "green", "paused": "amber", "setup": "amber"}
LINKS = (
    ("Set-up", "/admin/quickbooks/setup", "quickbooks:connect"),
    ("Settings", "/admin/quickbooks/settings", "quickbooks:view"),
)


@blueprint.get("/status")
@requires("sync:view")
def status() -> ResponseReturnValue:
    """Show the page that admins watch."""
    session, runtime = context.reader(), context.runtime()
    now, zone = runtime.clock.now(), context.company().time_zone
    found = {**runtime.engine.status(session), "pulls": frozenset(Engine.pull_types)}
    types = sync_status.types(session, found, now)
    failed = figures.failed_rows(session, limit=FAILED_SHOWN)
    can_retry, can_pull = context.may("sync:retry"), context.may("sync:pull")
    totals = sync_status.totals(types)
    realm = found["connection"].get("realm_id")
    return render_template(
        "qbo_status.html",
        connection=_connection(found),
        totals=totals,
        measures=sync_status.measures(session, now, zone),
        types=types,
        causes=sync_status.causes(session, now),
        failed=[sync_status.failed(row, can_retry=can_retry) for row in failed],
        failed_total=totals["failed"] + totals["blocked"],
        schedule=sync_status.schedule(session, runtime.pulls, now=now, zone=zone),
        usage=sync_status.usage(session, runtime.redis, realm, runtime.engine.pace, now),
        webhooks=found["webhooks"],
        progress=sync_status.progress(session, now),
        history=sync_status.history(session, limit=RUNS_SHOWN),
        last_sync_at=figures.last_sync_at(session),
        can_manage=context.may("quickbooks:connect"),
        can_retry=can_retry,
        can_pull=can_pull,
    )


def _connection(found: dict[str, Any]) -> dict[str, Any]:
    state = shell.quickbooks_state()
    now = context.runtime().clock.now()
    return {
        **sync_status.connection(context.reader(), found, now),
        "state": state,
        "label": _(shell.QBO_WORDS[state]),
        "tone": TONES.get(state, "red"),
        **quickbooks_connect.urls(state),
        "links": [
            {"label": label, "href": href} for label, href, right in LINKS if context.may(right)
        ],
    }


@blueprint.post("/send/<entity_type>")
@requires("sync:retry")
def send(entity_type: str) -> ResponseReturnValue:
    """Send everything of one type that QuickBooks lacks; the tray follows the run."""
    try:
        with context.runtime().uows.begin(actor=context.actor(), source="sync") as uow:
            run = sending.send_missing(uow, entity_type)
            words, run_id = f"{run.label}: the tray shows how far it is.", run.id
    except Conflict:
        if wants_json():
            raise
        flash(_("Nothing is missing in QuickBooks, or it is on its way already."), "info")
        return redirect(BACK)
    if wants_json():
        return answer({"message": words, "run": run_id}, 202)
    flash(words, "info")
    return redirect(BACK)


@blueprint.get("/status/pulse")
@requires("sync:view")
def pulse() -> ResponseReturnValue:
    """Give the state in a few words, or 304 when it is the one the page shows already."""
    runtime = context.runtime()
    found = figures.pulse(context.reader(), runtime.clock.now())
    marks = [*found.marks, *_calls()]
    tag = hashlib.sha256("\n".join(marks).encode()).hexdigest()[:32]
    if request.if_none_match.contains(tag):
        response = Response(status=304)
    else:
        response = answer(
            {
                "pulse": tag,
                "waiting": found.waiting,
                "failed": found.failed,
                "busy": found.is_busy,
                "words": _words(found),
            }
        )
    response.set_etag(tag)
    return response


def _calls() -> list[str]:
    runtime = context.runtime()
    found = figures.realm_of(context.reader())
    recent = calls_in_last_minute(runtime.redis, found) if found else None
    return [str(recent)]


def _words(found: figures.Pulse) -> str:
    """Give the state as one sentence: what a screen reader is told when it changes."""
    label = _(shell.QBO_WORDS[shell.quickbooks_state()])
    return f"{label}. {found.waiting} waiting, {found.failed} failed."

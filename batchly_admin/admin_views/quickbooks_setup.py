"""The guided set-up of a first connection: check, match, start date, rehearsal, going live."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue

from batchly_admin.admin_views import context, setup_steps
from batchly_admin.admin_views.security import requires
from batchly_admin.domain.setup import TaskKind
from batchly_admin.errors import NotFound, UserError
from batchly_admin.models.matching import RehearsalRow
from batchly_admin.qbo import facts
from batchly_admin.services import going_live, setup_tasks
from batchly_admin.words import _, plural

blueprint = Blueprint("quickbooks_setup", __name__, url_prefix="/admin/quickbooks/setup")

PAGE = "/admin/quickbooks/setup"
STARTED = {"checks": TaskKind.CHECKS, "match": TaskKind.MATCHING, "rehearse": TaskKind.REHEARSAL}


@blueprint.get("")
@requires("quickbooks:view")
def page() -> ResponseReturnValue:
    """Show the five steps and how far each one is."""
    session = context.reader()
    connection = facts.connection_of(session)
    steps = setup_steps.read(session, connection) if connection is not None else None
    return render_template(
        "qbo_setup.html",
        connection=connection,
        steps=steps,
        can_connect=context.may("quickbooks:connect"),
        can_match=context.may("quickbooks:map"),
    )


@blueprint.post("/start/<name>")
@requires("quickbooks:map")
def start(name: str) -> ResponseReturnValue:
    """Have the worker check, match or rehearse; a second press finds the first."""
    kind = STARTED.get(name)
    if kind is None:
        raise NotFound
    try:
        with context.runtime().uows.begin(actor=context.actor(), source="form") as uow:
            setup_tasks.start(uow, kind)
    except UserError as refused:
        flash(refused.message, "error")
    return redirect(f"{PAGE}#{name}")


@blueprint.post("/start-date")
@requires("quickbooks:connect")
def start_date() -> ResponseReturnValue:
    """Set the day before which nothing is sent."""
    asked = "" if request.form.get("everything") else request.form.get("start") or "no day"
    try:
        with context.runtime().uows.begin(actor=context.actor(), source="form") as uow:
            count = going_live.choose_start(uow, asked[:20])
    except UserError as refused:
        flash(refused.message, "error")
    else:
        words = f" {plural(count, 'document')} that waited will stay here." if count else ""
        flash(_("The start date is kept.{words}", words=words), "success")
    return redirect(f"{PAGE}#date")


@blueprint.post("/go-live")
@requires("quickbooks:connect")
def go_live() -> ResponseReturnValue:
    """Turn the pushes on and let the backlog go."""
    accepts = request.form.get("accept_problems") == "yes"
    try:
        with context.runtime().uows.begin(actor=context.actor(), source="form") as uow:
            going_live.go_live(uow, accept_problems=accepts)
    except UserError as refused:
        flash(refused.message, "error")
    else:
        flash(_("QuickBooks is live. The backlog goes out now."), "success")
    return redirect(f"{PAGE}#live")


@blueprint.post("/pause")
@requires("quickbooks:pause")
def pause() -> ResponseReturnValue:
    """Hold everything back; what waits is kept."""
    return _pause(paused=True)


@blueprint.post("/resume")
@requires("quickbooks:pause")
def resume() -> ResponseReturnValue:
    """Let what waits go again."""
    return _pause(paused=False)


def _pause(*, paused: bool) -> ResponseReturnValue:
    try:
        with context.runtime().uows.begin(actor=context.actor(), source="form") as uow:
            going_live.pause(uow, paused=paused)
    except UserError as refused:
        flash(refused.message, "error")
    return redirect(f"{PAGE}#live")


@blueprint.get("/payload/<uuid:row_id>")
@requires("quickbooks:view")
def payload(row_id: UUID) -> ResponseReturnValue:
    """Show exactly what one call of the rehearsal would send."""
    row = context.reader().get(RehearsalRow, row_id)
    if row is None:
        raise NotFound("This rehearsal was replaced by a newer one.")
    shown: dict[str, Any] = setup_steps.rehearsed(row)
    return render_template("qbo_setup_payload.html", title=f"What {row.label} sends", row=shown)

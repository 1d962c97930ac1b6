"""What can be pressed on the sync status page, and the tries behind a row of the queue."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue

from batchly_admin.admin_views import context, repair_parts
from batchly_admin.admin_views.answers import answer, wants_json
from batchly_admin.admin_views.security import requires
from batchly_admin.errors import InvalidInput, NotFound
from batchly_admin.jobs import schedule
from batchly_admin.models.sync import SyncQueueRow
from batchly_admin.services import sync_settings

blueprint = Blueprint("quickbooks", __name__, url_prefix="/admin/quickbooks")

BACK = "/admin/quickbooks/status"
RETRY_BY = ("entity_type", "error_class", "error_code")


@blueprint.post("/retry/<uuid:row_id>")
@requires("sync:retry")
def retry(row_id: UUID) -> ResponseReturnValue:
    """Send one failed row again."""
    with context.runtime().uows.begin(actor=context.actor(), source="sync") as uow:
        count = context.runtime().engine.retry(uow, [row_id]).total
    return _done(f"{count} queued again." if count else "There was nothing to send again.")


@blueprint.post("/retry-all")
@requires("sync:retry")
def retry_all() -> ResponseReturnValue:
    """Send every failed row again, or those of one type or one cause."""
    asked = {name: request.form.get(name, "")[:40] for name in RETRY_BY}
    with context.runtime().uows.begin(actor=context.actor(), source="sync") as uow:
        count = context.runtime().engine.retry_all(uow, asked).total
    return _done(f"{count} queued again.")


@blueprint.post("/pull/<sync_type>")
@requires("sync:pull")
def pull(sync_type: str) -> ResponseReturnValue:
    """Fetch one type of record now, in the background."""
    if sync_type not in context.runtime().engine.pull_types:
        msg = f"{sync_type} is not something that is fetched from QuickBooks."
        raise InvalidInput(msg, field="type")
    with context.runtime().uows.begin(actor=context.actor(), source="sync") as uow:
        sync_settings.check_on(uow.session, sync_type)
        schedule.owe_now(uow, sync_type, zone=context.company().time_zone)
    return _done(f"Fetching {sync_type.replace('_', ' ')} from QuickBooks.")


@blueprint.get("/attempts/<uuid:row_id>")
@requires("sync:view")
def attempts(row_id: UUID) -> ResponseReturnValue:
    """Show every try of one row with its masked request and answer."""
    session = context.reader()
    row = session.get(SyncQueueRow, row_id)
    if row is None:
        raise NotFound
    return render_template(
        "qbo_attempts.html",
        title=f"Attempts: {row.label}",
        attempts=repair_parts.attempts(session, row),
    )


def _done(message: str) -> ResponseReturnValue:
    if wants_json():
        return answer({"message": message}, 202)
    flash(message, "info")
    return redirect(BACK)

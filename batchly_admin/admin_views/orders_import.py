"""The import of orders, in three steps: a file, its columns, the account of every line."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue

from batchly_admin.admin_views import context
from batchly_admin.admin_views.security import requires
from batchly_admin.domain import order_import as rules
from batchly_admin.errors import UserError
from batchly_admin.models.changes import ImportRun
from batchly_admin.services import order_import

blueprint = Blueprint("orders_import", __name__, url_prefix="/orders/import")

BADGES = {
    "draft": ["draft", "Being mapped", ""],
    "queued": ["pending", "Waiting", ""],
    "running": ["pending", "Running", ""],
    "finished": ["synced", "Finished", ""],
    "failed": ["failed", "Failed", ""],
    "undoing": ["pending", "Being taken back", ""],
    "undone": ["not_synced", "Taken back", ""],
}
REFUSED_SHOWN = 200


@blueprint.get("")
@requires("orders:import")
def upload_page() -> ResponseReturnValue:
    """Show the first step: choose a file."""
    return _upload_page(None)


@blueprint.post("")
@requires("orders:import")
def upload() -> ResponseReturnValue:
    """Take a file, read its columns and go on to the mapping."""
    sent = request.files.get("file")
    if sent is None or not sent.filename:
        return _upload_page("Choose a file first."), 422
    try:
        with context.runtime().uows.begin(actor=context.actor(), source="import") as uow:
            prepared = order_import.prepare(uow, content=sent.read(), file_name=sent.filename)
            run_id = prepared.id
    except UserError as refused:
        return _upload_page(refused.message), 422
    return redirect(f"/orders/import/{run_id}/mapping")


def _upload_page(error: str | None) -> str:
    past = context.reader().scalars(
        sa.select(ImportRun).order_by(ImportRun.created_at.desc()).limit(10)
    )
    page: str = render_template(
        "orders_import.html",
        upload_url="/orders/import",
        max_mb=order_import.MAX_MEGABYTES,
        error=error,
        sample_url=None,
        columns=[
            {
                "name": target.name,
                "label": target.label,
                "required": target.required,
                "help": target.help,
            }
            for target in rules.TARGETS
        ],
        rules=[{"title": rule.title, "text": rule.text} for rule in rules.RULES],
        past=[_past(run) for run in past],
    )
    return page


def _past(run: ImportRun) -> dict[str, Any]:
    page = "mapping" if run.state == "draft" else "result"
    return {
        "href": f"/orders/import/{run.id}/{page}",
        "filename": run.file_name,
        "at": run.created_at,
        "by": run.actor_name,
        "badge": BADGES[run.state],
        "lines_read": run.lines_read,
        "created": run.lines_created,
        "skipped": run.lines_skipped,
        "refused": run.lines_refused,
    }

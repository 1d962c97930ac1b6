"""The sync status page: what is connected, what waits, what failed and what to press."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import orjson
import sqlalchemy as sa
from flask import Blueprint, flash, redirect, render_template
from flask.typing import ResponseReturnValue

from batchly_admin.admin_views import context, quickbooks_connect, shell, sync_status
from batchly_admin.admin_views.answers import answer, wants_json
from batchly_admin.admin_views.security import requires
from batchly_admin.errors import InvalidInput, NotFound
from batchly_admin.grid.registry import tables
from batchly_admin.jobs import schedule
from batchly_admin.models.sync import SyncAttempt, SyncQueueRow
from batchly_admin.models.synced import SYNCED

blueprint = Blueprint("quickbooks", __name__, url_prefix="/admin/quickbooks")

FAILED_SHOWN = 25
BACK = "/admin/quickbooks/status"


@blueprint.get("/status")
@requires("sync:view")
def status() -> ResponseReturnValue:
    """Show the page that admins watch."""
    session = context.reader()
    runtime = context.runtime()
    found = runtime.engine.status(session)
    types = sync_status.types(found)
    totals = sync_status.totals(types)
    failed = sync_status.failed_rows(session, limit=FAILED_SHOWN)
    can_retry, can_pull = context.may("sync:retry"), context.may("sync:pull")
    state = shell.quickbooks_state()
    return render_template(
        "qbo_status.html",
        connection={
            **sync_status.connection(found),
            "state": state,
            "label": shell.QBO_WORDS[state],
            **quickbooks_connect.urls(state),
            "tone": {"connected": "green", "simulator": "green", "paused": "amber"}.get(
                state, "red"
            ),
        },
        totals=totals,
        types=[
            {**row, "sync_url": f"/admin/quickbooks/pull/{row['type']}"}
            if can_pull and row["direction"] in {"pull", "both"}
            else {**row, "sync_url": None}
            for row in types
        ],
        failed=[_failed(row, can_retry=can_retry) for row in failed],
        failed_total=totals["failed"] + totals["blocked"],
        retry_all_url="/admin/quickbooks/retry-all" if can_retry and failed else None,
        schedule=[
            {**row, "run_url": f"/admin/quickbooks/pull/{row['type']}" if can_pull else None}
            for row in sync_status.schedule(
                session, runtime.pulls, now=runtime.clock.now(), zone=context.company().time_zone
            )
        ],
        history=sync_status.history(session, limit=20),
        can_manage=context.may("quickbooks:connect"),
    )


def _failed(row: SyncQueueRow, *, can_retry: bool) -> dict[str, Any]:
    kind = SYNCED.get(row.entity_type)
    table = next((t for t in tables().values() if kind is not None and t.model is kind.model), None)
    return {
        "id": row.id,
        "label": row.label or str(row.entity_id),
        "href": f"{table.url}/{row.entity_id}" if table is not None else None,
        "type_label": row.entity_type.replace("_", " ").capitalize(),
        "cause": row.error_message or "",
        "advice": row.error_hint or "",
        "attempts": row.attempts,
        "failed_at": row.first_failed_at or row.updated_at,
        "badge": [row.status, "Blocked" if row.status == "blocked" else "Failed", ""],
        "retry_url": f"/admin/quickbooks/retry/{row.id}" if can_retry else None,
        "attempts_url": f"/admin/quickbooks/attempts/{row.id}",
    }


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
    """Send every failed row again."""
    with context.runtime().uows.begin(actor=context.actor(), source="sync") as uow:
        count = context.runtime().engine.retry_all(uow).total
    return _done(f"{count} queued again.")


@blueprint.post("/pull/<sync_type>")
@requires("sync:pull")
def pull(sync_type: str) -> ResponseReturnValue:
    """Fetch one type of record now, in the background."""
    if sync_type not in context.runtime().engine.pull_types:
        msg = f"{sync_type} is not something that is fetched from QuickBooks."
        raise InvalidInput(msg, field="type")
    with context.runtime().uows.begin(actor=context.actor(), source="sync") as uow:
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
    found = session.scalars(
        sa.select(SyncAttempt)
        .where(SyncAttempt.queue_row_id == row_id)
        .order_by(SyncAttempt.started_at.desc())
        .limit(50)
    )
    return render_template(
        "qbo_attempts.html",
        title=f"Attempts: {row.label}",
        attempts=[_attempt(row, attempt) for attempt in found],
    )


def _attempt(row: SyncQueueRow, attempt: SyncAttempt) -> dict[str, Any]:
    duration = None
    if attempt.ended_at is not None:
        duration = round((attempt.ended_at - attempt.started_at).total_seconds() * 1000)
    return {
        "number": attempt.number,
        "at": attempt.started_at,
        "outcome": attempt.outcome,
        "tone": "green" if attempt.outcome == "completed" else "red",
        "http_status": attempt.http_status,
        "duration_ms": duration,
        "intuit_tid": attempt.intuit_tid,
        "request_id": row.request_id,
        "method": "POST",
        "path": row.entity_type,
        "request_body": _pretty(attempt.request),
        "response_body": _pretty(attempt.answer),
        "cause": attempt.message,
        "advice": row.error_hint if attempt.outcome != "completed" else None,
    }


def _pretty(value: Any) -> str:
    if value is None:
        return ""
    return orjson.dumps(value, option=orjson.OPT_INDENT_2, default=str).decode()


def _done(message: str) -> ResponseReturnValue:
    if wants_json():
        return answer({"message": message}, 202)
    flash(message, "info")
    return redirect(BACK)

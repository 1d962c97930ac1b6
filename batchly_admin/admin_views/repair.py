"""The repair desk: what is stuck, why, what happens by itself, and what can be pressed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from flask import Blueprint, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue

from batchly_admin.admin_views import context, links, repair_parts
from batchly_admin.admin_views.answers import answer, wants_json
from batchly_admin.admin_views.repair_parts import DESK
from batchly_admin.admin_views.security import requires
from batchly_admin.domain.statuses import QueueStatus
from batchly_admin.errors import NotAllowed, NotFound
from batchly_admin.models.sync import SyncBatch, SyncDifference, SyncQueueRow
from batchly_admin.models.synced import SYNCED
from batchly_admin.qbo.facts import connection_of
from batchly_admin.services import outbox, pausing, repairing, resending

blueprint = Blueprint("repair", __name__, url_prefix=DESK)

SHOWN = 100
STUCK = (QueueStatus.FAILED, QueueStatus.BLOCKED)


@blueprint.get("")
@requires("sync:view")
def desk() -> ResponseReturnValue:
    """Show what is stuck, the gaps, the reviews and the types that are held back."""
    session = context.reader()
    chosen = request.args.get("type", "")
    wanted: list[sa.ColumnElement[bool]] = [SyncQueueRow.status.in_(STUCK)]
    if chosen in SYNCED:
        wanted.append(SyncQueueRow.entity_type == chosen)
    rows = session.scalars(
        sa.select(SyncQueueRow)
        .where(*wanted)
        # Failed before blocked, the newest trouble first.
        .order_by(SyncQueueRow.status.desc(), SyncQueueRow.updated_at.desc(), SyncQueueRow.id)
        .limit(SHOWN)
    ).all()
    connection = connection_of(session)
    reviews = session.scalar(
        sa.select(sa.func.count()).select_from(SyncDifference).where(SyncDifference.state == "open")
    )
    return render_template(
        "qbo_repair.html",
        rows=[
            repair_parts.line(row, outbox.find_record(session, row.entity_type, row.entity_id))
            for row in rows
        ],
        chosen=chosen,
        types=_types(),
        reviews=reviews or 0,
        gaps=repairing.gaps_in_quickbooks(session),
        failed=sum(row.status == QueueStatus.FAILED for row in rows),
        pushes_paused=(connection.pause_reason or "Pushes to QuickBooks are paused by an admin.")
        if connection is not None and connection.pushes_paused
        else None,
        may_retry=context.may("sync:retry"),
        may_pause=context.may("quickbooks:pause"),
    )


def _types() -> list[dict[str, Any]]:
    session = context.reader()
    found = session.execute(
        sa.select(SyncQueueRow.entity_type, sa.func.count())
        .where(SyncQueueRow.status.in_((*STUCK, QueueStatus.PENDING)))
        .group_by(SyncQueueRow.entity_type)
    )
    counts: dict[str, int] = dict(row for row in found)
    held = pausing.paused(session)
    return [
        {
            "name": name,
            "label": pausing.plural(name).capitalize(),
            "waiting": counts.get(name, 0),
            "paused": pausing.words_of(held[name]) if name in held else None,
            "since": held[name].paused_at if name in held else None,
        }
        for name in SYNCED
    ]


@blueprint.get("/<uuid:row_id>")
@requires("sync:view")
def show(row_id: UUID) -> ResponseReturnValue:
    """Show one row: cause, what can be done, every try."""
    session = context.reader()
    return render_template("qbo_repair_row.html", row=repair_parts.page(session, _row(row_id)))


@blueprint.post("/<uuid:row_id>/retry")
@requires("sync:view")
def retry(row_id: UUID) -> ResponseReturnValue:
    """Send one row again; an office may do so with what it queued itself."""
    if not repair_parts.may_retry(_row(row_id)):
        raise NotAllowed
    with _begin() as uow:
        count = resending.retry(uow, [row_id]).total
    words = "Queued again." if count else "There was nothing to send again."
    return _done(words, f"{DESK}/{row_id}")


@blueprint.post("/<uuid:row_id>/like")
@requires("sync:retry")
def retry_like(row_id: UUID) -> ResponseReturnValue:
    """Send everything again that failed for the same cause."""
    with _begin() as uow:
        batch_id = resending.retry_like(uow, row_id).id
    return _done("Queued again.", f"{DESK}/batches/{batch_id}")


@blueprint.post("/retry-all")
@requires("sync:retry")
def retry_all() -> ResponseReturnValue:
    """Send every failed row again, or those of one type."""
    with _begin() as uow:
        asked = {"entity_type": request.form.get("type", "")[:30]}
        batch_id = resending.retry_all(uow, asked).id
    return _done("Queued again.", f"{DESK}/batches/{batch_id}")


@blueprint.post("/<uuid:row_id>/search")
@requires("sync:resolve")
def search(row_id: UUID) -> ResponseReturnValue:
    """Look for the record in QuickBooks, in the background."""
    row = _row(row_id)
    with _begin() as uow:
        repairing.search(uow, row.entity_type, row.entity_id, _text("text"))
    return _done("Looking in QuickBooks.", f"{DESK}/{row_id}")


@blueprint.post("/<uuid:row_id>/link")
@requires("sync:resolve")
def link(row_id: UUID) -> ResponseReturnValue:
    """Link the record to one of QuickBooks, in the background."""
    row = _row(row_id)
    with _begin() as uow:
        repairing.link(uow, row.entity_type, row.entity_id, _text("qbo_id"))
    return _done("Comparing the two before they are linked.", f"{DESK}/{row_id}")


@blueprint.post("/<uuid:row_id>/done")
@requires("sync:resolve")
def mark_done(row_id: UUID) -> ResponseReturnValue:
    """Take a row off the list whose work somebody did by hand."""
    with _begin() as uow:
        asked = repairing.mark_done(uow, row_id, _text("note"), _text("qbo_id"))
    words = "Marked as done by hand." if asked is None else "Looking at it in QuickBooks first."
    return _done(words, f"{DESK}/{row_id}")


@blueprint.post("/<uuid:row_id>/numbers")
@requires("counters:edit")
def numbers(row_id: UUID) -> ResponseReturnValue:
    """Go on numbering after the highest number of QuickBooks, in the background."""
    with _begin() as uow:
        repairing.continue_numbering(uow, row_id, _text("reason"))
    return _done("Looking for the highest number in QuickBooks.", f"{DESK}/{row_id}")


@blueprint.post("/differences/<uuid:difference_id>/review")
@requires("sync:resolve")
def review(difference_id: UUID) -> ResponseReturnValue:
    """Accept a difference with a note."""
    with _begin() as uow:
        found = repairing.review(uow, difference_id, _text("note"))
        back = links.synced_href(found.entity_type, found.entity_id or difference_id)
    return _done("Reviewed.", back or DESK)


@blueprint.post("/types/<entity_type>/pause")
@requires("quickbooks:pause")
def pause(entity_type: str) -> ResponseReturnValue:
    """Hold one type of record back; what waits stays in the queue."""
    with _begin() as uow:
        words = pausing.words_of(pausing.pause(uow, entity_type, _text("reason")))
    return _done(words, DESK)


@blueprint.post("/types/<entity_type>/resume")
@requires("quickbooks:pause")
def resume(entity_type: str) -> ResponseReturnValue:
    """Let a type of record go again."""
    with _begin() as uow:
        count = pausing.resume(uow, entity_type)
    return _done(f"{pausing.plural(entity_type).capitalize()} go out again: {count} waited.", DESK)


@blueprint.post("/resume-all")
@requires("quickbooks:pause")
def resume_all() -> ResponseReturnValue:
    """Let everything go again."""
    with _begin() as uow:
        pausing.resume_all(uow)
    return _done("Pushes go out again.", DESK)


@blueprint.get("/batches/<uuid:batch_id>")
@requires("sync:view")
def batch(batch_id: UUID) -> ResponseReturnValue:
    """Show how far a set of rows is that was sent again: 3 of 10, then the summary."""
    found = context.reader().get(SyncBatch, batch_id)
    if found is None:
        raise NotFound
    shown = repair_parts.batch(context.reader(), found)
    if wants_json():
        return answer({key: value for key, value in shown.items() if key != "rows"})
    return render_template("qbo_batch.html", batch=shown, may_retry=context.may("sync:retry"))


@blueprint.post("/batches/<uuid:batch_id>/again")
@requires("sync:retry")
def batch_again(batch_id: UUID) -> ResponseReturnValue:
    """Send those rows of a set again that still failed."""
    failed = context.reader().scalars(
        sa.select(SyncQueueRow.id).where(
            SyncQueueRow.batch_id == batch_id, SyncQueueRow.status == QueueStatus.FAILED
        )
    )
    with _begin() as uow:
        found = resending.retry(uow, failed.all()).id
    return _done("Queued again.", f"{DESK}/batches/{found}")


def _row(row_id: UUID) -> SyncQueueRow:
    row = context.reader().get(SyncQueueRow, row_id)
    if row is None:
        raise NotFound("This row is no longer in the queue.")
    return row


def _begin() -> Any:
    return context.runtime().uows.begin(actor=context.actor(), source="sync")


def _text(name: str) -> str:
    given: Mapping[str, Any] = request.form
    if request.is_json:
        sent = request.get_json(silent=True)
        given = sent if isinstance(sent, Mapping) else {}
    return str(given.get(name) or "")[:500]


def _done(words: str, url: str) -> ResponseReturnValue:
    if wants_json():
        return answer({"message": words, "url": url}, 202)
    flash(words, "info")
    return redirect(url)

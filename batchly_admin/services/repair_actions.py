"""Bulk actions of the sync queue and of the differences."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from batchly_admin.domain.differences import WAITS
from batchly_admin.domain.statuses import QueueStatus
from batchly_admin.models.sync import SyncDifference, SyncQueueRow
from batchly_admin.services import repairing, resending
from batchly_admin.services.tallies import (
    BulkAction,
    Params,
    Preview,
    chunks,
    preview_of,
    tally,
    text_param,
)
from batchly_admin.services.unit_of_work import UnitOfWork
from batchly_admin.words import _, later, plural

UNCHANGED = later("did not change here since they failed and will probably fail again.")
LOOKED_AT = 200
"""So many rows are asked for changes before a bulk retry; all of them would take too long."""


def _retry(uow: UnitOfWork, row_id: UUID, _params: Params) -> str:
    return resending.retry_in_run(uow, row_id)


def _preview_retry(session: Session, ids: Sequence[UUID], _params: Params) -> Preview:
    def judge(status: str) -> str | None:
        if status in (QueueStatus.FAILED, QueueStatus.BLOCKED):
            return None
        done = status in (QueueStatus.COMPLETED, QueueStatus.CANCELLED)
        return _("done already") if done else _("on their way already")

    found = tally(session, SyncQueueRow, ids, [SyncQueueRow.status], judge=judge)
    unchanged = count_unchanged(session, ids)
    if unchanged:
        found.warn(UNCHANGED, unchanged)
    first = _("{rows} will be sent to QuickBooks again.", rows=plural(found.will, "row"))
    then = _("What waits for another record takes that one along.")
    return preview_of(_("Retry"), (first, then), found, _("Retry"))


def count_unchanged(session: Session, ids: Sequence[UUID]) -> int:
    """Give how many of these rows failed for a cause about which nothing was done here."""
    count = 0
    for chunk in chunks(list(ids)[:LOOKED_AT]):
        rows = session.scalars(sa.select(SyncQueueRow).where(SyncQueueRow.id.in_(chunk)))
        count += sum(resending.is_unchanged(session, row) for row in rows)
    return count


def _mark_done(uow: UnitOfWork, row_id: UUID, params: Params) -> str:
    repairing.mark_done(uow, row_id, str(params.get("note") or ""))
    return _("Marked as done by hand.")


def _preview_mark_done(session: Session, ids: Sequence[UUID], _params: Params) -> Preview:
    def judge(status: str) -> str | None:
        return None if status in repairing.OPEN_STATES else _("done or on their way already")

    found = tally(session, SyncQueueRow, ids, [SyncQueueRow.status], judge=judge)
    first = _(
        "{rows} will be taken off the list and not sent any more.", rows=plural(found.will, "row")
    )
    then = _("The record's page can also link the record that was made in QuickBooks.")
    return preview_of(
        _("Mark done by hand"),
        (first, then),
        found,
        _("Mark"),
        params=(text_param("note", _("What was done")),),
    )


def _review(uow: UnitOfWork, difference_id: UUID, params: Params) -> str:
    repairing.review(uow, difference_id, str(params.get("note") or ""))
    return _("Reviewed.")


def _preview_review(session: Session, ids: Sequence[UUID], _params: Params) -> Preview:
    def judge(state: str) -> str | None:
        return None if state in WAITS else _("decided already")

    found = tally(session, SyncDifference, ids, [SyncDifference.state], judge=judge)
    first = _(
        "{differences} will be marked as reviewed and left as they are.",
        differences=plural(found.will, "difference"),
    )
    note = text_param("note", _("What you found"))
    return preview_of(_("Reviewed"), (first,), found, _("Mark"), params=(note,))


QUEUE_ACTIONS = (
    BulkAction("retry", later("Retry"), "sync:retry", _retry, _preview_retry),
    BulkAction("done", later("Mark done by hand"), "sync:resolve", _mark_done, _preview_mark_done),
)
DIFFERENCE_ACTIONS = (
    BulkAction("review", later("Reviewed"), "sync:resolve", _review, _preview_review),
)
REPAIR_ACTIONS = (
    *(("sync_queue", action) for action in QUEUE_ACTIONS),
    *(("sync_differences", action) for action in DIFFERENCE_ACTIONS),
)

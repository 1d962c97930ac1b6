"""Compare both books, type by type: counts, totals, balances, and every record that differs.

What is found is written down once and stays open until somebody decides or it is gone; a second
run repeats nothing. All of it is written in one transaction at the end, so a comparison that fails
in the middle changes nothing. It costs one call for each thousand records, and one more for each
hundred that differ. Documents before the start date are not looked at.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import sqlalchemy as sa

from batchly_admin.domain.statuses import ReconciliationState
from batchly_admin.errors import BatchlyError
from batchly_admin.models.reconciling import Reconciliation
from batchly_admin.models.synced import SYNCED
from batchly_admin.qbo import crash
from batchly_admin.qbo.client import Client
from batchly_admin.qbo.reconcile.books import BOOKS
from batchly_admin.qbo.reconcile.keeping import Kept, keep
from batchly_admin.qbo.reconcile.reading import Comparison, Result
from batchly_admin.qbo.reconcile.records import Scope
from batchly_admin.qbo.reconcile.running import Progress, start
from batchly_admin.services import notices, settings
from batchly_admin.services.unit_of_work import SYSTEM, UnitOfWorks

__all__ = ["run"]

SUMMARY = "Reconciliation"


def run(
    uows: UnitOfWorks,
    open_client: Callable[[], Client],
    *,
    trigger: str = "command",
    should_stop: Callable[[], bool] = lambda: False,
) -> dict[str, Any]:
    """Compare all books; give counts, totals and differences per type.

    Raises:
        Conflict: another comparison is under way.
        SyncError: QuickBooks could not be read; nothing was written down.
    """
    progress = Progress(uows, start(uows, trigger), should_stop)
    try:
        client = open_client()
        before = _calls(client)
        results = _compare(uows, client, progress)
        return _finish(uows, progress, results, _calls(client) - before)
    except BatchlyError as error:
        progress.fail(error.message)
        raise
    except Exception as error:
        progress.fail(f"Internal error: {type(error).__name__}.")
        raise


def _compare(uows: UnitOfWorks, client: Client, progress: Progress) -> list[Result]:
    with uows.read() as session:
        told = settings.get(session, "sync_start_date")
        ours = sum(
            session.scalar(sa.select(sa.func.count()).select_from(kind.model)) or 0
            for kind in SYNCED.values()
        )
    scope = Scope(start=date.fromisoformat(str(told)) if told else None)
    progress.expect(ours)
    results = []
    for book in BOOKS:
        progress.begin(book.entity_type)
        results.append(Comparison(uows, client, book, scope, progress.step).run())
    return results


def _finish(
    uows: UnitOfWorks, progress: Progress, results: list[Result], calls: int
) -> dict[str, Any]:
    with uows.begin(actor=SYSTEM, source="pull", summary=SUMMARY) as uow:
        kept = keep(uow, results)
        row = uow.session.get_one(Reconciliation, progress.run_id)
        for result in results:
            result.tally.new = kept.new_by_type.get(result.entity_type, 0)
        row.types = {result.entity_type: result.tally.as_dict() for result in results}
        row.state = ReconciliationState.FINISHED.value
        row.finished_at, row.lease_until, row.step = uow.now(), None, None
        row.compared = sum(tally["ours"] for tally in row.types.values())
        row.done = row.expected = progress.done
        row.found, row.new, row.settled = kept.still_open, kept.new, kept.settled
        row.on_the_way = sum(tally["on_the_way"] for tally in row.types.values())
        row.api_calls = calls
        row.message = _words(results)
        uow.session.flush()
        if kept.new:
            notices.differences_found(uow, kept.new, kept.still_open)
        crash.point("reconcile.before_commit")
        summary = _summary(row, kept)
    crash.point("reconcile.after_commit")
    return summary


def _words(results: list[Result]) -> str | None:
    cut = [result.entity_type.replace("_", " ") for result in results if result.is_cut]
    if not cut:
        return None
    return f"More differences than can be listed: {', '.join(cut)}. Is this the right company?"


def _summary(row: Reconciliation, kept: Kept) -> dict[str, Any]:
    begun, ended = row.started_at, row.finished_at
    return {
        "run": str(row.id),
        "state": row.state,
        "started_at": begun.isoformat() if begun else None,
        "finished_at": ended.isoformat() if ended else None,
        "seconds": round((ended - begun).total_seconds(), 3) if begun and ended else None,
        "api_calls": row.api_calls,
        "equal": kept.still_open == 0,
        "differences": kept.still_open,
        "new_differences": kept.new,
        "accepted": kept.accepted,
        "settled": kept.settled,
        "on_the_way": row.on_the_way,
        "message": row.message,
        "types": row.types,
    }


def _calls(client: Client) -> int:
    return sum(client.session.usage.counts.values())

"""Does the tasks of the set-up: takes one, runs it, and writes down what came of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from batchly_admin import logs
from batchly_admin.domain.setup import TaskKind
from batchly_admin.errors import BatchlyError, Reconnect, SyncError
from batchly_admin.qbo.client import Client
from batchly_admin.qbo.setup import matching, reading, rehearsal
from batchly_admin.services import backlog, settings, setup_tasks
from batchly_admin.services.unit_of_work import SYSTEM, UnitOfWorks

PATIENCE = 70.0
AT_ONCE = 100
Run = Callable[[UnitOfWorks, Client, setup_tasks.Hold], dict[str, Any]]

_log = logs.logger(__name__)


def work_one(uows: UnitOfWorks, open_client: Callable[[], Client]) -> bool:
    """Do one waiting task; tell whether there was one.

    Raises:
        Reconnect: the login has ended; the task says so.
    """
    hold = setup_tasks.take(uows)
    if hold is None:
        return False
    try:
        client = open_client()
        client.session.patience = PATIENCE
        setup_tasks.finish(uows, hold, RUNS[TaskKind(hold.kind)](uows, client, hold))
    except setup_tasks.TaskLost:
        _log.warning("Another worker has taken over a task of the set-up.")
    except Reconnect as error:
        _fail(uows, hold, error.message)
        raise
    except SyncError as error:
        _fail(uows, hold, f"{error.message} {error.hint}".strip())
    except BatchlyError as error:
        _fail(uows, hold, error.message)
    except Exception as error:  # noqa: BLE001 - outermost: a task never stays open
        _log.exception("A task of the set-up ended in an error of our own.")
        _fail(uows, hold, f"Internal error: {type(error).__name__}.")
    return True


def _fail(uows: UnitOfWorks, hold: setup_tasks.Hold, words: str) -> None:
    try:
        setup_tasks.fail(uows, hold, words)
    except setup_tasks.TaskLost:
        _log.warning("Another worker has taken over a task of the set-up.")


def _try_login(_uows: UnitOfWorks, client: Client, _hold: setup_tasks.Hold) -> dict[str, Any]:
    """Ask for the smallest thing there is: it fails when the permission was taken back."""
    return {"company": str(client.company_info().get("CompanyName") or "")}


def _queue_backlog(uows: UnitOfWorks, _client: Client, hold: setup_tasks.Hold) -> dict[str, Any]:
    """Queue what going live has to send, some records at a time; what stands there is left."""
    with uows.read() as session:
        text = settings.get(session, "sync_start_date")
        found = backlog.due(session, date.fromisoformat(str(text)) if text else None)
    queued = 0
    for begin in range(0, len(found), AT_ONCE):
        setup_tasks.report(uows, hold, done=begin, total=len(found), message="Queueing")
        with uows.begin(actor=SYSTEM, source="task", summary="QuickBooks backlog") as uow:
            queued += sum(backlog.queue(uow, one) for one in found[begin : begin + AT_ONCE])
    return {"queued": queued, "due": len(found)}


RUNS: dict[TaskKind, Run] = {
    TaskKind.CHECKS: reading.run,
    TaskKind.MATCHING: matching.run,
    TaskKind.REHEARSAL: rehearsal.run,
    TaskKind.LOGIN: _try_login,
    TaskKind.BACKLOG: _queue_backlog,
}

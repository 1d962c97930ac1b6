"""What the worker does when a bell rings: look in SQL, work for a few seconds, ring for the rest.

Slices are short so that pushes and bulk runs take turns, and so that a stop never waits long.
"""

from __future__ import annotations

from batchly_admin import logs
from batchly_admin.errors import Conflict, Reconnect, SyncError, Throttled, Transient
from batchly_admin.jobs import schedule
from batchly_admin.jobs.runtime import current
from batchly_admin.services import invoicing, mailing, notices, setup_tasks, trash
from batchly_admin.services.unit_of_work import SYSTEM

SLICE_SECONDS = 5.0
RECONCILE = "reconcile"
"""The slot in which both books are compared; all others are pulls."""

_log = logs.logger(__name__)


def drain_push() -> None:
    """Push what is due to QuickBooks."""
    runtime = current()
    runtime.bells.answered("push")
    if runtime.engine.drain(seconds=SLICE_SECONDS):
        runtime.bells.ring("push")


def work_runs() -> None:
    """Go on with unfinished bulk runs and imports."""
    runtime = current()
    runtime.bells.answered("runs")
    if runtime.work_runs(SLICE_SECONDS):
        runtime.bells.ring("runs")


def work_slots() -> None:
    """Make one owed pull and ring for the next."""
    runtime = current()
    runtime.bells.answered("slots")
    slot = schedule.take_slot(runtime.sessions, runtime.clock)
    if slot is not None:
        _fulfil(slot)
        runtime.bells.ring("slots")


def read_webhooks() -> None:
    """Read what QuickBooks told us about, and ring for the rest."""
    runtime = current()
    runtime.bells.answered("webhooks")
    try:
        is_left = runtime.engine.read_webhooks(seconds=SLICE_SECONDS)
    except SyncError as error:
        _log.warning("News of QuickBooks wait: %s", error.message)
        return
    if is_left:
        runtime.bells.ring("webhooks")


def send_mail() -> None:
    """Send the notices that wait, and ring for the rest."""
    runtime = current()
    runtime.bells.answered(notices.BELL)
    if mailing.drain(runtime.uows, runtime.mail_server, seconds=SLICE_SECONDS):
        runtime.bells.ring(notices.BELL)


def work_repairs() -> None:
    """Look into QuickBooks for those who repair a record, and ring for the rest."""
    runtime = current()
    runtime.bells.answered("repairs")
    try:
        is_left = runtime.engine.work_repairs(seconds=SLICE_SECONDS)
    except SyncError as error:
        _log.warning("Repairs wait: %s", error.message)
        return
    if is_left:
        runtime.bells.ring("repairs")


def work_setup() -> None:
    """Do one task of the guided set-up and ring for the next."""
    runtime = current()
    runtime.bells.answered("setup")
    try:
        is_done = runtime.engine.work_setup()
    except Reconnect as error:
        _log.warning("The set-up waits: %s", error.message)
        return
    if is_done:
        runtime.bells.ring("setup")


def sweep() -> None:
    """Find what no bell announced: expired leases, retries whose time has come, owed pulls."""
    runtime = current()
    runtime.bells.answered("sweep")
    runtime.engine.sweep()
    with runtime.uows.begin(actor=SYSTEM, source="task", summary="Overdue invoices") as uow:
        invoicing.refresh_overdue(uow)
    with runtime.uows.begin(actor=SYSTEM, source="task", summary="Notices") as uow:
        notices.look(uow)
    for bell in ("push", "runs"):
        runtime.bells.ring(bell)
    if schedule.is_owing(runtime.readers, runtime.clock):
        runtime.bells.ring("slots")
    if runtime.engine.has_webhooks():
        runtime.bells.ring("webhooks")
    if setup_tasks.is_waiting(runtime.uows):
        runtime.bells.ring("setup")
    if runtime.engine.has_repairs():
        runtime.bells.ring("repairs")


def _fulfil(slot: schedule.Slot) -> None:
    runtime = current()
    try:
        if slot.name in schedule.NIGHTLY:
            with runtime.uows.begin(actor=SYSTEM, source="task", summary="Trash") as uow:
                trash.purge(uow)
        elif slot.name == RECONCILE:
            runtime.engine.reconcile("schedule")
        else:
            runtime.engine.pull(slot.name)
    except (Transient, Throttled, Reconnect, Conflict) as error:
        schedule.postpone_slot(runtime.sessions, runtime.clock, slot, message=error.message)
    except SyncError as error:
        _end(slot, "failed", error.message)
    except Exception as error:  # noqa: BLE001 - outermost: a slot never stays open
        _log.exception("The slot %s ended in an error of our own.", slot.key)
        _end(slot, "failed", f"Internal error: {type(error).__name__}.")
    else:
        _end(slot, "done", "")


def _end(slot: schedule.Slot, state: str, message: str) -> None:
    runtime = current()
    schedule.finish_slot(runtime.sessions, runtime.clock, slot, state=state, message=message)

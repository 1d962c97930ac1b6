"""Repairs that look into QuickBooks: search, link, check what was done by hand, renumber.

A person asked for each and reads what came of it. QuickBooks is only read here; what is written is
ours, in one transaction with the end of the repair.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from batchly_admin import logs
from batchly_admin.domain.statuses import RepairKind, RepairState
from batchly_admin.errors import BatchlyError, Reconnect, Rejected, Throttled, Transient
from batchly_admin.models.repairs import SyncRepair
from batchly_admin.models.sync import SyncQueueRow
from batchly_admin.qbo.client import Client
from batchly_admin.qbo.engine import renumbering
from batchly_admin.qbo.engine.candidates import compare, find, wanted
from batchly_admin.qbo.engine.joining import join
from batchly_admin.qbo.push import PUSHERS, Pusher
from batchly_admin.services.unit_of_work import Actor, UnitOfWork, UnitOfWorks

TRIES = 5
WAIT = timedelta(seconds=30)
LEASE = timedelta(minutes=2)

_log = logs.logger(__name__)


@dataclass(frozen=True, slots=True)
class Task:
    """One repair in our hands; `attempt` proves it."""

    id: UUID
    attempt: int
    kind: str
    entity_type: str
    entity_id: UUID
    label: str
    params: dict[str, Any]
    actor: Actor


def work(uows: UnitOfWorks, open_client: Callable[[], Client], is_over: Callable[[], bool]) -> bool:
    """Do the repairs that wait, the oldest first; tell whether more may be due.

    Raises:
        Reconnect: the login has ended; the repairs wait for the next one.
    """
    while not is_over():
        task = _take(uows)
        if task is None:
            return False
        try:
            client = open_client()
            client.session.patience = 20.0
            _do(uows, client, task)
        except Reconnect as error:
            _put_off(uows, task, error.message)
            raise
        except (Transient, Throttled) as error:
            if task.attempt < TRIES:
                _put_off(uows, task, error.message)
            else:
                _fail(uows, task, error.message)
        except BatchlyError as error:
            _fail(uows, task, error.message)
        except Exception as error:  # noqa: BLE001 - outermost: one repair never stops the others
            _log.exception("The repair of %s ended in an error of our own.", task.label)
            _fail(uows, task, f"Something unexpected went wrong ({type(error).__name__}).")
    return is_owing_in(uows)


def is_owing_in(uows: UnitOfWorks) -> bool:
    """Tell whether a repair is due."""
    with uows.read() as session:
        return is_owing(session, uows.clock.now())


def is_owing(session: Session, now: datetime) -> bool:
    """Tell whether a repair is due."""
    return session.scalar(sa.select(SyncRepair.id).where(_due(now)).limit(1)) is not None


def _due(now: datetime) -> sa.ColumnElement[bool]:
    return sa.and_(SyncRepair.state == RepairState.WAITING, SyncRepair.next_attempt_at <= now)


def _take(uows: UnitOfWorks) -> Task | None:
    with uows.sessions.begin() as session:
        now = uows.clock.now()
        found = session.scalar(
            sa.select(SyncRepair)
            .where(_due(now))
            .order_by(SyncRepair.created_at, SyncRepair.id)
            .limit(1)
            .with_for_update(skip_locked=True)
        )
        if found is None:
            return None
        found.attempts += 1
        # While somebody works on it, this is the end of the lease.
        found.next_attempt_at = now + LEASE
        return Task(
            id=found.id,
            attempt=found.attempts,
            kind=found.kind,
            entity_type=found.entity_type,
            entity_id=found.entity_id,
            label=found.label,
            params=dict(found.params or {}),
            actor=Actor(found.actor_name, found.user_id),
        )


def _do(uows: UnitOfWorks, client: Client, task: Task) -> None:
    if task.kind == RepairKind.NUMBERS:
        highest = renumbering.highest(client, _prefix(uows))
        with _begin(uows, task) as uow:
            if (found := _ours(uow, task)) is not None:
                words = renumbering.go_on(uow, highest, task.label, str(task.params["reason"]))
                _tell_row(uow, task, words)
                _end(uow, found, RepairState.DONE, words)
        return
    pusher = PUSHERS.get(task.entity_type)
    if pusher is None:
        raise Rejected("Records of this kind cannot be linked to QuickBooks yet.")
    if task.kind == RepairKind.SEARCH:
        _search(uows, client, pusher, task)
        return
    body = client.read(pusher.entity, str(task.params["qbo_id"]))
    with _begin(uows, task) as uow:
        if (found := _ours(uow, task)) is not None:
            note = str(task.params.get("note") or "")
            words = join(uow, pusher, task.entity_id, body, note=note)
            _end(uow, found, RepairState.DONE, words)


def _search(uows: UnitOfWorks, client: Client, pusher: Pusher, task: Task) -> None:
    with uows.read() as session:
        asked = wanted(session, pusher, task.entity_id, str(task.params.get("text") or ""))
    bodies = find(client, pusher.entity, asked)
    with _begin(uows, task) as uow:
        found = _ours(uow, task)
        if found is None:
            return
        found.result = compare(uow.session, pusher, asked, bodies)
        count = len(bodies)
        words = f"{count} found in QuickBooks." if count else "Nothing like it is in QuickBooks."
        _end(uow, found, RepairState.DONE, words)


def _begin(uows: UnitOfWorks, task: Task) -> Any:
    return uows.begin(actor=task.actor, source="sync", summary=f"Repair of {task.label}"[:300])


def _prefix(uows: UnitOfWorks) -> str:
    with uows.read() as session:
        return renumbering.prefix(session)


def _ours(uow: UnitOfWork, task: Task) -> SyncRepair | None:
    """Give the repair, locked, unless somebody else has it by now."""
    found = uow.session.get(SyncRepair, task.id, with_for_update=True, populate_existing=True)
    if found is None or found.state != RepairState.WAITING or found.attempts != task.attempt:
        return None
    return found


def _end(uow: UnitOfWork, found: SyncRepair, state: RepairState, words: str) -> None:
    found.state = state.value
    found.message = words[:2000]
    found.finished_at = uow.now()
    uow.session.flush()


def _tell_row(uow: UnitOfWork, task: Task, words: str) -> None:
    uow.session.execute(
        sa.update(SyncQueueRow)
        .where(
            SyncQueueRow.entity_type == task.entity_type,
            SyncQueueRow.entity_id == task.entity_id,
            SyncQueueRow.status == "failed",
        )
        .values(error_hint=words)
        .execution_options(synchronize_session=False)
    )


def _put_off(uows: UnitOfWorks, task: Task, words: str) -> None:
    with uows.sessions.begin() as session:
        session.execute(
            sa.update(SyncRepair)
            .where(SyncRepair.id == task.id, SyncRepair.attempts == task.attempt)
            .values(next_attempt_at=uows.clock.now() + WAIT, message=words)
            .execution_options(synchronize_session=False)
        )


def _fail(uows: UnitOfWorks, task: Task, words: str) -> None:
    with _begin(uows, task) as uow:
        found = _ours(uow, task)
        if found is not None:
            _end(uow, found, RepairState.FAILED, words)

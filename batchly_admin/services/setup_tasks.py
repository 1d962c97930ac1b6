"""What the worker reads for the guided set-up: written down, taken under a lease, ended in words.

A web request never calls QuickBooks, so it writes a task here and rings; the page shows how far the
task is. A task that was cut off is begun again, because all of them only read.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from batchly_admin.domain.setup import TaskKind, TaskState
from batchly_admin.errors import Conflict
from batchly_admin.ids import token
from batchly_admin.models.matching import SetupTask
from batchly_admin.models.sync import QbConnection
from batchly_admin.services.unit_of_work import UnitOfWork, UnitOfWorks

BELL = "setup"
LEASE = timedelta(minutes=3)
MAX_ATTEMPTS = 3
OPEN = (TaskState.QUEUED, TaskState.RUNNING)


class TaskLost(Conflict):
    """Another worker has taken this task over."""


@dataclass(frozen=True, slots=True)
class Hold:
    """A task in our hands, proved by its token."""

    id: UUID
    kind: str
    connection_id: UUID
    lease_token: str


def start(uow: UnitOfWork, kind: TaskKind) -> SetupTask:
    """Write a task down and wake the worker; a second press finds the one that is under way.

    Raises:
        Conflict: QuickBooks is not connected.
    """
    connection = uow.session.scalar(
        sa.select(QbConnection).where(QbConnection.state == "connected").limit(1).with_for_update()
    )
    if connection is None:
        raise Conflict("QuickBooks is not connected. Connect it first.")
    known = uow.session.scalar(
        sa.select(SetupTask).where(
            SetupTask.connection_id == connection.id,
            SetupTask.kind == kind.value,
            SetupTask.state.in_(OPEN),
        )
    )
    if known is None:
        known = SetupTask(connection_id=connection.id, kind=kind.value, actor_name=uow.actor.name)
        uow.session.add(known)
        uow.session.flush()
    uow.ring_after_commit(BELL)
    return known


def newest(session: Session, connection_id: UUID, kind: TaskKind) -> SetupTask | None:
    """Give the last task of a kind, whatever became of it."""
    found: SetupTask | None = session.scalar(_of(connection_id, kind).limit(1))
    return found


def last_finished(session: Session, connection_id: UUID, kind: TaskKind) -> SetupTask | None:
    """Give the last task of a kind that came to its end."""
    query = _of(connection_id, kind).where(SetupTask.state == TaskState.FINISHED)
    found: SetupTask | None = session.scalar(query.limit(1))
    return found


def _of(connection_id: UUID, kind: TaskKind) -> Any:
    return (
        sa.select(SetupTask)
        .where(SetupTask.connection_id == connection_id, SetupTask.kind == kind.value)
        .order_by(SetupTask.id.desc())
    )


def is_waiting(uows: UnitOfWorks) -> bool:
    """Tell whether a task waits for a worker."""
    with uows.read() as session:
        found = session.scalar(sa.select(SetupTask.id).where(_is_free(uows)).limit(1))
    return found is not None


def take(uows: UnitOfWorks) -> Hold | None:
    """Take the oldest waiting task under a lease, or give None."""
    with uows.sessions.begin() as session:
        task = session.scalar(
            sa.select(SetupTask)
            .where(_is_free(uows))
            .order_by(SetupTask.id)
            .limit(1)
            .with_for_update(skip_locked=True)
        )
        if task is None:
            return None
        now = uows.clock.now()
        if task.attempts >= MAX_ATTEMPTS:
            task.state, task.finished_at = TaskState.FAILED.value, now
            task.message = "The worker ended three times while it was at this. Start it again."
            return None
        task.state = TaskState.RUNNING.value
        task.started_at = task.started_at or now
        task.attempts += 1
        task.done = task.total = 0
        task.lease_token, task.lease_until = token(18), now + LEASE
        return Hold(task.id, task.kind, task.connection_id, task.lease_token)


def report(uows: UnitOfWorks, hold: Hold, *, done: int, total: int, message: str = "") -> None:
    """Say how far a task is; that also renews its lease.

    Raises:
        TaskLost: the lease was lost, and somebody else is at it.
    """
    values = {"done": done, "total": total, "message": message or None}
    _write(uows, hold, {**values, "lease_until": uows.clock.now() + LEASE})


def finish(uows: UnitOfWorks, hold: Hold, result: Any) -> None:
    """Write down what was found."""
    _end(uows, hold, TaskState.FINISHED, {"result": result, "message": None})


def fail(uows: UnitOfWorks, hold: Hold, message: str) -> None:
    """Write down why nothing was found; what an earlier task found stays."""
    _end(uows, hold, TaskState.FAILED, {"message": message[:1000]})


def _end(uows: UnitOfWorks, hold: Hold, state: TaskState, values: dict[str, Any]) -> None:
    ended = {"state": state.value, "finished_at": uows.clock.now()}
    _write(uows, hold, {**values, **ended, "lease_token": None, "lease_until": None})


def _write(uows: UnitOfWorks, hold: Hold, values: dict[str, Any]) -> None:
    with uows.sessions.begin() as session:
        found = session.execute(
            sa.update(SetupTask)
            .where(SetupTask.id == hold.id, SetupTask.lease_token == hold.lease_token)
            .values(updated_at=uows.clock.now(), **values)
            .returning(SetupTask.id)
            .execution_options(synchronize_session=False)
        ).first()
    if found is None:
        raise TaskLost


def _is_free(uows: UnitOfWorks) -> sa.ColumnElement[bool]:
    abandoned = sa.and_(
        SetupTask.state == TaskState.RUNNING, SetupTask.lease_until <= uows.clock.now()
    )
    return sa.or_(SetupTask.state == TaskState.QUEUED, abandoned)

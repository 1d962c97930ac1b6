"""Bulk runs: start one, work through it row by row under a lease, retry, take back.

Every row is a unit of work of its own, and in its one transaction stand the effect, the result of
the row, the counts of the run and the renewal of the lease. So a worker that is killed never does a
row twice, and one that lost its lease changes nothing any more.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from batchly_admin import logs
from batchly_admin.domain.rights import granted
from batchly_admin.domain.statuses import RowState, RunState
from batchly_admin.errors import Conflict, NotAllowed, NotFound, UserError
from batchly_admin.ids import new_id, token
from batchly_admin.models.changes import Run, RunRow
from batchly_admin.models.company import User
from batchly_admin.services import history, row_answers
from batchly_admin.services.actions import ACTIONS
from batchly_admin.services.savepoints import savepoint
from batchly_admin.services.tallies import BulkAction
from batchly_admin.services.unit_of_work import Actor, UnitOfWork, UnitOfWorks

LEASE = timedelta(seconds=60)
ROWS_AT_ONCE = 50
INSERTED_AT_ONCE = 1_000
TRIES = 3
BELL = "runs"
TABLE_OF_UNDO = "change_sets"

CHOSEN_BY = "chosen_by"
"""Where a run's params keep the filter its rows were chosen by."""

Actions = Mapping[tuple[str, str], BulkAction]
StillFits = Callable[[Session, Run, frozenset[str]], Callable[[Session, UUID], bool]]
"""Gives, for a run that was chosen by a filter and its starter's rights, what asks a row."""
_log = logs.logger(__name__)


class LeaseLost(Conflict):
    """Another worker has taken over this run."""


@dataclass(frozen=True, slots=True)
class _Hold:
    """A lease on a run, and all that is needed to work on it."""

    run_id: UUID
    lease_token: str
    actor: Actor
    label: str
    params: Mapping[str, Any]
    action: BulkAction | None
    refusal: str | None
    fits: Callable[[Session, UUID], bool] | None = None


@dataclass(frozen=True, slots=True)
class _Row:
    """One row that waits."""

    id: UUID
    target_id: UUID
    label: str


def start_run(
    uow: UnitOfWork,
    *,
    table: str,
    action: str,
    label: str,
    targets: Sequence[tuple[UUID, str]],
    **more: Any,
) -> Run:
    """Write a run down and wake the worker; a second click with the same key finds the first run.

    `more` may give `params` and `request_key`, and for a retry or an undo the run it belongs to.

    Raises:
        Conflict: when there is nothing to do.
    """
    key = more.get("request_key")
    known = _by_key(uow, key)
    if known is not None:
        return known
    if not targets:
        raise Conflict("Nothing is selected.")
    run = Run(
        id=new_id(),
        table_name=table,
        action=action,
        label=label[:200],
        state=RunState.QUEUED.value,
        params=dict(more.get("params") or {}),
        user_id=uow.actor.user_id,
        actor_name=uow.actor.name,
        actor_roles=sorted(uow.actor.roles),
        request_key=key,
        retry_of_id=more.get("retry_of_id"),
        undo_of_id=more.get("undo_of_id"),
        total=len(targets),
        ok=0,
        failed=0,
    )
    try:
        with uow.session.begin_nested():
            uow.session.add(run)
            uow.session.flush()
    except IntegrityError:
        # Somebody clicked at the same moment; the run is there now.
        known = _by_key(uow, key)
        if known is None:
            raise
        return known
    _insert_rows(uow, run.id, targets)
    uow.ring_after_commit(BELL)
    return run


def work_slice(
    uows: UnitOfWorks,
    run_id: UUID,
    *,
    seconds: float,
    actions: Actions = ACTIONS,
    still_fits: StillFits | None = None,
) -> bool:
    """Work on a run for about `seconds`; tell whether it is finished, or in other hands.

    `still_fits` looks at each row again when all rows of a filter were chosen.

    Raises:
        NotFound: when there is no such run.
    """
    hold = _claim(uows, run_id, actions, still_fits)
    if hold is None:
        return True
    until = uows.clock.monotonic() + seconds
    try:
        while True:
            rows = _next_rows(uows, run_id)
            if not rows:
                return _finish(uows, hold)
            for row in rows:
                _work_row(uows, hold, row)
                if uows.clock.monotonic() >= until:
                    return False
    except LeaseLost:
        return True
    finally:
        _release(uows, hold)


def unfinished_runs(session: Session, now: datetime) -> list[UUID]:
    """Give the runs somebody has to go on with, the oldest first."""
    query = (
        sa.select(Run.id)
        .where(
            Run.state.in_((RunState.QUEUED, RunState.RUNNING)),
            sa.or_(Run.lease_until.is_(None), Run.lease_until <= now),
        )
        .order_by(Run.created_at, Run.id)
    )
    return list(session.scalars(query))


def retry_failed(uow: UnitOfWork, run: Run) -> Run:
    """Start a new run with the rows of a finished one that failed.

    Raises:
        Conflict: when the run is not finished, or nothing failed.
    """
    _check_finished(run)
    failed = uow.session.execute(
        sa.select(RunRow.target_id, RunRow.label)
        .where(RunRow.run_id == run.id, RunRow.state == RowState.FAILED)
        .order_by(RunRow.position)
    ).all()
    if not failed:
        raise Conflict("Nothing failed in this run.")
    return start_run(
        uow,
        table=run.table_name,
        action=run.action,
        label=f"Retry of {run.label}",
        targets=[(target_id, label) for target_id, label in failed],
        params=run.params,
        retry_of_id=run.id,
        undo_of_id=run.undo_of_id,
    )


def undo_run(uow: UnitOfWork, run: Run) -> Run:
    """Start a run that takes back what a finished one did, the last row first.

    Raises:
        Conflict: when the run is not finished, or nothing of it can be taken back.
    """
    _check_finished(run)
    found = history.change_sets_of_run(uow, run.id)
    if not found:
        raise Conflict("Nothing of this run is left to take back.")
    return start_run(
        uow,
        table=TABLE_OF_UNDO,
        action="undo",
        label=f"Undo of {run.label}",
        targets=[(one.id, (one.summary or run.label)[:200]) for one in found],
        undo_of_id=run.id,
    )


def dismiss(uow: UnitOfWork, run: Run) -> None:
    """Take a finished run out of the tray."""
    if run.state == RunState.FINISHED and run.dismissed_at is None:
        run.dismissed_at = uow.now()
        uow.session.flush()


def _by_key(uow: UnitOfWork, key: str | None) -> Run | None:
    if key is None:
        return None
    return uow.session.scalar(sa.select(Run).where(Run.request_key == key))


def _insert_rows(uow: UnitOfWork, run_id: UUID, targets: Sequence[tuple[UUID, str]]) -> None:
    moment = uow.now()
    for begin in range(0, len(targets), INSERTED_AT_ONCE):
        uow.session.execute(
            sa.insert(RunRow),
            [
                {
                    "id": new_id(),
                    "run_id": run_id,
                    "position": position,
                    "target_id": target_id,
                    "label": label[:200],
                    "state": RowState.WAITING.value,
                    "created_at": moment,
                    "updated_at": moment,
                    "version": 1,
                }
                for position, (target_id, label) in enumerate(
                    targets[begin : begin + INSERTED_AT_ONCE], start=begin
                )
            ],
        )


def _check_finished(run: Run) -> None:
    if run.state != RunState.FINISHED:
        raise Conflict("This run is not finished yet.")


def _claim(
    uows: UnitOfWorks, run_id: UUID, actions: Actions, still_fits: StillFits | None
) -> _Hold | None:
    """Take the lease, or give None when the run is finished or another worker has it."""
    with uows.sessions.begin() as session:
        run = session.get(Run, run_id, with_for_update=True)
        if run is None:
            raise NotFound("There is no such run.")
        now = uows.clock.now()
        taken = run.lease_until is not None and run.lease_until > now
        if run.state == RunState.FINISHED or taken:
            return None
        run.state = RunState.RUNNING.value
        run.started_at = run.started_at or now
        run.attempts += 1
        run.lease_token, run.lease_until = token(18), now + LEASE
        roles = frozenset(run.actor_roles or ())
        action = actions.get((run.table_name, run.action))
        params = dict(run.params or {})
        by_filter = params.pop(CHOSEN_BY, None) is not None
        fits = still_fits(session, run, granted(roles)) if by_filter and still_fits else None
        return _Hold(
            run_id=run.id,
            lease_token=run.lease_token,
            actor=Actor(run.actor_name, run.user_id, roles),
            label=action.label if action is not None else run.action,
            params=params,
            action=action,
            refusal=_refusal(session, run, roles, action),
            fits=fits,
        )


def _refusal(
    session: Session, run: Run, roles: Iterable[str], action: BulkAction | None
) -> str | None:
    """Say why nothing of a run may be done: its starter has to have the right still."""
    if action is None:
        return f"There is no action {run.action} for {run.table_name}."
    names = set(roles)
    if run.user_id is not None:
        user = session.get(User, run.user_id)
        if user is None or not user.is_active:
            return f"{run.actor_name} is no longer active."
        names &= {role.name for role in user.roles}
    if "system" not in names and action.right not in granted(names):
        return NotAllowed().message
    return None


def _next_rows(uows: UnitOfWorks, run_id: UUID) -> list[_Row]:
    with uows.read() as session:
        query = (
            sa.select(RunRow.id, RunRow.target_id, RunRow.label)
            .where(RunRow.run_id == run_id, RunRow.state == RowState.WAITING)
            .order_by(RunRow.position)
            .limit(ROWS_AT_ONCE)
        )
        return [_Row(*row) for row in session.execute(query)]


def _work_row(uows: UnitOfWorks, hold: _Hold, row: _Row) -> None:
    """Do one row; a database that was busy or two that met are no reason to fail it."""
    for tries_left in reversed(range(TRIES)):
        try:
            _try_row(uows, hold, row)
        except (OperationalError, StaleDataError):
            if not tries_left:
                raise
            uows.clock.sleep(0.05)
        else:
            return


def _try_row(uows: UnitOfWorks, hold: _Hold, row: _Row) -> None:
    answers = row_answers.words(hold.action, hold.params, row.target_id) if hold.action else ""
    summary = f"{hold.label}: {row.label}{answers}"[:300]
    with uows.begin(actor=hold.actor, source="task", run_id=hold.run_id, summary=summary) as uow:
        _renew(uow, hold)
        if not _is_waiting(uow, row):
            return
        try:
            with savepoint(uow):
                message, is_ok = _perform(uow, hold, row), True
        except UserError as refused:
            message, is_ok = refused.message, False
        except (OperationalError, StaleDataError):
            raise
        except Exception as error:  # noqa: BLE001 - outermost: one bad row never stops the run
            _log.exception("A row of run %s ended in an error of our own.", hold.run_id)
            message, is_ok = f"Internal error: {type(error).__name__}.", False
        _note(uow, hold, row, message=message, is_ok=is_ok)


def _perform(uow: UnitOfWork, hold: _Hold, row: _Row) -> str:
    if hold.action is None or hold.refusal is not None:
        raise NotAllowed(hold.refusal)
    if hold.fits is not None and not hold.fits(uow.session, row.target_id):
        raise Conflict("It no longer matches the filter that it was chosen by.")
    return hold.action.perform(uow, row.target_id, row_answers.of_row(hold.params, row.target_id))


def _renew(uow: UnitOfWork, hold: _Hold) -> None:
    """Make the lease longer; the run stays locked, so that only one worker is at it.

    Raises:
        LeaseLost: when another worker took over.
    """
    found = uow.session.execute(
        sa.update(Run)
        .where(Run.id == hold.run_id, Run.lease_token == hold.lease_token)
        .values(lease_until=uow.now() + LEASE)
        .returning(Run.id)
        .execution_options(synchronize_session=False)
    ).first()
    if found is None:
        raise LeaseLost


def _is_waiting(uow: UnitOfWork, row: _Row) -> bool:
    state = uow.session.scalar(sa.select(RunRow.state).where(RunRow.id == row.id))
    return state == RowState.WAITING


def _note(uow: UnitOfWork, hold: _Hold, row: _Row, *, message: str, is_ok: bool) -> None:
    state = RowState.OK if is_ok else RowState.FAILED
    column = Run.ok if is_ok else Run.failed
    uow.session.execute(
        sa.update(RunRow)
        .where(RunRow.id == row.id)
        .values(state=state.value, message=message, done_at=uow.now(), updated_at=uow.now())
        .execution_options(synchronize_session=False)
    )
    uow.session.execute(
        sa.update(Run)
        .where(Run.id == hold.run_id)
        .values({column: column + 1, Run.updated_at: uow.now()})
        .execution_options(synchronize_session=False)
    )


def _finish(uows: UnitOfWorks, hold: _Hold) -> bool:
    now = uows.clock.now()
    with uows.sessions.begin() as session:
        session.execute(
            sa.update(Run)
            .where(Run.id == hold.run_id, Run.lease_token == hold.lease_token)
            .values(
                state=RunState.FINISHED.value,
                finished_at=now,
                updated_at=now,
                message=hold.refusal,
            )
            .execution_options(synchronize_session=False)
        )
    return True


def _release(uows: UnitOfWorks, hold: _Hold) -> None:
    with uows.sessions.begin() as session:
        session.execute(
            sa.update(Run)
            .where(Run.id == hold.run_id, Run.lease_token == hold.lease_token)
            .values(lease_token=None, lease_until=None)
            .execution_options(synchronize_session=False)
        )

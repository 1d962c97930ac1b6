"""One reconciliation as a row: asked for, under way with its progress, finished or failed.

Nothing is written of the comparison until all types were read; a reconciliation that was cut off
leaves the differences as they were, and the next one begins anew.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from batchly_admin.domain.statuses import ReconciliationState
from batchly_admin.errors import Conflict, Transient
from batchly_admin.models.reconciling import Reconciliation
from batchly_admin.services.unit_of_work import UnitOfWorks

LEASE = timedelta(minutes=5)
CUT_OFF = "It was cut off; nothing of it was written down."
UNDER_WAY = "Both books are being compared already."
STOPPED = "Batchly is being stopped; the comparison begins anew afterwards."


class Progress:
    """Keeps one row up to date while the books are compared."""

    def __init__(self, uows: UnitOfWorks, run_id: UUID, should_stop: Callable[[], bool]) -> None:
        self._uows = uows
        self.run_id = run_id
        self._should_stop = should_stop
        self.done = 0

    def expect(self, count: int) -> None:
        """Say how many records there are to look at."""
        self._write(expected=count)

    def begin(self, step: str) -> None:
        """Say which type is compared now."""
        self._write(step=step)

    def step(self, count: int) -> None:
        """Say that some more records were looked at.

        Raises:
            Transient: the process is to stop.
        """
        self.done += count
        self._write(done=self.done)
        if self._should_stop():
            raise Transient(STOPPED, code="stopped")

    def fail(self, words: str) -> None:
        """Say why it ended early."""
        self._write(
            state=ReconciliationState.FAILED.value,
            message=words[:1000],
            finished_at=self._uows.clock.now(),
            lease_until=None,
        )

    def _write(self, **values: object) -> None:
        now = self._uows.clock.now()
        with self._uows.sessions.begin() as session:
            session.execute(
                sa.update(Reconciliation)
                .where(
                    Reconciliation.id == self.run_id,
                    Reconciliation.state == ReconciliationState.RUNNING,
                )
                .values(**{"lease_until": now + LEASE, "updated_at": now, **values})
                .execution_options(synchronize_session=False)
            )


def start(uows: UnitOfWorks, trigger: str) -> UUID:
    """Take what was asked for by a button, or begin one; give its id.

    Raises:
        Conflict: another one is under way.
    """
    now = uows.clock.now()
    with uows.sessions.begin() as session:
        _end_cut_off(session, now)
        running = session.scalar(
            sa.select(Reconciliation.id)
            .where(Reconciliation.state == ReconciliationState.RUNNING)
            .limit(1)
        )
        if running is not None:
            raise Conflict(UNDER_WAY)
        row = session.scalar(
            sa.select(Reconciliation)
            .where(Reconciliation.state == ReconciliationState.QUEUED)
            .order_by(Reconciliation.created_at)
            .limit(1)
            .with_for_update()
        )
        if row is None:
            row = Reconciliation(trigger=trigger, created_at=now)
            session.add(row)
        row.state = ReconciliationState.RUNNING.value
        row.started_at, row.lease_until, row.updated_at = now, now + LEASE, now
        session.flush()
        return row.id


def _end_cut_off(session: Session, now: object) -> None:
    session.execute(
        sa.update(Reconciliation)
        .where(
            Reconciliation.state == ReconciliationState.RUNNING, Reconciliation.lease_until <= now
        )
        .values(
            state=ReconciliationState.FAILED.value,
            message=CUT_OFF,
            finished_at=now,
            lease_until=None,
        )
        .execution_options(synchronize_session=False)
    )

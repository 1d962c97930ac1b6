"""The engine: everything that goes to QuickBooks and everything that comes back, under one roof.

It promises that a document that stands in the queue reaches QuickBooks exactly once, whatever dies
on the way. SQL says what is to do; the engine claims some rows under a lease, works on them one by
one, and writes down what came of each. It may be called by anybody at any time: by a bell, by the
minute's sweep, by hand; what two callers do at once they do not do twice. It costs two small
transactions a document. It is not for anything a person waits for with the page open.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from batchly_admin.models.sync import SyncBatch
from batchly_admin.qbo import facts, pull, reconcile, setup, webhooks
from batchly_admin.qbo.engine import breaker, linking, runs, status, sweeping
from batchly_admin.qbo.engine.draining import Draining, DrainResult
from batchly_admin.qbo.engine.line import PATIENT
from batchly_admin.qbo.pull import PullResult
from batchly_admin.services import resending
from batchly_admin.services.unit_of_work import SYSTEM, UnitOfWork

__all__ = ["DrainResult", "Engine"]


class Engine(Draining):
    """Pushes, pulls and compares; one in each process."""

    pull_types: tuple[str, ...] = tuple(pull.PULLS)

    def sweep(self) -> int:
        """Put right what no bell announced; give how many rows are due now."""
        with self._uows.begin(actor=SYSTEM, source="push", summary="Sync sweep") as uow:
            return sweeping.sweep(uow)

    @runs.recorded(runs.PULL)
    def pull(self, sync_type: str) -> PullResult:
        """Fetch the news of one type of record, `pull_types` names them.

        Raises:
            SyncError: it could not be fetched; the status row says why.
        """
        with self._talking():
            client = self._open()
            client.session.patience = PATIENT
            result = pull.run(self._uows, client, sync_type)
        self._got_through()
        return result

    def read_webhooks(self, *, seconds: float = 5.0) -> bool:
        """Read what QuickBooks told us about; tell whether something may be left that is due.

        Raises:
            SyncError: QuickBooks could not be read; nothing of it is lost.
        """
        deadline = self._clock.monotonic() + seconds
        with self._talking():
            while self.has_webhooks():
                if self._is_over(deadline):
                    return True
                client = self._open()
                client.session.patience = max(seconds, 1.5)
                if not webhooks.Reading(self._uows, client).run():
                    return False
        return False

    def has_webhooks(self) -> bool:
        """Tell whether an event waits and QuickBooks may be asked about it now."""
        now = self._clock.now()
        with self._uows.read() as session:
            connection = facts.connection_of(session)
            return breaker.may_read(connection, now) and webhooks.is_owing(session, now)

    def work_repairs(self, *, seconds: float = 5.0) -> bool:
        """Look into QuickBooks for those who repair a record; tell whether more may be due.

        Raises:
            Reconnect: the login has ended; the repairs wait for the next one.
        """
        deadline = self._clock.monotonic() + seconds
        with self._talking():
            return linking.work(self._uows, self._open, lambda: self._is_over(deadline))

    def has_repairs(self) -> bool:
        """Tell whether a repair is due."""
        return linking.is_owing_in(self._uows)

    def work_setup(self) -> bool:
        """Do one waiting task of the guided set-up; tell whether there was one.

        Raises:
            Reconnect: the login has ended; the task says so.
        """
        with self._talking():
            return setup.work_one(self._uows, self._open)

    @runs.recorded(runs.RECONCILE)
    def reconcile(self, trigger: str = "command") -> dict[str, Any]:
        """Compare both books; give the summary, and write new differences down.

        Raises:
            Conflict: another comparison is under way.
            SyncError: QuickBooks could not be read; nothing was written down.
        """
        with self._talking():
            summary = reconcile.run(
                self._uows, self._open_to_read, trigger=trigger, should_stop=self._should_stop
            )
        self._got_through()
        return summary

    def status(self, session: Session) -> dict[str, Any]:
        """Give the state of the connection and of every type of record."""
        return status.read(session, self._clock.now())

    def retry(self, uow: UnitOfWork, ids: list[UUID]) -> SyncBatch:
        """Send these failed rows again, as one batch whose progress can be watched."""
        return resending.retry(uow, ids)

    def retry_all(self, uow: UnitOfWork, where: Mapping[str, Any] | None = None) -> SyncBatch:
        """Send every failed row again, or those of one entity_type or error_class."""
        return resending.retry_all(uow, where or {})

"""The engine: everything that goes to QuickBooks and everything that comes back, under one roof.

It promises that a document that stands in the queue reaches QuickBooks exactly once, whatever dies
on the way. SQL says what is to do; the engine claims some rows under a lease, works on them one by
one, and writes down what came of each. It may be called by anybody at any time: by a bell, by the
minute's sweep, by hand; what two callers do at once they do not do twice. It costs two small
transactions a document. It is not for anything a person waits for with the page open.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import redis
from sqlalchemy.orm import Session

from batchly_admin import logs
from batchly_admin.errors import Reconnect, SyncError, Transient
from batchly_admin.models.sync import SyncBatch
from batchly_admin.qbo import crash, facts, pull, reconcile, setup, webhooks
from batchly_admin.qbo.auth import NOT_CONNECTED, Logins
from batchly_admin.qbo.client import Client
from batchly_admin.qbo.engine import breaker, budget, linking, queue, runs, status, sweeping
from batchly_admin.qbo.engine.batching import BatchWork, portions
from batchly_admin.qbo.engine.failing import end_login
from batchly_admin.qbo.engine.work import Outcome
from batchly_admin.qbo.gateway import Access
from batchly_admin.qbo.pull import PullResult
from batchly_admin.qbo.session import TIMEOUTS, QboSession
from batchly_admin.qbo.throttle import Pace, Throttle
from batchly_admin.qbo.vault import TokenBox
from batchly_admin.services import resending
from batchly_admin.services.unit_of_work import SYSTEM, UnitOfWork, UnitOfWorks

_log = logs.logger(__name__)


@dataclass(frozen=True, slots=True)
class DrainResult:
    """What one drain did; it is true when rows are due that could leave at once."""

    claimed: int = 0
    completed: int = 0
    failed: int = 0
    blocked: int = 0
    left: int = 0
    words: str = ""

    def __bool__(self) -> bool:
        return self.left > 0 and not self.words


class Engine:
    """Pushes, pulls and compares; one in each process."""

    pull_types: tuple[str, ...] = tuple(pull.PULLS)

    def __init__(
        self,
        uows: UnitOfWorks,
        box: TokenBox,
        access: Access,
        *,
        connection: redis.Redis | None = None,
        pace: Pace | None = None,
        should_stop: Callable[[], bool] = lambda: False,
    ) -> None:
        self.logins = Logins(uows, box, access)
        self._uows = uows
        self.history = runs.History(uows)
        self._clock = uows.clock
        self.pace = pace or Pace()
        self._throttle = Throttle(connection, uows.clock, self.pace)
        self.timeouts = TIMEOUTS
        self._should_stop = should_stop
        self._client: Client | None = None

    @runs.recorded(runs.PUSH)
    def drain(self, *, seconds: float = 25.0) -> DrainResult:
        """Push until nothing is due, the time is used up, or QuickBooks cannot be called."""
        counts: Counter[str] = Counter()
        deadline = self._clock.monotonic() + seconds
        words = ""
        while not words and not self._is_over(deadline):
            claims, gate = self._claim()
            if not claims:
                words = gate.words
                break
            counts["claimed"] += len(claims)
            if not self._work(claims, gate, deadline, counts):
                words = "stopped"
                break
        self._write_usage()
        with self._uows.read() as session:
            left = queue.count_due(session, self._clock.now())
        return DrainResult(
            claimed=counts["claimed"],
            completed=counts[Outcome.COMPLETED.value],
            failed=counts[Outcome.FAILED.value],
            blocked=counts[Outcome.BLOCKED.value],
            left=left,
            words=words,
        )

    def _claim(self) -> tuple[list[queue.Claim], breaker.Gate]:
        now = self._clock.now()
        with self._uows.begin(actor=SYSTEM, source="push") as uow:
            connection = facts.connection_of(uow.session)
            gate = breaker.look(connection, now, queue.CLAIM_SIZE)
            if gate.connection_id is None:
                breaker.block_for_login(uow.session, gate.words)
            else:
                breaker.unblock_for_login(uow.session, now)
                budget.prepare(uow.session, now)
            claims = queue.claim(uow.session, now, gate.limit) if gate.limit else []
            crash.point("claim.before_commit")
        crash.point("claim.after_commit")
        return claims, gate

    def _work(
        self, claims: list[queue.Claim], gate: breaker.Gate, deadline: float, counts: Counter[str]
    ) -> bool:
        """Work on the rows in turn; False when QuickBooks cannot be called for now."""
        try:
            client = self._open()
        except Reconnect:
            self._release(claims)
            return False
        work = BatchWork(self._uows, client, gate.connection_id or UUID(int=0))
        left = {claim.id: claim for claim in claims}
        has_failed = gate.has_failed
        for portion in portions(claims, self._clock.now()):
            if self._is_over(deadline):
                break
            # Waiting for our own pace past the end of the slice would keep the stop waiting too.
            client.session.patience = max(deadline - self._clock.monotonic(), 1.5)
            is_stopped = is_paused = False
            for claim, outcome in work.run_portion(portion):
                counts[outcome.value] += 1
                if outcome is Outcome.PAUSED:
                    is_paused = True
                    continue
                del left[claim.id]
                is_stopped = is_stopped or outcome is Outcome.STOPPED
                has_failed = has_failed or outcome in {Outcome.WAITING, Outcome.FAILED}
                if has_failed and outcome is Outcome.COMPLETED:
                    self._got_through(pushed=True)
                    has_failed = False
            if is_stopped or is_paused:
                self._release(list(left.values()))
                return not is_stopped
        self._release(list(left.values()))
        return True

    def _release(self, claims: list[queue.Claim]) -> None:
        if claims:
            with self._uows.sessions.begin() as session:
                queue.release(session, claims)

    def _is_over(self, deadline: float) -> bool:
        return self._should_stop() or self._clock.monotonic() >= deadline

    def _open(self) -> Client:
        """Give the client of the connected company; its connections stay open between drains.

        Raises:
            Reconnect: there is no connection.
        """
        with self._uows.read() as session:
            connection = facts.connection_of(session)
            if connection is None or connection.state != "connected":
                raise Reconnect(connection.last_error if connection else NOT_CONNECTED)
        client = self._client
        if client is None or (client.realm, client.base_url) != (
            connection.realm_id,
            connection.base_url,
        ):
            wire = QboSession(
                self._throttle,
                self._clock,
                realm=connection.realm_id,
                timeouts=self.timeouts,
            )
            client = self._client = Client(
                wire,
                self.logins,
                connection_id=connection.id,
                realm=connection.realm_id,
                base_url=connection.base_url,
            )
        return client

    def _write_usage(self) -> None:
        if self._client is None or not self._client.session.usage.counts:
            return
        with self._uows.sessions.begin() as session:
            self._client.session.usage.write(session)
            status.note_call(session, self._clock.now())

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
        try:
            client = self._open()
            client.session.patience = 70.0
            result = pull.run(self._uows, client, sync_type)
        except Reconnect as error:
            self._lose_login(error)
            raise
        finally:
            self._write_usage()
        self._got_through()
        return result

    def read_webhooks(self, *, seconds: float = 5.0) -> bool:
        """Read what QuickBooks told us about; tell whether something may be left that is due.

        Raises:
            SyncError: QuickBooks could not be read; nothing of it is lost.
        """
        deadline = self._clock.monotonic() + seconds
        try:
            while self.has_webhooks():
                if self._is_over(deadline):
                    return True
                client = self._open()
                client.session.patience = max(seconds, 1.5)
                if not webhooks.Reading(self._uows, client).run():
                    return False
        except Reconnect as error:
            self._lose_login(error)
            raise
        finally:
            self._write_usage()
        return False

    def work_repairs(self, *, seconds: float = 5.0) -> bool:
        """Look into QuickBooks for those who repair a record; tell whether more may be due.

        Raises:
            Reconnect: the login has ended; the repairs wait for the next one.
        """
        deadline = self._clock.monotonic() + seconds
        try:
            return linking.work(self._uows, self._open, lambda: self._is_over(deadline))
        except Reconnect as error:
            self._lose_login(error)
            raise
        finally:
            self._write_usage()

    def has_repairs(self) -> bool:
        """Tell whether a repair is due."""
        return linking.is_owing_in(self._uows)

    def work_setup(self) -> bool:
        """Do one waiting task of the guided set-up; tell whether there was one.

        Raises:
            Reconnect: the login has ended; the task says so.
        """
        try:
            return setup.work_one(self._uows, self._open)
        except Reconnect as error:
            self._lose_login(error)
            raise
        finally:
            self._write_usage()

    def has_webhooks(self) -> bool:
        """Tell whether an event waits and QuickBooks may be asked about it now."""
        now = self._clock.now()
        with self._uows.read() as session:
            connection = facts.connection_of(session)
            return breaker.may_read(connection, now) and webhooks.is_owing(session, now)

    def _got_through(self, *, pushed: bool = False) -> None:
        with self._uows.sessions.begin() as session:
            connection = facts.connection_of(session)
            if connection is not None:
                breaker.succeed(session, connection.id, pushed=pushed)

    def _lose_login(self, error: SyncError) -> None:
        with self._uows.begin(actor=SYSTEM, source="pull") as uow:
            connection = facts.connection_of(uow.session)
            if connection is not None and error.fault_code != "6190":
                end_login(uow, connection.id, error.message)

    @runs.recorded(runs.RECONCILE)
    def reconcile(self, trigger: str = "command") -> dict[str, Any]:
        """Compare both books; give the summary, and write new differences down.

        Raises:
            Conflict: another comparison is under way.
            SyncError: QuickBooks could not be read; nothing was written down.
        """
        try:
            summary = reconcile.run(
                self._uows, self._open_to_read, trigger=trigger, should_stop=self._should_stop
            )
        except Reconnect as error:
            self._lose_login(error)
            raise
        finally:
            self._write_usage()
        self._got_through()
        return summary

    def _open_to_read(self) -> Client:
        """Give the client for long reading, unless QuickBooks wants to be left alone.

        Raises:
            Reconnect: there is no connection.
            Transient: the breaker is open, or QuickBooks asked us to slow down.
        """
        client = self._open()
        with self._uows.read() as session:
            if not breaker.may_read(facts.connection_of(session), self._clock.now()):
                raise Transient("QuickBooks cannot be asked just now; try again in some minutes.")
        client.session.patience = 70.0
        return client

    def status(self, session: Session) -> dict[str, Any]:
        """Give the state of the connection and of every type of record."""
        return status.read(session, self._clock.now())

    def retry(self, uow: UnitOfWork, ids: list[UUID]) -> SyncBatch:
        """Send these failed rows again, as one batch whose progress can be watched."""
        return resending.retry(uow, ids)

    def retry_all(self, uow: UnitOfWork, where: Mapping[str, Any] | None = None) -> SyncBatch:
        """Send every failed row again, or those of one entity_type or error_class."""
        return resending.retry_all(uow, where or {})

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
from batchly_admin.errors import Reconnect, SyncError
from batchly_admin.models.sync import SyncBatch
from batchly_admin.qbo import crash, facts, pull, reconcile
from batchly_admin.qbo.auth import NOT_CONNECTED, Logins
from batchly_admin.qbo.client import Client
from batchly_admin.qbo.engine import breaker, queue, retrying, status, sweeping
from batchly_admin.qbo.engine.failing import end_login
from batchly_admin.qbo.engine.work import Outcome, RowWork
from batchly_admin.qbo.gateway import Access
from batchly_admin.qbo.pull import PullResult
from batchly_admin.qbo.session import TIMEOUTS, QboSession
from batchly_admin.qbo.throttle import Pace, Throttle
from batchly_admin.qbo.vault import TokenBox
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
        self._clock = uows.clock
        self._throttle = Throttle(connection, uows.clock, pace or Pace())
        self.timeouts = TIMEOUTS
        self._should_stop = should_stop
        self._client: Client | None = None

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
        work = RowWork(self._uows, client, gate.connection_id or UUID(int=0))
        has_failed = gate.has_failed
        for index, claim in enumerate(claims):
            if self._is_over(deadline):
                self._release(claims[index:])
                return True
            # Waiting for our own pace past the end of the slice would keep the stop waiting too.
            client.session.patience = max(deadline - self._clock.monotonic(), 1.5)
            outcome = work.run(claim)
            counts[outcome.value] += 1
            if outcome is Outcome.PAUSED:
                self._release(claims[index:])
                return True
            if outcome is Outcome.STOPPED:
                self._release(claims[index + 1 :])
                return False
            has_failed = has_failed or outcome is Outcome.WAITING
            if has_failed and outcome is Outcome.COMPLETED:
                self._got_through()
                has_failed = False
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

    def _got_through(self) -> None:
        with self._uows.sessions.begin() as session:
            connection = facts.connection_of(session)
            if connection is not None:
                breaker.succeed(session, connection.id)

    def _lose_login(self, error: SyncError) -> None:
        with self._uows.begin(actor=SYSTEM, source="pull") as uow:
            connection = facts.connection_of(uow.session)
            if connection is not None and error.fault_code != "6190":
                end_login(uow, connection.id, error.message)

    def reconcile(self) -> dict[str, Any]:
        """Compare both books; give the summary, and write new differences down.

        Raises:
            SyncError: QuickBooks could not be read.
        """
        try:
            client = self._open()
            client.session.patience = 70.0
            return reconcile.run(self._uows, client)
        finally:
            self._write_usage()

    def status(self, session: Session) -> dict[str, Any]:
        """Give the state of the connection and of every type of record."""
        return status.read(session, self._clock.now())

    def retry(self, uow: UnitOfWork, ids: list[UUID]) -> SyncBatch:
        """Send these failed rows again, as one batch whose progress can be watched."""
        return retrying.retry(uow, ids)

    def retry_all(self, uow: UnitOfWork, where: Mapping[str, Any] | None = None) -> SyncBatch:
        """Send every failed row again, or those of one entity_type or error_class."""
        return retrying.retry_all(uow, where or {})

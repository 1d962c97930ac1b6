"""Push until nothing is due: claim some rows, work on them, write down what came of each."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from uuid import UUID

from batchly_admin.errors import Reconnect
from batchly_admin.qbo import crash, facts
from batchly_admin.qbo.engine import breaker, budget, queue, runs
from batchly_admin.qbo.engine.batching import BatchWork, portions
from batchly_admin.qbo.engine.line import Line
from batchly_admin.qbo.engine.work import Outcome
from batchly_admin.services.unit_of_work import SYSTEM


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


class Draining(Line):
    """The half of the engine that pushes."""

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

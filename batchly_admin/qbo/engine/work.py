"""One row from claim to end: check, write down, call, verify, record; or say why not.

Four steps with a commit between them, so that a process that dies anywhere leaves a row that says
how far it came. Nothing is open in the database while QuickBooks is called.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from enum import Enum
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy.orm.exc import StaleDataError

from batchly_admin import logs
from batchly_admin.errors import AlreadyThere, Rejected, StaleRemote, SyncError
from batchly_admin.qbo import crash, facts
from batchly_admin.qbo.client import Client
from batchly_admin.qbo.engine import parents, queue
from batchly_admin.qbo.engine.failing import fail
from batchly_admin.qbo.engine.recording import Answer, Done, digest, note_attempt, save
from batchly_admin.qbo.mapping import fields
from batchly_admin.qbo.push import NOTHING, Pusher, Sending, pusher_of
from batchly_admin.qbo.push.base import CREATE, DELETE, UPDATE, VOID
from batchly_admin.qbo.session import OWN_PACE, Call
from batchly_admin.services import outbox
from batchly_admin.services.unit_of_work import SYSTEM, UnitOfWorks

REPLAY_LIVES = timedelta(hours=24)
"""How long Intuit can be trusted to remember a request id; later we look before we send."""

SAVE_TRIES = 3
ENDS = frozenset({VOID, DELETE})
NOT_THERE = "610"

_T = TypeVar("_T")
_log = logs.logger(__name__)


class Outcome(Enum):
    """How one row ended."""

    COMPLETED = "completed"
    FAILED = "failed"
    WAITING = "waiting"
    BLOCKED = "blocked"
    LOST = "lost"
    PAUSED = "paused"
    STOPPED = "stopped"


class RowWork:
    """Works on claimed rows of one connection."""

    def __init__(self, uows: UnitOfWorks, client: Client, connection_id: UUID) -> None:
        self._uows = uows
        self._client = client
        self._connection_id = connection_id
        self._known: facts.Facts | None = None

    def run(self, claim: queue.Claim) -> Outcome:
        """Work on one row to its end; errors become the row's state."""
        started = self._uows.clock.now()
        self._client.session.take_calls()
        return self._guarded(claim, started, lambda: self._work(claim, started))

    def _work(self, claim: queue.Claim, started: datetime) -> Outcome:
        pusher = self._pusher(claim)
        sending = self._prepare(claim, pusher, self._learn(pusher))
        if isinstance(sending, Outcome):
            return sending
        answer = self._send(claim, pusher, sending)
        return self._record(Done(claim, pusher, sending, answer, started))

    def _guarded(
        self, claim: queue.Claim, started: datetime, work: Callable[[], _T]
    ) -> _T | Outcome:
        """Do some of a row's work; errors become the row's state."""
        try:
            return work()
        except SyncError as error:
            if error.fault_code == OWN_PACE:
                return Outcome.PAUSED
            problem = error
        except Exception as error:  # noqa: BLE001 - outermost: one row never stops the others
            _log.exception("The row of %s ended in an error of our own.", claim.label)
            problem = SyncError(
                f"Something unexpected went wrong ({type(error).__name__}).",
                code=type(error).__name__[:20],
                hint="It is tried again; if it stays, report it.",
            )
        return self._fail(claim, problem, started)

    def _pusher(self, claim: queue.Claim) -> Pusher:
        return pusher_of(claim.entity_type)

    def _learn(self, pusher: Pusher) -> facts.Facts:
        # One claim's rows share what is known; the next claim reads it again.
        known = self._known
        if known is None:
            with self._uows.read() as session:
                connection = facts.connection_of(session)
                known = facts.read(connection) if connection is not None else facts.Facts()
        learned = pusher.learn(self._client, known)
        self._known = self._keep(learned) if learned else known
        return self._known

    def _keep(self, learned: dict[str, Any]) -> facts.Facts:
        with self._uows.begin(actor=SYSTEM, source="push") as uow:
            return facts.keep(uow.session, self._connection_id, **learned)

    def _prepare(
        self,
        claim: queue.Claim,
        pusher: Pusher,
        known: facts.Facts,
        *,
        group_id: str | None = None,
    ) -> Sending | Outcome:
        with self._uows.begin(actor=SYSTEM, source="push") as uow:
            session = uow.session
            if not queue.begin(session, claim, uow.now()):
                return Outcome.LOST
            record = pusher.load(session, claim.entity_id)
            if record is None:
                raise Rejected("The record no longer exists here.", code="gone")
            missing = parents.missing(pusher, record) if claim.operation != VOID else []
            if missing:
                parents.wait_for(uow, claim, record, missing)
                return Outcome.BLOCKED
            sending = pusher.prepare(session, record, claim.operation, known)
            group = group_id if self._goes_in_batch(claim, sending) else None
            queue.mark_sending(session, claim, digest(sending.payload), uow.now(), group)
            crash.point("prepare.before_commit")
        crash.point("prepare.after_commit")
        return sending

    def _goes_in_batch(self, claim: queue.Claim, sending: Sending) -> bool:
        return sending.verb == CREATE and not self._has_to_look(claim, sending)

    def _send(self, claim: queue.Claim, pusher: Pusher, sending: Sending) -> Answer | None:
        if sending.verb == NOTHING:
            return None
        if sending.verb in ENDS and "Id" not in sending.payload:
            return self._void_unknown(claim, pusher, sending)
        if sending.verb == CREATE and self._has_to_look(claim, sending):
            found = self._find(pusher, sending)
            if found is not None:
                return Answer(found, adopted=True)
        try:
            return Answer(self._call(sending, sending.payload, claim.request_id))
        except AlreadyThere:
            found = self._find(pusher, sending) if sending.verb == CREATE else None
            if found is None:
                raise
            return Answer(found, adopted=True)
        except StaleRemote:
            # What is new has no version to be behind of: it is simply tried again.
            if "Id" not in sending.payload:
                raise
            return self._send_again(claim, sending)

    def _void_unknown(self, claim: queue.Claim, pusher: Pusher, sending: Sending) -> Answer | None:
        """Void what may have arrived although no answer ever did."""
        found = self._find(pusher, sending)
        if found is None or fields.is_voided(found):
            return Answer(found, adopted=True) if found is not None else None
        version = {"Id": str(found["Id"]), "SyncToken": str(found.get("SyncToken") or "0")}
        return Answer(self._call(sending, version, claim.request_id))

    def _has_to_look(self, claim: queue.Claim, sending: Sending) -> bool:
        if claim.sent_at is None:
            return sending.look_first
        return self._uows.clock.now() - claim.sent_at > REPLAY_LIVES

    def _find(self, pusher: Pusher, sending: Sending) -> dict[str, Any] | None:
        crash.point("lookup.before_call")
        found = pusher.find(self._client, sending)
        crash.point("lookup.after_call")
        return found

    def _call(
        self, sending: Sending, payload: Mapping[str, Any], request_id: str
    ) -> dict[str, Any]:
        verbs = {
            CREATE: self._client.create,
            UPDATE: self._client.update,
            VOID: self._client.void,
            DELETE: self._client.delete,
        }
        crash.point("send.before_call")
        try:
            body = verbs[sending.verb](sending.entity, payload, request_id=request_id)
        except Rejected as error:
            if sending.verb != DELETE or error.fault_code != NOT_THERE:
                raise
            # What should be gone is gone: somebody was quicker, or an answer was lost long ago.
            body = {"Id": payload["Id"], "status": "Deleted"}
        crash.point("send.after_call")
        return body

    def _send_again(self, claim: queue.Claim, sending: Sending) -> Answer:
        """Read the present version, and send once more under a new name."""
        present = self._client.read(sending.entity, str(sending.payload["Id"]))
        if sending.verb == VOID and fields.is_voided(present):
            return Answer(present, adopted=True)
        generation = claim.generation + 1
        name = outbox.request_id(claim.id, generation)
        with self._uows.begin(actor=SYSTEM, source="push") as uow:
            queue.new_name(uow.session, claim, name, generation)
        payload = {**sending.payload, "SyncToken": str(present.get("SyncToken") or "0")}
        return Answer(self._call(sending, payload, name))

    def _record(self, done: Done, calls: list[Call] | None = None) -> Outcome:
        calls = self._client.session.take_calls() if calls is None else calls
        for left in reversed(range(SAVE_TRIES)):
            try:
                with self._uows.begin(
                    actor=SYSTEM, source="push", summary="Sent to QuickBooks"
                ) as uow:
                    is_ours = save(uow, done, calls)
                    crash.point("record.before_commit")
                break
            except StaleDataError:
                # Somebody saved the record between our reading and our writing.
                if not left:
                    raise
        crash.point("record.after_commit")
        return Outcome.COMPLETED if is_ours else Outcome.LOST

    def _fail(
        self,
        claim: queue.Claim,
        error: SyncError,
        started: datetime,
        calls: list[Call] | None = None,
    ) -> Outcome:
        calls = self._client.session.take_calls() if calls is None else calls
        with self._uows.begin(actor=SYSTEM, source="push") as uow:
            words = error.message[:1000]
            note_attempt(uow, claim, started, calls, message=words, error=error)
            end = fail(uow, claim, self._connection_id, error)
            crash.point("failure.before_commit")
        crash.point("failure.after_commit")
        return Outcome(end)

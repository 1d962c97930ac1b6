"""Write down how a row ended: in our record, the queue, the attempts, and in what waits for it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
import sqlalchemy as sa
from sqlalchemy.orm import Session

from batchly_admin.domain.statuses import QueueStatus, SyncState
from batchly_admin.errors import Rejected, SyncError
from batchly_admin.models.sync import SyncAttempt, SyncQueueRow
from batchly_admin.qbo import mismatch, verify
from batchly_admin.qbo.engine import batches, queue
from batchly_admin.qbo.push import Pusher, Sending
from batchly_admin.qbo.session import Call
from batchly_admin.services import outbox
from batchly_admin.services.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class Answer:
    """What QuickBooks holds now; `adopted` when it was there before."""

    body: Mapping[str, Any]
    adopted: bool = False


@dataclass(frozen=True, slots=True)
class Done:
    """A row whose call got through; without an answer there was nothing to send."""

    claim: queue.Claim
    pusher: Pusher
    sending: Sending
    answer: Answer | None
    started: datetime


def save(uow: UnitOfWork, done: Done, calls: list[Call]) -> bool:
    """Record a success in one transaction; False when the row is no longer ours to record."""
    claim, pusher = done.claim, done.pusher
    row = uow.session.get(SyncQueueRow, claim.id, with_for_update=True)
    if row is None or row.locked_by != claim.token:
        return False
    record = _locked_record(uow.session, pusher, claim)
    findings: list[verify.Finding] = []
    if done.answer is not None:
        findings = pusher.check(done.sending, done.answer.body)
        pusher.record(uow, record, done.answer.body)
    _complete(uow, row, pusher, record)
    words = mismatch.report(uow, row, row.qbo_id or "", findings) if findings else None
    if _is_behind(done, row):
        uow.session.flush()
        outbox.enqueue(uow, record, "update")
    _badge(uow.session, pusher, record, row, words)
    note_attempt(uow, claim, done.started, calls, message=done.sending.words or None)
    queue.unblock(uow.session, row.id, uow.now())
    batches.count(uow.session, row.batch_id, uow.now(), ok=True)
    return True


def _is_behind(done: Done, row: SyncQueueRow) -> bool:
    """Tell whether QuickBooks may not hold what the record says by now."""
    claim, sending, answer = done.claim, done.sending, done.answer
    if not done.pusher.follows_changes or claim.operation == "delete":
        return False
    changed = row.payload_version > claim.payload_version
    # A second sending under one name is answered with the first one's result.
    replayed = claim.sent_at is not None and claim.payload_hash != digest(sending.payload)
    adopted = answer is not None and answer.adopted and done.pusher.owns(sending, answer.body)
    return changed or replayed or adopted


def note_attempt(
    uow: UnitOfWork,
    claim: queue.Claim,
    started: datetime,
    calls: list[Call],
    *,
    message: str | None = None,
    error: SyncError | None = None,
) -> None:
    """Keep what was said and answered in one try; secrets were masked on the wire."""
    told = next((call for call in reversed(calls) if call.answer is not None), None)
    told = told or (calls[-1] if calls else None)
    uow.session.add(
        SyncAttempt(
            queue_row_id=claim.id,
            number=claim.attempts,
            started_at=started,
            ended_at=uow.now(),
            outcome="error" if error else "ok",
            error_class=error.error_class if error else None,
            error_code=(error.fault_code[:20] or None) if error else None,
            message=message,
            http_status=told.status if told else None,
            intuit_tid=told.tid if told else None,
            calls=len(calls),
            endpoint=f"{told.method} {told.endpoint}"[:60] if told else None,
            request=told.request if told else None,
            answer=told.answer if told else None,
        )
    )


def digest(payload: Mapping[str, Any]) -> str:
    """Give a fingerprint of what is sent."""
    content = orjson.dumps(payload, option=orjson.OPT_SORT_KEYS, default=str)
    return hashlib.sha256(content).hexdigest()


def _locked_record(session: Session, pusher: Pusher, claim: queue.Claim) -> Any:
    # A new invoice's foreign key locks its customer lightly; a full lock would meet it head-on.
    lock = {"key_share": True}
    record = session.get(pusher.kind.model, claim.entity_id, with_for_update=lock)
    if record is None:
        raise Rejected("The record no longer exists here.", code="gone")
    return record


def _complete(uow: UnitOfWork, row: SyncQueueRow, pusher: Pusher, record: Any) -> None:
    row.status = QueueStatus.COMPLETED.value
    row.phase = "done"
    row.completed_at = uow.now()
    row.qbo_id = pusher.kind.qbo_id(record)
    row.locked_by = row.lease_until = row.sent_at = row.group_id = row.depends_on_id = None
    row.error_class = row.error_code = row.error_message = row.error_hint = None


def _badge(
    session: Session, pusher: Pusher, record: Any, row: SyncQueueRow, warning: str | None
) -> None:
    session.flush()
    waiting = session.scalar(
        sa.select(SyncQueueRow.id)
        .where(
            SyncQueueRow.entity_type == row.entity_type,
            SyncQueueRow.entity_id == row.entity_id,
            SyncQueueRow.status.in_(outbox.OPEN),
        )
        .limit(1)
    )
    if warning:
        outbox.set_badge(record, SyncState.WARNING, warning)
    elif waiting is not None:
        outbox.set_badge(record, SyncState.PENDING, None)
    elif pusher.kind.qbo_id(record):
        outbox.set_badge(record, SyncState.SYNCED, None)
    else:
        outbox.set_badge(record, SyncState.NOT_SYNCED, None)

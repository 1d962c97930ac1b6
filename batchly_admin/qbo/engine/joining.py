"""Link one record to what stands in QuickBooks, after comparing the two.

Somebody who links a document has to link the same document: another number, customer or total is
refused. Somebody who did the work by hand says so in a note, and what differs is written down.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from batchly_admin.domain.statuses import QueueStatus, SyncState
from batchly_admin.errors import Rejected
from batchly_admin.models.sync import SyncAttempt, SyncQueueRow
from batchly_admin.qbo import mismatch, verify
from batchly_admin.qbo.engine import queue
from batchly_admin.qbo.mapping import fields
from batchly_admin.qbo.mapping.item import SPECIAL
from batchly_admin.qbo.push import Pusher
from batchly_admin.services import audit, outbox, repairing
from batchly_admin.services.unit_of_work import UnitOfWork

HARD = frozenset({"number", "customer", "total"})
LISTS = frozenset({"Customer", "Item"})

Body = Mapping[str, Any]


def join(uow: UnitOfWork, pusher: Pusher, entity_id: UUID, body: Body, *, note: str = "") -> str:
    """Link the record and complete its rows; give the words for the person.

    Raises:
        Rejected: it is not the same record, or it cannot be linked.
        AlreadyThere: another record of ours is linked to it.
        Conflict: it is being sent just now.
    """
    record = uow.session.get(pusher.kind.model, entity_id, with_for_update={"key_share": True})
    if record is None:
        raise Rejected("The record no longer exists here.", code="gone")
    rows = _open_rows(uow.session, pusher, entity_id)
    for row in rows:
        repairing.check_row_open(row)
    label, qbo_id = pusher.kind.label(record), str(body["Id"])
    known = pusher.kind.qbo_id(record)
    if known and known != qbo_id:
        raise Rejected(f"{label} is linked to {known} in QuickBooks already.")
    findings = _findings(pusher, record, body)
    hard = [one for one in findings if one.field in HARD]
    if hard and not note:
        raise Rejected(f"That is not {label}: {mismatch.words_of(hard)}. Nothing was linked.")
    pusher.record(uow, record, body)
    _complete(uow, rows, qbo_id, note or f"Linked to {qbo_id} by {uow.actor.name}.")
    audit.note(uow, "sync.linked", subject=label, details={"qbo_id": qbo_id, "note": note})
    warning = None
    if findings and rows:
        warning = mismatch.report(uow, rows[0], qbo_id, findings)
    outbox.set_badge(record, SyncState.WARNING if warning else SyncState.SYNCED, warning)
    uow.session.flush()
    if pusher.follows_changes and not warning:
        # The fields are ours: what differs there is brought up to date.
        outbox.enqueue(uow, record, "update")
    done = "was done by hand" if note else "is linked"
    more = f" It differs and needs a review: {mismatch.words_of(findings)}." if findings else ""
    return f"{label} {done}: QuickBooks id {qbo_id}.{more}"


def _open_rows(session: Session, pusher: Pusher, entity_id: UUID) -> list[SyncQueueRow]:
    query = (
        sa.select(SyncQueueRow)
        .where(
            SyncQueueRow.entity_type == pusher.kind.entity_type,
            SyncQueueRow.entity_id == entity_id,
            SyncQueueRow.status.in_((*repairing.OPEN_STATES, QueueStatus.PROCESSING)),
        )
        .order_by(SyncQueueRow.id)
        .with_for_update()
    )
    return list(session.scalars(query))


def _findings(pusher: Pusher, record: Any, body: Body) -> list[verify.Finding]:
    label = pusher.kind.label(record)
    if fields.is_deleted(body) or fields.is_voided(body):
        raise Rejected(f"That record is deleted or void in QuickBooks; {label} was not linked.")
    marked = fields.marked_id(body.get("PrivateNote"))
    if marked is not None and marked != record.id:
        raise Rejected(f"That record belongs to another document of Batchly, not to {label}.")
    if pusher.entity in LISTS:
        if body.get("Type") in SPECIAL:
            raise Rejected(f"{body.get('Name')} is a {str(body['Type']).lower()}, not an item.")
        return []
    found = verify.check_document(pusher.kind.entity_type, record, body)
    if pusher.kind.entity_type == "invoice":
        customer_ref = str(record.customer.qb_customer_id or "")
        found = verify.check_after(verify.expected(record, customer_ref), body)
    return found


def _complete(uow: UnitOfWork, rows: list[SyncQueueRow], qbo_id: str, note: str) -> None:
    now = uow.now()
    for row in rows:
        row.error_class = row.error_code = row.error_message = row.error_hint = None
        repairing.close_row(uow, row, note, qbo_id)
        uow.session.add(
            SyncAttempt(
                queue_row_id=row.id,
                number=row.attempts + 1,
                started_at=now,
                ended_at=now,
                outcome="ok",
                message=note,
            )
        )
        queue.unblock(uow.session, row.id, now)

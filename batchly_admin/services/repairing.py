"""What a person does about a record that is not in step with QuickBooks.

What needs a look into QuickBooks is written down as a repair and done by the worker; the rest is
done at once. Nothing here changes what was issued: a document keeps its number whatever happens.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from batchly_admin.domain.differences import WAITS
from batchly_admin.domain.statuses import QueueStatus, RepairKind, RepairState, SyncState
from batchly_admin.errors import Conflict, InvalidInput, NotFound
from batchly_admin.models.billing import Invoice
from batchly_admin.models.repairs import SyncRepair
from batchly_admin.models.sync import SyncDifference, SyncQueueRow
from batchly_admin.models.synced import SYNCED
from batchly_admin.services import audit, outbox
from batchly_admin.services.unit_of_work import UnitOfWork

BELL = "repairs"
BY_HAND = "by_hand"
OPEN_STATES = (QueueStatus.PENDING, QueueStatus.BLOCKED, QueueStatus.FAILED)
LONGEST_TEXT = 100

_QBO_ID = re.compile(r"[A-Za-z0-9_-]{1,40}")


def search(uow: UnitOfWork, entity_type: str, entity_id: UUID, text: str = "") -> SyncRepair:
    """Look in QuickBooks for records that may be this one; without a text by its own name.

    Raises:
        NotFound: the record is gone.
        InvalidInput: the text cannot be looked for.
    """
    words = " ".join(text.split())[:LONGEST_TEXT]
    if any(ord(sign) < 32 for sign in words):
        raise InvalidInput("A search has no control characters.", field="text")
    return _ask(uow, RepairKind.SEARCH, entity_type, entity_id, {"text": words})


def link(uow: UnitOfWork, entity_type: str, entity_id: UUID, qbo_id: str) -> SyncRepair:
    """Link a record to one that QuickBooks has already, once the worker has compared the two.

    Raises:
        NotFound: the record is gone.
        Conflict: it is linked already, or being sent just now.
        InvalidInput: this is not an id of QuickBooks.
    """
    params = {"qbo_id": _checked_id(qbo_id)}
    _check_free(uow, entity_type, entity_id)
    return _ask(uow, RepairKind.LINK, entity_type, entity_id, params)


def continue_numbering(uow: UnitOfWork, row_id: UUID, reason: str) -> SyncRepair:
    """Go on with the number after the highest of our series that QuickBooks has.

    The stopped invoice keeps its number: only the following ones are numbered higher, and every
    number that is left out is explained in the gap register.

    Raises:
        NotFound: there is no such row.
        Conflict: it is not an invoice whose number is taken in QuickBooks.
        InvalidInput: no reason is given.
    """
    words = _needed(reason, "reason", "Say why numbers are left out; it goes into the register.")
    row = find_row(uow, row_id)
    if not is_number_taken(row):
        raise Conflict(f"The number of {row.label} is not taken in QuickBooks.")
    return _ask(uow, RepairKind.NUMBERS, row.entity_type, row.entity_id, {"reason": words})


def is_number_taken(row: SyncQueueRow) -> bool:
    """Tell whether a row failed because its invoice's number belongs to another document."""
    return (
        row.entity_type == "invoice"
        and row.status == QueueStatus.FAILED
        and row.error_class == "duplicate"
    )


def mark_done(uow: UnitOfWork, row_id: UUID, note: str, qbo_id: str = "") -> SyncRepair | None:
    """Take a row off the list because somebody did its work in QuickBooks by hand.

    With an id the worker looks at the record in QuickBooks first; what differs is written down.

    Raises:
        NotFound: there is no such row.
        Conflict: it is done already, or being sent just now.
        InvalidInput: the note is missing, or the id is none.
    """
    words = _needed(note, "note", "Say what was done by hand; others have to understand it.")
    row = find_row(uow, row_id)
    check_row_open(row)
    if qbo_id.strip():
        params = {"qbo_id": _checked_id(qbo_id), "note": words, "row": str(row.id)}
        return _ask(uow, RepairKind.CHECK, row.entity_type, row.entity_id, params)
    close_row(uow, row, words)
    record = outbox.find_record(uow.session, row.entity_type, row.entity_id)
    if record is not None:
        known = SYNCED[row.entity_type].qbo_id(record)
        said = f"Done by hand by {uow.actor.name}: {words}"
        outbox.set_badge(record, SyncState.SYNCED if known else SyncState.WARNING, said[:500])
    audit.note(uow, "sync.by_hand", subject=row.label, details={"note": words})
    uow.session.flush()
    return None


def close_row(uow: UnitOfWork, row: SyncQueueRow, note: str, qbo_id: str | None = None) -> None:
    """Complete a row without a call: what it asked for stands in QuickBooks by another way."""
    row.status = QueueStatus.COMPLETED.value
    row.phase = BY_HAND
    row.completed_at = uow.now()
    row.qbo_id = qbo_id or row.qbo_id
    row.resolved_by_id = uow.actor.user_id
    row.resolved_note = note
    row.sent_at = row.depends_on_id = None
    uow.session.flush()


def review(uow: UnitOfWork, difference_id: UUID, note: str) -> SyncDifference:
    """Accept a difference after somebody looked at both sides; the badge turns when all are.

    Raises:
        NotFound: there is no such difference.
        Conflict: it was decided already.
        InvalidInput: the note is missing.
    """
    words = _needed(note, "note", "Say what you found; the note stays with the difference.")
    found = uow.session.get(SyncDifference, difference_id, with_for_update=True)
    if found is None:
        raise NotFound("There is no such difference.")
    if found.state not in WAITS:
        raise Conflict("This difference was decided already.")
    found.state = "ignored"
    found.note = words
    found.owner_id = uow.actor.user_id
    found.resolved_at = uow.now()
    uow.session.flush()
    _clear_badge(uow, found)
    return found


def _clear_badge(uow: UnitOfWork, found: SyncDifference) -> None:
    if found.entity_id is None or found.entity_type not in SYNCED:
        return
    left = uow.session.scalar(
        sa.select(SyncDifference.id)
        .where(
            SyncDifference.entity_type == found.entity_type,
            SyncDifference.entity_id == found.entity_id,
            SyncDifference.state == "open",
        )
        .limit(1)
    )
    record = outbox.find_record(uow.session, found.entity_type, found.entity_id)
    if left is None and record is not None and record.sync_state == SyncState.WARNING:
        outbox.set_badge(record, SyncState.SYNCED, None)
        uow.session.flush()


def gaps_in_quickbooks(session: Session, *, limit: int = 50) -> list[tuple[UUID, str, str]]:
    """Give issued invoices that QuickBooks lacks although it has later ones, with a sentence each.

    Such a gap stops nothing: every invoice goes on its own.
    """
    latest = sa.select(sa.func.max(Invoice.issued_at)).where(Invoice.qb_invoice_id.is_not(None))
    query = (
        sa.select(Invoice.id, Invoice.invoice_number, Invoice.sync_state)
        .where(
            Invoice.qb_invoice_id.is_(None),
            Invoice.voided_at.is_(None),
            Invoice.sync_state.in_((SyncState.FAILED, SyncState.BLOCKED, SyncState.MISSING)),
            Invoice.issued_at <= latest.scalar_subquery(),
        )
        .order_by(Invoice.issued_at, Invoice.id)
        .limit(limit)
    )
    return [
        (key, number, f"Gap in QuickBooks: {number} {_GAP_WORDS[state]}.")
        for key, number, state in session.execute(query)
    ]


_GAP_WORDS: Mapping[str, str] = {
    SyncState.FAILED.value: "failed",
    SyncState.BLOCKED.value: "is blocked",
    SyncState.MISSING.value: "was deleted there",
}


def find_row(uow: UnitOfWork, row_id: UUID) -> SyncQueueRow:
    """Give a row of the queue, locked.

    Raises:
        NotFound: there is none.
    """
    row = uow.session.get(SyncQueueRow, row_id, with_for_update=True)
    if row is None:
        raise NotFound("This row is no longer in the queue.")
    return row


def check_row_open(row: SyncQueueRow) -> None:
    """Let a row through that waits for a decision.

    Raises:
        Conflict: it is done already, or being sent just now.
    """
    if row.status == QueueStatus.PROCESSING:
        raise Conflict(f"{row.label} is being sent just now; try again in a minute.")
    if row.status not in OPEN_STATES:
        raise Conflict(f"{row.label} needs nothing any more.")


def _check_free(uow: UnitOfWork, entity_type: str, entity_id: UUID) -> None:
    record = outbox.find_record(uow.session, entity_type, entity_id)
    if record is not None and SYNCED[entity_type].qbo_id(record):
        raise Conflict(f"{SYNCED[entity_type].label(record)} is linked to QuickBooks already.")


def _ask(
    uow: UnitOfWork,
    kind: RepairKind,
    entity_type: str,
    entity_id: UUID,
    params: Mapping[str, Any],
) -> SyncRepair:
    if entity_type not in SYNCED:
        raise InvalidInput(f"{entity_type} is not sent to QuickBooks.", field="entity_type")
    record = outbox.find_record(uow.session, entity_type, entity_id)
    if record is None:
        raise NotFound("This record no longer exists.")
    made = SyncRepair(
        kind=kind.value,
        state=RepairState.WAITING.value,
        entity_type=entity_type,
        entity_id=entity_id,
        label=SYNCED[entity_type].label(record)[:200],
        params=dict(params),
        attempts=0,
        next_attempt_at=uow.now(),
        user_id=uow.actor.user_id,
        actor_name=uow.actor.name[:200],
    )
    uow.session.add(made)
    uow.session.flush()
    uow.ring_after_commit(BELL)
    return made


def _needed(text: str, field: str, message: str) -> str:
    words = " ".join(text.split())
    if not words:
        raise InvalidInput(message, field=field)
    return words[:300]


def _checked_id(qbo_id: str) -> str:
    found = qbo_id.strip()
    if not _QBO_ID.fullmatch(found):
        raise InvalidInput(f"{found!r} is not an id of QuickBooks.", field="qbo_id")
    return found

"""Put what must reach QuickBooks into the queue, in the transaction of the change itself."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from batchly_admin.domain.statuses import QueueStatus, SyncState
from batchly_admin.errors import ConfigError
from batchly_admin.ids import new_id
from batchly_admin.models.company import Organization
from batchly_admin.models.sync import SyncQueueRow
from batchly_admin.models.synced import SYNCED, kind_of
from batchly_admin.services.unit_of_work import UnitOfWork

# After these nobody knows whether QuickBooks did it: the same request has to be asked again.
UNKNOWN_OUTCOME = frozenset({"transient", "internal"})
OPEN = (QueueStatus.PENDING, QueueStatus.PROCESSING, QueueStatus.BLOCKED)
# Money documents go before upkeep of addresses.
PRIORITY = {
    **dict.fromkeys(("invoice", "payment", "credit_memo", "credit_application", "refund"), 3),
    **dict.fromkeys(("item", "customer"), 4),
}


def enqueue(uow: UnitOfWork, record: Any, operation: str = "create") -> SyncQueueRow:
    """Queue one operation of one record and turn its badge to Pending.

    An open row for the same record is joined instead of doubled: an update that meets a waiting
    create, or another update, only raises its `payload_version`, so the engine sends what the
    record says at that time and looks again when it changed while it was being sent.
    """
    kind = kind_of(record)
    uow.session.flush()
    row = _open_row(uow.session, kind.entity_type, record.id, operation)
    if row is not None:
        row.payload_version += 1
        row.label = kind.label(record)
    else:
        row = _new_row(uow, kind.entity_type, record.id, operation, kind.label(record))
        uow.session.add(row)
    set_badge(record, SyncState.PENDING, None)
    uow.session.flush()
    uow.ring_after_commit("push")
    return row


def renew(uow: UnitOfWork, row: SyncQueueRow, record: Any | None) -> None:
    """Let a failed row try again from the start, because a person says so."""
    if row.error_class not in UNKNOWN_OUTCOME:
        # QuickBooks refused that request; under its old name it might only repeat the refusal.
        row.generation += 1
        row.request_id = request_id(row.id, row.generation)
        row.sent_at = None
        row.payload_hash = None
    row.status = QueueStatus.PENDING.value
    row.phase = "queued"
    row.attempts = 0
    row.next_attempt_at = uow.now()
    if record is not None:
        set_badge(record, SyncState.PENDING, None)
    uow.session.flush()
    uow.ring_after_commit("push")


def hold(
    uow: UnitOfWork, record: Any, *, error_class: str, message: str, hint: str
) -> SyncQueueRow:
    """Put a record among the failed ones, because only a person can say whether it is sent again.

    What waits for it says so; sending it again makes it in QuickBooks under a new request.
    """
    kind = kind_of(record)
    row = _open_row(uow.session, kind.entity_type, record.id, "update")
    if row is None or row.status == QueueStatus.PROCESSING:
        row = _new_row(uow, kind.entity_type, record.id, "create", kind.label(record))
        uow.session.add(row)
    row.operation = "create"
    row.status = QueueStatus.FAILED.value
    row.depends_on_id = None
    row.error_class, row.error_message, row.error_hint = error_class, message, hint
    row.error_code = None
    row.first_failed_at = uow.now()
    uow.session.flush()
    return row


def wait_for(row: SyncQueueRow, other: SyncQueueRow) -> None:
    """Keep a row back until another one is done, whatever either of them does."""
    row.status = QueueStatus.BLOCKED.value
    row.depends_on_id = other.id
    row.error_class = "parent"
    row.error_message = f"Waits for {other.entity_type.replace('_', ' ')} {other.label}."


def set_badge(record: Any, state: SyncState, note: str | None) -> None:
    """Show the state of the record's copy in its own row; the only writer of these two columns."""
    if record.sync_state != state:
        record.sync_state = state.value
    if record.sync_note != note:
        record.sync_note = note


def write_rows(session: Session, where: sa.ColumnElement[bool], **values: Any) -> int:
    """Write the same into many queue rows at once; give how many there were."""
    result = session.execute(
        sa.update(SyncQueueRow)
        .where(where)
        .values(**values)
        .execution_options(synchronize_session=False)
    )
    return int(result.rowcount)  # type: ignore[attr-defined]


def badge_many(
    session: Session,
    entity_type: str,
    rows: sa.ColumnElement[bool],
    state: SyncState,
    words: str | None,
) -> None:
    """Show a state in all records that these queue rows of one type speak of."""
    model = SYNCED[entity_type].model
    speak_of = sa.select(SyncQueueRow.entity_id).where(
        SyncQueueRow.entity_type == entity_type, rows
    )
    session.execute(
        sa.update(model)
        .where(model.id.in_(speak_of))
        .values(sync_state=state.value, sync_note=words)
        .execution_options(synchronize_session=False)
    )


def find_record(session: Session, entity_type: str, entity_id: UUID) -> Any | None:
    """Give the record a queue row speaks of, or None when it is gone."""
    return session.get(SYNCED[entity_type].model, entity_id)


def organization_id(session: Session) -> UUID:
    """Give the id of the one organization.

    Raises:
        ConfigError: when the database has not been set up yet.
    """
    found: UUID | None = session.scalar(sa.select(Organization.id).limit(1))
    if found is None:
        msg = "The company is not set up yet: run `batchly db upgrade`."
        raise ConfigError(msg)
    return found


def request_id(row_id: UUID, generation: int) -> str:
    """Give the name QuickBooks knows an intent by: 36 characters at most, so it fits a batch."""
    return f"{row_id.hex}.{generation}"


def _open_row(
    session: Session, entity_type: str, entity_id: UUID, operation: str
) -> SyncQueueRow | None:
    joins = ("create", "update") if operation == "update" else (operation,)
    query = (
        sa.select(SyncQueueRow)
        .where(
            SyncQueueRow.entity_type == entity_type,
            SyncQueueRow.entity_id == entity_id,
            SyncQueueRow.operation.in_(joins),
            SyncQueueRow.status.in_(OPEN),
        )
        .order_by(SyncQueueRow.created_at)
        .limit(1)
        .with_for_update()
    )
    return session.scalar(query)


def _new_row(
    uow: UnitOfWork, entity_type: str, entity_id: UUID, operation: str, label: str
) -> SyncQueueRow:
    row_id = new_id()
    return SyncQueueRow(
        id=row_id,
        organization_id=organization_id(uow.session),
        entity_type=entity_type,
        entity_id=entity_id,
        label=label[:200],
        operation=operation,
        priority=PRIORITY[entity_type],
        next_attempt_at=uow.now(),
        request_id=request_id(row_id, 1),
        created_by_id=uow.actor.user_id,
    )

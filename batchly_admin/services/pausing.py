"""Hold back one type of record, or everything, and let it go again; nothing that waits is lost.

A row of a type that is held back is blocked and says by whom and why, as its record's badge does.
"""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from batchly_admin import logs
from batchly_admin.domain.notices import NoticeKind
from batchly_admin.domain.statuses import QueueStatus, SyncState
from batchly_admin.errors import Conflict, InvalidInput
from batchly_admin.models.company import Notification
from batchly_admin.models.repairs import SyncPause
from batchly_admin.models.sync import QbConnection, SyncQueueRow
from batchly_admin.models.synced import SYNCED
from batchly_admin.services import notices, outbox
from batchly_admin.services.unit_of_work import UnitOfWork

PAUSED = "paused"
NOTICE_AFTER, PAUSE_AFTER = 20, 30
"""So many final failures in a row mean a cause of their own, as Airbyte counts them:
https://docs.airbyte.com/cloud/managing-airbyte-cloud/manage-airbyte-cloud-notifications"""

STATUS_PAGE = "/admin/quickbooks/repair"

_log = logs.logger(__name__)


def plural(entity_type: str) -> str:
    """Give what people call all records of a type."""
    return SYNCED[entity_type].plural.replace("_", " ")


def pause(uow: UnitOfWork, entity_type: str, reason: str) -> SyncPause:
    """Send nothing more of this type until somebody resumes it; what waits stays in the queue.

    Raises:
        InvalidInput: there is no such type, or no reason is given.
        Conflict: it is held back already.
    """
    _check_type(entity_type)
    words = reason.strip()
    if not words:
        raise InvalidInput("Say why, so that the others know.", field="reason")
    known = _find(uow.session, entity_type)
    if known is not None:
        name = plural(entity_type).capitalize()
        raise Conflict(f"{name} are paused already by {known.paused_by}.")
    made = SyncPause(
        entity_type=entity_type,
        reason=words[:300],
        paused_by=uow.actor.name,
        user_id=uow.actor.user_id,
        paused_at=uow.now(),
    )
    uow.session.add(made)
    uow.session.flush()
    keep_back(uow.session)
    return made


def resume(uow: UnitOfWork, entity_type: str) -> int:
    """Send this type again; give how many rows were waiting.

    Raises:
        InvalidInput: there is no such type.
        Conflict: it is not held back.
    """
    _check_type(entity_type)
    known = _find(uow.session, entity_type)
    if known is None:
        raise Conflict(f"{plural(entity_type).capitalize()} are not paused.")
    uow.session.delete(known)
    uow.session.flush()
    waiting = sa.and_(
        SyncQueueRow.status == QueueStatus.BLOCKED,
        SyncQueueRow.error_class == PAUSED,
        SyncQueueRow.entity_type == entity_type,
    )
    outbox.badge_many(uow.session, entity_type, waiting, SyncState.PENDING, None)
    count = outbox.write_rows(
        uow.session,
        waiting,
        status=QueueStatus.PENDING.value,
        next_attempt_at=uow.now(),
        error_class=None,
        error_message=None,
        error_hint=None,
    )
    uow.ring_after_commit("push")
    return count


def keep_back(session: Session) -> int:
    """Block what waits of the types that are held back; give how many rows that were."""
    count = 0
    for pause_ in paused(session).values():
        waiting = sa.and_(
            SyncQueueRow.status == QueueStatus.PENDING,
            SyncQueueRow.entity_type == pause_.entity_type,
        )
        if session.scalar(sa.select(SyncQueueRow.id).where(waiting).limit(1)) is None:
            continue
        words = words_of(pause_)
        outbox.badge_many(session, pause_.entity_type, waiting, SyncState.BLOCKED, words)
        count += outbox.write_rows(
            session,
            waiting,
            status=QueueStatus.BLOCKED.value,
            error_class=PAUSED,
            error_code=None,
            error_message=words,
            error_hint="It goes out by itself when the type is resumed.",
        )
    return count


def paused(session: Session) -> Mapping[str, SyncPause]:
    """Give the types that are held back."""
    found = session.scalars(sa.select(SyncPause).order_by(SyncPause.entity_type))
    return {one.entity_type: one for one in found}


def words_of(pause_: SyncPause) -> str:
    """Give the sentence that every row and badge of a held back type shows."""
    name = plural(pause_.entity_type).capitalize()
    return f"{name} are paused by {pause_.paused_by}: {pause_.reason}"[:500]


def count_failure(uow: UnitOfWork, connection_id: UUID, words: str) -> bool:
    """Count one more record that failed for good; True when pushes are paused because of it."""
    session = uow.session
    connection = session.get(
        QbConnection, connection_id, with_for_update=True, populate_existing=True
    )
    if connection is None or connection.pushes_paused:
        return False
    count = connection.final_failures + 1
    connection.final_failures = count
    if count == NOTICE_AFTER:
        _tell(
            uow,
            "sync_failures",
            f"{count} records in a row failed to reach QuickBooks",
            f"Pushes are paused after {PAUSE_AFTER}. The last one: {words}",
        )
    if count < PAUSE_AFTER:
        session.flush()
        return False
    reason = f"Pushes are paused by Batchly: {count} records in a row failed. The last one: {words}"
    connection.pushes_paused = True
    connection.pause_reason = reason[:1000]
    connection.final_failures = 0
    _tell(
        uow,
        "sync_paused",
        "Pushes to QuickBooks are paused",
        f"{reason} Find the cause, then resume; everything waiting goes out.",
    )
    session.flush()
    return True


def resume_all(uow: UnitOfWork) -> None:
    """Let everything go again that an admin or Batchly paused.

    Raises:
        Conflict: pushes are not paused.
    """
    found = uow.session.scalar(
        sa.select(QbConnection).where(QbConnection.pushes_paused).limit(1).with_for_update()
    )
    if found is None:
        raise Conflict("Pushes to QuickBooks are not paused.")
    found.pushes_paused = False
    found.pause_reason = None
    found.final_failures = 0
    uow.session.flush()
    uow.ring_after_commit("push")


def _tell(uow: UnitOfWork, kind: str, title: str, body: str) -> None:
    _log.warning("%s. %s", title, body)
    topic = NoticeKind.PAUSED if kind == "sync_paused" else NoticeKind.FAILURES
    notices.notify(uow, topic, title, [body], kind)
    uow.session.add(Notification(kind=kind, title=title[:200], body=body, link=STATUS_PAGE))


def _check_type(entity_type: str) -> None:
    if entity_type not in SYNCED:
        raise InvalidInput(f"{entity_type} is not sent to QuickBooks.", field="entity_type")


def _find(session: Session, entity_type: str) -> SyncPause | None:
    return session.scalar(
        sa.select(SyncPause).where(SyncPause.entity_type == entity_type).with_for_update()
    )

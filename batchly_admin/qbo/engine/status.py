"""The state of the sync in numbers and plain words, for the status page and the command line."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from batchly_admin.domain.statuses import QueueStatus
from batchly_admin.models.sync import QbConnection, QbSyncStatus, SyncQueueRow
from batchly_admin.models.synced import SYNCED
from batchly_admin.qbo import webhooks
from batchly_admin.qbo.engine import breaker
from batchly_admin.qbo.facts import connection_of
from batchly_admin.qbo.pull import PULLS

SHOWN = ("pending", "processing", "blocked", "failed", "completed")


def read(session: Session, now: datetime) -> dict[str, Any]:
    """Give the connection, and per type the counts of its queue and the last success."""
    types: dict[str, dict[str, Any]] = {
        name: dict.fromkeys(SHOWN, 0) | {"last_success_at": None, "last_error": None}
        for name in (*(kind.plural for kind in SYNCED.values()), *PULLS)
    }
    _count(session, types)
    connection = connection_of(session)
    if connection is not None:
        _pulls(session, connection, types)
    return {
        "types": types,
        "connection": _connection(session, connection, now),
        "webhooks": webhooks.state_of(session),
    }


def _count(session: Session, types: dict[str, dict[str, Any]]) -> None:
    rows = session.execute(
        sa.select(
            SyncQueueRow.entity_type,
            SyncQueueRow.status,
            sa.func.count(),
            sa.func.max(SyncQueueRow.completed_at),
        ).group_by(SyncQueueRow.entity_type, SyncQueueRow.status)
    )
    for entity_type, state, number, last in rows:
        kind = SYNCED.get(entity_type)
        if kind is None or state not in SHOWN:
            continue
        types[kind.plural][state] = number
        if state == QueueStatus.COMPLETED:
            types[kind.plural]["last_success_at"] = _spell(last)


def _pulls(session: Session, connection: QbConnection, types: dict[str, dict[str, Any]]) -> None:
    rows = session.scalars(
        sa.select(QbSyncStatus).where(QbSyncStatus.connection_id == connection.id)
    )
    for row in rows:
        shown = types.get(row.sync_type)
        if shown is None:
            continue
        last = max(
            filter(None, (shown["last_success_at"], _spell(row.last_success_at))), default=None
        )
        shown["last_success_at"] = last
        shown["last_error"] = row.error_message


def _connection(session: Session, connection: QbConnection | None, now: datetime) -> dict[str, Any]:
    gate = breaker.look(connection, now, 1)
    if connection is None:
        return {"state": "not_connected", "words": gate.words}
    oldest = session.scalar(
        sa.select(sa.func.min(SyncQueueRow.created_at)).where(
            SyncQueueRow.status.in_((QueueStatus.PENDING, QueueStatus.BLOCKED))
        )
    )
    return {
        "state": connection.state,
        "words": gate.words,
        "environment": connection.environment,
        "company_name": connection.company_name,
        "realm_id": connection.realm_id,
        "pushes_paused": connection.pushes_paused,
        "is_waiting": bool(gate.words),
        "next_try_at": _spell(connection.breaker_open_until)
        if connection.breaker_opened_count
        else _spell(connection.throttled_until),
        "last_call_at": _spell(connection.last_call_at),
        "reconnect_by": _spell(
            min(
                filter(
                    None,
                    (
                        connection.refresh_token_expires_at,
                        connection.refresh_token_hard_expires_at,
                    ),
                ),
                default=None,
            )
        ),
        "oldest_waiting_at": _spell(oldest),
    }


def note_call(session: Session, now: datetime) -> None:
    """Write down when QuickBooks was last talked to."""
    session.execute(
        sa.update(QbConnection)
        .values(last_call_at=now)
        .execution_options(synchronize_session=False)
    )


def _spell(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None

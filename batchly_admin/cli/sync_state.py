"""The state of the sync as numbers: what waits, what failed, what went well last."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from batchly_admin.models.sync import QbConnection, QbSyncStatus, SyncQueueRow
from batchly_admin.models.synced import SYNCED

STATES = ("pending", "processing", "blocked", "failed", "completed")
PULLED = ("customers", "items", "invoices", "payments", "tax_rates")


def sync_state(session: Session) -> dict[str, Any]:
    """Give, for each type of record, its queue rows by state and its last success."""
    types: dict[str, dict[str, Any]] = {
        name: dict.fromkeys(STATES, 0) | {"last_success_at": None}
        for name in [*PULLED, *(kind.plural for kind in SYNCED.values())]
    }
    pushed = sa.select(
        SyncQueueRow.entity_type,
        SyncQueueRow.status,
        sa.func.count(),
        sa.func.max(SyncQueueRow.completed_at),
    ).group_by(SyncQueueRow.entity_type, SyncQueueRow.status)
    for entity_type, status, count, completed_at in session.execute(pushed):
        kind = SYNCED.get(entity_type)
        counts = types.setdefault(
            kind.plural if kind else entity_type,
            dict.fromkeys(STATES, 0) | {"last_success_at": None},
        )
        if status in STATES:
            counts[status] = count
        if status == "completed":
            counts["last_success_at"] = completed_at
    for row in session.scalars(sa.select(QbSyncStatus)):
        counts = types.setdefault(
            row.sync_type, dict.fromkeys(STATES, 0) | {"last_success_at": None}
        )
        moments = (counts["last_success_at"], row.last_success_at)
        counts["last_success_at"] = max((at for at in moments if at), default=None)
    return {"connection": _connection(session), "types": types}


def _connection(session: Session) -> dict[str, Any]:
    row = session.scalars(sa.select(QbConnection).limit(1)).first()
    if row is None:
        return {"state": "not_connected"}
    return {
        "state": row.state,
        "environment": row.environment,
        "realm_id": row.realm_id,
        "company_name": row.company_name,
        "pushes_paused": row.pushes_paused,
        "breaker_open_until": row.breaker_open_until,
        "throttled_until": row.throttled_until,
        "last_error": row.last_error,
    }

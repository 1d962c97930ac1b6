"""Events as rows: each stored once, whatever is sent again; read later, by somebody else."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from batchly_admin import logs
from batchly_admin.db import is_postgresql
from batchly_admin.domain.statuses import WebhookState
from batchly_admin.errors import NotFound
from batchly_admin.ids import new_id
from batchly_admin.models.sync import QbConnection, WebhookEvent
from batchly_admin.qbo.facts import connection_of
from batchly_admin.qbo.pull.following import FOLLOWED
from batchly_admin.qbo.webhooks import refusing
from batchly_admin.qbo.webhooks.payloads import Event, Heard
from batchly_admin.services.sync_settings import types_off
from batchly_admin.services.unit_of_work import UnitOfWork

BELL = "webhooks"
ROWS_AT_ONCE = 500
KEPT = timedelta(days=90)
"""QuickBooks sends a notification again for some days; after that its keys are of no use."""

_log = logs.logger(__name__)


@dataclass(frozen=True, slots=True)
class Stored:
    """What became of a notification's events."""

    stored: int = 0
    repeated: int = 0
    foreign: int = 0
    unreadable: int = 0


def store(uow: UnitOfWork, heard: Heard, *, body: bytes) -> Stored:
    """Write the events down that are new, and wake the worker when one of them is for it."""
    connection = connection_of(uow.session)
    if connection is not None and not connection.webhooks_enabled:
        _log.info("A notification of QuickBooks was not stored: webhooks are switched off.")
        return Stored()
    realm = connection.realm_id if connection is not None else None
    off = types_off(uow.session)
    rows = [_leave_off(_row(event, realm, uow.now()), off) for event in heard.events]
    rows += _complaints(heard, body, uow.now())
    kept = [state for part in _parts(rows) for state in _insert(uow.session, part)]
    foreign = kept.count(WebhookState.FOREIGN)
    unreadable = kept.count(WebhookState.FAILED)
    if foreign:
        _log.warning("%d events of QuickBooks are of a company we are not connected to.", foreign)
    if unreadable:
        _log.warning("A notification of QuickBooks holds something that cannot be read.")
    if WebhookState.WAITING in kept:
        uow.ring_after_commit(BELL)
    return Stored(len(kept), len(rows) - len(kept), foreign, unreadable)


def _row(event: Event, realm: str | None, now: datetime) -> dict[str, Any]:
    state = WebhookState.WAITING
    if event.realm != realm:
        state = WebhookState.FOREIGN
    elif event.entity not in FOLLOWED:
        state = WebhookState.NOT_FOLLOWED
    return {
        "id": new_id(),
        "created_at": now,
        "updated_at": now,
        "event_key": event.key,
        "realm_id": event.realm,
        "entity_type": event.entity,
        "qbo_id": event.qbo_id,
        "gone_id": event.gone_id,
        "operation": event.operation,
        "happened_at": event.happened_at,
        "state": state.value,
        "handled_at": None if state == WebhookState.WAITING else now,
        "error_message": None,
    }


def _leave_off(row: dict[str, Any], off: frozenset[str]) -> dict[str, Any]:
    """Do not follow what the company does not want to be fetched."""
    if row["state"] != WebhookState.WAITING or FOLLOWED[row["entity_type"]].pull not in off:
        return row
    return row | {"state": WebhookState.NOT_FOLLOWED.value, "handled_at": row["created_at"]}


def _complaints(heard: Heard, body: bytes, now: datetime) -> list[dict[str, Any]]:
    """Give one row for all that could not be read in a body, known by its bytes."""
    if not heard.complaints:
        return []
    digest = hashlib.sha256(body).hexdigest()
    words = " ".join(dict.fromkeys(heard.complaints))
    unknown = Event(f"unreadable|{digest}", "", "", "", "", now)
    row = _row(unknown, None, now)
    return [row | {"state": WebhookState.FAILED.value, "error_message": words[:1000]}]


def _parts(rows: Sequence[dict[str, Any]]) -> list[Sequence[dict[str, Any]]]:
    return [rows[start : start + ROWS_AT_ONCE] for start in range(0, len(rows), ROWS_AT_ONCE)]


def _insert(session: Session, rows: Sequence[dict[str, Any]]) -> list[str]:
    """Insert what is new; give the states of those."""
    insert = postgresql.insert if is_postgresql(session) else sqlite.insert
    # One order for all: two notifications that share events do not wait for each other crosswise.
    ordered = sorted(rows, key=lambda row: str(row["event_key"]))
    result = session.execute(
        insert(WebhookEvent)
        .values(ordered)
        .on_conflict_do_nothing(index_elements=[WebhookEvent.event_key])
        .returning(WebhookEvent.state)
    )
    return [str(state) for (state,) in result]


def is_owing(session: Session, now: datetime) -> bool:
    """Tell whether an event waits to be read."""
    return session.scalar(sa.select(WebhookEvent.id).where(due(now)).limit(1)) is not None


def due(now: datetime) -> sa.ColumnElement[bool]:
    """Give the condition that an event waits and nobody holds it."""
    is_free = sa.or_(WebhookEvent.next_attempt_at.is_(None), WebhookEvent.next_attempt_at <= now)
    return sa.and_(WebhookEvent.state == WebhookState.WAITING, is_free)


def prune(session: Session, now: datetime) -> None:
    """Forget what was done with long ago."""
    session.execute(
        sa.delete(WebhookEvent)
        .where(WebhookEvent.created_at < now - KEPT, WebhookEvent.handled_at.is_not(None))
        .execution_options(synchronize_session=False)
    )


def are_on(connection: QbConnection | None) -> bool:
    """Tell whether notifications are stored."""
    return connection is not None and connection.webhooks_enabled


def switch(uow: UnitOfWork, *, on: bool) -> None:
    """Switch webhooks on or off; while they are off, only the pulls bring news.

    Raises:
        NotFound: there is no QuickBooks company yet.
    """
    connection = connection_of(uow.session)
    if connection is None:
        raise NotFound("Connect QuickBooks first.")
    connection.webhooks_enabled = on


def state_of(session: Session) -> dict[str, Any]:
    """Give what the status page says of webhooks."""
    counts = dict(
        session.execute(
            sa.select(WebhookEvent.state, sa.func.count())
            .where(WebhookEvent.state.in_((WebhookState.WAITING, WebhookState.FAILED)))
            .group_by(WebhookEvent.state)
        ).all()
    )
    received = session.scalar(
        sa.select(sa.func.max(WebhookEvent.created_at)).where(
            WebhookEvent.state != WebhookState.FOREIGN
        )
    )
    worst = session.scalar(
        sa.select(WebhookEvent.error_message)
        .where(
            WebhookEvent.state.in_((WebhookState.WAITING, WebhookState.FAILED)),
            WebhookEvent.error_message.is_not(None),
        )
        .order_by(WebhookEvent.created_at.desc(), WebhookEvent.id.desc())
        .limit(1)
    )
    return {
        "enabled": are_on(connection_of(session)),
        "last_received_at": received.isoformat() if received else None,
        "waiting": counts.get(WebhookState.WAITING, 0),
        "failed": counts.get(WebhookState.FAILED, 0),
        "last_error": worst,
        **refusing.state_of(session),
    }

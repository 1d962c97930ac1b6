"""What every pull shares: counting, the cursor, and writing a record down only when it changed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from batchly_admin import logs
from batchly_admin.domain.statuses import SyncState
from batchly_admin.models.sync import SyncQueueRow
from batchly_admin.qbo import crash
from batchly_admin.qbo.client import ALSO_INACTIVE, Client
from batchly_admin.qbo.mapping import fields
from batchly_admin.services import outbox
from batchly_admin.services.unit_of_work import SYSTEM, UnitOfWork, UnitOfWorks

OLDEST_CURSOR = timedelta(days=29)
OVERLAP = timedelta(minutes=5)
CAP = 1000
AT_ONCE = 200

_log = logs.logger(__name__)

Body = Mapping[str, Any]


@dataclass(slots=True)
class PullResult:
    """What one pull found and did."""

    sync_type: str
    seen: int = 0
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    removed: int = 0
    differences: int = 0
    is_full: bool = False

    @property
    def changed(self) -> int:
        """How many records are different now."""
        return self.created + self.updated + self.removed

    def as_dict(self) -> dict[str, Any]:
        """Give the figures as plain values."""
        return {
            "type": self.sync_type,
            "seen": self.seen,
            "created": self.created,
            "updated": self.updated,
            "unchanged": self.unchanged,
            "removed": self.removed,
            "differences": self.differences,
            "full": self.is_full,
        }


@dataclass(slots=True)
class Pull:
    """One pull under way."""

    uows: UnitOfWorks
    client: Client
    result: PullResult
    cursor: datetime | None = None
    next_cursor: str | None = None

    def write(self, bodies: Sequence[Body], apply: Any) -> None:
        """Apply bodies in units of work of a bearable size."""
        for start in range(0, len(bodies), AT_ONCE):
            part = bodies[start : start + AT_ONCE]
            summary = f"Pull of {self.result.sync_type} from QuickBooks"
            with self.uows.begin(actor=SYSTEM, source="pull", summary=summary) as uow:
                for body in part:
                    self.result.seen += 1
                    apply(uow, body, self.result)
                crash.point("pull.before_commit")
            crash.point("pull.after_commit")

    def changes(self, *entities: str, inactive: bool = False) -> Iterator[tuple[str, list[Any]]]:
        """Give what changed, entity by entity: news since the cursor, or everything.

        Everything is read when there is no cursor, when it is older than QuickBooks looks back, or
        when the answer was full and may have left something out.
        """
        now = self.uows.clock.now()
        if self.cursor is not None and now - self.cursor < OLDEST_CURSOR:
            found, time = self.client.changes(entities, self.cursor - OVERLAP)
            crash.point("pull.after_read")
            if sum(len(rows) for rows in found.values()) < CAP:
                self.next_cursor = time
                yield from ((entity, found[entity]) for entity in entities)
                return
        self.result.is_full = True
        yield from self._everything(entities, inactive=inactive)

    def _everything(
        self, entities: Iterable[str], *, inactive: bool
    ) -> Iterator[tuple[str, list[Any]]]:
        started = ""
        for entity in entities:
            for page in self.client.pages(entity, ALSO_INACTIVE if inactive else ""):
                started = started or self.client.answered_at
                crash.point("pull.after_read")
                yield entity, page
        self.next_cursor = started or self.client.answered_at

    def all_of(self, entity: str, *, inactive: bool = True) -> list[Any]:
        """Give every record of a list that has no news."""
        where = ALSO_INACTIVE if inactive else ""
        found = [body for page in self.client.pages(entity, where) for body in page]
        crash.point("pull.after_read")
        return found


def assign(record: Any, values: Mapping[str, Any]) -> bool:
    """Set what differs; tell whether anything did."""
    changed = False
    for column, value in values.items():
        if getattr(record, column) != value:
            setattr(record, column, value)
            changed = True
    return changed


def stamp(uow: UnitOfWork, record: Any, body: Body) -> None:
    """Write down which version of QuickBooks' record ours agrees with."""
    version = {
        "qb_sync_token": str(body.get("SyncToken") or "0"),
        "qb_created_time": fields.created_at(body) or record.qb_created_time,
        "qb_last_updated_time": fields.changed_at(body),
    }
    if assign(record, version):
        record.last_synced_at = uow.now()
    if record.sync_state == SyncState.NOT_SYNCED:
        outbox.set_badge(record, SyncState.SYNCED, None)


def is_news(record: Any, body: Body) -> bool:
    """Tell whether QuickBooks' record changed since we last agreed with it."""
    theirs = fields.changed_at(body)
    known = record.qb_last_updated_time
    return known is None or theirs is None or theirs > known


def has_open_push(session: Session, entity_type: str, entity_id: UUID) -> bool:
    """Tell whether our own version of a record is still on its way to QuickBooks."""
    found = session.scalar(
        sa.select(SyncQueueRow.id)
        .where(
            SyncQueueRow.entity_type == entity_type,
            SyncQueueRow.entity_id == entity_id,
            SyncQueueRow.status.in_(outbox.OPEN),
        )
        .limit(1)
    )
    return found is not None


def upsert(
    uow: UnitOfWork,
    model: Any,
    id_column: str,
    body: Body,
    values: Mapping[str, Any],
    result: PullResult,
) -> Any:
    """Write one record of a list: the linked one, else the unlinked one of that name, else new."""
    session = uow.session
    qbo_id = str(body["Id"])
    column = getattr(model, id_column)
    record = session.scalar(sa.select(model).where(column == qbo_id))
    if record is None:
        record = session.scalar(
            sa.select(model).where(model.name == values["name"], column.is_(None)).limit(1)
        )
    if record is None:
        record = model(**{id_column: qbo_id}, **values)
        stamp(uow, record, body)
        record.sync_state = SyncState.SYNCED.value
        session.add(record)
        result.created += 1
    elif assign(record, {id_column: qbo_id, **values}):
        stamp(uow, record, body)
        result.updated += 1
    else:
        stamp(uow, record, body)
        result.unchanged += 1
    session.flush()
    return record


def parse_cursor(text: str | None) -> datetime | None:
    """Give the moment a stored cursor names, or None when it is not usable."""
    if not text:
        return None
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        _log.warning("A stored cursor is not readable and is not used: %s", text)
        return None
    return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)

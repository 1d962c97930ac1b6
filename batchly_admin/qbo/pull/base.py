"""What every pull shares: counting, the cursor, and writing a record down only when it changed.

QuickBooks' news (change data capture) have a beginning and no end, and one answer holds at most a
thousand records. So a full answer is not asked again for a shorter time, which could not be cut off
at its end, but for half of the entities; one entity that still fills an answer is read whole. A
full read shows no deletions: whoever is linked and not among the records found is looked for once
more by its id, and is gone when it is not found then either.
https://developer.intuit.com/app/developer/qbo/docs/learn/explore-the-quickbooks-online-api/change-data-capture
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from batchly_admin import logs
from batchly_admin.domain.statuses import SyncState
from batchly_admin.errors import Rejected
from batchly_admin.models.base import assign
from batchly_admin.models.sync import SyncQueueRow
from batchly_admin.qbo import crash
from batchly_admin.qbo.client import ALSO_INACTIVE, Client
from batchly_admin.qbo.mapping import fields
from batchly_admin.qbo.pull import linked
from batchly_admin.services import outbox
from batchly_admin.services.unit_of_work import SYSTEM, UnitOfWork, UnitOfWorks

OLDEST_CURSOR = timedelta(days=29)
OVERLAP = timedelta(minutes=5)
CAP = 1000
AT_ONCE = 200
TOO_LONG_AGO = "4001"
"""QuickBooks' fault for news of more than thirty days."""

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
    words: str = ""
    """What a person should know although the pull went well."""

    @property
    def changed(self) -> int:
        """How many records are different now."""
        return self.created + self.updated + self.removed

    def count(self, *, is_new: bool, changed: bool) -> None:
        """Count a record that was written down."""
        self.created += is_new
        self.updated += changed and not is_new
        self.unchanged += not (is_new or changed)

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


Apply = Callable[[UnitOfWork, Body, PullResult], None]


@dataclass(slots=True)
class Pull:
    """One pull under way."""

    uows: UnitOfWorks
    client: Client
    result: PullResult
    cursor: datetime | None = None
    next_cursor: str | None = None
    _waiting: tuple[Sequence[Body], Apply] | None = field(default=None, init=False)

    def write(self, bodies: Sequence[Body], apply: Apply) -> None:
        """Apply bodies in units of work of a bearable size; the last of them waits for `finish`."""
        for start in range(0, len(bodies), AT_ONCE):
            if self._waiting is not None:
                with self._begin() as uow:
                    self._apply_waiting(uow)
                crash.point("pull.after_commit")
            self._waiting = (bodies[start : start + AT_ONCE], apply)

    def finish(self, note: Callable[[UnitOfWork], None]) -> None:
        """Apply what waits and let `note` write the cursor down, both in one transaction."""
        with self._begin() as uow:
            self._apply_waiting(uow)
            crash.point("pull.before_cursor")
            note(uow)
        crash.point("pull.after_commit")
        crash.point("pull.after_cursor")

    def _begin(self) -> AbstractContextManager[UnitOfWork]:
        words = self.result.sync_type.replace("_", " ")
        summary = f"Pull of {words} from QuickBooks"
        return self.uows.begin(actor=SYSTEM, source="pull", summary=summary)

    def _apply_waiting(self, uow: UnitOfWork) -> None:
        if self._waiting is None:
            return
        bodies, apply = self._waiting
        self._waiting = None
        for body in bodies:
            self.result.seen += 1
            apply(uow, body, self.result)
        crash.point("pull.before_commit")

    def changes(self, *entities: str, inactive: bool = False) -> Iterator[tuple[str, list[Any]]]:
        """Give what changed, entity by entity: news since the cursor, or everything.

        Everything is read of an entity when there is no cursor, when it is older than QuickBooks
        looks back, or when the entity alone fills an answer.
        """
        news: dict[str, list[Any] | None] = dict.fromkeys(entities)
        if self.cursor is not None and self.uows.clock.now() - self.cursor < OLDEST_CURSOR:
            news = self._news(entities, self.cursor - OVERLAP)
            crash.point("pull.after_read")
        for entity, bodies in news.items():
            if bodies is not None:
                yield entity, bodies
            else:
                self.result.is_full = True
                yield from self._everything(entity, inactive=inactive)

    def _news(self, entities: Sequence[str], since: datetime) -> dict[str, list[Any] | None]:
        """Ask for news; None stands for an entity of which there is more than one answer holds."""
        try:
            found, time = self.client.changes(entities, since)
        except Rejected as error:
            if error.fault_code != TOO_LONG_AGO:
                raise
            return dict.fromkeys(entities)
        # The first answer's time: what changes while the others are asked is news next time.
        self.next_cursor = self.next_cursor or time or None
        if sum(len(rows) for rows in found.values()) < CAP:
            return {entity: found[entity] for entity in entities}
        if len(entities) == 1:
            return dict.fromkeys(entities)
        half = len(entities) // 2
        return self._news(entities[:half], since) | self._news(entities[half:], since)

    def _everything(self, entity: str, *, inactive: bool) -> Iterator[tuple[str, list[Any]]]:
        where = ALSO_INACTIVE if inactive else ""
        with self.uows.read() as session:
            # Taken before the reading: what is linked meanwhile may stand on a page read before.
            known = linked.ids(session, entity)
        unseen = set(known)
        for page in self.client.pages(entity, where):
            self.next_cursor = self.next_cursor or self.client.answered_at
            unseen.difference_update(str(body["Id"]) for body in page)
            crash.point("pull.after_read")
            yield entity, page
        self.next_cursor = self.next_cursor or self.client.answered_at or None
        gone = self._gone(entity, known, unseen, where)
        if gone:
            yield entity, gone

    def _gone(self, entity: str, known: set[str], unseen: set[str], where: str) -> list[Any]:
        """Give what stands for a deletion of each linked record that is not there any more."""
        if not unseen:
            return []
        # Paging is by position, so a record may have slipped through: each is asked for by its id.
        missing = unseen - set(linked.find(self.client, entity, unseen, where))
        if len(missing) > max(linked.BEARABLE, len(known) // 2):
            self.result.words = (
                f"{len(missing)} of {len(known)} linked records of the type {entity} are not in "
                "QuickBooks any more. That is too many to be believed, so nothing was unlinked: "
                "check that this is the right company, then look at the reconciliation."
            )
            _log.error("%s", self.result.words)
            return []
        return [linked.deleted(qbo_id, self.client.answered_at) for qbo_id in sorted(missing)]

    def all_of(self, entity: str, *, inactive: bool = True) -> list[Any]:
        """Give every record of a list that has no news."""
        where = ALSO_INACTIVE if inactive else ""
        found = [body for page in self.client.pages(entity, where) for body in page]
        crash.point("pull.after_read")
        return found


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


def is_older(record: Any, body: Body) -> bool:
    """Tell whether a body is an earlier version than the one we know: answers may overtake."""
    theirs, ours = str(body.get("SyncToken") or ""), record.qb_sync_token or ""
    if theirs.isdigit() and ours.isdigit() and theirs != ours:
        return int(theirs) < int(ours)
    changed, known = fields.changed_at(body), record.qb_last_updated_time
    return changed is not None and known is not None and changed < known


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

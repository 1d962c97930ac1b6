"""The one way in: every change of business data happens inside a unit of work.

A unit of work is a session, the person (or process) who acts, and where the change comes from. It
promises three things. First, data, change set and the rows for QuickBooks stand in one transaction:
all of it happens or none of it. Second, nobody has to remember to log: while the session flushes,
every tracked row that came, went or changed is written down, cell by cell, so audit trail, record
history, undo and "what changed since" are one mechanism. Third, nothing is announced early: the
bells that wake the worker ring after the commit, and losing a bell costs seconds, not data.

It costs one insert per changed cell. It is not for machine bookkeeping such as queue leases or
session time stamps; those tables are untracked and may be written without it. A flush of tracked
rows outside a unit of work is a programming error and raises.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.orm import Session, UOWTransaction, sessionmaker

from batchly_admin.clock import Clock, local_date
from batchly_admin.ids import new_id
from batchly_admin.models.base import Record
from batchly_admin.models.changes import ChangeItem, ChangeSet
from batchly_admin.models.company import Organization
from batchly_admin.services import cells
from batchly_admin.services.locks import refuse_locked


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: a person with roles, or Batchly itself."""

    name: str
    user_id: UUID | None = None
    roles: frozenset[str] = frozenset()
    address: str | None = None


SYSTEM = Actor(name="Batchly", roles=frozenset({"system"}))
_NEW_SET, _NEW_ITEMS = sa.insert(ChangeSet), sa.insert(ChangeItem)


@dataclass(slots=True)
class UnitOfWork:
    """One transaction of one actor."""

    session: Session
    clock: Clock
    actor: Actor
    source: str
    run_id: UUID | None = None
    summary: str | None = None
    undoes_id: UUID | None = None
    change_set_id: UUID | None = None
    bells: list[str] = field(default_factory=list)
    _position: int = 0

    def now(self) -> datetime:
        """Give the present moment, UTC."""
        return self.clock.now()

    def today(self) -> date:
        """Give the company's calendar day."""
        zone = self.session.scalar(sa.select(Organization.time_zone).limit(1))
        return local_date(self.now(), zone or "UTC")

    def ring_after_commit(self, bell: str) -> None:
        """Wake a background task once the transaction stands."""
        if bell not in self.bells:
            self.bells.append(bell)

    def continue_set(self, change_set_id: UUID, position: int) -> None:
        """Write into a change set that is there already, after its item at `position`."""
        self.change_set_id, self._position = change_set_id, position

    def record(self, items: list[dict[str, Any]]) -> None:
        """Write change items into this transaction's change set, making the set when needed."""
        connection = self.session.connection()
        if self.change_set_id is None:
            self.change_set_id = new_id()
            connection.execute(_NEW_SET, [self._change_set()])
        moment = self.now()
        for item in items:
            self._position += 1
            item.update(
                id=new_id(),
                change_set_id=self.change_set_id,
                position=self._position,
                created_at=moment,
                updated_at=moment,
                version=1,
            )
        connection.execute(_NEW_ITEMS, items)

    def _change_set(self) -> dict[str, Any]:
        moment = self.now()
        return {
            "id": self.change_set_id,
            "user_id": self.actor.user_id,
            "actor_name": self.actor.name,
            "source": self.source,
            "summary": self.summary,
            "address": self.actor.address,
            "run_id": self.run_id,
            "undoes_id": self.undoes_id,
            "created_at": moment,
            "updated_at": moment,
            "version": 1,
        }


class UnitOfWorks:
    """Opens units of work; every process has exactly one of these."""

    def __init__(
        self,
        sessions: sessionmaker[Session],
        readers: sessionmaker[Session],
        clock: Clock,
        ring: Callable[[str], None] = lambda _bell: None,
    ) -> None:
        self.sessions = sessions
        self.readers = readers
        self.clock = clock
        self.ring = ring

    @contextmanager
    def begin(
        self,
        *,
        actor: Actor,
        source: str,
        run_id: UUID | None = None,
        summary: str | None = None,
    ) -> Iterator[UnitOfWork]:
        """Open a transaction; commit it at the end and ring, or roll all of it back."""
        with self.sessions() as session:
            uow = UnitOfWork(session, self.clock, actor, source, run_id, summary)
            session.info["uow"] = uow
            with session.begin():
                yield uow
                session.flush()
        for bell in uow.bells:
            self.ring(bell)

    @contextmanager
    def read(self) -> Iterator[Session]:
        """Open a session that only looks."""
        with self.readers() as session:
            yield session


def current(session: Session) -> UnitOfWork:
    """Give the unit of work a session belongs to.

    Raises:
        RuntimeError: when tracked data is written outside a unit of work.
    """
    uow = session.info.get("uow")
    if uow is None:
        msg = "business data is written through a unit of work only"
        raise RuntimeError(msg)
    return uow  # type: ignore[no-any-return]


@event.listens_for(Session, "before_flush")
def _record_changes(session: Session, _context: UOWTransaction, _instances: Any) -> None:
    items: list[dict[str, Any]] = []
    uow: UnitOfWork | None = session.info.get("uow")
    # Each of the three is built anew when it is asked for, so they are asked for once.
    waiting = (("insert", session.new), ("update", session.dirty), ("delete", session.deleted))
    for operation, records in waiting:
        for record in records:
            if not isinstance(record, Record):
                continue
            changed = _stamp(record, operation, uow)
            if not record.__tracked__ or changed is None:
                continue
            uow = current(session)
            items.extend(_items(session, record, operation, changed))
    if items and uow is not None:
        uow.record(items)


def _stamp(record: Record, operation: str, uow: UnitOfWork | None) -> set[str] | None:
    """Set the times of a row; give the changed columns, or None when nothing is to be written."""
    if operation == "delete":
        return set()
    if operation == "insert":
        if record.id is None:
            record.id = new_id()
        if uow is not None:
            record.created_at = record.created_at or uow.now()
            record.updated_at = uow.now()
        return set()
    changed = cells.changed_columns(record)
    if not changed:
        return None
    if uow is not None:
        record.updated_at = uow.now()
    return changed - record.__untracked_columns__


def _items(
    session: Session, record: Record, operation: str, changed: set[str]
) -> list[dict[str, Any]]:
    base = {"table_name": cells.table_of(record), "row_id": record.id}
    refuse_locked(session, record, operation, changed)
    if operation == "insert":
        return [_item(base, operation)]
    if operation == "delete":
        return [_item(base, operation, old=cells.snapshot(record))]
    return [
        _item(base, operation, column, *cells.old_and_new(record, column))
        for column in sorted(changed)
    ]


def _item(
    base: dict[str, Any],
    operation: str,
    column: str | None = None,
    old: Any = None,
    new: Any = None,
) -> dict[str, Any]:
    return {
        **base,
        "operation": operation,
        "column_name": column,
        "old_value": old,
        "new_value": new,
    }

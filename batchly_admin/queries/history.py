"""The history of one record: who changed what, when and from where."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from batchly_admin.models.changes import ChangeItem, ChangeSet

MOST = 200


@dataclass(frozen=True, slots=True)
class HistoryItem:
    """One cell that changed; without a column, the whole row came or went."""

    operation: str
    column: str | None
    old: Any
    new: Any


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """What one transaction did to the record."""

    change_set_id: UUID
    at: datetime
    by: str
    source: str
    summary: str | None
    undoable: bool
    items: tuple[HistoryItem, ...]


def record_history(session: Session, table_name: str, row_id: UUID) -> list[HistoryEntry]:
    """Give what happened to a record, the newest first, at most the last 200 transactions."""
    sets = session.execute(
        sa.select(ChangeSet)
        .where(
            ChangeSet.id.in_(
                sa.select(ChangeItem.change_set_id).where(
                    ChangeItem.table_name == table_name, ChangeItem.row_id == row_id
                )
            )
        )
        .order_by(ChangeSet.created_at.desc(), ChangeSet.id.desc())
        .limit(MOST)
    ).scalars()
    found = list(sets)
    items = _items(session, table_name, row_id, [one.id for one in found])
    return [
        HistoryEntry(
            change_set_id=one.id,
            at=one.created_at,
            by=one.actor_name,
            source=one.source,
            summary=one.summary,
            undoable=one.undone_by_id is None,
            items=tuple(items.get(one.id, ())),
        )
        for one in found
    ]


def _items(
    session: Session, table_name: str, row_id: UUID, ids: Sequence[UUID]
) -> dict[UUID, list[HistoryItem]]:
    rows = session.scalars(
        sa.select(ChangeItem)
        .where(
            ChangeItem.change_set_id.in_(ids),
            ChangeItem.table_name == table_name,
            ChangeItem.row_id == row_id,
        )
        .order_by(ChangeItem.position)
    )
    found: dict[UUID, list[HistoryItem]] = {}
    for row in rows:
        item = HistoryItem(row.operation, row.column_name, row.old_value, row.new_value)
        found.setdefault(row.change_set_id, []).append(item)
    return found

"""The history of one record: who changed what, when, from where."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from batchly_admin.db import Base
from batchly_admin.ids import parse_id
from batchly_admin.models.changes import ChangeItem, ChangeSet
from batchly_admin.queries.finality import is_final
from batchly_admin.words import _, later

ENTRIES = 100
NAMES = (
    *("po_number", "job_number", "invoice_number", "payment_number", "credit_memo_number"),
    *("refund_number", "display_name", "label", "name", "item_name", "file_name"),
)
"""The columns people call a record by, the first that a table has."""

LABELS = (*NAMES, "description")
WORDS = {"insert": later("Created"), "delete": later("Deleted")}
SOURCES = {
    "cell": later("cell"),
    "cli": later("command line"),
    "export": later("export"),
    "fill": later("fill"),
    "find": later("find and replace"),
    "form": later("form"),
    "grid": later("spreadsheet"),
    "import": later("import"),
    "paste": later("paste"),
    "pull": later("from QuickBooks"),
    "push": later("to QuickBooks"),
    "restore": later("restore"),
    "sync": later("sync"),
    "task": later("bulk run"),
    "undo": later("undo"),
    "webhook": later("from QuickBooks"),
}
"""What people call the way a change came about."""


@dataclass(frozen=True, slots=True)
class Change:
    """One cell of the record, before and after; links are given by their labels."""

    column: str | None
    old: Any
    new: Any


@dataclass(frozen=True, slots=True)
class Entry:
    """All one change set did to the record."""

    change_set_id: UUID
    at: datetime
    by: str
    source: str
    summary: str | None
    items: tuple[Change, ...]
    undoable: bool


def record_history(
    session: Session, table_name: str, record_id: UUID, *, limit: int = ENTRIES
) -> list[Entry]:
    """Give what happened to a record, the latest first."""
    sets = _sets(session, table_name, record_id, limit)
    items: dict[UUID, list[ChangeItem]] = {one.id: [] for one in sets}
    final = _final(session, list(items))
    query = (
        sa.select(ChangeItem)
        .where(
            ChangeItem.change_set_id.in_(list(items)),
            ChangeItem.table_name == table_name,
            ChangeItem.row_id == record_id,
        )
        .order_by(ChangeItem.position)
    )
    for item in session.scalars(query) if items else ():
        items[item.change_set_id].append(item)
    labels = _labels(session, table_name, [one for found in items.values() for one in found])
    return [
        Entry(
            change_set_id=one.id,
            at=one.created_at,
            by=one.actor_name,
            source=one.source,
            summary=one.summary or _words(items[one.id]),
            items=_changes(items[one.id], labels),
            undoable=one.undone_by_id is None and one.id not in final,
        )
        for one in sets
    ]


def _sets(session: Session, table_name: str, record_id: UUID, limit: int) -> Sequence[ChangeSet]:
    mine = (
        sa.select(ChangeItem.change_set_id)
        .where(ChangeItem.table_name == table_name, ChangeItem.row_id == record_id)
        .distinct()
    )
    query = (
        sa.select(ChangeSet)
        .where(ChangeSet.id.in_(mine))
        .order_by(ChangeSet.created_at.desc(), ChangeSet.id.desc())
        .limit(limit)
    )
    return session.scalars(query).all()


def _final(session: Session, ids: list[UUID]) -> set[UUID]:
    """Give those change sets that did something for good: they are not taken back."""
    query = sa.select(ChangeSet.id).where(ChangeSet.id.in_(ids), is_final(ChangeSet.id))
    return set(session.scalars(query)) if ids else set()


def _words(items: Sequence[ChangeItem]) -> str | None:
    return next((_(WORDS[item.operation]) for item in items if item.operation in WORDS), None)


def _changes(
    items: Sequence[ChangeItem], labels: Mapping[tuple[str, str], str]
) -> tuple[Change, ...]:
    # What was set while the row came into being is part of its coming.
    if any(item.operation == "insert" for item in items):
        return ()
    return tuple(_change(item, labels) for item in items if item.operation == "update")


def _change(item: ChangeItem, labels: Mapping[tuple[str, str], str]) -> Change:
    def shown(value: Any) -> Any:
        return labels.get((str(item.column_name), str(value)), value)

    return Change(item.column_name, shown(item.old_value), shown(item.new_value))


def labels_of(
    session: Session, table_name: str, values: Mapping[str, Any]
) -> dict[tuple[str, str], str]:
    """Give what people call the records that some cells name, by column and id."""
    named = [ChangeItem(column_name=name, new_value=value) for name, value in values.items()]
    return _labels(session, table_name, named)


def _labels(
    session: Session, table_name: str, items: Sequence[ChangeItem]
) -> dict[tuple[str, str], str]:
    """Give what people call the records that link columns name, by column and id."""
    found: dict[tuple[str, str], str] = {}
    table = Base.metadata.tables[table_name]
    for column in table.columns:
        target = next((key.column.table for key in column.foreign_keys), None)
        label = next((name for name in LABELS if target is not None and name in target.c), None)
        if target is None or label is None:
            continue
        texts = {
            value
            for item in items
            if item.column_name == column.name
            for value in (item.old_value, item.new_value)
        }
        ids = [known for text in texts if (known := parse_id(text)) is not None]
        if ids:
            query = sa.select(target.c.id, target.c[label]).where(target.c.id.in_(ids))
            found.update(
                ((column.name, str(key)), str(name)) for key, name in session.execute(query)
            )
    return found

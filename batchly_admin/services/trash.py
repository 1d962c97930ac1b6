"""Deleted records for 90 days: what lies there, its way back, and the nightly emptying.

A deletion wrote every row it took into its change set, so the trash is a way to read the record of
change and no second store. A restore goes the way of an undo: through locks, and never over a later
change. After 90 days the contents are forgotten; what, when and by whom stays on record.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from batchly_admin.errors import Conflict, NotFound
from batchly_admin.models.changes import ChangeItem, ChangeSet
from batchly_admin.models.production import Attachment
from batchly_admin.queries.history import NAMES
from batchly_admin.services import attachments, deleting, history
from batchly_admin.services.undoing import PURGED, UndoResult, label_of
from batchly_admin.services.unit_of_work import UnitOfWork

KEPT = timedelta(days=90)
PAGE = 50
FILES = Attachment.__tablename__
MOST_ITEMS = 5_000
PURGE_CHUNK = 500
Row = tuple[str, str]


@dataclass(frozen=True, slots=True)
class _Whole:
    """All that one change set deleted, and below each row those that went along with it."""

    gone: AbstractSet[Row]
    below: Mapping[Row, Sequence[ChangeItem]]

    def above(self, item: ChangeItem) -> AbstractSet[Row]:
        """Give the rows that took this one along."""
        return (_parents(item) & self.gone) - {_row(item)}


@dataclass(frozen=True, slots=True)
class Discarded:
    """One deleted record: who deleted it when, and what went with it.

    `owner` is the table it belongs to: its own, that of its record for a file.
    """

    item_id: UUID
    change_set_id: UUID
    table: str
    owner: str
    row_id: UUID
    label: str
    at: datetime
    by: str
    user_id: UUID | None
    parts: tuple[tuple[str, int], ...]


def discarded(
    session: Session, tables: Iterable[str], now: datetime, *, before: UUID | None = None
) -> tuple[list[Discarded], UUID | None]:
    """Give the deleted records of some tables, the latest first, and where the next page begins."""
    query = (
        sa.select(ChangeItem)
        .where(
            ChangeItem.operation == "delete",
            ChangeItem.table_name.in_(list(tables)),
            ChangeItem.created_at > now - KEPT,
        )
        .order_by(ChangeItem.id.desc())
        .limit(PAGE + 1)
    )
    if before is not None:
        query = query.where(ChangeItem.id < before)
    page = list(session.scalars(query))
    items = page[:PAGE]
    sets = _sets(session, items)
    whole = _deletions(session, list(sets))
    back = _there_again(session, items)
    found = [
        _entry(item, sets[item.change_set_id], whole[item.change_set_id])
        for item in items
        if item.row_id not in back
        and sets[item.change_set_id].undone_by_id is None
        and PURGED not in (item.old_value or {})
        and not whole[item.change_set_id].above(item)
    ]
    return found, items[-1].id if len(page) > PAGE else None


def restore(uow: UnitOfWork, *, item_id: UUID) -> UndoResult:
    """Bring a deleted record back with the parts that went with it.

    Raises:
        NotFound: when there is no such deletion.
        Conflict: when it is too long ago, or the record is back already.
    """
    item = _deletion(uow.session, item_id)
    if item.created_at <= uow.now() - KEPT or PURGED in (item.old_value or {}):
        raise Conflict("It was deleted more than 90 days ago and is not kept any more.")
    if uow.session.get(deleting.models()[item.table_name], item.row_id) is not None:
        raise Conflict("It is back already.")
    uow.summary = uow.summary or f"Restored {label_of(item, None)} from the trash"[:300]
    return history.undo_items(uow, origin_id=item.change_set_id, items=_with_parts(uow, item))


def tables_with(session: Session, item_id: UUID) -> tuple[set[str], ChangeItem, ChangeSet]:
    """Give the tables a restore would write to, the deletion and its change set.

    Raises:
        NotFound: when there is no such deletion.
    """
    item = _deletion(session, item_id)
    whole = _deletions(session, [item.change_set_id])[item.change_set_id]
    names = {place_of(one)[0] for one in (item, *_below(item, whole))}
    return names, item, session.get_one(ChangeSet, item.change_set_id)


def place_of(item: ChangeItem) -> tuple[str, UUID]:
    """Give table and id of the record to look at: a file is looked at with its record."""
    values = item.old_value if isinstance(item.old_value, dict) else {}
    if item.table_name != FILES or PURGED in values:
        return item.table_name, item.row_id
    return str(values["subject_table"]), UUID(str(values["subject_id"]))


def purge(uow: UnitOfWork) -> int:
    """Forget the contents of what was deleted more than 90 days ago; give how many rows."""
    query = (
        sa.select(ChangeItem)
        .where(
            ChangeItem.operation == "delete",
            ChangeItem.created_at <= uow.now() - KEPT,
            ChangeItem.column_name.is_(None),
        )
        .limit(PURGE_CHUNK)
    )
    count = 0
    while found := list(uow.session.scalars(query)):
        for item in found:
            kept = item.old_value if isinstance(item.old_value, dict) else {}
            item.old_value = {PURGED: True} | {n: kept[n] for n in NAMES if kept.get(n)}
            # What marks it: a whole row that went names no column.
            item.column_name = PURGED
        uow.session.flush()
        count += len(found)
    attachments.forget_bytes(uow)
    return count


def _deletion(session: Session, item_id: UUID) -> ChangeItem:
    item = session.get(ChangeItem, item_id)
    if item is None or item.operation != "delete":
        raise NotFound("There is nothing like that in the trash.")
    return item


def _sets(session: Session, items: Sequence[ChangeItem]) -> dict[UUID, ChangeSet]:
    ids = {item.change_set_id for item in items}
    query = sa.select(ChangeSet).where(ChangeSet.id.in_(ids))
    return {one.id: one for one in session.scalars(query)} if ids else {}


def _deletions(session: Session, ids: Sequence[UUID]) -> dict[UUID, _Whole]:
    """Give all that some change sets deleted, by set."""
    found: dict[UUID, list[ChangeItem]] = {key: [] for key in ids}
    query = (
        sa.select(ChangeItem)
        .where(ChangeItem.change_set_id.in_(ids), ChangeItem.operation == "delete")
        .order_by(ChangeItem.position)
        .limit(MOST_ITEMS)
    )
    for item in session.scalars(query) if ids else ():
        found[item.change_set_id].append(item)
    return {key: _whole(items) for key, items in found.items()}


def _whole(items: Sequence[ChangeItem]) -> _Whole:
    """Put each row under those whose going took it along, as far as they went in the same set."""
    below: dict[Row, list[ChangeItem]] = {}
    whole = _Whole({_row(item) for item in items}, below)
    for item in items:
        for parent in whole.above(item):
            below.setdefault(parent, []).append(item)
    return whole


def _row(item: ChangeItem) -> Row:
    return item.table_name, str(item.row_id)


def _there_again(session: Session, items: Sequence[ChangeItem]) -> set[UUID]:
    by_table: dict[str, list[UUID]] = {}
    for item in items:
        by_table.setdefault(item.table_name, []).append(item.row_id)
    found: set[UUID] = set()
    for table, ids in by_table.items():
        model = deleting.models()[table]
        found.update(session.scalars(sa.select(model.id).where(model.id.in_(ids))))
    return found


def _parents(item: ChangeItem) -> set[Row]:
    """Give the rows whose going took this one along."""
    values = item.old_value if isinstance(item.old_value, dict) else {}
    if item.table_name == FILES:
        return {(str(values.get("subject_table")), str(values.get("subject_id")))}
    table = deleting.models()[item.table_name].__table__
    return {
        (key.column.table.name, str(values[column.name]))
        for column in table.columns
        for key in column.foreign_keys
        if key.ondelete == "CASCADE" and values.get(column.name)
    }


def _below(item: ChangeItem, whole: _Whole) -> list[ChangeItem]:
    """Give the rows that went along with one, and with those."""
    found: dict[UUID, ChangeItem] = {}
    waiting = [item]
    while waiting:
        for part in whole.below.get(_row(waiting.pop()), ()):
            if part.id not in found and part.id != item.id:
                found[part.id] = part
                waiting.append(part)
    return list(found.values())


def _with_parts(uow: UnitOfWork, item: ChangeItem) -> list[ChangeItem]:
    """Give a deletion, those of its parts, and the cells that forgot them."""
    whole = _deletions(uow.session, [item.change_set_id])[item.change_set_id]
    rows = [item, *_below(item, whole)]
    gone = {str(one.row_id) for one in rows}
    query = sa.select(ChangeItem).where(
        ChangeItem.change_set_id == item.change_set_id, ChangeItem.operation == "update"
    )
    forgot = [
        one
        for one in uow.session.scalars(query)
        if one.new_value is None and str(one.old_value) in gone
    ]
    return sorted([*rows, *forgot], key=lambda one: -one.position)


def _entry(item: ChangeItem, found: ChangeSet, whole: _Whole) -> Discarded:
    counts: dict[str, int] = {}
    for one in _below(item, whole):
        name = deleting.label_of(one.table_name)
        counts[name] = counts.get(name, 0) + 1
    return Discarded(
        item_id=item.id,
        change_set_id=item.change_set_id,
        table=item.table_name,
        owner=place_of(item)[0],
        row_id=item.row_id,
        label=label_of(item, None),
        at=item.created_at,
        by=found.actor_name,
        user_id=found.user_id,
        parts=tuple(sorted(counts.items())),
    )


def describe(parts: Iterable[tuple[str, int]]) -> str:
    """Say what went along."""
    return ", ".join(f"{count:,} {label}" for label, count in parts)

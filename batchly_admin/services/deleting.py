"""Delete a record with all that belongs to it, so that the record of change can bring it back.

The database would cascade by itself, but silently: rows it removes are written down nowhere. So
what goes along is deleted row by row, and what keeps a record is named instead.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from batchly_admin.db import Base
from batchly_admin.errors import Conflict
from batchly_admin.models.base import Record
from batchly_admin.models.production import Attachment
from batchly_admin.models.synced import kind_of_model
from batchly_admin.services import cells, pushing
from batchly_admin.services.unit_of_work import UnitOfWork
from batchly_admin.words import _, later

LABELS = {
    "purchase_orders": later("purchase orders"),
    "po_line_items": later("order lines"),
    "job_line_items": later("job lines"),
    "invoice_line_items": later("invoice lines"),
    "credit_memo_line_items": later("credit memo lines"),
    "credit_applications": later("uses on invoices"),
    "payment_allocations": later("payments of invoices"),
    "qb_items": later("QuickBooks items"),
    "price_overrides": later("customer prices"),
    "order_template_lines": later("template lines"),
    "inventory_allocations": later("reserved materials"),
    "attachments": later("files"),
}
FILES_COLUMN = "files"
"""What the record of change calls a change of a record's files; no table has such a column."""

CHUNK = 500


@dataclass(frozen=True, slots=True)
class Link:
    """A column of another table that points to a record, and what happens when that goes.

    A file points to records of any table: `subject` is the one that is meant.
    """

    model: type[Any]
    column: str
    rule: str
    subject: str | None = None

    @property
    def label(self) -> str:
        """What people call the rows that point."""
        return label_of(str(self.model.__tablename__))

    def points_to(self, ids: Iterable[UUID]) -> sa.ColumnElement[bool]:
        """Give the condition that a row points to one of these records."""
        points: sa.ColumnElement[bool] = getattr(self.model, self.column).in_(list(ids))
        if self.subject is None:
            return points
        return sa.and_(self.model.subject_table == self.subject, points)


def label_of(table: str) -> str:
    """Give what people call the rows of a table."""
    return _(LABELS.get(table, table.replace("_", " ")))


@cache
def models() -> dict[str, type[Any]]:
    """Give the class of every table by the database's name."""
    return {str(mapper.local_table): mapper.class_ for mapper in Base.registry.mappers}


@cache
def links_to(table: str) -> tuple[Link, ...]:
    """Give every column that points to a table."""
    found = tuple(
        Link(model, column.name, key.ondelete or "RESTRICT")
        for name, model in sorted(models().items())
        for column in Base.metadata.tables[name].columns
        for key in column.foreign_keys
        if key.column.table.name == table
    )
    if table == Attachment.__tablename__:
        return found
    return (*found, Link(Attachment, "subject_id", "CASCADE", subject=table))


def cascading(session: Session, record: Record) -> Iterator[tuple[str, str, UUID]]:
    """Give every row that is deleted together with a record: label, table and id."""
    for link in links_to(cells.table_of(record)):
        if link.rule == "CASCADE":
            query = sa.select(link.model.id).where(link.points_to([record.id]))
            for key in session.scalars(query):
                yield link.label, str(link.model.__tablename__), key


def held(session: Session, table: str, ids: Iterable[UUID]) -> set[UUID]:
    """Give those of `ids` that something refers to and that cannot be deleted therefore."""
    wanted = list(ids)
    found: set[UUID] = set()
    for link in links_to(table):
        if link.rule != "RESTRICT":
            continue
        column = getattr(link.model, link.column)
        found.update(session.scalars(sa.select(column).where(column.in_(wanted)).distinct()))
    return found


def taken_along(session: Session, table: str, ids: Iterable[UUID]) -> list[tuple[str, int]]:
    """Give all that goes when some records are deleted, and below that: labels with counts."""
    counts: dict[str, int] = {}
    waiting: list[tuple[str, list[UUID]]] = [(table, list(ids))]
    while waiting:
        name, keys = waiting.pop()
        for link in links_to(name):
            if link.rule != "CASCADE":
                continue
            found: list[UUID] = []
            for begin in range(0, len(keys), CHUNK):
                points = link.points_to(keys[begin : begin + CHUNK])
                found.extend(session.scalars(sa.select(link.model.id).where(points)))
            if found:
                counts[link.label] = counts.get(link.label, 0) + len(found)
                waiting.append((str(link.model.__tablename__), found))
    return sorted(counts.items(), key=lambda pair: -pair[1])


def holding(session: Session, table: str, ids: Iterable[UUID]) -> list[tuple[str, int]]:
    """Give what keeps some records from being deleted: labels with counts."""
    wanted = list(ids)
    counts: dict[str, int] = {}
    for link in links_to(table):
        if link.rule != "RESTRICT":
            continue
        query = sa.select(sa.func.count()).where(link.points_to(wanted))
        if count := session.scalar(query):
            counts[link.label] = counts.get(link.label, 0) + int(count)
    return sorted(counts.items(), key=lambda pair: -pair[1])


def delete(uow: UnitOfWork, record: Any) -> None:
    """Delete a record and what belongs to it; what only mentions it forgets it.

    Raises:
        Conflict: naming what refers to it, or because QuickBooks has it.
        DocumentLocked: when it is issued.
    """
    session = uow.session
    session.flush()
    session.refresh(record)
    if used_by := holding(session, cells.table_of(record), [record.id]):
        names = ", ".join(f"{count} {label}" for label, count in used_by)
        raise Conflict(f"It is still used by {names}.")
    _take_back(uow, record)
    table = cells.table_of(record)
    for link, child in _children(session, record, table):
        if link.rule == "CASCADE":
            delete(uow, child)
        elif child.__tracked__:
            setattr(child, link.column, None)
    session.flush()
    session.expire(record)
    session.refresh(record)
    session.delete(record)
    session.flush()


def _take_back(uow: UnitOfWork, record: Any) -> None:
    kind = kind_of_model(type(record))
    if kind is None:
        return
    label = kind.label(record)
    if not pushing.withdraw(uow, record, f"{label} was deleted before it was sent."):
        way_out = "Make it inactive instead." if hasattr(record, "is_active") else "Void it there."
        raise Conflict(f"{label} is in QuickBooks. {way_out}")


def _children(session: Session, record: Any, table: str) -> Iterator[tuple[Link, Any]]:
    for link in links_to(table):
        # Files go with their record by themselves, whatever way it is deleted (`attachments`).
        if link.rule == "RESTRICT" or link.subject is not None:
            continue
        query = sa.select(link.model).where(link.points_to([record.id])).order_by(link.model.id)
        for child in list(session.scalars(query)):
            yield link, child

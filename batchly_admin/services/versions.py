"""A record as it was: the values its cells had before or after one of its changes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from batchly_admin.errors import NotFound
from batchly_admin.models.changes import ChangeItem
from batchly_admin.services import cells, deleting
from batchly_admin.services.undoing import derived_of


def values_then(
    session: Session, *, table: str, record_id: UUID, change_set_id: UUID, column: str | None = None
) -> dict[str, Any]:
    """Give the cells that differ from what they were, encoded as the record of change keeps them.

    Without a column: the whole record as the change left it. With one: that cell as it was before
    the change. What follows from other rows is left out; it is counted, not restored.

    Raises:
        NotFound: when the change set says nothing about this record, or it is gone.
    """
    model = deleting.models()[table]
    record = session.get(model, record_id)
    if record is None:
        raise NotFound
    items = _updates(session, table, record_id)
    if not any(item.change_set_id == change_set_id for item in items):
        # The change that made the record names no cells, but is a version all the same.
        _need(session, table, record_id, change_set_id)
    then: dict[str, Any] = {}
    for item in items:
        if item.change_set_id == change_set_id:
            if column is not None and item.column_name == column:
                then[column] = item.old_value
            if column is None:
                break
        elif item.change_set_id < change_set_id:
            break
        elif column is None:
            # Walking back: the oldest change after the version tells what stood there.
            then[str(item.column_name)] = item.old_value
    derived = derived_of(table)
    return {
        name: value
        for name, value in then.items()
        if name not in derived and cells.encode(getattr(record, name, None)) != value
    }


def _updates(session: Session, table: str, record_id: UUID) -> list[ChangeItem]:
    query = (
        sa.select(ChangeItem)
        .where(
            ChangeItem.table_name == table,
            ChangeItem.row_id == record_id,
            ChangeItem.operation == "update",
        )
        .order_by(ChangeItem.change_set_id.desc(), ChangeItem.position.desc())
    )
    return list(session.scalars(query))


def _need(session: Session, table: str, record_id: UUID, change_set_id: UUID) -> None:
    query = sa.select(ChangeItem.id).where(
        ChangeItem.change_set_id == change_set_id,
        ChangeItem.table_name == table,
        ChangeItem.row_id == record_id,
    )
    if session.scalar(query.limit(1)) is None:
        raise NotFound("This record has no such version.")


def decoded(table: str, values: dict[str, Any], names: Iterable[str]) -> dict[str, Any]:
    """Give those values that may be written, as the columns hold them."""
    columns = deleting.models()[table].__table__.columns
    return {name: cells.decode(columns[name], values[name]) for name in names if name in values}

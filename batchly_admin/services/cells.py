"""Cell values as the record of change keeps them: plain JSON, and back again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any, cast
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import InstanceState
from sqlalchemy.orm.base import PASSIVE_NO_INITIALIZE

from batchly_admin.db import Exact, Guid, UtcDateTime
from batchly_admin.models.base import Record

_READERS: tuple[tuple[type[Any], Callable[[Any], Any]], ...] = (
    (Exact, Decimal),
    (Guid, UUID),
    (UtcDateTime, datetime.fromisoformat),
    (sa.Date, date.fromisoformat),
    (sa.Time, time.fromisoformat),
)


def encode(value: Any) -> Any:
    """Give a value of a column as JSON that `decode` turns back."""
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, bytes):
        return f"{len(value)} bytes"
    return value


def decode(column: sa.Column[Any], value: Any) -> Any:
    """Give the value of `column` that `encode` wrote down."""
    if value is None:
        return None
    kind = column.type
    for known, read in _READERS:
        if isinstance(kind, known):
            return read(value)
    return value


def state_of(record: Record) -> InstanceState[Any]:
    """Give what SQLAlchemy knows about a row: its columns, what was loaded, what changed."""
    return cast("InstanceState[Any]", sa.inspect(record))


def table_of(record: Record) -> str:
    """Give the database's name of the table a row belongs to."""
    return str(cast("Any", record).__tablename__)


def changed_columns(record: Record) -> set[str]:
    """Give the names of the columns whose value differs from what was loaded."""
    state = state_of(record)
    columns = state.mapper.column_attrs
    # Only what was set since the row was loaded can differ; few columns of many are.
    return {
        name
        for name in state.committed_state
        if name in columns and name in state.dict and _differ(_history(state, name))
    }


def _history(state: InstanceState[Any], name: str) -> Any:
    return state.get_history(name, PASSIVE_NO_INITIALIZE)


def _differ(history: Any) -> bool:
    old = history.deleted[0] if history.deleted else None
    new = history.added[0] if history.added else None
    return history.has_changes() and (not history.deleted or old != new)


def old_and_new(record: Record, column: str) -> tuple[Any, Any]:
    """Give the loaded and the present value of a column, encoded."""
    history = _history(state_of(record), column)
    old = history.deleted[0] if history.deleted else None
    return encode(old), encode(getattr(record, column))


def snapshot(record: Record) -> dict[str, Any]:
    """Give every loaded column of a row, encoded; computed columns are left out."""
    state = state_of(record)
    return {
        attribute.key: encode(getattr(record, attribute.key))
        for attribute in state.mapper.column_attrs
        if attribute.key in state.dict and attribute.columns[0].computed is None
    }

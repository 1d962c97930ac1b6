"""Cell values as the record of change keeps them: plain JSON, and back again."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from batchly_admin.db import Exact, Guid, UtcDateTime
from batchly_admin.models.base import Record


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
    if isinstance(kind, Exact):
        return Decimal(value)
    if isinstance(kind, Guid):
        return UUID(value)
    if isinstance(kind, UtcDateTime):
        return datetime.fromisoformat(value)
    if isinstance(kind, sa.Date):
        return date.fromisoformat(value)
    if isinstance(kind, sa.Time):
        return time.fromisoformat(value)
    return value


def changed_columns(record: Record) -> set[str]:
    """Give the names of the columns whose value differs from what was loaded."""
    state = sa.inspect(record)
    changed = set()
    for attribute in state.mapper.column_attrs:
        if attribute.key not in state.dict:
            continue
        history = state.attrs[attribute.key].history
        if history.has_changes() and _differ(history):
            changed.add(attribute.key)
    return changed


def _differ(history: Any) -> bool:
    old = history.deleted[0] if history.deleted else None
    new = history.added[0] if history.added else None
    return not history.deleted or old != new


def old_and_new(record: Record, column: str) -> tuple[Any, Any]:
    """Give the loaded and the present value of a column, encoded."""
    history = sa.inspect(record).attrs[column].history
    old = history.deleted[0] if history.deleted else None
    return encode(old), encode(getattr(record, column))


def snapshot(record: Record) -> dict[str, Any]:
    """Give every loaded column of a row, encoded; computed columns are left out."""
    state = sa.inspect(record)
    return {
        attribute.key: encode(getattr(record, attribute.key))
        for attribute in state.mapper.column_attrs
        if attribute.key in state.dict and attribute.columns[0].computed is None
    }

"""One record as a person sees it, for its page, its panel and its form."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from batchly_admin.admin_views import context
from batchly_admin.errors import NotFound
from batchly_admin.grid import windows
from batchly_admin.grid.columns import Column
from batchly_admin.grid.table import Table


@dataclass(frozen=True, slots=True)
class Seen:
    """A record: its version, why it is locked, and the columns this person may see with values."""

    columns: tuple[Column, ...]
    version: int
    lock: str | None
    cells: dict[str, Any]


def read(table: Table, record_id: UUID) -> Seen:
    """Give a record as it is now.

    Raises:
        NotFound: when there is no such record.
    """
    columns = table.visible_columns(context.person().rights)
    found = windows.rows_by_id(context.reader(), table, columns, [record_id])
    if not found:
        raise NotFound
    _id, version, lock, *values = found[0]
    cells = dict(zip((spec.name for spec in columns), values, strict=True))
    return Seen(columns, version, lock, cells)

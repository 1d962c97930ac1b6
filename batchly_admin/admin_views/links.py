"""Addresses of grids and records, for those who may follow them."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import orjson

from batchly_admin.admin_views import context
from batchly_admin.grid.columns import Column
from batchly_admin.grid.registry import by_database_name, tables
from batchly_admin.grid.registry import table as find_table
from batchly_admin.grid.table import Table
from batchly_admin.models.synced import SYNCED
from batchly_admin.reports.measures import Link


def href(link: Link | None) -> str | None:
    """Give the address of the rows behind a figure, None without such a grid or the right to it."""
    table = tables().get(link.table) if link is not None else None
    if link is None or table is None or not context.may_see(table):
        return None
    seen = {spec.name for spec in table.columns}
    if any(one["column"] not in seen for one in link.filters):
        return None
    if not link.filters:
        return table.url
    return f"{table.url}?filters={quote(orjson.dumps(list(link.filters)).decode(), safe='')}"


def record_href(table: Table | None, record_id: object) -> str | None:
    """Give the address of a record, or None when there is none or the person may not see it."""
    if table is None or not record_id or not context.may_see(table):
        return None
    return f"{table.url}/{record_id}"


def cell_href(spec: Column, value: Any) -> str | None:
    """Give where the link in a cell leads, a pair of id and label; None for who may not follow."""
    if not spec.link or not value:
        return None
    return record_href(find_table(spec.link), value[0])


def synced_href(entity_type: str, record_id: object) -> str | None:
    """Give the address of a record that QuickBooks knows, or None for who may not see it."""
    kind = SYNCED.get(entity_type)
    found = by_database_name().get(kind.model.__tablename__) if kind is not None else None
    return record_href(found, record_id)

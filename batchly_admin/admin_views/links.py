"""Addresses of grids that show the rows behind a figure, for those who may see them."""

from __future__ import annotations

from urllib.parse import quote

import orjson

from batchly_admin.admin_views import context
from batchly_admin.grid.registry import tables
from batchly_admin.reports.measures import Link


def href(link: Link | None) -> str | None:
    """Give the address of the rows, or None when there is no such grid or no right to see it."""
    table = tables().get(link.table) if link is not None else None
    if link is None or table is None or not context.may(f"{table.rights_area}:view"):
        return None
    seen = {spec.name for spec in table.columns}
    if any(one["column"] not in seen for one in link.filters):
        return None
    if not link.filters:
        return table.url
    return f"{table.url}?filters={quote(orjson.dumps(list(link.filters)).decode(), safe='')}"

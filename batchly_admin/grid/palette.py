"""What the command palette finds: records by name or code, saved views, and what can be made."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import orjson
import sqlalchemy as sa
from sqlalchemy.orm import Session

from batchly_admin.grid import matching
from batchly_admin.grid.columns import TEXT_KINDS
from batchly_admin.grid.config import abilities
from batchly_admin.grid.registry import tables
from batchly_admin.grid.table import Table
from batchly_admin.grid.values import is_storable
from batchly_admin.models.company import SavedView
from batchly_admin.services.saved_views import Viewer
from batchly_admin.words import _

MOST_PER_TABLE = 4
MOST_RECORDS = 24
MOST_VIEWS = 200
SHORTEST = 2


def records(session: Session, rights: frozenset[str], text: str) -> list[dict[str, Any]]:
    """Give records whose label or code holds the text; those that begin with it come first."""
    text = text.strip()
    if len(text) < SHORTEST or not is_storable(text):
        return []
    found = [one for table in _searched(rights) for one in _of_table(session, table, rights, text)]
    found.sort(key=lambda one: one.pop("place"))
    return found[:MOST_RECORDS]


def _searched(rights: frozenset[str]) -> Iterator[Table]:
    """Give the tables people keep records in: no logs, no lines of other records."""
    for table in tables().values():
        if table.in_menu and table.search and not table.read_only and table.is_open_to(rights):
            yield table


def _of_table(
    session: Session, table: Table, rights: frozenset[str], text: str
) -> list[dict[str, Any]]:
    seen = {spec.name: spec for spec in table.visible_columns(rights)}
    label = seen.get(table.label_column)
    if label is None or label.kind not in TEXT_KINDS:
        return []
    source = table.model.__table__
    name = source.c[label.name]
    codes = [source.c[code] for code in table.known_by if code in seen]
    detail = source.c[table.detail] if table.detail in seen else sa.null()
    begins = [matching.starts_with(part, text) for part in (name, *codes)]
    place = sa.case((sa.or_(*begins), 0), else_=1)
    statement = (
        sa.select(source.c.id, name, detail, place)
        .where(sa.or_(*(matching.contains(part, text) for part in (name, *codes))))
        .order_by(place, name, source.c.id)
        .limit(MOST_PER_TABLE)
    )
    return [
        {
            "place": at,
            "label": str(words or table.singular),
            "detail": " · ".join(part for part in (table.singular, str(more or "")) if part),
            "icon": table.icon,
            "href": f"{table.url}/{key}",
        }
        for key, words, more, at in session.connection().execute(statement)
    ]


def views(session: Session, viewer: Viewer) -> list[dict[str, Any]]:
    """Give the person's saved views and the ready ones of every table they may see."""
    seen = {table.name: table for table in tables().values() if table.is_open_to(viewer.rights)}
    found = [
        {
            "label": view.label,
            "detail": table.title,
            "icon": table.icon,
            "href": f"{table.url}?filters={_address(view.filters)}",
        }
        for table in seen.values()
        for view in table.views
        if table.in_menu
    ]
    if "saved_views:view" not in viewer.rights:
        return found
    mine = (
        sa.select(SavedView.id, SavedView.table_name, SavedView.name)
        .where(
            SavedView.base_id.is_(None),
            sa.or_(SavedView.user_id == viewer.user_id, SavedView.is_shared),
            SavedView.table_name.in_(seen),
        )
        .order_by(SavedView.table_name, SavedView.position, SavedView.name, SavedView.id)
        .limit(MOST_VIEWS)
    )
    saved = [
        {
            "label": name,
            "detail": seen[table].title,
            "icon": "pin",
            "href": f"{seen[table].url}?view={key}",
        }
        for key, table, name in session.connection().execute(mine)
    ]
    return saved + found


def _address(filters: Any) -> str:
    return quote(orjson.dumps(list(filters)).decode())


def commands(rights: frozenset[str]) -> list[dict[str, Any]]:
    """Give what the person may make, table by table."""
    return [
        {
            "label": _("New {record}", record=table.singular),
            "detail": table.title,
            "icon": "plus",
            "href": f"{table.url}/new",
        }
        for table in tables().values()
        if table.in_menu and abilities(table, rights)["create"]
    ]

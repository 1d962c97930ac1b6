"""What changed in a table since: ids, versions and whose hand it was, for the grids that are open.

It is one query over an index. Ids of changes sort by time, but a transaction may commit after a
later one; so each answer reaches back a little, and a browser skips the versions it holds already.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from batchly_admin.grid.places import lay_out
from batchly_admin.grid.table import Table
from batchly_admin.grid.windows import Asked
from batchly_admin.ids import first_id, parse_id
from batchly_admin.models.changes import ChangeItem, ChangeSet

OVERLAP = 90.0
MOST = 400
"""More changed cells than this at once are "many": the browser then reads its rows again."""


@dataclass(frozen=True, slots=True)
class Fresh:
    """One row that changed: its version now, None when it is gone, and who changed it last."""

    row_id: UUID
    version: int | None
    by: str
    user_id: UUID | None
    is_new: bool


@dataclass(frozen=True, slots=True)
class News:
    """What changed, and from where to ask next."""

    since: UUID
    rows: tuple[Fresh, ...] = ()
    is_many: bool = False
    mark: str = ""


def news(session: Session, table: Table, since: str | None) -> News:
    """Give what changed in a table since; without a usable `since` only where to begin."""
    reach = first_id(OVERLAP)
    known = parse_id(since)
    if known is None:
        return News(since=first_id(0))
    # Another name for it: the record of change is a table like any other, and joined below too.
    source = table.model.__table__.alias()
    query = (
        sa.select(
            ChangeItem.id,
            ChangeItem.row_id,
            ChangeItem.operation,
            ChangeSet.actor_name,
            ChangeSet.user_id,
            source.c.version,
        )
        .join(ChangeSet, ChangeSet.id == ChangeItem.change_set_id)
        .outerjoin(source, source.c.id == ChangeItem.row_id)
        .where(ChangeItem.table_name == table.table_name, ChangeItem.id > known)
        .order_by(ChangeItem.id.desc())
        .limit(MOST + 1)
    )
    found = session.execute(query).all()
    rows: dict[UUID, Fresh] = {}
    born = {one.row_id for one in found if one.operation == "insert"}
    for one in found:
        is_new = one.row_id in born
        fresh = Fresh(one.row_id, one.version, one.actor_name, one.user_id, is_new)
        rows.setdefault(one.row_id, fresh)
    return News(
        since=max(known, reach),
        rows=tuple(rows.values())[:MOST],
        is_many=len(found) > MOST,
        mark=str(found[0].id) if found else "",
    )


def place_of(
    session: Session, table: Table, record_id: UUID, asked: Asked, *, today: date
) -> int | None:
    """Give the row number a record has as the grid is asked for; None when it is filtered out.

    Raises:
        InvalidInput: for a filter that does not fit.
    """
    laid = lay_out(table, asked, today=today)
    key = table.model.__table__.c.id
    connection = session.connection()
    if connection.execute(laid.read(key).where(key == record_id)).first() is None:
        return None
    numbered = laid.read(key.label("id"), laid.place).subquery()
    place = connection.execute(sa.select(numbered.c.place).where(numbered.c.id == record_id))
    return int(place.scalar_one())

"""Whether a row still matches the filter that it was chosen by, asked when its turn comes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from batchly_admin.clock import local_date
from batchly_admin.errors import UserError
from batchly_admin.grid.filters import conditions, joined, selection_of_object
from batchly_admin.grid.registry import tables
from batchly_admin.models.changes import Run
from batchly_admin.services.company import company
from batchly_admin.services.runs import CHOSEN_BY


def still_fits(
    session: Session, run: Run, rights: frozenset[str]
) -> Callable[[Session, UUID], bool]:
    """Give what tells of a row whether it matches a run's filter now.

    The filter is read with the rights its starter has now; one they may no longer use fits nothing.
    A day such as `today` is the one on which the run began.
    """
    statement = _statement(session, run, rights)
    if statement is None:
        return lambda _session, _row_id: False
    return lambda now, row_id: (
        now.connection().execute(statement, {"row": row_id}).first() is not None
    )


def _statement(session: Session, run: Run, rights: frozenset[str]) -> Any:
    asked = (run.params or {}).get(CHOSEN_BY)
    table = tables().get(run.table_name)
    if table is None or not isinstance(asked, Mapping) or run.started_at is None:
        return None
    zone = company(session).time_zone
    seen = table.visible_columns(rights)
    key = table.model.__table__.c.id
    try:
        selection = selection_of_object(asked, seen, rights=rights, zone=zone)
        found = conditions(table, selection, today=local_date(run.started_at, zone))
    except UserError:
        return None
    source = joined(table, found.joins)
    return sa.select(key).select_from(source).where(key == sa.bindparam("row"), *found.where)

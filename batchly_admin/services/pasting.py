"""Pastes: what is remembered of them, and how the parts of one become one change set."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from batchly_admin.errors import Conflict, NotFound
from batchly_admin.models.changes import ChangeItem, ChangeSet
from batchly_admin.models.pasting import PasteReading
from batchly_admin.services.unit_of_work import UnitOfWork

LONGEST = timedelta(hours=1)
"""How long after its first part a paste may still go on."""


def remembered(session: Session, *, user_id: UUID, table: str) -> dict[tuple[str, str], str]:
    """Give how a person reads the columns of a table, by column and kind."""
    query = sa.select(PasteReading.column_name, PasteReading.kind, PasteReading.reading).where(
        PasteReading.user_id == user_id, PasteReading.table_name == table
    )
    return {(column, kind): reading for column, kind, reading in session.execute(query)}


def remember(
    uow: UnitOfWork, *, user_id: UUID, table: str, readings: Mapping[tuple[str, str], str]
) -> None:
    """Keep how a person reads columns of a table, by column and kind."""
    query = sa.select(PasteReading).where(
        PasteReading.user_id == user_id, PasteReading.table_name == table
    )
    known = {(one.column_name, one.kind): one for one in uow.session.scalars(query)}
    for (column, kind), reading in readings.items():
        found = known.get((column, kind))
        if found is None:
            uow.session.add(
                PasteReading(
                    user_id=user_id,
                    table_name=table,
                    column_name=column,
                    kind=kind,
                    reading=reading,
                )
            )
        elif found.reading != reading:
            found.reading = reading
    uow.session.flush()


def carry_on(uow: UnitOfWork, change_set_id: UUID) -> None:
    """Let this unit of work write into the change set that an earlier part of the paste began.

    Raises:
        NotFound: when the person began no such paste.
        Conflict: when it was taken back meanwhile or is long over.
    """
    found = uow.session.scalar(
        sa.select(ChangeSet).where(ChangeSet.id == change_set_id).with_for_update()
    )
    mine = found is not None and found.user_id == uow.actor.user_id and found.source == uow.source
    if found is None or not mine or uow.actor.user_id is None:
        raise NotFound("There is no such paste to go on with.")
    if found.undone_by_id is not None:
        raise Conflict("This paste was taken back meanwhile.")
    if found.created_at < uow.now() - LONGEST:
        raise Conflict("This paste is too old to go on with; paste the rest again.")
    last = sa.select(sa.func.max(ChangeItem.position)).where(
        ChangeItem.change_set_id == change_set_id
    )
    uow.continue_set(change_set_id, uow.session.scalar(last) or 0)

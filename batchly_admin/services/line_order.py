"""The order of a document's lines: one is moved, the others close up behind it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from batchly_admin.services import records
from batchly_admin.services.savepoints import savepoint
from batchly_admin.services.unit_of_work import UnitOfWork

# Above every number a document really has: no two lines have one number even for a moment.
ASIDE = 1_000_000


def move_line(uow: UnitOfWork, lines: Sequence[Any], line_id: UUID, place: int) -> int:
    """Put a line at a place, 1 being the first; give how many lines got another number.

    Raises:
        UserError: when the document is closed.
    """
    order = sorted(lines, key=lambda line: (line.line_number, line.id))
    moved = next(line for line in order if line.id == line_id)
    order.remove(moved)
    order.insert(min(place, len(lines)) - 1, moved)
    wanted = [
        (line, number) for number, line in enumerate(order, start=1) if line.line_number != number
    ]
    if not wanted:
        return 0
    model = type(moved)
    with savepoint(uow):
        uow.session.connection().execute(
            sa.update(model.__table__)
            .where(model.id.in_([line.id for line, _number in wanted]))
            .values(line_number=model.__table__.c.line_number + ASIDE)
        )
        for line, number in wanted:
            records.update_record(uow, line, {"line_number": number})
        uow.session.flush()
    return len(wanted)

"""Numbers without gaps: a counter row, locked in the transaction that uses the number."""

from __future__ import annotations

from datetime import date

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Session

from batchly_admin.db import is_postgresql
from batchly_admin.ids import new_id
from batchly_admin.models.billing import Counter
from batchly_admin.services.unit_of_work import UnitOfWork

WIDTH = 4


def take(uow: UnitOfWork, series: str) -> int:
    """Take the next number of a series; a rollback gives it back.

    The row stays locked until the transaction ends, so whoever issues next waits and no number is
    lost or given twice.
    """
    session = uow.session
    session.flush()
    insert = postgresql_insert if is_postgresql(session) else sqlite_insert
    statement = (
        insert(Counter)
        .values(
            id=new_id(),
            series=series,
            last_number=1,
            version=1,
            created_at=uow.now(),
            updated_at=uow.now(),
        )
        .on_conflict_do_update(
            index_elements=[Counter.series],
            set_={"last_number": Counter.last_number + 1, "updated_at": uow.now()},
        )
        .returning(Counter.last_number)
    )
    return int(session.execute(statement).scalar_one())


def last(session: Session, series: str) -> int:
    """Give the last number of a series that was taken; 0 when none was."""
    return session.scalar(sa.select(Counter.last_number).where(Counter.series == series)) or 0


def document_number(uow: UnitOfWork, prefix: str) -> str:
    """Take the next document number, such as INV-0001; the prefix names the series."""
    return f"{prefix}{take(uow, prefix):0{WIDTH}d}"


def job_number(uow: UnitOfWork, day: date) -> str:
    """Take the next job number of a local day: JOB-20261121-001, padded and never cut."""
    series = f"JOB-{day:%Y%m%d}-"
    return f"{series}{take(uow, series):03d}"

"""Taking a record for oneself: as it stands now, and nobody changes it until the transaction ends.

The lock is the one that lets others refer to the row: a plain one would meet the lock that every
new invoice or job takes on its order and its customer, and two would wait for each other.
"""

from __future__ import annotations

from typing import TypeVar
from uuid import UUID

import sqlalchemy as sa

from batchly_admin.errors import NotFound
from batchly_admin.models.base import Record
from batchly_admin.services.unit_of_work import UnitOfWork

Found = TypeVar("Found", bound=Record)


def locked(uow: UnitOfWork, model: type[Found], record_id: UUID, noun: str) -> Found:
    """Give a record as it stands now, locked until the transaction ends.

    Raises:
        NotFound: when there is none; `noun` is what people call it.
    """
    uow.session.flush()
    found = uow.session.scalar(
        sa.select(model)
        .where(model.id == record_id)
        .with_for_update(of=model, key_share=True)
        .execution_options(populate_existing=True)
    )
    if found is None:
        raise NotFound(f"This {noun} no longer exists.")
    return found

"""A set of rows that somebody sent again together: 3 of 10 done."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from batchly_admin.models.sync import SyncBatch


def count(session: Session, batch_id: UUID | None, now: datetime, *, ok: bool) -> None:
    """Count one row of a batch as done."""
    if batch_id is None:
        return
    good, bad = (1, 0) if ok else (0, 1)
    session.execute(
        sa.update(SyncBatch)
        .where(SyncBatch.id == batch_id, SyncBatch.done < SyncBatch.total)
        .values(done=SyncBatch.done + 1, ok=SyncBatch.ok + good, failed=SyncBatch.failed + bad)
        .execution_options(synchronize_session=False)
    )
    session.execute(
        sa.update(SyncBatch)
        .where(
            SyncBatch.id == batch_id,
            SyncBatch.done >= SyncBatch.total,
            SyncBatch.finished_at.is_(None),
        )
        .values(finished_at=now)
        .execution_options(synchronize_session=False)
    )

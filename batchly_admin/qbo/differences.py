"""Where the two books do not agree: written down once, open until a person decides."""

from __future__ import annotations

import sqlalchemy as sa

from batchly_admin.models.sync import SyncDifference
from batchly_admin.services.unit_of_work import UnitOfWork


def note(uow: UnitOfWork, found: SyncDifference) -> bool:
    """Write a difference down unless it stands there already; True when it is new."""
    same = uow.session.scalar(
        sa.select(SyncDifference)
        .where(
            SyncDifference.entity_type == found.entity_type,
            SyncDifference.entity_id == found.entity_id
            if found.entity_id
            else SyncDifference.qbo_id == found.qbo_id,
            SyncDifference.kind == found.kind,
            SyncDifference.field == found.field if found.field else SyncDifference.field.is_(None),
            SyncDifference.state.in_(("open", "ignored", "kept_ours")),
        )
        .order_by(SyncDifference.created_at.desc())
        .limit(1)
    )
    if same is not None:
        if same.state == "open":
            if (same.ours, same.theirs) != (found.ours, found.theirs):
                same.ours, same.theirs = found.ours, found.theirs
            return False
        if (same.ours, same.theirs) == (found.ours, found.theirs):
            return False
    uow.session.add(found)
    uow.session.flush()
    return True

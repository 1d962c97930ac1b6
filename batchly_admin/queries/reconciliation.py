"""What the reconciliation page reads: the last comparison, what differs, and the history."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from batchly_admin.domain.statuses import ReconciliationState
from batchly_admin.models.reconciling import Reconciliation
from batchly_admin.models.sync import SyncDifference

UNDER_WAY = (ReconciliationState.QUEUED, ReconciliationState.RUNNING)


def under_way(session: Session) -> Reconciliation | None:
    """Give the comparison that waits or runs."""
    return _newest(session, Reconciliation.state.in_(UNDER_WAY))


def last_whole(session: Session) -> Reconciliation | None:
    """Give the last comparison that came to its end."""
    return _newest(session, Reconciliation.state == ReconciliationState.FINISHED)


def last_ended(session: Session) -> Reconciliation | None:
    """Give the last comparison, however it ended."""
    return _newest(session, Reconciliation.state.not_in(UNDER_WAY))


def _newest(session: Session, where: sa.ColumnElement[bool]) -> Reconciliation | None:
    newest = (Reconciliation.created_at.desc(), Reconciliation.id.desc())
    return session.scalar(sa.select(Reconciliation).where(where).order_by(*newest).limit(1))


def history(session: Session, *, limit: int) -> list[Reconciliation]:
    """Give the last comparisons, newest first."""
    newest = (Reconciliation.created_at.desc(), Reconciliation.id.desc())
    return list(session.scalars(sa.select(Reconciliation).order_by(*newest).limit(limit)))


def open_counts(session: Session) -> dict[tuple[str, str], int]:
    """Give how many differences wait for a decision, by type of record and kind."""
    rows = session.execute(
        sa.select(SyncDifference.entity_type, SyncDifference.kind, sa.func.count())
        .where(SyncDifference.state == "open")
        .group_by(SyncDifference.entity_type, SyncDifference.kind)
    )
    return {(entity_type, kind): count for entity_type, kind, count in rows}


def listed_count(session: Session) -> int:
    """Give how many documents somebody made in QuickBooks."""
    query = sa.select(sa.func.count()).where(SyncDifference.state == "listed")
    return int(session.scalar(query) or 0)


def newest_open(session: Session, *, limit: int) -> list[SyncDifference]:
    """Give the newest differences that wait for a decision."""
    newest = (SyncDifference.created_at.desc(), SyncDifference.id.desc())
    query = sa.select(SyncDifference).where(SyncDifference.state == "open").order_by(*newest)
    return list(session.scalars(query.limit(limit)))


def types_of(run: Reconciliation | None) -> dict[str, Any]:
    """Give the figures of a comparison by type."""
    return dict(run.types or {}) if run is not None else {}

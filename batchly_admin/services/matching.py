"""The match of a first connection: the proposals as they are kept and counted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from batchly_admin.domain.matching import MatchDecision
from batchly_admin.models.matching import MatchCandidate as Candidate
from batchly_admin.services.unit_of_work import UnitOfWork


def replace_open(
    uow: UnitOfWork, connection_id: UUID, entity_type: str, rows: Iterable[Mapping[str, Any]]
) -> int:
    """Put new proposals in place of the undecided ones; give how many there are now.

    What was decided stays, so reading again loses no work.
    """
    uow.session.execute(
        sa.delete(Candidate).where(
            Candidate.connection_id == connection_id,
            Candidate.entity_type == entity_type,
            Candidate.decision == MatchDecision.OPEN,
        )
    )
    known = decided(uow.session, connection_id, entity_type)
    fresh = [
        Candidate(connection_id=connection_id, entity_type=entity_type, **row)
        for row in rows
        if row.get("entity_id") not in known and row.get("qbo_id") not in known
    ]
    uow.session.add_all(fresh)
    uow.session.flush()
    return len(fresh)


def decided(session: Session, connection_id: UUID, entity_type: str) -> set[Any]:
    """Give the keys of both sides about which somebody decided."""
    pairs = session.execute(
        sa.select(Candidate.entity_id, Candidate.qbo_id).where(
            Candidate.connection_id == connection_id,
            Candidate.entity_type == entity_type,
            Candidate.decision != MatchDecision.OPEN,
        )
    )
    return {key for pair in pairs for key in pair if key is not None}


def is_left_out(session: Session, entity_type: str, qbo_id: str) -> bool:
    """Tell whether somebody decided that a record of QuickBooks is not brought in."""
    found = session.scalar(
        sa.select(Candidate.id)
        .where(
            Candidate.entity_type == entity_type,
            Candidate.qbo_id == qbo_id,
            Candidate.entity_id.is_(None),
            Candidate.decision == MatchDecision.SKIPPED,
        )
        .limit(1)
    )
    return found is not None


def counts(session: Session, connection_id: UUID) -> dict[tuple[str, str, str], int]:
    """Give how many pairs there are by type, kind and decision."""
    rows = session.execute(
        sa.select(Candidate.entity_type, Candidate.kind, Candidate.decision, sa.func.count())
        .where(Candidate.connection_id == connection_id)
        .group_by(Candidate.entity_type, Candidate.kind, Candidate.decision)
    )
    return {(entity, kind, decision): number for entity, kind, decision, number in rows}


def open_ours(session: Session, connection_id: UUID) -> int:
    """Give how many records of ours still wait for a decision."""
    query = sa.select(sa.func.count(sa.distinct(Candidate.entity_id))).where(
        Candidate.connection_id == connection_id,
        Candidate.decision == MatchDecision.OPEN,
        Candidate.entity_id.is_not(None),
    )
    return session.scalar(query) or 0

"""What is left of the other pairs when one is decided: a settled side is offered no more."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import sqlalchemy as sa

from batchly_admin.domain.matching import MatchDecision, MatchKind
from batchly_admin.models.matching import MatchCandidate as Candidate
from batchly_admin.services.unit_of_work import UnitOfWork


def settle_others(uow: UnitOfWork, pair: Candidate) -> None:
    """Take both sides of a decided pair out of every other open pair."""
    if pair.entity_id is not None:
        for other in _others(uow, pair, Candidate.entity_id == pair.entity_id):
            _drop(uow, other, keeps="qbo_id")
    if pair.qbo_id is not None:
        for other in _others(uow, pair, Candidate.qbo_id == pair.qbo_id):
            _drop(uow, other, keeps="entity_id")
    uow.session.flush()


def leave_theirs(uow: UnitOfWork, pair: Candidate, qbo_id: str) -> None:
    """Keep QuickBooks' side of a skipped pair to be decided by itself."""
    if not _others(uow, pair, Candidate.qbo_id == qbo_id):
        uow.session.add(
            Candidate(
                connection_id=pair.connection_id,
                entity_type=pair.entity_type,
                qbo_id=qbo_id,
                label=pair.theirs or qbo_id,
                theirs=pair.theirs,
                theirs_details=pair.theirs_details,
                kind=MatchKind.ONLY_THERE.value,
                reason="Its pair in Batchly was skipped.",
                their_values=pair.their_values,
                sync_token=pair.sync_token,
            )
        )
    pair.theirs = pair.theirs_details = pair.their_values = pair.sync_token = None
    uow.session.flush()


def leave_ours(uow: UnitOfWork, pair: Candidate, entity_id: UUID) -> None:
    """Keep our side of a pair whose other side was made here as a record of its own."""
    if _others(uow, pair, Candidate.entity_id == entity_id):
        return
    uow.session.add(
        Candidate(
            connection_id=pair.connection_id,
            entity_type=pair.entity_type,
            entity_id=entity_id,
            label=pair.ours or pair.label,
            ours=pair.ours,
            ours_details=pair.ours_details,
            kind=MatchKind.ONLY_HERE.value,
            reason="Nothing in QuickBooks fits.",
        )
    )
    uow.session.flush()


def _others(uow: UnitOfWork, pair: Candidate, where: Any) -> list[Candidate]:
    query = sa.select(Candidate).where(
        Candidate.connection_id == pair.connection_id,
        Candidate.entity_type == pair.entity_type,
        Candidate.decision == MatchDecision.OPEN,
        Candidate.id != pair.id,
        where,
    )
    return list(uow.session.scalars(query))


def _drop(uow: UnitOfWork, other: Candidate, *, keeps: str) -> None:
    """Take a settled side out of a pair; what is left stays only where nothing else offers it."""
    key = getattr(other, keeps)
    if key is None or _others(uow, other, getattr(Candidate, keeps) == key):
        uow.session.delete(other)
        uow.session.flush()
        return
    if keeps == "qbo_id":
        other.entity_id = other.ours = other.ours_details = None
        other.kind, other.label = MatchKind.ONLY_THERE.value, other.theirs or other.label
        other.reason = "Nothing in Batchly fits."
    else:
        other.qbo_id = other.theirs = other.theirs_details = None
        other.their_values = other.sync_token = None
        other.kind, other.reason = MatchKind.ONLY_HERE.value, "Nothing in QuickBooks fits."
    other.score = 0

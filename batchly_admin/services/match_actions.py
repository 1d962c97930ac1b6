"""Bulk actions of the match: link, create on either side, skip, decide again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from batchly_admin.domain.matching import MatchDecision, MatchKind
from batchly_admin.errors import Conflict
from batchly_admin.models.matching import MatchCandidate as Candidate
from batchly_admin.services import match_deciding
from batchly_admin.services.tallies import (
    BulkAction,
    Params,
    Preview,
    preview_of,
    tally,
    text_param,
)
from batchly_admin.services.unit_of_work import UnitOfWork
from batchly_admin.words import _, later, plural

RIGHT = "quickbooks:map"
Judge = Callable[[str, str, int, int], str | None]

OTHER = text_param(
    "other", later("Another record of QuickBooks, by number or exact name (one row at a time)")
)


def _link(uow: UnitOfWork, candidate_id: UUID, params: Params) -> str:
    return match_deciding.link(uow, candidate_id, other=str(params.get("other") or ""))


def _plain(act: Callable[[UnitOfWork, UUID], str]) -> Callable[[UnitOfWork, UUID, Params], str]:
    def perform(uow: UnitOfWork, candidate_id: UUID, _params: Params) -> str:
        return act(uow, candidate_id)

    return perform


def _is_open(decision: str) -> str | None:
    return None if decision == MatchDecision.OPEN else _("decided already")


def _judge_link(decision: str, kind: str, has_ours: int, has_theirs: int) -> str | None:
    if kind == MatchKind.SEVERAL:
        return _is_open(decision) or _("several fit; link the right one by itself")
    sides = None if has_ours and has_theirs else _("on one side only")
    return _is_open(decision) or sides


def _judge_there(decision: str, kind: str, has_ours: int, _has_theirs: int) -> str | None:
    if kind in (MatchKind.NAME, MatchKind.NAME_TAKEN):
        return _is_open(decision) or _("the name is taken in QuickBooks")
    return _is_open(decision) or (None if has_ours else _("in QuickBooks already"))


def _judge_here(decision: str, _kind: str, _has_ours: int, has_theirs: int) -> str | None:
    return _is_open(decision) or (None if has_theirs else _("not in QuickBooks"))


def _judge_skip(decision: str, _kind: str, _has_ours: int, _has_theirs: int) -> str | None:
    return _is_open(decision)


def _judge_reopen(decision: str, _kind: str, _has_ours: int, _has_theirs: int) -> str | None:
    can = decision in (MatchDecision.SKIPPED, MatchDecision.CREATE_THERE)
    return None if can else _("not skipped or waiting")


def _preview(
    title: str, then: str, confirm: str, judge: Judge, *, asks: bool = False
) -> Callable[[Session, Sequence[UUID], Params], Preview]:
    def preview(session: Session, ids: Sequence[UUID], params: Params) -> Preview:
        if params.get("other") and len(ids) > 1:
            raise Conflict("Another record can be named for one row at a time.")
        is_single = len(ids) == 1
        columns = [
            Candidate.decision,
            Candidate.kind,
            sa.case((Candidate.entity_id.is_not(None), 1), else_=0),
            sa.case((Candidate.qbo_id.is_not(None), 1), else_=0),
        ]
        chosen: Judge = _judge_skip if asks and is_single else judge
        found = tally(session, Candidate, ids, columns, judge=chosen)
        first = f"{plural(found.will, 'row')} {_(then)}"
        extra = {"params": (OTHER,)} if asks and is_single else {}
        return preview_of(_(title), (first,), found, _(confirm), **extra)

    return preview


MATCH_ACTIONS = (
    BulkAction(
        "link",
        later("Link"),
        RIGHT,
        _link,
        _preview(
            later("Link"),
            later("will be linked to the record shown."),
            later("Link"),
            _judge_link,
            asks=True,
        ),
    ),
    BulkAction(
        "create-there",
        later("Create in QuickBooks"),
        RIGHT,
        _plain(match_deciding.create_there),
        _preview(
            later("Create in QuickBooks"),
            later("will be created in QuickBooks once you go live."),
            later("Create"),
            _judge_there,
        ),
    ),
    BulkAction(
        "create-here",
        later("Create here"),
        RIGHT,
        _plain(match_deciding.create_here),
        _preview(
            later("Create here"),
            later("will be created in Batchly, linked."),
            later("Create"),
            _judge_here,
        ),
    ),
    BulkAction(
        "skip",
        later("Skip"),
        RIGHT,
        _plain(match_deciding.skip),
        _preview(later("Skip"), later("will be left where they are."), later("Skip"), _judge_skip),
    ),
    BulkAction(
        "reopen",
        later("Decide again"),
        RIGHT,
        _plain(match_deciding.reopen),
        _preview(
            later("Decide again"),
            later("will be decided again."),
            later("Decide again"),
            _judge_reopen,
        ),
    ),
)

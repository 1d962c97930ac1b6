"""Bulk actions of the differences between the two books."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from batchly_admin.domain import differences as rules
from batchly_admin.domain.rights import may
from batchly_admin.models.company import User
from batchly_admin.models.sync import SyncDifference
from batchly_admin.services import difference_repairs
from batchly_admin.services.tallies import BulkAction, Params, Preview, preview_of, tally
from batchly_admin.services.unit_of_work import UnitOfWork
from batchly_admin.words import _, later, plural

RIGHT = "sync:resolve"


def _repair(how: str) -> Callable[[UnitOfWork, UUID, Params], str]:
    def perform(uow: UnitOfWork, difference_id: UUID, _params: Params) -> str:
        return difference_repairs.repair(uow, difference_id, how)

    return perform


def _preview_repair(how: str, title: str, words: str) -> Callable[..., Preview]:
    def preview(session: Session, ids: Sequence[UUID], _params: Params) -> Preview:
        void = sa.case((SyncDifference.ours == "void", 1), else_=0)
        columns = [SyncDifference.state, SyncDifference.entity_type, SyncDifference.kind, void]

        def judge(state: str, entity_type: str, kind: str, is_void: int) -> str | None:
            if state not in rules.WAITS:
                return _("decided already")
            fitting = rules.repairs(entity_type, kind, is_void_here=bool(is_void))
            return None if how in fitting else _("need another repair, see What to do")

        found = tally(session, SyncDifference, ids, columns, judge=judge)
        first = f"{plural(found.will, 'difference')}: {_(words)}"
        then = _("The next reconciliation says whether it helped; what is left opens again.")
        return preview_of(_(title), (first, then), found, _(title))

    return preview


def _assign(uow: UnitOfWork, difference_id: UUID, params: Params) -> str:
    return difference_repairs.assign(uow, difference_id, str(params.get("owner") or ""))


def _reopen(uow: UnitOfWork, difference_id: UUID, _params: Params) -> str:
    return difference_repairs.reopen(uow, difference_id)


def _preview_assign(session: Session, ids: Sequence[UUID], _params: Params) -> Preview:
    def judge(state: str) -> str | None:
        return None if state in rules.WAITS else _("decided already")

    found = tally(session, SyncDifference, ids, [SyncDifference.state], judge=judge)
    first = _("{differences} will get an owner.", differences=plural(found.will, "difference"))
    return preview_of(_("Assign"), (first,), found, _("Assign"), params=_owners(session))


def _preview_reopen(session: Session, ids: Sequence[UUID], _params: Params) -> Preview:
    def judge(state: str) -> str | None:
        return None if state == "ignored" else _("not accepted")

    found = tally(session, SyncDifference, ids, [SyncDifference.state], judge=judge)
    first = _(
        "{differences} will wait for a decision again.",
        differences=plural(found.will, "difference"),
    )
    return preview_of(_("Open again"), (first,), found, _("Open again"))


def _owners(session: Session) -> tuple[dict[str, Any], ...]:
    """Give the choice of those who may decide."""
    query = sa.select(User).where(User.is_active).order_by(User.name)
    able = [
        user for user in session.scalars(query) if may((role.name for role in user.roles), RIGHT)
    ]
    choices = [{"value": "", "label": _("Nobody")}]
    choices += [{"value": str(user.id), "label": user.name} for user in able]
    owner = {
        "name": "owner",
        "label": _("Owner"),
        "kind": "choice",
        "value": "",
        "choices": choices,
    }
    return (owner,)


DECISIONS = (
    *(
        BulkAction(name, title, RIGHT, _repair(how), _preview_repair(how, title, words))
        for name, how, title, words in (
            (
                "push-again",
                rules.PUSH,
                later("Push again"),
                later("our records are made in QuickBooks once more, under new requests."),
            ),
            (
                "link",
                rules.LINK,
                later("Link"),
                later("the two records are connected; nothing is sent."),
            ),
            (
                "take-theirs",
                rules.TAKE,
                later("Take theirs"),
                later("what QuickBooks says is taken over here."),
            ),
            (
                "keep-ours",
                rules.KEEP,
                later("Keep ours"),
                later("what we say is sent to QuickBooks."),
            ),
        )
    ),
    BulkAction("assign", later("Assign"), RIGHT, _assign, _preview_assign),
    BulkAction("reopen", later("Open again"), RIGHT, _reopen, _preview_reopen),
)

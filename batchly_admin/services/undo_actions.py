"""The bulk action that takes whole changes back, from the list of changes."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.orm import Session

from batchly_admin.errors import Conflict
from batchly_admin.services import history
from batchly_admin.services.tallies import BulkAction, Params, Preview
from batchly_admin.services.unit_of_work import UnitOfWork
from batchly_admin.words import _, later, plural


def _undo(uow: UnitOfWork, change_set_id: UUID, _params: Params) -> str:
    result = history.undo_change_set(uow, change_set_id=change_set_id)
    if result.conflicts and not result.undone:
        raise Conflict(result.conflicts[0].reason)
    words = _("{changes} taken back.", changes=plural(result.undone, "change"))
    for conflict in result.conflicts[:3]:
        words = f"{words} {conflict.label}: {conflict.reason}"
    return words


def _preview_undo(_session: Session, ids: Sequence[UUID], _params: Params) -> Preview:
    first = _(
        "{changes} will be taken back where nobody built upon them.",
        changes=plural(len(ids), "change"),
    )
    return Preview(_("Undo"), (first,), len(ids), 0, confirm_label=_("Undo"))


UNDO_ACTIONS = (
    ("change_sets", BulkAction("undo", later("Undo"), "all:undo", _undo, _preview_undo)),
)

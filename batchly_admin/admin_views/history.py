"""Undo of a change set, whoever made it and from wherever."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, flash, redirect
from flask.typing import ResponseReturnValue

from batchly_admin.admin_views import context, stepping, undo_answers
from batchly_admin.admin_views.answers import answer, body, wants_json
from batchly_admin.admin_views.security import LOGGED_IN, requires
from batchly_admin.errors import NotFound
from batchly_admin.models.changes import ChangeSet
from batchly_admin.services import history
from batchly_admin.words import _

blueprint = Blueprint("undo_history", __name__, url_prefix="/history")


@blueprint.post("/<uuid:change_set_id>/undo")
@requires("all:undo")
def undo(change_set_id: UUID) -> ResponseReturnValue:
    """Take a change set back where nobody changed the same since; list the rest."""
    with context.runtime().uows.begin(actor=context.actor(), source="undo") as uow:
        if uow.session.get(ChangeSet, change_set_id) is None:
            raise NotFound
        stepping.check_rights(uow, change_set_id)
        outcome = history.undo_change_set(uow, change_set_id=change_set_id)
        made = uow.change_set_id if outcome.undone else None
    conflicts = undo_answers.conflicts(outcome)
    if wants_json():
        return answer({"undone": outcome.undone, "conflicts": conflicts, "change_set": made})
    flash(_("{undone} changes taken back.", undone=outcome.undone), "success")
    for conflict in conflicts[:5]:
        flash(f"{conflict['label']}: {conflict['reason']}", "warning")
    return redirect(f"/change-sets/{change_set_id}")


@blueprint.post("/mine/undo")
@requires(LOGGED_IN)
def undo_mine() -> ResponseReturnValue:
    """Take back the person's own latest step; editing the table is all the right it needs."""
    return answer(stepping.take_back(body()))


@blueprint.post("/mine/redo")
@requires(LOGGED_IN)
def redo_mine() -> ResponseReturnValue:
    """Do again what the person took back last."""
    return answer(stepping.do_again(body()))

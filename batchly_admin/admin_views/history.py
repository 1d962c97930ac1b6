"""Undo of a change set, whoever made it and from wherever."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, flash, redirect
from flask.typing import ResponseReturnValue

from batchly_admin.admin_views import context
from batchly_admin.admin_views.answers import answer, wants_json
from batchly_admin.admin_views.security import requires
from batchly_admin.errors import NotAllowed, NotFound
from batchly_admin.grid.registry import by_database_name
from batchly_admin.models.changes import ChangeItem, ChangeSet
from batchly_admin.services import history
from batchly_admin.services.unit_of_work import UnitOfWork

blueprint = Blueprint("undo_history", __name__, url_prefix="/history")


@blueprint.post("/<uuid:change_set_id>/undo")
@requires("all:undo")
def undo(change_set_id: UUID) -> ResponseReturnValue:
    """Take a change set back where nobody changed the same since; list the rest."""
    with context.runtime().uows.begin(actor=context.actor(), source="undo") as uow:
        _check_rights(uow, change_set_id)
        outcome = history.undo_change_set(uow, change_set_id=change_set_id)
    conflicts = [
        {"label": conflict.label, "column": conflict.column, "reason": conflict.reason}
        for conflict in outcome.conflicts
    ]
    if wants_json():
        return answer({"undone": outcome.undone, "conflicts": conflicts})
    flash(f"{outcome.undone} changes taken back.", "success")
    for conflict in conflicts[:5]:
        flash(f"{conflict['label']}: {conflict['reason']}", "warning")
    return redirect(f"/change-sets/{change_set_id}")


def _check_rights(uow: UnitOfWork, change_set_id: UUID) -> None:
    """Let nobody undo in a table they may not edit.

    Raises:
        NotFound: when there is no such change set.
        NotAllowed: when one of its tables is closed to the person.
    """
    import sqlalchemy as sa

    if uow.session.get(ChangeSet, change_set_id) is None:
        raise NotFound
    names = uow.session.scalars(
        sa.select(ChangeItem.table_name).where(ChangeItem.change_set_id == change_set_id).distinct()
    )
    for name in names:
        table = by_database_name().get(name)
        if table is None or table.read_only or not context.may(f"{table.rights_area}:edit"):
            raise NotAllowed

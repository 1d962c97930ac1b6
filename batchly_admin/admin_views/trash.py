"""The trash: deleted records of 90 days by table, who deleted them when, and their way back."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue

from batchly_admin.admin_views import context, undo_answers
from batchly_admin.admin_views.answers import answer, wants_json
from batchly_admin.admin_views.security import LOGGED_IN, requires
from batchly_admin.errors import NotAllowed
from batchly_admin.grid.registry import by_database_name
from batchly_admin.grid.table import Table
from batchly_admin.ids import parse_id
from batchly_admin.services import trash
from batchly_admin.services.trash import Discarded
from batchly_admin.words import _

blueprint = Blueprint("trash", __name__, url_prefix="/trash")


@blueprint.get("")
@requires("all:history")
def index() -> ResponseReturnValue:
    """List what was deleted from the tables this person may see."""
    seen = _seen()
    wanted = request.args.get("table", "")
    names = [name for name, table in seen.items() if not wanted or table.name == wanted]
    now = context.runtime().clock.now()
    before = parse_id(request.args.get("before"))
    # Files lie here with the table of their record.
    found, more = trash.discarded(context.reader(), [*names, trash.FILES], now, before=before)
    return render_template(
        "trash.html",
        entries=[_entry(one, seen[one.owner]) for one in found if one.owner in names],
        tables=[
            {"name": table.name, "title": table.title, "current": table.name == wanted}
            for table in seen.values()
        ],
        wanted=wanted,
        more=f"/trash?table={wanted}&before={more}" if more else None,
        days=trash.KEPT.days,
    )


@blueprint.post("/<uuid:item_id>/restore")
@requires(LOGGED_IN)
def restore(item_id: UUID) -> ResponseReturnValue:
    """Bring a record back with its parts, through rights and locks."""
    with context.runtime().uows.begin(actor=context.actor(), source="restore") as uow:
        names, item, deleted = trash.tables_with(uow.session, item_id)
        is_file = item.table_name == trash.FILES
        _check(names, is_own=deleted.user_id == context.person().user_id, is_file=is_file)
        found = trash.restore(uow, item_id=item_id)
        owner, row_id = trash.place_of(item)
        table = by_database_name()[owner]
        made = uow.change_set_id if found.undone else None
    conflicts = undo_answers.conflicts(found)
    if wants_json():
        return answer({"undone": found.undone, "conflicts": conflicts, "change_set": made})
    for one in conflicts[:5]:
        flash(f"{one['label']}: {one['reason']}", "warning")
    if not found.undone:
        return redirect("/trash")
    flash(_("{record} restored.", record=_("File") if is_file else table.heading), "success")
    return redirect(f"{table.url}/{row_id}")


def _check(names: set[str], *, is_own: bool, is_file: bool) -> None:
    """Let only those put back who may delete there; what others deleted needs the right to undo.

    A file is put back by whoever may edit its record.

    Raises:
        NotAllowed: when one of the tables is closed to the person.
    """
    if not is_own and not context.may("all:undo"):
        raise NotAllowed
    if not all(_may_restore(name, is_file=is_file) for name in names):
        raise NotAllowed


def _may_restore(name: str, *, is_file: bool) -> bool:
    table = by_database_name().get(name)
    if table is None or table.read_only:
        return False
    if is_file:
        return context.may(f"{table.rights_area}:edit")
    verbs = ("delete", "edit") if not table.can_delete else ("delete",)
    return any(context.may(f"{table.rights_area}:{verb}") for verb in verbs)


def _seen() -> dict[str, Table]:
    """Give the tables whose deleted records this person may see, by the database's names."""
    return {
        name: table
        for name, table in by_database_name().items()
        if not table.read_only and table.model.__tracked__ and context.may_see(table)
    }


def _entry(one: Discarded, table: Table) -> dict[str, Any]:
    mine = one.user_id == context.person().user_id
    is_file = one.table == trash.FILES
    may = _may_restore(one.owner, is_file=is_file) and (mine or context.may("all:undo"))
    return {
        "label": one.label,
        "table": f"File of {table.singular}" if is_file else table.heading,
        "at": one.at,
        "by": one.by,
        "parts": trash.describe(one.parts),
        "restore": f"/trash/{one.item_id}/restore" if may else None,
    }

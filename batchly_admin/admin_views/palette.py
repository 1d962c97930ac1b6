"""The command palette over HTTP: what it always offers, and what it finds for a text."""

from __future__ import annotations

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from batchly_admin.admin_views import context
from batchly_admin.admin_views.answers import answer
from batchly_admin.admin_views.security import LOGGED_IN, requires
from batchly_admin.grid import palette
from batchly_admin.services.saved_views import Viewer

blueprint = Blueprint("palette", __name__, url_prefix="/palette")


@blueprint.get("")
@requires(LOGGED_IN)
def offered() -> ResponseReturnValue:
    """Give the person's views and what they may make."""
    who = context.person()
    views = palette.views(context.reader(), Viewer(who.user_id, who.rights))
    return answer({"views": views, "commands": palette.commands(who.rights)})


@blueprint.get("/records")
@requires(LOGGED_IN)
def records() -> ResponseReturnValue:
    """Give the records that a text names."""
    found = palette.records(
        context.reader(), context.person().rights, request.args.get("q", "")[:100]
    )
    return answer({"records": found})

"""A person's own account: the password and the open sessions."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, session
from flask.typing import ResponseReturnValue

from batchly_admin.admin_views import context
from batchly_admin.admin_views.security import LOGGED_IN, requires
from batchly_admin.errors import InvalidInput, UserError
from batchly_admin.ids import parse_id
from batchly_admin.models.company import User
from batchly_admin.services import users
from batchly_admin.words import _

blueprint = Blueprint("account", __name__, url_prefix="/account")


@blueprint.get("")
@requires(LOGGED_IN)
def show() -> ResponseReturnValue:
    """Show the page."""
    return _page({})


def _page(errors: dict[str, str]) -> ResponseReturnValue:
    who = context.person()
    found = context.reader().get(User, who.user_id)
    page = render_template(
        "account.html",
        user={
            "name": who.name,
            "email": who.email,
            "role_label": who.role_label,
            "last_login_at": found.last_login_at if found is not None else None,
        },
        password_url="/account/password",  # noqa: S106 - an address
        errors=errors,
        sessions=users.open_sessions(
            context.reader(), who.user_id, str(session.get("sid")), context.runtime().clock.now()
        ),
        revoke_url="/account/sessions/end",
        revoke_others_url="/account/sessions/end-others",
    )
    return page, (422 if errors else 200)


@blueprint.post("/password")
@requires(LOGGED_IN)
def password() -> ResponseReturnValue:
    """Change the password; every other session ends."""
    new, again = request.form.get("new_password", ""), request.form.get("repeat_password", "")
    if new != again:
        return _page({"repeat_password": "The two new passwords differ."})
    try:
        with context.runtime().uows.begin(actor=context.actor(), source="form") as uow:
            users.change_password(
                uow,
                user_id=context.person().user_id,
                current=request.form.get("current_password", ""),
                new=new,
                keep_session=str(session.get("sid")),
            )
    except UserError as refused:
        field = refused.field or "current_password"
        if isinstance(refused, InvalidInput) and refused.field in {"password", "new"}:
            field = "new_password"
        return _page({field: refused.message})
    flash(_("Your password is changed. Other sessions have ended."), "success")
    return redirect("/account")


@blueprint.post("/sessions/end")
@requires(LOGGED_IN)
def end_session() -> ResponseReturnValue:
    """End one of the person's own sessions."""
    session_id = parse_id(request.form.get("session_id"))
    if isinstance(session_id, UUID):
        users.end_session(
            context.runtime().uows, user_id=context.person().user_id, session_id=session_id
        )
        flash(_("The session has ended."), "success")
    return redirect("/account")


@blueprint.post("/sessions/end-others")
@requires(LOGGED_IN)
def end_others() -> ResponseReturnValue:
    """End every session of the person but this one."""
    users.end_other_sessions(
        context.runtime().uows,
        user_id=context.person().user_id,
        keep_session=str(session.get("sid")),
    )
    flash(_("All other sessions have ended."), "success")
    return redirect("/account")

"""Log in and out."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, session
from flask.typing import ResponseReturnValue

from batchly_admin.admin_views import context
from batchly_admin.admin_views.security import LOGGED_IN, PUBLIC, requires, safe_next
from batchly_admin.errors import UserError
from batchly_admin.services import users
from batchly_admin.services.unit_of_work import SYSTEM

blueprint = Blueprint("login", __name__)


@blueprint.route("/login", methods=["GET", "POST"])
@requires(PUBLIC)
def login() -> ResponseReturnValue:
    """Show the form, or open a session for whoever knows the password."""
    target = safe_next(request.values.get("next"))
    email = request.form.get("email", "").strip()
    error = None
    if request.method == "POST":
        try:
            secret = users.log_in(
                context.runtime().uows,
                actor=SYSTEM,
                email=email,
                password=request.form.get("password", ""),
                address=request.remote_addr,
                user_agent=request.headers.get("User-Agent", ""),
            )
        except UserError as refused:
            error = refused.message
        else:
            session.clear()
            session["sid"] = secret
            session.permanent = True
            return redirect(target)
    page = render_template(
        "login.html",
        error=error,
        email=email,
        next=target,
        action="/login",
        company=context.company().name,
        hint=None,
    )
    return page, (401 if error else 200)


@blueprint.route("/logout", methods=["POST"])
@requires(LOGGED_IN)
def logout() -> ResponseReturnValue:
    """End the session here and in the database."""
    secret = session.pop("sid", None)
    if isinstance(secret, str):
        users.close_session(context.runtime().uows, secret)
    session.clear()
    response = redirect("/login")
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response

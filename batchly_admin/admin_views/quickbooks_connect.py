"""Connect Batchly to a QuickBooks company, and let it go again."""

from __future__ import annotations

import hmac
from dataclasses import replace

from flask import Blueprint, flash, redirect, request, session, url_for
from flask.typing import ResponseReturnValue

from batchly_admin.admin_views import context
from batchly_admin.admin_views.security import requires
from batchly_admin.errors import BatchlyError, InvalidInput, SyncError
from batchly_admin.ids import token
from batchly_admin.models.sync import QbConnection
from batchly_admin.qbo import facts
from batchly_admin.qbo.auth import authorization_url, connect, exchange
from batchly_admin.qbo.gateway import Access
from batchly_admin.services import audit
from batchly_admin.services.unit_of_work import SYSTEM

blueprint = Blueprint("quickbooks_connect", __name__, url_prefix="/admin/quickbooks")

STATE = "quickbooks_state"
STATE_SECONDS = 600
STATUS = "/admin/quickbooks/status"


@blueprint.post("/connect")
@requires("quickbooks:connect")
def start() -> ResponseReturnValue:
    """Send the admin to Intuit's page, with a state that only this session can bring back."""
    access = _access()
    if not access.client_id:
        raise InvalidInput("QuickBooks is not configured: set QB_CLIENT_ID and QB_CLIENT_SECRET.")
    state = token()
    session[STATE] = [state, context.runtime().clock.now().timestamp()]
    return redirect(authorization_url(access, context.runtime().clock, state=state))


@blueprint.get("/callback")
@requires("quickbooks:connect")
def callback() -> ResponseReturnValue:
    """Take the code that Intuit sends back, once, and keep the grant.

    Raises:
        InvalidInput: when the answer does not belong to this session or is too old.
    """
    _check_state(request.args.get("state", ""))
    if request.args.get("error"):
        flash("Nothing was connected: access was not granted.", "warning")
        return redirect(STATUS)
    access = _access()
    runtime = context.runtime()
    try:
        tokens = exchange(access, runtime.clock, code=request.args.get("code", "")[:512])
        with runtime.uows.begin(actor=context.actor(), source="sync") as uow:
            realm_id = request.args.get("realmId", "")[:40]
            connect(uow, runtime.box, access=access, realm_id=realm_id, tokens=tokens)
    except BatchlyError as refused:
        flash(refused.message, "error")
    else:
        flash("QuickBooks is connected. What was waiting goes out now.", "success")
    return redirect(STATUS)


@blueprint.post("/disconnect")
@requires("quickbooks:connect")
def disconnect() -> ResponseReturnValue:
    """Give the grant back; the data stay, and what is to be pushed waits."""
    found = _connection()
    if found is not None:
        try:
            context.runtime().engine.logins.revoke(found.id, context.actor())
        except SyncError as refused:
            flash(refused.message, "error")
        else:
            flash("QuickBooks is disconnected. Documents wait until you connect again.", "info")
    return redirect(STATUS)


def urls(state: str) -> dict[str, str | None]:
    """Give the addresses of the buttons that fit the state of the connection."""
    gone = state in {"disconnected", "reconnect"}
    configured = bool(_access().client_id)
    return {
        "connect_url": url_for("quickbooks_connect.start") if gone and configured else None,
        "disconnect_url": None if gone else url_for("quickbooks_connect.disconnect"),
    }


def _connection() -> QbConnection | None:
    return facts.connection_of(context.reader())


def _access() -> Access:
    """Give what reaches the login server, with the address it sends people back to."""
    logins = context.runtime().engine.logins
    found = _connection()
    access = logins.access if found is None else logins.access_of(found)
    back = access.redirect_uri or url_for("quickbooks_connect.callback", _external=True)
    return replace(access, redirect_uri=back)


def _check_state(given: str) -> None:
    kept = session.pop(STATE, None)
    now = context.runtime().clock.now().timestamp()
    fits = isinstance(kept, list) and hmac.compare_digest(str(kept[0]), given)
    if not fits or now - float(kept[1]) > STATE_SECONDS:
        with context.runtime().uows.begin(actor=SYSTEM, source="sync") as uow:
            audit.note(uow, "qbo.state.refused", subject=context.person().email)
        raise InvalidInput("This answer does not belong to your session. Start connecting again.")

"""Connect Batchly to a QuickBooks company, renew the permission, and let it go again."""

from __future__ import annotations

import hmac
from dataclasses import replace

from flask import Blueprint, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from batchly_admin.admin_views import connection_page, context, shell
from batchly_admin.admin_views.security import requires
from batchly_admin.domain.setup import TaskKind
from batchly_admin.errors import BatchlyError, InvalidInput, SyncError
from batchly_admin.ids import token
from batchly_admin.models.sync import QbConnection
from batchly_admin.qbo import facts
from batchly_admin.qbo.auth import (
    OtherCompany,
    Tokens,
    authorization_url,
    connect,
    exchange,
    give_back,
    is_linked,
)
from batchly_admin.qbo.gateway import Access
from batchly_admin.services import audit, releasing, setup_tasks
from batchly_admin.services.unit_of_work import SYSTEM
from batchly_admin.words import _, number

blueprint = Blueprint("quickbooks_connect", __name__, url_prefix="/admin/quickbooks")

STATE = "quickbooks_state"
STATE_SECONDS = 600
PAGE = "/admin/quickbooks/connect"
SETUP = "/admin/quickbooks/setup"
STATUS = "/admin/quickbooks/status"


@blueprint.get("/connect")
@requires("quickbooks:connect")
def page() -> ResponseReturnValue:
    """Show the company that is connected, until when, and the buttons that fit."""
    return _page("")


@blueprint.get("/reconnect")
@requires("quickbooks:connect")
def reconnect() -> ResponseReturnValue:
    """Show the page Intuit sends people to when a permission has to be given anew."""
    return _page("reconnect")


@blueprint.get("/disconnected")
@requires("quickbooks:connect")
def disconnected() -> ResponseReturnValue:
    """Show the page Intuit sends people to who disconnected in QuickBooks' own list of apps.

    Anybody can open this address, so nothing is believed: the login is tried in the background,
    and the connection ends when QuickBooks says so.
    """
    found = _connection()
    if found is not None and found.state == "connected":
        with context.runtime().uows.begin(actor=context.actor(), source="sync") as uow:
            setup_tasks.start(uow, TaskKind.LOGIN)
    return _page("disconnected")


@blueprint.post("/connect")
@requires("quickbooks:connect")
def start() -> ResponseReturnValue:
    """Send the admin to Intuit's page, with a state that only this session can bring back."""
    access = _access()
    if not access.client_id:
        raise InvalidInput("QuickBooks is not configured: set QB_CLIENT_ID and QB_CLIENT_SECRET.")
    state = token()
    session[STATE] = [state, context.runtime().clock.now().timestamp()]
    try:
        return redirect(authorization_url(access, context.runtime().clock, state=state))
    except SyncError as refused:
        flash(refused.message, "error")
        return redirect(PAGE)


@blueprint.get("/callback")
@requires("quickbooks:connect")
def callback() -> ResponseReturnValue:
    """Take the code that Intuit sends back, once, and keep the grant.

    Raises:
        InvalidInput: when the answer does not belong to this session or is too old.
    """
    _check_state(request.args.get("state", ""))
    if request.args.get("error"):
        flash(_("Nothing was connected: access was not granted."), "warning")
        return redirect(PAGE)
    access = _access()
    try:
        tokens = exchange(access, context.runtime().clock, code=request.args.get("code", "")[:512])
        is_live = _keep(access, request.args.get("realmId", "")[:40], tokens)
    except OtherCompany as refused:
        _refuse_company(access, tokens)
        flash(refused.message, "error")
        return redirect(f"{PAGE}?other=1")
    except BatchlyError as refused:
        flash(refused.message, "error")
        return redirect(PAGE)
    if is_live:
        flash(_("QuickBooks is connected. What was waiting goes out now."), "success")
        return redirect(STATUS)
    flash(_("QuickBooks is connected. Nothing is sent before you have set it up."), "success")
    return redirect(SETUP)


def _keep(access: Access, realm_id: str, tokens: Tokens) -> bool:
    """Keep the grant; tell whether pushes go on at once. A new company is read at once."""
    if not realm_id:
        raise InvalidInput("Intuit did not say which company was chosen. Connect again.")
    runtime = context.runtime()
    with runtime.uows.begin(actor=context.actor(), source="sync") as uow:
        found = connect(uow, runtime.box, access=access, realm_id=realm_id, tokens=tokens)
        uow.session.flush()
        if not facts.is_live(found):
            setup_tasks.start(uow, TaskKind.CHECKS)
        return facts.is_live(found)


def _refuse_company(access: Access, tokens: Tokens) -> None:
    """Give a permission back that is not wanted, and write down that it was offered."""
    runtime = context.runtime()
    with runtime.uows.begin(actor=context.actor(), source="sync") as uow:
        audit.note(uow, "qbo.other_company.refused", subject=request.args.get("realmId", "")[:40])
    try:
        give_back(access, runtime.clock, refresh_token=tokens.refresh)
    except SyncError as refused:
        flash(
            _("{message} The permission just given ends by itself.", message=refused.message),
            "warning",
        )


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
            flash(_("QuickBooks is disconnected. Documents wait until you connect again."), "info")
    return redirect(PAGE)


@blueprint.post("/release")
@requires("quickbooks:connect")
def release() -> ResponseReturnValue:
    """Unlink everything from the present company, so that another one can be connected."""
    typed = request.form.get("confirmation", "")[:200]
    found = _connection()
    try:
        if found is not None:
            releasing.check_name(found, typed)
            if found.state == "connected":
                context.runtime().engine.logins.revoke(found.id, context.actor())
        with context.runtime().uows.begin(actor=context.actor(), source="form") as uow:
            count = releasing.release(uow, confirmation=typed)
    except BatchlyError as refused:
        flash(refused.message, "error")
        return redirect(f"{PAGE}?other=1")
    flash(
        _(
            "{count} links were released and kept in the history. Connect the company now.",
            count=number(count),
        ),
        "info",
    )
    return redirect(PAGE)


def urls(state: str) -> dict[str, str | None]:
    """Give the addresses of the buttons that fit the state of the connection."""
    gone = state in {"disconnected", "reconnect"}
    configured = bool(_access().client_id)
    return {
        "connect_url": url_for("quickbooks_connect.start") if gone and configured else None,
        "disconnect_url": None if gone else url_for("quickbooks_connect.disconnect"),
    }


def _page(reason: str) -> ResponseReturnValue:
    found = _connection()
    now = context.runtime().clock.now()
    state = shell.quickbooks_state()
    return render_template(
        "qbo_connect.html",
        reason=reason,
        state=state,
        label=_(shell.QBO_WORDS[state]),
        is_configured=bool(_access().client_id),
        company=connection_page.company(found) if found is not None else None,
        warning=facts.login_warning(context.reader(), now),
        clocks=connection_page.clocks(found, now) if found is not None else [],
        name=releasing.name_of(found) if found is not None else "",
        links=found is not None and is_linked(context.reader()),
        other=request.args.get("other") == "1",
        events=connection_page.events(context.reader()),
    )


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

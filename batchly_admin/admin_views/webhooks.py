"""The address QuickBooks tells its news to: check the signature, store, answer; nothing slow.

Nobody is logged in here and no form token is sent. What makes a caller trusted is the signature
alone, so nothing is parsed before it was checked.
"""

from __future__ import annotations

from flask import Blueprint, current_app, flash, redirect, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import RequestEntityTooLarge

from batchly_admin import logs
from batchly_admin.admin_views import context
from batchly_admin.admin_views.answers import answer, wants_json
from batchly_admin.admin_views.security import PUBLIC, csrf, requires
from batchly_admin.qbo import webhooks
from batchly_admin.services.unit_of_work import SYSTEM

blueprint = Blueprint("webhooks", __name__)

PATH = "/webhooks/quickbooks"
MOST_BYTES = 1024 * 1024
"""A thousand events take a third of it."""

_log = logs.logger(__name__)


@blueprint.post(PATH)
@requires(PUBLIC)
def quickbooks() -> ResponseReturnValue:
    """Take a notification in; the worker reads later what it is about."""
    request.max_content_length = MOST_BYTES
    try:
        body = request.get_data(cache=False)
    except RequestEntityTooLarge:
        _refuse(webhooks.SIZE)
        raise
    secret = current_app.config["WEBHOOK_VERIFIER_TOKEN"]
    if not secret:
        _log.error(
            "QuickBooks sent a notification, but QB_WEBHOOK_VERIFIER_TOKEN is not set, so it "
            "cannot be checked and was refused. Copy the token from the app's webhooks page in "
            "Intuit's developer portal."
        )
        return answer({"error": {"code": "not_set_up", "message": "Webhooks are not set up."}}, 503)
    if not webhooks.is_genuine(body, request.headers.get("intuit-signature"), secret):
        _log.warning("A notification with a wrong signature was refused (%d bytes).", len(body))
        _refuse(webhooks.SIGNATURE)
        return answer({"error": {"code": "signature", "message": "The signature is wrong."}}, 401)
    heard = webhooks.read(body)
    with context.runtime().uows.begin(actor=SYSTEM, source="webhook") as uow:
        stored = webhooks.store(uow, heard, body=body)
    return answer({"stored": stored.stored, "repeated": stored.repeated})


csrf.exempt(quickbooks)


def _refuse(reason: str) -> None:
    with context.runtime().uows.begin(actor=SYSTEM, source="webhook") as uow:
        webhooks.count_refusal(uow, reason)


@blueprint.post("/admin/quickbooks/webhooks")
@requires("quickbooks:pause")
def switch() -> ResponseReturnValue:
    """Switch webhooks on or off: the form says `on` or nothing."""
    on = request.form.get("enabled") == "on"
    with context.runtime().uows.begin(actor=context.actor(), source="sync") as uow:
        webhooks.switch(uow, on=on)
    word = "on: news come at once" if on else "off: only the scheduled pulls bring news"
    message = f"Webhooks are {word}."
    if wants_json():
        return answer({"message": message})
    flash(message, "info")
    return redirect("/admin/quickbooks/status")

"""The settings of the sync: rhythms, rules, accounts, notices, pauses, and who changed them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue

from batchly_admin.admin_views import context, settings_forms
from batchly_admin.admin_views.security import requires
from batchly_admin.errors import InvalidInput, UserError
from batchly_admin.jobs import schedule
from batchly_admin.models.synced import SYNCED
from batchly_admin.qbo import facts
from batchly_admin.queries.settings_history import settings_history
from batchly_admin.services import notices, pausing, sync_settings
from batchly_admin.words import _

blueprint = Blueprint("quickbooks_settings", __name__, url_prefix="/admin/quickbooks/settings")

PAGE = "/admin/quickbooks/settings"
OFF = "Switched off in the settings."
Errors = Mapping[str, str]


@blueprint.get("")
@requires("quickbooks:view")
def show() -> ResponseReturnValue:
    """Show all settings with what they are now."""
    return _page({}, None)


def _page(errors: Errors, given: Mapping[str, Any] | None) -> ResponseReturnValue:
    session = context.reader()
    _pull_accounts_once()
    connection = facts.connection_of(session)
    held = pausing.paused(session)
    page = render_template(
        "qbo_settings.html",
        tabs=settings_forms.tabs(""),
        errors=errors,
        paused=bool(connection is not None and connection.pushes_paused),
        pause_reason=connection.pause_reason if connection is not None else None,
        is_connected=connection is not None,
        rhythms=settings_forms.rhythms(session, settings_forms.fetched(), errors, given),
        weekdays=list(enumerate(sync_settings.WEEKDAYS)),
        rhythm_choices=list(sync_settings.RHYTHMS.items()),
        types=[
            {
                "type": one.entity_type,
                "label": pausing.plural(one.entity_type).capitalize(),
                "pause": held.get(one.entity_type),
            }
            for one in SYNCED.values()
        ],
        rules=settings_forms.rules(session, errors, given),
        notice_fields=settings_forms.notice_fields(session, errors, given),
        told=notices.recipients(session),
        has_server=context.runtime().mail_server is not None,
        history=settings_forms.told(settings_history(session)),
        can={
            "rules": context.may("settings:edit"),
            "schedule": context.may("sync_schedules:edit"),
            "pause": context.may("quickbooks:pause"),
            "outbox": context.may("notifications:view"),
        },
    )
    return page, (422 if errors else 200)


@blueprint.post("/rules")
@requires("settings:edit")
def save_rules() -> ResponseReturnValue:
    """Change what the sync does with documents, customers, items, taxes and accounts."""
    return _save(settings_forms.rules_given(request.form))


@blueprint.post("/notices")
@requires("settings:edit")
def save_notices() -> ResponseReturnValue:
    """Change who is told by e-mail, and of what."""
    return _save(settings_forms.notices_given(request.form))


def _save(values: Mapping[str, Any]) -> ResponseReturnValue:
    summary = "QuickBooks settings"
    try:
        with context.runtime().uows.begin(
            actor=context.actor(), source="form", summary=summary
        ) as uow:
            sync_settings.save(uow, values)
    except InvalidInput as refused:
        return _page({one.field: one.reason for one in refused.refusals}, request.form)
    flash(_("The settings are saved."), "success")
    return redirect(PAGE)


@blueprint.post("/schedule")
@requires("sync_schedules:edit")
def save_schedule() -> ResponseReturnValue:
    """Change when each type is fetched, and whether it is at all."""
    runtime = context.runtime()
    errors: dict[str, str] = {}
    wanted = {}
    for name in settings_forms.fetched():
        try:
            wanted[name] = settings_forms.rhythm_given(name, request.form)
        except InvalidInput as refused:
            errors[f"{name}.{refused.field}"] = refused.message
    if not errors:
        with runtime.uows.begin(
            actor=context.actor(), source="form", summary="Rhythm of the pulls"
        ) as uow:
            for name, rhythm in wanted.items():
                sync_settings.set_rhythm(uow, name, rhythm, runtime.pulls.get(name))
        flash(_("The rhythm is saved."), "success")
        return redirect(PAGE)
    return _page(errors, request.form)


@blueprint.post("/pause")
@requires("quickbooks:pause")
def pause() -> ResponseReturnValue:
    """Send nothing until somebody resumes; what waits stays."""
    try:
        with context.runtime().uows.begin(actor=context.actor(), source="form") as uow:
            sync_settings.pause_pushes(uow, request.form.get("reason", ""))
    except InvalidInput as refused:
        return _page({"reason": refused.message}, request.form)
    flash(_("Pushes to QuickBooks are paused. Documents wait here."), "success")
    return redirect(PAGE)


@blueprint.post("/resume")
@requires("quickbooks:pause")
def resume() -> ResponseReturnValue:
    """Send everything that waited."""
    with context.runtime().uows.begin(actor=context.actor(), source="form") as uow:
        sync_settings.resume_pushes(uow)
    flash(_("Pushes go on. What was waiting goes out now."), "success")
    return redirect(PAGE)


@blueprint.post("/types/<entity_type>")
@requires("quickbooks:pause")
def switch_type(entity_type: str) -> ResponseReturnValue:
    """Switch the pushes of one type off or on; what waits stays in the queue."""
    on = request.form.get("on") == "1"
    with context.runtime().uows.begin(actor=context.actor(), source="form") as uow:
        if on:
            pausing.resume(uow, entity_type)
        else:
            pausing.pause(uow, entity_type, OFF)
    words = "sent again" if on else "not sent any more; they wait here"
    flash(
        _("{words} are {words_}.", words=pausing.plural(entity_type).capitalize(), words_=words),
        "success",
    )
    return redirect(PAGE)


@blueprint.post("/accounts")
@requires("sync:pull")
def pull_accounts() -> ResponseReturnValue:
    """Fetch the chart of accounts anew, in the background."""
    with context.runtime().uows.begin(actor=context.actor(), source="form") as uow:
        schedule.owe_now(uow, "accounts", zone=context.company().time_zone)
    flash(_("Fetching the accounts from QuickBooks; reload in a few seconds."), "info")
    return redirect(PAGE)


@blueprint.post("/test-mail")
@requires("settings:edit")
def test_mail() -> ResponseReturnValue:
    """Send a mail that says that mail arrives."""
    with context.runtime().uows.begin(actor=context.actor(), source="form") as uow:
        count = notices.send_test(uow)
    flash(
        _("A test goes to {count} people; the outbox says what became of it.", count=count), "info"
    )
    return redirect(PAGE)


def _pull_accounts_once() -> None:
    """Ask for the accounts when there are none yet and QuickBooks is connected: once in an hour."""
    if not settings_forms.lacks_accounts(context.reader(), context.runtime().clock.now()):
        return
    try:
        with context.runtime().uows.begin(actor=context.actor(), source="form") as uow:
            schedule.owe_now(uow, "accounts", zone=context.company().time_zone)
    except UserError:
        return

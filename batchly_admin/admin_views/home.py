"""The home page: what waits for somebody, with live counts that open the grid."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import orjson
import sqlalchemy as sa
from flask.typing import ResponseReturnValue
from flask_admin import AdminIndexView

from batchly_admin import words
from batchly_admin.admin_views import context, shell, undo_answers
from batchly_admin.admin_views.security import LOGGED_IN, expose, requires
from batchly_admin.clock import local_date
from batchly_admin.grid.registry import table as find_table
from batchly_admin.models.changes import ChangeSet
from batchly_admin.queries.history import SOURCES
from batchly_admin.queries.work_queues import WorkQueue, work_queues
from batchly_admin.words import _

TONES = {
    "orders_to_approve": "amber",
    "orders_without_jobs": "blue",
    "ready_to_invoice": "green",
    "sync_errors": "red",
    "late_jobs": "red",
}


class HomeView(AdminIndexView):  # type: ignore[misc]
    """Where everybody lands after the log-in."""

    def __init__(self) -> None:
        super().__init__(name="Home", endpoint="admin", url="/")

    def is_accessible(self) -> bool:
        """Tell that everybody who is logged in has a home."""
        return True

    @expose("/")
    @requires(LOGGED_IN)
    def index(self) -> ResponseReturnValue:
        """Show the work queues."""
        rights = context.person().rights
        queues = work_queues(context.reader(), today=context.today(), rights=rights)
        state = shell.quickbooks_state()
        return self.render(  # type: ignore[no-any-return]
            "home.html",
            queues=[_card(queue) for queue in queues],
            qbo=_quickbooks(state) if "sync:view" in rights else None,
            activity=_activity() if "all:history" in rights else [],
            greeting=_greeting(),
        )


def _card(queue: WorkQueue) -> dict[str, Any]:
    filters = quote(orjson.dumps(list(queue.filters)).decode())
    return {
        "name": queue.key,
        "label": queue.label,
        "count": queue.count,
        "hint": queue.hint,
        "href": f"{find_table(queue.table).url}?filters={filters}",
        "tone": TONES.get(queue.key, "neutral"),
        "amount": None,
    }


def _quickbooks(state: str) -> dict[str, str]:
    tones = {"connected": "green", "simulator": "green", "paused": "amber", "setup": "amber"}
    details = {
        "connected": _("Changes are on their way within seconds."),
        "simulator": _("A simulated company on this machine; nothing reaches the real one."),
        "setup": _("Changes are kept and go out once the set-up is finished."),
        "paused": _("Changes are kept and go out when the pause ends."),
        "reconnect": _("The log-in ended. Everything waits and nothing is lost."),
        "disconnected": _("Changes are kept and go out once QuickBooks is connected."),
    }
    return {
        "state": state,
        "label": _(shell.QBO_WORDS[state]),
        "detail": details[state],
        "href": "/admin/quickbooks/status",
        "tone": tones.get(state, "red"),
    }


def _activity() -> list[dict[str, Any]]:
    found = context.reader().scalars(
        sa.select(ChangeSet).order_by(ChangeSet.created_at.desc()).limit(8)
    )
    return [
        {
            "at": entry.created_at,
            "by": entry.actor_name,
            "source": _(SOURCES.get(entry.source, entry.source)),
            "summary": undo_answers.account(entry.id, entry.summary)[0],
            "href": f"/change-sets/{entry.id}" if context.may("change_sets:view") else None,
        }
        for entry in found
    ]


def _greeting() -> str:
    company = context.company()
    now = context.runtime().clock.now()
    day = local_date(now, company.time_zone)
    first_name = context.person().name.split(" ")[0]
    return _("{day}. Hello {name}.", day=words.weekday(day), name=first_name)

"""Orders from QuickBooks: the grid below the state of the pulls, and both sides compared."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import flash, redirect, request
from flask.typing import ResponseReturnValue

from batchly_admin.admin_views import context, records
from batchly_admin.admin_views.answers import answer, wants_json
from batchly_admin.admin_views.grid_view import GridView
from batchly_admin.admin_views.security import expose, requires
from batchly_admin.grid.config import grid_config
from batchly_admin.jobs import schedule
from batchly_admin.models.order_papers import OrderPaper
from batchly_admin.queries import order_papers
from batchly_admin.services.order_decision_actions import fitting
from batchly_admin.words import _

NAMES = {"estimates": "Estimates", "purchase_orders": "Purchase orders"}
OPEN_FIRST = ({"column": "state", "operator": "is", "value": "open"},)


class OrderPapersView(GridView):
    """The grid of QuickBooks' orders."""

    @expose("")
    @requires(":view")
    def index_view(self) -> ResponseReturnValue:
        """Show what waits for a decision, and how the pulls went."""
        company = context.company()
        sync = _state()
        # Before anything came there is nothing to filter, and the grid says what to do.
        is_fresh = request.args.get("filters") is None and any(sync["counts"].values())
        asked = self._place()
        query = {
            "search": request.args.get("search", "")[:200],
            "filters": list(OPEN_FIRST if is_fresh else asked.selection.filters),
            "sort": list(asked.sort),
        }
        config = grid_config(
            self.table,
            self.columns(),
            context.person().rights,
            query,
            currency=company.currency,
            locale=company.locale,
        )
        return self.render("orders_sync.html", grid=config, sync=sync)  # type: ignore[no-any-return]

    @expose("/<uuid:record_id>")
    @requires(":view")
    def record(self, record_id: UUID) -> ResponseReturnValue:
        """Show one document beside the order it is about."""
        page = records.page(self.table, record_id)
        both = order_papers.comparison(context.reader(), record_id)
        fits = fitting(context.reader().get_one(OrderPaper, record_id))
        page["actions"] = [action for action in page["actions"] if action["name"] in fits]
        return self.render("orders_sync_record.html", both=both, **page)  # type: ignore[no-any-return]

    @expose("/pull", methods=["POST"])
    @requires("orders:import")
    def pull(self) -> ResponseReturnValue:
        """Fetch estimates and purchase orders now, in the background."""
        with context.runtime().uows.begin(actor=context.actor(), source="sync") as uow:
            for name in order_papers.PULLS:
                schedule.owe_now(uow, name, zone=context.company().time_zone)
        message = "Fetching orders from QuickBooks."
        if wants_json():
            return answer({"message": message}, 202)
        flash(message, "info")
        return redirect(self.table.url)


OrderPapersView._default_view = "index_view"  # noqa: SLF001 - as for every grid, see there


def _state() -> dict[str, Any]:
    session = context.reader()
    pulls = order_papers.last_pulls(session)
    found = order_papers.counts(session)
    return {
        "pulls": [
            {
                "label": NAMES[one.name],
                "at": one.at,
                "changed": one.changed,
                "error": one.error,
                "badge": _badge(one),
            }
            for one in pulls
        ],
        "is_going": any(one.is_waiting or one.is_running for one in pulls),
        "counts": found,
        "pull_url": "/orders/sync/pull" if context.may("orders:import") else None,
    }


def _badge(one: order_papers.LastPull) -> dict[str, str] | None:
    if one.is_running:
        return {"label": _("Fetching"), "tone": "blue"}
    if one.is_waiting:
        return {"label": _("Waiting for its turn"), "tone": "amber"}
    return None

"""The one view behind every grid: Flask-Admin's model view with our pages, endpoints and rules.

Flask-Admin gives the mounting, the menu and the model's description. Its own create, edit, delete
and inline-edit routes commit by themselves and skip locks, tokens and history, so none of them is
mounted; what they did goes through the services here.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

from flask import has_app_context, redirect, request
from flask.typing import ResponseReturnValue
from flask_admin.contrib.sqla import ModelView
from wtforms import Form

from batchly_admin.admin_views import (
    context,
    editing,
    opening,
    records,
    starting,
)
from batchly_admin.admin_views.answers import answer, body
from batchly_admin.admin_views.grid_hands import Hands
from batchly_admin.admin_views.grid_outputs import Outputs
from batchly_admin.admin_views.grid_paste import Paste
from batchly_admin.admin_views.grid_safety import Safety
from batchly_admin.admin_views.record_panel import RecordRoutes
from batchly_admin.admin_views.security import expose, requires
from batchly_admin.errors import InvalidInput, NotAllowed
from batchly_admin.grid import lookups, windows
from batchly_admin.grid.registry import table as find_table
from batchly_admin.grid.table import Table
from batchly_admin.queries.history import record_history

SOURCES = frozenset({"cell", "paste", "fill", "undo"})


class _Database:
    """What Flask-Admin asks for a session: this request's reading one."""

    @property
    def session(self) -> Any:
        """Give the session; Flask-Admin also looks while it mounts, when there is no request."""
        return context.reader() if has_app_context() else None


class GridView(Hands, Outputs, RecordRoutes, Safety, Paste, ModelView):  # type: ignore[misc]
    """One table of Batchly."""

    column_auto_select_related = False
    can_set_page_size = False
    form = Form
    # The routes Flask-Admin would mount for itself stay closed; ours answer instead.
    create_view = edit_view = details_view = delete_view = None
    action_view = export = ajax_lookup = ajax_update = None

    def __init__(self, table: Table) -> None:
        self._name = table.name
        super().__init__(
            table.model,
            _Database(),
            name=table.title,
            category=table.group,
            endpoint=table.name.replace("-", "_"),
            url=table.url,
        )

    @property
    def table(self) -> Table:  # type: ignore[override]  # the routes only look at it
        """Give the table in the language of whoever asks."""
        return find_table(self._name)

    # Flask-Admin's own scaffolding is for its own pages; the specs replace it.
    def scaffold_form(self, *_args: Any) -> type[Form]:
        """Give the form made from the column specs."""
        return editing.form_class(self.table)

    def scaffold_list_form(self, *_args: Any, **_options: Any) -> type[Form]:
        """Give the same form: there is one description of a record."""
        return editing.form_class(self.table)

    def scaffold_list_columns(self) -> list[str]:
        """Give the names of the columns."""
        return [spec.name for spec in self.table.columns]

    def scaffold_sortable_columns(self) -> dict[str, str]:
        """Give the columns that can be sorted."""
        return {spec.name: spec.name for spec in self.table.columns if spec.sortable}

    def scaffold_filters(self, _name: str) -> None:
        """Offer none: filters are the grid's own."""

    def scaffold_auto_joins(self) -> list[Any]:
        """Join nothing: windows join what they show."""
        return []

    def init_search(self) -> bool:
        """Tell that the grid searches by itself."""
        return False

    def is_accessible(self) -> bool:
        """Tell whether the person may see this table at all."""
        return context.may_see(self.table)

    def inaccessible_callback(self, _name: str, **_kwargs: Any) -> ResponseReturnValue:
        """Refuse in our own words."""
        raise NotAllowed

    def may(self, verb: str) -> bool:
        """Tell whether the person may do something with this table."""
        if self.table.read_only and verb != "view":
            return False
        return context.may(f"{self.table.rights_area}:{verb}")

    @expose("")
    @requires(":view")
    def index_view(self) -> ResponseReturnValue:
        """Show the spreadsheet."""
        asked = self._place()
        query = {
            "search": request.args.get("search", "")[:200],
            "filters": list(asked.selection.filters),
            "sort": list(asked.sort),
            "group": [level.term for level in asked.group],
        }
        config = opening.config_of(self.table, query)
        return self.render("grid.html", grid=config)  # type: ignore[no-any-return]

    @expose("/window")
    @requires(":view")
    def window(self) -> ResponseReturnValue:
        """Give the rows of one window; `columns` names the ones to give, without it all come."""
        offset = windows.clamp(request.args.get("offset"), 0, windows.MAX_OFFSET)
        found = windows.rows(
            context.reader(),
            self.table,
            self._named_columns(),
            replace(
                self._place(),
                offset=offset,
                limit=windows.clamp(request.args.get("limit"), 100, windows.MAX_LIMIT),
                total=windows.clamp(request.args.get("total"), 0, windows.MAX_OFFSET),
            ),
            today=context.today(),
            as_text=True,
        )
        return answer({"offset": offset, "rows": found})

    @expose("/count")
    @requires(":view")
    def count(self) -> ResponseReturnValue:
        """Give the number of rows the filter holds."""
        found = windows.total(
            context.reader(), self.table, self._selection(), today=context.today()
        )
        return answer({"total": found})

    @expose("/changes", methods=["POST"])
    @requires(":view")
    def changes(self) -> ResponseReturnValue:
        """Write a batch of cells: one transaction, one change set, a result for each."""
        asked = body()
        source = asked.get("source", "cell")
        if source not in SOURCES:
            msg = "The source of a change is cell, paste, fill or undo."
            raise InvalidInput(msg, field="source")
        return answer(editing.write_cells(self.table, asked, str(source)))

    @expose("/lookup/<column>")
    @requires(":view")
    def lookup(self, column: str) -> ResponseReturnValue:
        """Give the records a link cell can point to."""
        options = lookups.options(
            context.reader(),
            self.table,
            column,
            request.args.get("q", "")[:200],
            limit=windows.clamp(request.args.get("limit"), 20, 50),
            rights=context.person().rights,
        )
        return answer({"options": options})

    @expose("/new", methods=["GET", "POST"])
    @requires(":create")
    def new(self) -> ResponseReturnValue:
        """Make a record with the form."""
        self._need("create", allowed=self.table.can_create)
        return editing.create_page(self)

    @expose("/<uuid:record_id>")
    @requires(":view")
    def record(self, record_id: UUID) -> ResponseReturnValue:
        """Show one record with all that belongs to it."""
        return self.render("record.html", **records.page(self.table, record_id))  # type: ignore[no-any-return]

    @expose("/<uuid:record_id>/edit", methods=["GET", "POST"])
    @requires(":edit")
    def edit(self, record_id: UUID) -> ResponseReturnValue:
        """Change a record with the form."""
        self._need("edit")
        return editing.edit_page(self, record_id)

    @expose("/<uuid:record_id>/delete", methods=["POST"])
    @requires(":delete")
    def delete(self, record_id: UUID) -> ResponseReturnValue:
        """Delete a record; its history keeps all it held."""
        self._need("delete", allowed=self.table.can_delete)
        editing.delete(self.table, record_id)
        return redirect(self.table.url)

    @expose("/<uuid:record_id>/history")
    @requires(":view")
    def history(self, record_id: UUID) -> ResponseReturnValue:
        """Tell who changed what in this record, when and from where."""
        if not context.may("all:history"):
            raise NotAllowed
        found = record_history(context.reader(), self.table.table_name, record_id)
        return answer({"entries": records.history_entries(self.table, found)})

    @expose("/actions/<action>", methods=["POST"])
    @requires(":view")
    def start_action(self, action: str) -> ResponseReturnValue:
        """Start a bulk action on the selected rows as a background run."""
        return answer({"run": starting.start(self.table, action, body())}, 202)

    @expose("/actions/<action>/preview", methods=["POST"])
    @requires(":view")
    def preview_action(self, action: str) -> ResponseReturnValue:
        """Tell what a bulk action would do, before anybody confirms it."""
        return answer(starting.preview(self.table, action, body()))

    def _need(self, verb: str, *, allowed: bool = True) -> None:
        if not allowed or not self.may(verb):
            raise NotAllowed


# Flask-Admin takes the route at "/" for a view's front page; ours is mounted without the slash.
GridView._default_view = "index_view"  # noqa: SLF001 - there is no public name for it

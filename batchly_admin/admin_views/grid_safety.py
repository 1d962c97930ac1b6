"""What keeps people from overwriting each other: what changed, places of rows, older versions."""

from __future__ import annotations

from uuid import UUID

from flask import request
from flask.typing import ResponseReturnValue

from batchly_admin.admin_views import context, restoring, together
from batchly_admin.admin_views.answers import answer, body
from batchly_admin.admin_views.security import expose, requires
from batchly_admin.errors import NotAllowed
from batchly_admin.grid import feed, windows
from batchly_admin.grid.columns import Column
from batchly_admin.grid.table import Table


class Safety:
    """The routes of a grid that tell what others did and bring back what was."""

    table: Table

    def columns(self) -> tuple[Column, ...]:
        """Give the columns this person may see."""
        raise NotImplementedError

    def _place(self) -> windows.Asked:
        raise NotImplementedError

    @expose("/changes", methods=["GET"])
    @requires(":view")
    def news(self) -> ResponseReturnValue:
        """Give what changed since, and who else looks at this table."""
        return together.changes(self.table, self.columns())

    @expose("/rows")
    @requires(":view")
    def rows_now(self) -> ResponseReturnValue:
        """Give some rows by their ids; `columns` names the ones to give, without it all come."""
        names = request.args.get("columns", "")
        seen = {spec.name: spec for spec in self.columns()}
        asked = tuple(seen[name] for name in names.split(",") if name in seen)
        return together.rows(self.table, asked if names else self.columns())

    @expose("/<uuid:record_id>/place")
    @requires(":view")
    def place_now(self, record_id: UUID) -> ResponseReturnValue:
        """Give the row number a record has now; none when the filter leaves it out."""
        found = feed.place_of(
            context.reader(), self.table, record_id, self._place(), today=context.today()
        )
        return answer({"row": found})

    @expose("/<uuid:record_id>/versions", methods=["POST"])
    @requires(":view")
    def version(self, record_id: UUID) -> ResponseReturnValue:
        """Tell what going back to an older version would change."""
        if not context.may("all:history"):
            raise NotAllowed
        return answer(restoring.preview(self.table, record_id, body()))

    @expose("/<uuid:record_id>/restore", methods=["POST"])
    @requires(":edit")
    def go_back(self, record_id: UUID) -> ResponseReturnValue:
        """Go back to an older version of one field or of the whole record."""
        if not context.may("all:history"):
            raise NotAllowed
        return answer(restoring.restore(self.table, record_id, body()))

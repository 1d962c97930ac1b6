"""What keeps people from overwriting each other: what changed, places of rows, older versions."""

from __future__ import annotations

from uuid import UUID

from flask.typing import ResponseReturnValue

from batchly_admin.admin_views import context, restoring, together
from batchly_admin.admin_views.answers import answer, body
from batchly_admin.admin_views.grid_asking import Asking
from batchly_admin.admin_views.security import expose, requires
from batchly_admin.errors import NotAllowed
from batchly_admin.grid import feed


class Safety(Asking):
    """The routes of a grid that tell what others did and bring back what was."""

    @expose("/changes", methods=["GET"])
    @requires(":view")
    def news(self) -> ResponseReturnValue:
        """Give what changed since, and who else looks at this table."""
        return together.changes(self.table, self.columns())

    @expose("/rows")
    @requires(":view")
    def rows_now(self) -> ResponseReturnValue:
        """Give some rows by their ids; `columns` names the ones to give, without it all come."""
        return together.rows(self.table, self._named_columns())

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

"""The files of all records: a list in which each leads to the record it belongs to."""

from __future__ import annotations

from uuid import UUID

from flask import redirect
from flask.typing import ResponseReturnValue

from batchly_admin.admin_views import context
from batchly_admin.admin_views.grid_view import GridView
from batchly_admin.admin_views.security import expose, requires
from batchly_admin.errors import NotAllowed, NotFound
from batchly_admin.grid.registry import by_database_name
from batchly_admin.models.production import Attachment


class AllFilesView(GridView):
    """The grid of all files."""

    @expose("/<uuid:record_id>")
    @requires(":view")
    def record(self, record_id: UUID) -> ResponseReturnValue:
        """Go to the record a file belongs to: there it is downloaded, renamed and removed."""
        found = context.reader().get(Attachment, record_id)
        table = by_database_name().get(found.subject_table) if found is not None else None
        if found is None or table is None:
            raise NotFound
        if not context.may(f"{table.rights_area}:view"):
            raise NotAllowed
        return redirect(f"{table.url}/{found.subject_id}")


AllFilesView._default_view = "index_view"  # noqa: SLF001 - as for every grid, see there

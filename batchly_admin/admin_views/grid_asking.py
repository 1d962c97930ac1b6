"""What a request to a grid asks for: which rows, in which order, and which columns of them.

Nobody filters, sorts or groups by a column they may not see.
"""

from __future__ import annotations

from flask import request

from batchly_admin.admin_views import context, selecting
from batchly_admin.grid import windows
from batchly_admin.grid.columns import Column
from batchly_admin.grid.filters import Selection
from batchly_admin.grid.levels import levels_of
from batchly_admin.grid.table import Table


class Asking:
    """What the routes of a grid read off the address."""

    table: Table

    def columns(self) -> tuple[Column, ...]:
        """Give the columns this person may see."""
        return self.table.visible_columns(context.person().rights)

    def _named_columns(self) -> tuple[Column, ...]:
        """Give the columns that `columns` names, in that order; without it all."""
        names = request.args.get("columns")
        if not names:
            return self.columns()
        seen = {spec.name: spec for spec in self.columns()}
        return tuple(seen[name] for name in dict.fromkeys(names.split(",")) if name in seen)

    def _selection(self) -> Selection:
        args = request.args
        return selecting.selection_of(self.table, args.get("search"), args.get("filters"))

    def _place(self) -> windows.Asked:
        """Give the filtered, sorted and grouped table in which rows have their places."""
        seen, args = self.columns(), request.args
        return windows.Asked(
            sort=windows.sort_of(self.table, args.get("sort"), seen=seen),
            selection=self._selection(),
            group=levels_of(self.table, args.get("group"), seen=seen, today=context.today()),
        )

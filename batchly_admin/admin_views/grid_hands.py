"""What the hands of a spreadsheet ask: of rows the browser has not loaded, and of a typed line."""

from __future__ import annotations

from flask import request
from flask.typing import ResponseReturnValue

from batchly_admin.admin_views import context, selecting
from batchly_admin.admin_views.answers import answer
from batchly_admin.admin_views.grid_asking import Asking
from batchly_admin.admin_views.security import expose, requires
from batchly_admin.errors import InvalidInput
from batchly_admin.grid import filters, finding, spans, typed, windows


class Hands(Asking):
    """The routes of a grid that read by place in the filtered and sorted table, or read a line."""

    @expose("/summary")
    @requires(":view")
    def summary(self) -> ResponseReturnValue:
        """Give count, sum, least and most of the cells of a selection."""
        parts = spans.parts_of(request.args.get("parts"), self.columns())
        found = spans.summary(
            context.reader(), self.table, parts, self._place(), today=context.today()
        )
        return answer({"columns": found})

    @expose("/edge")
    @requires(":view")
    def edge(self) -> ResponseReturnValue:
        """Give the row where a column's data ends or begins again."""
        name = request.args.get("column", "")
        spec = next((one for one in self.columns() if one.name == name), None)
        if spec is None:
            msg = f"There is no column {name[:60]}."
            raise InvalidInput(msg, field="column")
        at = {
            "row": windows.clamp(request.args.get("row"), 0, windows.MAX_OFFSET),
            "way": -1 if request.args.get("way") == "up" else 1,
        }
        found = spans.edge(context.reader(), self.table, spec, self._place(), at, context.today())
        return answer({"row": found})

    @expose("/find")
    @requires(":view")
    def find(self) -> ResponseReturnValue:
        """Give the cells of the named columns that hold a text, on request with their values."""
        asked = request.args
        names = set(asked.get("columns", "").split(","))
        columns = [spec for spec in self.columns() if spec.name in names]
        wanted = finding.Wanted(
            asked.get("q", "")[: filters.MAX_TEXT],
            case=asked.get("case") == "1",
            whole=asked.get("whole") == "1",
            most=windows.clamp(asked.get("limit"), 1000, finding.MAX_HITS),
        )
        reader = context.reader()
        found = finding.find(
            reader, self.table, columns, wanted, self._place(), today=context.today()
        )
        if asked.get("cells") == "1":
            found = finding.cells(reader, self.table, columns, found)
        return answer(found)

    @expose("/line")
    @requires(":view")
    def line(self) -> ResponseReturnValue:
        """Give what a typed line means as filters, and how it could go on."""
        eyes = selecting.eyes_of(self.table)
        text = request.args.get("q", "")[: filters.MAX_TEXT]
        found = typed.read(eyes, text)
        return answer(
            {
                "parts": [{"places": one.places, "filters": one.filters} for one in found.parts],
                "search": found.search,
                "problems": found.problems,
                "suggestions": typed.suggestions(eyes, text),
            }
        )

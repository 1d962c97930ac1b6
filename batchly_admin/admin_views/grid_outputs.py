"""What a grid gives besides its rows: groups, totals, files to download and a page to print."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import Response, render_template, request, stream_with_context
from flask.typing import ResponseReturnValue

from batchly_admin.admin_views import context, editing
from batchly_admin.admin_views.answers import answer
from batchly_admin.admin_views.grid_asking import Asking
from batchly_admin.admin_views.security import expose, requires
from batchly_admin.errors import NotAllowed
from batchly_admin.grid import (
    exports,
    grouping,
    papers,
    printing,
    streams,
    totals,
    windows,
    workbooks,
)
from batchly_admin.grid.columns import Column
from batchly_admin.grid.totals import Total

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class Outputs(Asking):
    """The routes of a grid that give the whole selection, in one form or another."""

    @expose("/groups")
    @requires(":view")
    def groups(self) -> ResponseReturnValue:
        """Give the headers of the groups, each with its count, place and totals."""
        asked, wanted = self._place(), self._totals()
        found = grouping.groups(
            context.reader(),
            self.table,
            asked.group,
            asked.selection,
            wanted,
            today=context.today(),
        )
        return answer(
            {
                "total": sum(one.count for one in found if one.level == 0),
                "totals": [total.spec.name for total in wanted],
                "groups": list(grouping.as_lists(found, wanted)),
            }
        )

    @expose("/totals")
    @requires(":view")
    def totals(self) -> ResponseReturnValue:
        """Give the totals of everything the filter holds."""
        found = totals.totals(
            context.reader(),
            self.table,
            self._place().selection,
            self._totals(),
            today=context.today(),
        )
        return answer({"totals": found})

    @expose("/export.csv")
    @requires(":view")
    def export_csv(self) -> ResponseReturnValue:
        """Stream everything the filter holds as CSV."""
        columns, asked = self._chosen(), self._exported()
        lines = exports.csv_lines(
            context.moment(), self.table, columns, asked, today=context.today()
        )
        return self._file(lines, "csv", "text/csv; charset=utf-8")

    @expose("/export.xlsx")
    @requires(":view")
    def export_xlsx(self) -> ResponseReturnValue:
        """Stream everything the filter holds as an Excel workbook."""
        columns, asked, wanted = self._chosen(), self._exported(), self._totals()
        reader, table, today = context.moment(), self.table, context.today()
        groups = printing.grouped(reader, table, asked, wanted, today=today)
        heads = printing.heads_of(table, asked.group, groups, wanted, self._desk())
        found = streams.blocks(reader, table, columns, asked, today=today)
        zone = context.company().time_zone
        pieces = workbooks.workbook(columns, found, heads, title=table.title, zone=zone)
        return self._file(pieces, "xlsx", XLSX)

    @expose("/print")
    @requires(":view")
    def print_view(self) -> ResponseReturnValue:
        """Show what the filter holds as a page for paper."""
        asked, company = self._place(), context.company()
        found = printing.paper(
            context.moment(),
            self.table,
            self._chosen(),
            asked,
            self._totals(),
            self._desk(),
        )
        return render_template(
            "print.html",
            table=self.table,
            paper=found,
            company=company,
            day=context.today(),
            narrowed=bool(asked.selection.filters or asked.selection.search),
            limit=printing.MAX_ROWS,
            back=f"{self.table.url}?{request.query_string.decode('utf-8', 'replace')}",
        )

    @expose("/<uuid:record_id>/paper")
    @requires(":view")
    def record_paper(self, record_id: UUID) -> ResponseReturnValue:
        """Show one record as a page for paper."""
        found = papers.paper_of(
            context.moment(), self.table, record_id, context.person().rights, self._desk()
        )
        return render_template(
            "record_paper.html",
            paper=found,
            company=context.company(),
            sender=papers.letterhead(context.reader()),
            back=f"{self.table.url}/{record_id}",
        )

    def _desk(self) -> printing.Desk:
        company = context.company()
        return printing.Desk(context.today(), ZoneInfo(company.time_zone))

    def _totals(self) -> tuple[Total, ...]:
        return totals.totals_of(request.args.get("totals"), self.columns())

    def _chosen(self) -> tuple[Column, ...]:
        """Give the columns that were asked for, in the order they were asked for."""
        return self._named_columns() or self.columns()

    def _exported(self) -> windows.Asked:
        if not context.may("all:export"):
            raise NotAllowed
        return self._place()

    def _file(self, pieces: Iterable[Any], ending: str, kind: str) -> Response:
        editing.note_export(self.table)
        name = f"{self.table.name}-{context.today().isoformat()}.{ending}"
        return Response(
            stream_with_context(iter(pieces)),
            mimetype=kind,
            headers={"Content-Disposition": f'attachment; filename="{name}"'},
        )

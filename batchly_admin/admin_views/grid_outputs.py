"""What a grid gives besides its rows: groups, totals, files to download and a page to print."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from zoneinfo import ZoneInfo

from flask import Response, render_template, request, stream_with_context
from flask.typing import ResponseReturnValue

from batchly_admin.admin_views import context, editing, selecting
from batchly_admin.admin_views.answers import answer
from batchly_admin.admin_views.security import expose, requires
from batchly_admin.errors import NotAllowed
from batchly_admin.grid import exports, grouping, printing, streams, totals, windows, workbooks
from batchly_admin.grid.columns import Column
from batchly_admin.grid.levels import levels_of
from batchly_admin.grid.table import Table
from batchly_admin.grid.totals import Total

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class Outputs:
    """The routes of a grid that give the whole selection, in one form or another."""

    table: Table

    def columns(self) -> tuple[Column, ...]:
        """Give the columns this person may see."""
        raise NotImplementedError

    @expose("/groups")
    @requires(":view")
    def groups(self) -> ResponseReturnValue:
        """Give the headers of the groups, each with its count, place and totals."""
        asked, wanted = self._whole(), self._totals()
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
            self._whole().selection,
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
            context.reader(), self.table, columns, asked, today=context.today()
        )
        return self._file(lines, "csv", "text/csv; charset=utf-8")

    @expose("/export.xlsx")
    @requires(":view")
    def export_xlsx(self) -> ResponseReturnValue:
        """Stream everything the filter holds as an Excel workbook."""
        columns, asked, wanted = self._chosen(), self._exported(), self._totals()
        reader, table, today = context.reader(), self.table, context.today()
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
        asked, company = self._whole(), context.company()
        found = printing.paper(
            context.reader(),
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

    def _desk(self) -> printing.Desk:
        company = context.company()
        return printing.Desk(context.today(), ZoneInfo(company.time_zone))

    def _whole(self) -> windows.Asked:
        # Nobody filters, sorts or groups by a column they may not see.
        seen, args = self.columns(), request.args
        return windows.Asked(
            sort=windows.sort_of(self.table, args.get("sort"), seen=seen),
            selection=selecting.selection_of(self.table, args.get("search"), args.get("filters")),
            group=levels_of(self.table, args.get("group"), seen=seen),
        )

    def _totals(self) -> tuple[Total, ...]:
        return totals.totals_of(request.args.get("totals"), self.columns())

    def _chosen(self) -> tuple[Column, ...]:
        """Give the columns that were asked for, in the order they were asked for."""
        names = request.args.get("columns")
        seen = {spec.name: spec for spec in self.columns()}
        if not names:
            return tuple(seen.values())
        chosen = dict.fromkeys(name for name in names.split(",") if name in seen)
        return tuple(seen[name] for name in chosen) or tuple(seen.values())

    def _exported(self) -> windows.Asked:
        if not context.may("all:export"):
            raise NotAllowed
        return self._whole()

    def _file(self, pieces: Iterable[Any], ending: str, kind: str) -> Response:
        editing.note_export(self.table)
        name = f"{self.table.name}-{context.today().isoformat()}.{ending}"
        return Response(
            stream_with_context(iter(pieces)),
            mimetype=kind,
            headers={"Content-Disposition": f'attachment; filename="{name}"'},
        )

"""A record beside the grid: everything about it as JSON, its place in the grid, and its lines."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import request
from flask.typing import ResponseReturnValue

from batchly_admin.admin_views import (
    context,
    record_lines,
    record_lists,
    record_reading,
    record_sync,
    records,
)
from batchly_admin.admin_views.answers import answer, body
from batchly_admin.admin_views.record_files import RecordFiles
from batchly_admin.admin_views.security import expose, requires
from batchly_admin.errors import InvalidInput, NotFound
from batchly_admin.grid.table import Table

SOURCES = frozenset({"cell", "paste", "fill"})


def panel(table: Table, record_id: UUID) -> dict[str, Any]:
    """Give everything the panel shows.

    Raises:
        NotFound: when there is no such record.
    """
    seen = record_reading.read(table, record_id)
    cells = seen.cells
    url = f"{table.url}/{record_id}"
    return {
        "id": record_id,
        "version": seen.version,
        "lock": seen.lock,
        "title": records.title_of(table, cells),
        "subtitle": records.subtitle_of(table, seen.columns, cells),
        "badges": records.badges_of(seen.columns, cells),
        "url": url,
        "cells": cells,
        "groups": records.grouped(table, seen.columns),
        "lines": record_lines.describe(table, record_id),
        "related": record_lists.lists(table, record_id, cells),
        "sync": _sync(table, record_id, cells),
        "files": records.files_url(table, record_id),
        "history": f"{url}/history" if context.may("all:history") else None,
    }


def _sync(table: Table, record_id: UUID, cells: dict[str, Any]) -> dict[str, Any] | None:
    card = record_sync.card(table, record_id, cells)
    if card is None:
        return None
    return {**card, "differences": len(card["differences"])}


class RecordRoutes(RecordFiles):
    """What a grid's view answers about one of its records."""

    table: Table

    @expose("/<uuid:record_id>/panel")
    @requires(":view")
    def record_panel(self, record_id: UUID) -> ResponseReturnValue:
        """Give one record for the panel beside the grid."""
        return answer(panel(self.table, record_id))

    @expose("/<uuid:record_id>/lines")
    @requires(":view")
    def record_lines(self, record_id: UUID) -> ResponseReturnValue:
        """Describe the grid of a record's lines."""
        found = record_lines.describe(self.table, record_id)
        if found is None:
            raise NotFound
        return answer(found)

    @expose("/<uuid:record_id>/lines/window")
    @requires(":view")
    def record_lines_window(self, record_id: UUID) -> ResponseReturnValue:
        """Give lines of a record, in their order."""
        found = record_lines.rows(self.table, record_id, request.args.get("offset"))
        return answer(found)

    @expose("/<uuid:record_id>/lines/changes", methods=["POST"])
    @requires(":edit")
    def record_lines_changes(self, record_id: UUID) -> ResponseReturnValue:
        """Write lines of a record: cells, new lines, deletions, another order."""
        asked = body()
        source = asked.get("source", "cell")
        if source not in SOURCES:
            msg = "The source of a change is cell, paste or fill."
            raise InvalidInput(msg, field="source")
        return answer(record_lines.write(self.table, record_id, asked, str(source)))

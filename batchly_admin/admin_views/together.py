"""What people who look at one table at the same time share: news of changes, and who is where."""

from __future__ import annotations

import hashlib
from typing import Any

import orjson
from flask import Response, request

from batchly_admin.admin_views import context
from batchly_admin.admin_views.answers import answer
from batchly_admin.errors import InvalidInput
from batchly_admin.grid import feed, windows
from batchly_admin.grid.columns import Column
from batchly_admin.grid.table import Table
from batchly_admin.ids import parse_id
from batchly_admin.services import presence
from batchly_admin.services.presence import Here, Place

MOST_ROWS = 200
TAB_SIZE = 40


def changes(table: Table, columns: tuple[Column, ...]) -> Response:
    """Give what changed since and who else is here; 304 while that is what the browser has."""
    me = context.person().user_id
    seen = {spec.name for spec in columns}
    people = _people(table, seen)
    found = feed.news(context.reader(), table, request.args.get("since"))
    body: dict[str, Any] = {
        "rows": [
            {
                "id": row.row_id,
                "version": row.version,
                "by": row.by,
                "mine": row.user_id == me,
                "new": row.is_new,
            }
            for row in found.rows
        ],
        "many": found.is_many,
        "people": [
            {
                "name": here.name,
                "tone": here.tone,
                "row": here.row_id,
                "column": here.column if here.column in seen else None,
            }
            for here in people
        ],
    }
    mark = orjson.dumps([body, found.mark], default=str)
    tag = hashlib.blake2b(mark, digest_size=12).hexdigest()
    if request.args.get("since") and request.if_none_match.contains(tag):
        response = Response(status=304)
    else:
        response = answer({"since": found.since, **body})
    response.set_etag(tag)
    return response


def _people(table: Table, seen: set[str]) -> list[Here]:
    """Note where this tab is and give who else is here."""
    runtime, person = context.runtime(), context.person()
    column = request.args.get("column", "")
    row_id = parse_id(request.args.get("row"))
    return presence.beat(
        runtime.redis,
        runtime.clock.now(),
        user_id=person.user_id,
        name=person.name,
        tab=request.args.get("tab", "")[:TAB_SIZE],
        place=Place(table.name, row_id, column if column in seen else None),
    )


def rows(table: Table, columns: tuple[Column, ...]) -> Response:
    """Give some rows by their ids, as they are now.

    Raises:
        InvalidInput: when more are asked for than a screen holds.
    """
    listed = [part for part in request.args.get("ids", "").split(",") if part]
    ids = [known for part in listed[: MOST_ROWS + 1] if (known := parse_id(part))]
    if len(listed) > MOST_ROWS:
        msg = f"At most {MOST_ROWS} rows at once."
        raise InvalidInput(msg, field="ids")
    found = windows.rows_by_id(context.reader(), table, columns, ids) if ids else []
    return answer({"rows": found})

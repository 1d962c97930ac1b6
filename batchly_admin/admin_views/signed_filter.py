"""All rows of a filter, as a preview counted them: signed, so that the start means the same rows.

The preview takes `{"all": true, "filter": {...}}` and gives it back as `{"signed": "..."}`, with
the moment of the preview in it. Who starts the action, browser or program, sends that as it is; no
unsigned filter is started. The filter is the one that was shown, for this person and this table,
and rows that were made since are not among them. Which of the others still match is asked anew,
when the action starts and again when it comes to each row.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import current_app
from itsdangerous import BadData, URLSafeTimedSerializer

from batchly_admin.admin_views import context
from batchly_admin.errors import Conflict
from batchly_admin.grid.table import Table
from batchly_admin.ids import first_id, parse_id

LASTS_SECONDS = 12 * 3600


@dataclass(frozen=True, slots=True)
class Signed:
    """A filter that a preview showed, and the id that rows made later are beyond."""

    filter: Mapping[str, Any]
    newest: UUID


def sign(table: Table, asked: Mapping[str, Any], newest: UUID | None = None) -> str:
    """Give a filter signed for this person and table, with this moment or the one it had."""
    cut = newest or first_id(0)
    return _serializer().dumps([table.name, str(context.person().user_id), asked, str(cut)])


def read(table: Table, token: object) -> Signed:
    """Give the filter that was signed.

    Raises:
        Conflict: when it is another one, another person's, of another table, or too old.
    """
    try:
        found = _serializer().loads(str(token), max_age=LASTS_SECONDS)
    except BadData as broken:
        raise _unusable() from broken
    # What carries our signature is of our form.
    name, user, asked, newest = found
    cut = parse_id(newest)
    if name != table.name or user != str(context.person().user_id) or cut is None:
        raise _unusable()
    return Signed(asked, cut)


def _unusable() -> Conflict:
    return Conflict("This selection cannot be used any more. Select the rows again.")


def _serializer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(str(current_app.secret_key), salt="batchly filter")

"""Answers for single rows of a bulk action, beside those that its preview asks for the whole run.

An action names the questions that a row may answer for itself (`BulkAction.by_row`). A run keeps
such answers in its params under one key, so that a retry has them as well; a row's own answer goes
before the run's, and an empty one means the usual for this row.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from batchly_admin.errors import InvalidInput, Refusal
from batchly_admin.ids import parse_id
from batchly_admin.services.tallies import LISTED, BulkAction, Params
from batchly_admin.words import _

BY_ROW = "by_row"
"""Where a run's params keep the answers of single rows, by the row's id."""

LONGEST = 200

Own = Mapping[UUID, Mapping[str, str]]


def read(action: BulkAction, asked: object) -> dict[UUID, dict[str, str]]:
    """Give the answers of single rows that a request carries.

    Raises:
        InvalidInput: when they are not of the form, or the action asks rows nothing of the kind.
    """
    if asked is None:
        return {}
    if not isinstance(asked, Mapping) or len(asked) > LISTED:
        msg = _("The answers of rows are an object by id, of at most {LISTED} rows.", LISTED=LISTED)
        raise InvalidInput(msg, field=BY_ROW)
    return {_id_of(key): _answers(action, one) for key, one in asked.items()}


def of_row(params: Params, row_id: UUID) -> dict[str, Any]:
    """Give the answers that hold for a row: the run's, and before them its own."""
    shared = {name: value for name, value in params.items() if name != BY_ROW}
    own = params.get(BY_ROW) or {}
    return {**shared, **own.get(str(row_id), {})}


def with_own(params: Params, own: Own, ids: Iterable[UUID]) -> dict[str, Any]:
    """Give the params of a run with the answers of those of its rows that have some."""
    shared = {name: value for name, value in params.items() if name != BY_ROW}
    kept = {str(one): dict(own[one]) for one in ids if one in own}
    return {**shared, BY_ROW: kept} if kept else shared


def problems(session: Session, action: BulkAction, params: Params) -> dict[UUID, Refusal]:
    """Give the rows whose answers do not fit, each with the question and the reason.

    Raises:
        InvalidInput: when already the answers for the whole run do not fit.
    """
    if action.check is None:
        return {}
    own = params.get(BY_ROW) or {}
    action.check(session, {name: value for name, value in params.items() if name != BY_ROW})
    found: dict[UUID, Refusal] = {}
    for key in own:
        row_id = UUID(key)
        try:
            action.check(session, of_row(params, row_id))
        except InvalidInput as refused:
            found[row_id] = refused.refusals[0]
    return found


def words(action: BulkAction, params: Params, row_id: UUID) -> str:
    """Give what was answered for a row, as the history tells it; empty when nothing was."""
    answers = of_row(params, row_id)
    said = [(name.replace("_", " "), answers.get(name)) for name in action.by_row]
    return "".join(f", {name} {value}" for name, value in said if value)


def _id_of(key: object) -> UUID:
    found = parse_id(key)
    if found is None:
        msg = _("One of the rows with answers of their own has an unreadable id.")
        raise InvalidInput(msg, field=BY_ROW)
    return found


def _answers(action: BulkAction, asked: object) -> dict[str, str]:
    if not isinstance(asked, Mapping) or not asked.keys() <= set(action.by_row):
        msg = _("{label} asks no such thing of a single row.", label=action.label)
        raise InvalidInput(msg, field=BY_ROW)
    if not all(isinstance(value, str) and len(value) <= LONGEST for value in asked.values()):
        msg = _("The answers of a row are texts of at most {LONGEST} characters.", LONGEST=LONGEST)
        raise InvalidInput(msg, field=BY_ROW)
    return dict(asked)

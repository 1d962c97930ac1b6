"""Saved views over HTTP: list, open, count, save for me or for everyone, reset, delete."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import orjson
from flask import Blueprint, current_app, request
from flask.typing import ResponseReturnValue

from batchly_admin.admin_views import context
from batchly_admin.admin_views.answers import answer, body
from batchly_admin.admin_views.security import LOGGED_IN, requires
from batchly_admin.admin_views.selecting import eyes_of
from batchly_admin.errors import InvalidInput, NotAllowed, NotFound
from batchly_admin.grid import view_state, windows
from batchly_admin.grid.columns import OPERATORS, as_config
from batchly_admin.grid.filters.language import seen_behind, seen_related
from batchly_admin.grid.registry import table as find_table
from batchly_admin.grid.table import Table
from batchly_admin.ids import parse_id
from batchly_admin.services import saved_views
from batchly_admin.services.saved_views import PersonalView, Viewer

blueprint = Blueprint("saved_view_routes", __name__, url_prefix="/views")

COUNT_SECONDS = 5.0
# A slow count is kept longer, so that live figures never take more than a part of the time.
COUNT_SHARE = 30.0
MAX_KEPT = 500
MAX_TABS = 12
_LABELS_ONLY = frozenset({"contains", "not_contains", "empty", "not_empty"})


@blueprint.get("/<name>")
@requires("saved_views:view")
def listed(name: str) -> ResponseReturnValue:
    """Give the person's views of a table."""
    table = _table(name)
    eyes = eyes_of(table)
    found = saved_views.views_of(context.reader(), table.name, _viewer())
    views = [_as_json(one, view_state.for_person(eyes, one.state)) for one in found]
    return answer({"views": views})


@blueprint.get("/<name>/counts")
@requires("saved_views:view")
def counts(name: str) -> ResponseReturnValue:
    """Give how many rows each tab holds now."""
    table = _table(name)
    eyes = eyes_of(table)
    found: dict[str, int] = {}
    for number, quick in enumerate(table.views[:MAX_TABS]):
        found[f"quick:{number}"] = _count(eyes, {"filters": list(quick.filters)})
    pinned = [
        one
        for one in saved_views.views_of(context.reader(), table.name, _viewer())
        if one.is_pinned
    ]
    for one in pinned[:MAX_TABS]:
        state = view_state.for_person(eyes, one.state)
        if state is not None:
            found[str(one.id)] = _count(eyes, state)
    return answer({"counts": found})


@blueprint.get("/<name>/fields/<column>")
@requires(LOGGED_IN)
def fields(name: str, column: str) -> ResponseReturnValue:
    """Give the columns behind a link, or of related rows, that the person may filter by."""
    eyes = eyes_of(_table(name))
    spec = next((one for one in eyes.seen if one.name == column), None)
    if spec is not None:
        inside = seen_behind(spec, eyes.rights)
    elif tuple(column.split(".", 1)) in eyes.table.relatives:
        inside = seen_related(column, eyes.rights)
    else:
        raise NotFound
    found = []
    for one in inside.values():
        config = as_config(one, editable=False)
        if one.link:
            config["operators"] = [word for word in OPERATORS[one.kind] if word in _LABELS_ONLY]
        found.append(config)
    return answer({"columns": found})


@blueprint.post("/<name>")
@requires("saved_views:view")
def create(name: str) -> ResponseReturnValue:
    """Save a state under a new name."""
    table, asked = _table(name), body()
    state = view_state.checked(eyes_of(table), asked.get("state"))
    with _work(f"View saved: {table.title}") as uow:
        made = saved_views.create(uow, table.name, _viewer(), state, asked)
    return _one(table, made, 201)


@blueprint.post("/<name>/<uuid:view_id>/<verb>")
@requires("saved_views:view")
def change(name: str, view_id: UUID, verb: str) -> ResponseReturnValue:
    """Save for me, save for everyone, reset, pin, change the settings of a view, or delete it."""
    table, asked, who = _table(name), body(), _viewer()
    work = _VERBS.get(verb)
    if work is None:
        raise NotFound
    # Refused before the transaction begins: the state, and a view that is not theirs.
    saved_views.view_of(context.reader(), table.name, view_id, who)
    words = dict(asked)
    if verb in {"mine", "everyone"}:
        words["state"] = view_state.checked(eyes_of(table), asked.get("state"))
    with _work(f"View changed: {table.title}") as uow:
        work(uow, table.name, view_id, who, words)
    if verb == "delete":
        return answer({"deleted": view_id})
    return _one(table, view_id)


def opening(table: Table, query: dict[str, Any]) -> dict[str, Any]:
    """Give what a grid shows first: what its address says, or the view that it names.

    An address that names a view and also filters, sorts or searches means that very state, so a
    link shows another person what its sender saw.
    """
    known = parse_id(request.args.get("view", ""))
    if known is None or not context.may("saved_views:view"):
        return query
    try:
        view = saved_views.view_of(context.reader(), table.name, known, _viewer())
    except NotFound as gone:
        return {**query, "view_problem": gone.message}
    state = view_state.for_person(eyes_of(table), view.state)
    if state is None:
        return {**query, "view_problem": _HIDDEN}
    spoken = any(part in request.args for part in ("search", "filters", "sort", "group"))
    kept = query if spoken else {**query, **{k: state[k] for k in query if k in state}}
    return {**kept, "view": _as_json(view, state)}


_HIDDEN = "This view uses something that your role does not show."


def _table(name: str) -> Table:
    table = find_table(name)
    if not context.may_see(table):
        raise NotAllowed
    return table


def _viewer() -> Viewer:
    who = context.person()
    return Viewer(who.user_id, who.rights)


def _work(summary: str) -> Any:
    return context.runtime().uows.begin(actor=context.actor(), source="form", summary=summary)


def _one(table: Table, view_id: UUID, status: int = 200) -> ResponseReturnValue:
    # What was read before the transaction does not know what it wrote.
    context.reader().rollback()
    found = saved_views.view_of(context.reader(), table.name, view_id, _viewer())
    state = view_state.for_person(eyes_of(table), found.state)
    return answer({"view": _as_json(found, state)}, status)


def _as_json(view: PersonalView, state: Mapping[str, Any] | None) -> dict[str, Any]:
    """Give a view to the browser; without a state the person may not see what it rests on."""
    return {
        "id": view.id,
        "name": view.name,
        "version": view.version,
        "shared": view.is_shared,
        "mine": view.is_mine,
        "pinned": view.is_pinned,
        "layered": view.is_layered,
        "may_change": view.may_change,
        "state": state,
        "problem": "" if state is not None else _HIDDEN,
    }


def _count(eyes: view_state.Eyes, state: Mapping[str, Any]) -> int:
    """Count what a state selects; the same selection is counted once in some seconds for all."""
    selection = eyes.selection(state)
    asked = [list(selection.filters), selection.search, eyes.zone, eyes.today]
    key = (eyes.table.name, orjson.dumps(asked, option=orjson.OPT_SORT_KEYS))
    store: dict[Any, tuple[float, int]] = current_app.extensions["batchly_counts"]
    clock = context.runtime().clock
    begun = clock.monotonic()
    kept = store.get(key)
    if kept is not None and kept[0] > begun:
        return kept[1]
    found = windows.total(context.reader(), eyes.table, selection, today=eyes.today)
    now = clock.monotonic()
    if len(store) >= MAX_KEPT:
        store.clear()
    store[key] = (now + max(COUNT_SECONDS, COUNT_SHARE * (now - begun)), found)
    return found


def _mine(uow: Any, table: str, view_id: UUID, who: Viewer, asked: Mapping[str, Any]) -> None:
    saved_views.save_for_me(uow, table, view_id, who, asked["state"])


def _everyone(uow: Any, table: str, view_id: UUID, who: Viewer, asked: Mapping[str, Any]) -> None:
    seen = asked.get("version")
    saved_views.save_for_everyone(uow, table, view_id, who, asked["state"], seen_version=seen)


def _reset(uow: Any, table: str, view_id: UUID, who: Viewer, _asked: Mapping[str, Any]) -> None:
    saved_views.reset(uow, table, view_id, who)


def _pin(uow: Any, table: str, view_id: UUID, who: Viewer, asked: Mapping[str, Any]) -> None:
    if not isinstance(asked.get("pinned"), bool):
        msg = "Pinned is yes or no."
        raise InvalidInput(msg, field="pinned")
    saved_views.pin(uow, table, view_id, who, pinned=asked["pinned"])


def _delete(uow: Any, table: str, view_id: UUID, who: Viewer, _asked: Mapping[str, Any]) -> None:
    saved_views.delete(uow, table, view_id, who)


_VERBS: dict[str, Any] = {
    "mine": _mine,
    "everyone": _everyone,
    "reset": _reset,
    "pin": _pin,
    "settings": saved_views.change,
    "delete": _delete,
}

"""The state of a saved view: what it may hold, checked on the way in and cut to what one may see.

A state is `{"search", "filters", "sort", "group", "columns": {"order", "hidden", "widths",
"totals", "frozen"}, "height", "colours"}`; every part may be missing. `totals` say by
column what stands below it where that is not the usual, "" for nothing. `colours` are rules such as
`{"column": "total_amount", "operator": "gt", "value": "1000", "tone": "amber", "row": true}`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from batchly_admin.errors import InvalidInput, UserError
from batchly_admin.grid import filters, levels, windows
from batchly_admin.grid.columns import Column, ways_of
from batchly_admin.grid.table import Table

HEIGHTS = ("compact", "normal", "tall")
TONES = ("neutral", "blue", "green", "amber", "red", "violet")
MAX_COLOURS = 12
SMALLEST_WIDTH, LARGEST_WIDTH = 30, 1200


@dataclass(frozen=True, slots=True)
class Eyes:
    """What a person sees of a table, and when: columns, rights, the company's day."""

    table: Table
    seen: Sequence[Column]
    rights: frozenset[str]
    today: date
    zone: str = "UTC"

    def selection(self, state: Mapping[str, Any]) -> filters.Selection:
        """Give what a state selects.

        Raises:
            InvalidInput: for a filter that does not fit or looks at what the person may not see.
        """
        asked = {"search": state.get("search") or "", "where": _part(state, "filters", [])}
        found = filters.selection_of_object(asked, self.seen, rights=self.rights, zone=self.zone)
        filters.conditions(self.table, found, today=self.today)
        return found


def checked(eyes: Eyes, asked: object) -> dict[str, Any]:
    """Give a state as it is stored, nothing unknown in it.

    Raises:
        InvalidInput: naming the part that is not usable.
    """
    if not isinstance(asked, Mapping):
        msg = "The state of a view is an object."
        raise InvalidInput(msg, field="state")
    selection = eyes.selection(asked)
    kept: dict[str, Any] = {
        "search": selection.search,
        "filters": list(selection.filters),
        "sort": list(_sort(eyes, asked.get("sort"))),
        "columns": _columns(eyes, _part(asked, "columns", {})),
        "height": _one_of(asked.get("height") or "normal", HEIGHTS, "height"),
        "colours": _colours(eyes, _part(asked, "colours", [])),
    }
    group = asked.get("group")
    if group:
        kept["group"] = _group(eyes, group)
    return kept


def for_person(eyes: Eyes, state: Mapping[str, Any]) -> dict[str, Any] | None:
    """Give a stored state to a person; None when it rests on what they may not see."""
    names = {spec.name for spec in eyes.seen}
    columns = state.get("columns") or {}
    visible = {
        **state,
        "sort": [part for part in state.get("sort") or () if part.removeprefix("-") in names],
        "columns": {
            **columns,
            "order": [name for name in columns.get("order", ()) if name in names],
            "hidden": [name for name in columns.get("hidden", ()) if name in names],
            "widths": {k: v for k, v in (columns.get("widths") or {}).items() if k in names},
        },
        "colours": [rule for rule in state.get("colours") or () if rule.get("column") in names],
    }
    try:
        return checked(eyes, visible)
    except UserError:
        return None


def _part(asked: Mapping[str, Any], name: str, missing: Any) -> Any:
    """Give a part of a state; only one that is not there at all may be left out."""
    found = asked.get(name)
    return missing if found is None else found


def _sort(eyes: Eyes, asked: object) -> tuple[str, ...]:
    if not asked:
        return ()
    return windows.sort_of(eyes.table, ",".join(_words(asked, "sort")), eyes.seen)


def _group(eyes: Eyes, asked: object) -> list[str]:
    found = levels.levels_of(
        eyes.table, ",".join(_words(asked, "group")), eyes.seen, today=eyes.today
    )
    return [level.term for level in found]


def _words(asked: object, part: str) -> list[str]:
    if not isinstance(asked, list) or not all(isinstance(one, str) for one in asked):
        msg = f"The {part} of a view is a list of columns."
        raise InvalidInput(msg, field=part)
    return list(asked)


def _one_of(value: object, known: Sequence[str], part: str) -> str:
    if not isinstance(value, str) or value not in known:
        msg = f"The {part} is one of {', '.join(known)}."
        raise InvalidInput(msg, field=part)
    return value


def _columns(eyes: Eyes, asked: object) -> dict[str, Any]:
    if not isinstance(asked, Mapping):
        msg = "The columns of a view are an object."
        raise InvalidInput(msg, field="columns")
    names = [spec.name for spec in eyes.seen]
    order = [name for name in _words(asked.get("order") or [], "order") if name in names]
    hidden = [name for name in _words(asked.get("hidden") or [], "hidden") if name in names]
    kept: dict[str, Any] = {
        "order": list(dict.fromkeys(order)),
        "hidden": list(dict.fromkeys(hidden)),
        "widths": _widths(names, _part(asked, "widths", {})),
        "totals": _totals(eyes, _part(asked, "totals", {})),
    }
    if len(kept["hidden"]) >= len(names):
        msg = "A view shows at least one column."
        raise InvalidInput(msg, field="hidden")
    frozen = asked.get("frozen")
    if frozen is not None:
        if type(frozen) is not int or not 0 <= frozen <= len(eyes.table.columns):
            msg = "The number of frozen columns is not usable."
            raise InvalidInput(msg, field="frozen")
        kept["frozen"] = min(frozen, len(names))
    return kept


def _widths(names: Sequence[str], asked: object) -> dict[str, int]:
    if not isinstance(asked, Mapping):
        msg = "The widths of a view are an object."
        raise InvalidInput(msg, field="widths")
    return {
        name: max(SMALLEST_WIDTH, min(round(width), LARGEST_WIDTH))
        for name, width in asked.items()
        if name in names and type(width) in {int, float} and abs(width) < LARGEST_WIDTH * 10
    }


def _totals(eyes: Eyes, asked: object) -> dict[str, str]:
    if not isinstance(asked, Mapping):
        msg = "The totals of a view are an object."
        raise InvalidInput(msg, field="totals")
    ways = {spec.name: ("", *ways_of(spec)) for spec in eyes.seen}
    return {name: way for name, way in asked.items() if way in ways.get(name, ())}


def _colours(eyes: Eyes, asked: object) -> list[dict[str, Any]]:
    if not isinstance(asked, list) or len(asked) > MAX_COLOURS:
        msg = f"A view has at most {MAX_COLOURS} colour rules."
        raise InvalidInput(msg, field="colours")
    return [_colour(eyes, rule) for rule in asked]


def _colour(eyes: Eyes, rule: object) -> dict[str, Any]:
    if not isinstance(rule, Mapping) or "." in str(rule.get("column")):
        msg = "A colour rule names a column of this table, a condition and a tone."
        raise InvalidInput(msg, field="colours")
    condition = {name: rule.get(name) for name in ("column", "operator", "value")}
    eyes.selection({"filters": [condition]})
    tone = _one_of(rule.get("tone"), TONES, "tone")
    return {**condition, "tone": tone, "row": rule.get("row") is True}

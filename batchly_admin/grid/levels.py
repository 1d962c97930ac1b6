"""What rows are grouped by: up to three columns, and the order this gives the rows.

The same expressions order the rows and the groups, so a group's rows stand exactly where its header
says. Linked records stand by their label, choices in the order they are declared in, and what is
empty comes last whichever way the rest runs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa

from batchly_admin.errors import InvalidInput
from batchly_admin.grid import aging
from batchly_admin.grid.columns import GROUPABLE, Column
from batchly_admin.grid.filters import label_of
from batchly_admin.grid.table import Table
from batchly_admin.models.any_case import any_case

MAX_LEVELS = 3
STEPS = {"day": 10, "month": 7, "year": 4}
AGING = "aging"
TEXTS = frozenset({"text", "email", "phone"})
_CHOSEN = frozenset({"choice", "badge"})


@dataclass(frozen=True, slots=True)
class Level:
    """One column to group by; dates may be taken by month or year, or by their age on a day."""

    name: str
    step: str = ""
    descending: bool = False
    day: date | None = None

    @property
    def term(self) -> str:
        """Give the level as addresses write it."""
        words = f"{self.name}:{self.step}" if self.step else self.name
        return f"-{words}" if self.descending else words


def levels_of(
    table: Table, text: str | None, seen: Sequence[Column] | None = None, *, today: date
) -> tuple[Level, ...]:
    """Read levels such as `status,-po_date:month,due_date:aging`.

    `seen` are the columns the person may see: groups tell the values they are made of. `today` is
    the company's, from which ages are counted.

    Raises:
        InvalidInput: for a column that does not exist, cannot be grouped by or is not seen.
    """
    if not text:
        return ()
    allowed = {spec.name: spec for spec in (table.columns if seen is None else seen)}
    levels: dict[str, Level] = {}
    for part in filter(None, (one.strip() for one in text.split(","))):
        name, _, step = part.removeprefix("-").partition(":")
        spec = allowed.get(name)
        if spec is None or spec.kind not in GROUPABLE:
            msg = f"{table.title} cannot be grouped by {name[:60]}."
            raise InvalidInput(msg, field="group")
        if step and (spec.kind != "date" or (step not in STEPS and step != AGING)):
            msg = f"{spec.label} cannot be grouped by {step[:30]}."
            raise InvalidInput(msg, field="group")
        step = "" if step == "day" else step
        day = today if step == AGING else None
        levels.setdefault(name, Level(name, step, part.startswith("-"), day))
    if len(levels) > MAX_LEVELS:
        msg = f"Rows can be grouped by at most {MAX_LEVELS} columns."
        raise InvalidInput(msg, field="group")
    return tuple(levels.values())


def keys(table: Table, level: Level) -> list[Any]:
    """Give the expressions on the table's own columns that tell the groups of a level apart."""
    spec = table.by_name[level.name]
    source = table.model.__table__.c[spec.name]
    if spec.link and spec.label_from:
        stored = table.model.__table__.c[spec.label_from]
        # Plain columns where that is the same: an index answers those.
        return [source, sa.case((source.is_not(None), stored)) if spec.nullable else stored]
    if level.day is not None:
        return [aging.step(source, level.day)]
    if level.step:
        # Literals, not parameters: PostgreSQL must see that it groups by what it selects.
        places: Any = sa.literal_column(str(STEPS[level.step]))
        return [sa.func.substr(sa.cast(source, sa.Text()), sa.literal_column("1"), places)]
    if spec.kind in TEXTS:
        return [sa.func.nullif(source, sa.literal_column("''"))]
    return [source]


def order(table: Table, levels: Sequence[Level]) -> tuple[list[Any], list[str]]:
    """Give the order of rows by these levels, and the link columns it needs joined."""
    parts: list[Any] = []
    joins: list[str] = []
    for level in levels:
        spec = table.by_name[level.name]
        label = None
        if spec.link and not spec.label_from:
            label = label_of(table, spec)
            joins.append(spec.name)
        parts += ordered(spec, level, keys(table, level), label)
    return parts, joins


def ordered(spec: Column, level: Level, found: Sequence[Any], label: Any = None) -> list[Any]:
    """Give the order of a level; `found` are its keys, wherever they are read from."""
    key = found[0]
    if spec.link:
        values = [any_case(found[1] if label is None else label), key]
    elif spec.kind in _CHOSEN and spec.choices is not None:
        places: dict[str, int] = {member.value: place for place, member in enumerate(spec.choices)}
        values = [sa.case(places, value=key, else_=len(places)) if places else key, key]
    elif spec.kind in TEXTS:
        values = [any_case(key), key]
    else:
        values = [key]
    parts = [part.desc() if level.descending else part.asc() for part in values]
    may_be_empty = spec.nullable or spec.kind in TEXTS
    return [key.is_(None).asc(), *parts] if may_be_empty else parts

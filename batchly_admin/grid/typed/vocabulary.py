"""What words mean on a table, for one person: from what the table declares and they may see."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from batchly_admin.errors import UserError
from batchly_admin.grid.columns import Column
from batchly_admin.grid.filters.language import selection_of_object
from batchly_admin.grid.table import QuickView, Table
from batchly_admin.grid.view_state import Eyes

LONGEST = 5
"""Words of the longest phrase that is looked up."""

Node = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a phrase stands for, and the words for it in a list of suggestions."""

    label: str
    kind: str
    filters: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Phrases in small letters: names of columns, and what other phrases mean.

    In a phrase `#` stands for a number, which the filter then holds.
    """

    eyes: Eyes
    columns: Mapping[str, Column]
    meanings: Mapping[str, Meaning]
    # What a bare amount and a bare day are compared with.
    amount: Column | None
    day: Column | None


def vocabulary(eyes: Eyes) -> Vocabulary:
    """Give the words of a table."""
    return Vocabulary(
        eyes, _columns(eyes.seen), _meanings(eyes), _main(eyes, "money"), _main(eyes, "date")
    )


def plain(words: str) -> str:
    """Give words as they are looked up."""
    return " ".join(words.replace("_", " ").replace("-", " ").casefold().split())


def choices_of(spec: Column) -> dict[str, Any]:
    """Give the choices of a column by the words for them: their labels and their values."""
    members = list(spec.choices or ())
    found = {plain(member.label): member for member in members}
    for member in members:
        found.setdefault(plain(member.value), member)
    return found


def _columns(seen: Sequence[Column]) -> dict[str, Column]:
    found: dict[str, Column] = {}
    for spec in seen:
        found.setdefault(plain(spec.label), spec)
    for spec in seen:
        found.setdefault(plain(spec.name.removesuffix("_id")), spec)
    return found


def _meanings(eyes: Eyes) -> dict[str, Meaning]:
    """Give what phrases mean; what the table declares goes before what follows from its columns."""
    found: dict[str, Meaning] = {}
    for view in _usable(eyes):
        found.setdefault(plain(view.label), Meaning(view.label, "view", view.filters))
    # A status is meant sooner than where a record stands with QuickBooks.
    for spec in sorted(eyes.seen, key=lambda one: one.kind == "badge"):
        for words, member in choices_of(spec).items():
            node = {"column": spec.name, "operator": "is", "value": member.value}
            found.setdefault(words, Meaning(member.label, spec.label, (node,)))
    for words, spec in _columns(eyes.seen).items():
        if spec.kind == "bool":
            node = {"column": spec.name, "operator": "is", "value": True}
            found.setdefault(words, Meaning(spec.label, "yes", (node,)))
    return found


def _usable(eyes: Eyes) -> Iterator[QuickView]:
    """Give the declared phrases that rest on nothing the person may not see."""
    table: Table = eyes.table
    for view in (*table.words, *table.views):
        try:
            selection_of_object({"where": view.filters}, eyes.seen, rights=eyes.rights)
        except UserError:
            continue
        yield view


def _main(eyes: Eyes, kind: str) -> Column | None:
    """Give the table's main column of a kind: the first of its facts, else the first that shows."""
    seen = {spec.name: spec for spec in eyes.seen}
    shown = [spec.name for spec in eyes.seen if not spec.hidden]
    for name in (*eyes.table.facts, *shown):
        if name in seen and seen[name].kind == kind:
            return seen[name]
    return None

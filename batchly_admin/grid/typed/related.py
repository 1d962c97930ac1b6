"""Related rows in a typed line: `without jobs`, `with unpaid invoices over 60 days`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from batchly_admin.grid.filters.language import HAS, seen_related
from batchly_admin.grid.registry import table as find_table
from batchly_admin.grid.typed import conditions, values
from batchly_admin.grid.typed.tokens import Token
from batchly_admin.grid.typed.vocabulary import LONGEST, Node, plain, vocabulary
from batchly_admin.grid.view_state import Eyes

_WITH = frozenset({"with", "has", "have"})
_WITHOUT = frozenset({"without", "no"})


def related(eyes: Eyes, pieces: Sequence[Token], at: int) -> tuple[Node, int] | None:
    """Read `with` or `without` some rows of a related table, and the place behind it."""
    word = values.phrase(pieces, at, 1)
    if word not in _WITH | _WITHOUT:
        return None
    for key, inside in _tables(eyes):
        found = _rows(inside, pieces, at + 1)
        if found is not None:
            node: dict[str, Any] = {HAS: key, "where": found[0]}
            return ({**node, "not": True} if word in _WITHOUT else node), found[1]
    return None


def _tables(eyes: Eyes) -> Iterator[tuple[str, Eyes]]:
    """Give the related tables that the person may see, as they see them."""
    for name, column in eyes.table.relatives:
        key = f"{name}.{column}"
        seen = seen_related(key, eyes.rights)
        if seen:
            inside = Eyes(find_table(name), (*seen.values(),), eyes.rights, eyes.today, eyes.zone)
            yield key, inside


def _rows(inside: Eyes, pieces: Sequence[Token], at: int) -> tuple[list[Node], int] | None:
    """Read which rows are meant: their table, perhaps a word of it before, an age behind it."""
    words = vocabulary(inside)
    where: list[Node] = []
    end = _named(inside, pieces, at)
    for count in range(LONGEST, 0, -1):
        meaning = words.meanings.get(values.phrase(pieces, at, count) or "")
        behind = _named(inside, pieces, at + count) if end is None and meaning else None
        if behind is not None and meaning is not None:
            where, end = list(meaning.filters), behind
    if end is None:
        return None
    if words.day is not None and (aged := conditions.older(words.day, pieces, end)):
        where, end = [*where, aged[0]], aged[1]
    return where, end


def _named(inside: Eyes, pieces: Sequence[Token], at: int) -> int | None:
    """Give the place behind the name of the table; None when it is not named."""
    names = {plain(inside.table.title), plain(inside.table.singular)}
    for count in range(LONGEST, 0, -1):
        if values.phrase(pieces, at, count) in names:
            return at + count
    return None

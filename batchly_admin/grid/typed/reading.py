"""Reading a line: each phrase that a rule knows becomes filters, the rest is searched for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from batchly_admin.errors import UserError
from batchly_admin.grid import filters
from batchly_admin.grid.columns import OPERATORS
from batchly_admin.grid.filters import MAX_FILTERS, MAX_TEXT
from batchly_admin.grid.typed import conditions, values
from batchly_admin.grid.typed.denying import opposite
from batchly_admin.grid.typed.related import related
from batchly_admin.grid.typed.tokens import Token, tokens, unread
from batchly_admin.grid.typed.vocabulary import LONGEST, Meaning, Node, Vocabulary, vocabulary
from batchly_admin.grid.view_state import Eyes

_NOT = frozenset({"not", "no", "without"})
_JOINING = frozenset({"and", "with"})
_GATHERED = frozenset({"choice", "badge"})


@dataclass(frozen=True, slots=True)
class Part:
    """Filters, and the places in the line that they were read from."""

    places: tuple[tuple[int, int], ...]
    filters: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Reading:
    """What a line means; `problems` are phrases that began like a filter and were none."""

    parts: tuple[Part, ...]
    search: str
    problems: tuple[str, ...] = ()


def read(eyes: Eyes, line: str) -> Reading:
    """Read a line as this person may mean it. Every filter given is one the table accepts."""
    words = vocabulary(eyes)
    line = line[:MAX_TEXT]
    pieces = tokens(line)
    parts: list[Part] = []
    left: list[Token] = []
    problems: list[str] = []
    at = 0
    while at < len(pieces):
        found = _having(eyes, pieces, at) or _denied(words, pieces, at) or _said(words, pieces, at)
        end = found[1] if found else at + 1
        problem = _problem(eyes, found[0]) if found else ""
        if found and not problem:
            place = (pieces[at].start, pieces[end - 1].end)
            _add(words, parts, Part((place,), found[0]))
        else:
            problems += [problem] if problem else []
            left += pieces[at:end]
        at = end
    if parts:
        left = _without_joints(left)
    return Reading(tuple(parts[:MAX_FILTERS]), unread(line, left), tuple(problems))


Found = tuple[tuple[Node, ...], int]


def _having(eyes: Eyes, pieces: Sequence[Token], at: int) -> Found | None:
    found = related(eyes, pieces, at)
    return None if found is None else ((found[0],), found[1])


def _said(words: Vocabulary, pieces: Sequence[Token], at: int) -> Found | None:
    one = conditions.named(words, pieces, at)
    if one is None:
        meant = _meaning(words, pieces, at)
        if meant is not None:
            return meant
        one = conditions.bare(words, pieces, at)
    return None if one is None else ((one[0],), one[1])


def _denied(words: Vocabulary, pieces: Sequence[Token], at: int) -> Found | None:
    """Read what stands behind a minus or a `not`; `no e-mail` is an empty one."""
    piece = pieces[at]
    word = values.phrase(pieces, at, 1)
    if piece.kind != "minus" and word not in _NOT:
        return None
    found = _said(words, pieces, at + 1) if at + 1 < len(pieces) else None
    if found is not None:
        turned = opposite(found[0])
        return None if turned is None else ((turned,), found[1])
    if piece.kind == "minus" or word == "not":
        return None
    named = conditions.column_at(words, pieces, at + 1)
    if named is None or "empty" not in OPERATORS[named[0].kind]:
        return None
    return ({"column": named[0].name, "operator": "empty", "value": None},), named[1]


def _meaning(words: Vocabulary, pieces: Sequence[Token], at: int) -> Found | None:
    """Give what the longest phrase from a place on means."""
    for count in range(LONGEST, 0, -1):
        phrase = values.phrase(pieces, at, count)
        if phrase is None:
            continue
        if phrase in words.meanings:
            return words.meanings[phrase].filters, at + count
        parts = phrase.split()
        numbers = [part for part in parts if part.isdecimal() and part.isascii()]
        counted = " ".join("#" if part in numbers else part for part in parts)
        if len(numbers) == 1 and counted in words.meanings:
            return _filled(words.meanings[counted], numbers[0][:4]), at + count
    return None


def _filled(meaning: Meaning, number: str) -> tuple[Node, ...]:
    def fill(value: Any) -> Any:
        if isinstance(value, str):
            return value.replace("#", number)
        if isinstance(value, Mapping):
            return {name: fill(inner) for name, inner in value.items()}
        return [fill(inner) for inner in value] if isinstance(value, list | tuple) else value

    return tuple(fill(node) for node in meaning.filters)


def _problem(eyes: Eyes, nodes: Sequence[Node]) -> str:
    """Give the words with which the table refuses a filter, or none."""
    try:
        found = filters.selection_of_object(
            {"where": list(nodes)}, eyes.seen, rights=eyes.rights, zone=eyes.zone
        )
        filters.conditions(eyes.table, found, today=eyes.today)
    except UserError as refused:
        return refused.message
    return ""


def _add(words: Vocabulary, parts: list[Part], part: Part) -> None:
    """Add a part; `pending approved` are two statuses of which a row can only have one."""
    node = part.filters[0]
    for at, before in enumerate(parts):
        first = before.filters[0]
        if before.filters == part.filters:
            return
        if len(part.filters) > 1 or len(before.filters) > 1 or not _gathers(words, node, first):
            continue
        listed = [*_values(first), *(one for one in _values(node) if one not in _values(first))]
        joined = {"column": node["column"], "operator": "in", "value": listed}
        parts[at] = Part((*before.places, *part.places), (joined,))
        return
    parts.append(part)


def _gathers(words: Vocabulary, one: Node, other: Node) -> bool:
    kind = words.eyes.table.by_name[one["column"]].kind if "column" in one else ""
    return (
        kind in _GATHERED
        and one["column"] == other.get("column")
        and {one["operator"], other["operator"]} <= {"is", "in"}
    )


def _values(node: Node) -> list[Any]:
    value = node["value"]
    return value if isinstance(value, list) else [value]


def _without_joints(left: list[Token]) -> list[Token]:
    """Leave out the words and commas that only join what was read."""
    joints = {piece.text.casefold() for piece in left if piece.kind in {"word", "sign"}}
    only = joints <= _JOINING | {","} and all(piece.kind != "quoted" for piece in left)
    return [] if only else left

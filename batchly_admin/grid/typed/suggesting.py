"""How a line that is being typed could go on: columns, choices, phrases, spans of days."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from batchly_admin.grid.columns import OPERATORS, RIGHT_ALIGNED, Column
from batchly_admin.grid.filters import spans
from batchly_admin.grid.typed import conditions, values
from batchly_admin.grid.typed.tokens import Token, tokens
from batchly_admin.grid.typed.vocabulary import Vocabulary, plain, vocabulary
from batchly_admin.grid.view_state import Eyes

MOST = 8
_DATES = frozenset({"date", "datetime"})
_CHOSEN = frozenset({"choice", "badge"})
_UNSAID = frozenset({"address", "json", "time", "id"})
_COLUMNS_BACK = 4


def suggestions(eyes: Eyes, line: str) -> list[dict[str, Any]]:
    """Give what may stand for the last word of a line: text, its words, and where it goes."""
    pieces = tokens(line)
    words = vocabulary(eyes)
    found: dict[str, dict[str, Any]] = {}
    for start, typed, offered in _places(words, pieces, line):
        for label, detail, text in offered:
            begun = plain(label).startswith(typed) and plain(text) != typed
            if begun and len(found) < MOST:
                found.setdefault(
                    text, {"label": label, "detail": detail, "text": text, "at": start}
                )
    return list(found.values())


Offer = tuple[str, str, str]


def _places(
    words: Vocabulary, pieces: list[Token], line: str
) -> Iterator[tuple[int, str, Iterator[Offer]]]:
    """Give where a suggestion may begin, what stands there already, and what may be offered."""
    sign = next((at for at in range(len(pieces) - 1, -1, -1) if pieces[at].kind == "sign"), None)
    if sign is not None and len(pieces) - sign <= _COLUMNS_BACK:
        spec = _column_before(words, pieces, sign)
        begun = " ".join(piece.text for piece in pieces[sign + 1 :])
        if spec is not None:
            start = pieces[sign + 1].start if sign + 1 < len(pieces) else len(line)
            yield start, plain(begun), _values(spec)
    if line[-1:].isspace():
        return
    for count in range(min(3, len(pieces)), 0, -1):
        begun = values.phrase(pieces, len(pieces) - count, count) or ""
        if begun:
            yield pieces[-count].start, begun, _phrases(words)


def _column_before(words: Vocabulary, pieces: list[Token], sign: int) -> Column | None:
    for start in range(max(0, sign - _COLUMNS_BACK), sign):
        named = conditions.column_at(words, pieces[:sign], start)
        if named is not None and named[1] == sign:
            return named[0]
    return None


def _values(spec: Column) -> Iterator[Offer]:
    if spec.kind in _CHOSEN:
        for member in spec.choices or ():
            yield member.label, spec.label, _typed(member.label)
    elif spec.kind in _DATES:
        for name in spans.SPANS:
            yield name.replace("_", " "), spec.label, name.replace("_", " ")
    elif spec.kind == "bool":
        yield from (("yes", spec.label, "yes"), ("no", spec.label, "no"))


def _phrases(words: Vocabulary) -> Iterator[Offer]:
    for phrase, meaning in words.meanings.items():
        if meaning.kind == "view" and "#" not in phrase:
            yield meaning.label, "", meaning.label.lower()
    for spec in words.eyes.seen:
        if spec.kind not in _UNSAID and OPERATORS[spec.kind]:
            yield _column(spec)
    for meaning in words.meanings.values():
        if meaning.kind not in {"view", "yes"}:
            yield meaning.label, meaning.kind, meaning.label.lower()


def _column(spec: Column) -> Offer:
    if spec.kind == "bool":
        return spec.label, "", spec.label.lower()
    sign = ">" if spec.kind in RIGHT_ALIGNED else ":"
    return f"{spec.label}{sign}", "", f"{spec.label.lower()}{sign}"


def _typed(label: str) -> str:
    return f'"{label.lower()}"' if " " in label else label.lower()

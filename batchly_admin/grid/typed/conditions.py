"""A condition in a typed line: `total>=1000`, `due before next week`, `customer:"Old Tannery"`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from batchly_admin.grid.columns import OPERATORS, RIGHT_ALIGNED, Column
from batchly_admin.grid.typed import values
from batchly_admin.grid.typed.tokens import Token
from batchly_admin.grid.typed.vocabulary import LONGEST, Node, Vocabulary

_SIGNS = {">": "gt", ">=": "gte", "<": "lt", "<=": "lte", "!=": "is_not", "<>": "is_not"}
_NUMBER_WORDS = {
    "more than": "gt",
    "over": "gt",
    "above": "gt",
    "less than": "lt",
    "under": "lt",
    "below": "lt",
    "at least": "gte",
    "at most": "lte",
}
_DAY_WORDS = {"before": "lt", "after": "gt", "since": "gte", "from": "gte", "until": "lte"}
_AGE_WORDS = ("more than", "over", "older than")
_EMPTY = {"empty": "empty", "none": "empty", "any": "not_empty"}
_DATES = frozenset({"date", "datetime"})
_TEXTS = frozenset({"text", "long_text", "email", "phone", "link"})
Found = tuple[Node, int]
"""A condition and the place behind it."""


def named(words: Vocabulary, pieces: Sequence[Token], at: int) -> Found | None:
    """Read a condition that begins with the name of a column."""
    for count in range(LONGEST, 0, -1):
        spec = words.columns.get(values.phrase(pieces, at, count) or "")
        found = spec and condition(words, spec, pieces, at + count)
        if found:
            return found
    return None


def bare(words: Vocabulary, pieces: Sequence[Token], at: int) -> Found | None:
    """Read a condition without a column: an amount or a day of the table's main column."""
    for spec in (words.amount, words.day):
        found = spec and condition(words, spec, pieces, at, bare=True)
        if found:
            return found
    return None


def older(spec: Column, pieces: Sequence[Token], at: int) -> Found | None:
    """Read how long a day has passed: `over 60 days`, `> 60 days`, `60 days`."""
    sign = at < len(pieces) and pieces[at].kind == "sign" and pieces[at].text == ">"
    found = _aged(pieces, at + sign)
    return None if found is None else _node(spec, "lt", *found)


def column_at(words: Vocabulary, pieces: Sequence[Token], at: int) -> tuple[Column, int] | None:
    """Give the column that is named at a place, and the place behind its name."""
    for count in range(LONGEST, 0, -1):
        spec = words.columns.get(values.phrase(pieces, at, count) or "")
        if spec:
            return spec, at + count
    return None


def condition(
    words: Vocabulary, spec: Column, pieces: Sequence[Token], at: int, *, bare: bool = False
) -> Found | None:
    """Read what a column is compared with."""
    sign = pieces[at].text if at < len(pieces) and pieces[at].kind == "sign" else ""
    if sign == "," or (bare and sign in {":", "="}):
        return None
    behind = at + 1 if sign else at
    empty = _EMPTY.get(values.phrase(pieces, behind, 1) or "") if sign in {":", "="} else None
    if empty:
        return _node(spec, empty, None, behind + 1)
    for kinds, reader in _READERS:
        if spec.kind in kinds:
            return reader(words, spec, pieces, behind, sign)
    return None


def _number(
    _words: Vocabulary, spec: Column, pieces: Sequence[Token], at: int, sign: str
) -> Found | None:
    if sign in {"", ":", "="} and (found := values.pair(pieces, at)):
        return _node(spec, "between", *found)
    operator, at = (_SIGNS.get(sign, "is"), at) if sign else _worded(_NUMBER_WORDS, pieces, at)
    value = values.number(pieces, at) if operator else None
    if value is None or (not sign and values.age(pieces, at)):
        return None
    return _node(spec, operator, *value)


def _date(
    words: Vocabulary, spec: Column, pieces: Sequence[Token], at: int, sign: str
) -> Found | None:
    if not sign and (aged := _aged(pieces, at)):
        return _node(spec, "lt", *aged)
    operator, at = (_SIGNS.get(sign, ""), at) if sign else _worded(_DAY_WORDS, pieces, at)
    value = values.days(pieces, at, words.eyes.today)
    if value is None:
        return None
    return _node(spec, {"": "within", "is_not": "not_within"}.get(operator, operator), *value)


def _aged(pieces: Sequence[Token], at: int) -> tuple[Any, int] | None:
    """Read how long ago a day is, or longer: 60 days, over 60 days, more than 2 weeks ago."""
    for lead in _AGE_WORDS:
        count = len(lead.split())
        if values.phrase(pieces, at, count) == lead and (found := values.age(pieces, at + count)):
            ago = values.phrase(pieces, found[1], 1) == "ago"
            return found[0], found[1] + ago
    found = values.age(pieces, at)
    follows = found and values.phrase(pieces, found[1], 1)
    # "60 days ago" is that day, and "60 days from now" another one.
    return None if follows in {"ago", "from"} else found


def _choice(
    _words: Vocabulary, spec: Column, pieces: Sequence[Token], at: int, sign: str
) -> Found | None:
    found = values.choices(spec, pieces, at) if sign in {":", "=", "!=", "<>"} else None
    if found is None:
        return None
    operator = _SIGNS.get(sign, "is")
    if len(found[0]) == 1:
        return _node(spec, operator, found[0][0], found[1])
    return _node(spec, "not_in" if operator == "is_not" else "in", *found)


def _bool(
    _words: Vocabulary, spec: Column, pieces: Sequence[Token], at: int, sign: str
) -> Found | None:
    found = values.yes_or_no(pieces, at) if sign in {":", "=", "!=", "<>"} else None
    if found is None:
        return None
    return _node(spec, "is", found[0] != (sign in {"!=", "<>"}), found[1])


def _text(
    _words: Vocabulary, spec: Column, pieces: Sequence[Token], at: int, sign: str
) -> Found | None:
    found = values.text(pieces, at) if sign in {":", "=", "!=", "<>"} else None
    if found is None:
        return None
    # A record is named by a part of its label; the very text is asked for with `=`.
    whole = sign != ":" and spec.kind not in {"link", "long_text"}
    operator = ("is" if whole else "contains") if sign in {":", "="} else "not_contains"
    return _node(spec, "is_not" if whole and operator == "not_contains" else operator, *found)


Reader = Callable[[Vocabulary, Column, Sequence[Token], int, str], Found | None]
_READERS: tuple[tuple[frozenset[str], Reader], ...] = (
    (RIGHT_ALIGNED, _number),
    (_DATES, _date),
    (frozenset({"choice", "badge"}), _choice),
    (frozenset({"bool"}), _bool),
    (_TEXTS, _text),
)


def _worded(known: dict[str, str], pieces: Sequence[Token], at: int) -> tuple[str, int]:
    for count in (2, 1):
        operator = known.get(values.phrase(pieces, at, count) or "")
        if operator:
            return operator, at + count
    return "", at


def _node(spec: Column, operator: str, value: Any, end: int) -> Found | None:
    if operator not in OPERATORS[spec.kind]:
        return None
    return {"column": spec.name, "operator": operator, "value": value}, end

"""Values in a typed line: numbers, days and spans of days, choices, text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from typing import Any

from batchly_admin.grid import values
from batchly_admin.grid.columns import Column
from batchly_admin.grid.filters import spans
from batchly_admin.grid.typed.tokens import Token
from batchly_admin.grid.typed.vocabulary import choices_of, plain

_DAY = re.compile(
    r"\d{4}-\d\d-\d\d|\d{1,2}/\d{1,2}/(?:\d\d|\d{4})|today(?:[+-]\d{1,4})?", re.IGNORECASE
)
_DAYS = {"day": 1, "days": 1, "week": 7, "weeks": 7}
_COUNT = r"(\d{1,4}) (days?|weeks?)"
_COUNTED: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(f"(?:last|past) {_COUNT}"), "last_{}_days"),
    (re.compile(f"next {_COUNT}"), "next_{}_days"),
    (re.compile(f"{_COUNT} ago"), "today-{}"),
    (re.compile(f"in {_COUNT}|{_COUNT} from now"), "today+{}"),
)
_SPANS = {name.replace("_", " "): name for name in spans.SPANS}
_MOST_WORDS = 4
_TRUE, _FALSE = frozenset({"yes", "true"}), frozenset({"no", "false"})
Found = tuple[Any, int]
"""A value as the filter language writes it, and the place behind it."""


def phrase(pieces: Sequence[Token], at: int, count: int) -> str | None:
    """Give `count` words from a place on as they are looked up; None when there are not so many."""
    taken = pieces[at : at + count]
    if len(taken) < count or any(piece.kind != "word" for piece in taken):
        return None
    return plain(" ".join(piece.text for piece in taken))


def number(pieces: Sequence[Token], at: int) -> Found | None:
    """Read a number such as 500, $1,000.50 or 20%."""
    text = _word(pieces, at)
    found = None if text is None else values.decimal_of(text.removesuffix("%"))
    return None if found is None else (f"{found:f}", at + 1)


def pair(pieces: Sequence[Token], at: int) -> Found | None:
    """Read two numbers that are the ends of a range: 500..1000."""
    low, dots, high = (_word(pieces, at) or "").partition("..")
    ends = [values.decimal_of(part) if part else None for part in (low, high)]
    if not dots or None in ends:
        return None
    return [f"{end:f}" for end in ends], at + 1


def days(pieces: Sequence[Token], at: int, today: date) -> Found | None:
    """Read a day or a span of days: 2026-11-21, today, next week, last 30 days, 3 days ago."""
    for count in range(_MOST_WORDS, 0, -1):
        words = phrase(pieces, at, count)
        found = None if words is None else _span(words)
        if found is not None:
            return found, at + count
    text = _word(pieces, at) or ""
    day = values.day_of(text, today) if _DAY.fullmatch(text) else None
    if day is None:
        return None
    return (text.lower() if text[:1] in "tT" else day.isoformat()), at + 1


def age(pieces: Sequence[Token], at: int) -> Found | None:
    """Read a number of days that have passed: 60 days, 2 weeks."""
    words = phrase(pieces, at, 2)
    match = re.fullmatch(_COUNT, words or "")
    return None if match is None else (f"today-{int(match[1]) * _DAYS[match[2]]}", at + 2)


def choices(spec: Column, pieces: Sequence[Token], at: int) -> Found | None:
    """Read one choice of a column, or several with commas between them."""
    known = choices_of(spec)
    found: list[str] = []
    while True:
        match = next(
            (
                (known[words].value, at + count)
                for count in range(_MOST_WORDS, 0, -1)
                if (words := _said(pieces, at, count)) in known
            ),
            None,
        )
        if match is None:
            return None
        found.append(match[0])
        at = match[1]
        if at >= len(pieces) or pieces[at].text != ",":
            return found, at
        at += 1


def yes_or_no(pieces: Sequence[Token], at: int) -> Found | None:
    """Read yes or no."""
    word = (_word(pieces, at) or "").casefold()
    return (word in _TRUE, at + 1) if word in _TRUE | _FALSE else None


def text(pieces: Sequence[Token], at: int) -> Found | None:
    """Read a word, or words in quotes."""
    if at >= len(pieces) or pieces[at].kind not in {"word", "quoted"}:
        return None
    said = pieces[at].text.strip()
    return (said, at + 1) if said else None


def _word(pieces: Sequence[Token], at: int) -> str | None:
    return pieces[at].text if at < len(pieces) and pieces[at].kind == "word" else None


def _said(pieces: Sequence[Token], at: int, count: int) -> str | None:
    """Give words as they are looked up; quotes around a choice are no harm."""
    if count == 1 and at < len(pieces) and pieces[at].kind == "quoted":
        return plain(pieces[at].text)
    return phrase(pieces, at, count)


def _span(words: str) -> str | None:
    if words in _SPANS:
        return _SPANS[words]
    for pattern, form in _COUNTED:
        if match := pattern.fullmatch(words):
            count, unit = (part for part in match.groups() if part)
            return form.format(int(count) * _DAYS[unit])
    return None

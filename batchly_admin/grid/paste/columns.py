"""One pasted column of dates or numbers: how it is to be read, or what has to be asked."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

from batchly_admin.errors import InvalidInput
from batchly_admin.grid import values
from batchly_admin.grid.columns import NUMBER_KINDS, Column
from batchly_admin.grid.paste import dates, numbers

DATES = frozenset({"date", "datetime"})
ORDER, MARK = "date", "decimal"
READINGS: dict[str, tuple[str, ...]] = {
    ORDER: tuple(dates.ORDERS),
    MARK: (numbers.POINT, numbers.COMMA),
}
_CLOCK = re.compile(
    r"(.*\d)(?:T|,?\s+)(\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?\s*([ap]m)?", re.IGNORECASE
)
_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})")


@dataclass(frozen=True, slots=True)
class Question:
    """What one column leaves open: a text of it and what it would mean under each answer."""

    column: str
    kind: str
    sample: str
    meanings: Mapping[str, str]
    remembered: str | None = None
    mixed: bool = False


@dataclass(frozen=True, slots=True)
class Meant:
    """What became of one text: the plain text to write, or why it cannot be, or neither yet."""

    text: str | None = None
    reason: str | None = None


WAITS = Meant()
SHOWN = 60
_NOT = {MARK: "is not a number.", ORDER: "is not a date; write it like 2026-11-21."}
_MISFITS = {
    numbers.POINT: "is not a number with a decimal point.",
    numbers.COMMA: "is not a number with a decimal comma.",
    **{order: f"is not a date when read {words}." for order, words in dates.ORDERS.items()},
}


def kind_of(spec: Column) -> str | None:
    """Give what can be ambiguous in a column: its dates, its decimals, nothing."""
    if spec.kind in NUMBER_KINDS:
        return MARK
    return ORDER if spec.kind in DATES else None


def read(
    spec: Column,
    texts: Sequence[str],
    *,
    answer: str | None = None,
    remembered: str | None = None,
    check: Callable[[str], Any],
) -> tuple[list[Meant], Question | None]:
    """Read a column's texts.

    `check` reads a plain text as the column's value and refuses it in words. What the person
    answered counts first, then what the column itself shows, then what was remembered.
    """
    kind = kind_of(spec)
    if kind is None:
        return [_checked(text, check) for text in texts], None
    possible = [_possible(kind, text) for text in texts]
    open_ones = [place for place, found in enumerate(possible) if len(set(found.values())) > 1]
    shown = _shown(possible, kind)
    itself = next(iter(shown)) if len(shown) == 1 else None
    chosen = answer or itself or (remembered if remembered in shown else None)
    question = None
    if open_ones and (answer or itself is None):
        sample = possible[open_ones[0]]
        meanings = {name: _spoken(kind, plain) for name, plain in sample.items()}
        question = Question(spec.name, kind, texts[open_ones[0]], meanings, chosen, mixed=not shown)
    meant = [
        _meant(kind, text, found, chosen, answer is not None, check)
        for text, found in zip(texts, possible, strict=True)
    ]
    return meant, question


def _possible(kind: str, text: str) -> dict[str, str]:
    """Give the plain texts a text can stand for; none when it is no number or date at all."""
    if kind == MARK:
        body = text.strip()
        percent = body.endswith("%")
        found = numbers.readings(body.rstrip("% "))
        if not numbers.is_ambiguous(found) and len(found) > 1:
            found = dict.fromkeys(found, found[numbers.POINT])
        return {mark: f"{plain}%" if percent else plain for mark, plain in found.items()}
    if _MOMENT.fullmatch(text.strip()):
        return dict.fromkeys(dates.ORDERS, text.strip())
    day, clock = _split_clock(text)
    if clock is None:
        return {}
    return {order: found.isoformat() + clock for order, found in dates.readings(day).items()}


def _split_clock(text: str) -> tuple[str, str | None]:
    """Take the time of day off a date; None when it is no time."""
    found = _CLOCK.fullmatch(text.strip())
    if found is None:
        return text, ""
    day, hour, minute, second, half = found.groups()
    number = int(hour)
    if half:
        if not 1 <= number <= 12:
            return text, None
        number = number % 12 + (12 if half.lower() == "pm" else 0)
    return day, f" {number:02d}:{minute}:{second or '00'}"


def _shown(possible: Sequence[Mapping[str, str]], kind: str) -> set[str]:
    """Give the readings under which every text of the column makes sense."""
    found = set(READINGS[kind])
    for one in possible:
        if one:
            found &= set(one)
    return found


def _spoken(kind: str, plain: str) -> str:
    if kind == MARK:
        return plain
    day = date.fromisoformat(plain[:10])
    return f"{day.day} {day:%B %Y}{plain[10:16]}"


def _meant(
    kind: str,
    text: str,
    found: Mapping[str, str],
    chosen: str | None,
    insisted: bool,  # noqa: FBT001 - whether the choice is the person's own
    check: Callable[[str], Any],
) -> Meant:
    if not found:
        return _plain(kind, text, check)
    if chosen in found:
        return _checked(found[str(chosen)], check)
    if insisted:
        return Meant(reason=f"{_short(text)} {_MISFITS[str(chosen)]}")
    if len(set(found.values())) == 1:
        return _checked(next(iter(found.values())), check)
    return WAITS


def _plain(kind: str, text: str, check: Callable[[str], Any]) -> Meant:
    """Read what is neither number nor date: nothing at all, or today and days from it."""
    if not text.strip() or (kind == ORDER and text.strip().lower().startswith("today")):
        return _checked(text, check)
    return Meant(reason=f"{_short(text)} {_NOT[kind]}")


def _short(text: str) -> str:
    return text.strip() if len(text.strip()) <= SHOWN else f"{text.strip()[:SHOWN]}..."


def _checked(text: str, check: Callable[[str], Any]) -> Meant:
    try:
        check(text)
    except InvalidInput as refused:
        return Meant(reason=refused.message)
    return Meant(text=text)


def checker(spec: Column, today: date, zone: str) -> Callable[[str], Any]:
    """Give what reads a plain text as the column's value."""
    return partial(values.parse, spec, today=today, zone=zone)

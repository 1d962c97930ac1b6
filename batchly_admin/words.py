"""What people read, in their company's language: sentences, numbers, amounts and days.

Every room may speak; none of them asks who listens. Whoever serves somebody - a request, the
worker - says so once with `speak`, and until then it is plain American English. English texts are
the keys of the catalogues (`translations/`), with what varies between braces.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cache, cached_property, lru_cache
from pathlib import Path
from typing import Any

from babel import Locale
from babel.core import UnknownLocaleError
from babel.dates import format_date, format_skeleton, format_time, get_month_names
from babel.numbers import NumberPattern, get_currency_symbol, parse_pattern
from babel.support import NullTranslations, Translations

FOLDER = Path(__file__).parent / "translations"
SERVER, BROWSER = "messages", "browser"
"""The two catalogues of a language: what Python and the templates say, and what scripts say."""

_REMEMBERED = 2_000


@dataclass(frozen=True, slots=True, eq=False)
class Language:
    """A language as a company writes it: its words, and how it writes numbers and days."""

    locale: Locale
    currency: str
    folder: Path

    @property
    def tag(self) -> str:
        """The language as browsers know it."""
        return str(self.locale).replace("_", "-")


@cache
def language(tag: str, currency: str = "USD", folder: Path = FOLDER) -> Language:
    """Give the language of a company; one that nobody knows is American English."""
    try:
        locale = Locale.parse(tag, sep="-")
    except (ValueError, TypeError, UnknownLocaleError):
        locale = Locale("en", "US")
    return Language(locale, currency, folder)


_ENGLISH = language("en-US")
_spoken: ContextVar[Language] = ContextVar("spoken", default=_ENGLISH)


def spoken() -> Language:
    """Give the language that is spoken now."""
    return _spoken.get()


def speak(chosen: Language) -> None:
    """Speak a language from now on, in this thread or task."""
    _spoken.set(chosen)


@contextmanager
def speaking(chosen: Language) -> Iterator[None]:
    """Speak a language for a while."""
    token = _spoken.set(chosen)
    try:
        yield
    finally:
        _spoken.reset(token)


@cache
def catalogue(chosen: Language, domain: str = SERVER) -> NullTranslations:
    """Give the words of a language; without a catalogue they stay English."""
    return Translations.load(chosen.folder, [str(chosen.locale)], domain)


def has_words(chosen: Language) -> bool:
    """Tell whether a language says anything otherwise than in English."""
    return isinstance(catalogue(chosen), Translations)


def _(text: str, **values: Any) -> str:
    """Say a text; `{name}` in it stands for a value."""
    # The empty text is the key of a catalogue's own description.
    said = catalogue(spoken()).gettext(text) if text else text
    return _filled(said, text, values)


def plural(count: int, one: str, many: str = "") -> str:
    """Give a count with its noun: "1 order", "2,907 orders"."""
    found = catalogue(spoken()).ngettext(one, many or f"{one}s", count)
    return f"{number(count)} {found}"


def counted(one: str) -> str:
    """Mark a noun that `plural` counts later, where it is read."""
    return one


def later(text: str) -> str:
    """Mark a text that `_` says later, where it is read."""
    return text


def _filled(said: str, text: str, values: dict[str, Any]) -> str:
    if not values:
        return said
    try:
        return said.format(**values)
    except (KeyError, IndexError, ValueError):
        # A slip of a translator costs the translation, not the page.
        return text.format(**values)


@dataclass(frozen=True)
class _Writing:
    """How a language writes numbers, looked up once."""

    locale: Locale

    @cached_property
    def _patterns(self) -> dict[tuple[str, int], NumberPattern]:
        return {}

    def write(self, value: Decimal, kind: str = "", currency: str = "") -> str:
        places = max(0, -int(value.as_tuple().exponent))
        pattern = self._patterns.get((kind, places))
        if pattern is None:
            formats: Any = {
                "": self.locale.decimal_formats[None],
                "money": self.locale.currency_formats["standard"],
                "percent": self.locale.percent_formats[None],
            }
            pattern = parse_pattern(formats[kind].pattern)
            pattern.frac_prec = (places, places)
            pattern.scale = 0
            self._patterns[kind, places] = pattern
        written: str = pattern.apply(
            value, self.locale, currency=currency or None, currency_digits=False
        )
        return written


@cache
def _writing(locale: Locale) -> _Writing:
    return _Writing(locale)


def number(value: Decimal | int | str) -> str:
    """Write a number with the separators of the language, exactly as many places as it has."""
    return _written(spoken(), "", value)


def percent(value: Decimal | int | str) -> str:
    """Write a percentage: 8.25 becomes 8.25%."""
    return _written(spoken(), "percent", value)


def money(value: Decimal | int | str, currency: str = "") -> str:
    """Write an amount of money, to the cent at least; the company's unless told otherwise."""
    amount = Decimal(value)
    if int(amount.as_tuple().exponent) > -2:
        amount = amount.quantize(Decimal("0.01"))
    return _written(spoken(), "money", amount, currency)


@lru_cache(_REMEMBERED)
def _written(chosen: Language, kind: str, value: Decimal | int | str, currency: str = "") -> str:
    return _writing(chosen.locale).write(Decimal(value), kind, currency or chosen.currency)


def currency_sign() -> str:
    """Give the sign of the company's currency, or its code."""
    chosen = spoken()
    return get_currency_symbol(chosen.currency, chosen.locale)


def day(value: date | str) -> str:
    """Write a day, given as such or in ISO's spelling."""
    return _day(spoken().locale, str(value)[:10])


@lru_cache(_REMEMBERED)
def _day(locale: Locale, text: str) -> str:
    return format_date(date.fromisoformat(text), "medium", locale)


def weekday(value: date) -> str:
    """Write a day with its weekday and without its year: Saturday, November 21."""
    return format_skeleton("MMMMEEEEd", value, locale=spoken().locale)


def moment(there: datetime) -> str:
    """Write a moment by the clock of the place it is given in."""
    clock = format_time(there.timetz(), "short", locale=spoken().locale)
    return f"{day(there.date())}, {clock}"


def month(value: date | str) -> str:
    """Write a day's month and year."""
    there = date.fromisoformat(str(value)[:10])
    names = get_month_names("abbreviated", "stand-alone", spoken().locale)
    return f"{names[there.month]} {there.year}"

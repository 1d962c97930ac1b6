"""What makes a password good enough: length, and not being what everybody tries first."""

from __future__ import annotations

import re
from collections.abc import Iterable

from batchly_admin.errors import InvalidInput

SHORTEST, LONGEST = 12, 128
COMMON_STEMS = frozenset(
    "password passwort passw0rd p@ssword p@ssw0rd letmein welcome qwerty qwertz azerty asdfgh "
    "zxcvbn iloveyou admin administrator login master monkey dragon football baseball princess "
    "sunshine shadow superman batman michael jordan jennifer hunter trustno1 whatever starwars "
    "abc123 secret changeme default guest root test user summer winter spring autumn january "
    "february december monday friday google facebook computer internet samsung pokemon cookie "
    "cheese banana orange purple flower freedom ginger pepper harley ranger charlie jessica "
    "quickbooks intuit batchly printshop invoice accounting".split()
)
_RUNS = ("abcdefghijklmnopqrstuvwxyz", "qwertyuiop", "asdfghjkl", "zxcvbnm", "01234567890")


def check_password(password: str, *, personal: Iterable[str] = ()) -> None:
    """Let a password pass, or say what is wrong with it.

    Any characters are welcome, also blanks and emoji; there is no rule about kinds of characters.

    Raises:
        InvalidInput: it is too short or long, or easy to guess.
    """
    if len(password) < SHORTEST:
        raise InvalidInput(f"Use at least {SHORTEST} characters.", field="password")
    if len(password) > LONGEST:
        raise InvalidInput(f"Use at most {LONGEST} characters.", field="password")
    if _is_common(password) or _is_personal(password, personal):
        raise InvalidInput(
            "This password is easy to guess. Several words that do not belong together are good.",
            field="password",
        )


def _is_common(password: str) -> bool:
    """Tell whether what is left of a password, without what people add, is a common word or run."""
    text = password.lower()
    if len(set(text)) <= 3:
        return True
    core = re.sub(r"[^a-z@]+", "", text)
    for stem in COMMON_STEMS:
        letters = re.sub(r"[^a-z@]+", "", stem)
        if letters and core and core.replace(letters, "") == "":
            return True
        if stem in text and len(text.replace(stem, "")) < 5:
            return True
    return any(_covers(text, run) for run in _RUNS)


def _covers(text: str, run: str) -> bool:
    """Tell whether most of a password is one stretch of the keyboard or the alphabet."""
    for line in (run, run[::-1]):
        for size in range(min(len(line), len(text)), 7, -1):
            if any(line[i : i + size] in text for i in range(len(line) - size + 1)):
                return len(text) - size < 6
    return False


def _is_personal(password: str, personal: Iterable[str]) -> bool:
    text = re.sub(r"[^a-z0-9]+", "", password.lower())
    for given in personal:
        for word in (given, given.split("@", maxsplit=1)[0]):
            plain = re.sub(r"[^a-z0-9]+", "", word.lower())
            if len(plain) >= 4 and plain in text and len(text) - len(plain) < 6:
                return True
    return False

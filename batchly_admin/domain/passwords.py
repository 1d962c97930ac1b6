"""Which passwords are refused: too short, well known, or made of words everybody can guess.

The list of known ones is made by rule: what people choose is a word or a run of keys, with a few
digits or signs behind it. Long sentences are welcome, whatever is in them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

SHORTEST, LONGEST = 12, 128
_WORDS = """
    password passwort passw0rd letmein welcome changeme secret admin administrator login master
    monkey dragon football baseball basketball soccer hockey superman batman spiderman starwars
    sunshine princess iloveyou trustno1 whatever freedom shadow michael jennifer jordan harley
    ranger hunter buster thomas robert daniel george charlie andrew jessica pepper ginger summer
    winter autumn spring monday friday january february december computer internet samsung
    google facebook microsoft quickbooks intuit batchly printing printshop invoice company
    business office manager accountant default guest testing access mustang corvette ferrari
    mercedes porsche yankees cowboys eagles lakers steelers arsenal chelsea liverpool barcelona
    chocolate cookie banana orange purple yellow silver golden diamond flower butterfly
    qwerty qwertyuiop asdfgh asdfghjkl zxcvbn zxcvbnm qazwsx qazwsxedc azerty qwertz abcdef
    abcdefgh abc123 abcd1234 a1b2c3d4 1q2w3e4r 1qaz2wsx q1w2e3r4 letmein1 hello helloworld
""".split()
_TAILS = (
    *("", "1", "12", "123", "1234", "12345", "123456", "1234567", "12345678", "123456789"),
    *("1234567890", "0", "00", "000", "007", "01", "111", "1111", "321", "4321", "54321"),
    *("69", "99", "2023", "2024", "2025", "2026", "2027", "!", "!!", "1!", "123!", "1234!"),
)
_ROWS = ("abcdefghijklmnopqrstuvwxyz", "1234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm")
_LEET = str.maketrans("01345$@!7", "oleassait")
_LETTERS = re.compile(r"[^a-z]+")
_TAIL = re.compile(r"[^a-z]+$")
_OWN_LETTERS = 6
"""How many letters have to be left when the words everybody can guess are taken out."""


@cache
def known() -> frozenset[str]:
    """Give the shipped list of common passwords, in small letters."""
    pairs = (f"{one}{two}" for one in _WORDS[:40] for two in _WORDS[:40])
    doubled = (f"{word}{word}" for word in _WORDS)
    return frozenset(
        f"{core}{tail}" for core in (*_WORDS, *doubled, *pairs) for tail in _TAILS if core
    )


def weakness(password: str, words: Iterable[str] = ()) -> str | None:
    """Say why a password is refused, or None; `words` are those of the company and the person."""
    if len(password) < SHORTEST:
        return f"A password has at least {SHORTEST} characters; a sentence is fine."
    if len(password) > LONGEST:
        return f"A password has at most {LONGEST} characters."
    folded = password.casefold()
    if _is_known(folded) or _is_run(folded):
        return "This password is among those that are tried first; choose another."
    if _is_made_of(folded, words):
        return "This password is made of names that others can guess; add words of your own."
    return None


def _is_known(text: str) -> bool:
    core = _TAIL.sub("", text)
    plain = (core.translate(_LEET), text.translate(_LEET))
    forms = (text, core, *plain, _LETTERS.sub("", text), *(_LETTERS.sub("", one) for one in plain))
    return any(form in known() for form in forms)


def _is_run(text: str) -> bool:
    """Tell whether a text is one short piece again and again, or keys in their order."""
    if any(text == (text[:size] * len(text))[: len(text)] for size in range(1, 5)):
        return True
    rows = [row * 3 for row in _ROWS]
    return any(text in row or text in row[::-1] for row in rows)


def _is_made_of(text: str, words: Iterable[str]) -> bool:
    found = False
    for word in sorted({word.casefold() for word in words if len(word) >= 4}, key=len)[::-1]:
        if word in text:
            found = True
            text = text.replace(word, "")
    return found and len(_LETTERS.sub("", text)) < _OWN_LETTERS

"""Which passwords are refused."""

from __future__ import annotations

import pytest

from batchly_admin.domain.passwords import known, weakness

WORDS = ("Inkwell", "Print", "Co", "ann@inkwell.example", "ann", "inkwell")


@pytest.mark.parametrize(
    "password",
    [
        "short",
        "elevenchars",
        "x" * 129,
        "password1234",
        "P@ssw0rd12345",
        "letmein123456",
        "qwertyuiop12",
        "123456789012",
        "aaaaaaaaaaaaaaaa",
        "abcabcabcabcabc",
        "abcdefghijklmnop",
        "Inkwell2026!",
        "InkwellPrint1",
        "monkeydragon1",
    ],
)
def test_a_password_others_would_try_is_refused(password: str) -> None:
    assert weakness(password, WORDS)


@pytest.mark.parametrize(
    "password",
    [
        "correct horse battery staple 9",
        "a password long enough 7",
        "inkwell keeps me awake at night",
        "Zürich über alles 🎨",
        "x7#kP!20vQ_zz",
        "y" + "long sentence " * 9,
    ],
)
def test_a_sentence_or_something_odd_is_welcome(password: str) -> None:
    assert weakness(password[:128], WORDS) is None


def test_the_shipped_list_is_long() -> None:
    assert len(known()) > 3_000

"""Numbers as spreadsheets of any country write them: which ways each can be read."""

from __future__ import annotations

import re
from decimal import Decimal

POINT, COMMA = ".", ","
_SIGNS = "$€£¥"
# Minus signs, narrow spaces and apostrophes as word processors set them.
_PLAIN = str.maketrans("\u2212\u2013\u2012\u00a0\u202f\u2019", "---  '")
_WHOLE = r"(?:[1-9]\d{{0,2}}(?:(?P<gap>[{gaps}])\d{{3}})(?:(?P=gap)\d{{3}})*|\d+)?"
_SHAPES = {
    POINT: re.compile(_WHOLE.format(gaps=", '") + r"(?:\.\d+)?"),
    COMMA: re.compile(_WHOLE.format(gaps=". '") + r"(?:,\d+)?"),
}


def readings(text: str) -> dict[str, str]:
    """Give what the text can be as a number, plainly written, by the sign before its decimals.

    `-35,01`, `(35.01)`, `1.234,56`, `1 234.50`, `$78` and `5-` have one meaning; `1,234` has two.
    """
    sign, digits = _unsigned(text.translate(_PLAIN))
    found: dict[str, str] = {}
    for mark, shape in _SHAPES.items():
        if digits and shape.fullmatch(digits):
            whole, _, part = digits.rpartition(mark) if mark in digits else (digits, "", "")
            plain = re.sub(r"\D", "", whole) or "0"
            found[mark] = f"{sign}{plain}.{part}" if part else f"{sign}{plain}"
    return found


def is_ambiguous(found: dict[str, str]) -> bool:
    """Tell whether the readings are different numbers."""
    return len({Decimal(plain) for plain in found.values()}) > 1


def _unsigned(text: str) -> tuple[str, str]:
    """Take signs of money and minus off: the sign and the digits; no digits when they clash."""
    body = text.strip().strip(_SIGNS).strip()
    minus = 0
    if body.startswith("(") and body.endswith(")"):
        body, minus = body[1:-1].strip(), minus + 1
    if body.startswith(("-", "+")):
        minus += body.startswith("-")
        body = body[1:]
    elif body.endswith("-"):
        body, minus = body[:-1], minus + 1
    return ("-" if minus else ""), ("" if minus > 1 else body.strip().strip(_SIGNS).strip())

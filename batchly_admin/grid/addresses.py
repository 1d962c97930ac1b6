"""Addresses as one text: lines or commas, the way the grid shows and copies them.

`parse` reads back what the browser's `addressLine` writes, and what people write like it: street,
more of it, city with state and postal code, country. Without a town there is no address.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

PARTS = ("line1", "line2", "city", "state", "postal_code", "country")
LONGEST = 500
_POSTAL = re.compile(
    r"(?:^|\s)(\d{5}-\d{4}|[A-Z]\d[A-Z] ?\d[A-Z]\d|[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}|\d{4,6})$",
    re.IGNORECASE,
)
# As on the continent of Europe: 10115 Berlin.
_POSTAL_FIRST = re.compile(r"(\d{4,6})\s+(\D.*)")
_STATE = re.compile(r"(?:^|\s)([A-Z]{2,3})$")
_SEPARATORS = re.compile(r"\s*[,;]\s*")


def lines(address: Mapping[str, Any] | None) -> list[str]:
    """Give an address as the lines of a letter."""
    known = address or {}
    town = " ".join(str(known[part]) for part in PARTS[2:5] if known.get(part))
    found = (known.get("line1"), known.get("line2"), town, known.get("country"))
    return [str(line) for line in found if line]


def parse(text: str) -> dict[str, str] | None:
    """Give the parts of an address, or None when the text is none."""
    parts = [part for part in _parts(text) if part]
    if len(parts) < 2:
        return None
    found: dict[str, str] = {}
    place = _postal_place(parts)
    if place is not None:
        parts, found["country"] = parts[: place + 1], ", ".join(parts[place + 1 :])
        if first := _POSTAL_FIRST.fullmatch(parts[-1]):
            found["postal_code"], parts[-1] = first.groups()
        else:
            parts[-1], found["postal_code"] = _cut(_POSTAL, parts[-1])
        parts = [part for part in parts if part]
    if parts:
        parts[-1], found["state"] = _cut(_STATE, parts[-1])
        parts = [part for part in parts if part]
    if len(parts) > 1:
        found["city"] = parts.pop()
    if not parts:
        return None
    found["line1"], found["line2"] = parts[0], ", ".join(parts[1:])
    return {name: found[name][:LONGEST] for name in PARTS if found.get(name)}


def _parts(text: str) -> list[str]:
    lines = [" ".join(line.split()).strip(" ,;") for line in text.splitlines()]
    return [part for line in lines for part in _SEPARATORS.split(line)]


def _postal_place(parts: list[str]) -> int | None:
    """Give the last part with a postal code at its end or start; the street's number is none."""
    for place in range(len(parts) - 1, 0, -1):
        if _POSTAL.search(parts[place]) or _POSTAL_FIRST.fullmatch(parts[place]):
            return place
    return None


def _cut(shape: re.Pattern[str], part: str) -> tuple[str, str]:
    found = shape.search(part)
    return (part[: found.start()].strip(), found[1]) if found else (part, "")

"""Whole selections as CSV, written while they are read and safe to open in a spreadsheet."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator
from datetime import date
from functools import lru_cache
from typing import Any

import orjson
from sqlalchemy.orm import Session

from batchly_admin.grid import streams, windows
from batchly_admin.grid.columns import RIGHT_ALIGNED, Column
from batchly_admin.grid.table import Table
from batchly_admin.words import _

BYTE_ORDER_MARK = "\N{ZERO WIDTH NO-BREAK SPACE}"
REMEMBERED = 2_000
_RISKY = ("=", "+", "-", "@", "\t", "\r", "\n")
_NUMBER = re.compile(r"[+-]?\d[\d,]*(\.\d+)?")
# What these write is digits and our own words; nothing in it can be a formula.
_SAFE_KINDS = frozenset({*RIGHT_ALIGNED, "bool", "date", "datetime", "time", "id"})
_ADDRESS = ("line1", "line2", "city", "state", "postal_code", "country")


def csv_lines(
    session: Session,
    table: Table,
    columns: tuple[Column, ...],
    asked: windows.Asked,
    *,
    today: date,
) -> Iterator[str]:
    """Give the selection as CSV, a few hundred rows at a time; UTF-8 with a byte order mark.

    Raises:
        InvalidInput: for a filter or sort that does not fit; before the first line is given.
    """
    return _lines(columns, streams.blocks(session, table, columns, asked, today=today))


def _lines(columns: tuple[Column, ...], found: Iterator[streams.Block]) -> Iterator[str]:
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow([safe(spec.label) for spec in columns])
    cells = [cell_text(spec) for spec in columns]
    yield BYTE_ORDER_MARK + _drained(buffer)
    for block in found:
        texts = [
            values if give is _as_it_is else map(give, values)
            for give, values in zip(cells, block, strict=True)
        ]
        writer.writerows(zip(*texts, strict=True))
        yield _drained(buffer)


def _drained(buffer: io.StringIO) -> str:
    text = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return text


def safe(text: str) -> str:
    """Give text that no spreadsheet takes for a formula; plain numbers stay numbers."""
    if text.startswith(_RISKY) and not _NUMBER.fullmatch(text):
        return f"'{text}"
    return text


def cell_text(spec: Column) -> Callable[[Any], Any]:
    """Give the function that writes a cell of this column, safe in a spreadsheet."""
    words = cell_words(spec)
    if spec.kind == "bool":
        return words
    if spec.kind in _SAFE_KINDS:
        return _as_it_is
    if spec.kind == "choice" and spec.choices is not None:
        # Labels are our own words.
        labels = {member.value: member.label for member in spec.choices}
        return lambda value: text if (text := labels.get(value)) else safe(words(value))
    if spec.kind == "link":
        # The same few names come again and again.
        return lru_cache(REMEMBERED)(lambda value: safe(words(value)))
    return lambda value: "" if value is None else safe(words(value))


def _as_it_is(value: Any) -> Any:
    return value


def cell_words(spec: Column) -> Callable[[Any], str]:
    """Give the function that writes a cell of this column as people read it."""
    if spec.kind == "badge":
        return lambda value: "" if value is None else str(value[1])
    if spec.kind == "choice" and spec.choices is not None:
        labels = {member.value: member.label for member in spec.choices}
        return lambda value: "" if value is None else labels.get(value, str(value))
    if spec.kind == "bool":
        return lambda value: "" if value is None else (_("yes") if value else _("no"))
    if spec.kind == "address":
        return _address
    words = _WORDS.get(spec.kind, str)
    return lambda value: "" if value is None else words(value)


_WORDS: dict[str, Callable[[Any], str]] = {
    "json": lambda value: orjson.dumps(value).decode(),
    "files": lambda value: ", ".join(name for _id, name, *_rest in value),
}


def _address(value: Any) -> str:
    if not isinstance(value, dict):
        return ""
    return ", ".join(str(value[part]) for part in _ADDRESS if value.get(part))

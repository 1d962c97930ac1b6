"""Whole selections as CSV, written while they are read and safe to open in a spreadsheet."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import orjson
from sqlalchemy.orm import Session

from batchly_admin.grid import windows
from batchly_admin.grid.columns import Column
from batchly_admin.grid.table import Table

BYTE_ORDER_MARK = "\N{ZERO WIDTH NO-BREAK SPACE}"
ROWS_A_CHUNK = 500
_RISKY = ("=", "+", "-", "@", "\t", "\r", "\n")
_NUMBER = re.compile(r"[+-]?\d[\d,]*(\.\d+)?")
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
    found = windows.stream(session, table, columns, asked, today=today)
    return _lines(columns, found)


def _lines(columns: tuple[Column, ...], found: Iterator[list[Any]]) -> Iterator[str]:
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow([safe(spec.label) for spec in columns])
    cells = [cell_text(spec) for spec in columns]
    yield BYTE_ORDER_MARK + _drained(buffer)
    for number, row in enumerate(found, start=1):
        writer.writerow([give(value) for give, value in zip(cells, row[3:], strict=True)])
        if number % ROWS_A_CHUNK == 0:
            yield _drained(buffer)
    if rest := _drained(buffer):
        yield rest


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


def cell_text(spec: Column) -> Callable[[Any], str]:
    """Give the function that writes a window's cell of this column as people read it."""
    if spec.kind in {"badge", "link"}:
        return lambda value: "" if value is None else safe(str(value[1]))
    if spec.kind == "choice" and spec.choices is not None:
        labels = {member.value: member.label for member in spec.choices}
        return lambda value: "" if value is None else labels.get(value, safe(str(value)))
    if spec.kind == "bool":
        return lambda value: "" if value is None else ("yes" if value else "no")
    if spec.kind == "address":
        return _address
    if spec.kind == "json":
        return lambda value: "" if value is None else safe(orjson.dumps(value).decode())
    return lambda value: "" if value is None else safe(str(value))


def _address(value: Any) -> str:
    if not isinstance(value, dict):
        return ""
    return safe(", ".join(str(value[part]) for part in _ADDRESS if value.get(part)))

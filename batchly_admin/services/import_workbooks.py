"""An XLSX workbook as CSV: the values of its first sheet, as they are, never the formulas."""

from __future__ import annotations

import csv
import io
import warnings
import zipfile
import zlib
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from xml.etree.ElementTree import ParseError

from batchly_admin.domain.order_import import NO_VALUE
from batchly_admin.errors import InvalidInput

MAX_UNPACKED = 300 * 1024 * 1024
MAX_TEXT = 64 * 1024 * 1024
MAX_BLANK = 10_000
ERRORS = frozenset(
    {"#REF!", "#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#VALUE!", "#SPILL!", "#CALC!"}
)
_DAMAGED = "This workbook cannot be read. Open it, save it as XLSX again, or export it as CSV."
_UNREADABLE = (
    *(zipfile.BadZipFile, zlib.error, ParseError, KeyError, ValueError, TypeError),
    *(AttributeError, IndexError, EOFError, OSError, NotImplementedError),
)


def as_csv(content: bytes, *, max_lines: int) -> tuple[bytes, str]:
    """Give the first sheet as CSV in UTF-8, and a note about sheets that were left aside.

    Raises:
        InvalidInput: when it is no workbook, is damaged, or is too large once unpacked.
    """
    try:
        has_formulas = _look_inside(content)
        with warnings.catch_warnings():
            # The library warns about styles and validations it leaves out; values are whole.
            warnings.simplefilter("ignore")
            return _convert(content, has_formulas, max_lines)
    except InvalidInput:
        raise
    except _UNREADABLE as error:
        raise InvalidInput(_DAMAGED) from error


def _look_inside(content: bytes) -> bool:
    """Tell whether a sheet has formulas; refuse what is no workbook or a bomb."""
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        members = packed.infolist()
        if not any(member.filename == "xl/workbook.xml" for member in members):
            raise InvalidInput("This is a ZIP file but no XLSX workbook. Unpack it first.")
        if sum(member.file_size for member in members) > MAX_UNPACKED:
            raise InvalidInput("This workbook is too large once unpacked. Export it as CSV.")
        return any(
            _has_formula(packed, member.filename)
            for member in members
            if member.filename.startswith("xl/worksheets/")
        )


def _has_formula(packed: zipfile.ZipFile, name: str) -> bool:
    tail = b""
    with packed.open(name) as part:
        while piece := part.read(1 << 20):
            text = tail + piece
            if b"<f>" in text or b"<f " in text or b"<f/" in text:
                return True
            tail = text[-3:]
    return False


def _convert(content: bytes, has_formulas: bool, max_lines: int) -> tuple[bytes, str]:  # noqa: FBT001 - one caller
    import openpyxl

    def first_sheet(*, values: bool) -> tuple[Any, list[str]]:
        book = openpyxl.load_workbook(
            io.BytesIO(content), read_only=True, data_only=values, keep_links=False
        )
        sheet = book.worksheets[0]
        sheet.reset_dimensions()
        return sheet, book.sheetnames

    sheet, names = first_sheet(values=True)
    formulas: Iterator[tuple[Any, ...]] | None = None
    if has_formulas:
        formulas = first_sheet(values=False)[0].iter_rows(values_only=True)
    text = _write(sheet.iter_rows(values_only=True), formulas, max_lines)
    note = f"Only the first sheet, {names[0]}, is read." if len(names) > 1 else ""
    return text, note


def _write(
    rows: Iterator[tuple[Any, ...]], formulas: Iterator[tuple[Any, ...]] | None, max_lines: int
) -> bytes:
    raw = io.BytesIO()
    out = io.TextIOWrapper(raw, encoding="utf-8", newline="", write_through=True)
    writer = csv.writer(out, lineterminator="\n")
    width = blank = number = 0
    for values in rows:
        cells = _cells(values, next(formulas, ()) if formulas is not None else ())
        if not cells:
            blank += 1
            continue
        width = width or len(cells)
        number += blank + 1 if number else 1
        if number > max_lines + 1 or blank > MAX_BLANK or raw.tell() > MAX_TEXT:
            raise InvalidInput(
                f"The sheet has more than {max_lines:,} lines or large gaps between them. "
                "Split it and import the parts."
            )
        for _ in range(blank if number > 1 else 0):
            writer.writerow([""] * width)
        blank = 0
        writer.writerow(cells + [""] * (width - len(cells)))
    out.flush()
    return raw.getvalue()


def _cells(values: tuple[Any, ...], formulas: tuple[Any, ...]) -> list[str]:
    """Give a row's cells as text, without the empty ones at its end."""
    cells = [_text(value) for value in values]
    for place, formula in enumerate(formulas[: len(cells)]):
        if values[place] is None and formula is not None:
            cells[place] = NO_VALUE
    while cells and not cells[-1].strip():
        cells.pop()
    return cells


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        # A workbook keeps binary fractions and shows 15 digits of them.
        return format(Decimal(format(value, ".15g")), "f")
    if isinstance(value, datetime):
        is_day = (value.hour, value.minute, value.second) == (0, 0, 0)
        return value.date().isoformat() if is_day else value.isoformat(timespec="seconds")
    text = value.isoformat() if isinstance(value, date) else str(value)
    return f"{NO_VALUE}the error {text}" if text in ERRORS else text

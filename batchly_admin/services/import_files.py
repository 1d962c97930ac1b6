"""The rows of an uploaded file, as text: CSV in the usual encodings, and XLSX through CSV.

Nothing is guessed silently: what cannot be read is refused in words, a whole file before the import
starts, a single line on that line. Rows stream, so the memory used does not grow with the file.
"""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass

from batchly_admin.domain.import_columns import folded, guess_mapping
from batchly_admin.domain.import_lines import Row
from batchly_admin.errors import InvalidInput
from batchly_admin.services import import_workbooks

MAX_BYTES = 32 * 1024 * 1024
MAX_LINES = 250_000
DELIMITERS = (",", ";", "\t", "|")
_PIECE = 1 << 20
_CONTROL = frozenset(range(32)) - {7, 9, 10, 12, 13, 27, 31}
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig", "UTF-8"),
    (codecs.BOM_UTF16_LE, "utf-16", "UTF-16"),
    (codecs.BOM_UTF16_BE, "utf-16", "UTF-16"),
)
_SIGNATURES = (
    (b"%PDF", "This is a PDF. Export the orders as CSV or XLSX."),
    (
        b"\xd0\xcf\x11\xe0",
        "This is an old Excel workbook (.xls), or it has a password. Save it as XLSX or CSV.",
    ),
    (b"\x1f\x8b", "This file is compressed. Unpack it first."),
)
NOT_TEXT = "This is not a CSV or XLSX file: it holds binary data. Export the orders as CSV or XLSX."


@dataclass(frozen=True, slots=True)
class Sheet:
    """A file that can be read: its columns, how it is written, and its rows."""

    columns: tuple[str, ...]
    encoding: str
    delimiter: str
    note: str
    _content: bytes
    _codec: str

    def rows(self, *, limit: int = MAX_LINES) -> Iterator[Row]:
        """Give every row below the header, from the first; empty rows at the end are no rows.

        Raises:
            InvalidInput: when the file has more than `limit` lines or quotation marks that never
                end, which would swallow lines.
        """
        blank = 0
        header = True
        number = 0
        for number, cells, fault in _records(self._content, self._codec, self.delimiter):
            if fault is None and not any(cell.strip() for cell in cells):
                blank += 0 if header else 1
                continue
            if header:
                header, first = False, number
                continue
            if number - first > limit:
                raise InvalidInput(
                    f"The file has more than {limit:,} lines. Split it and import the parts."
                )
            for empty in range(number - blank, number):
                yield Row(empty - first + 1, [], "blank_line")
            blank = 0
            ragged = "ragged_line" if len(cells) != len(self.columns) else None
            yield Row(number - first + 1, cells, fault or ragged)

    def count(self) -> int:
        """Give the number of rows.

        Raises:
            InvalidInput: as `rows` does.
        """
        return sum(1 for _ in self.rows())


def read_file(content: bytes, file_name: str) -> Sheet:
    """Give the sheet that a file holds; the content decides, not the ending of its name.

    Raises:
        InvalidInput: when it is too large, not CSV or XLSX, or has no usable header.
    """
    text, note = as_csv(content, file_name)
    codec, encoding = _encoding(text)
    delimiter, columns = _header(text, codec)
    _check_columns(columns)
    return Sheet(columns, encoding, delimiter, note, text, codec)


def as_csv(content: bytes, file_name: str) -> tuple[bytes, str]:
    """Give a file as CSV, and what has to be said about it; CSV stays as it is.

    Raises:
        InvalidInput: when it is empty, too large or neither CSV nor XLSX.
    """
    if len(content) > MAX_BYTES:
        size = f"{len(content) / 1024 / 1024:,.0f} MB"
        raise InvalidInput(
            f"{file_name} has {size}; at most {MAX_BYTES // 1024 // 1024} MB can be imported. "
            "Split it and import the parts."
        )
    if not content.strip():
        raise InvalidInput(f"{file_name} is empty.")
    for signature, message in _SIGNATURES:
        if content.startswith(signature):
            raise InvalidInput(f"{file_name}: {message}")
    if content.startswith(b"PK\x03\x04"):
        return import_workbooks.as_csv(content, max_lines=MAX_LINES)
    return content, ""


def _encoding(content: bytes) -> tuple[str, str]:
    for mark, codec, name in _BOMS:
        if content.startswith(mark):
            if not _decodes(content, codec):
                raise InvalidInput(f"The file says it is {name} but is damaged. Export it again.")
            return codec, name
    head = content[:65536]
    if b"\x00" in content or sum(byte in _CONTROL for byte in head) * 100 > len(head):
        raise InvalidInput(NOT_TEXT)
    if _decodes(content, "utf-8"):
        return "utf-8", "UTF-8"
    if _decodes(content, "cp1252"):
        return "cp1252", "Windows-1252"
    raise InvalidInput(
        "The file's encoding is not UTF-8, UTF-16 or Windows-1252. "
        "Save it as CSV UTF-8 and import that."
    )


def _decodes(content: bytes, codec: str) -> bool:
    decoder = codecs.getincrementaldecoder(codec)()
    view = memoryview(content)
    try:
        for start in range(0, len(content), _PIECE):
            decoder.decode(view[start : start + _PIECE])
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _header(content: bytes, codec: str) -> tuple[str, tuple[str, ...]]:
    """Give the separator whose header names the most known columns, and the header."""
    best: tuple[int, int, str, tuple[str, ...]] | None = None
    for delimiter in DELIMITERS:
        columns = _first_record(content, codec, delimiter)
        score = len(guess_mapping(columns))
        if best is None or (score, len(columns)) > best[:2]:
            best = (score, len(columns), delimiter, columns)
    if best is None or not best[3]:
        raise InvalidInput("The file has no header: its first line has to name the columns.")
    return best[2], best[3]


def _first_record(content: bytes, codec: str, delimiter: str) -> tuple[str, ...]:
    for _number, cells, fault in _records(content, codec, delimiter):
        if fault is not None:
            return ()
        if any(cell.strip() for cell in cells):
            return tuple(
                " ".join(cell.split()) or f"Column {place}"
                for place, cell in enumerate(cells, start=1)
            )
    return ()


def _check_columns(columns: tuple[str, ...]) -> None:
    seen: dict[str, str] = {}
    for column in columns:
        name = folded(column) or column
        if name in seen:
            raise InvalidInput(f"The header names the column {column} twice. Rename one of them.")
        seen[name] = column


def _records(
    content: bytes, codec: str, delimiter: str
) -> Iterator[tuple[int, list[str], str | None]]:
    """Give each record's number, its cells and what is wrong with its quotation marks."""
    last = [""]

    def remember(lines: Iterator[str]) -> Iterator[str]:
        for line in lines:
            last[0] = line
            yield line

    text = io.TextIOWrapper(io.BytesIO(content), encoding=codec, newline="")
    reader = csv.reader(remember(text), delimiter=delimiter, strict=True)
    number = 0
    while True:
        number += 1
        before = reader.line_num
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            if reader.line_num - before > 1 or "end of data" in str(error):
                raise InvalidInput(_unclosed(number)) from error
            if "field larger" in str(error):
                raise InvalidInput(_unclosed(number)) from error
            yield number, [last[0].rstrip("\r\n")[:2000]], "broken_quotes"
            continue
        yield number, cells, None


def _unclosed(number: int) -> str:
    return (
        f"A quotation mark opened on line {number} is not closed properly, so the lines after it "
        "cannot be told apart. Correct that line, then import the file."
    )

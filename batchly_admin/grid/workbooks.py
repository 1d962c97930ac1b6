"""Whole selections as an Excel workbook, written while they are read.

The file is put together by hand, row by row into the zip that is being sent: a library would keep
cells or a temporary file for every row, and this way a million rows take no more memory than one.
Text is always written as text (`inlineStr`), so nothing in it is ever a formula.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from functools import lru_cache, partial
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo

from batchly_admin.grid.columns import Column
from batchly_admin.grid.exports import REMEMBERED, cell_words
from batchly_admin.grid.streams import Block

SHEET_ROWS = 1_048_575
"""What a sheet holds besides its head; longer exports go on in the next one."""

ROWS_A_CHUNK = 500
_BOOLS = {None: "<c/>", True: '<c t="b"><v>1</v></c>', False: '<c t="b"><v>0</v></c>'}
_LONGEST_TEXT = 32_767
_FIRST_DAY = date(1899, 12, 30)
_EXACT_DIGITS = 15
_EXACT = 10**_EXACT_DIGITS
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_SPECIAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff&<>]|_x")
# Excel reads _x0041_ in text as an escaped character; text that only looks so is escaped itself.
_ESCAPE_LIKE = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
_FORMATS = ("General", "#,##0.00", "#,##0.00##", "0.00##%", "yyyy-mm-dd", "yyyy-mm-dd hh:mm", "0")
_STYLES = {"money": 1, "price": 2, "percent": 3, "date": 4, "datetime": 5, "integer": 6}
_HEAD = _BOLD = len(_FORMATS)
"""Where the bold styles begin: of text first, then of each format."""

_EFFORT = 1
"""More effort makes the file a tenth smaller and the export half as slow again."""
_OUTLINE = '<sheetPr><outlinePr summaryBelow="0"/></sheetPr>'
_OUTLINED = '<sheetFormatPr defaultRowHeight="15" outlineLevelRow="3"/>'
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
Cell = Callable[[Any], str]


class _Pipe(io.RawIOBase):
    """Takes what the zip writes and gives it away piece by piece."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []

    def writable(self) -> bool:
        """Tell the zip that it may write here."""
        return True

    def write(self, data: Any) -> int:
        """Keep a piece until it is taken."""
        self._parts.append(bytes(data))
        return len(data)

    def taken(self) -> bytes:
        """Give what was written since the last time."""
        parts, self._parts = self._parts, []
        return b"".join(parts)


@dataclass(frozen=True, slots=True)
class Head:
    """The head of a group: what stands above the row at `offset`."""

    offset: int
    level: int
    label: str
    figures: Mapping[str, Any]


def workbook(
    columns: tuple[Column, ...],
    found: Iterable[Block],
    heads: Sequence[Head] = (),
    *,
    title: str,
    zone: str,
) -> Iterator[bytes]:
    """Give the workbook of these rows in pieces; moments are written in the company's time.

    Groups become Excel's own: each head a bold row, with its rows folded below it.
    """
    pipe = _Pipe()
    chunks = _chunks(_rows(columns, found, heads, ZoneInfo(zone)))
    names: list[str] = []
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED, compresslevel=_EFFORT) as archive:
        more = True
        while more:
            names.append(_sheet_name(title, len(names)))
            with archive.open(f"xl/worksheets/sheet{len(names)}.xml", "w", force_zip64=True) as out:
                out.write(_sheet_start(columns, is_grouped=bool(heads)).encode())
                more = False
                for number, chunk in enumerate(chunks, start=1):
                    out.write(chunk)
                    if number * ROWS_A_CHUNK >= SHEET_ROWS - ROWS_A_CHUNK:
                        more = True
                        break
                    if piece := pipe.taken():
                        yield piece
                out.write(b"</sheetData></worksheet>")
        for path, text in _frame(names).items():
            archive.writestr(path, _XML + text)
    yield pipe.taken()


def _chunks(lines: Iterator[str]) -> Iterator[bytes]:
    while chunk := "".join(islice(lines, ROWS_A_CHUNK)):
        yield chunk.encode()


def _rows(
    columns: Sequence[Column], found: Iterable[Block], heads: Sequence[Head], zone: ZoneInfo
) -> Iterator[str]:
    """Give rows and heads as XML, in the order of the grid."""
    cells = [_cell(spec, zone) for spec in columns]
    figures = {spec.name: _cell(spec, zone, _BOLD) for spec in columns[1:]}
    left = list(reversed(heads))
    depth = 1 + max((head.level for head in heads), default=-1)
    start = f'<row outlineLevel="{depth}">' if depth else "<row>"
    place = 0
    for block in found:
        written = [map(give, values) for give, values in zip(cells, block, strict=True)]
        for parts in zip(*written, strict=True):
            while left and left[-1].offset <= place:
                yield _head(left.pop(), figures)
            yield f"{start}{''.join(parts)}</row>"
            place += 1


def _head(head: Head, figures: Mapping[str, Cell]) -> str:
    """Give the row of a head: its words, then its totals under their columns."""
    level = f' outlineLevel="{head.level}"' if head.level else ""
    cells = [_text(head.label, _HEAD)]
    for name, give in figures.items():
        value = head.figures.get(name)
        whole = isinstance(value, int)
        cells.append(_number(value, _BOLD + _STYLES["integer"]) if whole else give(value))
    return f"<row{level}>{''.join(cells)}</row>"


def _cell(spec: Column, zone: ZoneInfo, look: int = 0) -> Cell:
    """Give what writes a cell of this column: a number, a day, or text."""
    style = look + _STYLES.get(spec.kind, 0)
    if spec.kind in {"integer", "quantity", "money", "price"}:
        return _numbers(style)
    if spec.kind == "percent":
        return lambda value: _number(None if value is None else Decimal(value) / 100, style)
    if spec.kind in {"date", "datetime"}:
        give = _day if spec.kind == "date" else partial(_moment, zone=zone)
        return lru_cache(REMEMBERED)(lambda value: give(value, style))
    if spec.kind == "bool":
        return lambda value: _BOOLS[value]
    words = cell_words(spec)
    if spec.kind in {"address", "badge", "json", "files"}:
        return lambda value: _text(words(value))
    # Names and choices come again and again.
    return lru_cache(REMEMBERED)(lambda value: _text(words(value)))


def _text(text: str, style: int = 0) -> str:
    if not text:
        return "<c/>"
    clean = text if len(text) <= _LONGEST_TEXT else text[:_LONGEST_TEXT]
    if _SPECIAL.search(clean):
        clean = _ESCAPE_LIKE.sub("_x005F_", _UNWRITABLE.sub(" ", clean))
        clean = clean.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    look = f' s="{style}"' if style else ""
    return f'<c t="inlineStr"{look}><is><t xml:space="preserve">{clean}</t></is></c>'


def _numbers(style: int) -> Cell:
    """Give what writes numbers of one look; few digits, as most have, are done at once."""
    start = f'<c s="{style}"><v>'

    def give(value: Any) -> str:
        kind = type(value)
        if (kind is str and len(value) <= _EXACT_DIGITS) or (kind is int and abs(value) < _EXACT):
            return f"{start}{value}</v></c>"
        return _number(value, style)

    return give


def _number(value: Any, style: int) -> str:
    if value is None:
        return "<c/>"
    text = f"{value:f}" if isinstance(value, Decimal) else str(value)
    # Excel's numbers hold fifteen digits: a longer one would be changed, so it stays text.
    if len(text) > _EXACT_DIGITS and (
        sum(one.isdigit() for one in text.lstrip("-0.")) > _EXACT_DIGITS
    ):
        return _text(text)
    return f'<c s="{style}"><v>{text}</v></c>'


def _day(value: str | None, style: int) -> str:
    if value is None:
        return "<c/>"
    days = (date.fromisoformat(value) - _FIRST_DAY).days
    # Before March 1900 Excel counts days differently from everybody else.
    return _text(value) if days < 61 else f'<c s="{style}"><v>{days}</v></c>'


def _moment(value: str | None, style: int, zone: ZoneInfo) -> str:
    if value is None:
        return "<c/>"
    there = datetime.fromisoformat(value).astimezone(zone).replace(tzinfo=None)
    since = there - datetime.combine(_FIRST_DAY, time())
    if since.days < 61:
        return _text(there.isoformat(" ", "minutes"))
    return f'<c s="{style}"><v>{since.days + since.seconds / 86_400:.10f}</v></c>'


def _sheet_start(columns: tuple[Column, ...], *, is_grouped: bool) -> str:
    widths = "".join(
        f'<col min="{at}" max="{at}" width="{max(8, spec.width / 7):.1f}" customWidth="1"/>'
        for at, spec in enumerate(columns, start=1)
    )
    head = "".join(_text(spec.label, _HEAD) for spec in columns)
    outlined = _OUTLINED if is_grouped else ""
    return (
        f'{_XML}<worksheet xmlns="{_MAIN}">{_OUTLINE if is_grouped else ""}'
        '<sheetViews><sheetView workbookViewId="0">'
        '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView>'
        f"</sheetViews>{outlined}{f'<cols>{widths}</cols>' if widths else ''}"
        f"<sheetData><row>{head}</row>"
    )


def _sheet_name(title: str, place: int) -> str:
    plain = " ".join(re.sub(r"[\[\]:*?/\\']", " ", title).split())[:25].strip() or "Rows"
    return f"{plain} {place + 1}" if place else plain


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")


def _frame(names: list[str]) -> dict[str, str]:
    """Give the parts of a workbook around its sheets."""
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    places = range(1, len(names) + 1)
    overrides = "".join(
        f'<Override PartName="/xl/worksheets/sheet{n}.xml" ContentType="{kind}.worksheet+xml"/>'
        for n in places
    )
    sheets = "".join(
        f'<sheet name="{_escaped(name)}" sheetId="{n}" r:id="rId{n}"/>'
        for n, name in zip(places, names, strict=True)
    )
    links = "".join(
        f'<Relationship Id="rId{n}" Type="{_RELS}/worksheet" Target="worksheets/sheet{n}.xml"/>'
        for n in places
    )
    links += f'<Relationship Id="rId{len(names) + 1}" Type="{_RELS}/styles" Target="styles.xml"/>'
    return {
        "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{kind}.sheet.main+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{kind}.styles+xml"/>{overrides}</Types>',
        "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1" '
        f'Type="{_RELS}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_RELS}">'
        f"<sheets>{sheets}</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
        f"{links}</Relationships>",
        "xl/styles.xml": _styles(),
    }


def _styles() -> str:
    formats = "".join(
        f'<numFmt numFmtId="{164 + at}" formatCode="{_escaped(code)}"/>'
        for at, code in enumerate(_FORMATS)
    )
    looks = "".join(
        f'<xf numFmtId="{164 + at if at else 0}" fontId="{font}" fillId="0" borderId="0" xfId="0" '
        'applyNumberFormat="1" applyFont="1"/>'
        for font in (0, 1)
        for at in range(len(_FORMATS))
    )
    font = '<sz val="11"/><name val="Calibri"/>'
    return (
        f'<styleSheet xmlns="{_MAIN}"><numFmts count="{len(_FORMATS)}">{formats}</numFmts>'
        f'<fonts count="2"><font>{font}</font><font><b/>{font}</font></fonts>'
        '<fills count="2"><fill><patternFill patternType="none"/></fill>'
        '<fill><patternFill patternType="gray125"/></fill></fills>'
        '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
        '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/>'
        f'</cellStyleXfs><cellXfs count="{2 * len(_FORMATS)}">{looks}</cellXfs>'
        '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles>'
        "</styleSheet>"
    )

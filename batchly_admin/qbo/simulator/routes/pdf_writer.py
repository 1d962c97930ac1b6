"""Pages with text and lines as a PDF file, in the two fonts every reader has.

https://opensource.adobe.com/dc-acrobat-sdk-docs/pdfstandards/pdfreference1.4.pdf
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

WIDTH, HEIGHT = 612, 792
"""A sheet of US letter, in points."""
ENCODING = "cp1252"
"""What the PDF reference calls WinAnsiEncoding; anything else becomes a question mark."""
_REGULAR = (
    "278 278 355 556 556 889 667 191 333 333 389 584 278 333 278 278 556 556 556 556 556 556 556 "
    "556 556 556 278 278 584 584 584 556 1015 667 667 722 722 667 611 778 722 278 500 667 556 833 "
    "722 778 667 778 722 667 611 722 667 944 667 667 611 278 278 278 469 556 333 556 556 500 556 "
    "556 278 556 556 222 222 500 222 833 556 556 556 556 333 500 278 556 500 722 500 500 500 334 "
    "260 334 584"
)
_BOLD = (
    "278 333 474 556 556 889 722 238 333 333 389 584 278 333 278 278 556 556 556 556 556 556 556 "
    "556 556 556 333 333 584 584 584 611 975 722 722 722 722 667 611 778 722 278 556 722 611 833 "
    "722 778 667 778 722 667 611 722 667 944 667 667 611 333 278 333 584 556 333 556 611 556 611 "
    "556 333 611 611 278 278 556 278 889 611 611 611 611 389 556 333 611 556 778 556 556 500 389 "
    "280 389 584"
)
_WIDTHS = {
    bold: {chr(32 + place): int(width) for place, width in enumerate(table.split())}
    for bold, table in ((False, _REGULAR), (True, _BOLD))
}
_WIDE = {"\u2014": 1000, "\u2026": 1000, "\u2122": 1000, "\u00a9": 737, "\u00ae": 737}
_OTHER = 556


def shown(text: str) -> str:
    """Give a text as a page can show it: one line, with ? for what the font lacks."""
    plain = "".join(" " if unicodedata.category(one) == "Cc" else one for one in text)
    return plain.encode(ENCODING, "replace").decode(ENCODING)


def width(text: str, size: float, *, bold: bool = False) -> float:
    """Give how wide a text is, in points."""
    table = _WIDTHS[bold]
    # A letter with an accent is as wide as without.
    bases = (unicodedata.normalize("NFD", one)[0] for one in shown(text))
    return sum(table.get(one, _WIDE.get(one, _OTHER)) for one in bases) * size / 1000


def wrapped(text: str, room: float, size: float, *, bold: bool = False) -> list[str]:
    """Give a text in lines that are no wider than the room, broken between words where it can."""
    lines: list[str] = []
    for paragraph in text.splitlines():
        line = ""
        for word in paragraph.split():
            longer = f"{line} {word}" if line else word
            if width(longer, size, bold=bold) <= room:
                line = longer
                continue
            if line:
                lines.append(line)
            *whole, line = _broken(word, room, size, bold=bold)
            lines += whole
        if line:
            lines.append(line)
    return lines


def _broken(word: str, room: float, size: float, *, bold: bool) -> list[str]:
    """Give a word in pieces that fit."""
    pieces = [""]
    for one in word:
        if pieces[-1] and width(pieces[-1] + one, size, bold=bold) > room:
            pieces.append("")
        pieces[-1] += one
    return pieces


class Page:
    """One page; places are points from its lower left corner."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []

    def text(self, x: float, y: float, text: str, size: float = 9, *, bold: bool = False) -> None:
        """Write a line of text that begins at a place."""
        font = b"F2" if bold else b"F1"
        self._parts.append(b"BT /%b %g Tf %.2f %.2f Td (%b) Tj ET" % (font, size, x, y, _in(text)))

    def right(self, x: float, y: float, text: str, size: float = 9, *, bold: bool = False) -> None:
        """Write a line of text that ends at a place."""
        self.text(x - width(text, size, bold=bold), y, text, size, bold=bold)

    def rule(self, x: float, y: float, length: float, weight: float = 0.5) -> None:
        """Draw a line across."""
        self._parts.append(b"%g w %.2f %.2f m %.2f %.2f l S" % (weight, x, y, x + length, y))

    def content(self) -> bytes:
        """Give what the page draws."""
        return b"\n".join(self._parts)


def document(pages: Iterable[Page], title: str) -> bytes:
    """Give the pages as a file."""
    contents = [page.content() for page in pages]
    # Objects: catalogue, tree of pages, two fonts, what the file is; then two for each page.
    first = 6
    kids = b" ".join(b"%d 0 R" % (first + 2 * place) for place in range(len(contents)))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [%b] /Count %d >>" % (kids, len(contents)),
        _font(b"Helvetica"),
        _font(b"Helvetica-Bold"),
        b"<< /Title (%b) /Producer (QuickBooks simulator) >>" % _in(title),
    ]
    for place, content in enumerate(contents):
        objects.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 %d %d] /Contents %d 0 R "
            b"/Resources << /Font << /F1 3 0 R /F2 4 0 R >> >> >>"
            % (WIDTH, HEIGHT, first + 2 * place + 1)
        )
        objects.append(b"<< /Length %d >>\nstream\n%b\nendstream" % (len(content), content))
    return _file(objects)


def _file(objects: list[bytes]) -> bytes:
    # The second line tells programs that move files about that this is no text.
    body = bytearray(b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n")
    places = []
    for number, content in enumerate(objects, 1):
        places.append(len(body))
        body += b"%d 0 obj\n%b\nendobj\n" % (number, content)
    start = len(body)
    body += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    body += b"".join(b"%010d 00000 n \n" % place for place in places)
    body += b"trailer\n<< /Size %d /Root 1 0 R /Info 5 0 R >>\n" % (len(objects) + 1)
    body += b"startxref\n%d\n%%%%EOF\n" % start
    return bytes(body)


def _font(name: bytes) -> bytes:
    return b"<< /Type /Font /Subtype /Type1 /BaseFont /%b /Encoding /WinAnsiEncoding >>" % name


def _in(text: str) -> bytes:
    """Give a text as it stands between brackets."""
    found = shown(text).encode(ENCODING)
    return found.replace(b"\\", rb"\\").replace(b"(", rb"\(").replace(b")", rb"\)")

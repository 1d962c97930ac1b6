"""Which files are taken, told by their name and by their first bytes, and what they are called.

A name is only a claim: what a file is, its content says. Nothing that a browser would run is ever
shown by it; such files are given out for download only.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

from batchly_admin.errors import InvalidInput

HEAD_BYTES = 4096
LONGEST_NAME = 200
PLAIN = "application/octet-stream"
KINDS: dict[str, str] = {
    "pictures": "pictures",
    "pdf": "PDF",
    "office": "office files",
    "zip": "zip",
    "text": "text",
    "artwork": "artwork (AI, EPS, PSD, TIFF, SVG)",
}
_UNUSABLE = re.compile(r'[<>:"|?*]')
# Letters that turn the reading direction make `exe.fdp` of `pdf.exe`.
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
_HEIF_BRANDS = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"mif1", b"msf1", b"avif", b"avis")
_BYTE_ORDER_MARKS = (b"\xff\xfe", b"\xfe\xff")

IsIt = Callable[[bytes], bool]


@dataclass(frozen=True, slots=True)
class Format:
    """One kind of file: the endings of its names, how it is given out, how its content begins."""

    endings: tuple[str, ...]
    content_type: str
    kind: str
    words: str
    is_it: IsIt
    # Whether a browser may show it: a picture that cannot run anything.
    is_shown: bool = False


@dataclass(frozen=True, slots=True)
class Limits:
    """What an installation takes: the bytes of a file, the kinds, the files of one record."""

    size_bytes: int = 20 * 1024 * 1024
    kinds: tuple[str, ...] = tuple(KINDS)
    most: int = 50

    @property
    def endings(self) -> tuple[str, ...]:
        """Give the endings of the names that are taken."""
        return tuple(end for one in FORMATS if one.kind in self.kinds for end in one.endings)

    @property
    def words(self) -> str:
        """Say what is taken."""
        return f"{listed([KINDS[one] for one in self.kinds])}, up to {size_words(self.size_bytes)}"


def _begins(*starts: bytes) -> IsIt:
    return lambda head: head.startswith(starts)


def _is_pdf(head: bytes) -> bool:
    return b"%PDF-" in head[:1024]


def _is_text(head: bytes) -> bool:
    return head.startswith(_BYTE_ORDER_MARKS) or b"\x00" not in head


def _is_svg(head: bytes) -> bool:
    return _is_text(head) and b"<svg" in head.lower()


def _is_webp(head: bytes) -> bool:
    return head[:4] == b"RIFF" and head[8:12] == b"WEBP"


def _is_heif(head: bytes) -> bool:
    return head[4:8] == b"ftyp" and head[8:12] in _HEIF_BRANDS


_ZIP = _begins(b"PK\x03\x04", b"PK\x05\x06")
_OLD_OFFICE = _begins(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
_POSTSCRIPT = _begins(b"%!PS", b"\xc5\xd0\xd3\xc6", b"\x04%!PS")
_OPEN_XML = "application/vnd.openxmlformats-officedocument"
_OPEN = "application/vnd.oasis.opendocument"

FORMATS = (
    Format(
        (".jpg", ".jpeg"), "image/jpeg", "pictures", "JPEG picture", _begins(b"\xff\xd8\xff"), True
    ),
    Format((".png",), "image/png", "pictures", "PNG picture", _begins(b"\x89PNG\r\n\x1a\n"), True),
    Format((".gif",), "image/gif", "pictures", "GIF picture", _begins(b"GIF87a", b"GIF89a"), True),
    Format((".webp",), "image/webp", "pictures", "WebP picture", _is_webp, True),
    Format((".heic", ".heif", ".avif"), "image/heif", "pictures", "HEIF picture", _is_heif),
    Format((".bmp",), "image/bmp", "pictures", "BMP picture", _begins(b"BM")),
    Format((".pdf",), "application/pdf", "pdf", "PDF", _is_pdf),
    Format((".docx",), f"{_OPEN_XML}.wordprocessingml.document", "office", "Word file", _ZIP),
    Format((".xlsx",), f"{_OPEN_XML}.spreadsheetml.sheet", "office", "Excel file", _ZIP),
    Format((".pptx",), f"{_OPEN_XML}.presentationml.presentation", "office", "slide show", _ZIP),
    Format((".odt",), f"{_OPEN}.text", "office", "OpenDocument text", _ZIP),
    Format((".ods",), f"{_OPEN}.spreadsheet", "office", "OpenDocument sheet", _ZIP),
    Format((".odp",), f"{_OPEN}.presentation", "office", "OpenDocument show", _ZIP),
    Format((".doc",), "application/msword", "office", "Word file", _OLD_OFFICE),
    Format((".xls",), "application/vnd.ms-excel", "office", "Excel file", _OLD_OFFICE),
    Format((".ppt",), "application/vnd.ms-powerpoint", "office", "slide show", _OLD_OFFICE),
    Format((".rtf",), "application/rtf", "office", "RTF file", _begins(b"{\\rtf")),
    Format((".zip",), "application/zip", "zip", "zip file", _ZIP),
    Format((".txt", ".md", ".log"), "text/plain", "text", "text", _is_text),
    Format((".csv", ".tsv"), "text/csv", "text", "table of text", _is_text),
    Format((".json", ".xml", ".html", ".htm", ".eml"), PLAIN, "text", "text", _is_text),
    Format((".svg",), PLAIN, "artwork", "SVG drawing", _is_svg),
    Format((".tif", ".tiff"), "image/tiff", "artwork", "TIFF picture", _begins(b"II*\0", b"MM\0*")),
    Format(
        (".psd", ".psb"), "image/vnd.adobe.photoshop", "artwork", "Photoshop file", _begins(b"8BPS")
    ),
    Format((".eps", ".ps"), "application/postscript", "artwork", "PostScript file", _POSTSCRIPT),
    Format(
        (".ai",),
        "application/postscript",
        "artwork",
        "Illustrator file",
        lambda head: _is_pdf(head) or _POSTSCRIPT(head),
    ),
)
SHOWN = frozenset(one.content_type for one in FORMATS if one.is_shown)
"""Content types a browser may show by itself."""


def clean_name(text: str) -> str:
    """Give a file's name without folders, unseen characters and what other systems cannot store.

    Raises:
        InvalidInput: when nothing is left of it.
    """
    last = unicodedata.normalize("NFC", text).replace("\\", "/").rpartition("/")[2]
    seen = "".join(" " if letter.isspace() else letter for letter in last)
    seen = "".join(letter for letter in seen if unicodedata.category(letter) not in _UNSEEN)
    name = " ".join(_UNUSABLE.sub("_", seen).split()).strip(" .")
    stem, dot, ending = name.rpartition(".")
    if not name or (dot and not stem):
        raise InvalidInput("A file needs a name.", field="name")
    if len(name) > LONGEST_NAME:
        name = f"{stem[: LONGEST_NAME - len(ending) - 1].rstrip()}.{ending}" if dot else name
    return name[:LONGEST_NAME]


def ending_of(name: str) -> str:
    """Give the ending of a name in small letters, with its point."""
    _stem, dot, ending = name.rpartition(".")
    return f".{ending.lower()}" if dot else ""


def judge(name: str, head: bytes, size: int, limits: Limits) -> Format:
    """Give the format of a file by its name and its first bytes.

    Raises:
        InvalidInput: when it is not taken, saying why.
    """
    known = next((one for one in FORMATS if ending_of(name) in one.endings), None)
    if known is None or known.kind not in limits.kinds:
        msg = f"{name} is not taken: only {limits.words}."
        raise InvalidInput(msg, field="file")
    if size > limits.size_bytes:
        msg = f"{name} is larger than the {size_words(limits.size_bytes)} that a file may have."
        raise InvalidInput(msg, field="file")
    if size == 0:
        raise InvalidInput(f"{name} is empty.", field="file")
    if not known.is_it(head[:HEAD_BYTES]):
        msg = f"{name} is not a {known.words}: its content says otherwise."
        raise InvalidInput(msg, field="file")
    return known


def renamed(before: str, wanted: str) -> str:
    """Give the clean new name of a file; it keeps its ending, which says what it is.

    Raises:
        InvalidInput: when nothing is left of the name.
    """
    name = clean_name(wanted)
    ending = ending_of(before)
    if ending_of(name) == ending:
        return name
    return clean_name(f"{name}{ending}")


def size_words(size: int) -> str:
    """Give a number of bytes as people read it."""
    for unit, least in (("MB", 1024 * 1024), ("kB", 1024)):
        if size >= least:
            return f"{size / least:.1f}".removesuffix(".0") + f" {unit}"
    return f"{size} bytes"


def listed(words: list[str]) -> str:
    """Give some words as a list in a sentence."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"

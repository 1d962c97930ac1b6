"""A line cut into words, quoted texts, signs and the minus that denies what follows it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

_TOKEN = re.compile(
    r"""
      (?<! [^\s<>=:,-] ) "(?P<quoted>[^"]*)"?
    | (?P<sign> >= | <= | != | <> | [><=:,] )
    | (?P<minus> (?<!\S) - (?=[^\s\d$-]) )
    | (?P<word> (?: (?!!=)[^\s<>=:,] | (?<=\d),(?=\d\d\d) )+ )
    """,
    re.VERBOSE,
)
_CURLY = str.maketrans("“”„", '"""')


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of the line: what it is, what it says, and where it stands."""

    kind: str
    text: str
    start: int
    end: int


def tokens(line: str) -> list[Token]:
    """Give the pieces of a line, in order."""
    found = []
    for match in _TOKEN.finditer(line.translate(_CURLY)):
        kind = str(match.lastgroup)
        found.append(Token(kind, match[kind], match.start(), match.end()))
    return found


def unread(line: str, pieces: Sequence[Token]) -> str:
    """Give what is left of a line as it was typed, without the quotes around words."""
    found = ""
    before = None
    for piece in pieces:
        text = line[piece.start : piece.end]
        if piece.kind == "quoted" and piece.end - piece.start == len(piece.text) + 2:
            text = piece.text
        apart = before is None or before.end < piece.start
        found += f" {text}" if found and apart else text
        before = piece
    return " ".join(found.split())

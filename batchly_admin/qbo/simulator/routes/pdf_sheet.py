"""A business letter that flows over as many pages as it needs: head, addresses, table, sums."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from batchly_admin.qbo.simulator.routes.pdf_writer import (
    HEIGHT,
    WIDTH,
    Page,
    document,
    shown,
    wrapped,
)

MARGIN = 50.0
TOP, BOTTOM = HEIGHT - MARGIN, MARGIN + 20
RIGHT = WIDTH - MARGIN
STEP = 12.0


@dataclass(frozen=True, slots=True)
class Column:
    """Where a column of the table stands: from x on, or up to x, and how wide it is."""

    x: float
    width: float
    is_number: bool = False


COLUMNS = (
    Column(MARGIN, 125),
    Column(MARGIN + 135, 165),
    Column(RIGHT - 145, 60, is_number=True),
    Column(RIGHT - 75, 65, is_number=True),
    Column(RIGHT, 70, is_number=True),
)


class Sheet:
    """The pages of one letter; each part goes below the one before."""

    def __init__(self, title: str) -> None:
        self._title = title
        self._pages = [Page()]
        self._y = TOP

    def letterhead(self, company: Sequence[str], title: str) -> None:
        """Write who the letter is from, and what it is."""
        self._page.right(RIGHT, self._y, title, 18, bold=True)
        for place, line in enumerate(company):
            for part in wrapped(line, 300, 14 if place == 0 else 9, bold=place == 0):
                self._page.text(MARGIN, self._y, part, 14 if place == 0 else 9, bold=place == 0)
                self._y -= STEP + (4 if place == 0 else 0)
        self._y -= STEP

    def blocks(
        self, addresses: Sequence[tuple[str, list[str]]], facts: Sequence[tuple[str, str]]
    ) -> None:
        """Write addresses side by side, and facts at the right of them."""
        start = lowest = self._y
        for place, (heading, lines) in enumerate(addresses[:2]):
            x = MARGIN + 165 * place
            self._page.text(x, start, heading, 8, bold=True)
            y = start - STEP
            for part in (part for line in lines for part in wrapped(line, 155, 9)):
                self._page.text(x, y, part)
                y -= STEP
            lowest = min(lowest, y)
        y = start
        for heading, value in facts:
            self._page.right(RIGHT - 95, y, heading, 8, bold=True)
            for part in wrapped(value, 90, 9) or [""]:
                self._page.right(RIGHT, y, part)
                y -= STEP
        self._y = min(lowest, y) - STEP

    def table(self, titles: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        """Write rows below their titles, which every page repeats."""
        self._titles(titles)
        for row in rows:
            cells = [wrapped(text, one.width, 9) for text, one in zip(row, COLUMNS, strict=True)]
            lines = max(len(cell) for cell in cells)
            # A row longer than what is left begins a page; one longer than a page is cut there.
            if self._y - min(lines, 6) * STEP < BOTTOM:
                self._next_page(titles)
            for place in range(lines):
                if self._y < BOTTOM:
                    self._next_page(titles)
                self._cells([cell[place] if place < len(cell) else "" for cell in cells])
                self._y -= STEP
            self._y -= 3
        self._rule()

    def sums(self, sums: Sequence[tuple[str, str]]) -> None:
        """Write what everything comes to; the last of them matters most."""
        if self._y - len(sums) * STEP < BOTTOM:
            self._next_page()
        for place, (heading, amount) in enumerate(sums, 1):
            is_last = place == len(sums)
            self._y -= STEP + (4 if is_last else 0)
            size = 11.0 if is_last else 9.0
            self._page.right(RIGHT - 85, self._y, shown(heading)[:60], size, bold=is_last)
            self._page.right(RIGHT, self._y, amount, size, bold=is_last)
        self._y -= STEP * 2

    def note(self, text: str) -> None:
        """Write a few words across the page."""
        for line in wrapped(text, RIGHT - MARGIN, 9):
            if self._y < BOTTOM:
                self._next_page()
            self._page.text(MARGIN, self._y, line)
            self._y -= STEP

    def file(self) -> bytes:
        """Give the letter as a PDF file, every page with its number."""
        for number, page in enumerate(self._pages, 1):
            page.text(MARGIN, MARGIN - 15, self._title, 8)
            page.right(RIGHT, MARGIN - 15, f"Page {number} of {len(self._pages)}", 8)
        return document(self._pages, self._title)

    @property
    def _page(self) -> Page:
        return self._pages[-1]

    def _next_page(self, titles: Sequence[str] = ()) -> None:
        self._pages.append(Page())
        self._y = TOP
        if titles:
            self._titles(titles)

    def _titles(self, titles: Sequence[str]) -> None:
        self._cells(titles, bold=True)
        self._y -= 5
        self._rule()
        self._y -= STEP

    def _cells(self, texts: Sequence[str], *, bold: bool = False) -> None:
        for text, column in zip(texts, COLUMNS, strict=True):
            write = self._page.right if column.is_number else self._page.text
            write(column.x, self._y, text, 8 if bold else 9, bold=bold)

    def _rule(self) -> None:
        self._page.rule(MARGIN, self._y, RIGHT - MARGIN)

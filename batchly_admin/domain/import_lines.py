"""One line of an order file: the values it spells, or the verdict on it."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from batchly_admin.domain.import_columns import Layout
from batchly_admin.domain.import_values import (
    NotReadable,
    plain,
    read_date,
    read_number,
    shown,
)
from batchly_admin.domain.order_import import (
    MAX_PRICE,
    MAX_QUANTITY,
    MESSAGE_LENGTH,
    NO_VALUE,
    REASONS,
    Options,
    customer_name,
    unsafe_cell,
    without_float,
)

_CANCELLED = re.compile(r"[Cc][0-9]")
_MARK_FILE = re.compile(r"B[0-9a-f]{12}")
_MARK_LINE = re.compile(r"[0-9]{1,7}")


@dataclass(frozen=True, slots=True)
class Row:
    """One record of a file; `number` counts as a spreadsheet does, the header is 1."""

    number: int
    cells: list[str]
    fault: str | None = None


@dataclass(frozen=True, slots=True)
class Mark:
    """Where a repaired line stood first: which file and which line of it."""

    file: str
    line: int

    def __str__(self) -> str:
        """Give the mark as keys carry it."""
        return f"{self.file}.{self.line}"


@dataclass(frozen=True, slots=True)
class Line:
    """A line that is good by itself; whether it fits its order is asked later."""

    number: int
    cells: list[str]
    order_number: str
    customer: str
    country: str
    sku: str
    description: str
    quantity: Decimal
    unit_price: Decimal
    order_date: date
    mark: Mark | None
    content: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """A line that was skipped or refused, and why."""

    number: int
    cells: list[str]
    reason: str
    message: str
    order_number: str = ""
    mark: Mark | None = None

    @property
    def outcome(self) -> str:
        """Skipped or refused."""
        return REASONS[self.reason][0]


def refuse(line: Line, reason: str, message: str) -> Verdict:
    """Give the verdict on a line that is good by itself and yet cannot be created."""
    return Verdict(line.number, line.cells, reason, message, line.order_number, line.mark)


def read_line(row: Row, layout: Layout, options: Options) -> Line | Verdict:
    """Give the line a row spells, or the verdict on it; all that is wrong is said at once."""
    if row.fault is not None:
        return Verdict(row.number, row.cells, row.fault, _fault_message(row, layout))
    if layout.mark_file is not None:
        # The file is one of ours: its cells were made safe for spreadsheets.
        row = Row(row.number, [unsafe_cell(cell) for cell in row.cells])
    number = order_number_of(row, layout)
    mark = _mark(row.cells, layout)
    if _CANCELLED.match(number):
        message = f"Order {shown(number)} starts with C: it is cancelled and not imported."
        return Verdict(row.number, row.cells, "cancelled_order", message, number, mark)
    reader = _Reader(row.cells, layout, options)
    line = reader.line(row, number, mark)
    if line is not None:
        return line
    message = " ".join(sentence for _, sentence in reader.faults)[:MESSAGE_LENGTH]
    return Verdict(row.number, row.cells, reader.faults[0][0], message, number, mark)


def order_number_of(row: Row, layout: Layout) -> str:
    """Give the order number of a row; empty when it has none."""
    if row.fault is not None:
        return ""
    return without_float(row.cells[layout.order_number].strip())


def _mark(cells: list[str], layout: Layout) -> Mark | None:
    if layout.mark_line is None or layout.mark_file is None:
        return None
    line, file = cells[layout.mark_line].strip(), cells[layout.mark_file].strip()
    if not _MARK_FILE.fullmatch(file) or not _MARK_LINE.fullmatch(line):
        return None
    return Mark(file, int(line))


def _fault_message(row: Row, layout: Layout) -> str:
    if row.fault == "ragged_line":
        return (
            f"The line has {len(row.cells)} values where the header has {len(layout.columns)} "
            "columns. Put a value with the separator in it into quotation marks."
        )
    if row.fault == "broken_quotes":
        return "The quotation marks do not match. Double a quotation mark that is part of a text."
    return "The line is empty."


class _Reader:
    """Reads the values of one line and gathers all that is wrong, in the order of the rules."""

    def __init__(self, cells: list[str], layout: Layout, options: Options) -> None:
        self.cells = cells
        self.layout = layout
        self.options = options
        self.faults: list[tuple[str, str]] = []

    def line(self, row: Row, number: str, mark: Mark | None) -> Line | None:
        """Give the line, or None when there are faults."""
        if any(self.cells[place].startswith(NO_VALUE) for place in self.layout.mapped):
            self._no_value()
            return None
        self._order_number(number)
        customer = self._customer()
        price = self._price()
        quantity = self._quantity()
        day = self._date()
        sku = self._sku()
        description = self._description()
        if self.faults or price is None or quantity is None or day is None:
            return None
        raw_customer = without_float(self.cells[self.layout.customer].strip())
        content = _content(number, sku, plain(quantity), plain(price), raw_customer, str(day))
        country = " ".join(self._optional(self.layout.country).split())[:100]
        return Line(
            row.number, row.cells, number, customer, country, sku, description, quantity, price,
            day, mark, content,
        )  # fmt: skip

    def _no_value(self) -> None:
        for place in self.layout.mapped:
            text = self.cells[place]
            if text.startswith(NO_VALUE):
                what = text[1:] or "a formula without a stored result"
                self._fault(
                    "no_value",
                    f"The cell {self.layout.columns[place]} holds {what}. "
                    "Open the workbook, let it calculate and save it, or paste the value.",
                )

    def _fault(self, reason: str, sentence: str) -> None:
        self.faults.append((reason, sentence))

    def _text(self, place: int) -> str:
        return self.cells[place].strip()

    def _optional(self, place: int | None) -> str:
        return "" if place is None else self.cells[place].strip()

    def _order_number(self, number: str) -> None:
        if not number:
            self._fault("missing_order_number", "The order number is missing. Enter it.")
        elif len(number) > 60 or "\n" in number:
            self._fault(
                "bad_order_number",
                f"The order number {shown(number)} is longer than 60 characters or has a line "
                "break. Shorten it.",
            )

    def _customer(self) -> str:
        name = customer_name(without_float(self._text(self.layout.customer)))
        if name and len(name) > 500:
            self._fault("bad_customer", "The customer's name is longer than 500 characters.")
        elif not name and self.options.walk_in_customer is None:
            self._fault(
                "missing_customer",
                "The customer is missing. Enter it, or import with a walk-in customer.",
            )
        return name or self.options.walk_in_customer or ""

    def _price(self) -> Decimal | None:
        try:
            price = self._number(self.layout.unit_price)
        except NotReadable as wrong:
            self._fault("bad_price", f"The unit price {wrong}.")
            return None
        if price < 0:
            self._fault("negative_price", "The unit price is below 0. Credits are entered as such.")
        elif price == 0 and not self.options.free_lines:
            self._fault(
                "zero_price",
                "The unit price is 0. Enter a price, or import with free lines allowed.",
            )
        elif price > MAX_PRICE:
            self._fault("bad_price", f"The unit price is above {MAX_PRICE:,}.")
        return price

    def _quantity(self) -> Decimal | None:
        try:
            quantity = self._number(self.layout.quantity)
        except NotReadable as wrong:
            self._fault("bad_quantity", f"The quantity {wrong}.")
            return None
        if quantity < 0:
            self._fault(
                "negative_quantity",
                "The quantity is below 0. Returns are entered as credit memos, not as orders.",
            )
        elif quantity == 0:
            self._fault("zero_quantity", "The quantity is 0. Enter how many were ordered.")
        elif quantity > MAX_QUANTITY:
            self._fault("bad_quantity", f"The quantity is above {MAX_QUANTITY:,}.")
        return quantity

    def _number(self, place: int) -> Decimal:
        return read_number(self._text(place), decimal_comma=self.options.decimal_comma)

    def _date(self) -> date | None:
        try:
            return read_date(self._text(self.layout.order_date), self.options.date_order)
        except NotReadable as wrong:
            self._fault("bad_date", f"The order date {str(wrong).rstrip('.')}.")
            return None

    def _sku(self) -> str:
        sku = self._text(self.layout.sku)
        if not sku:
            self._fault("missing_sku", "The SKU is missing. Enter it.")
        elif len(sku) > 100 or "\n" in sku:
            self._fault(
                "bad_sku",
                f"The SKU {shown(sku)} is longer than 100 characters or has a line break.",
            )
        return sku

    def _description(self) -> str:
        text = self._optional(self.layout.description)
        if len(text) > 4000:
            self._fault("bad_description", "The description is longer than 4,000 characters.")
        return text


def _content(*parts: str) -> str:
    joined = "\x1f".join(parts).encode("utf-8", "surrogatepass")
    return hashlib.blake2b(joined, digest_size=16).hexdigest()

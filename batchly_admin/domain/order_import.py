"""The rules of an import of orders: its reasons, its options, and how things are named.

Every line ends as created, skipped or refused, with a stable reason for the last two. The reasons
are explained to users in docs/import.md; a test holds the two lists together.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Mapping
from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import Any

from batchly_admin.domain.import_columns import TARGETS
from batchly_admin.domain.import_values import DateOrder
from batchly_admin.errors import InvalidInput

__all__ = [
    "CREATED",
    "FEE_CODES",
    "MAX_AMOUNT",
    "MAX_PRICE",
    "MAX_QUANTITY",
    "MESSAGE_LENGTH",
    "NO_VALUE",
    "REASONS",
    "REFUSED",
    "RULES",
    "SKIPPED",
    "TARGETS",
    "Options",
    "Rule",
    "customer_name",
    "file_mark",
    "is_account",
    "is_fee",
    "product_name",
    "safe_cell",
    "unsafe_cell",
    "warning_sentence",
    "without_float",
]

SKIPPED = "skipped"
REFUSED = "refused"
CREATED = "created"

REASONS: dict[str, tuple[str, str]] = {
    "cancelled_order": (SKIPPED, "Cancelled order"),
    "already_imported": (SKIPPED, "Already imported"),
    "blank_line": (SKIPPED, "Empty line"),
    "ragged_line": (REFUSED, "Wrong number of values"),
    "broken_quotes": (REFUSED, "Broken quotation marks"),
    "no_value": (REFUSED, "Formula without a value, or an error value"),
    "missing_order_number": (REFUSED, "No order number"),
    "bad_order_number": (REFUSED, "Order number not usable"),
    "missing_customer": (REFUSED, "No customer"),
    "bad_customer": (REFUSED, "Customer not usable"),
    "ambiguous_customer": (REFUSED, "More than one customer of this name"),
    "missing_sku": (REFUSED, "No SKU"),
    "bad_sku": (REFUSED, "SKU not usable"),
    "ambiguous_sku": (REFUSED, "More than one product of this SKU"),
    "bad_description": (REFUSED, "Description too long"),
    "bad_quantity": (REFUSED, "Quantity not usable"),
    "zero_quantity": (REFUSED, "Quantity is 0"),
    "negative_quantity": (REFUSED, "Quantity below 0"),
    "bad_price": (REFUSED, "Unit price not usable"),
    "zero_price": (REFUSED, "Unit price is 0"),
    "negative_price": (REFUSED, "Unit price below 0"),
    "amount_too_large": (REFUSED, "Amount too large"),
    "bad_date": (REFUSED, "Order date not usable"),
    "customer_differs": (REFUSED, "Other customer or country than the order"),
    "order_number_taken": (REFUSED, "Order number belongs to another order"),
    "order_closed": (REFUSED, "Order is past pending"),
}


@dataclass(frozen=True, slots=True)
class Rule:
    """What happens to one kind of unusual line, as the import page tells it."""

    title: str
    text: str


RULES: tuple[Rule, ...] = (
    Rule("Every line counts", "Created, skipped and refused lines add up to the lines read."),
    Rule("Cancelled order", "A number of C and digits is skipped, with all its lines."),
    Rule("No customer", "Refused, unless you name a walk-in customer for such lines."),
    Rule("Price of 0", "Refused, unless you allow free lines. A price below 0 is refused."),
    Rule("Quantity of 0 or less", "Refused. A return is a credit memo, not an order."),
    Rule("Same SKU twice in an order", "Both lines are created, in the order of the file."),
    Rule("Fee codes", "POST, DOT, C2, M and SKUs without a digit become lines of a service."),
    Rule("Unknown customer or product", "Created with what the file says, not sent to QuickBooks."),
    Rule("Imported before", "A line that was imported before is skipped, never created twice."),
    Rule("Order past pending", "New lines for it are refused; a hand-made order is left alone."),
    Rule("Part of an order refused", "The order is created with its good lines and a warning."),
)

FEE_CODES = frozenset(
    {"POST", "DOT", "C2", "M", "D", "S", "PADS", "CRUK", "BANK CHARGES", "AMAZONFEE"}
)
MAX_QUANTITY = Decimal(10_000_000)
MAX_PRICE = Decimal(10_000_000)
MAX_AMOUNT = Decimal("999999999.99")
MESSAGE_LENGTH = 400
WARNING_LENGTH = 300
NO_VALUE = "\x1f"
"""Starts a cell that a workbook holds as a formula without a result, or as an error."""

_SPREADSHEET_FLOAT = re.compile(r"([0-9]+)\.0+")
_GIFT = re.compile(r"gift[_ -]?[0-9_ -]*", re.IGNORECASE)
_DIGIT = re.compile(r"[0-9]")


@dataclass(frozen=True, slots=True)
class Options:
    """What the person decided for a whole file."""

    walk_in_customer: str | None = None
    free_lines: bool = False
    date_order: DateOrder | None = None
    decimal_comma: bool = False

    @classmethod
    def of(cls, values: Mapping[str, Any] | Options | None) -> Options:
        """Give the options a form, a command or a stored run names.

        Raises:
            InvalidInput: for an option that does not exist or a value it cannot take.
        """
        if isinstance(values, Options):
            return values
        given = {name: value for name, value in (values or {}).items() if value not in (None, "")}
        unknown = sorted(set(given) - set(cls.__slots__))
        if unknown:
            raise InvalidInput(f"An import has no option called {unknown[0]}.", field=unknown[0])
        if given.get("date_order", "dmy") not in ("dmy", "mdy"):
            raise InvalidInput("The date order is dmy or mdy.", field="date_order")
        name = customer_name(str(given.get("walk_in_customer", "")))
        if len(name) > 500:
            raise InvalidInput(
                "A customer's name has at most 500 characters.", field="walk_in_customer"
            )
        return cls(
            walk_in_customer=name or None,
            free_lines=bool(given.get("free_lines", False)),
            date_order=given.get("date_order"),
            decimal_comma=bool(given.get("decimal_comma", False)),
        )

    def to_json(self) -> dict[str, Any]:
        """Give the options as they are stored."""
        return asdict(self)


def without_float(text: str) -> str:
    """Give a number's text without the .0 that some programs append to ids: 17850.0 is 17850."""
    found = _SPREADSHEET_FLOAT.fullmatch(text)
    return found[1] if found else text


def customer_name(text: str) -> str:
    """Give a name as customers carry it: single blanks, and no colon, which QuickBooks refuses."""
    return " ".join(text.replace(":", " - ").split())


def is_account(customer: str) -> bool:
    """Tell an account number (one word with a digit) from a name."""
    return " " not in customer and bool(_DIGIT.search(customer)) and len(customer) <= 100


def is_fee(sku: str) -> bool:
    """Tell whether a SKU stands for a fee: it is listed, a gift voucher, or has no digit."""
    return sku.upper() in FEE_CODES or not _DIGIT.search(sku) or bool(_GIFT.fullmatch(sku))


def product_name(description: str, sku: str, taken: Container[str]) -> str:
    """Give a name for a new product that no other has, of at most 100 characters.

    `taken` holds the names in use, without capitals. A name in use gets the SKU behind it.
    """
    base = " ".join(description.replace(":", " - ").split()) or " ".join(
        sku.replace(":", " - ").split()
    )
    name = base[:100].rstrip()
    extra = 1
    while name.casefold() in taken:
        tail = f" ({sku.replace(':', '-')[:60]})" if extra == 1 else f" ({sku[:60]}, {extra})"
        name = base[: 100 - len(tail)].rstrip() + tail.replace(":", "-")
        extra += 1
    return name


def warning_sentence(refused: Iterable[int], total: int) -> str | None:
    """Give the warning an order carries while refused lines of it are still missing."""
    numbers = sorted(refused)
    if not numbers:
        return None
    noun, verb = ("line" if total == 1 else "lines"), ("was" if len(numbers) == 1 else "were")
    word = "line" if len(numbers) == 1 else "lines"
    head = f"{len(numbers)} of {total} {noun} {verb} refused at import ({word} "
    for count in range(len(numbers), 0, -1):
        rest = len(numbers) - count
        tail = f" and {rest} more" if rest else ""
        sentence = f"{head}{', '.join(map(str, numbers[:count]))}{tail})"
        if len(sentence) <= WARNING_LENGTH:
            break
    return sentence


def file_mark(digest: str) -> str:
    """Give the short name of a file that its lines carry; no spreadsheet reads it as a number."""
    return f"B{digest[:12]}"


def safe_cell(text: str) -> str:
    """Give a text that no spreadsheet takes for a formula; `unsafe_cell` turns it back."""
    return (
        f"'{text}"
        if text[:1] in ("=", "+", "-", "@", "\t", "\r") and not _is_number(text)
        else text
    )


def unsafe_cell(text: str) -> str:
    """Give the text that `safe_cell` made safe."""
    return text[1:] if text[:1] == "'" and text[1:2] in ("=", "+", "-", "@", "\t", "\r") else text


def _is_number(text: str) -> bool:
    return bool(re.fullmatch(r"[+-]?[0-9]+(?:[.,][0-9]+)?", text))

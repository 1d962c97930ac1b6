"""An order as QuickBooks has it, in our words: what was read, what it adds up to, where it stands.

It is kept as plain values, so that a decision made weeks later imports the very document that was
looked at.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from datetime import date
from decimal import Decimal
from typing import Any, Self

from batchly_admin.domain.money import ZERO, line_total, money, total
from batchly_admin.domain.statuses import Choice

ONE = Decimal(1)
_PLACES = Decimal("0.0001")


class PaperSource(Choice):
    """Which kind of document an order came from."""

    ESTIMATE = "quickbooks_estimate", "Estimate", "blue"
    VENDOR_ORDER = "quickbooks_po", "Purchase order", "violet"


class PaperState(Choice):
    """What became of a document."""

    OPEN = "open", "To decide", "amber"
    IMPORTED = "imported", "Imported", "green"
    KEPT = "kept", "Ours kept", "neutral"
    SKIPPED = "skipped", "Left out", "neutral"


class PaperReason(Choice):
    """Why a document waits for a person."""

    CUSTOMER = "customer", "Unknown customer", "amber"
    VENDOR = "vendor", "Names a vendor only", "amber"
    ITEMS = "items", "Unknown items", "amber"
    NUMBER = "number", "Number taken", "violet"
    SAME = "same", "Entered by hand already", "violet"
    CONFLICT = "conflict", "Changed on both sides", "red"
    ENDED = "ended", "Ended in QuickBooks", "red"
    DELETED = "deleted", "Deleted here", "neutral"
    LEFT_OUT = "left_out", "Changed after it was left out", "neutral"
    FIGURES = "figures", "Does not add up", "red"
    CURRENCY = "currency", "Another currency", "red"


class Standing(Choice):
    """How firm a document is."""

    FIRM = "firm", "Accepted", "green"
    OFFERED = "offered", "Pending", "amber"
    ENDED = "ended", "Ended", "neutral"


@dataclass(frozen=True, slots=True)
class PaperLine:
    """One line; `key` is QuickBooks' name of it, and stays when the document changes."""

    key: str
    quantity: Decimal
    unit_price: Decimal
    item_name: str
    item_ref: str | None = None
    description: str | None = None
    is_taxable: bool | None = None

    @property
    def amount(self) -> Decimal:
        """What the line comes to."""
        return line_total(self.quantity, self.unit_price)


@dataclass(frozen=True, slots=True)
class Paper:
    """One document."""

    source: str
    qbo_id: str
    day: date
    standing: str
    lines: tuple[PaperLine, ...]
    total: Decimal
    doc_number: str | None = None
    status: str = ""
    # Why it is over, said as the end of a sentence: "was rejected".
    ending: str | None = None
    customer_ref: str | None = None
    customer_name: str | None = None
    # How many customers its lines name: a vendor's document may name several, or none.
    customers: int = 1
    vendor_name: str | None = None
    # What is known of a customer we do not have, in our columns.
    customer: Mapping[str, Any] | None = None
    due_date: date | None = None
    discount: Decimal = ZERO
    shipping: Decimal = ZERO
    tax: Decimal = ZERO
    tax_code_ref: str | None = None
    term_ref: str | None = None
    currency: str | None = None
    customer_notes: str | None = None
    internal_notes: str | None = None
    billing_address: Mapping[str, str] | None = None
    shipping_address: Mapping[str, str] | None = None

    @property
    def label(self) -> str:
        """What people call the document."""
        return f"{PaperSource(self.source).label} {self.doc_number or self.qbo_id}"

    @property
    def subtotal(self) -> Decimal:
        """What the lines come to."""
        return total(line.amount for line in self.lines)

    @property
    def parts(self) -> Decimal:
        """What its parts come to, which should be its total."""
        return money(self.subtotal - self.discount + self.shipping + self.tax)

    def as_dict(self) -> dict[str, Any]:
        """Give it as JSON keeps it: amounts and days as text."""
        found: dict[str, Any] = _plain(asdict(self))
        return found

    @classmethod
    def from_dict(cls, kept: Mapping[str, Any]) -> Self:
        """Give what `as_dict` gave.

        Raises:
            KeyError: when it is not a kept document.
        """
        known = {field.name for field in fields(cls)}
        values = {name: value for name, value in kept.items() if name in known}
        for name in ("total", "discount", "shipping", "tax"):
            if name in values:
                values[name] = Decimal(values[name])
        values["day"] = date.fromisoformat(values["day"])
        due = values.get("due_date")
        values["due_date"] = date.fromisoformat(due) if due else None
        values["lines"] = tuple(_line(line) for line in values["lines"])
        return cls(**values)


def _line(kept: Mapping[str, Any]) -> PaperLine:
    exact = {name: Decimal(kept[name]) for name in ("quantity", "unit_price")}
    return PaperLine(**{**kept, **exact})


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, Decimal):
        return str(value)
    return value.isoformat() if isinstance(value, date) else value


def priced(
    quantity: Decimal | None, unit_price: Decimal | None, amount: Decimal
) -> tuple[Decimal, Decimal]:
    """Give a quantity and a unit price of four places whose product is exactly the amount.

    QuickBooks keeps prices of seven places, and lines that are only an amount. Where no price of
    four places gives the amount, the line is one piece of it.
    """
    if not quantity or quantity < 0:
        return ONE, amount
    pieces = quantity.quantize(_PLACES)
    if pieces <= 0 or pieces != quantity:
        return ONE, amount
    for price in (unit_price, amount / pieces):
        if price is not None and line_total(pieces, rounded := price.quantize(_PLACES)) == amount:
            return pieces, rounded
    return ONE, amount

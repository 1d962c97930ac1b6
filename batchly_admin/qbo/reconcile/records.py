"""What one book says of one record, and what two books can disagree about."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID

Body = Mapping[str, Any]
Shares = tuple[tuple[str, Decimal], ...]
"""How much went to which invoice, by QuickBooks' id of the invoice."""


class Line(NamedTuple):
    """One line of a document."""

    quantity: Decimal
    price: Decimal
    amount: Decimal

    def spell(self) -> str:
        """Give the line as people read it."""
        quantity, price = self.quantity.normalize() + 0, self.price.normalize() + 0
        return f"{quantity:f} x {price:f} = {self.amount:.2f}"


@dataclass(frozen=True, slots=True)
class Side:
    """What one book says of a record; None is what that book does not say."""

    label: str = ""
    day: date | None = None
    amount: Decimal | None = None
    tax: Decimal | None = None
    balance: Decimal | None = None
    rate: Decimal | None = None
    customer: str | None = None
    number: str | None = None
    is_void: bool = False
    is_active: bool = True
    lines: tuple[Line, ...] | None = None
    shares: Shares | None = None


@dataclass(frozen=True, slots=True)
class Ours:
    """A record of ours; `is_wanted` when it belongs into QuickBooks although it has no id."""

    id: UUID
    qbo_id: str | None
    says: Side
    is_wanted: bool = False


@dataclass(frozen=True, slots=True)
class Theirs:
    """A record of QuickBooks'; `marked` is the record of ours that its private note names."""

    qbo_id: str
    says: Side
    marked: UUID | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """One difference."""

    kind: str
    label: str
    entity_id: UUID | None = None
    qbo_id: str | None = None
    field: str | None = None
    ours: str = ""
    theirs: str = ""

    @property
    def name(self) -> tuple[Any, ...]:
        """What makes it the same difference when it is seen again, whatever its values."""
        return (self.entity_id or self.qbo_id, self.kind, self.field)


@dataclass(slots=True)
class Scope:
    """What the types that were compared before mean to those that come after."""

    start: date | None = None
    merged: dict[str, str] = field(default_factory=dict)
    """Customers of QuickBooks that are gone, and the one each was merged into."""

    explained: set[str] = field(default_factory=set)
    """Invoices of QuickBooks whose balance differs because of a payment that differs."""


ABSENT = frozenset({"missing_there", "deleted", "merged", "unlinked"})
"""Kinds that say that our record has no copy; only one of them is told of a record."""

LISTED = "made_there"
"""Not a difference: a document somebody made in QuickBooks, told so that nobody wonders."""

COVERED = ABSENT | {
    "missing_here",
    LISTED,
    "amount",
    "customer",
    "number",
    "date",
    "lines",
    "balance",
    "voided",
    "double",
    "inactive",
    "mismatch",
}
"""What is settled by itself when a comparison does not find it any more."""

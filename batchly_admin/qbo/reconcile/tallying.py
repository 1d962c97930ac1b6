"""Counts, totals and balances of one type on both sides, month by month."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from batchly_admin.domain.money import ZERO
from batchly_admin.qbo.reconcile.records import Side

UNDATED = ""


@dataclass(slots=True)
class Sum:
    """One side of one month."""

    count: int = 0
    total: Decimal = ZERO
    balance: Decimal = ZERO

    def add(self, says: Side) -> None:
        """Count one record."""
        self.count += 1
        self.total += says.amount or ZERO
        self.balance += says.balance or ZERO

    def as_dict(self) -> dict[str, Any]:
        """Give the figures as plain values."""
        return {
            "count": self.count,
            "total": f"{self.total:.2f}",
            "balance": f"{self.balance:.2f}",
        }


@dataclass(slots=True)
class Tally:
    """The figures of one type; void records count on neither side."""

    ours: dict[str, Sum] = field(default_factory=lambda: defaultdict(Sum))
    theirs: dict[str, Sum] = field(default_factory=lambda: defaultdict(Sum))
    made_there: int = 0
    on_the_way: int = 0
    found: Counter[str] = field(default_factory=Counter)
    differing: int = 0
    new: int = 0

    def count_ours(self, says: Side) -> None:
        """Count a record of ours that should stand in QuickBooks."""
        if not says.is_void:
            self.ours[_month(says.day)].add(says)

    def count_theirs(self, says: Side) -> None:
        """Count a record of QuickBooks' that is ours, or should be."""
        if not says.is_void:
            self.theirs[_month(says.day)].add(says)

    def as_dict(self) -> dict[str, Any]:
        """Give the figures as plain values."""
        ours, theirs = _whole(self.ours), _whole(self.theirs)
        return {
            "ours": ours.count,
            "theirs": theirs.count,
            "equal": max(ours.count - self.differing, 0),
            "total_ours": f"{ours.total:.2f}",
            "total_theirs": f"{theirs.total:.2f}",
            "balance_ours": f"{ours.balance:.2f}",
            "balance_theirs": f"{theirs.balance:.2f}",
            "on_the_way": self.on_the_way,
            "made_there": self.made_there,
            "differences": dict(self.found),
            "new_differences": self.new,
            "months": self._months(),
        }

    def _months(self) -> dict[str, Any]:
        return {
            month: {
                "ours": self.ours.get(month, Sum()).as_dict(),
                "theirs": self.theirs.get(month, Sum()).as_dict(),
            }
            for month in sorted((self.ours.keys() | self.theirs.keys()) - {UNDATED})
        }


def _whole(months: dict[str, Sum]) -> Sum:
    found = Sum()
    for one in months.values():
        found.count += one.count
        found.total += one.total
        found.balance += one.balance
    return found


def _month(day: date | None) -> str:
    return f"{day:%Y-%m}" if day else UNDATED

"""Customers, vendors and employees share one space of names, and build them from their parts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from batchly_admin.qbo.simulator.books.entity import ListEntry, Record
from batchly_admin.qbo.simulator.books.names import PARTS
from batchly_admin.qbo.simulator.wire.refusals import Fault

if TYPE_CHECKING:
    from batchly_admin.qbo.simulator.books.books import Books

SHOWN = 4
"""As many characters of a tax number are shown; the others are marks."""


class Person(ListEntry):
    """Somebody with a display name."""

    masked: tuple[str, ...] = ()
    """The numbers answers never show whole."""

    def complete(self, books: Books, record: Record, before: Record | None) -> None:
        """Build the display name where it is missing; a masked number that comes back is no news.

        Raises:
            Fault: 2020 when there is nothing to build it from.
        """
        super().complete(books, record, before)
        name = record.get("DisplayName", " ".join(record[part] for part in PARTS if part in record))
        record["DisplayName"] = name.strip()
        if not record["DisplayName"]:
            detail = (
                "At least one of Title, GivenName, MiddleName, FamilyName, DisplayName or Suffix "
                "is required"
            )
            raise Fault("2020", detail, element="DisplayName")
        record.setdefault("PrintOnCheckName", record["DisplayName"][:110])
        for field in self.masked:
            if before is not None and record.get(field) == _mask(before.get(field, "")):
                record[field] = before[field]

    def shown(self, books: Books, record: Record, include: frozenset[str]) -> Record:
        """Give a person with all but the end of the tax numbers hidden."""
        held = [name for name in self.masked if name in record]
        return {**record, **{name: _mask(record[name]) for name in held}} if held else record

    def is_shown_as_kept(self, body: str, include: frozenset[str]) -> bool:
        """Tell whether there is nothing to hide."""
        return not any(name in body for name in self.masked)


def _mask(text: str) -> str:
    return "X" * max(len(text) - SHOWN, 0) + text[-SHOWN:]

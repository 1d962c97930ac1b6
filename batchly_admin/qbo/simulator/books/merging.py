"""Two customers, or two vendors, made one: what an accountant does with doubles, and no client can.

What belonged to the one that goes belongs to the other from then on; its id is gone for good.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from batchly_admin.qbo.simulator.books import names
from batchly_admin.qbo.simulator.books.entity import Record
from batchly_admin.qbo.simulator.books.parties import settle_party
from batchly_admin.qbo.simulator.books.store import QUIET
from batchly_admin.qbo.simulator.wire.refusals import Fault
from batchly_admin.qbo.simulator.wire.values import reference, stamp

if TYPE_CHECKING:
    from batchly_admin.qbo.simulator.books.books import Books

FIELDS: Mapping[str, frozenset[str]] = {
    "Customer": frozenset({"CustomerRef", "ParentRef", "ShipTo"}),
    "Vendor": frozenset({"VendorRef", "PrefVendorRef"}),
}
"""The fields that name one, wherever they stand in a record."""
TYPED = frozenset({"Entity", "EntityRef"})
"""The fields that name anybody, with a word for who it is."""


def merge(books: Books, kind: str, kept_id: str, gone_id: str) -> Record:
    """Move everything of one customer or vendor to another one, and let the first disappear.

    Raises:
        Fault: 500 for what cannot be merged, 610 where one is not there, 6000 when the two are one
            and the same, stand below one another or have different currencies.
    """
    if kind not in FIELDS:
        raise Fault("500", f"Operation merge is not supported for {kind}.")
    with books.store.write():
        kept, gone = books.read(kind, kept_id), books.read(kind, gone_id)
        _check(books, kind, kept, gone)
        move = _Move(kind, gone["Id"], kept["Id"], str(kept["DisplayName"]))
        for holder in books.entities:
            for record in _naming(books, holder, gone["Id"]):
                if move.rename(record, holder):
                    books.touch(holder, record, "Update")
        _move_balances(books, f"{kind}:{gone_id}", f"{kind}:{kept_id}")
        moment = stamp(books.now())
        books.store.remove(kind, gone_id, at=moment, operation=QUIET)
        record = books.store.copy(kind, kept_id) or {}
        books.touch(kind, record, f"Merge {gone_id}")
        if books.entities[kind].spec.is_tree:
            names.rename_below(books, books.entities[kind].spec, record)
        settle_party(books, f"{kind}:{kept_id}")
    return books.read(kind, kept_id)


def _check(books: Books, kind: str, kept: Record, gone: Record) -> None:
    if kept["Id"] == gone["Id"]:
        raise Fault("6000", f"The two are one and the same {kind}")
    if reference(kept, "CurrencyRef") != reference(gone, "CurrencyRef"):
        raise Fault("6000", "The two have different currencies")
    if gone["Id"] in _above(books, kind, kept) or kept["Id"] in _above(books, kind, gone):
        raise Fault("6000", "One of the two stands below the other")


def _above(books: Books, kind: str, record: Record) -> Iterator[str]:
    """Give the ids of what a record stands below."""
    parent = reference(record, "ParentRef")
    while parent is not None:
        yield parent
        parent = reference(books.store.get(kind, parent) or {}, "ParentRef")


def _naming(books: Books, holder: str, record_id: str) -> list[Record]:
    """Give the records of an entity in which an id occurs as a reference."""
    words = f'%"value":"{record_id}"%'
    rows = books.store.sql(
        f'SELECT "Id" FROM "{holder}" WHERE body LIKE ? ORDER BY rowid',  # noqa: S608 - a kind of ours
        (words,),
    )
    found = (books.store.copy(holder, one) for (one,) in rows)
    return [record for record in found if record is not None]


@dataclass(frozen=True, slots=True)
class _Move:
    """From whom references lead to whom."""

    kind: str
    gone: str
    kept: str
    name: str

    def rename(self, found: Any, holder: str, key: str = "", who: str = "") -> bool:
        """Let every reference in a record lead to the one that stays; tell if there was any.

        `who` is what the object around a reference says about whom it names.
        """
        if isinstance(found, list):
            return sum(self.rename(one, holder, key) for one in found) > 0
        if not isinstance(found, dict):
            return False
        if found.get("value") == self.gone and self._is_meant(holder, key, found.get("type", who)):
            found["value"] = self.kept
            if found.get("name"):
                found["name"] = self.name
            return True
        who = str(found.get("Type", ""))
        return sum(self.rename(one, holder, name, who) for name, one in found.items()) > 0

    def _is_meant(self, holder: str, key: str, who: str) -> bool:
        if key == "ParentRef":
            return holder == self.kind
        return key in FIELDS[self.kind] or (key in TYPED and who == self.kind)


def _move_balances(books: Books, gone: str, kept: str) -> None:
    """Put what stands on the accounts for one party down to another."""
    books.store.sql(
        "INSERT INTO balances SELECT account, ?, cents FROM balances WHERE party = ? "
        "ON CONFLICT (account, party) DO UPDATE SET cents = cents + excluded.cents",
        (kept, gone),
    )
    books.store.sql("DELETE FROM balances WHERE party = ?", (gone,))
    books.store.sql("UPDATE postings SET party = ? WHERE party = ?", (kept, gone))

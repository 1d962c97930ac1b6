"""What transactions put on one another: a payment on an invoice, a bill payment on a bill."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from batchly_admin.qbo.simulator.books.entity import Record
from batchly_admin.qbo.simulator.books.store import Store
from batchly_admin.qbo.simulator.books.tables import id_key
from batchly_admin.qbo.simulator.wire.values import cents


@dataclass(frozen=True, slots=True)
class Link:
    """An amount of one transaction that goes onto another one."""

    kind: str
    id: str
    amount: Decimal


class Links:
    """All links of a company, found from either end."""

    def __init__(self, store: Store) -> None:
        self.store = store

    def keep(self, kind: str, record_id: str, links: Iterable[Link]) -> None:
        """Keep what a transaction links to, in place of what it linked to before."""
        key = (kind, id_key(record_id))
        self.store.sql("DELETE FROM links WHERE kind = ? AND id = ?", key)
        for one in links:
            row = (*key, one.kind, id_key(one.id), int(cents(one.amount) * 100))
            self.store.sql("INSERT INTO links VALUES (?,?,?,?,?)", row)

    def amount_on(
        self, kind: str, record_id: Any, *, without: tuple[str, Any] = ("", 0)
    ) -> Decimal:
        """Give how much all transactions, but the one `without`, put on one."""
        rows = self.store.sql(
            "SELECT sum(cents) FROM links WHERE to_kind = ? AND to_id = ? "
            "AND NOT (kind = ? AND id = ?)",
            (kind, id_key(record_id), without[0], id_key(without[1])),
        )
        return (Decimal(rows[0][0] or 0) / 100).quantize(Decimal("0.01"))

    def onto(self, kind: str, record_id: Any) -> list[tuple[str, str]]:
        """Give the transactions that put something on one, as kind and id."""
        rows = self.store.sql(
            "SELECT DISTINCT kind, id FROM links WHERE to_kind = ? AND to_id = ? ORDER BY kind, id",
            (kind, id_key(record_id)),
        )
        return [(found, str(number)) for found, number in rows]


def links_of(record: Record) -> Iterable[Link]:
    """Give what the lines of a payment say they are linked to."""
    for line in record.get("Line", []):
        for link in line.get("LinkedTxn", []):
            yield Link(str(link.get("TxnType")), str(link.get("TxnId")), line["Amount"])

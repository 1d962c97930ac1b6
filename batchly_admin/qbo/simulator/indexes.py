"""What has to be found fast: who has a name or a number, who pays what, what a customer owes.

The store tells of every change, also of the ones it takes back, so the indexes are always right.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from batchly_admin.qbo.simulator.specs import SPECS

Record = dict[str, Any]
Key = tuple[str, str]
ZERO = Decimal(0)
OWED = {
    "Invoice": ("Balance", 1),
    "CreditMemo": ("RemainingCredit", -1),
    "Payment": ("UnappliedAmt", -1),
}


def links_of(payment: Record) -> Iterable[tuple[Key, Decimal]]:
    """Give what a payment puts on which transaction: its type and id, and the amount."""
    for line in payment.get("Line", []):
        for link in line.get("LinkedTxn", []):
            yield (str(link.get("TxnType")), str(link.get("TxnId"))), line["Amount"]


class Indexes:
    """Look-ups over all records, kept right by `change`."""

    def __init__(self) -> None:
        self.clear()

    def clear(self) -> None:
        """Forget everything."""
        # A dict without values is a set that keeps its order.
        self.names: defaultdict[Key, dict[Key, None]] = defaultdict(dict)
        self.numbers: defaultdict[Key, dict[str, None]] = defaultdict(dict)
        self.children: defaultdict[Key, dict[str, None]] = defaultdict(dict)
        self.paid: defaultdict[Key, dict[str, Decimal]] = defaultdict(dict)
        self.owed: defaultdict[str, Decimal] = defaultdict(Decimal)

    def change(self, kind: str, record_id: str, old: Record | None, new: Record | None) -> None:
        """Follow one record from what it was to what it is; None is not there."""
        if old is not None:
            self._leave(kind, record_id, old)
        if new is not None:
            self._enter(kind, record_id, new)

    def _enter(self, kind: str, record_id: str, record: Record) -> None:
        space = SPECS[kind].name_space
        if space:
            self.names[space, name_key(kind, record)][kind, record_id] = None
        if "DocNumber" in record:
            self.numbers[kind, record["DocNumber"].casefold()][record_id] = None
        if "ParentRef" in record:
            self.children[kind, record["ParentRef"]["value"]][record_id] = None
        self._owe(kind, record, 1)
        if kind == "Payment":
            for key, amount in links_of(record):
                mine = self.paid[key]
                mine[record_id] = mine.get(record_id, ZERO) + amount

    def _leave(self, kind: str, record_id: str, record: Record) -> None:
        space = SPECS[kind].name_space
        if space:
            _drop(self.names, (space, name_key(kind, record)), (kind, record_id))
        if "DocNumber" in record:
            _drop(self.numbers, (kind, record["DocNumber"].casefold()), record_id)
        if "ParentRef" in record:
            _drop(self.children, (kind, record["ParentRef"]["value"]), record_id)
        self._owe(kind, record, -1)
        if kind == "Payment":
            for key, _amount in links_of(record):
                _drop(self.paid, key, record_id)

    def _owe(self, kind: str, record: Record, sign: int) -> None:
        if kind in OWED and "CustomerRef" in record:
            field, direction = OWED[kind]
            customer = record["CustomerRef"]["value"]
            self.owed[customer] += record.get(field, ZERO) * direction * sign


def name_key(kind: str, record: Record) -> str:
    """Give that by which a name is unique: whole paths where names stand below one another."""
    spec = SPECS[kind]
    field = (
        "FullyQualifiedName" if spec.is_tree and spec.name_space != "person" else spec.name_field
    )
    return str(record.get(field, record.get(spec.name_field, ""))).casefold()


def _drop(index: dict[Any, dict[Any, Any]], key: Any, member: Any) -> None:
    members = index.get(key)
    if members is not None:
        members.pop(member, None)
        if not members:
            del index[key]

"""What every chapter of the demo company's year is told with: its day, its numbers, its chance."""

from __future__ import annotations

import heapq
import random
from collections import defaultdict
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from itertools import count
from typing import TYPE_CHECKING, Any, TypeAlias

from batchly_admin.qbo.simulator.wire.values import cents

if TYPE_CHECKING:
    from batchly_admin.qbo.simulator.books.books import Books

Record: TypeAlias = dict[str, Any]
Act: TypeAlias = Callable[..., object]

YEAR = 360
"""The year that is told ends today; days are counted back from there, so that it is the same year
whenever it is told.
"""


class Shop:
    """The books while they are being filled, day after day."""

    def __init__(self, books: Books) -> None:
        self.books = books
        self.chance = random.Random(42)  # noqa: S311 - the same books each time
        self.ago = YEAR
        self._today = books.today()
        self._plan: list[tuple[int, int, Act, tuple[Any, ...]]] = []
        self._order = count()
        self._numbers: defaultdict[str, int] = defaultdict(lambda: 1000)
        self._names: dict[str, dict[str, Record]] = {}

    def at(self, ago: int, act: Act, *given: Any) -> None:
        """Plan something for so many days ago; what would lie in the future does not happen."""
        if ago >= 0:
            heapq.heappush(self._plan, (-ago, next(self._order), act, given))

    def live(self) -> None:
        """Let everything happen that was planned, and what is planned meanwhile, in its order."""
        while self._plan:
            day, _, act, given = heapq.heappop(self._plan)
            self.ago = -day
            act(*given)
        for kind, number in self._numbers.items():
            # Whoever lets QuickBooks number goes on from here.
            self.books.store.set(f"auto.{kind}", number)

    def day(self, later: int = 0) -> str:
        """Give the present day of the story, or one so many days later."""
        return (self._today - timedelta(days=self.ago - later)).isoformat()

    def save(self, kind: str, **fields: Any) -> Record:
        """Write a document of the present day."""
        return self.books.save(kind, {"TxnDate": self.day(), **fields})

    def change(self, kind: str, record: Record, changes: Record) -> Record:
        """Change some fields of a document."""
        present = self.books.read(kind, record["Id"])
        version = {"Id": present["Id"], "SyncToken": present["SyncToken"], "sparse": True}
        return self.books.save(kind, {**version, **changes})

    def number(self, kind: str) -> str:
        """Give the next number of a kind of document."""
        self._numbers[kind] += 1
        return str(self._numbers[kind])

    def ref(self, kind: str, name: str) -> Record:
        """Give the reference to a list's entry by its name, in a tree by its full one."""
        if kind not in self._names:
            entries = self.books.store.all(kind)
            self._names[kind] = {
                _name(one): {"value": one["Id"], "name": _name(one)} for one in entries
            }
        return self._names[kind][name]

    def account(self, name: str) -> Record:
        """Give the reference to an account."""
        return self.ref("Account", name)

    def standing(self, account: str) -> Decimal:
        """Give what stands on an account today, as it is usually shown: debts above zero too."""
        return cents(abs(self.books.ledger.balance(self.account(account)["value"])))


def _name(entry: Record) -> str:
    return str(entry.get("FullyQualifiedName") or entry.get("DisplayName") or entry["Name"])

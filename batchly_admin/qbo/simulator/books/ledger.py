"""Double entry: what every transaction puts on the accounts, always in balance.

An account's balance is no part of its record: it changes without an edit, and nobody's token with
it. Amounts are kept in cents of the company's currency, debit above zero.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from batchly_admin.qbo.simulator.books.store import Store
from batchly_admin.qbo.simulator.wire.values import cents

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Posting:
    """One amount on one account, debit above zero.

    `party` is who it is about, as kind and id (Customer:4); `item` and `quantity` what moved;
    `rate` and `net` the tax rate and the amount that was taxed.
    """

    account: str
    amount: Decimal
    party: str = ""
    item: str = ""
    quantity: Decimal = ZERO
    rate: str = ""
    net: Decimal = ZERO
    class_id: str = ""
    department: str = ""
    note: str = ""


class Ledger:
    """The accounts of one company."""

    def __init__(self, store: Store) -> None:
        self.store = store

    def post(self, kind: str, record_id: str, day: str, postings: Iterable[Posting]) -> set[str]:
        """Put a transaction on the accounts, in place of what it put there before.

        Give whose balances may have changed: customers, vendors, and items on hand.

        Raises:
            ValueError: when debit and credit differ.
        """
        parties = self._take_back(kind, record_id)
        # Read only now: the cost of goods must not count what this very document took.
        rows = [_row(one) for one in postings if one.amount or one.quantity or one.rate]
        if sum(row[2] for row in rows) != 0:
            msg = f"{kind} {record_id} does not balance: {rows}"
            raise ValueError(msg)
        for row in rows:
            self.store.sql(
                "INSERT INTO postings (kind, id, day, account, party, cents, item, quantity, rate,"
                " net, class, department, note) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?)",
                (kind, int(record_id), day, *row),
            )
            self._move(row[0], row[1], row[2], row[3], row[4])
            parties |= _parties(row[1], row[3], row[4])
        return parties

    def _take_back(self, kind: str, record_id: str) -> set[str]:
        key = (kind, int(record_id))
        old = self.store.sql(
            "SELECT account, party, cents, item, quantity FROM postings WHERE kind = ? AND id = ?",
            key,
        )
        parties: set[str] = set()
        for account, party, amount, item, quantity in old:
            self._move(account, party, -amount, item, -quantity)
            parties |= _parties(party, item, quantity)
        if old:
            self.store.sql("DELETE FROM postings WHERE kind = ? AND id = ?", key)
        return parties

    def _move(self, account: int, party: str, amount: int, item: str, quantity: float) -> None:
        for whose in {"", party}:
            self.store.sql(
                "INSERT INTO balances VALUES (?,?,?) ON CONFLICT (account, party) "
                "DO UPDATE SET cents = cents + excluded.cents",
                (account, whose, amount),
            )
        if item and quantity:
            self.store.sql(
                "INSERT INTO stock VALUES (?,?,?) ON CONFLICT (item) DO UPDATE SET "
                "quantity = quantity + excluded.quantity, cents = cents + excluded.cents",
                (item, quantity, amount),
            )

    def balance(self, account: str) -> Decimal:
        """Give what stands on an account, debit above zero."""
        rows = self.store.sql(
            "SELECT cents FROM balances WHERE account = ? AND party = ''", (int(account),)
        )
        return _money(rows[0][0] if rows else 0)

    def owed(self, party: str, account_type: str) -> Decimal:
        """Give what stands on the accounts of a type for one party, debit above zero."""
        rows = self.store.sql(
            'SELECT sum(b.cents) FROM "Account" a JOIN balances b ON b.account = a."Id" '
            'WHERE a."AccountType" = ? AND b.party = ?',
            (account_type.casefold(), party),
        )
        return _money(rows[0][0] or 0)

    def stock(self, item_id: str) -> tuple[Decimal, Decimal]:
        """Give the quantity of an item on hand and what it is worth."""
        rows = self.store.sql("SELECT quantity, cents FROM stock WHERE item = ?", (item_id,))
        if not rows:
            return ZERO, ZERO
        return Decimal(str(rows[0][0])), _money(rows[0][1])


def _row(one: Posting) -> tuple[int, str, int, str, float, str, int, str, str, str]:
    return (
        *(int(one.account), one.party, int(cents(one.amount) * 100), one.item),
        *(float(one.quantity), one.rate, int(cents(one.net) * 100)),
        *(one.class_id, one.department, one.note),
    )


def _parties(party: str, item: str, quantity: float) -> set[str]:
    return ({party} if party else set()) | ({f"Item:{item}"} if item and quantity else set())


def _money(amount: int) -> Decimal:
    return (Decimal(amount) / 100).quantize(Decimal("0.01"))

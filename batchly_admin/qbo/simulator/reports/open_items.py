"""What is open on the accounts of customers and vendors at the end of a day, by document.

Worked out of the ledger, so that together it is what stands on those accounts: each document puts
its amount there, and each payment moves some of its own onto what it pays.
"""

from __future__ import annotations

from dataclasses import dataclass

from batchly_admin.qbo.simulator.reports.asked import Asked
from batchly_admin.qbo.simulator.wire.values import truth


@dataclass(frozen=True, slots=True)
class Side:
    """Customers who owe, or vendors who are owed: what for, what takes it back, what pays it."""

    party: str
    account_type: str
    sign: int
    payer: str
    document: str
    credit: str


RECEIVABLE = Side("Customer", "accounts receivable", 1, "Payment", "Invoice", "CreditMemo")
PAYABLE = Side("Vendor", "accounts payable", -1, "BillPayment", "Bill", "VendorCredit")
POSTED = (
    'SELECT p.kind, p.id, p.party, p.cents FROM "Account" a JOIN postings p ON p.account = a."Id" '
    'WHERE a."AccountType" = ? AND p.day <= ?'
)
# In this order, from the links on; and the plus takes the type off a column, without which the
# index of the ids would not be used.
APPLIED = (
    "SELECT {which}, '{party}:' || d.\"{party}Ref\" AS party, round(l.cents * {rate}) * {sign} "
    'FROM links l CROSS JOIN "{payer}" y ON y."Id" = +l.id '
    'CROSS JOIN "{kind}" d ON d."Id" = +l.to_id '
    "WHERE l.kind = '{payer}' AND l.to_kind = '{kind}' AND y.\"TxnDate\" <= ? "
    'AND d."TxnDate" <= ?'
)


@dataclass(frozen=True, slots=True)
class Item:
    """A document with something open on it, in cents: above zero where the party has to pay it."""

    kind: str
    id: str
    party: str
    amount: int


def items(asked: Asked, side: Side, end: str) -> list[Item]:
    """Give the documents with something open at the end of a day."""
    arms, values = [POSTED], [side.account_type, end]
    for kind, sign in ((side.document, -side.sign), (side.credit, side.sign)):
        for which, way in (("l.to_kind, l.to_id", sign), ("l.kind, l.id", -sign)):
            facts = {"which": which, "party": side.party, "rate": _rate(asked)}
            arms.append(APPLIED.format(**facts, sign=way, payer=side.payer, kind=kind))
            values += [end, end]
    condition, ids = _narrowed(asked, side, "m.party")
    rows = asked.books.store.sql(
        f"SELECT m.kind, m.id, m.party, sum(m.cents) FROM ({' UNION ALL '.join(arms)}) m "  # noqa: S608 - ours
        f"WHERE m.party LIKE '{side.party}:%'{condition} "
        "GROUP BY 1, 2, 3 HAVING sum(m.cents) != 0",
        [*values, *ids],
    )
    return [
        Item(kind, str(key), party.partition(":")[2], int(cents) * side.sign)
        for kind, key, party, cents in rows
    ]


def owed(asked: Asked, side: Side, end: str) -> dict[str, int]:
    """Give what each customer owes, or each vendor is owed, at the end of a day, in cents."""
    condition, ids = _narrowed(asked, side, "m.party")
    rows = asked.books.store.sql(
        'SELECT m.party, sum(m.cents) FROM (SELECT b.party, b.cents FROM "Account" a '  # noqa: S608 - ours
        'JOIN balances b ON b.account = a."Id" WHERE a."AccountType" = ? UNION ALL '
        'SELECT p.party, -p.cents FROM "Account" a JOIN postings p ON p.account = a."Id" '
        f"WHERE a.\"AccountType\" = ? AND p.day > ?) m WHERE m.party LIKE '{side.party}:%'"
        f"{condition} GROUP BY 1 HAVING sum(m.cents) != 0",
        [side.account_type, side.account_type, end, *ids],
    )
    return {party.partition(":")[2]: cents * side.sign for party, cents in rows}


def _rate(asked: Asked) -> str:
    """Give what an amount of a payment is worth at home."""
    if not truth(asked.books.preference("CurrencyPrefs.MultiCurrencyEnabled")):
        return "1"
    return "ifnull(json_extract(y.body, '$.ExchangeRate'), 1)"


def _narrowed(asked: Asked, side: Side, column: str) -> tuple[str, list[str]]:
    ids = asked.ids(side.party)
    marks = ", ".join("?" * len(ids))
    found = f" AND {column} IN ({marks})" if ids else ""
    return found, [f"{side.party}:{key}" for key in ids]

"""Sums over the ledger: what moved between two days, and what stands at the end of one.

On the cash basis a document on account counts in the share that was paid, on the days it was paid.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from typing import Any

from batchly_admin.qbo.simulator.reports.asked import FILTERS, PARTIES, Asked

GAPS = (
    "on the cash basis each line of an invoice or a bill counts in the share that was paid",
    "on the cash basis payments that are not applied yet are no income",
    "on the cash basis cents that rounding such shares leaves stand on accounts receivable",
)
POSTED = (
    "SELECT kind, id, rowid AS place, day, account, party, cents, item, quantity, rate, net, class,"
    " department, note FROM postings"
)
ON_ACCOUNT = (
    ("Payment", "Invoice"),
    ("Payment", "CreditMemo"),
    ("BillPayment", "Bill"),
    ("BillPayment", "VendorCredit"),
)
"""What pays what."""
_SHARED = (
    "SELECT p.kind, p.id, p.rowid AS place, {day} AS day, p.account, p.party, {cents} AS cents, "
    "p.item, p.quantity, p.rate, {net} AS net, p.class, p.department, p.note "
)
# The share up to this payment less the share before it, so that all of them make the whole.
_PART = (
    'round(p.{of} * (l.upto + {base}) / 100.0 / d."TotalAmt") - '
    'round(p.{of} * (l.upto + {base} - l.cents) / 100.0 / d."TotalAmt")'
)
# In this order, from the links on; and the plus takes the type off a column, without which the
# index of the ids would not be used.
_PAID = (
    'FROM (SELECT k.to_kind, k.to_id, k.cents, y."TxnDate" AS day, sum(k.cents) OVER '
    '(PARTITION BY k.to_id ORDER BY y."TxnDate", k.rowid) AS upto '
    'FROM links k CROSS JOIN "{payer}" y '
    "ON y.\"Id\" = +k.id WHERE k.kind = '{payer}' AND k.to_kind = '{kind}') l "
    'CROSS JOIN "{kind}" d ON d."Id" = +l.to_id AND d."TotalAmt" > 0 '
    "CROSS JOIN postings p ON p.kind = '{kind}' AND p.id = l.to_id"
)
_DEPOSIT = "json_extract(d.body, '$.Deposit')"
_DEPOSITED = (
    'FROM "Invoice" d CROSS JOIN postings p ON p.kind = \'Invoice\' AND p.id = d."Id" '
    f'WHERE {_DEPOSIT} > 0 AND d."TotalAmt" > 0'
)


def _paid(payer: str, kind: str) -> str:
    base = f"ifnull({_DEPOSIT}, 0) * 100" if kind == "Invoice" else "0"
    parts = {name: _PART.format(of=name, base=base) for name in ("cents", "net")}
    return _SHARED.format(day="l.day", **parts) + _PAID.format(payer=payer, kind=kind)


def _deposited() -> str:
    parts = {name: f'round(p.{name} * {_DEPOSIT} / d."TotalAmt")' for name in ("cents", "net")}
    return _SHARED.format(day="p.day", **parts) + _DEPOSITED


def moves(*, is_cash: bool) -> str:
    """Give the statement behind every report: the amounts, each on the day it counts."""
    if not is_cash:
        return POSTED
    kinds = ", ".join(f"'{kind}'" for _, kind in ON_ACCOUNT)
    paid = [_paid(payer, kind) for payer, kind in ON_ACCOUNT]
    return " UNION ALL ".join([f"{POSTED} WHERE kind NOT IN ({kinds})", *paid, _deposited()])


def narrowed(asked: Asked) -> tuple[str, list[Any]]:
    """Give the condition that the filters of a request make, over moves named m."""
    parts: list[str] = []
    values: list[Any] = []
    parties = [f"{kind}:{key}" for kind in PARTIES.values() for key in asked.ids(kind)]
    columns = {kind: list(asked.ids(kind)) for kind in FILTERS if kind not in PARTIES.values()}
    wanted = {"party": parties, **{kind.lower(): ids for kind, ids in columns.items()}}
    for name, ids in wanted.items():
        if ids:
            parts.append(f" AND m.{name} IN ({', '.join('?' * len(ids))})")
            values += ids
    accounts = asked.words("account")
    if accounts:
        parts.append(f" AND m.account IN ({', '.join('?' * len(accounts))})")
        values += [int(one) if one.isdigit() else -1 for one in accounts]
    return "".join(parts), values


def moved(
    asked: Asked,
    start: date,
    end: date,
    *,
    key: str = "''",
    where: str = "",
    grouped: str = "m.account",
) -> list[tuple[str, str, int]]:
    """Give what moved between two days: for each account and key the cents, debit above zero."""
    condition, values = narrowed(asked)
    rows = asked.books.store.sql(
        f"SELECT {grouped}, {key}, sum(m.cents) FROM ({moves(is_cash=asked.is_cash)}) m "  # noqa: S608 - ours
        f"WHERE m.day BETWEEN ? AND ?{where}{condition} GROUP BY 1, 2",
        [start.isoformat(), end.isoformat(), *values],
    )
    return [(str(one), str(other or ""), round(cents)) for one, other, cents in rows]


def by_account(asked: Asked, start: date, end: date) -> dict[str, int]:
    """Give what moved on each account."""
    return {account: cents for account, _, cents in moved(asked, start, end)}


def standing(asked: Asked, end: date) -> dict[str, int]:
    """Give what stands on each account at the end of a day.

    All together it is nothing, unless filters narrow it.
    """
    condition, _values = narrowed(asked)
    if condition or asked.is_cash:
        found = by_account(asked, date.min, end)
        left = sum(found.values())
        if left and not condition:
            receivable = asked.books.account("AccountsReceivable")
            found[receivable] = found.get(receivable, 0) - left
        return found
    rows = asked.books.store.sql("SELECT account, cents FROM balances WHERE party = ''")
    found = defaultdict(int, {str(account): cents for account, cents in rows})
    later = asked.books.store.sql(
        "SELECT account, sum(cents) FROM postings WHERE account IN (SELECT account FROM balances "
        "WHERE party = '') AND day > ? GROUP BY account",
        (end.isoformat(),),
    )
    for account, cents in later:
        found[str(account)] -= cents
    return dict(found)

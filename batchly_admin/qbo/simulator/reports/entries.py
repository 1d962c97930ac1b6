"""The ledger line by line: general ledger, journal, and profit and loss in detail."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from batchly_admin.qbo.simulator.reports import papers, sums
from batchly_admin.qbo.simulator.reports.asked import MONTH, Asked, Kind
from batchly_admin.qbo.simulator.reports.listing import SPLIT
from batchly_admin.qbo.simulator.reports.papers import STOCK, Names, Paper
from batchly_admin.qbo.simulator.reports.people import Node
from batchly_admin.qbo.simulator.reports.profit_and_loss import (
    BY_CREDIT,
    EARNED,
    ONLY,
    TYPES,
    of_type,
)
from batchly_admin.qbo.simulator.reports.shape import (
    Cell,
    Column,
    Report,
    Row,
    data,
    money,
    section,
    total,
)

GAPS = ("GeneralLedger, JournalReport and ProfitAndLossDetail always have their usual columns",)
LINES = (
    Column("Date", "tx_date"),
    Column("Transaction Type", "txn_type"),
    Column("Num", "doc_num"),
    Column("Name", "name"),
    Column("Memo/Description", "memo"),
    Column("Split", "split_acc"),
    Column("Amount", "subt_nat_amount"),
    Column("Balance", "rbal_nat_amount"),
)
JOURNAL = (
    Column("Date", "tx_date"),
    Column("Transaction Type", "txn_type"),
    Column("Num", "doc_num"),
    Column("Name", "name"),
    Column("Memo/Description", "memo"),
    Column("Account", "account_name"),
    Column("Debit", "debt_amt"),
    Column("Credit", "credit_amt"),
)


@dataclass(frozen=True, slots=True)
class Entry:
    """One amount on one account, debit above zero, and the document it comes from."""

    paper: Paper
    account: str
    party: str
    cents: int
    memo: str
    other: str


def _entries(asked: Asked, where: str = "") -> list[Entry]:
    """Give the entries that are asked for, by days, each with the account across."""
    start, end = asked.between()
    known_papers = papers.between(asked.books, "" if asked.is_cash else start, end)
    across = _across(asked)
    condition, values = sums.narrowed(asked)
    rows = asked.books.store.sql(
        "SELECT m.kind, m.id, m.day, m.account, m.party, m.cents, m.note "  # noqa: S608 - ours
        f"FROM ({sums.moves(is_cash=asked.is_cash)}) m WHERE m.day BETWEEN ? AND ? "
        f"AND m.cents != 0{where}{condition} ORDER BY m.day, m.kind, m.id, m.place",
        [start, end, *values],
    )
    found = []
    for kind, key, day, account, party, cents, note in rows:
        paper = known_papers.get((kind, str(key))) or Paper(kind, str(key), day, STOCK)
        low, high, several = across.get((kind, key), (account, account, 1))
        other = SPLIT if several > 2 else str(low + high - account)
        memo = note or paper.memo
        found.append(Entry(paper, str(account), party or paper.party, round(cents), memo, other))
    return found


def _across(asked: Asked) -> dict[tuple[str, int], tuple[int, int, int]]:
    """Give the accounts of each document: the lowest, the highest, and how many there are."""
    where = "" if asked.is_cash else " WHERE day BETWEEN ? AND ?"
    rows = asked.books.store.sql(
        "SELECT kind, id, min(account), max(account), count(DISTINCT account) FROM postings"  # noqa: S608 - ours
        f"{where} GROUP BY kind, id",
        () if asked.is_cash else asked.between(),
    )
    return {(kind, key): (low, high, several) for kind, key, low, high, several in rows}


def _line(one: Entry, names: Names, amount: int, left: int) -> Row:
    other: Cell = (SPLIT, "") if one.other == SPLIT else names.label("Account", one.other)
    return data(*_head(one, names), other, money(amount), money(left))


def _head(one: Entry, names: Names) -> tuple[Cell, ...]:
    return (
        one.paper.day,
        (one.paper.title, one.paper.id),
        one.paper.number,
        names.party(one.party),
        one.memo,
    )


def _account(node: Node, mine: Iterable[Entry], start: int | None, names: Names) -> Row:
    """Give one account with its entries and a running balance."""
    sign = -1 if node.type in BY_CREDIT else 1
    whole, left = 0, (start or 0) * sign
    rows = []
    if start:
        rows.append(data("Beginning Balance", *[""] * 6, money(left)))
    for one in mine:
        whole += one.cents * sign
        left += one.cents * sign
        rows.append(_line(one, names, one.cents * sign, left))
    header: list[Cell] = [(node.full, node.id), *[""] * 7]
    return section(header, rows, (f"Total for {node.full}", *[""] * 5, money(whole), ""))


def _by_account(entries: list[Entry]) -> dict[str, list[Entry]]:
    found: dict[str, list[Entry]] = {}
    for one in entries:
        found.setdefault(one.account, []).append(one)
    return found


def _general_ledger(asked: Asked) -> Report:
    names = Names(asked.books)
    nodes = names.of("Account")
    entries = _by_account(_entries(asked))
    temporary = of_type(nodes, *TYPES)
    before = sums.standing(asked, asked.start - timedelta(1))
    starts = {key: cents for key, cents in before.items() if key not in temporary and cents}
    rows = [
        _account(node, entries.get(key, ()), starts.get(key), names)
        for key, node in nodes.items()
        if key in entries or key in starts
    ]
    return Report(list(LINES), rows, is_empty=not rows)


def _detail(asked: Asked) -> Report:
    names = Names(asked.books)
    nodes = names.of("Account")
    entries = _by_account(_entries(asked, ONLY))
    rows: list[Row] = []
    net = 0
    for title, kind in (
        ("Income", "Income"),
        ("Cost of Goods Sold", "Cost of Goods Sold"),
        ("Expenses", "Expense"),
        ("Other Income", "Other Income"),
        ("Other Expenses", "Other Expense"),
    ):
        mine = [node for key, node in nodes.items() if key in entries and node.type == kind]
        if not mine:
            continue
        inside = [_account(node, entries[node.id], None, names) for node in mine]
        sign = -1 if kind in EARNED else 1
        whole = sum(one.cents for node in mine for one in entries[node.id])
        net -= whole
        below = (f"Total for {title}", *[""] * 5, money(whole * sign), "")
        rows.append(section((title, *[""] * 7), inside, below, kind.replace(" ", "")))
    if rows:
        rows.append(total(("Net Income", *[""] * 5, money(net), ""), "NetIncome"))
    return Report(list(LINES), rows, is_empty=not rows)


def _journal(asked: Asked) -> Report:
    names = Names(asked.books)
    groups: dict[tuple[str, str], list[Entry]] = {}
    for one in _entries(asked):
        groups.setdefault((one.paper.kind, one.paper.id), []).append(one)
    rows: list[Row] = []
    whole = 0
    for mine in groups.values():
        first = mine[0]
        lines = [
            data(*_head(one, names), names.label("Account", one.account), *_sides(one.cents))
            for one in mine
        ]
        debit = sum(one.cents for one in mine if one.cents > 0)
        credit = -sum(one.cents for one in mine if one.cents < 0)
        header = (*_head(first, names), "", "", "")
        rows.append(section(header, lines, (*[""] * 6, money(debit), money(credit))))
        whole += debit
    if rows:
        rows.append(total(("TOTAL", *[""] * 5, money(whole), money(whole)), "GrandTotal"))
    return Report(list(JOURNAL), rows, is_empty=not rows)


def _sides(cents: int) -> tuple[str, str]:
    return (money(cents), "") if cents > 0 else ("", money(-cents))


REPORTS = {
    "GeneralLedger": Kind(_general_ledger, MONTH, has_basis=True),
    "JournalReport": Kind(_journal, MONTH),
    "ProfitAndLossDetail": Kind(_detail, has_basis=True),
}

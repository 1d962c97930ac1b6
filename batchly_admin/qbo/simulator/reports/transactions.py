"""Lists of what happened: all documents, with their amounts on accounts, by customer, by vendor."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import partial

from batchly_admin.qbo.simulator.reports import papers
from batchly_admin.qbo.simulator.reports.asked import MONTH, Asked, Kind
from batchly_admin.qbo.simulator.reports.listing import (
    GROUPS,
    SPLIT,
    Line,
    columns_of,
    grouped,
    ordered,
    rows_of,
    shown_columns,
)
from batchly_admin.qbo.simulator.reports.papers import Names, Paper
from batchly_admin.qbo.simulator.reports.shape import (
    Column,
    Report,
    Row,
    data,
    money,
    section,
)

GAPS = ("TransactionList passes over its filters by due day, payment method, cleared and printed",)
TYPES = {
    "ReceivePayment": "Payment",
    "CreditRefund": "RefundReceipt",
    "Credit": "CreditMemo",
    "BillPaymentCheck": "BillPayment",
    "BillPaymentCreditCard": "BillPayment",
    "Check": "Purchase",
    "CreditCardCharge": "Purchase",
    "CreditCardCredit": "Purchase",
    "CashPurchase": "Purchase",
    "InventoryQuantityAdjustment": "InventoryAdjustment",
}
"""What the filter by type calls a kind of document, where that is not its name."""
TITLES = {
    "BillPaymentCheck": "Bill Payment (Check)",
    "BillPaymentCreditCard": "Bill Payment (Credit Card)",
    "Check": "Check",
    "CreditCardCharge": "Credit Card Expense",
    "CreditCardCredit": "Credit Card Credit",
    "CashPurchase": "Expense",
}
"""Which of them it means by that."""
LAST = ("Bill", "VendorCredit", "Purchase", "BillPayment", "Transfer", "CreditCardPayment")
"""Documents that are listed under the account they post to last; the others under the first."""


def _lines(asked: Asked) -> list[Line]:
    """Give the documents that are asked for, each with its account and the one across."""
    start, end = asked.between()
    found = papers.between(asked.books, start, end)
    found |= papers.adjustments(asked.books, start, end)
    accounts = _accounts(asked)
    tests = _tests(asked)
    lines = [
        Line(paper, *accounts.get(key, ("", "")))
        for key, paper in found.items()
        if all(test(paper) for test in tests)
    ]
    wanted = asked.words("account")
    return [one for one in lines if not wanted or one.account in wanted]


def _accounts(asked: Asked) -> dict[tuple[str, str], tuple[str, str]]:
    """Give the account of each document and the one across, or that there are several."""
    last = ", ".join(f"'{kind}'" for kind in LAST)
    rows = asked.books.store.sql(
        "SELECT t.kind, t.id, p.account, t.low, t.high, t.several FROM (SELECT kind, id, "  # noqa: S608 - ours
        "min(rowid) AS first, max(rowid) AS last, min(account) AS low, max(account) AS high, "
        "count(DISTINCT account) AS several FROM postings WHERE day BETWEEN ? AND ? "
        f"GROUP BY kind, id) t JOIN postings p ON p.rowid = CASE WHEN t.kind IN ({last}) "
        "THEN t.last ELSE t.first END",
        asked.between(),
    )
    return {
        (kind, str(key)): (
            str(account),
            SPLIT if several > 2 else str(low + high - account),
        )
        for kind, key, account, low, high, several in rows
    }


def _tests(asked: Asked) -> list[Callable[[Paper], bool]]:
    """Give what a document has to pass."""
    tests: list[Callable[[Paper], bool]] = []
    for name, find in _FACTS.items():
        wanted = set(asked.words(name))
        if wanted:
            tests.append(partial(_is_one, wanted, find))
    for name, find in _DAYS.items():
        first, last = asked.day(f"start_{name}"), asked.day(f"end_{name}")
        if first or last:
            bounds = (str(first or date.min), str(last or date.max))
            tests.append(partial(_is_between, bounds, find))
    parties = {f"{kind}:{key}" for kind in ("Customer", "Vendor") for key in asked.ids(kind)}
    if parties:
        tests.append(lambda paper: paper.party in parties)
    for name, kind in (("arpaid", "Invoice"), ("appaid", "Bill")):
        wish = asked.word(name, ("All", "Paid", "Unpaid"), "All")
        if wish != "All":
            tests.append(partial(_is_paid, kind, wish == "Paid"))
    types = asked.words("transaction_type")
    if types:
        tests.append(lambda paper: any(_is_of_type(paper, one) for one in types))
    return tests


def _is_one(wanted: set[str], find: Callable[[Paper], str], paper: Paper) -> bool:
    return find(paper) in wanted


def _is_between(bounds: tuple[str, str], find: Callable[[Paper], str], paper: Paper) -> bool:
    return bounds[0] <= find(paper) <= bounds[1]


def _is_paid(kind: str, wish: bool, paper: Paper) -> bool:  # noqa: FBT001 - for partial
    return paper.kind == kind and (not paper.balance) == wish


def _is_of_type(paper: Paper, name: str) -> bool:
    return paper.kind == TYPES.get(name, name) and paper.title == TITLES.get(name, paper.title)


_FACTS: dict[str, Callable[[Paper], str]] = {
    "name": lambda paper: paper.party.partition(":")[2],
    "docnum": lambda paper: paper.number,
    "department": lambda paper: paper.department,
    "bothamount": lambda paper: money(abs(paper.amount)),
}
_DAYS: dict[str, Callable[[Paper], str]] = {
    "moddate": lambda paper: paper.changed,
    "createdate": lambda paper: paper.created,
    "duedate": lambda paper: paper.due,
}


def _list(asked: Asked, usual: str = "None") -> Report:
    names, columns = Names(asked.books), columns_of(asked)
    lines = ordered(asked, _lines(asked), names)
    if usual in {"Customer", "Vendor"}:
        lines = [one for one in lines if one.paper.party.startswith(usual)]
    way = asked.word("group_by", ("None", *GROUPS), usual)
    rows = rows_of(lines, columns, names) if way == "None" else grouped(lines, columns, names, way)
    return Report(shown_columns(columns), rows, is_empty=not lines)


SPLITS = (
    Column("Date", "tx_date"),
    Column("Transaction Type", "txn_type"),
    Column("Num", "doc_num"),
    Column("Posting", "is_no_post"),
    Column("Name", "name"),
    Column("Memo/Description", "memo"),
    Column("Account", "account_name"),
    Column("Amount", "subt_nat_home_amount"),
)


def _with_splits(asked: Asked) -> Report:
    names = Names(asked.books)
    lines = ordered(asked, _lines(asked), names)
    posted: dict[tuple[str, str], list[tuple[str, int, str]]] = {}
    for kind, key, account, cents, note in asked.books.store.sql(
        "SELECT kind, id, account, cents, note FROM postings WHERE day BETWEEN ? AND ? "
        "AND cents != 0 ORDER BY rowid",
        asked.between(),
    ):
        posted.setdefault((kind, str(key)), []).append((str(account), cents, note))
    rows = [_split(one, posted.get((one.paper.kind, one.paper.id), []), names) for one in lines]
    return Report(list(SPLITS), rows, is_empty=not rows)


def _split(line: Line, posted: list[tuple[str, int, str]], names: Names) -> Row:
    """Give a document with what it puts on each account, debit above zero."""
    paper = line.paper
    head = (
        paper.day,
        (paper.title, paper.id),
        paper.number,
        "Yes" if paper.posts else "No",
        names.party(paper.party),
    )
    rows = [
        data(*head, note or paper.memo, names.label("Account", account), money(cents))
        for account, cents, note in posted
    ]
    first = (*head, paper.memo, names.label("Account", line.account), money(paper.amount))
    return section(first, rows, (f"Total for {paper.title}", *[""] * 6, money(paper.amount)))


REPORTS = {
    "TransactionList": Kind(_list, MONTH),
    "TransactionListByCustomer": Kind(partial(_list, usual="Customer"), MONTH),
    "TransactionListByVendor": Kind(partial(_list, usual="Vendor"), MONTH),
    "TransactionListWithSplits": Kind(_with_splits, MONTH),
}

"""What customers owe and vendors are owed: by name, and document by document."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable

from batchly_admin.qbo.simulator.reports import papers
from batchly_admin.qbo.simulator.reports.asked import ALL, Asked, Kind
from batchly_admin.qbo.simulator.reports.open_items import (
    PAYABLE,
    RECEIVABLE,
    Item,
    Side,
    items,
    owed,
)
from batchly_admin.qbo.simulator.reports.papers import Paper
from batchly_admin.qbo.simulator.reports.people import Tree, known
from batchly_admin.qbo.simulator.reports.shape import (
    Amounts,
    Column,
    Report,
    Row,
    amounts,
    data,
    exact,
    money,
    plain,
    section,
    total,
)

COLUMNS = (
    Column("Date", "tx_date"),
    Column("Transaction Type", "txn_type"),
    Column("Num", "doc_num"),
    Column("Due Date", "due_date"),
    Column("Amount", "subt_amount"),
    Column("Open Balance", "subt_open_bal"),
    Column("Balance", "rbal_open_bal"),
)


def _end(asked: Asked) -> tuple[str, dict[str, str]]:
    """Give the day at whose end balances are asked for, and how the header says it."""
    is_all = asked.macro.casefold() == ALL
    shown = asked.books.today().isoformat() if is_all else asked.end.isoformat()
    return asked.end.isoformat(), {"report_date": shown}


def _summary(side: Side) -> Callable[[Asked], Report]:
    def build(asked: Asked) -> Report:
        end, options = _end(asked)
        values: dict[str, Amounts] = {key: [cents] for key, cents in owed(asked, side, end).items()}
        rows, whole = Tree(known(asked.books, side.party), values, 1, plain).rows()
        if rows:
            rows.append(total(("TOTAL", *amounts(exact(whole))), "GrandTotal"))
        columns = [Column("", side.party), Column("Total")]
        return Report(columns, rows, options, is_empty=not values, by="Total")

    return build


def _detail(side: Side) -> Callable[[Asked], Report]:
    def build(asked: Asked) -> Report:
        end, options = _end(asked)
        found = items(asked, side, end)
        known_papers = papers.of(asked.books, {(one.kind, one.id) for one in found})
        mine: dict[str, list[tuple[Paper, Item]]] = defaultdict(list)
        for one in found:
            paper = known_papers.get((one.kind, one.id)) or Paper(one.kind, one.id, end, one.kind)
            mine[one.party].append((paper, one))
        rows: list[Row] = []
        whole = 0
        nodes = known(asked.books, side.party)
        for key in [*(key for key in nodes if key in mine), *(mine.keys() - nodes.keys())]:
            name = nodes[key].full if key in nodes else ""
            shown, left = _lines(mine[key])
            sums = (f"Total for {name}", *[""] * 4, money(left), "")
            rows.append(section(((name, key), *[""] * 6), shown, sums))
            whole += left
        if rows:
            rows.append(total(("TOTAL", *[""] * 4, money(whole), ""), "GrandTotal"))
        return Report(list(COLUMNS), rows, options, is_empty=not rows)

    return build


def _lines(mine: list[tuple[Paper, Item]]) -> tuple[list[Row], int]:
    rows, left = [], 0
    for paper, one in sorted(mine, key=lambda pair: (pair[0].day, pair[0].kind, int(pair[0].id))):
        left += one.amount
        rows.append(
            data(
                paper.day,
                (paper.title, one.id),
                paper.number,
                paper.due or paper.day,
                money(paper.amount),
                money(one.amount),
                money(left),
            )
        )
    return rows, left


def _kind(build: Callable[[Asked], Report]) -> Kind:
    return Kind(build, ALL, is_of_day=True)


REPORTS = {
    "CustomerBalance": _kind(_summary(RECEIVABLE)),
    "CustomerBalanceDetail": _kind(_detail(RECEIVABLE)),
    "VendorBalance": _kind(_summary(PAYABLE)),
    "VendorBalanceDetail": _kind(_detail(PAYABLE)),
}

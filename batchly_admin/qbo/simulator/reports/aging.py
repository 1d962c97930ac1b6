"""How long what is owed has been due: of customers and of vendors, summed up and in detail."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from batchly_admin.qbo.simulator.reports import papers
from batchly_admin.qbo.simulator.reports.asked import TODAY, Asked, Kind
from batchly_admin.qbo.simulator.reports.open_items import PAYABLE, RECEIVABLE, Item, Side, items
from batchly_admin.qbo.simulator.reports.papers import Names, Paper
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
from batchly_admin.qbo.simulator.wire.values import truth

GAPS = ("credits and unapplied payments are aged by their own day",)
WHO = {"Customer": "cust_name", "Vendor": "vend_name"}


@dataclass(frozen=True, slots=True)
class Ages:
    """How open documents are put into periods by the days they are past due."""

    day: date
    length: int
    count: int
    by_own_day: bool

    def place(self, days: int) -> int:
        """Give the period of something past due for some days: 0 where it is not due yet."""
        return 0 if days <= 0 else min((days - 1) // self.length + 1, self.count)

    def titles(self) -> list[str]:
        """Give the titles of the periods."""
        starts = [self.length * place + 1 for place in range(self.count)]
        spans = [f"{start} - {start + self.length - 1}" for start in starts[:-1]]
        return ["Current", *spans, f"{starts[-1]} and over"]

    def past_due(self, paper: Paper, kind: str) -> int:
        """Give for how many days something is past due."""
        text = paper.due if kind in {"Invoice", "Bill"} and not self.by_own_day else paper.day
        return (self.day - date.fromisoformat(text or paper.day)).days


def _ages(asked: Asked) -> Ages:
    way = asked.word("aging_method", ("Report_Date", "Current"), "Report_Date")
    return Ages(
        asked.books.today() if way == "Current" else asked.end,
        asked.count("aging_period", 30),
        asked.count("num_periods", 4),
        truth(asked.books.preference("ReportPrefs.CalcAgingReportFromTxnDate")),
    )


def _open(asked: Asked, side: Side, ages: Ages) -> list[tuple[Item, Paper, int]]:
    """Give each open document with its paper and the days it is past due."""
    end = asked.end.isoformat()
    mine = items(asked, side, end)
    known_papers = papers.of(asked.books, {(one.kind, one.id) for one in mine})
    found = []
    for one in mine:
        paper = known_papers.get((one.kind, one.id)) or Paper(one.kind, one.id, end, one.kind)
        found.append((one, paper, ages.past_due(paper, one.kind)))
    return found


def _summary(side: Side) -> Callable[[Asked], Report]:
    def build(asked: Asked) -> Report:
        ages = _ages(asked)
        width = ages.count + 2
        values: dict[str, Amounts] = defaultdict(lambda: [None] * width)
        for one, _paper, days in _open(asked, side, ages):
            for place in (ages.place(days), width - 1):
                values[one.party][place] = (values[one.party][place] or 0) + one.amount
        rows, whole = Tree(known(asked.books, side.party), values, width, plain).rows()
        if rows:
            rows.append(total(("TOTAL", *amounts(exact(whole))), "GrandTotal"))
        columns = [Column("", side.party), *map(Column, [*ages.titles(), "Total"])]
        options = {"report_date": asked.end.isoformat()}
        return Report(columns, rows, options, is_empty=not values, by="Total")

    return build


def _detail(side: Side) -> Callable[[Asked], Report]:
    def build(asked: Asked) -> Report:
        ages, names = _ages(asked), Names(asked.books)
        places: dict[int, list[tuple[Item, Paper, int]]] = defaultdict(list)
        for found in _open(asked, side, ages):
            places[ages.place(found[2])].append(found)
        titles = ["Current", *(f"{text} days past due" for text in ages.titles()[1:])]
        rows: list[Row] = []
        whole = [0, 0]
        for place in sorted(places, reverse=True):
            inside = sorted(places[place], key=lambda one: (one[1].day, one[0].kind, one[0].id))
            mine = [_whole(inside), sum(one.amount for one, _, _ in inside)]
            whole = [one + other for one, other in zip(whole, mine, strict=True)]
            shown = [_line(one, paper, names, side) for one, paper, _ in inside]
            sums = (f"Total for {titles[place]}", *[""] * 4, *amounts(mine))
            rows.append(section((titles[place], *[""] * 6), shown, sums))
        if rows:
            rows.append(total(("TOTAL", *[""] * 4, *amounts(whole)), "GrandTotal"))
        options = {"report_date": asked.end.isoformat()}
        return Report(_columns(side), rows, options, is_empty=not rows)

    return build


def _whole(inside: list[tuple[Item, Paper, int]]) -> int:
    return sum(paper.amount for _, paper, _ in inside)


def _columns(side: Side) -> list[Column]:
    return [
        Column("Date", "tx_date"),
        Column("Transaction Type", "txn_type"),
        Column("Num", "doc_num"),
        Column(side.party, WHO[side.party]),
        Column("Due Date", "due_date"),
        Column("Amount", "subt_amount"),
        Column("Open Balance", "subt_open_bal"),
    ]


def _line(one: Item, paper: Paper, names: Names, side: Side) -> Row:
    return data(
        paper.day,
        (paper.title, one.id),
        paper.number,
        names.label(side.party, one.party),
        paper.due or paper.day,
        money(paper.amount),
        money(one.amount),
    )


def _kind(build: Callable[[Asked], Report]) -> Kind:
    return Kind(build, TODAY, is_of_day=True)


REPORTS = {
    "AgedReceivables": _kind(_summary(RECEIVABLE)),
    "AgedReceivableDetail": _kind(_detail(RECEIVABLE)),
    "AgedPayables": _kind(_summary(PAYABLE)),
    "AgedPayableDetail": _kind(_detail(PAYABLE)),
}

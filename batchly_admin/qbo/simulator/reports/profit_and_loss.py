"""Profit and loss: what was earned and spent."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from batchly_admin.qbo.simulator.reports import sums
from batchly_admin.qbo.simulator.reports.asked import Asked, Kind
from batchly_admin.qbo.simulator.reports.layout import Grid, spread
from batchly_admin.qbo.simulator.reports.people import Node, Tree, known
from batchly_admin.qbo.simulator.reports.shape import (
    Amounts,
    Column,
    Report,
    Row,
    add,
    amounts,
    exact,
    negated,
    section,
    total,
)

if TYPE_CHECKING:
    from batchly_admin.qbo.simulator.books.books import Books

ACCOUNT = Column("", "Account", (("ColKey", "account"),))
GAAP = {"AccountingStandard": "GAAP"}
EARNED = ("Income", "Other Income")
TYPES = (*EARNED, "Cost of Goods Sold", "Expense", "Other Expense")
"""The types of accounts on which profit is made."""
BY_CREDIT = frozenset(
    {
        *(*EARNED, "Equity", "Accounts Payable", "Credit Card"),
        *("Other Current Liability", "Long Term Liability"),
    }
)
"""The types of accounts whose amounts are written above zero when they are credits."""
ONLY = (
    ' AND m.account IN (SELECT "Id" FROM "Account" WHERE "Classification" IN '
    "('revenue', 'expense'))"
)


def of_type(nodes: dict[str, Node], *types: str) -> set[str]:
    """Give the ids of the accounts of some types."""
    return {key for key, node in nodes.items() if node.type in types}


def net_income(asked: Asked, start: date, end: date) -> int:
    """Give the net income between two days, in cents; the same as ProfitAndLoss shows."""
    return -sum(cents for _, _, cents in sums.moved(asked, start, end, where=ONLY))


class Statement:
    """The sections of one statement, each with the accounts of its types."""

    def __init__(self, books: Books, grid: Grid) -> None:
        self.nodes = known(books, "Account")
        self.grid = grid
        self.rows: list[Row] = []
        self.zero: Amounts = [None] * grid.width

    def accounts(self, title: str, group: str, *types: str, always: bool = False) -> Amounts:
        """Put a section of accounts, what was earned above zero; give its sum."""
        mine = of_type(self.nodes, *types)
        values = {key: one for key, one in self.grid.values.items() if key in mine}
        if types[0] in EARNED:
            values = {key: negated(one) for key, one in values.items()}
        if not values and not always:
            return self.zero
        rows, whole = Tree(self.nodes, values, self.grid.width).rows()
        shown = exact(whole) if values else whole
        header = (title, *amounts(self.zero))
        self.rows.append(section(header, rows, (f"Total {title}", *amounts(shown)), group))
        return whole

    def result(self, title: str, group: str, *parts: Amounts) -> Amounts:
        """Put what is left of some sums; give it."""
        whole = add(self.zero, *parts)
        shown = exact(whole) if self.grid.values else whole
        self.rows.append(total((title, *amounts(shown)), group))
        return whole


def _profit_and_loss(asked: Asked) -> Report:
    grid = spread(asked, where=ONLY)
    page = Statement(asked.books, grid)
    income = page.accounts("Income", "Income", "Income", always=True)
    goods = page.accounts("Cost of Goods Sold", "COGS", "Cost of Goods Sold")
    gross = page.result("Gross Profit", "GrossProfit", income, negated(goods))
    spent = page.accounts("Expenses", "Expenses", "Expense", always=True)
    net = page.result("Net Operating Income", "NetOperatingIncome", gross, negated(spent))
    more = page.accounts("Other Income", "OtherIncome", "Other Income")
    less = page.accounts("Other Expenses", "OtherExpenses", "Other Expense")
    if more != page.zero or less != page.zero:
        other = page.result("Net Other Income", "NetOtherIncome", more, negated(less))
        net = add(net, other)
    page.result("Net Income", "NetIncome", net)
    columns = [ACCOUNT, *grid.columns]
    return Report(columns, page.rows, GAAP, is_empty=not grid.values, by=asked.by)


REPORTS = {"ProfitAndLoss": Kind(_profit_and_loss, has_basis=True)}

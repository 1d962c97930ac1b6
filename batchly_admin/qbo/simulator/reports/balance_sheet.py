"""What the company has and owes: balance sheet and trial balance.

What was earned before the fiscal year stands with the retained earnings, that of the year as net
income; so both sides are the same, whatever was posted.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from batchly_admin.qbo.simulator.reports import periods, sums
from batchly_admin.qbo.simulator.reports.asked import Asked, Kind
from batchly_admin.qbo.simulator.reports.layout import as_of
from batchly_admin.qbo.simulator.reports.people import Node, Tree, known
from batchly_admin.qbo.simulator.reports.profit_and_loss import (
    ACCOUNT,
    GAAP,
    TYPES,
    net_income,
    of_type,
)
from batchly_admin.qbo.simulator.reports.shape import (
    Amounts,
    Column,
    Report,
    Row,
    add,
    amounts,
    data,
    exact,
    money,
    negated,
    section,
    total,
)

ASSETS = (
    (
        ("Current Assets", "CurrentAssets"),
        (
            ("Bank Accounts", "BankAccounts", "Bank"),
            ("Accounts Receivable", "AR", "Accounts Receivable"),
            ("Other Current Assets", "OtherCurrentAssets", "Other Current Asset"),
        ),
    ),
    (("Fixed Assets", "FixedAssets"), (("", "", "Fixed Asset"),)),
    (("Other Assets", "OtherAssets"), (("", "", "Other Asset"),)),
)
LIABILITIES = (
    (
        ("Current Liabilities", "CurrentLiabilities"),
        (
            ("Accounts Payable", "AP", "Accounts Payable"),
            ("Credit Cards", "CreditCards", "Credit Card"),
            ("Other Current Liabilities", "OtherCurrentLiabilities", "Other Current Liability"),
        ),
    ),
    (("Long-Term Liabilities", "LongTermLiabilities"), (("", "", "Long Term Liability"),)),
)
RETAINED = "Retained Earnings"


@dataclass(slots=True)
class Standing:
    """What stands on each account, in columns, and what was earned: in this year and before."""

    nodes: dict[str, Node]
    values: dict[str, Amounts]
    before: Amounts
    year: Amounts

    @property
    def width(self) -> int:
        """Give how many columns there are."""
        return len(self.year)


def _standing(asked: Asked, days: list[date]) -> Standing:
    nodes = known(asked.books, "Account")
    temporary = of_type(nodes, *TYPES)
    found = Standing(nodes, {}, [], [])
    for place, day in enumerate(days):
        standing = sums.standing(asked, day)
        earned = -sum(cents for key, cents in standing.items() if key in temporary)
        year = net_income(asked, periods.year_start(day, asked.first_month), day)
        found.year.append(year)
        found.before.append(earned - year)
        for key, cents in standing.items():
            if key not in temporary and cents:
                found.values.setdefault(key, [None] * len(days))[place] = cents
    return found


class Sheet:
    """The rows of a balance sheet."""

    def __init__(self, standing: Standing) -> None:
        self.standing = standing
        self.blank = [""] * standing.width

    def accounts(self, kind: str, *, sign: int = 1) -> tuple[list[Row], Amounts]:
        """Give the accounts of a type and their sum."""
        found = self.standing
        mine = of_type(found.nodes, kind)
        values = {
            key: one if sign > 0 else negated(one)
            for key, one in found.values.items()
            if key in mine
        }
        return Tree(found.nodes, values, found.width).rows()

    def section(self, title: str, group: str, rows: list[Row], whole: Amounts) -> Row:
        """Give rows below their title, with their sum."""
        above = (title, *self.blank)
        name = "TOTAL" if title.isupper() else "Total"
        return section(above, rows, (f"{name} {title}", *amounts(exact(whole))), group)

    def side(
        self,
        parts: tuple[tuple[tuple[str, str], tuple[tuple[str, str, str], ...]], ...],
        *,
        sign: int,
    ) -> tuple[list[Row], Amounts]:
        """Give the sections of one side, as far as anything stands there, and their sum."""
        found: list[Row] = []
        whole: Amounts = [None] * self.standing.width
        for (title, group), kinds in parts:
            rows: list[Row] = []
            here: Amounts = [None] * self.standing.width
            for name, code, kind in kinds:
                inside, amount = self.accounts(kind, sign=sign)
                if not inside:
                    continue
                rows += [self.section(name, code, inside, amount)] if name else inside
                here = add(here, amount)
            if rows:
                found.append(self.section(title, group, rows, here))
                whole = add(whole, here)
        return found, whole

    def equity(self, retained: tuple[str, str]) -> tuple[Row, Amounts]:
        """Give the section of what belongs to the owners."""
        found = self.standing
        name, key = retained
        if any(found.before):
            stood = found.values.get(key, [None] * found.width)
            found.values[key] = add(stood, negated(found.before))
            found.nodes.setdefault(key, Node(key, name, type="Equity"))
        rows, whole = self.accounts("Equity", sign=-1)
        rows.append(data("Net Income", *amounts(exact(found.year)), group="NetIncome"))
        whole = add(whole, found.year)
        return self.section("Equity", "Equity", rows, whole), whole


def _retained(asked: Asked) -> tuple[str, str]:
    ids = asked.books.store.ids("Account", "AccountSubType", "retainedearnings")
    return RETAINED, min(ids, key=int) if ids else ""


def _balance_sheet(asked: Asked) -> Report:
    columns = as_of(asked)
    sheet = Sheet(_standing(asked, [day for _, day in columns]))
    has_data = bool(sheet.standing.values) or any(sheet.standing.year)
    assets, owned = sheet.side(ASSETS, sign=1)
    liabilities, owed = sheet.side(LIABILITIES, sign=-1)
    equity, own = sheet.equity(_retained(asked))
    below = [equity]
    if liabilities:
        below.insert(0, sheet.section("Liabilities", "Liabilities", liabilities, owed))
    rows = [
        sheet.section("ASSETS", "TotalAssets", assets, owned),
        sheet.section("LIABILITIES AND EQUITY", "TotalLiabilitiesAndEquity", below, add(owed, own)),
    ]
    shown = [ACCOUNT, *(column for column, _ in columns)]
    return Report(shown, rows, GAAP, is_empty=not has_data, by=asked.by)


def _trial_balance(asked: Asked) -> Report:
    """Give what stands on each account; of those where profit is made, what moved this year."""
    nodes = known(asked.books, "Account")
    temporary = of_type(nodes, *TYPES)
    year = periods.year_start(asked.end, asked.first_month)
    whole = sums.standing(asked, asked.end)
    values = {key: cents for key, cents in whole.items() if key not in temporary}
    moved = sums.by_account(asked, year, asked.end)
    values |= {key: cents for key, cents in moved.items() if key in temporary}
    before = sum(sums.standing(asked, year - timedelta(1)).get(key, 0) for key in temporary)
    if before:
        _, key = _retained(asked)
        values[key] = values.get(key, 0) + before
        nodes.setdefault(key, Node(key, RETAINED, full=RETAINED))
    rows, sides = [], [0, 0]
    for key, node in nodes.items():
        cents = values.get(key, 0)
        if cents:
            pair = (cents, None) if cents > 0 else (None, -cents)
            rows.append(data((node.full, key), *amounts(pair)))
            sides = [one + (other or 0) for one, other in zip(sides, pair, strict=True)]
    if rows:
        rows.append(total(("TOTAL", *map(money, sides)), "GrandTotal"))
    columns = [Column("", "Account"), Column("Debit"), Column("Credit")]
    return Report(columns, rows, is_empty=not rows, by="Total")


REPORTS = {
    "BalanceSheet": Kind(_balance_sheet, has_basis=True),
    "TrialBalance": Kind(_trial_balance, has_basis=True),
}

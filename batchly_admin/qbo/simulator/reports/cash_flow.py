"""Cash flow, the indirect way: the net income, and what other accounts took from it or gave."""

from __future__ import annotations

from datetime import timedelta

from batchly_admin.qbo.simulator.reports import sums
from batchly_admin.qbo.simulator.reports.asked import Asked, Kind
from batchly_admin.qbo.simulator.reports.people import Node, known
from batchly_admin.qbo.simulator.reports.profit_and_loss import TYPES, of_type
from batchly_admin.qbo.simulator.reports.shape import (
    Column,
    Report,
    Row,
    data,
    money,
    section,
    total,
)

GAPS = ("CashFlow has one column of amounts, whatever summarize_column_by says",)
OPERATING = (
    *("Accounts Receivable", "Other Current Asset", "Accounts Payable", "Credit Card"),
    "Other Current Liability",
)
ADJUSTED = "Adjustments to reconcile Net Income to Net Cash provided by operations:"
ACTIVITIES = (
    ("INVESTING ACTIVITIES", "InvestingActivities", ("Fixed Asset", "Other Asset")),
    ("FINANCING ACTIVITIES", "FinancingActivities", ("Long Term Liability", "Equity")),
)


def _cash_flow(asked: Asked) -> Report:
    nodes = known(asked.books, "Account")
    cash = {key for key, one in nodes.items() if _is_cash(one)}
    moved = {key: -cents for key, cents in sums.by_account(asked, asked.start, asked.end).items()}
    earned = sum(cents for key, cents in moved.items() if key in of_type(nodes, *TYPES))
    lines = {key: cents for key, cents in moved.items() if cents and key not in cash}
    inside, adjusted = _accounts(nodes, lines, OPERATING)
    rows = [data("Net Income", money(earned), group="NetIncome")]
    if inside:
        below = (f"Total {ADJUSTED}", money(adjusted))
        rows.append(section((ADJUSTED, ""), inside, below, "OperatingAdjustments"))
    shown = [
        section(
            ("OPERATING ACTIVITIES", ""),
            rows,
            ("Net cash provided by operating activities", money(earned + adjusted)),
            "OperatingActivities",
        )
    ]
    whole = earned + adjusted
    for title, group, types in ACTIVITIES:
        inside, amount = _accounts(nodes, lines, types)
        if inside:
            below = (f"Net cash provided by {title.lower()}", money(amount))
            shown.append(section((title, ""), inside, below, group))
            whole += amount
    shown.append(total(("Net cash increase for period", money(whole)), "CashIncrease"))
    standing = sums.standing(asked, asked.start - timedelta(1))
    start = sum(cents for key, cents in standing.items() if key in cash)
    if start:
        shown.append(total(("Cash at beginning of period", money(start)), "BeginningCash"))
    shown.append(total(("Cash at end of period", money(start + whole)), "EndingCash"))
    columns = [Column("", "Account"), Column("Total")]
    return Report(columns, shown, is_empty=not moved and not start, by="Total")


def _is_cash(account: Node) -> bool:
    return account.type == "Bank" or account.subtype == "UndepositedFunds"


def _accounts(
    nodes: dict[str, Node], lines: dict[str, int], types: tuple[str, ...]
) -> tuple[list[Row], int]:
    mine = of_type(nodes, *types)
    found = [node for key, node in nodes.items() if key in mine and key in lines]
    rows = [data((node.full, node.id), money(lines[node.id])) for node in found]
    return rows, sum(lines[node.id] for node in found)


REPORTS = {"CashFlow": Kind(_cash_flow)}

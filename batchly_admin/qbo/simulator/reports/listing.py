"""Lists of documents: which columns they have, in which order they stand, how they are grouped."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date

from batchly_admin.qbo.simulator.reports.asked import Asked
from batchly_admin.qbo.simulator.reports.papers import Names, Paper
from batchly_admin.qbo.simulator.reports.shape import Cell, Column, Row, data, money, section
from batchly_admin.qbo.simulator.wire.values import truth

SPLIT = "-Split-"
USUAL = (
    *("tx_date", "txn_type", "doc_num", "is_no_post", "name", "dept_name", "memo"),
    *("account_name", "other_account", "subt_nat_home_amount"),
)
AMOUNTS = {"subt_nat_home_amount": "amount", "subt_nat_amount": "amount", "nat_open_bal": "balance"}


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a list: a document, the account it is listed under and the one across."""

    paper: Paper
    account: str = ""
    other: str = ""


def columns_of(asked: Asked) -> list[str]:
    """Give the columns that were asked for, as far as they are known; or the usual ones."""
    wanted = [one for one in asked.words("columns") if one in CELLS]
    if wanted:
        return wanted
    has_places = truth(asked.books.preference("AccountingInfoPrefs.TrackDepartments"))
    return [one for one in USUAL if has_places or one != "dept_name"]


def shown_columns(names: Iterable[str]) -> list[Column]:
    """Give columns as an answer shows them."""
    return [Column(CELLS[name][0], name) for name in names]


def rows_of(lines: Iterable[Line], columns: list[str], names: Names) -> list[Row]:
    """Give the rows of lines."""
    makers = [CELLS[name][1] for name in columns]
    return [data(*(make(one, names) for make in makers)) for one in lines]


def ordered(asked: Asked, lines: list[Line], names: Names) -> list[Line]:
    """Give lines in the order that was asked for; by their days where nobody asked.

    Raises:
        Fault: 2170.
    """
    lines = sorted(lines, key=lambda one: (one.paper.day, one.paper.kind, int(one.paper.id)))
    is_down = asked.word("sort_order", ("ascend", "descend"), "ascend") == "descend"
    name = asked.arguments.get("sort_by", "tx_date")
    if name not in CELLS:
        return lines
    return sorted(lines, key=lambda one: _sort_key(name, one, names), reverse=is_down)


def _sort_key(name: str, line: Line, names: Names) -> tuple[int, str]:
    if name in AMOUNTS:
        return getattr(line.paper, AMOUNTS[name]) or 0, ""
    return 0, _text(CELLS[name][1](line, names)).casefold()


def _text(cell: Cell) -> str:
    return cell if isinstance(cell, str) else cell[0]


def grouped(lines: list[Line], columns: list[str], names: Names, way: str) -> list[Row]:
    """Give the rows of lines below the headers of their groups, each with its sum."""
    find = GROUPS[way]
    groups: dict[Cell, list[Line]] = {}
    for one in lines:
        groups.setdefault(find(one, names), []).append(one)
    found = []
    for head in sorted(groups, key=lambda one: _text(one).casefold()):
        rows = rows_of(groups[head], columns, names)
        title = _text(head) or "Not Specified"
        header = [(title, head[1]) if not isinstance(head, str) else title]
        rest = len(columns) - 1
        found.append(section([*header, *[""] * rest], rows, _sums(title, groups[head], columns)))
    return found


def _sums(title: str, lines: list[Line], columns: list[str]) -> list[Cell]:
    found: list[Cell] = [f"Total for {title}"]
    for name in columns[1:]:
        of = AMOUNTS.get(name)
        found.append(money(sum(getattr(one.paper, of) or 0 for one in lines)) if of else "")
    return found


def _yes(answer: object) -> str:
    return "Yes" if answer else "No"


def _party_of(kind: str) -> Callable[[Line, Names], Cell]:
    def find(line: Line, names: Names) -> Cell:
        return names.party(line.paper.party if line.paper.party.startswith(kind) else "")

    return find


def _account(line: Line, names: Names) -> Cell:
    return names.label("Account", line.account)


def _other(line: Line, names: Names) -> Cell:
    return (SPLIT, "") if line.other == SPLIT else names.label("Account", line.other)


def _paid(kinds: frozenset[str]) -> Callable[[Line, Names], Cell]:
    def find(line: Line, _names: Names) -> Cell:
        paper = line.paper
        return ("Paid" if not paper.balance else "Unpaid") if paper.kind in kinds else ""

    return find


def _month(line: Line, _names: Names) -> Cell:
    return f"{date.fromisoformat(line.paper.day):%B %Y}"


CELLS: dict[str, tuple[str, Callable[[Line, Names], Cell]]] = {
    "tx_date": ("Date", lambda one, _: one.paper.day),
    "txn_type": ("Transaction Type", lambda one, _: (one.paper.title, one.paper.id)),
    "doc_num": ("Num", lambda one, _: one.paper.number),
    "is_no_post": ("Posting", lambda one, _: _yes(one.paper.posts)),
    "name": ("Name", lambda one, names: names.party(one.paper.party)),
    "cust_name": ("Customer", _party_of("Customer")),
    "vend_name": ("Vendor", _party_of("Vendor")),
    "emp_name": ("Employee", _party_of("Employee")),
    "dept_name": (
        "Department",
        lambda one, names: names.label("Department", one.paper.department),
    ),
    "memo": ("Memo/Description", lambda one, _: one.paper.memo),
    "cust_msg": ("Client/Vendor Message", lambda one, _: one.paper.extra[3]),
    "account_name": ("Account", _account),
    "other_account": ("Split", _other),
    "create_date": ("Create Date", lambda one, _: one.paper.created),
    "last_mod_date": ("Last Modified", lambda one, _: one.paper.changed),
    "due_date": ("Due Date", lambda one, _: one.paper.due),
    "ship_date": ("Ship Date", lambda one, _: one.paper.extra[1]),
    "tracking_num": ("Tracking #", lambda one, _: one.paper.extra[2]),
    "term_name": ("Terms", lambda one, names: names.label("Term", one.paper.extra[0])),
    "is_ar_paid": ("A/R Paid", _paid(frozenset({"Invoice", "CreditMemo"}))),
    "is_ap_paid": ("A/P Paid", _paid(frozenset({"Bill", "VendorCredit"}))),
    "nat_open_bal": ("Open Balance", lambda one, _: money(one.paper.balance)),
    "subt_nat_amount": ("Amount", lambda one, _: money(one.paper.amount)),
    "subt_nat_home_amount": ("Amount", lambda one, _: money(one.paper.amount)),
}
"""The title of each column, and what stands in it."""
GROUPS: dict[str, Callable[[Line, Names], Cell]] = {
    "Name": CELLS["name"][1],
    "Customer": CELLS["cust_name"][1],
    "Vendor": CELLS["vend_name"][1],
    "Employee": CELLS["emp_name"][1],
    "Account": _account,
    "Transaction Type": lambda one, _: one.paper.title,
    "Location": CELLS["dept_name"][1],
    "Day": CELLS["tx_date"][1],
    "Month": _month,
    "Year": lambda one, _: one.paper.day[:4],
}

"""What a client asks of a report: its days, its basis, its columns, its filters."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from batchly_admin.qbo.simulator.reports import periods
from batchly_admin.qbo.simulator.reports.shape import Report
from batchly_admin.qbo.simulator.wire.refusals import Fault
from batchly_admin.qbo.simulator.wire.values import day as read_day

if TYPE_CHECKING:
    from batchly_admin.qbo.simulator.books.books import Books

YEAR, MONTH, ALL, TODAY = "this calendar year-to-date", "this month-to-date", "all", "today"
TIMES = {"Days": "day", "Week": "week", "Month": "month", "Quarter": "quarter", "Year": "year"}
PARTIES = {"Customers": "Customer", "Vendors": "Vendor", "Employees": "Employee"}
COLUMNS = {"Classes": "Class", "Departments": "Department", "ProductsAndServices": "Item"}
WAYS = ("Total", *TIMES, *PARTIES, *COLUMNS)
"""What the columns of a summary can stand for."""
FILTERS = ("Customer", "Vendor", "Employee", "Item", "Class", "Department")
MONTHS = {date(2000, number, 1).strftime("%B").casefold(): number for number in range(1, 13)}


@dataclass(frozen=True, slots=True)
class Kind:
    """One report: how it is made, and what its header says.

    `span` is what it covers when nobody says; a report of one day takes its `report_date`.
    """

    build: Callable[[Asked], Report]
    span: str = YEAR
    has_basis: bool = False
    has_period: bool = True
    is_of_day: bool = False


class Asked:
    """One request for a report, read.

    Raises:
        Fault: 2060 for days that are none, 2170 for words there are not.
    """

    def __init__(self, books: Books, kind: Kind, arguments: Mapping[str, str]) -> None:
        self.books = books
        self.kind = kind
        self.arguments = arguments
        self.first_month = MONTHS.get(
            str(books.preference("AccountingInfoPrefs.FirstMonthOfFiscalYear")).casefold(), 1
        )
        usual = str(books.preference("ReportPrefs.ReportBasis") or "Accrual")
        self.method = self.word("accounting_method", ("Cash", "Accrual"), usual)
        self.by = self.word("summarize_column_by", WAYS, "Total")
        self.macro = ""
        self.start, self.end = self._days()

    @property
    def is_cash(self) -> bool:
        """Tell whether amounts count when they were paid."""
        return self.method == "Cash"

    def _days(self) -> tuple[date, date]:
        start, end = self.day("start_date"), self.day("end_date")
        report_date = self.day("report_date") if self.kind.is_of_day else None
        if report_date is not None:
            return report_date, report_date
        # A last day without a first one is passed over, as integrators found out.
        if start is not None and "date_macro" not in self.arguments:
            end = end or max(start, self.books.today())
            if start > end:
                raise Fault("2060", "start_date is later than end_date", element="start_date")
            return start, end
        self.macro = self.arguments.get("date_macro") or self.kind.span
        found = periods.named(self.macro, self.books.today(), self.first_month)
        if found is None:
            detail = f"Invalid Enumeration : {self.macro[:50]}"
            raise Fault("2170", detail, element="date_macro")
        return found

    def day(self, name: str) -> date | None:
        """Give a day that was asked for, or None.

        Raises:
            Fault: 2060.
        """
        text = self.arguments.get(name)
        if not text:
            return None
        if len(text) != len("2026-01-01"):
            raise Fault("2060", f"Invalid Date format : {text[:50]}", element=name)
        return read_day(text, name)

    def word(self, name: str, known: tuple[str, ...], usual: str) -> str:
        """Give one of some words, spelled as it should be.

        Raises:
            Fault: 2170.
        """
        text = self.arguments.get(name)
        if not text:
            return usual
        found = next((one for one in known if one.casefold() == text.casefold()), None)
        if found is None:
            raise Fault("2170", f"Invalid Enumeration : {text[:50]}", element=name)
        return found

    def count(self, name: str, usual: int) -> int:
        """Give a number from one up.

        Raises:
            Fault: 2080.
        """
        text = self.arguments.get(name) or str(usual)
        if not (text.isascii() and text.isdigit() and 0 < int(text[:9]) <= 1000):
            raise Fault("2080", f"Invalid Number : {text[:50]}", element=name)
        return int(text)

    def words(self, name: str) -> tuple[str, ...]:
        """Give what was asked for in a list with commas."""
        return tuple(one.strip() for one in self.arguments.get(name, "").split(",") if one.strip())

    def ids(self, kind: str) -> tuple[str, ...]:
        """Give the ids of a kind the report is narrowed to; none for all."""
        return self.words(kind.lower())

    def between(self) -> tuple[str, str]:
        """Give the first and the last day as texts."""
        return self.start.isoformat(), self.end.isoformat()

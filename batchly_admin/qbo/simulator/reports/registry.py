"""Finds a report by its name, has it made and gives it its header."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from batchly_admin.qbo.simulator.books import currency
from batchly_admin.qbo.simulator.reports import load
from batchly_admin.qbo.simulator.reports.asked import FILTERS, Asked, Kind
from batchly_admin.qbo.simulator.reports.shape import Report
from batchly_admin.qbo.simulator.wire.refusals import Fault
from batchly_admin.qbo.simulator.wire.values import PACIFIC

if TYPE_CHECKING:
    from batchly_admin.qbo.simulator.books.books import Books

KNOWN = load()


def run(books: Books, name: str, arguments: Mapping[str, str]) -> dict[str, Any]:
    """Give a report.

    Raises:
        Fault: 5020 for a report there is not, in whatever capitals; see `Asked` for the rest.
    """
    kind = KNOWN.get(name)
    if kind is None:
        # Recorded: https://github.com/intuit/oauth-jsclient/issues/89
        detail = "Permission Denied Error : You do not have the access rights to use this feature."
        raise Fault("5020", detail, element="ReportName")
    with books.store.lock:
        asked = Asked(books, kind, arguments)
        report = kind.build(asked)
    return {"Header": _header(name, kind, asked, report), **report.body()}


def _header(name: str, kind: Kind, asked: Asked, report: Report) -> dict[str, Any]:
    moment = asked.books.now().astimezone(PACIFIC).isoformat(timespec="seconds")
    found: dict[str, Any] = {"Time": moment, "ReportName": name}
    if asked.macro:
        found["DateMacro"] = asked.macro.casefold()
    if kind.has_basis:
        found["ReportBasis"] = asked.method
    if kind.has_period and asked.macro.casefold() != "all":
        found["StartPeriod"], found["EndPeriod"] = asked.between()
    if report.by:
        found["SummarizeColumnsBy"] = report.by
    found["Currency"] = currency.home(asked.books)
    found |= {one: asked.arguments[one.lower()] for one in FILTERS if asked.ids(one)}
    options = {**report.options, "NoReportData": str(report.is_empty).lower()}
    found["Option"] = [{"Name": key, "Value": value} for key, value in options.items()]
    return found

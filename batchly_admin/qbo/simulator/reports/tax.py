"""Sales tax: what was sold under each rate, and the tax of it."""

from __future__ import annotations

from batchly_admin.qbo.simulator.reports import sums
from batchly_admin.qbo.simulator.reports.asked import MONTH, Asked, Kind
from batchly_admin.qbo.simulator.reports.people import known
from batchly_admin.qbo.simulator.reports.shape import (
    Column,
    Report,
    Row,
    amounts,
    data,
    section,
    total,
)

GAPS = (
    "TaxSummary has a row for each rate below its agency, and no boxes of a country's tax return",
    "tax on purchases is no part of TaxSummary",
)


def _tax_summary(asked: Asked) -> Report:
    condition, values = sums.narrowed(asked)
    rows = asked.books.store.sql(
        f"SELECT m.rate, sum(m.net), -sum(m.cents) FROM ({sums.moves(is_cash=asked.is_cash)}) m "  # noqa: S608 - ours
        f"WHERE m.rate != '' AND m.day BETWEEN ? AND ?{condition} GROUP BY 1",
        [*asked.between(), *values],
    )
    found = {rate: (round(net), round(cents)) for rate, net, cents in rows}
    wanted = asked.words("agency_id")
    agencies, rates = known(asked.books, "TaxAgency"), known(asked.books, "TaxRate")
    shown: list[Row] = []
    whole = [0, 0]
    for agency_id, mine in _by_agency(asked).items():
        here = [key for key in rates if key in mine and key in found]
        if not here or (wanted and agency_id not in wanted):
            continue
        lines = [data((rates[key].name, key), *amounts(found[key])) for key in here]
        mine_sum = [sum(found[key][place] for key in here) for place in (0, 1)]
        name = agencies[agency_id].name if agency_id in agencies else ""
        below = (f"Total {name}", "", *amounts(mine_sum[1:]))
        shown.append(section(((name, agency_id), "", ""), lines, below, "TaxAgency"))
        whole = [one + other for one, other in zip(whole, mine_sum, strict=True)]
    if shown:
        shown.append(total(("TOTAL", "", *amounts(whole[1:])), "GrandTotal"))
    columns = [Column("", "String"), Column("Taxable Amount"), Column("Tax Amount")]
    return Report(columns, shown, is_empty=not shown, by="Total")


def _by_agency(asked: Asked) -> dict[str, set[str]]:
    """Give the rates of each agency."""
    rows = asked.books.store.sql(
        'SELECT "Id", json_extract(body, \'$.AgencyRef.value\') FROM "TaxRate" ORDER BY 2, 1'
    )
    found: dict[str, set[str]] = {}
    for key, agency in rows:
        found.setdefault(str(agency or ""), set()).add(str(key))
    return found


REPORTS = {"TaxSummary": Kind(_tax_summary, MONTH, has_basis=True)}

"""What was earned with each customer, and spent with each vendor."""

from __future__ import annotations

from batchly_admin.qbo.simulator.reports import sums
from batchly_admin.qbo.simulator.reports.asked import Asked, Kind
from batchly_admin.qbo.simulator.reports.layout import spread
from batchly_admin.qbo.simulator.reports.people import Tree, known
from batchly_admin.qbo.simulator.reports.profit_and_loss import ONLY
from batchly_admin.qbo.simulator.reports.shape import (
    Amounts,
    Column,
    Report,
    amounts,
    exact,
    plain,
    total,
)

SIDE = (
    'CASE WHEN m.account IN (SELECT "Id" FROM "Account" '
    "WHERE \"Classification\" = 'revenue') THEN 'in' ELSE 'out' END"
)
OF_CUSTOMER, OF_VENDOR = " AND m.party LIKE 'Customer:%'", " AND m.party LIKE 'Vendor:%'"
SPENT = ' AND m.account IN (SELECT "Id" FROM "Account" WHERE "Classification" = \'expense\')'


def _customer_income(asked: Asked) -> Report:
    """Give income, expenses and what is left for each customer, expenses below zero."""
    rows = sums.moved(
        asked, asked.start, asked.end, key=SIDE, where=ONLY + OF_CUSTOMER, grouped="m.party"
    )
    values: dict[str, Amounts] = {}
    for party, side, cents in rows:
        mine = values.setdefault(party.partition(":")[2], [0, 0, 0])
        for place in (0 if side == "in" else 1, 2):
            mine[place] = (mine[place] or 0) - cents
    shown, whole = Tree(known(asked.books, "Customer"), values, 3, plain).rows()
    if shown:
        shown.append(total(("TOTAL", *amounts(exact(whole))), "GrandTotal"))
    titles = ("Income", "Expenses", "Net Income")
    columns = [Column("", "Customer"), *map(Column, titles)]
    return Report(columns, shown, is_empty=not values)


def _vendor_expenses(asked: Asked) -> Report:
    grid = spread(asked, where=SPENT + OF_VENDOR, grouped="m.party")
    values = {party.partition(":")[2]: one for party, one in grid.values.items()}
    rows, whole = Tree(known(asked.books, "Vendor"), values, grid.width, plain).rows()
    if rows:
        rows.append(total(("TOTAL", *amounts(exact(whole))), "GrandTotal"))
    columns = [Column("", "Vendor"), *grid.columns]
    return Report(columns, rows, is_empty=not rows, by=asked.by)


REPORTS = {
    "CustomerIncome": Kind(_customer_income, has_basis=True),
    "VendorExpenses": Kind(_vendor_expenses, has_basis=True),
}

"""What the goods on hand are worth."""

from __future__ import annotations

from batchly_admin.qbo.simulator.reports.asked import TODAY, Asked, Kind
from batchly_admin.qbo.simulator.reports.people import known
from batchly_admin.qbo.simulator.reports.shape import Column, Report, data, money, total


def _valuation(asked: Asked) -> Report:
    """Give quantity, value and average cost of each inventory item at the end of a day."""
    rows = asked.books.store.sql(
        "SELECT s.item, sum(s.quantity), sum(s.cents) FROM (SELECT item, quantity, cents FROM stock"
        " UNION ALL SELECT item, -quantity, -cents FROM postings WHERE day > ? AND item != '' "
        "AND quantity != 0) s GROUP BY 1",
        (asked.end.isoformat(),),
    )
    found = {str(item): (quantity, cents) for item, quantity, cents in rows}
    skus = {
        str(key): sku or ""
        for key, sku in asked.books.store.sql(
            'SELECT "Id", json_extract(body, \'$.Sku\') FROM "Item" WHERE "Type" = \'inventory\''
        )
    }
    wanted = asked.ids("Item")
    shown, whole = [], 0
    for key, node in known(asked.books, "Item").items():
        if key not in skus or (wanted and key not in wanted):
            continue
        quantity, cents = found.get(key, (0.0, 0))
        price = money(round(cents / quantity)) if quantity else ""
        shown.append(data((node.full, key), skus[key], f"{quantity:.2f}", money(cents), price))
        whole += cents
    if shown:
        shown.append(total(("TOTAL", "", "", money(whole), ""), "GrandTotal"))
    titles = ("Qty", "Asset Value", "Calc. Avg")
    columns = [Column("", "ProductsAndServices"), Column("SKU", "String"), *map(Column, titles)]
    options = {"report_date": asked.end.isoformat()}
    return Report(columns, shown, options, is_empty=not shown, by="Total")


REPORTS = {"InventoryValuationSummary": Kind(_valuation, TODAY, is_of_day=True)}

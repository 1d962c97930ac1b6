"""What was sold: by customer, by product or service, by class, by department."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from batchly_admin.qbo.simulator.reports import sums
from batchly_admin.qbo.simulator.reports.asked import Asked, Kind
from batchly_admin.qbo.simulator.reports.layout import UNKNOWN, spread
from batchly_admin.qbo.simulator.reports.people import Tree, known
from batchly_admin.qbo.simulator.reports.shape import (
    Column,
    Report,
    add,
    amounts,
    data,
    exact,
    money,
    negated,
    plain,
    total,
)

GAPS = (
    "quantities in ItemSales are those of the documents of the period, on the cash basis too",
    "CustomerSales, ClassSales and DepartmentSales count income accounts, discounts taken off",
)
SALES = {"Invoice": 1, "SalesReceipt": 1, "CreditMemo": -1, "RefundReceipt": -1}
"""The documents something is sold with, and which way they count."""
_ON = (
    " AND m.kind IN ('Invoice', 'SalesReceipt', 'CreditMemo', 'RefundReceipt') AND m.account IN "
    '(SELECT "Id" FROM "Account" WHERE "Classification" = \'{classification}\')'
)
SOLD, COST = _ON.format(classification="revenue"), _ON.format(classification="expense")
BUNDLES = (
    "SELECT two.value AS line FROM \"{kind}\" d JOIN json_each(d.body, '$.Line') one "
    "JOIN json_each(one.value, '$.GroupLineDetail.Line') two WHERE {days}"
)
PLAIN = (
    "SELECT one.value AS line FROM \"{kind}\" d JOIN json_each(d.body, '$.Line') one WHERE {days}"
)
DETAIL = "$.SalesItemLineDetail"


def _by(kind: str) -> Callable[[Asked], Report]:
    """Give the report of sales by customer, class or department."""
    column = "m.party" if kind == "Customer" else f"m.{kind.lower()}"

    def build(asked: Asked) -> Report:
        grid = spread(asked, where=SOLD, grouped=column)
        values = {key.rpartition(":")[2]: negated(one) for key, one in grid.values.items()}
        unknown = values.pop("", None)
        rows, whole = Tree(known(asked.books, kind), values, grid.width, plain).rows()
        if unknown is not None:
            rows.append(plain(UNKNOWN, *amounts(unknown)))
            whole = add(whole, unknown)
        if rows:
            rows.append(total(("TOTAL", *amounts(exact(whole))), "GrandTotal"))
        columns = [Column("", kind), *grid.columns]
        return Report(columns, rows, is_empty=not rows, by=asked.by)

    return build


def _quantities(asked: Asked) -> dict[str, float]:
    """Give how many of each item were sold."""
    arms: list[str] = []
    values: list[Any] = []
    days = 'd."TxnDate" BETWEEN ? AND ?'
    customers = asked.ids("Customer")
    if customers:
        days += f' AND d."CustomerRef" IN ({", ".join("?" * len(customers))})'
    for kind, sign in SALES.items():
        for lines in (PLAIN, BUNDLES):
            arms.append(
                f"SELECT json_extract(line, '{DETAIL}.ItemRef.value') AS item, "  # noqa: S608 - ours
                f"{sign} * json_extract(line, '{DETAIL}.Qty') AS quantity "
                f"FROM ({lines.format(kind=kind, days=days)})"
            )
            values += [*asked.between(), *customers]
    rows = asked.books.store.sql(
        "SELECT item, sum(quantity) FROM (" + " UNION ALL ".join(arms) + ") "  # noqa: S608 - ours
        "WHERE item IS NOT NULL AND quantity IS NOT NULL GROUP BY 1",
        values,
    )
    return {str(item): quantity for item, quantity in rows}


def _item_sales(asked: Asked) -> Report:
    items = known(asked.books, "Item")
    sold = {
        item: -cents
        for item, _, cents in sums.moved(
            asked, asked.start, asked.end, where=SOLD, grouped="m.item"
        )
        if item
    }
    cost = {
        item: cents
        for item, _, cents in sums.moved(
            asked, asked.start, asked.end, where=COST, grouped="m.item"
        )
        if item in sold
    }
    counts, whole = _quantities(asked), sum(sold.values())
    ordered = [key for key in items if key in sold] + [key for key in sold if key not in items]
    rows = [
        data(
            (items[key].full if key in items else key, key), *_facts(key, sold, cost, counts, whole)
        )
        for key in ordered
    ]
    if rows:
        spent = sum(cost.values())
        count = sum(counts.get(key, 0) for key in sold)
        facts = _facts("", {"": whole}, {"": spent}, {"": count}, whole)
        rows.append(total(("TOTAL", *facts), "GrandTotal"))
    titles = ("Quantity", "Amount", "% of Sales", "Avg Price", "COGS", "Gross Margin")
    columns = [Column("", "ProductsAndServices"), *map(Column, (*titles, "Gross Margin %"))]
    return Report(columns, rows, is_empty=not rows, by="Total")


def _facts(
    key: str, sold: dict[str, int], cost: dict[str, int], counts: dict[str, float], whole: int
) -> list[str]:
    """Give how many, how much, what share of all, at what price, at what cost, what was left."""
    amount, count = sold[key], counts.get(key)
    spent = cost.get(key)
    left = None if spent is None else amount - spent
    return [
        "" if count is None else f"{count:.2f}",
        money(amount),
        f"{amount * 100 / whole:.2f}" if whole else "",
        money(round(amount / count)) if count else "",
        money(spent),
        money(left),
        f"{left * 100 / amount:.2f}" if left is not None and amount else "",
    ]


REPORTS = {
    "CustomerSales": Kind(_by("Customer"), has_basis=True),
    "ClassSales": Kind(_by("Class"), has_basis=True),
    "DepartmentSales": Kind(_by("Department"), has_basis=True),
    "ItemSales": Kind(_item_sales, has_basis=True),
}

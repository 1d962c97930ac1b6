"""Goods on hand: what a sale takes out at average cost, what a purchase puts in."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from batchly_admin.qbo.simulator.books.entity import Record
from batchly_admin.qbo.simulator.books.ledger import Posting
from batchly_admin.qbo.simulator.wire.values import cents, reference

if TYPE_CHECKING:
    from batchly_admin.qbo.simulator.books.books import Books

ZERO = Decimal(0)


def cost_of_sale(
    books: Books, item_id: str, quantity: Decimal, shared: dict[str, Any]
) -> Iterator[Posting]:
    """Move what was sold from the stock to the cost of goods sold; a refund moves it back."""
    item = books.store.get("Item", item_id) or {}
    if item.get("Type") != "Inventory" or not quantity:
        return
    amount = cents(unit_cost(books, item) * quantity)
    asset, cost = reference(item, "AssetAccountRef"), reference(item, "ExpenseAccountRef")
    yield Posting(str(asset), -amount, item=item_id, quantity=-quantity, **shared)
    yield Posting(str(cost), amount, item=item_id, **shared)


def unit_cost(books: Books, item: Record) -> Decimal:
    """Give the average cost of one piece; where nothing is on hand, the price it is bought at."""
    quantity, value = books.ledger.stock(item["Id"])
    if quantity > 0 and value > 0:
        return value / quantity
    return Decimal(item.get("PurchaseCost", ZERO))


def settle_stock(books: Books, item_id: str) -> None:
    """Bring the quantity of an item in line with what came and went."""
    item = books.store.copy("Item", item_id)
    quantity = books.ledger.stock(item_id)[0]
    if item is not None and item.get("QtyOnHand") != quantity:
        item["QtyOnHand"] = quantity
        books.put_quietly("Item", item)


def adjust(books: Books, item: Record, quantity: Decimal, day: str) -> None:
    """Put the first pieces of an item, or a counted difference, into the stock."""
    cost = cents(Decimal(item.get("PurchaseCost", ZERO)) * quantity)
    asset = str(reference(item, "AssetAccountRef"))
    number = books.store.next_id("InventoryAdjustment")
    postings = (
        Posting(asset, cost, item=item["Id"], quantity=quantity),
        Posting(books.account("OpeningBalanceEquity"), -cost),
    )
    books.post("InventoryAdjustment", number, day, postings)

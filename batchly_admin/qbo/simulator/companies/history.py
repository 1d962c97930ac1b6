"""The demo company's year, told day by day: the same one each time but for the dates."""

from __future__ import annotations

from typing import TYPE_CHECKING

from batchly_admin.qbo.simulator.companies.buying import Buying
from batchly_admin.qbo.simulator.companies.entries import Entries
from batchly_admin.qbo.simulator.companies.sales import Sales
from batchly_admin.qbo.simulator.companies.shop import Shop

if TYPE_CHECKING:
    from batchly_admin.qbo.simulator.books.books import Books


def write(books: Books) -> None:
    """Write the year."""
    shop = Shop(books)
    for part in (Entries(shop), Buying(shop), Sales(shop)):
        part.plan()
    shop.live()

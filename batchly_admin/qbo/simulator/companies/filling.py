"""The companies the simulator can start with: an empty one, and an ordinary print shop's books."""

from __future__ import annotations

from typing import TYPE_CHECKING

from batchly_admin.qbo.simulator.companies import chart, history, items, lists, preferences, tax

if TYPE_CHECKING:
    from batchly_admin.qbo.simulator.books.books import Books

COMPANIES = ("demo", "empty")


def fill(books: Books, realm_id: str, company: str) -> None:
    """Write a company into empty books."""
    is_demo = company == "demo"
    with books.store.write(), books.as_delivered():
        books.keep("CompanyInfo", preferences.company_info(realm_id, company))
        books.keep("Preferences", preferences.preferences(company))
        chart.write(books, numbered=is_demo)
        lists.write_words(books)
        tax.write_flags(books)
        if is_demo:
            tax.write_codes(books)
            lists.write_demo(books)
            items.write(books)
            history.write(books)

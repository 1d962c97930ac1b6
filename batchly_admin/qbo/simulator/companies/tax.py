"""Sales tax: the agencies, rates and codes a company in the state of New York sells with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from batchly_admin.qbo.simulator.books.tax_service import make_code, rate_named

if TYPE_CHECKING:
    from batchly_admin.qbo.simulator.books.books import Books

NEW_YORK = "New York Department of Taxation"
STATE = ("New York State", "4", NEW_YORK)
CODES: tuple[tuple[str, str, tuple[tuple[str, str, str], ...]], ...] = (
    ("Albany", "New York with Albany County", (STATE, ("Albany County", "4", NEW_YORK))),
    (
        "Connecticut",
        "Connecticut, one rate",
        (("Connecticut State", "6.35", "Connecticut Revenue Services"),),
    ),
    ("New Jersey", "New Jersey, one rate", (("New Jersey State", "6.625", "NJ Taxation"),)),
    (
        "New York City",
        "New York with the city and its transport",
        (STATE, ("New York City", "4.5", NEW_YORK), ("Metropolitan Transport", "0.375", NEW_YORK)),
    ),
)
"""The name and description of each code, and its rates: name, percent and agency."""
FLAGS = (("TAX", True), ("NON", False), ("CustomSalesTax", True))
"""What stands among the codes of every company in the United States and is no code."""


def write_flags(books: Books) -> None:
    """Write what every company has."""
    for name, taxable in FLAGS:
        code = {"Id": name, "Name": name, "Description": name, "Active": True, "Hidden": False}
        flags = {"Taxable": taxable, "TaxGroup": False}
        books.keep("TaxCode", {**code, **flags, "SalesTaxRateList": {"TaxRateDetail": []}})


def write_codes(books: Books) -> None:
    """Write the codes of the places the company sells to."""
    for name, description, rates in CODES:
        made = [rate_named(books, *rate) for rate in rates]
        make_code(books, name, made, description=description)

"""All tables by name; grids, filters, exports and rights look them up here."""

from __future__ import annotations

from functools import cache

from batchly_admin import words
from batchly_admin.errors import NotFound
from batchly_admin.grid.table import Table
from batchly_admin.grid.tables import (
    billing,
    catalogue,
    changes,
    company,
    customers,
    matching,
    notices,
    order_papers,
    orders,
    production,
    quickbooks,
    reconciling,
    repairs,
    stock,
)

_MODULES = (
    customers,
    orders,
    order_papers,
    production,
    stock,
    billing,
    catalogue,
    quickbooks,
    reconciling,
    repairs,
    matching,
    company,
    notices,
    changes,
)


def tables() -> dict[str, Table]:
    """Give every table by its name, in the order of the menu and in the language spoken."""
    return _tables(words.spoken())


@cache
def _tables(chosen: words.Language) -> dict[str, Table]:
    declared = [table for module in _MODULES for table in module.TABLES]
    if words.has_words(chosen):
        declared = [table.said() for table in declared]
    return {table.name: table for table in declared}


def table(name: str) -> Table:
    """Give the table called `name`.

    Raises:
        NotFound: when there is none.
    """
    found = tables().get(name)
    if found is None:
        msg = f"There is no table called {name}."
        raise NotFound(msg)
    return found


def by_database_name() -> dict[str, Table]:
    """Give every table by the name the database and the record of change know it by."""
    return _by_database_name(words.spoken())


@cache
def _by_database_name(chosen: words.Language) -> dict[str, Table]:
    return {found.table_name: found for found in _tables(chosen).values()}

"""Fixtures of the border to QuickBooks: a shop with an engine, and the simulator's own side."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from zlib import crc32

import pytest

from batchly_admin.services.unit_of_work import UnitOfWorks
from tests.functional.quickbooks import Quickbooks
from tests.functional.shop import Shop

HERE = Path(__file__).parent
DATABASES = ("sqlite", "postgresql")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """With `--one-database` each test here runs on one of the two, half of them on either."""
    if not config.getoption("--one-database"):
        return
    spared = [item for item in items if HERE in item.path.parents and _is_for_the_other(item)]
    config.hook.pytest_deselected(items=spared)
    gone = set(spared)
    items[:] = [item for item in items if item not in gone]


def _is_for_the_other(item: pytest.Item) -> bool:
    given = getattr(item, "callspec", None)
    database = next((one for one in DATABASES if given and one in given.params.values()), None)
    if database is None:
        return False
    name = item.nodeid.replace(database, "")
    return database != DATABASES[crc32(name.encode()) % 2]


@pytest.fixture
def quickbooks(simulator: dict[str, Any]) -> Quickbooks:
    """The simulator as the accountant sees it, with Intuit's limits off."""
    made = Quickbooks(simulator)
    made.limits(on=False)
    return made


@pytest.fixture
def lonely_shop(
    uows: UnitOfWorks, simulator: dict[str, Any], redis_url: str, quickbooks: Quickbooks
) -> Shop:
    """A shop that is not connected to QuickBooks yet."""
    del quickbooks
    return Shop(uows, simulator, redis_url)


@pytest.fixture
def shop(lonely_shop: Shop) -> Shop:
    """A shop that is connected to the simulator."""
    lonely_shop.connect()
    return lonely_shop

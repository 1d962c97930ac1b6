"""Fixtures of the border to QuickBooks: a shop with an engine, and the simulator's own side."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from batchly_admin.services.unit_of_work import UnitOfWorks
from tests.functional.notified import web_of
from tests.functional.quickbooks import Quickbooks
from tests.functional.shop import Shop
from tests.house import House


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


@pytest.fixture
def house(shop: Shop, database_url: str, tmp_path: Path) -> Iterator[House]:
    """The web application of the shop."""
    with web_of(shop, database_url, tmp_path / "web") as found:
        yield found

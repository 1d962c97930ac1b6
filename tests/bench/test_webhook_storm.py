"""Ten thousand events, a fifth of them doubled and a tenth of the bodies forged."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest

from batchly_admin.services.unit_of_work import UnitOfWorks
from tests.functional.notified import web_of
from tests.functional.quickbooks import Quickbooks
from tests.functional.shop import Shop
from tests.functional.storm import weather

pytestmark = pytest.mark.bench

EVENTS = 10_000


def test_ten_thousand_events_end_as_the_pull_would(
    uows: UnitOfWorks,
    simulator: dict[str, Any],
    redis_url: str,
    database_url: str,
    tmp_path: Path,
) -> None:
    quickbooks = Quickbooks(simulator)
    quickbooks.limits(on=False)
    shop = Shop(uows, simulator, redis_url)
    shop.connect()
    with web_of(shop, database_url, tmp_path / "web") as house:
        client = house.app.test_client()
        started = time.perf_counter()

        weather(client, shop, quickbooks, str(simulator["realm_id"]), events=EVENTS)

    print(f"{EVENTS} events sent, read and compared in {time.perf_counter() - started:.1f} s")

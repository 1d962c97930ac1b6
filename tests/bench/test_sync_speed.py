"""How fast documents reach QuickBooks, and what of it is our own doing."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pytest

from batchly_admin import migrations
from batchly_admin.clock import SystemClock
from batchly_admin.db import make_engine, make_readers, make_sessions
from batchly_admin.qbo.throttle import Pace
from batchly_admin.services.unit_of_work import UnitOfWorks
from tests.functional.quickbooks import Quickbooks
from tests.functional.shop import FAST, Shop
from tests.servers import PostgreSql, redis_server, simulator_process

pytestmark = pytest.mark.bench


@pytest.fixture(params=["sqlite", "postgresql"])
def shop(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Shop]:
    """A connected shop by the machine's own clock, with Intuit's limits on."""
    url = f"sqlite:///{tmp_path / 'batchly.sqlite3'}"
    server = PostgreSql() if request.param == "postgresql" else None
    if server is not None:
        url = server.url(server.create())
    database = make_engine(url)
    migrations.upgrade(database)
    uows = UnitOfWorks(make_sessions(database), make_readers(database), SystemClock())
    with (
        simulator_process(tmp_path / "simulator") as details,
        redis_server(tmp_path) as redis_url,
    ):
        made = Shop(uows, details, redis_url)
        made.connect()
        yield made
    database.dispose()
    if server is not None:
        server.stop()


def invoices(shop: Shop, count: int) -> list[UUID]:
    """Issue so many invoices for customers and of products that are in QuickBooks."""
    people = [shop.customer(f"Customer {n}") for n in range(10)]
    flyer = shop.product("Flyer")
    for person in people:
        shop.invoice(person, [(flyer, "1", "1.00")])
    shop.drain(shop.new_engine(pace=FAST))
    lines = [(flyer, "7", "1.0050"), (flyer, "3", "19.9900"), (flyer, "250", "0.1250")]
    return [shop.invoice(people[n % 10], lines) for n in range(count)]


def slowed_down(quickbooks: Quickbooks) -> int:
    found = quickbooks.control("GET", "requests?limit=5000")["requests"]
    return sum(one["status"] == 429 for one in found)


@pytest.mark.parametrize(("count", "budget"), [(100, 60.0), (1_000, 180.0)])
def test_at_the_allowed_rate(shop: Shop, count: int, budget: float) -> None:
    quickbooks = Quickbooks(shop.details)
    quickbooks.limits(on=False)
    invoices(shop, count)
    quickbooks.limits(on=True)
    engine = shop.new_engine(pace=Pace())
    started = time.monotonic()
    while shop.drain(engine):
        pass
    seconds = time.monotonic() - started
    assert len([row for row in shop.rows() if row.status == "completed"]) >= count
    refused = slowed_down(quickbooks)
    print(f"\n{count} invoices at the allowed rate: {seconds:.1f} s, {refused} x 429")
    assert seconds <= budget
    assert refused <= 1


@pytest.mark.parametrize("batched", [False, True], ids=["one by one", "in batches"])
def test_our_own_share_of_a_document(shop: Shop, *, batched: bool) -> None:
    quickbooks = Quickbooks(shop.details)
    quickbooks.limits(on=False)
    invoices(shop, 200)
    minute = FAST.batches_per_minute if batched else 0
    pace = Pace(FAST.per_second, FAST.burst, FAST.per_minute, batches_per_minute=minute)
    engine = shop.new_engine(pace=pace)
    started, worked = time.monotonic(), time.process_time()
    result = shop.drain(engine)
    seconds, own = time.monotonic() - started, time.process_time() - worked
    assert result.completed == 200
    print(
        f"\n200 invoices, limits off: {200 / seconds:.0f} a second, "
        f"{seconds * 5:.1f} ms each, of them {own * 5:.1f} ms of our own CPU (budget 20 ms)"
    )
    assert own / 200 <= 0.020

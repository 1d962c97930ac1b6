"""The stage of a campaign: a shop, a simulated QuickBooks and a Redis that can be stopped."""

from __future__ import annotations

import contextlib
import signal
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from uuid import UUID

import redis
from sqlalchemy.engine import Engine

from batchly_admin import migrations
from batchly_admin.clock import ManualClock
from batchly_admin.db import make_engine, make_readers, make_sessions
from batchly_admin.domain.statuses import QueueStatus
from batchly_admin.errors import SyncError
from batchly_admin.services.unit_of_work import UnitOfWorks
from batchly_admin.up.redis_server import find_program
from tests.functional.quickbooks import Quickbooks
from tests.functional.shop import Shop
from tests.servers import (
    PostgreSql,
    free_port,
    in_another_process,
    simulator_process,
    wait_until,
)

NOON = datetime(2026, 3, 4, 17, 0, tzinfo=UTC)
STEP = 30
LONGEST = 600
"""Seconds after the last fault within which everything has to be through."""

OPEN = (QueueStatus.PENDING, QueueStatus.PROCESSING, QueueStatus.BLOCKED)


class OwnRedis:
    """A Redis that comes back at the same address, empty, after it was stopped."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._port = free_port()
        self.url = f"redis://127.0.0.1:{self._port}/0"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it and wait until it answers."""
        program = find_program()
        assert program is not None, "there is no Redis server; run `make test`"
        place = ("--port", str(self._port), "--bind", "127.0.0.1", "--dir", str(self._folder))
        words = [program, *place, "--save", "", "--appendonly", "no"]
        self._process = subprocess.Popen(
            words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        wait_until(self._answers, what="the start of Redis")

    def stop(self) -> None:
        """End it as a crash does."""
        if self._process is not None:
            self._process.send_signal(signal.SIGKILL)
            self._process.wait(10)

    def flush(self) -> None:
        """Take all it knows away."""
        with contextlib.closing(redis.Redis.from_url(self.url)) as client:
            client.flushall()

    def _answers(self) -> bool:
        with contextlib.closing(redis.Redis.from_url(self.url)) as client:
            try:
                return bool(client.ping())
            except redis.RedisError:
                return False


class Stage:
    """What a campaign plays on, and how it makes work and lets time pass."""

    def __init__(
        self, database_url: str, own_redis: OwnRedis, quickbooks: Quickbooks, seed: int
    ) -> None:
        self.database_url = database_url
        self._engines: list[Engine] = []
        self.redis = own_redis
        self.quickbooks = quickbooks
        self.chance = Random(seed)
        self.shop = self.new_shop(NOON)
        self.documents: list[UUID] = []
        self.hopeless: set[UUID] = set()
        """Invoices that QuickBooks can never take; they show that others are not held up."""
        self._customers: list[UUID] = []
        self._products: list[UUID] = []

    def new_shop(self, now: datetime) -> Shop:
        """Give the shop as another process has it: its own connections, its own engine."""
        engine = make_engine(self.database_url)
        self._engines.append(engine)
        uows = UnitOfWorks(make_sessions(engine), make_readers(engine), ManualClock(now))
        return Shop(uows, dict(self.quickbooks.details), self.redis.url)

    def close(self) -> None:
        """Let go of all connections to the database."""
        for engine in self._engines:
            engine.dispose()

    def work(self, count: int) -> list[UUID]:
        """Issue invoices, now and then for a new customer or of a new product."""
        made = []
        for _ in range(count):
            if not self._customers or self.chance.random() < 0.1:
                self._customers.append(self.shop.customer(f"Customer {len(self._customers)}"))
            if not self._products or self.chance.random() < 0.1:
                self._products.append(self.shop.product(f"Product {len(self._products)}"))
            lines = [
                (
                    self.chance.choice(self._products),
                    str(self.chance.randint(1, 400)),
                    f"{self.chance.randint(1, 99999) / 10000:.4f}",
                )
                for _ in range(self.chance.randint(1, 4))
            ]
            made.append(self.shop.invoice(self.chance.choice(self._customers), lines))
        self.documents += made
        return made

    def hopeless_work(self) -> None:
        """Issue an invoice whose number is longer than QuickBooks takes."""
        number = f"INV-{len(self.hopeless):030d}"
        customer = self._customers[0] if self._customers else None
        self.hopeless.add(self.shop.invoice(customer, number=number))

    def later(self, seconds: float) -> None:
        """Let time pass on both clocks: ours, and the one by which the pace is kept."""
        self.shop.later(seconds)
        with contextlib.suppress(redis.RedisError):
            self.redis.flush()

    def push(self) -> None:
        """Drain once; what QuickBooks refuses is in the rows."""
        with contextlib.suppress(SyncError):
            self.shop.drain()

    def settle(self) -> int:
        """Let everything drain now that nothing is broken any more; give the seconds it took.

        Raises:
            AssertionError: something was still open after ten minutes.
        """
        passed = 0
        while True:
            self.shop.engine.sweep()
            self.push()
            if not self._open_rows():
                return passed
            assert passed < LONGEST, f"still open after {passed} s: {self._open_rows()}"
            self.later(STEP)
            passed += STEP

    def _open_rows(self) -> list[str]:
        return [
            f"{row.label} {row.status}: {row.error_message}"
            for row in self.shop.rows()
            if row.status in OPEN and row.entity_id not in self.hopeless
        ]

    def in_another_process(self, work: Callable[[Shop], None]) -> int:
        """Do something in a process of its own; give its exit code."""
        now = self.shop.uows.clock.now()
        return in_another_process(lambda: work(self.new_shop(now)))


@contextlib.contextmanager
def stage(*, seed: int, server: PostgreSql | None = None) -> Iterator[Stage]:
    """Build a stage on SQLite, or on a database of a PostgreSQL server."""
    with tempfile.TemporaryDirectory(prefix="batchly-chaos-") as name:
        folder = Path(name)
        database_url = f"sqlite:///{folder / 'batchly.sqlite3'}"
        if server is not None:
            database_url = server.url(server.create())
        engine = make_engine(database_url)
        migrations.upgrade(engine)
        engine.dispose()
        own_redis = OwnRedis(folder)
        own_redis.start()
        try:
            with simulator_process(folder / "simulator") as details:
                quickbooks = Quickbooks(details)
                quickbooks.limits(on=False)
                made = Stage(database_url, own_redis, quickbooks, seed)
                try:
                    made.shop.connect()
                    yield made
                finally:
                    made.close()
        finally:
            own_redis.stop()

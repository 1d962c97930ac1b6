"""A worker process that is killed at a named point."""

from __future__ import annotations

from collections.abc import Callable

import redis

from batchly_admin.clock import ManualClock
from batchly_admin.db import make_engine, make_readers, make_sessions
from batchly_admin.qbo import crash
from batchly_admin.qbo.engine import Engine
from batchly_admin.qbo.gateway import Access
from batchly_admin.qbo.vault import TokenBox
from batchly_admin.services.unit_of_work import UnitOfWorks
from tests.functional.shop import FAST, KEYS, Shop
from tests.servers import in_another_process


def _drain(engine: Engine) -> object:
    return engine.drain(seconds=60)


def work_until_killed(
    shop: Shop, database_url: str, spec: str, job: Callable[[Engine], object] = _drain
) -> None:
    """Do a job of the worker in a process of its own that dies at the point "name:n"."""

    def work() -> None:
        database = make_engine(database_url)
        clock = ManualClock(shop.uows.clock.now())
        uows = UnitOfWorks(make_sessions(database), make_readers(database), clock)
        connection = redis.Redis.from_url(shop.redis_url)
        engine = Engine(uows, TokenBox(KEYS), Access(), connection=connection, pace=FAST)
        crash.arm(spec)
        job(engine)

    assert in_another_process(work) == crash.EXIT_CODE, f"{spec} was not reached"

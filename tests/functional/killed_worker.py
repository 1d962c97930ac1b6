"""A worker process that is killed at a named point: run by test_kill_points, in its own process."""

from __future__ import annotations

import sys
from datetime import datetime

import redis

from batchly_admin.clock import ManualClock
from batchly_admin.db import make_engine, make_readers, make_sessions
from batchly_admin.qbo import crash
from batchly_admin.qbo.engine import Engine
from batchly_admin.qbo.gateway import Access
from batchly_admin.qbo.vault import TokenBox
from batchly_admin.services.unit_of_work import UnitOfWorks
from tests.functional.shop import FAST, KEYS


def main(database_url: str, redis_url: str, now: str, spec: str, sync_type: str) -> None:
    """Drain, or pull one type, with one crash point armed."""
    database = make_engine(database_url)
    clock = ManualClock(datetime.fromisoformat(now))
    uows = UnitOfWorks(make_sessions(database), make_readers(database), clock)
    engine = Engine(
        uows,
        TokenBox(KEYS),
        Access(),
        connection=redis.Redis.from_url(redis_url),
        pace=FAST,
    )
    crash.arm(spec)
    if sync_type:
        engine.pull(sync_type)
    else:
        engine.drain(seconds=60)


if __name__ == "__main__":
    main(*sys.argv[1:])

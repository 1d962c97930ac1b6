"""The scheduler process: by the clock, it writes down owed pulls and rings the sweep.

It is rq-scheduler's process with its own idea of a tick. rq-scheduler keeps its schedule in Redis
and loses entries when killed at the wrong moment; here a tick writes rows with a unique key into
SQL, so two schedulers, a flushed Redis or a night without power make no pull run twice or never.
"""

from __future__ import annotations

import signal
from collections.abc import Callable
from types import FrameType
from typing import Any

import redis
from rq_scheduler import Scheduler
from sqlalchemy.exc import OperationalError

from batchly_admin import logs
from batchly_admin.ids import token
from batchly_admin.jobs import schedule
from batchly_admin.jobs.bells import QUEUE_NAME
from batchly_admin.jobs.runtime import Runtime

LONGEST_PAUSE = 5.0
_RELEASE = "if redis.call('get', KEYS[1]) == ARGV[1] then return redis.call('del', KEYS[1]) end"

_log = logs.logger(__name__)


class SlotScheduler(Scheduler):  # type: ignore[misc]
    """rq-scheduler, ticking `tick` instead of moving tasks; its lock knows its owner."""

    def __init__(
        self, connection: redis.Redis, *, interval: float, tick: Callable[[], None]
    ) -> None:
        super().__init__(
            queue_name=QUEUE_NAME, connection=connection, interval=interval, name=token(9)
        )
        self._tick = tick
        self._token = token(16)
        self.asked_to_stop = False

    def enqueue_jobs(self) -> list[Any]:
        """Tick."""
        self._tick()
        return []

    def acquire_lock(self) -> bool:
        """Take the lock with a token of our own, so that nobody else can drop it."""
        self._lock_acquired = bool(
            self.connection.set(
                self.scheduler_lock_key, self._token, nx=True, ex=int(self._interval) + 10
            )
        )
        return self._lock_acquired

    def remove_lock(self) -> None:
        """Drop the lock if it is still ours."""
        if self._lock_acquired:
            self.connection.eval(_RELEASE, 1, self.scheduler_lock_key, self._token)
            self._lock_acquired = False

    def _install_signal_handlers(self) -> None:
        def stop(_signum: int, _frame: FrameType | None) -> None:
            self.asked_to_stop = True
            raise SystemExit(0)

        signal.signal(signal.SIGINT, stop)
        signal.signal(signal.SIGTERM, stop)


def serve(runtime: Runtime, *, interval: float) -> None:
    """Tick until SIGTERM or SIGINT, through outages of Redis and of the database."""
    if runtime.redis_url is None:
        _log.info("There is no Redis: the worker keeps the schedule itself.")
        signal.pause()
        return
    connection = redis.Redis.from_url(
        runtime.redis_url, socket_connect_timeout=5, health_check_interval=30
    )

    def tick() -> None:
        schedule.write_owed(runtime.sessions, runtime.readers, runtime.clock, runtime.owed)
        runtime.bells.ring("sweep")

    pause = 0.2
    signal.signal(signal.SIGTERM, _leave)
    signal.signal(signal.SIGINT, _leave)
    while True:
        # rq-scheduler refuses to start under a name that stands in Redis already.
        scheduler = SlotScheduler(connection, interval=interval, tick=tick)
        started = runtime.clock.monotonic()
        try:
            scheduler.run()
        except (redis.RedisError, OSError, OperationalError) as error:
            if scheduler.asked_to_stop:
                return
            _log.warning("The scheduler starts again after %s.", type(error).__name__)
        except SystemExit:
            return
        pause = 0.2 if runtime.clock.monotonic() - started > LONGEST_PAUSE else pause * 2
        runtime.clock.sleep(min(pause, LONGEST_PAUSE))


def _leave(_signum: int, _frame: FrameType | None) -> None:
    raise SystemExit(0)

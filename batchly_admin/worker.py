"""The worker process: answers the bells, one at a time, and outlives a Redis that goes away.

Tasks run in the worker itself and not in a fork for each: connections to QuickBooks and the
database stay warm, and a task that kills its process is brought back by `batchly up` or the
platform. Nothing is lost then, because what a task was doing stands in SQL under a lease.
"""

from __future__ import annotations

import signal
from collections.abc import Callable
from types import FrameType
from typing import Any

import redis
from rq import Queue, SimpleWorker
from rq.exceptions import StopRequested
from rq.serializers import JSONSerializer

from batchly_admin import logs
from batchly_admin.ids import token
from batchly_admin.jobs import schedule, tasks
from batchly_admin.jobs.bells import QUEUE_NAME
from batchly_admin.jobs.runtime import Runtime, bind

WORKER_TTL = 30
MAINTENANCE_SECONDS = 10
LONGEST_PAUSE = 5.0
PACE_WITHOUT_REDIS = 1.0

_log = logs.logger(__name__)


class _Worker(SimpleWorker):
    """RQ's worker, telling us whether it ended because it was asked to."""

    asked_to_stop = False

    def request_stop(self, signum: int, frame: FrameType | None) -> None:
        """Finish the task in hand, then end."""
        type(self).asked_to_stop = True
        super().request_stop(signum, frame)  # type: ignore[no-untyped-call]


def serve(runtime: Runtime, *, log_level: str = "info") -> None:
    """Work until SIGTERM or SIGINT."""
    bind(runtime)
    if runtime.redis_url is None:
        _serve_without_redis(runtime)
        return
    # RQ watches for signals only once a worker works; a stop before that is a clean one too.
    signal.signal(signal.SIGTERM, _leave)
    signal.signal(signal.SIGINT, _leave)
    _Worker.asked_to_stop = False
    pause = 0.2
    while not _Worker.asked_to_stop:
        started = runtime.clock.monotonic()
        try:
            _make(runtime.redis_url).work(logging_level=_level(log_level))
        except StopRequested:
            break
        except (redis.RedisError, OSError) as error:
            _log.warning("The worker lost Redis (%s) and tries again.", error)
        if _Worker.asked_to_stop:
            break
        pause = 0.2 if runtime.clock.monotonic() - started > LONGEST_PAUSE else pause * 2
        runtime.clock.sleep(min(pause, LONGEST_PAUSE))


def _leave(_signum: int, _frame: FrameType | None) -> None:
    raise SystemExit(0)


def _level(log_level: str) -> str:
    # At level info RQ writes five lines for every bell.
    return "WARNING" if log_level == "info" else log_level.upper()


def _make(url: str) -> _Worker:
    connection = redis.Redis.from_url(url, socket_connect_timeout=5, health_check_interval=30)
    return _Worker(
        [Queue(QUEUE_NAME, connection=connection, serializer=JSONSerializer)],
        # A new name each time: the old one may still stand in Redis.
        name=f"batchly-{token(9)}",
        connection=connection,
        serializer=JSONSerializer,
        worker_ttl=WORKER_TTL,
        maintenance_interval=MAINTENANCE_SECONDS,
        default_result_ttl=0,
        log_job_description=False,
    )


def _serve_without_redis(runtime: Runtime) -> None:
    # The last resort of a machine for which there is no Redis: look each second, owe nothing.
    stopping: list[int] = []

    def stop(signum: int, _frame: FrameType | None) -> None:
        stopping.append(signum)

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    rounds: tuple[Callable[[], Any], ...] = (
        lambda: schedule.write_owed(runtime.sessions, runtime.readers, runtime.clock, runtime.owed),
        tasks.sweep,
        tasks.drain_push,
        tasks.work_runs,
        tasks.work_slots,
        tasks.read_webhooks,
        tasks.work_setup,
        tasks.work_repairs,
        tasks.send_mail,
    )
    while not stopping:
        for look in rounds:
            if stopping:
                break
            try:
                look()
            except Exception:  # noqa: BLE001 - outermost: the next round looks again
                _log.exception("A task failed; the next round looks again.")
        runtime.clock.sleep(PACE_WITHOUT_REDIS)

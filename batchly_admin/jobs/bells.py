"""The bells that wake the worker: tasks in Redis that say "look", never what to do.

What has to be done stands in SQL. A bell that is lost costs the seconds until the next sweep; one
that rings twice finds nothing left to do. So a bell is never retried, and ringing never fails.
"""

from __future__ import annotations

import redis
from rq import Queue
from rq.serializers import JSONSerializer

from batchly_admin import logs
from batchly_admin.ids import token

QUEUE_NAME = "batchly"
TASKS = {
    "push": "batchly_admin.jobs.tasks.drain_push",
    "runs": "batchly_admin.jobs.tasks.work_runs",
    "slots": "batchly_admin.jobs.tasks.work_slots",
    "webhooks": "batchly_admin.jobs.tasks.read_webhooks",
    "mail": "batchly_admin.jobs.tasks.send_mail",
    "repairs": "batchly_admin.jobs.tasks.work_repairs",
    "setup": "batchly_admin.jobs.tasks.work_setup",
    "sweep": "batchly_admin.jobs.tasks.sweep",
}
LIFE_SECONDS = 30
"""A bell nobody answered in two sweeps is dropped; the next sweep rings again."""

HUSH_SECONDS = 10
TIMEOUTS = {"setup": 900, "slots": 600}
TIMEOUT = 300

_log = logs.logger(__name__)


class Bells:
    """Rings the worker through Redis, or through nothing at all when there is no Redis."""

    def __init__(self, connection: redis.Redis | None) -> None:
        self._redis = connection
        self._queue = (
            Queue(QUEUE_NAME, connection=connection, serializer=JSONSerializer)
            if connection is not None
            else None
        )

    def ring(self, name: str) -> None:
        """Wake the worker for `name`; while one such bell waits, a second one is not hung up."""
        task = TASKS[name]
        if self._queue is None or self._redis is None:
            return
        try:
            if not self._redis.set(_waiting(name), "1", nx=True, ex=HUSH_SECONDS):
                return
            self._queue.enqueue_call(
                task,
                job_id=f"{name}-{token(9)}",
                ttl=LIFE_SECONDS,
                result_ttl=0,
                failure_ttl=3600,
                timeout=TIMEOUTS.get(name, TIMEOUT),
            )
        except (redis.RedisError, OSError) as error:
            _log.warning("The bell %r did not ring (%s); the next sweep looks.", name, error)

    def answered(self, name: str) -> None:
        """Let the bell ring again: called before its task looks, so that nothing is missed."""
        if self._redis is None:
            return
        try:
            self._redis.delete(_waiting(name))
        except (redis.RedisError, OSError) as error:
            _log.warning("The bell %r stays hushed for a moment (%s).", name, error)


def connect(url: str | None) -> redis.Redis | None:
    """Give a client that gives up quickly, fit for a web request; it connects at first use."""
    if not url:
        return None
    return redis.Redis.from_url(
        url, socket_connect_timeout=0.5, socket_timeout=2, health_check_interval=30
    )


def _waiting(name: str) -> str:
    return f"batchly:bell:{name}"

"""The bells: they wake once, never pile up, and never make anybody fail."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
import redis
from rq import Queue
from rq.serializers import JSONSerializer

from batchly_admin.jobs.bells import HUSH_SECONDS, LIFE_SECONDS, QUEUE_NAME, Bells, connect
from tests.servers import free_port


@pytest.fixture
def connection(redis_url: str) -> Iterator[redis.Redis]:
    client = connect(redis_url)
    assert client is not None
    yield client
    client.close()


def waiting(connection: redis.Redis) -> list[str | None]:
    queue = Queue(QUEUE_NAME, connection=connection, serializer=JSONSerializer)
    return [job.func_name for job in queue.jobs]


def test_a_bell_that_waits_is_not_hung_up_twice(connection: redis.Redis) -> None:
    bells = Bells(connection)

    for _ in range(100):
        bells.ring("push")
    bells.ring("runs")

    assert waiting(connection) == [
        "batchly_admin.jobs.tasks.drain_push",
        "batchly_admin.jobs.tasks.work_runs",
    ]


def test_an_answered_bell_can_ring_again(connection: redis.Redis) -> None:
    bells = Bells(connection)
    bells.ring("push")

    bells.answered("push")
    bells.ring("push")

    assert len(waiting(connection)) == 2


def test_every_bell_has_a_task_that_exists(connection: redis.Redis) -> None:
    bells = Bells(connection)
    for name in ("push", "runs", "slots", "sweep"):
        bells.ring(name)

    queue = Queue(QUEUE_NAME, connection=connection, serializer=JSONSerializer)

    assert all(callable(job.func) for job in queue.jobs)


def test_a_bell_nobody_answers_goes_away_by_itself(connection: redis.Redis) -> None:
    Bells(connection).ring("push")

    job = Queue(QUEUE_NAME, connection=connection, serializer=JSONSerializer).jobs[0]

    assert job.ttl == LIFE_SECONDS
    assert job.result_ttl == 0
    assert job.retries_left is None
    assert 0 < connection.ttl("batchly:bell:push") <= HUSH_SECONDS


def test_a_flushed_redis_rings_again_at_once(connection: redis.Redis) -> None:
    bells = Bells(connection)
    bells.ring("push")

    connection.flushall()
    bells.ring("push")

    assert len(waiting(connection)) == 1


def test_without_an_answering_redis_ringing_is_quick_and_silent() -> None:
    client = connect(f"redis://127.0.0.1:{free_port()}/0")
    bells = Bells(client)
    started = time.monotonic()

    bells.ring("push")
    bells.answered("push")

    assert time.monotonic() - started < 2
    assert client is not None
    client.close()


def test_without_any_redis_ringing_does_nothing() -> None:
    assert connect(None) is None

    Bells(None).ring("push")


def test_an_unknown_bell_is_a_mistake_of_ours(connection: redis.Redis) -> None:
    with pytest.raises(KeyError):
        Bells(connection).ring("supper")

import threading
from concurrent.futures import ThreadPoolExecutor
from time import monotonic

import redis

from batchly_admin.clock import SystemClock
from batchly_admin.qbo.throttle import Pace, Throttle

REALM = "9341"


def test_many_workers_together_never_go_faster_than_allowed(redis_url: str) -> None:
    pace = Pace(per_second=8, burst=10, per_minute=450)
    moments: list[float] = []
    lock = threading.Lock()

    def work(_number: int) -> None:
        clock = SystemClock()
        throttle = Throttle(redis.Redis.from_url(redis_url), clock, pace)
        for _ in range(6):
            while wait := throttle.reserve(REALM):
                clock.sleep(wait)
            with lock:
                moments.append(monotonic())

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, range(4)))

    moments.sort()
    busiest = max(sum(start <= at < start + 1 for at in moments) for start in moments)
    assert len(moments) == 24
    assert busiest <= 10
    assert moments[-1] - moments[0] < 6, "and hardly slower"


def test_the_minute_is_bounded_too(redis_url: str) -> None:
    pace = Pace(per_second=1000, burst=1000, per_minute=20)
    throttle = Throttle(redis.Redis.from_url(redis_url), SystemClock(), pace)

    waits = [throttle.reserve(REALM) for _ in range(21)]

    assert waits[:20] == [0.0] * 20
    assert 50 < waits[20] <= 60
    assert throttle.reserve("another company") == 0.0


def test_a_hold_keeps_every_process_back(redis_url: str) -> None:
    first, second = (
        Throttle(redis.Redis.from_url(redis_url), SystemClock(), Pace()) for _ in range(2)
    )

    first.hold(REALM, 30)

    assert 29 < second.reserve(REALM) <= 30


def test_without_redis_each_process_makes_one_call_a_second() -> None:
    for connection in (None, redis.Redis.from_url("redis://127.0.0.1:1/0")):
        throttle = Throttle(connection, SystemClock(), Pace())

        assert throttle.reserve(REALM) == 0.0
        assert 0.5 < throttle.reserve(REALM) <= 1.0

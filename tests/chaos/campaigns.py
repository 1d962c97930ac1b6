"""What is done to the shop while it works: killed, lied to, cut off, raced against itself."""

from __future__ import annotations

import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

from batchly_admin.models.customers import Customer
from batchly_admin.qbo import crash
from batchly_admin.qbo.simulator.faults.injection import KINDS
from batchly_admin.services import outbox
from tests.chaos.stage import Stage
from tests.functional.shop import FAST, Shop
from tests.servers import PostgreSql

LEASE = 301
HOUR = 3600
PUSHING = frozenset({"claim", "prepare", "lookup", "send", "batch", "record", "failure", "refresh"})
PUSH_POINTS = tuple(name for name in crash.POINTS if name.partition(".")[0] in PUSHING)
PULL_POINTS = tuple(name for name in crash.POINTS if name.startswith("pull."))
NOT_HARMLESS = frozenset({"wrong_total", "fault200"})
"""They change what a person is told, which tests of their own look at."""

FAULTS = tuple(sorted(KINDS - NOT_HARMLESS))
ENDS_LOGIN = "revoked_grant"
ROUTES = (".*", "(invoice|customer|item).create|batch.send", "invoice.create|batch.send")


def kill(stage: Stage, *, repeat: int, points: tuple[str, ...] = PUSH_POINTS) -> Counter[str]:
    """Kill a worker at every named point, again and again; count the kills by point."""
    killed: Counter[str] = Counter()
    for _ in range(repeat):
        for point in points:
            _make_reachable(stage, point)
            # A log-in is renewed once in a drain; everything else is passed again and again.
            nth = 1 if point.startswith("refresh") else stage.chance.choice((1, 1, 2))

            def drain(shop: Shop, spec: str = f"{point}:{nth}") -> None:
                crash.arm(spec)
                shop.engine.drain(seconds=60)

            killed[point] += stage.in_another_process(drain) == crash.EXIT_CODE
            stage.quickbooks.heal()
            stage.later(LEASE)
            # Three deaths over one row end it on purpose; here each dies once.
            stage.settle()
    return killed


def _make_reachable(stage: Stage, point: str) -> None:
    """Make work whose way leads past the point, twice."""
    part = point.partition(".")[0]
    stage.work(25 if part == "batch" else 3)
    if part == "failure":
        stage.hopeless_work()
        stage.hopeless_work()
    elif part == "lookup":
        for _ in range(2):
            _queue_looked_for(stage)
    elif part == "refresh":
        stage.later(HOUR)
        stage.work(2)


def _queue_looked_for(stage: Stage) -> None:
    """Queue a customer with an e-mail, which is looked for before it is created."""
    number = stage.chance.random()
    key = stage.shop.customer(f"Looked for {number}", email=f"{number}@example.com")
    with stage.shop.begin() as uow:
        outbox.enqueue(uow, uow.session.get(Customer, key))


def kill_pulls(stage: Stage, *, repeat: int) -> Counter[str]:
    """Kill a worker at every point of a pull, while payments come in."""
    killed: Counter[str] = Counter()
    for _ in range(repeat):
        for point in PULL_POINTS:
            stage.quickbooks.item(f"Poster {stage.chance.random()}", kind="Service")

            def pull(shop: Shop, spec: str = f"{point}:1") -> None:
                crash.arm(spec)
                shop.engine.pull("items")

            killed[point] += stage.in_another_process(pull) == crash.EXIT_CODE
            stage.later(LEASE)
        stage.shop.engine.pull("items")
    return killed


def faults(stage: Stage, *, each: int, kinds: tuple[str, ...] = FAULTS) -> Counter[str]:
    """Break answers in every way there is; count the answers that were broken, by kind."""
    broken: Counter[str] = Counter()
    for _ in range(each):
        for kind in kinds:
            stage.work(stage.chance.choice((1, 2, 3, 25)))
            route = stage.chance.choice(ROUTES)
            stage.quickbooks.fault(kind, route=route, count=stage.chance.choice((1, 1, 2, 6)))
            stage.push()
            stage.later(35)
            stage.push()
            broken[kind] += _hits(stage)
            stage.quickbooks.heal()
            if kind == ENDS_LOGIN:
                stage.quickbooks.grant_again(stage.shop)
            stage.settle()
    return broken


def _hits(stage: Stage) -> int:
    return sum(rule["hits"] for rule in stage.quickbooks.control("GET", "faults")["faults"])


def infra(
    stage: Stage, *, flushes: int, stops: int, restarts: int, server: PostgreSql | None
) -> Counter[str]:
    """Take Redis' memory, Redis, and the database away while documents are pushed."""
    done: Counter[str] = Counter()
    events: list[tuple[str, Any]] = [("redis_flush", stage.redis.flush)] * flushes
    events += [("redis_stop", lambda: _blink(stage))] * stops
    if server is not None:
        events += [("database_restart", server.restart)] * restarts
    stage.chance.shuffle(events)
    for name, event in events:
        stage.work(12)
        pushing = threading.Thread(target=_push_through, args=(stage,))
        pushing.start()
        event()
        pushing.join()
        done[name] += 1
        stage.later(LEASE)
        stage.settle()
    return done


def _blink(stage: Stage) -> None:
    stage.redis.stop()
    stage.redis.start()


def _push_through(stage: Stage) -> None:
    """Drain with a process' own eyes; a database that goes away ends that process, not the work."""
    stage.in_another_process(_drain)


def _drain(shop: Shop) -> None:
    shop.engine.drain(seconds=60)


def races(stage: Stage, *, rounds: int, workers: int = 6) -> Counter[str]:
    """Let many workers push the same queue at once, with a token that has just ended."""
    done: Counter[str] = Counter()
    for _ in range(rounds):
        stage.work(30)
        stage.later(HOUR)
        shops = [stage.new_shop(stage.shop.uows.clock.now()) for _ in range(workers)]
        barrier = threading.Barrier(workers)

        def drain(shop: Shop, barrier: threading.Barrier = barrier) -> None:
            barrier.wait(10)
            shop.new_engine(pace=FAST).drain(seconds=60)

        with ThreadPoolExecutor(workers) as pool:
            list(pool.map(drain, shops))
        done["rounds"] += 1
        stage.later(timedelta(seconds=LEASE).total_seconds())
        stage.settle()
    return done

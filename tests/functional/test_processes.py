"""Whole processes: start, answer, heal, stop, start again; nothing here is simulated but Intuit."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import stat
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
import redis
import requests
import sqlalchemy as sa

from batchly_admin.db import make_engine
from batchly_admin.models.company import User
from batchly_admin.up.folder import listen
from tests.servers import (
    Up,
    batchly,
    batchly_process,
    batchly_up,
    free_port,
    redis_server,
    wait_until,
)

pytestmark = pytest.mark.processes

CHILDREN = ("web", "worker", "scheduler", "redis", "simulator")


def answers(url: str, path: str = "/healthz") -> bool:
    try:
        return requests.get(f"{url}{path}", timeout=5).status_code == 200
    except requests.RequestException:
        return False


def family(pid: int) -> list[psutil.Process]:
    return list(psutil.Process(pid).children(recursive=True))


def work_is_done(up: Up) -> bool:
    """Ring a bell through Redis and see it answered by a worker."""
    state = json.loads((up.data_dir / "redis" / "server.json").read_text())
    client = redis.Redis.from_url(state["url"])
    try:
        return bool(client.keys("rq:worker:*")) and client.llen("rq:queue:batchly") == 0
    except redis.RedisError:
        return False
    finally:
        client.close()


@pytest.fixture(scope="module")
def up(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Up]:
    with batchly_up(tmp_path_factory.mktemp("up")) as running:
        yield running.ready()


def test_up_answers_and_says_where_it_is(up: Up) -> None:
    state = up.state

    assert answers(state["url"])
    assert state["pid"] == up.process.pid
    assert set(state["processes"]) == set(CHILDREN)
    assert stat.S_IMODE((up.data_dir / "up.json").stat().st_mode) == 0o600


def test_up_introduces_its_simulator(up: Up) -> None:
    simulator = up.state["simulator"]

    assert simulator["api_base"].endswith("/v3")
    assert {
        "discovery_url",
        "client_id",
        "client_secret",
        "realm_id",
        "refresh_token",
        "webhook_verifier_token",
        "control_url",
    } <= set(simulator)
    assert requests.get(simulator["discovery_url"], timeout=5).ok


def test_a_second_up_on_the_same_folder_is_refused_in_clear_words(up: Up) -> None:
    second = batchly(up.data_dir, "up", "--port", "0")

    assert second.returncode == 2
    assert f"already running on {up.data_dir} at {up.url}" in second.stderr
    assert answers(up.url)


def test_the_database_of_a_running_installation_is_connected_to_the_simulator(up: Up) -> None:
    done = batchly(up.data_dir, "sync", "status", "--json")

    state = json.loads(done.stdout.splitlines()[-1])
    assert state["connection"]["state"] == "connected"
    assert state["connection"]["realm_id"] == up.state["simulator"]["realm_id"]


@pytest.mark.parametrize("name", CHILDREN)
def test_a_killed_child_comes_back(up: Up, name: str) -> None:
    killed = up.state["processes"][name]

    os.kill(killed, signal.SIGKILL)

    wait_until(lambda: up.state["processes"][name] != killed, seconds=20, what=f"a new {name}")
    assert psutil.pid_exists(up.state["processes"][name])
    wait_until(lambda: answers(up.url), what="an answer")
    wait_until(lambda: work_is_done(up), seconds=20, what="work")
    wait_until(lambda: answers(up.state["simulator"]["discovery_url"], ""), what="QuickBooks")


def test_sighup_starts_everything_again_at_the_same_address(up: Up) -> None:
    before = up.state

    up.process.send_signal(signal.SIGHUP)

    def is_back() -> bool:
        return (up.data_dir / "up.json").exists() and up.state["boot"] != before["boot"]

    wait_until(is_back, seconds=40, what="the second start")
    assert up.url == before["url"]
    assert up.state["pid"] == before["pid"]
    assert answers(up.url)


def test_keys_are_rotated_under_a_running_installation(up: Up) -> None:
    first = batchly(up.data_dir, "keys", "rotate", "--json")

    assert first.returncode == 0, first.stderr
    assert json.loads(first.stdout.splitlines()[-1]) == {"key": "k2", "connections": 1}
    assert answers(up.url)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_stop_leaves_nothing_behind_and_a_second_start_keeps_the_data(
    shop_folder: Path, number: signal.Signals
) -> None:
    with batchly_up(shop_folder) as first:
        first.ready()
        simulator = first.state["simulator"]
        made = batchly(
            first.data_dir,
            "users",
            "create",
            "ann@shop.example",
            "--role",
            "office",
            "--password-stdin",
            stdin="a long enough pass phrase\n",
        )
        assert made.returncode == 0, made.stderr
        started = family(first.process.pid)
        assert len(started) >= 6
        code = first.stop(number)

    assert code == 0
    assert not [process for process in started if process.is_running()]
    assert not (first.data_dir / "up.json").exists()

    with batchly_up(shop_folder) as second:
        second.ready()
        assert second.state["simulator"]["api_base"] == simulator["api_base"]
        assert second.state["simulator"]["realm_id"] == simulator["realm_id"]
    engine = make_engine(f"sqlite:///{shop_folder}/batchly.sqlite3")
    with engine.connect() as connection:
        assert connection.scalars(sa.select(User.email)).all() == ["ann@shop.example"]
    engine.dispose()


def test_after_a_crash_of_the_supervisor_the_next_start_finds_a_clean_house(
    shop_folder: Path,
) -> None:
    with batchly_up(shop_folder) as first:
        first.ready()
        started = family(first.process.pid)
        first.stop(signal.SIGKILL)

        with batchly_up(shop_folder) as second:
            second.ready()
            assert answers(second.url)
            wait_until(
                lambda: (
                    not [
                        process
                        for process in started
                        if process.is_running() and process.status() != psutil.STATUS_ZOMBIE
                    ]
                ),
                seconds=25,
                what="the end of the orphans",
            )


def test_one_role_can_run_alone(shop_folder: Path) -> None:
    with batchly_up(shop_folder, environ={"BATCHLY_ROLES": "web"}) as running:
        running.ready()
        assert set(running.state["processes"]) == {"web", "redis", "simulator"}
        assert answers(running.url)


def test_worker_and_scheduler_run_as_processes_of_their_own(
    shop_folder: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "redis"
    folder.mkdir()
    with redis_server(folder) as url, contextlib.ExitStack() as stack:
        environ = {"REDIS_URL": url, "BATCHLY_ROLES": "web"}
        running = stack.enter_context(batchly_up(shop_folder, environ=environ)).ready()
        client = stack.enter_context(contextlib.closing(redis.Redis.from_url(url)))
        roles = [
            stack.enter_context(batchly_process(running.data_dir, role, environ=environ))
            for role in ("worker", "scheduler")
        ]

        wait_until(lambda: client.keys("rq:worker:*"), what="a worker")
        wait_until(lambda: client.keys("rq:scheduler_instance:*"), what="a scheduler")
        for role in roles:
            role.terminate()

        assert [role.wait(10) for role in roles] == [0, 0]


def test_a_port_that_was_asked_for_and_is_busy_is_refused(shop_folder: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as busy:
        wanted = busy.getsockname()[1]
        refused = batchly(shop_folder, "up", "--port", str(wanted))

    assert refused.returncode == 2
    assert f"Port {wanted} cannot be used" in refused.stderr


def test_without_a_wish_the_next_free_port_is_taken() -> None:
    with socket.create_server(("127.0.0.1", 0)) as busy:
        wanted = busy.getsockname()[1]
        with listen("127.0.0.1", wanted, fixed=False) as taken:
            assert wanted < taken.getsockname()[1] <= wanted + 50


def test_web_opens_pages_when_redis_is_away(shop_folder: Path) -> None:
    environ = {"REDIS_URL": f"redis://127.0.0.1:{free_port()}/0", "BATCHLY_ROLES": "web"}
    with batchly_up(shop_folder, environ=environ) as running:
        running.ready()
        assert requests.get(f"{running.url}/login", timeout=5).status_code == 200

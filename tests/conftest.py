"""Fixtures of all tests: databases cloned from a template, Redis, the simulator, a held clock."""

from __future__ import annotations

import gc
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zlib import crc32

import pytest
import redis as redis_client
from sqlalchemy.engine import Engine

from batchly_admin import migrations
from batchly_admin.clock import ManualClock
from batchly_admin.db import make_engine, make_readers, make_sessions
from batchly_admin.services.unit_of_work import UnitOfWorks
from tests.databases import Databases
from tests.servers import PostgreSql, chromium_path, redis_server, simulator_process

NOON = datetime(2026, 3, 4, 17, 0, tzinfo=UTC)
"""A Wednesday, noon in New York."""

SPARED = tuple(Path(__file__).parent / room for room in ("functional", "service"))
DATABASES = ("sqlite", "postgresql")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--one-database",
        action="store_true",
        help="run each functional and service test on one of the two databases",
    )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """With `--one-database` a test of these rooms runs on one of the two, half on either."""
    if not config.getoption("--one-database"):
        return
    spared = [item for item in items if _is_for_the_other(item)]
    config.hook.pytest_deselected(items=spared)
    gone = set(spared)
    items[:] = [item for item in items if item not in gone]


def _is_for_the_other(item: pytest.Item) -> bool:
    if not any(room in item.path.parents for room in SPARED):
        return False
    given = getattr(item, "callspec", None)
    database = next((one for one in DATABASES if given and one in given.params.values()), None)
    if database is None:
        return False
    name = item.nodeid.replace(database, "")
    return database != DATABASES[crc32(name.encode()) % 2]


def pytest_collection_finish() -> None:
    """What was loaded until now stays: looking through it for garbage again costs minutes."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def postgresql() -> Iterator[PostgreSql]:
    server = PostgreSql()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def _sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("template") / "template.sqlite3"
    engine = make_engine(f"sqlite:///{path}")
    migrations.upgrade(engine)
    engine.dispose()
    # One plain file to copy: no write-ahead log beside it.
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return path


@pytest.fixture(scope="session")
def databases(postgresql: PostgreSql) -> Databases:
    """PostgreSQL's migrated databases."""
    name = postgresql.create()
    engine = make_engine(postgresql.url(name))
    migrations.upgrade(engine)
    engine.dispose()
    return Databases(postgresql, name)


@pytest.fixture
def sqlite_url(_sqlite_template: Path, tmp_path: Path) -> str:
    path = tmp_path / "batchly.sqlite3"
    shutil.copyfile(_sqlite_template, path)
    return f"sqlite:///{path}"


@pytest.fixture
def shop_folder(_sqlite_template: Path, tmp_path: Path) -> Path:
    """A data folder whose database is migrated."""
    folder = tmp_path / "shop"
    folder.mkdir()
    shutil.copyfile(_sqlite_template, folder / "batchly.sqlite3")
    return folder


@pytest.fixture
def postgresql_url(databases: Databases) -> Iterator[str]:
    with databases.lent() as url:
        yield url


@pytest.fixture(params=DATABASES)
def database_url(request: pytest.FixtureRequest) -> str:
    """A fresh, migrated database of each kind."""
    return str(request.getfixturevalue(f"{request.param}_url"))


@pytest.fixture(scope="module")
def shared_sqlite_url(_sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("shared") / "batchly.sqlite3"
    shutil.copyfile(_sqlite_template, path)
    return f"sqlite:///{path}"


@pytest.fixture(scope="module")
def shared_postgresql_url(databases: Databases) -> Iterator[str]:
    with databases.lent() as url:
        yield url


@pytest.fixture(scope="module", params=DATABASES)
def shared_database_url(request: pytest.FixtureRequest) -> str:
    """A migrated database of each kind, one for all tests of a file."""
    return str(request.getfixturevalue(f"shared_{request.param}_url"))


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    made = make_engine(database_url)
    yield made
    made.dispose()


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(NOON)


@pytest.fixture
def rung() -> list[str]:
    """The bells that were rung."""
    return []


@pytest.fixture
def uows(engine: Engine, clock: ManualClock, rung: list[str]) -> UnitOfWorks:
    return UnitOfWorks(make_sessions(engine), make_readers(engine), clock, rung.append)


@pytest.fixture(scope="session")
def _redis_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with redis_server(tmp_path_factory.mktemp("redis")) as url:
        yield url


@pytest.fixture
def redis_url(_redis_url: str) -> str:
    """A real Redis, empty."""
    client = redis_client.Redis.from_url(_redis_url)
    client.flushall()
    client.close()
    return _redis_url


@pytest.fixture
def simulator(tmp_path: Path) -> Iterator[dict[str, Any]]:
    """A running QuickBooks simulator with an empty company, as it introduces itself."""
    with simulator_process(tmp_path / "simulator") as details:
        yield details


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of a Chromium; without one the test is skipped and says so."""
    path = chromium_path()
    if path is None:
        pytest.skip("there is no Chromium on this machine")
    return path

"""The real servers tests run against: PostgreSQL, Redis, the simulator, a whole `batchly up`."""

from __future__ import annotations

import contextlib
import functools
import json
import os
import pwd
import select
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import redis

from batchly_admin.up.redis_server import find_program

ROOT = Path(__file__).resolve().parent.parent
START_SECONDS = 30.0


def wait_until(true: Callable[[], Any], *, seconds: float = 15.0, what: str = "it") -> Any:
    """Give the first truthy answer of `true`; fail when there is none in time."""
    deadline = time.monotonic() + seconds
    while True:
        answer = true()
        if answer:
            return answer
        if time.monotonic() > deadline:
            raise AssertionError(f"{what} did not happen within {seconds} s")
        time.sleep(0.05)


def in_another_process(work: Callable[[], None]) -> int:
    """Do something in a fork of this process, which has to have one thread; give its exit code."""
    child = os.fork()
    if child == 0:
        code = 1
        try:
            work()
            code = 0
        finally:
            os._exit(code)
    _, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status)


def free_port() -> int:
    """Give a loopback port nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


def chromium_path() -> str | None:
    """Give a Chromium: the machine's, or the one Playwright fetched."""
    for name in ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable"):
        found = shutil.which(name)
        if found:
            return found
    cache = Path(os.environ.get("PLAYWRIGHT_BROWSERS_PATH", "~/.cache/ms-playwright")).expanduser()
    for pattern in ("chromium-*/chrome-linux*/chrome", "chromium-*/chrome-mac*/*/Contents/MacOS/*"):
        for path in sorted(cache.glob(pattern), reverse=True):
            return str(path)
    return None


def has_node_packages(folder: Path) -> bool:
    """Tell whether the packages locked in a folder are installed there, all and not older."""
    lock = folder / "package-lock.json"
    # npm writes this file last.
    installed = folder / "node_modules" / ".package-lock.json"
    return installed.exists() and installed.stat().st_mtime >= lock.stat().st_mtime


# --- PostgreSQL --------------------------------------------------------------------------------


def postgresql_folders() -> list[Path]:
    """Give the folders that hold a PostgreSQL server, the machine's own first."""
    candidates: list[Path] = []
    on_path = shutil.which("initdb")
    if on_path:
        candidates.append(Path(on_path).resolve().parent)
    candidates += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    with contextlib.suppress(ImportError):
        import importlib.util

        spec = importlib.util.find_spec("pgserver")
        if spec is not None and spec.origin is not None:
            candidates.append(Path(spec.origin).parent / "pginstall" / "bin")
    return [
        folder
        for folder in candidates
        if (folder / "initdb").exists() and (folder / "postgres").exists()
    ]


class PostgreSql:
    """A PostgreSQL server of our own on loopback, with a template from which databases are cloned.

    It refuses to run as root, so as root it runs as `postgres` or `nobody`. Only a durable one
    keeps what was committed when it is restarted.
    """

    def __init__(self, *, is_durable: bool = False) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="batchly-pg-", dir="/tmp"))
        self._commit = "on" if is_durable else "off"
        self._as: dict[str, Any] = {}
        if os.geteuid() == 0:
            person = _unprivileged()
            self._as = {"user": person.pw_uid, "group": person.pw_gid, "extra_groups": []}
            os.chown(self._folder, person.pw_uid, person.pw_gid)
        self.port = free_port()
        self._bin = self._usable_folder()
        self._run("initdb", "-D", "data", "-U", "batchly", "-A", "trust", "-E", "UTF8")
        self._start()
        self._number = 0

    def restart(self) -> None:
        """End the server as a crash does, under whoever is connected, and start it again."""
        self._process.send_signal(signal.SIGQUIT)
        self._process.wait(10)
        self._start()

    def _start(self) -> None:
        with (self._folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [
                    str(self._bin / "postgres"),
                    *(
                        "-D",
                        "data",
                        "-p",
                        str(self.port),
                        "-h",
                        "127.0.0.1",
                        "-k",
                        str(self._folder),
                    ),
                    *(
                        "-c",
                        "fsync=off",
                        "-c",
                        f"synchronous_commit={self._commit}",
                        "-c",
                        "full_page_writes=off",
                    ),
                    *("-c", "shared_buffers=64MB", "-c", "max_connections=100"),
                    *("-c", "autovacuum=off", "-c", "max_wal_size=4GB"),
                ],
                cwd=self._folder,
                stdout=log,
                stderr=log,
                env=self._environment(),
                **self._as,
            )
        wait_until(self._answers, seconds=START_SECONDS, what="the start of PostgreSQL")

    def _usable_folder(self) -> Path:
        for folder in postgresql_folders():
            if self._works(folder):
                return folder
            # Another user may not look into our virtual environment; a copy is readable.
            copy = self._folder / "program"
            shutil.copytree(folder.parent, copy)
            if self._works(copy / "bin"):
                return copy / "bin"
            shutil.rmtree(copy)
        raise AssertionError("there is no PostgreSQL server; run `make test`")

    def _works(self, folder: Path) -> bool:
        try:
            done = subprocess.run(
                [str(folder / "postgres"), "--version"],
                cwd=self._folder,
                capture_output=True,
                check=False,
                **self._as,
            )
        except OSError:
            return False
        return done.returncode == 0

    def _environment(self) -> dict[str, str]:
        return {"PATH": os.environ.get("PATH", ""), "LC_ALL": "C.UTF-8", "HOME": str(self._folder)}

    def _run(self, program: str, *words: str) -> None:
        subprocess.run(
            [str(self._bin / program), *words],
            cwd=self._folder,
            env=self._environment(),
            check=True,
            capture_output=True,
            **self._as,
        )

    def _answers(self) -> bool:
        try:
            psycopg.connect(self._address("postgres"), connect_timeout=1).close()
        except psycopg.OperationalError:
            return False
        return True

    def _address(self, name: str) -> str:
        return f"postgresql://batchly@127.0.0.1:{self.port}/{name}"

    def url(self, name: str) -> str:
        """Give SQLAlchemy's address of a database."""
        return f"postgresql+psycopg://batchly@127.0.0.1:{self.port}/{name}"

    def create(self, *, template: str = "template0") -> str:
        """Make a new database, a copy of `template`, and give its name."""
        self._number += 1
        name = f"t{self._number}"
        self.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        return name

    def drop(self, name: str) -> None:
        """Remove a database, whoever is still connected."""
        self.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    def execute(self, statement: str) -> None:
        """Run one statement of database upkeep."""
        with self.connect("postgres") as connection:
            connection.execute(statement.encode())

    def connect(self, name: str) -> psycopg.Connection:
        """Give a connection to a database, each statement of which stands for itself."""
        return psycopg.connect(self._address(name), autocommit=True)

    def stop(self) -> None:
        """End the server and remove its files."""
        self._process.send_signal(signal.SIGQUIT)
        self._process.wait(10)
        shutil.rmtree(self._folder, ignore_errors=True)


def _unprivileged() -> pwd.struct_passwd:
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name)
    raise AssertionError("PostgreSQL does not run as root, and there is no other user")


# --- Redis -------------------------------------------------------------------------------------


@contextlib.contextmanager
def redis_server(folder: Path) -> Iterator[str]:
    """Run a Redis in `folder` and give its address."""
    program = find_program()
    assert program is not None, "there is no Redis server; run `make test`"
    port = free_port()
    process = subprocess.Popen(
        [
            program,
            *("--port", str(port), "--bind", "127.0.0.1", "--dir", str(folder)),
            *("--save", "", "--appendonly", "no", "--loglevel", "warning"),
        ],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    url = f"redis://127.0.0.1:{port}/0"
    client = redis.Redis.from_url(url)

    def answers() -> bool:
        try:
            return bool(client.ping())
        except redis.RedisError:
            return False

    try:
        wait_until(answers, seconds=START_SECONDS, what="the start of Redis")
        yield url
    finally:
        client.close()
        process.terminate()
        process.wait(10)


# --- The simulator -----------------------------------------------------------------------------


@functools.cache
def _nursery() -> subprocess.Popen[str]:
    """The process that has simulators; it ends with us, when its input does."""
    return subprocess.Popen(
        [sys.executable, "-m", "tests.nursery"],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


@contextlib.contextmanager
def simulator_process(folder: Path, *, company: str = "empty") -> Iterator[dict[str, Any]]:
    """Run the QuickBooks simulator and give the JSON object in which it introduces itself."""
    nursery = _nursery()
    assert nursery.stdin is not None
    assert nursery.stdout is not None
    print(json.dumps({"folder": str(folder), "company": company}), file=nursery.stdin, flush=True)
    assert select.select([nursery.stdout], [], [], START_SECONDS)[0], "the simulator is silent"
    answer = json.loads(nursery.stdout.readline())
    try:
        yield answer["details"]
    finally:
        os.kill(answer["pid"], signal.SIGTERM)
        wait_until(lambda: not _lives(answer["pid"]), seconds=10, what="the simulator's end")


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


# --- A whole installation ----------------------------------------------------------------------


@dataclass(slots=True)
class Up:
    """A running `batchly up`."""

    process: subprocess.Popen[str]
    data_dir: Path
    log: Path

    @property
    def state(self) -> dict[str, Any]:
        """What up.json says."""
        return json.loads((self.data_dir / "up.json").read_text())  # type: ignore[no-any-return]

    @property
    def url(self) -> str:
        """Where web answers."""
        return str(self.state["url"])

    def ready(self) -> Up:
        """Wait until web answers."""

        def looks() -> bool:
            assert self.process.poll() is None, f"batchly up ended:\n{self.log.read_text()}"
            path = self.data_dir / "up.json"
            return path.exists() and self.state["pid"] == self.process.pid

        wait_until(looks, seconds=START_SECONDS * 3, what="the start of Batchly")
        return self

    def stop(self, number: int = signal.SIGTERM, *, seconds: float = 26.0) -> int:
        """End it and give its exit code."""
        self.process.send_signal(number)
        return self.process.wait(seconds)


@contextlib.contextmanager
def batchly_up(
    data_dir: Path, *words: str, environ: Mapping[str, str] | None = None
) -> Iterator[Up]:
    """Run `batchly up` on a free port; whatever is left of it is ended afterwards."""
    data_dir.mkdir(parents=True, exist_ok=True)
    log = data_dir / "up.log"
    with log.open("a") as output:
        process = subprocess.Popen(
            [
                sys.executable,
                "-m",
                "batchly_admin",
                "up",
                "--data",
                str(data_dir),
                "--port",
                "0",
                *words,
            ],
            cwd=ROOT,
            stdout=output,
            stderr=output,
            text=True,
            env={**clean_environment(), **(environ or {})},
        )
    running = Up(process, data_dir, log)
    try:
        yield running
    finally:
        if process.poll() is None:
            process.terminate()
            try:
                process.wait(26)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


@contextlib.contextmanager
def batchly_process(
    data_dir: Path, role: str, *, environ: Mapping[str, str] | None = None
) -> Iterator[subprocess.Popen[bytes]]:
    """Run one role as a process of its own."""
    with (data_dir / f"{role}.log").open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "batchly_admin", role, "--data", str(data_dir)],
            cwd=ROOT,
            stdout=log,
            stderr=log,
            env={**clean_environment(), **(environ or {})},
        )
    try:
        yield process
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()


def clean_environment() -> dict[str, str]:
    """Give this process's environment without anything that sets up Batchly."""
    ours = ("BATCHLY_", "QB_", "QBO_", "DATABASE_URL", "REDIS_URL", "PORT")
    return {name: value for name, value in os.environ.items() if not name.startswith(ours)}


def batchly(
    data_dir: Path, *words: str, stdin: str = "", environ: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run one `batchly` command to its end."""
    return subprocess.run(
        [sys.executable, "-m", "batchly_admin", *words, "--data", str(data_dir)],
        cwd=ROOT,
        input=stdin,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        env={**clean_environment(), **(environ or {})},
    )

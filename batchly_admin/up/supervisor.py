"""All of Batchly under one roof, for a laptop and for a single dyno.

The application is loaded once and then forked, so web, worker and scheduler share its memory: a
whole dyno takes about half of what separate processes take. Redis and the simulator are programs of
their own. Whoever dies is started again; on SIGTERM the roles stop first and their servers last.
"""

from __future__ import annotations

import contextlib
import gc
import os
import signal
import socket
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

from batchly_admin import ids, logs
from batchly_admin.clock import Clock
from batchly_admin.errors import ConfigError
from batchly_admin.up.children import Child
from batchly_admin.up.folder import UP_FILE, write_private
from batchly_admin.up.own_simulator import OwnSimulator
from batchly_admin.up.redis_server import PrivateRedis

STOP_SECONDS = 21.0
LOOK_SECONDS = 0.2
SERVER_PAUSE = 1.0

_log = logs.logger(__name__)


@dataclass(frozen=True, slots=True)
class Servers:
    """The programs a `batchly up` runs beside the roles, where it needs them."""

    redis: PrivateRedis | None
    simulator: OwnSimulator | None


class Supervisor:
    """Starts the roles, watches everything, stops everything."""

    def __init__(self, data_dir: Path, clock: Clock, servers: Servers) -> None:
        self._data_dir = data_dir
        self._clock = clock
        self._servers = servers
        self._children: list[Child] = []
        self._stop_signal = 0
        self._boot = ids.token(9)
        self._next_look = 0.0

    @property
    def restart_wanted(self) -> bool:
        """Whether SIGHUP asked for a fresh start with settings read anew."""
        return self._stop_signal == signal.SIGHUP

    def add(self, name: str, main: Callable[[], None]) -> None:
        """Run `main` as a role; call it before `run`."""
        self._children.append(Child(name, main, self._clock))

    def watch_signals(self) -> None:
        """Turn SIGTERM, SIGINT and SIGHUP into a clean stop from here on."""
        signal.signal(signal.SIGTERM, self._on_stop)
        signal.signal(signal.SIGINT, self._on_stop)
        signal.signal(signal.SIGHUP, self._on_stop)

    def _on_stop(self, number: int, _frame: FrameType | None) -> None:
        if not self._children:
            # Still being put together: what runs so far is stopped on the way out.
            raise SystemExit(0)
        self._stop_signal = number

    def run(
        self, *, url: str, announce: Callable[[], None], simulator: dict[str, Any] | None
    ) -> None:
        """Start the roles, announce them when web answers, and stay until told to stop."""
        # Collected now and frozen, the shared pages stay shared.
        gc.enable()
        gc.collect()
        gc.freeze()
        for child in self._children:
            child.start()
        announced = not any(child.name == "web" for child in self._children)
        while not self._stop_signal:
            if not announced and _answers(url):
                announced = True
                self._write_up(url, simulator)
                announce()
            changed = self._look_after_servers()
            self._reap()
            for child in self._children:
                changed = child.start_if_due() or changed
            if changed and announced:
                self._write_up(url, simulator)
            self._clock.sleep(LOOK_SECONDS if announced else 0.02)

    def _write_up(self, url: str, simulator: dict[str, Any] | None) -> None:
        content: dict[str, Any] = {
            "url": url,
            "pid": os.getpid(),
            "boot": self._boot,
            "processes": {child.name: child.pid for child in self._children},
        }
        if self._servers.redis is not None:
            content["processes"]["redis"] = self._servers.redis.pid
        if self._servers.simulator is not None:
            content["processes"]["simulator"] = self._servers.simulator.pid
        if simulator is not None:
            content["simulator"] = simulator
        write_private(self._data_dir / UP_FILE, content)

    def _look_after_servers(self) -> bool:
        redis, simulator = self._servers.redis, self._servers.simulator
        if self._clock.monotonic() < self._next_look:
            return False
        changed = False
        if redis is not None and redis.has_died():
            _log.warning("The private Redis ended; it starts again.")
            try:
                redis.start()
            except ConfigError as error:
                _log.error("%s", error.message)
            changed = True
        if simulator is not None and simulator.has_died():
            _log.warning("The simulator ended; it starts again.")
            simulator.launch()
            changed = True
        if changed:
            self._next_look = self._clock.monotonic() + SERVER_PAUSE
        return changed

    def _reap(self) -> None:
        for child in self._children:
            if child.pid is not None and _has_ended(child.pid):
                child.ended()

    def stop(self) -> None:
        """Stop the roles, then their servers; kill what does not end in time."""
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        with contextlib.suppress(OSError):
            (self._data_dir / UP_FILE).unlink(missing_ok=True)
        for child in self._children:
            child.signal(signal.SIGTERM)
        deadline = self._clock.monotonic() + STOP_SECONDS
        while self._running() and self._clock.monotonic() < deadline:
            self._clock.sleep(0.05)
        for child in self._children:
            child.kill()
        if self._servers.simulator is not None:
            self._servers.simulator.stop()
        if self._servers.redis is not None:
            self._servers.redis.stop()

    def _running(self) -> bool:
        running = False
        for child in self._children:
            if child.pid is not None and not _has_ended(child.pid):
                running = True
            elif child.pid is not None:
                child.kill()
                child.pid = None
        return running


def say(line: str) -> None:
    """Print a line for the person in front of the terminal."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def bind_to(listener: socket.socket) -> str:
    """Give gunicorn's name of a socket that stays open while web is started again."""
    return f"fd://{listener.fileno()}"


def _has_ended(pid: int) -> bool:
    try:
        return os.waitpid(pid, os.WNOHANG)[0] == pid
    except ChildProcessError:
        return True


def _answers(url: str) -> bool:
    try:
        with urlopen(f"{url}/healthz", timeout=1) as answer:  # noqa: S310 - our own address
            return bool(answer.status == 200)
    except (URLError, OSError):
        return False

"""The QuickBooks simulator that `batchly up` runs when there is no QuickBooks to talk to."""

from __future__ import annotations

import os
import select
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.request import ProxyHandler, Request, build_opener

import orjson

from batchly_admin import logs
from batchly_admin.clock import Clock
from batchly_admin.errors import ConfigError
from batchly_admin.up.folder import free_port, is_free, read_private, write_private
from batchly_admin.up.leash import die_with_parent, is_alive

STATE_FILE = "simulator.json"
LOG_FILE = "simulator.log"
START_SECONDS = 20.0
STOP_SECONDS = 3.0
CONTROL_SECONDS = 5.0

# A proxy of the machine has nothing to do with a program beside us.
_opener = build_opener(ProxyHandler({}))
_log = logs.logger(__name__)


class OwnSimulator:
    """The simulator as a child process on a port that stays the same over restarts."""

    def __init__(self, data_dir: Path, clock: Clock, *, company: str) -> None:
        self._data_dir = data_dir
        self._folder = data_dir / "simulator"
        self._clock = clock
        self._company = company
        self._process: subprocess.Popen[bytes] | None = None
        self._control_url = ""

    @property
    def pid(self) -> int | None:
        """The process id while it runs."""
        return self._process.pid if self._process else None

    def launch(self) -> None:
        """Start it without waiting, so that the application loads meanwhile."""
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        if self._process is not None and self._process.stdout is not None:
            self._process.stdout.close()
        state = read_private(self._data_dir / STATE_FILE) or {}
        self._end_leftover(int(state.get("pid", 0)))
        port = int(state.get("port", 0))
        if not port or not is_free(port):
            port = free_port()
        # The shop the simulator was first filled with stays, whatever is asked later.
        company = str(state.get("company", self._company))
        with (self._data_dir / LOG_FILE).open("ab") as log:
            self._process = subprocess.Popen(  # noqa: S603 - our own program
                [
                    sys.executable,
                    *("-m", "batchly_admin.qbo.simulator"),
                    *("--port", str(port)),
                    *("--data", str(self._folder)),
                    *("--company", company),
                ],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=log,
                start_new_session=True,
                preexec_fn=die_with_parent,  # noqa: PLW1509 - no thread runs in this process yet
            )
        write_private(
            self._data_dir / STATE_FILE, {"port": port, "company": company, "pid": self.pid}
        )

    def details(self) -> dict[str, Any]:
        """Wait for the one line in which the simulator says how to reach it, and give it.

        Raises:
            ConfigError: it ended or said nothing in time.
        """
        line = self._first_line()
        try:
            details = orjson.loads(line)
        except orjson.JSONDecodeError:
            details = None
        if not isinstance(details, dict):
            log_file = self._data_dir / LOG_FILE
            raise ConfigError(f"The QuickBooks simulator does not start; see {log_file}.")
        self._control_url = str(details.get("control_url") or "")
        return details

    def tell(self, url: str) -> None:
        """Have it send its webhooks to an address; what waits for that address already stays.

        Without webhooks the pulls still bring all news, so a failure is only logged.
        """
        try:
            known = self._control("GET", None).get("webhooks") or {}
            if known.get("url") != url:
                self._control("POST", {"url": url})
        except (OSError, ValueError) as error:
            _log.warning("The simulator sends no webhooks: %s.", error)

    def _control(self, method: str, body: dict[str, Any] | None) -> dict[str, Any]:
        asked = Request(  # noqa: S310 - our own program, on this machine
            f"{self._control_url}/api/webhooks",
            data=orjson.dumps(body) if body is not None else None,
            headers={"Content-Type": "application/json"},
            method=method,
        )
        with _opener.open(asked, timeout=CONTROL_SECONDS) as answer:
            found: dict[str, Any] = orjson.loads(answer.read())
        return found

    def _first_line(self) -> bytes:
        if self._process is None or self._process.stdout is None:
            return b""
        descriptor = self._process.stdout.fileno()
        deadline = self._clock.monotonic() + START_SECONDS
        content = b""
        while b"\n" not in content:
            left = deadline - self._clock.monotonic()
            if left <= 0 or not select.select([descriptor], [], [], left)[0]:
                break
            piece = os.read(descriptor, 65536)
            if not piece:
                break
            content += piece
        return content.partition(b"\n")[0]

    def _end_leftover(self, pid: int) -> None:
        # After a crash elsewhere than on Linux the old one may still hold the port and the store.
        if pid <= 0 or not is_alive(pid):
            return
        answer = subprocess.run(  # noqa: S603 - a tool of every Unix
            ["ps", "-o", "command=", "-p", str(pid)],  # noqa: S607 - found on the path on purpose
            capture_output=True,
            text=True,
            check=False,
        )
        if "batchly_admin.qbo.simulator" not in answer.stdout:
            return
        if str(self._folder) not in answer.stdout:
            return
        os.kill(pid, 15)
        deadline = self._clock.monotonic() + STOP_SECONDS
        while is_alive(pid) and self._clock.monotonic() < deadline:
            self._clock.sleep(0.05)

    def has_died(self) -> bool:
        """Tell whether it was started and is gone."""
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
        if self._process.stdout is not None:
            self._process.stdout.close()
        self._process = None

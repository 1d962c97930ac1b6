"""Forked child processes that share the loaded application's memory."""

from __future__ import annotations

import os
import signal
import sys
import traceback
from collections.abc import Callable
from typing import NoReturn

from batchly_admin import logs
from batchly_admin.clock import Clock
from batchly_admin.up.leash import die_with_parent

FIRST_PAUSE = 0.1
LONGEST_PAUSE = 10.0
GOOD_RUN_SECONDS = 30.0

_log = logs.logger(__name__)


class Child:
    """One role of the dyno: started, watched, started again when it dies."""

    def __init__(self, name: str, main: Callable[[], None], clock: Clock) -> None:
        self.name = name
        self.pid: int | None = None
        self._main = main
        self._clock = clock
        self._started = 0.0
        self._pause = FIRST_PAUSE
        self._not_before = 0.0

    def start(self) -> None:
        """Fork and run the role in the child, in a session of its own."""
        self._started = self._clock.monotonic()
        supervisor = os.getpid()
        pid = os.fork()
        if pid == 0:
            self._run(supervisor)
        self.pid = pid

    def _run(self, supervisor: int) -> NoReturn:
        # A session of its own: Ctrl-C reaches the supervisor only, who stops us in good order.
        status = 1
        try:
            os.setsid()
            for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
                signal.signal(number, signal.SIG_DFL)
            die_with_parent()
            if os.getppid() == supervisor:
                self._main()
            status = 0
        except SystemExit as error:
            status = error.code if isinstance(error.code, int) else 1
        except BaseException:  # noqa: BLE001 - nothing may run on into the supervisor's code
            traceback.print_exc()
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(status)

    def signal(self, number: int) -> None:
        """Send a signal to the role's process."""
        if self.pid is not None:
            _send(os.kill, self.pid, number)

    def kill(self) -> None:
        """End the role and everything it started, at once."""
        if self.pid is not None:
            _send(os.killpg, self.pid, signal.SIGKILL)

    def ended(self) -> None:
        """Note that the process is gone, end what it left behind, and pick the time to return."""
        self.kill()
        self.pid = None
        lasted = self._clock.monotonic() - self._started
        self._pause = (
            FIRST_PAUSE if lasted > GOOD_RUN_SECONDS else min(self._pause * 2, LONGEST_PAUSE)
        )
        self._not_before = self._clock.monotonic() + self._pause
        _log.warning("%s ended; it starts again in %.1f s.", self.name, self._pause)

    def start_if_due(self) -> bool:
        """Start it again once its pause is over; tell whether it was."""
        if self.pid is not None or self._clock.monotonic() < self._not_before:
            return False
        self.start()
        return True


def _send(send: Callable[[int, int], None], pid: int, number: int) -> None:
    try:
        send(pid, number)
    except (ProcessLookupError, PermissionError):
        return

"""What a background task finds when it runs: the parts of the house, put together once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

import redis
from sqlalchemy.engine import Engine as DatabaseEngine
from sqlalchemy.orm import Session, sessionmaker

from batchly_admin.clock import Clock
from batchly_admin.jobs.bells import Bells
from batchly_admin.qbo.vault import TokenBox
from batchly_admin.services.unit_of_work import UnitOfWorks


class SyncEngine(Protocol):
    """What tasks ask of the border to QuickBooks."""

    def drain(self, *, seconds: float) -> object:
        """Push what is due, for at most `seconds`."""
        ...

    def sweep(self) -> object:
        """Give back the rows of workers that died, and wake what waited for its time."""
        ...

    def pull(self, sync_type: str) -> object:
        """Fetch the news of one type of record."""
        ...


@dataclass(frozen=True, slots=True)
class Runtime:
    """The parts of one process.

    `work_runs` goes on with bulk runs and imports for some seconds and tells whether more is left;
    `pulls` are the default cron lines of the schedule.
    """

    database: DatabaseEngine
    sessions: sessionmaker[Session]
    readers: sessionmaker[Session]
    uows: UnitOfWorks
    clock: Clock
    redis: redis.Redis | None
    redis_url: str | None
    bells: Bells
    engine: SyncEngine
    work_runs: Callable[[float], bool]
    pulls: Mapping[str, str]
    box: TokenBox

    def dispose(self) -> None:
        """Let go of every connection, so that a forked child opens its own."""
        self.database.dispose(close=False)
        if self.redis is not None:
            self.redis.connection_pool.reset()


_bound: list[Runtime] = []


def bind(runtime: Runtime) -> None:
    """Make `runtime` the one that the tasks of this process find."""
    _bound[:] = [runtime]


def current() -> Runtime:
    """Give the bound runtime.

    Raises:
        RuntimeError: a task ran in a process that is no worker.
    """
    if not _bound:
        msg = "no runtime is bound: tasks run in the worker process only"
        raise RuntimeError(msg)
    return _bound[0]

"""What a background task finds when it runs: the parts of the house, put together once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import redis
from sqlalchemy.engine import Engine as DatabaseEngine
from sqlalchemy.orm import Session, sessionmaker

from batchly_admin.clock import Clock
from batchly_admin.jobs.bells import Bells
from batchly_admin.jobs.schedule import NIGHTLY
from batchly_admin.qbo.engine import Engine
from batchly_admin.qbo.vault import TokenBox
from batchly_admin.services.mailing import MailServer
from batchly_admin.services.unit_of_work import UnitOfWorks


@dataclass(frozen=True, slots=True)
class Runtime:
    """The parts of one process.

    `work_runs` goes on with bulk runs and imports for some seconds and tells whether more is left;
    `pulls` are the default cron lines of the schedule.
    """

    database: DatabaseEngine
    sessions: sessionmaker[Session]
    readers: sessionmaker[Session]
    glances: sessionmaker[Session]
    uows: UnitOfWorks
    clock: Clock
    redis: redis.Redis | None
    redis_url: str | None
    bells: Bells
    engine: Engine
    work_runs: Callable[[float], bool]
    pulls: Mapping[str, str]
    box: TokenBox
    mail_server: MailServer | None = None

    @property
    def owed(self) -> Mapping[str, str]:
        """Give the cron lines of all that the clock owes: pulls, and what is done every night."""
        return {**self.pulls, **NIGHTLY}

    def dispose(self) -> None:
        """Close every connection: at the end, or so that forked children open their own."""
        self.database.dispose()
        if self.redis is not None:
            self.redis.connection_pool.disconnect()


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

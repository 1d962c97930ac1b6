"""The line to QuickBooks, over which all of the engine works: one client, one pace, one log-in.

It opens the client of the connected company and keeps it between two pieces of work, writes down
what was used of Intuit's limits, and says what became of the log-in.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import redis

from batchly_admin.errors import Reconnect, SyncError, Transient
from batchly_admin.qbo import facts
from batchly_admin.qbo.auth import NOT_CONNECTED, Logins
from batchly_admin.qbo.client import Client
from batchly_admin.qbo.engine import breaker, runs, status
from batchly_admin.qbo.engine.failing import end_login
from batchly_admin.qbo.gateway import Access
from batchly_admin.qbo.session import TIMEOUTS, QboSession
from batchly_admin.qbo.throttle import Pace, Throttle
from batchly_admin.qbo.vault import TokenBox
from batchly_admin.services.unit_of_work import SYSTEM, UnitOfWorks

PATIENT = 70.0
"""Seconds for which long reading waits for its turn."""


class Line:
    """One process' line to the connected company."""

    def __init__(
        self,
        uows: UnitOfWorks,
        box: TokenBox,
        access: Access,
        *,
        connection: redis.Redis | None = None,
        pace: Pace | None = None,
        should_stop: Callable[[], bool] = lambda: False,
    ) -> None:
        self.logins = Logins(uows, box, access)
        self._uows = uows
        self.history = runs.History(uows)
        self._clock = uows.clock
        self.pace = pace or Pace()
        self._throttle = Throttle(connection, uows.clock, self.pace)
        self.timeouts = TIMEOUTS
        self._should_stop = should_stop
        self._client: Client | None = None

    def _is_over(self, deadline: float) -> bool:
        return self._should_stop() or self._clock.monotonic() >= deadline

    def _open(self) -> Client:
        """Give the client of the connected company; its connections stay open between drains.

        Raises:
            Reconnect: there is no connection.
        """
        with self._uows.read() as session:
            connection = facts.connection_of(session)
            if connection is None or connection.state != "connected":
                raise Reconnect(connection.last_error if connection else NOT_CONNECTED)
        client = self._client
        if client is None or (client.realm, client.base_url) != (
            connection.realm_id,
            connection.base_url,
        ):
            wire = QboSession(
                self._throttle,
                self._clock,
                realm=connection.realm_id,
                timeouts=self.timeouts,
            )
            client = self._client = Client(
                wire,
                self.logins,
                connection_id=connection.id,
                realm=connection.realm_id,
                base_url=connection.base_url,
            )
        return client

    def _open_to_read(self) -> Client:
        """Give the client for long reading, unless QuickBooks wants to be left alone.

        Raises:
            Reconnect: there is no connection.
            Transient: the breaker is open, or QuickBooks asked us to slow down.
        """
        client = self._open()
        with self._uows.read() as session:
            if not breaker.may_read(facts.connection_of(session), self._clock.now()):
                raise Transient("QuickBooks cannot be asked just now; try again in some minutes.")
        client.session.patience = PATIENT
        return client

    @contextmanager
    def _talking(self) -> Iterator[None]:
        """Write down what the work within used, and that the log-in ended if that is what it hears.

        Raises:
            Reconnect: the log-in has ended.
        """
        try:
            yield
        except Reconnect as error:
            self._lose_login(error)
            raise
        finally:
            self._write_usage()

    def _write_usage(self) -> None:
        if self._client is None or not self._client.session.usage.counts:
            return
        with self._uows.sessions.begin() as session:
            self._client.session.usage.write(session)
            status.note_call(session, self._clock.now())

    def _got_through(self, *, pushed: bool = False) -> None:
        with self._uows.sessions.begin() as session:
            connection = facts.connection_of(session)
            if connection is not None:
                breaker.succeed(session, connection.id, pushed=pushed)

    def _lose_login(self, error: SyncError) -> None:
        with self._uows.begin(actor=SYSTEM, source="pull") as uow:
            connection = facts.connection_of(uow.session)
            if connection is not None and error.fault_code != "6190":
                end_login(uow, connection.id, error.message)

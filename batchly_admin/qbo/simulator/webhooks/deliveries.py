"""The log of notifications: each body that was or will be sent, with how that went so far."""

from __future__ import annotations

from dataclasses import astuple, dataclass, replace

from batchly_admin.qbo.simulator.books.database import Database

# One app has one address, whichever company changed: the table belongs to no company.
SCHEMA = """
CREATE TABLE IF NOT EXISTS deliveries (seq INTEGER PRIMARY KEY, at TEXT, url TEXT, format TEXT,
  events INTEGER, body TEXT, state TEXT, attempts INTEGER, outcome TEXT, tried TEXT, due REAL)
"""
WAITING, DELIVERED, DROPPED, TEST = "waiting", "delivered", "dropped", "test"
KEPT = 1_000


@dataclass(frozen=True, slots=True)
class Delivery:
    """One body for the listener: a row of the table, in its order.

    `state` is waiting, delivered, dropped (nobody waits for it any more) or test; `due` is the
    moment of the next try, on the simulator's clock.
    """

    seq: int
    at: str
    url: str
    format: str
    events: int
    body: str
    state: str = WAITING
    attempts: int = 0
    outcome: str = ""
    tried: str = ""
    due: float = 0.0


class Deliveries:
    """The deliveries of an app, kept in the file."""

    def __init__(self, database: Database) -> None:
        self._database = database
        database.sql(SCHEMA)

    def add(self, new: Delivery) -> Delivery:
        """Write down a delivery; it comes back with its number."""
        with self._database.lock:
            rows = self._database.sql("SELECT max(seq) FROM deliveries")
            seq = int(rows[0][0] or 0) + 1
            values = astuple(replace(new, seq=seq))
            self._database.sql("INSERT INTO deliveries VALUES (?,?,?,?,?,?,?,?,?,?,?)", values)
            self._database.sql("DELETE FROM deliveries WHERE seq <= ?", (seq - KEPT,))
        return self.get(seq) or new

    def head(self) -> Delivery | None:
        """Give the delivery all others wait for: the oldest one nobody acknowledged."""
        statement = "SELECT * FROM deliveries WHERE state = ? ORDER BY seq LIMIT 1"
        return next(iter(self._find(statement, WAITING)), None)

    def get(self, seq: int) -> Delivery | None:
        """Give one delivery by its number."""
        return next(iter(self._find("SELECT * FROM deliveries WHERE seq = ?", seq)), None)

    def listed(self, most: int) -> list[Delivery]:
        """Give the newest deliveries, newest first."""
        return self._find("SELECT * FROM deliveries ORDER BY seq DESC LIMIT ?", most)

    def waiting(self) -> int:
        """Give how many deliveries wait to be acknowledged."""
        rows = self._database.sql("SELECT count(*) FROM deliveries WHERE state = ?", (WAITING,))
        return int(rows[0][0])

    def note(self, seq: int, state: str, outcome: str, tried: str, due: float) -> None:
        """Write down how a try went."""
        self._database.sql(
            "UPDATE deliveries SET state = ?, outcome = ?, tried = ?, due = ?, "
            "attempts = attempts + 1 WHERE seq = ?",
            (state, outcome, tried, due, seq),
        )

    def postpone(self, seq: int, due: float) -> None:
        """Set the moment of the next try."""
        self._database.sql("UPDATE deliveries SET due = ? WHERE seq = ?", (due, seq))

    def drop(self, reason: str) -> None:
        """Give up everything that waits."""
        self._database.sql(
            "UPDATE deliveries SET state = ?, outcome = ? WHERE state = ?",
            (DROPPED, reason, WAITING),
        )

    def _find(self, statement: str, value: object) -> list[Delivery]:
        return [Delivery(*row) for row in self._database.sql(statement, (value,))]

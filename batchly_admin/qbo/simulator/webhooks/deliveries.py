"""The log of notifications: each body that was or will be sent, with how that went so far."""

from __future__ import annotations

from dataclasses import dataclass, fields

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
    """One body for the listener.

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


_NAMES = ", ".join(one.name for one in fields(Delivery))


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
            values = tuple(getattr(new, one.name) for one in fields(Delivery))
            marks = ", ".join("?" * len(values))
            self._database.sql(
                f"INSERT INTO deliveries ({_NAMES}) VALUES ({marks})",  # noqa: S608 - names of ours
                (seq, *values[1:]),
            )
            self._database.sql("DELETE FROM deliveries WHERE seq <= ?", (seq - KEPT,))
        return self.get(seq) or new

    def head(self) -> Delivery | None:
        """Give the delivery all others wait for: the oldest one nobody acknowledged."""
        return self._one("WHERE state = ? ORDER BY seq LIMIT 1", WAITING)

    def get(self, seq: int) -> Delivery | None:
        """Give one delivery by its number."""
        return self._one("WHERE seq = ?", seq)

    def listed(self, most: int) -> list[Delivery]:
        """Give the newest deliveries, newest first."""
        return self._find("ORDER BY seq DESC LIMIT ?", most)

    def note(self, seq: int, state: str, outcome: str, tried: str, due: float) -> None:
        """Write down how a try went."""
        self._database.sql(
            "UPDATE deliveries SET state = ?, outcome = ?, tried = ?, due = ?, "
            "attempts = attempts + 1 WHERE seq = ?",
            (state, outcome, tried, due, seq),
        )

    def drop(self, reason: str) -> None:
        """Give up everything that waits."""
        self._database.sql(
            "UPDATE deliveries SET state = ?, outcome = ? WHERE state = ?",
            (DROPPED, reason, WAITING),
        )

    def _one(self, rest: str, value: object) -> Delivery | None:
        found = self._find(rest, value)
        return found[0] if found else None

    def _find(self, rest: str, value: object) -> list[Delivery]:
        rows = self._database.sql(f"SELECT {_NAMES} FROM deliveries {rest}", (value,))  # noqa: S608 - words of ours
        return [Delivery(*row) for row in rows]

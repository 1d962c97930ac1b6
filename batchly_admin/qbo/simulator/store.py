"""The simulator's own store: one SQLite file, with everything also held in memory.

Reads never touch the file. A change is kept in memory and written in the transaction that `write`
opens; when that transaction fails, memory goes back to what it was.
"""

from __future__ import annotations

import copy
import json
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

from batchly_admin.qbo.simulator.indexes import Indexes, Record

SCHEMA = """
CREATE TABLE IF NOT EXISTS records (kind TEXT, id TEXT, body TEXT, PRIMARY KEY (kind, id));
CREATE TABLE IF NOT EXISTS journal (seq INTEGER PRIMARY KEY, kind TEXT, id TEXT, operation TEXT,
  at TEXT);
CREATE TABLE IF NOT EXISTS replays (request_id TEXT PRIMARY KEY, status INTEGER, body TEXT);
CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value TEXT);
CREATE TABLE IF NOT EXISTS requests (seq INTEGER PRIMARY KEY, at TEXT, route TEXT, entry TEXT);
"""
KEPT_REQUESTS = 50_000
QUIET = frozenset({"Balance"})
"""Changes that are no edits: nobody hears of them."""
MISSING = object()
Change = tuple[str, str, float]
"""An operation, when it was, and the same moment as a number."""


def dumps(value: Any) -> str:
    """Give JSON with decimals as numbers; two decimals survive the way there and back."""
    return json.dumps(value, default=_number, separators=(",", ":"), ensure_ascii=False)


def loads(text: str | bytes) -> Any:
    """Read JSON, every number with a point as an exact decimal."""
    return json.loads(text, parse_float=Decimal)


def _number(value: Any) -> int | float:
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    msg = f"{type(value).__name__} is no JSON"
    raise TypeError(msg)


def _epoch(at: str) -> float:
    return datetime.fromisoformat(at).timestamp()


class Store:
    """Records by kind and id, the journal of their changes, and a few facts under names."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.lock = threading.RLock()
        self._file = sqlite3.connect(
            folder / "simulator.sqlite3", check_same_thread=False, isolation_level=None
        )
        self._file.execute("PRAGMA journal_mode=WAL")
        self._file.execute("PRAGMA synchronous=NORMAL")
        self._file.executescript(SCHEMA)
        self.records: dict[str, dict[str, Record]] = {}
        self.meta: dict[str, Any] = {}
        self.indexes = Indexes()
        self.latest: dict[str, dict[str, Change]] = {}
        """The newest change of each record, by kind; deleted ones too."""
        self.version = 0
        """Raised by every change, also by one that is taken back."""
        self._undo: list[Callable[[], None]] | None = None
        self._load()

    def _load(self) -> None:
        for kind, record_id, body in self._file.execute("SELECT kind, id, body FROM records"):
            self._keep(kind, record_id, loads(body))
        for key, value in self._file.execute("SELECT key, value FROM meta"):
            # Moments and counters, not money: plain numbers.
            self.meta[key] = json.loads(value)
        rows = self._file.execute("SELECT kind, id, operation, at FROM journal ORDER BY seq")
        for kind, record_id, operation, at in rows:
            if operation not in QUIET:
                self.latest.setdefault(kind, {})[record_id] = (operation, at, _epoch(at))

    def _keep(self, kind: str, record_id: str, record: Record | None) -> None:
        """Hold a record in memory, or let go of it, and let the indexes follow."""
        self.version += 1
        held = self.records.setdefault(kind, {})
        self.indexes.change(kind, record_id, held.get(record_id), record)
        if record is None:
            held.pop(record_id, None)
        else:
            held[record_id] = record

    @contextmanager
    def write(self) -> Iterator[None]:
        """Open a transaction; inside another one, a part that can be taken back by itself."""
        with self.lock:
            outer, self._undo = self._undo, []
            self._file.execute("BEGIN" if outer is None else "SAVEPOINT part")
            try:
                yield
            except BaseException:
                for take_back in reversed(self._undo):
                    take_back()
                self._file.execute("ROLLBACK" if outer is None else "ROLLBACK TO part")
                raise
            else:
                if outer is None:
                    self._file.execute("COMMIT")
                else:
                    outer += self._undo
            finally:
                if outer is not None:
                    self._file.execute("RELEASE part")
                self._undo = outer

    def all(self, kind: str) -> list[Record]:
        """Give every record of a kind, in the order of their making."""
        return list(self.records.get(kind, {}).values())

    def count(self, kind: str) -> int:
        """Give how many records of a kind there are."""
        return len(self.records.get(kind, {}))

    def get(self, kind: str, record_id: Any) -> Record | None:
        """Give one record, not to be changed in place."""
        return self.records.get(kind, {}).get(str(record_id))

    def copy(self, kind: str, record_id: Any) -> Record | None:
        """Give one record to change and put back."""
        return copy.deepcopy(self.get(kind, record_id))

    def put(self, kind: str, record: Record, *, operation: str, at: str) -> None:
        """Keep a record and write its change into the journal."""
        record_id = str(record["Id"])
        self._change(kind, record_id, record, operation, at)
        text = dumps(record)
        self._file.execute("INSERT OR REPLACE INTO records VALUES (?,?,?)", (kind, record_id, text))

    def remove(self, kind: str, record_id: str, *, at: str) -> None:
        """Delete a record; the journal remembers that it was there."""
        self._change(kind, record_id, None, "Delete", at)
        self._file.execute("DELETE FROM records WHERE kind=? AND id=?", (kind, record_id))

    def _change(
        self, kind: str, record_id: str, record: Record | None, operation: str, at: str
    ) -> None:
        if self._undo is None:
            raise RuntimeError("records change inside write() only")
        before, changes = self.get(kind, record_id), self.latest.setdefault(kind, {})
        last = changes.get(record_id)

        def take_back() -> None:
            self._keep(kind, record_id, before)
            if last is None:
                changes.pop(record_id, None)
            else:
                changes[record_id] = last

        self._undo.append(take_back)
        self._keep(kind, record_id, record)
        if operation not in QUIET:
            changes[record_id] = (operation, at, _epoch(at))
        self._file.execute(
            "INSERT INTO journal (kind, id, operation, at) VALUES (?,?,?,?)",
            (kind, record_id, operation, at),
        )

    def journal_since(self, seq: int) -> list[tuple[int, str, str, str, str]]:
        """Give the changes after a place in the journal: place, kind, id, operation, time."""
        with self.lock:
            return list(
                self._file.execute(
                    "SELECT seq, kind, id, operation, at FROM journal WHERE seq > ? ORDER BY seq",
                    (seq,),
                )
            )

    def last_change(self) -> int:
        """Give the place of the newest change in the journal."""
        with self.lock:
            found = self._file.execute("SELECT max(seq) FROM journal").fetchone()
        return int(found[0] or 0)

    def next_id(self, kind: str) -> str:
        """Give the next id of a kind; ids are never given twice."""
        number = int(self.meta.get(f"id.{kind}", 0)) + 1
        self.set(f"id.{kind}", number)
        return str(number)

    def set(self, key: str, value: Any) -> None:
        """Keep a fact under a name."""
        with self.lock:
            if self._undo is not None:
                self._undo.append(partial(self._put_back, key, self.meta.get(key, MISSING)))
            self.meta[key] = value
            self._file.execute("INSERT OR REPLACE INTO meta VALUES (?,?)", (key, dumps(value)))

    def _put_back(self, key: str, value: Any) -> None:
        if value is MISSING:
            self.meta.pop(key, None)
        else:
            self.meta[key] = value

    def replay(self, request_id: str) -> tuple[int, str] | None:
        """Give the answer a request id got the first time."""
        with self.lock:
            found: tuple[int, str] | None = self._file.execute(
                "SELECT status, body FROM replays WHERE request_id=?", (request_id,)
            ).fetchone()
            return found

    def remember(self, request_id: str, status: int, body: str) -> None:
        """Keep the answer of a request id."""
        self._file.execute(
            "INSERT OR REPLACE INTO replays VALUES (?,?,?)", (request_id, status, body)
        )

    def log(self, at: str, route: str, entry: Record) -> int:
        """Write down one request; give its place in the log."""
        with self.lock:
            cursor = self._file.execute(
                "INSERT INTO requests (at, route, entry) VALUES (?,?,?)", (at, route, dumps(entry))
            )
            place = int(cursor.lastrowid or 0)
            if place % 1000 == 0:
                self._file.execute("DELETE FROM requests WHERE seq < ?", (place - KEPT_REQUESTS,))
            return place

    def requests(self, since: int, route: str | None, limit: int) -> list[Record]:
        """Give the logged requests after a place, oldest first."""
        query = "SELECT seq, entry FROM requests WHERE seq > ?"
        values: list[Any] = [since]
        if route:
            query += " AND route = ?"
            values.append(route)
        query += " ORDER BY seq LIMIT ?"
        with self.lock:
            rows = self._file.execute(query, [*values, limit]).fetchall()
        return [{"seq": seq, **loads(entry)} for seq, entry in rows]

    def last_request(self) -> int:
        """Give the place of the newest logged request."""
        with self.lock:
            found = self._file.execute("SELECT max(seq) FROM requests").fetchone()
        return int(found[0] or 0)

    def wipe(self) -> None:
        """Forget every record, change, answer and request; facts of the installation stay."""
        with self.lock:
            for table in ("records", "journal", "replays", "requests"):
                self._file.execute(f"DELETE FROM {table}")  # noqa: S608 - four fixed names
            for key in [one for one in self.meta if one.startswith(("id.", "auto."))]:
                self._file.execute("DELETE FROM meta WHERE key=?", (key,))
                del self.meta[key]
            self.records.clear()
            self.latest.clear()
            self.version += 1
            self.indexes.clear()
            if self.meta.get("webhooks"):
                self.set("webhooks", {**self.meta["webhooks"], "place": 0})

    def close(self) -> None:
        """Let go of the file."""
        with self.lock:
            self._file.close()

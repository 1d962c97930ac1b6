"""The simulator's own store: one SQLite file, with everything also held in memory.

Reads never touch the file. A change is kept in memory and written in the transaction that `write`
opens; when that transaction fails, memory goes back to what it was.
"""

from __future__ import annotations

import copy
import json
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any

Record = dict[str, Any]
SCHEMA = """
CREATE TABLE IF NOT EXISTS records (kind TEXT, id TEXT, body TEXT, PRIMARY KEY (kind, id));
CREATE TABLE IF NOT EXISTS journal (seq INTEGER PRIMARY KEY, kind TEXT, id TEXT, operation TEXT,
  at TEXT, body TEXT);
CREATE TABLE IF NOT EXISTS replays (request_id TEXT PRIMARY KEY, status INTEGER, body TEXT);
CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value TEXT);
CREATE TABLE IF NOT EXISTS requests (seq INTEGER PRIMARY KEY, at TEXT, route TEXT, entry TEXT);
"""
KEPT_REQUESTS = 50_000


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
        self._undo: list[tuple[str, str, Record | None]] | None = None
        self._load()

    def _load(self) -> None:
        for kind, record_id, body in self._file.execute("SELECT kind, id, body FROM records"):
            self.records.setdefault(kind, {})[record_id] = loads(body)
        for key, value in self._file.execute("SELECT key, value FROM meta"):
            self.meta[key] = loads(value)

    @contextmanager
    def write(self) -> Iterator[None]:
        """Open a transaction; a nested one belongs to the outer."""
        with self.lock:
            if self._undo is not None:
                yield
                return
            self._undo = []
            self._file.execute("BEGIN")
            try:
                yield
            except BaseException:
                self._file.execute("ROLLBACK")
                for kind, record_id, before in reversed(self._undo):
                    self._restore(kind, record_id, before)
                raise
            else:
                self._file.execute("COMMIT")
            finally:
                self._undo = None

    def _restore(self, kind: str, record_id: str, before: Record | None) -> None:
        if before is None:
            self.records.get(kind, {}).pop(record_id, None)
        else:
            self.records.setdefault(kind, {})[record_id] = before

    def all(self, kind: str) -> list[Record]:
        """Give every record of a kind, in the order of their making."""
        return list(self.records.get(kind, {}).values())

    def get(self, kind: str, record_id: Any) -> Record | None:
        """Give one record, not to be changed in place."""
        return self.records.get(kind, {}).get(str(record_id))

    def copy(self, kind: str, record_id: Any) -> Record | None:
        """Give one record to change and put back."""
        return copy.deepcopy(self.get(kind, record_id))

    def put(self, kind: str, record: Record, *, operation: str, at: str) -> None:
        """Keep a record and write its change into the journal."""
        assert self._undo is not None, "records change inside write() only"
        record_id = str(record["Id"])
        self._undo.append((kind, record_id, self.get(kind, record_id)))
        self.records.setdefault(kind, {})[record_id] = record
        text = dumps(record)
        self._file.execute("INSERT OR REPLACE INTO records VALUES (?,?,?)", (kind, record_id, text))
        self._journal(kind, record_id, operation, at, text)

    def remove(self, kind: str, record_id: str, *, at: str) -> None:
        """Delete a record; the journal remembers that it was there."""
        assert self._undo is not None, "records change inside write() only"
        self._undo.append((kind, record_id, self.get(kind, record_id)))
        self.records[kind].pop(record_id)
        self._file.execute("DELETE FROM records WHERE kind=? AND id=?", (kind, record_id))
        self._journal(kind, record_id, "Delete", at, None)

    def _journal(
        self, kind: str, record_id: str, operation: str, at: str, body: str | None
    ) -> None:
        self._file.execute(
            "INSERT INTO journal (kind, id, operation, at, body) VALUES (?,?,?,?,?)",
            (kind, record_id, operation, at, body),
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

    def next_id(self, kind: str) -> str:
        """Give the next id of a kind; ids are never given twice."""
        number = int(self.meta.get(f"id.{kind}", 0)) + 1
        self.set(f"id.{kind}", number)
        return str(number)

    def set(self, key: str, value: Any) -> None:
        """Keep a fact under a name."""
        with self.lock:
            self.meta[key] = value
            self._file.execute("INSERT OR REPLACE INTO meta VALUES (?,?)", (key, dumps(value)))

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
            self._file.execute("DELETE FROM meta WHERE key LIKE 'id.%'")
            self.records.clear()
            self.meta = {key: v for key, v in self.meta.items() if not key.startswith("id.")}

    def close(self) -> None:
        """Let go of the file."""
        with self.lock:
            self._file.close()

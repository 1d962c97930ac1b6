"""One company's store: its tables in the one SQLite file, and a few records in memory.

What an answer says was accepted is in the file when the answer leaves. A change happens inside
`write`, wholly or not at all.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from batchly_admin.qbo.simulator.books.database import Database, Naming
from batchly_admin.qbo.simulator.books.entity import Entity, Record
from batchly_admin.qbo.simulator.books.tables import Table, id_key, moment_key
from batchly_admin.qbo.simulator.wire.json_text import dumps, loads

SCHEMA = """
CREATE TABLE IF NOT EXISTS journal (seq INTEGER PRIMARY KEY, kind TEXT, id TEXT, operation TEXT,
  at TEXT);
CREATE TABLE IF NOT EXISTS graves (kind TEXT, id TEXT, at TEXT, moment REAL,
  PRIMARY KEY (kind, id)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS replays (request_id TEXT PRIMARY KEY, status INTEGER, body TEXT,
  moment REAL);
CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value TEXT);
CREATE TABLE IF NOT EXISTS requests (seq INTEGER PRIMARY KEY, at TEXT, route TEXT, entry TEXT);
CREATE TABLE IF NOT EXISTS links (kind TEXT, id INTEGER, to_kind TEXT, to_id INTEGER,
  cents INTEGER);
CREATE INDEX IF NOT EXISTS links_from ON links (kind, id);
CREATE INDEX IF NOT EXISTS links_to ON links (to_kind, to_id);
CREATE TABLE IF NOT EXISTS postings (kind TEXT, id INTEGER, day TEXT, account INTEGER, party TEXT,
  cents INTEGER, item TEXT, quantity REAL, rate TEXT, net INTEGER, class TEXT, department TEXT,
  note TEXT);
CREATE INDEX IF NOT EXISTS postings_of ON postings (kind, id);
CREATE INDEX IF NOT EXISTS postings_on ON postings (account, day);
CREATE INDEX IF NOT EXISTS postings_for ON postings (party, account);
CREATE TABLE IF NOT EXISTS balances (account INTEGER, party TEXT, cents INTEGER,
  PRIMARY KEY (account, party)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS stock (item TEXT PRIMARY KEY, quantity REAL, cents INTEGER);
CREATE TABLE IF NOT EXISTS files (id TEXT PRIMARY KEY, content BLOB);
"""
KEPT_REQUESTS = 50_000
KEPT_RECORDS = 1_000
MAIN = "main"
"""The company the simulator is started with."""
QUIET = "Balance"
"""A change that is no edit: nobody hears of it."""


class Store:
    """Records by kind and id, the journal of their changes, and a few facts under names."""

    def __init__(
        self,
        database: Database,
        entities: Mapping[str, Entity],
        company: str = MAIN,
        *,
        above: Store | None = None,
    ) -> None:
        self.tables = {kind: Table(entity) for kind, entity in entities.items()}
        script = [one.strip() for one in SCHEMA.split(";") if one.strip()]
        script += [statement for table in self.tables.values() for statement in table.script()]
        self.database = database
        self.lock = database.lock
        self.write = database.write
        self._above = above
        self._naming = Naming(company, script)
        with database.write():
            for statement in script:
                self.sql(statement)
        self._read: dict[tuple[str, str], Record] = {}
        self.meta: dict[str, Any] = {}
        self._load_meta()
        database.after_undo(self._forget)

    def _forget(self) -> None:
        self._read.clear()
        self._load_meta()

    def _load_meta(self) -> None:
        # Moments and counters, not money: plain numbers.
        rows = self.sql("SELECT key, value FROM meta")
        self.meta = {key: json.loads(value) for key, value in rows}

    def sql(self, statement: str, values: Any = ()) -> list[Any]:
        """Give the rows of a statement of ours, which names the tables of this company plainly."""
        return self.database.sql(self._naming.full(statement), values)

    def define(self, name: str, arguments: int, function: Any) -> None:
        """Let statements call a function."""
        self.database.define(name, arguments, function)

    # --- records -----------------------------------------------------------------------------

    def text(self, kind: str, record_id: Any) -> str | None:
        """Give one record as JSON text."""
        if kind not in self.tables:
            return None
        rows = self.sql(f'SELECT body FROM "{kind}" WHERE "Id" = ?', (id_key(record_id),))  # noqa: S608 - a kind of ours
        return rows[0][0] if rows else None

    def get(self, kind: str, record_id: Any) -> Record | None:
        """Give one record, not to be changed in place."""
        key = (kind, str(record_id))
        with self.lock:
            found = self._read.get(key)
            if found is None:
                text = self.text(kind, record_id)
                if text is None:
                    return None
                if len(self._read) >= KEPT_RECORDS:
                    self._read.clear()
                found = self._read[key] = loads(text)
            return found

    def copy(self, kind: str, record_id: Any) -> Record | None:
        """Give one record to change and put back."""
        text = self.text(kind, record_id)
        return None if text is None else loads(text)

    def all(self, kind: str) -> Iterator[Record]:
        """Give every record of a kind, in the order of their making."""
        rows = self.sql(f'SELECT body FROM "{kind}" ORDER BY rowid')  # noqa: S608 - a kind of ours
        return (loads(body) for (body,) in rows)

    def find(self, kind: str, column: str, value: Any) -> list[Record]:
        """Give the records whose column holds a value, oldest first."""
        rows = self.sql(
            f'SELECT body FROM "{kind}" WHERE "{column}" = ? ORDER BY rowid',  # noqa: S608 - names of ours
            (value,),
        )
        return [loads(body) for (body,) in rows]

    def ids(self, kind: str, column: str, value: Any) -> list[str]:
        """Give the ids of the records whose column holds a value, oldest first."""
        rows = self.sql(
            f'SELECT "Id" FROM "{kind}" WHERE "{column}" = ? ORDER BY rowid',  # noqa: S608 - names of ours
            (value,),
        )
        return [str(found) for (found,) in rows]

    def count(self, kind: str) -> int:
        """Give how many records of a kind there are."""
        return int(self.sql(f'SELECT count(*) FROM "{kind}"')[0][0])  # noqa: S608 - a kind of ours

    def put(self, kind: str, record: Record, *, operation: str, at: str) -> None:
        """Keep a record and write its change into the journal."""
        self._must_write()
        self.sql(self.tables[kind].insert, self.tables[kind].row(record, dumps(record)))
        self._read.pop((kind, str(record["Id"])), None)
        self._journal(kind, str(record["Id"]), operation, at)

    def remove(self, kind: str, record_id: str, *, at: str, operation: str = "Delete") -> None:
        """Delete a record; it is remembered that it was there."""
        self._must_write()
        self.sql(f'DELETE FROM "{kind}" WHERE "Id" = ?', (id_key(record_id),))  # noqa: S608 - a kind of ours
        self._read.pop((kind, record_id), None)
        grave = (kind, record_id, at, moment_key(at))
        self.sql("INSERT OR REPLACE INTO graves VALUES (?,?,?,?)", grave)
        self._journal(kind, record_id, operation, at)

    def _must_write(self) -> None:
        if not self.database.is_writing:
            raise RuntimeError("records change inside write() only")

    def _journal(self, kind: str, record_id: str, operation: str, at: str) -> None:
        if operation != QUIET:
            self.sql(
                "INSERT INTO journal (kind, id, operation, at) VALUES (?,?,?,?)",
                (kind, record_id, operation, at),
            )

    def changed_since(self, kind: str, moment: float, limit: int) -> list[tuple[float, str]]:
        """Give the records changed since a moment, each as its moment and JSON; oldest first."""
        return self.sql(
            f'SELECT "MetaData.LastUpdatedTime", body FROM "{kind}" '  # noqa: S608 - a kind of ours
            'WHERE "MetaData.LastUpdatedTime" >= ? ORDER BY 1, rowid LIMIT ?',
            (moment, limit),
        )

    def deleted_since(self, kind: str, moment: float) -> list[tuple[float, str, str]]:
        """Give the records deleted since a moment: its number, the id, the moment."""
        return self.sql(
            "SELECT moment, id, at FROM graves WHERE kind = ? AND moment >= ? ORDER BY moment",
            (kind, moment),
        )

    def journal_since(self, seq: int, most: int) -> list[tuple[int, str, str, str, str]]:
        """Give the changes after a place in the journal: place, kind, id, operation, time."""
        return self.sql(
            "SELECT seq, kind, id, operation, at FROM journal WHERE seq > ? ORDER BY seq LIMIT ?",
            (seq, most),
        )

    def note(self, kind: str, record_id: str, operation: str, at: str) -> None:
        """Write into the journal what was done without changing a record, such as a merge."""
        self._journal(kind, record_id, operation, at)

    def last_change(self) -> int:
        """Give the place of the newest change in the journal."""
        return int(self.sql("SELECT max(seq) FROM journal")[0][0] or 0)

    def next_id(self, kind: str) -> str:
        """Give the next id of a kind; ids are never given twice."""
        number = int(self.meta.get(f"id.{kind}", 0)) + 1
        self.set(f"id.{kind}", number)
        return str(number)

    # --- facts, answers given, requests --------------------------------------------------------

    def set(self, key: str, value: Any) -> None:
        """Keep a fact under a name."""
        with self.lock:
            self.meta[key] = value
            self.sql("INSERT OR REPLACE INTO meta VALUES (?,?)", (key, dumps(value)))

    def settings(self) -> dict[str, Any]:
        """Give the switches of the control page: those of the company above, and its own."""
        common = self._above.settings() if self._above is not None else {}
        return {**common, **self.meta.get("settings", {})}

    def replay(self, request_id: str, since: float = 0.0) -> tuple[int, str] | None:
        """Give the answer a request id got the first time, unless that was before a moment."""
        rows = self.sql(
            "SELECT status, body FROM replays WHERE request_id=? AND coalesce(moment, ?) >= ?",
            (request_id, since, since),
        )
        return rows[0] if rows else None

    def remember(self, request_id: str, status: int, body: str, moment: float) -> None:
        """Keep the answer of a request id."""
        values = (request_id, status, body, moment)
        self.sql("INSERT OR REPLACE INTO replays VALUES (?,?,?,?)", values)

    def log(self, at: str, route: str, entry: Record) -> int:
        """Write down one request; give its place in the log."""
        statement = "INSERT INTO requests (at, route, entry) VALUES (?,?,?)"
        with self.lock:
            place = self.database.add(self._naming.full(statement), (at, route, dumps(entry)))
            if place % 1000 == 0:
                self.sql("DELETE FROM requests WHERE seq < ?", (place - KEPT_REQUESTS,))
            return place

    def requests(self, since: int, route: str | None, limit: int) -> list[Record]:
        """Give the logged requests after a place, oldest first."""
        rows = self.sql(
            "SELECT seq, entry FROM requests WHERE seq > ? AND (? IS NULL OR route = ?) "
            "ORDER BY seq LIMIT ?",
            (since, route or None, route, limit),
        )
        return [{"seq": seq, **loads(entry)} for seq, entry in rows]

    def last_request(self) -> int:
        """Give the place of the newest logged request."""
        return int(self.sql("SELECT max(seq) FROM requests")[0][0] or 0)

    def wipe(self) -> None:
        """Forget every record, change, answer and request; facts of the installation stay."""
        with self.lock:
            for table in self._naming.tables:
                if table != "meta":
                    self.sql(f'DELETE FROM "{table}"')  # noqa: S608 - names of ours
            for key in [one for one in self.meta if one.startswith(("id.", "auto."))]:
                self.sql("DELETE FROM meta WHERE key=?", (key,))
                del self.meta[key]
            self._read.clear()

    def close(self) -> None:
        """Let go of the file, for every company in it."""
        self.database.close()

"""The one SQLite file: its connection, its transactions, and which tables are whose.

Several companies live in the file, each with a full set of tables. Statements name a table as if
there were one company only; `Naming` puts the company in front. No table goes without a company, so
a statement that was not seen through finds nothing at all rather than another company's records.
"""

from __future__ import annotations

import re
import sqlite3
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any

_MADE = re.compile(r'CREATE (TABLE|INDEX) IF NOT EXISTS (?:"([^"]+)"|(\w+))')
_WORDS = re.compile(r""""[^"]*"|'[^']*'|\w+|[^\s\w]""")
_BEFORE_A_NAME = frozenset({"FROM", "JOIN", "INTO", "UPDATE", "EXISTS", "ON", "TABLE"})
_MOST_STATEMENTS = 4096
MOST_CACHED_KIB = 16_000


class Database:
    """The file, and one lock for everything that is done in it."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.lock = threading.RLock()
        self._file = sqlite3.connect(
            folder / "simulator.sqlite3", check_same_thread=False, isolation_level=None
        )
        self._file.execute("PRAGMA journal_mode=WAL")
        self._file.execute("PRAGMA synchronous=NORMAL")
        self._file.execute(f"PRAGMA cache_size=-{MOST_CACHED_KIB}")
        self._depth = 0
        self._after_undo: list[Callable[[], None]] = []

    @property
    def is_writing(self) -> bool:
        """Tell whether a transaction is open."""
        return self._depth > 0

    def after_undo(self, forget: Callable[[], None]) -> None:
        """Have something called when a transaction, or a part of one, was taken back."""
        self._after_undo.append(forget)

    @contextmanager
    def write(self) -> Iterator[None]:
        """Open a transaction; inside another one, a part that can be taken back by itself."""
        with self.lock:
            part = f"part{self._depth}"
            self._file.execute(f"SAVEPOINT {part}" if self._depth else "BEGIN")
            self._depth += 1
            try:
                yield
            except BaseException:
                self._file.execute(f"ROLLBACK TO {part}" if self._depth > 1 else "ROLLBACK")
                if self._depth > 1:
                    self._file.execute(f"RELEASE {part}")
                for forget in self._after_undo:
                    forget()
                raise
            else:
                self._file.execute(f"RELEASE {part}" if self._depth > 1 else "COMMIT")
            finally:
                self._depth -= 1

    def sql(self, statement: str, values: Any = ()) -> list[Any]:
        """Give the rows of a statement, whose tables have their full names."""
        with self.lock:
            return self._file.execute(statement, values).fetchall()

    def add(self, statement: str, values: Any) -> int:
        """Insert a row and give its number."""
        with self.lock:
            return int(self._file.execute(statement, values).lastrowid or 0)

    def change(self, statement: str, values: Any = ()) -> int:
        """Give how many rows a statement changed."""
        with self.lock:
            return self._file.execute(statement, values).rowcount

    def define(self, name: str, arguments: int, function: Any) -> None:
        """Let statements call a function."""
        self._file.create_function(name, arguments, function, deterministic=True)

    def close(self) -> None:
        """Let go of the file."""
        with self.lock:
            self._file.close()


class Naming:
    """Puts the company in front of the tables' names in statements."""

    def __init__(self, company: str, script: Iterable[str]) -> None:
        made = [match.groups() for statement in script for match in _MADE.finditer(statement)]
        self.company = company
        self.tables = [quoted or plain for kind, quoted, plain in made if kind == "TABLE"]
        self._names = frozenset(quoted or plain for _, quoted, plain in made)
        self.full = lru_cache(_MOST_STATEMENTS)(self._full)
        """Give a statement with the full names of the tables; written once, kept for reuse."""

    def of(self, name: str) -> str:
        """Give the full name of a table or an index."""
        return f"{self.company}/{name}"

    def _full(self, statement: str) -> str:
        pieces, done, before = [], 0, ""
        for match in _WORDS.finditer(statement):
            word = match[0]
            name = word.strip('"')
            if name in self._names and (
                before.upper() in _BEFORE_A_NAME or statement.startswith(".", match.end())
            ):
                pieces += [statement[done : match.start()], f'"{self.of(name)}"']
                done = match.end()
            before = word
        return "".join(pieces) + statement[done:]

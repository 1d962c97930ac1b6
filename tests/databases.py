"""PostgreSQL databases that tests use one after the other: cleaning one is quicker than a copy."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from psycopg import sql

from tests.servers import PostgreSql

_OTHERS = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid()
"""
_SHAPE = """
SELECT md5(string_agg(line, ',' ORDER BY line)) FROM (
    SELECT concat_ws(' ', oid, relname, relnatts, relchecks) AS line FROM pg_class
    WHERE relnamespace = 'public'::regnamespace
    UNION ALL
    SELECT concat_ws(' ', oid, tgname, tgenabled) FROM pg_trigger
) AS lines
"""
"""What the database is made of; a test that changes that leaves nothing to use again."""

_TABLES = """
SELECT relname FROM pg_class
WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND pg_relation_size(oid) > 0
ORDER BY relname
"""
_SEQUENCES = "SELECT sequencename FROM pg_sequences WHERE last_value IS NOT NULL"


class Databases:
    """Migrated databases of one server, lent out and taken back."""

    def __init__(self, server: PostgreSql, template: str) -> None:
        self._server = server
        self._template = template
        self._free: list[str] = []
        with server.connect(template) as connection:
            self._seeds = {name: _copied(connection, name) for name in _names(connection, _TABLES)}

    @contextmanager
    def lent(self) -> Iterator[str]:
        """Lend the address of a database with nothing in it but what its migrations put there."""
        name = self._free.pop() if self._free else self._server.create(template=self._template)
        with self._server.connect(name) as connection:
            shape = _shape(connection)
        try:
            yield self._server.url(name)
        finally:
            self._take_back(name, shape)

    def _take_back(self, name: str, shape: str) -> None:
        with self._server.connect(name) as connection:
            connection.execute(_OTHERS)
            is_whole = _shape(connection) == shape
            if is_whole:
                self._clean(connection)
        if is_whole:
            self._free.append(name)
        else:
            self._server.drop(name)

    def _clean(self, connection: psycopg.Connection) -> None:
        """Take out the rows past all triggers and keys, and put the first ones back."""
        tables = _names(connection, _TABLES)
        with connection.transaction():
            connection.execute("SET LOCAL session_replication_role = replica")
            for table in tables:
                connection.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(table)))
            for table, rows in self._seeds.items():
                _copy_back(connection, table, rows)
            for sequence in _names(connection, _SEQUENCES):
                restart = sql.SQL("ALTER SEQUENCE {} RESTART")
                connection.execute(restart.format(sql.Identifier(sequence)))
        # Or the next test reads past the rows of all before it.
        named = sql.SQL(", ").join(map(sql.Identifier, tables))
        connection.execute(sql.SQL("VACUUM {}").format(named))


def _names(connection: psycopg.Connection, query: str) -> list[str]:
    return [row[0] for row in connection.execute(query.encode())]


def _shape(connection: psycopg.Connection) -> str:
    row = connection.execute(_SHAPE).fetchone()
    assert row is not None
    return str(row[0])


def _copied(connection: psycopg.Connection, table: str) -> bytes:
    out = sql.SQL("COPY {} TO STDOUT").format(sql.Identifier(table))
    with connection.cursor().copy(out) as rows:
        return b"".join(bytes(part) for part in rows)


def _copy_back(connection: psycopg.Connection, table: str, rows: bytes) -> None:
    into = sql.SQL("COPY {} FROM STDIN").format(sql.Identifier(table))
    with connection.cursor().copy(into) as copy:
        copy.write(rows)

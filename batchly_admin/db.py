"""Engine, sessions and column types: the few lines where SQLite and PostgreSQL differ.

Money is exact on both: NUMERIC on PostgreSQL, a scaled integer on SQLite (which has no decimal
type and would store binary fractions). Moments are aware UTC on both.
"""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Decimal
from time import monotonic
from typing import Any
from uuid import UUID

import orjson
import psycopg
import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.engine import Dialect, Engine
from sqlalchemy.orm import DeclarativeBase, Session, sessionmaker
from sqlalchemy.pool import ConnectionPoolEntry
from sqlalchemy.types import TypeDecorator, TypeEngine

RESTED = 1.0
"""Seconds without use after which a connection is asked whether it still lives."""

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """The parent of every table."""

    metadata = sa.MetaData(naming_convention=NAMING)


class Guid(TypeDecorator[UUID]):
    """A UUID that also accepts its text, as addresses and forms deliver it."""

    impl = sa.Uuid
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> UUID | None:
        """Take a UUID or its text."""
        return UUID(value) if isinstance(value, str) else value

    def coerce_compared_value(self, op: Any, value: Any) -> TypeEngine[Any]:
        """Keep this type when the column is compared with text."""
        return self


class UtcDateTime(TypeDecorator[datetime]):
    """A moment: aware in Python, UTC in the database."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse moments without a zone: nobody could say when they were."""
        if value is None:
            return None
        if value.tzinfo is None:
            msg = f"a moment needs a time zone: {value!r}"
            raise ValueError(msg)
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give an aware moment on both databases."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Exact(TypeDecorator[Decimal]):
    """An exact decimal of `scale` places: NUMERIC, or a scaled integer on SQLite."""

    impl = sa.Numeric
    cache_ok = True

    def __init__(self, precision: int, scale: int) -> None:
        super().__init__(precision, scale)
        self.precision = precision
        self.scale = scale
        self._unit = Decimal(1).scaleb(-scale)

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Choose the storage."""
        if dialect.name == "sqlite":
            return dialect.type_descriptor(sa.BigInteger())
        return dialect.type_descriptor(sa.Numeric(self.precision, self.scale))

    def process_bind_param(self, value: Any, dialect: Dialect) -> Any:
        """Round half away from zero to the scale; refuse binary fractions."""
        if value is None:
            return None
        if isinstance(value, float):
            msg = "money and quantities are decimals, never floats"
            raise TypeError(msg)
        exact = Decimal(value).quantize(self._unit, ROUND_HALF_UP)
        return int(exact.scaleb(self.scale)) if dialect.name == "sqlite" else exact

    def process_result_value(self, value: Any, dialect: Dialect) -> Decimal | None:
        """Give a Decimal with exactly `scale` places."""
        if value is None:
            return None
        if dialect.name == "sqlite":
            return Decimal(int(value)).scaleb(-self.scale)
        return Decimal(value)


class Json(TypeDecorator[Any]):
    """JSON, stored as JSONB on PostgreSQL and as text on SQLite."""

    impl = sa.JSON
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Choose the storage."""
        if dialect.name == "postgresql":
            from sqlalchemy.dialects.postgresql import JSONB

            return dialect.type_descriptor(JSONB(none_as_null=True))
        return dialect.type_descriptor(sa.JSON(none_as_null=True))


def Money() -> Exact:
    """Give the type of an amount: two places."""
    return Exact(14, 2)


def Price() -> Exact:
    """Give the type of a unit price: four places."""
    return Exact(14, 4)


def Quantity() -> Exact:
    """Give the type of a quantity or of hours: four places."""
    return Exact(12, 4)


def Rate() -> Exact:
    """Give the type of a fraction such as a tax rate: 0.088750."""
    return Exact(9, 6)


def _dumps(value: Any) -> str:
    return orjson.dumps(value, option=orjson.OPT_NON_STR_KEYS, default=str).decode()


def _loads(value: Any) -> Any:
    # SQLite's JSON columns have numeric affinity: a bare number comes back as one, not as text.
    return orjson.loads(value) if isinstance(value, str | bytes) else value


_READER: dict[str, dict[str, Any]] = {
    "sqlite": {"readonly": True},
    "postgresql": {"isolation_level": "REPEATABLE READ"},
}
_GLANCE: dict[str, dict[str, Any]] = {
    "sqlite": {"readonly": True, "glance": True},
    "postgresql": {"isolation_level": "AUTOCOMMIT"},
}


def make_engine(url: str, *, echo: bool = False) -> Engine:
    """Give the engine of `url`, set up so that both databases behave alike."""
    common: dict[str, Any] = {
        "echo": echo,
        "json_serializer": _dumps,
        "json_deserializer": _loads,
    }
    if url.startswith("sqlite"):
        engine = sa.create_engine(
            url, connect_args={"timeout": 30, "cached_statements": 16}, **common
        )
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine
    engine = sa.create_engine(
        url,
        pool_size=10,
        max_overflow=10,
        connect_args={"options": "-c timezone=UTC"},
        **common,
    )
    _ping_rested(engine)
    return engine


def _ping_rested(engine: Engine) -> None:
    """Ask a connection that has rested whether it still lives, before somebody relies on it.

    The pool can ask each time by itself, but that costs every request a round trip.
    """

    @event.listens_for(engine, "checkin")
    def _rests(_connection: Any, record: ConnectionPoolEntry) -> None:
        record.info["rests_since"] = monotonic()

    @event.listens_for(engine, "checkout")
    def _ask(connection: Any, record: ConnectionPoolEntry, _proxy: Any) -> None:
        now = monotonic()
        if now - record.info.get("rests_since", now) < RESTED:
            return
        try:
            engine.dialect.do_ping(connection)
        except psycopg.Error as gone:
            # The pool forgets every connection of that time and opens new ones.
            raise sa.exc.InvalidatePoolError from gone


def _prepare_sqlite(connection: Any, _record: ConnectionPoolEntry) -> None:
    # The driver's own transactions lose updates without an error; ours begin explicitly below.
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in (
        "journal_mode=WAL",
        "synchronous=NORMAL",
        "foreign_keys=ON",
        "busy_timeout=30000",
        "cache_size=-8000",
        "temp_store=MEMORY",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: sa.Connection) -> None:
    # A deferred transaction that first reads and then writes fails at once on a stale snapshot,
    # whatever the busy timeout says. Readers ask for a plain BEGIN through an execution option.
    options = connection.get_execution_options()
    if not options.get("glance", False):
        connection.exec_driver_sql("BEGIN" if options.get("readonly") else "BEGIN IMMEDIATE")


def make_sessions(engine: Engine) -> sessionmaker[Session]:
    """Give the factory of writing sessions."""
    return sessionmaker(engine, expire_on_commit=False)


def make_readers(engine: Engine) -> sessionmaker[Session]:
    """Give the factory of reading sessions: each sees one moment, and never takes a lock."""
    options = _READER[engine.dialect.name]
    return sessionmaker(engine.execution_options(**options), expire_on_commit=False)


def make_glances(engine: Engine) -> sessionmaker[Session]:
    """Give the factory of reading sessions without a transaction: each statement sees its moment.

    That saves a request two statements. Besides, PostgreSQL's driver forgets what it has prepared
    whenever a transaction is rolled back, as one that only read is; all was planned anew each time.
    """
    options = _GLANCE[engine.dialect.name]
    return sessionmaker(engine.execution_options(**options), expire_on_commit=False)


def is_postgresql(session: Session) -> bool:
    """Tell whether the session talks to PostgreSQL."""
    return session.get_bind().dialect.name == "postgresql"

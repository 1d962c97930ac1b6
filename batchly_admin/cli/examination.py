"""What `batchly doctor` looks at, and what it says in plain words."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import redis
import sqlalchemy as sa
from sqlalchemy.engine import Engine
from sqlalchemy.exc import SQLAlchemyError

from batchly_admin import migrations
from batchly_admin.db import make_engine
from batchly_admin.models.company import User
from batchly_admin.models.sync import QbConnection, SyncQueueRow
from batchly_admin.up.folder import UP_FILE, read_private
from batchly_admin.up.leash import is_alive
from batchly_admin.up.redis_server import find_program, known_url
from config.settings import Settings, SettingsError, environment

LITTLE_SPACE = 200 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at."""

    subject: str
    ok: bool
    words: str


def examine(data: Path | None) -> list[Finding]:
    """Look at everything a working installation needs; this changes nothing."""
    try:
        settings = Settings.from_env(environment(), data_dir=data)
    except SettingsError as error:
        return [Finding("settings", ok=False, words=problem) for problem in error.problems]
    findings = [Finding("settings", ok=True, words=f"read; {settings.environment}.")]
    findings += [_folder(settings), _redis(settings), _running(settings)]
    engine = make_engine(settings.database_url)
    try:
        findings += _database(engine, settings)
    finally:
        engine.dispose()
    return findings


def _folder(settings: Settings) -> Finding:
    folder = settings.data_dir
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        probe = folder / ".doctor"
        probe.write_text("", encoding="utf-8")
        probe.unlink()
    except OSError as error:
        return Finding("data folder", ok=False, words=f"{folder} cannot be written: {error}.")
    if shutil.disk_usage(folder).free < LITTLE_SPACE:
        return Finding("data folder", ok=False, words=f"the disk of {folder} is almost full.")
    return Finding("data folder", ok=True, words=f"{folder} can be written.")


def _redis(settings: Settings) -> Finding:
    url = settings.redis_url
    if url is None:
        if known_url(settings.data_dir):
            return Finding("Redis", ok=True, words="the private server answers.")
        program = find_program()
        if program:
            return Finding("Redis", ok=True, words=f"`batchly up` will run {program}.")
        return Finding(
            "Redis",
            ok=settings.roles != ("web",),
            words="none; background work starts with up to a second's delay.",
        )
    client = redis.Redis.from_url(url, socket_connect_timeout=3, socket_timeout=3)
    try:
        client.ping()
    except (redis.RedisError, OSError) as error:
        return Finding("Redis", ok=False, words=f"REDIS_URL does not answer: {error}.")
    finally:
        client.close()
    return Finding("Redis", ok=True, words="REDIS_URL answers.")


def _running(settings: Settings) -> Finding:
    state = read_private(settings.data_dir / UP_FILE)
    if state and is_alive(int(state.get("pid", 0))):
        return Finding("processes", ok=True, words=f"`batchly up` runs at {state.get('url')}.")
    return Finding("processes", ok=True, words="`batchly up` does not run on this folder.")


def _database(engine: Engine, settings: Settings) -> Iterator[Finding]:
    kind = engine.dialect.name
    try:
        current = migrations.is_current(engine)
    except SQLAlchemyError as error:
        reason = str(getattr(error, "orig", None) or error).strip().splitlines()[0]
        yield Finding("database", ok=False, words=f"{kind} does not answer: {reason}.")
        return
    if not current:
        words = f"{kind} is not up to date; run `batchly db upgrade`."
        yield Finding("database", ok=False, words=words)
        return
    yield Finding("database", ok=True, words=f"{kind} answers and is up to date.")
    looks: tuple[Callable[[sa.Connection, Settings], Finding], ...] = (
        _people,
        _quickbooks,
        _queue,
    )
    with engine.connect() as connection:
        for look in looks:
            yield look(connection, settings)


def _people(connection: sa.Connection, _settings: Settings) -> Finding:
    count = connection.scalar(sa.select(sa.func.count()).select_from(User)) or 0
    words = f"{count} can log in." if count else "nobody can log in; run `batchly users create`."
    return Finding("people", ok=bool(count), words=words)


def _quickbooks(connection: sa.Connection, settings: Settings) -> Finding:
    row = connection.execute(
        sa.select(QbConnection.state, QbConnection.company_name, QbConnection.last_error).limit(1)
    ).first()
    if row is not None:
        well = row.state == "connected"
        words = f"{row.company_name or 'the company'} is {row.state}."
        if not well:
            words += " Connect it again on the QuickBooks page."
        return Finding("QuickBooks", ok=well, words=words)
    if not settings.quickbooks_configured:
        return Finding("QuickBooks", ok=False, words="not configured: QB_CLIENT_ID is missing.")
    return Finding("QuickBooks", ok=True, words="configured, not connected yet.")


def _queue(connection: sa.Connection, _settings: Settings) -> Finding:
    failed = connection.scalar(
        sa.select(sa.func.count())
        .select_from(SyncQueueRow)
        .where(SyncQueueRow.status.in_(("failed", "blocked")))
    )
    words = f"{failed} document(s) wait for a person." if failed else "nothing waits for a person."
    return Finding("queue", ok=True, words=words)

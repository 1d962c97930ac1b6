"""The settings of an installation: the environment, read once, as one frozen object.

Nothing else in Batchly reads the environment. What the business may change while the shop is
open (numbering, schedules, tax mode) stands in the database instead.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict
from urllib.parse import urlsplit

from config import local_secrets
from config.mail import Smtp, smtp
from config.readers import Reader, SettingsError, parse_keys

ROLES = ("web", "worker", "scheduler")
ENVIRONMENTS = ("development", "production")
QBO_ENVIRONMENTS = ("production", "sandbox", "simulator")
FILE_KINDS = ("pictures", "pdf", "office", "zip", "text", "artwork")
LOG_LEVELS = ("debug", "info", "warning", "error")
DEFAULT_DATA_DIR = "var"
DEFAULT_SCOPE = "com.intuit.quickbooks.accounting"
SECRET_KEY_LENGTH = 32
EVERYWHERE = "0.0.0.0"  # noqa: S104 - a dyno is reached through its router only

__all__ = ["DEFAULT_DATA_DIR", "ROLES", "Settings", "SettingsError", "environment"]


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything an installation decides, checked."""

    data_dir: Path
    environment: str
    database_url: str
    redis_url: str | None
    secret_key: str
    token_keys: tuple[tuple[str, bytes], ...]
    token_keys_in_environment: bool
    qbo_environment: str
    qb_client_id: str | None
    qb_client_secret: str | None
    qb_redirect_uri: str | None
    qb_scope: str
    qb_discovery_document: str | None
    qb_api_base: str | None
    qb_webhook_verifier_token: str | None
    qbo_calls_per_second: int
    qbo_calls_per_minute: int
    base_url: str | None
    trusted_proxies: int
    roles: tuple[str, ...]
    bind_host: str
    port: int
    port_given: bool
    web_threads: int
    log_level: str
    max_upload_mb: int
    max_file_mb: int
    file_kinds: tuple[str, ...]
    smtp: Smtp | None
    crash_at: str | None

    @classmethod
    def from_env(
        cls, environ: Mapping[str, str], *, data_dir: Path | str | None = None
    ) -> Settings:
        """Read and check the environment; make the local secrets an installation lacks.

        Raises:
            SettingsError: something is missing, misspelled or contradictory; it lists everything.
        """
        reader = Reader(environ)
        stated = reader.text("BATCHLY_DATA", DEFAULT_DATA_DIR)
        folder = Path(data_dir or stated).expanduser().absolute()
        environment_name = reader.choice("BATCHLY_ENV", ENVIRONMENTS, "development")
        production = environment_name == "production"
        settings = cls(
            data_dir=folder,
            environment=environment_name,
            database_url=_database_url(reader, folder, production=production),
            redis_url=_redis_url(reader),
            secret_key=_secret_key(reader, folder, production=production),
            token_keys=_token_keys(reader, folder, production=production),
            token_keys_in_environment=bool(
                reader.text("BATCHLY_KEYS") or reader.text("BATCHLY_KEYS_FILE")
            ),
            **_quickbooks(reader, production=production),
            qbo_calls_per_second=reader.integer("BATCHLY_QBO_CALLS_PER_SECOND", 8, low=1, high=10),
            qbo_calls_per_minute=reader.integer(
                "BATCHLY_QBO_CALLS_PER_MINUTE", 450, low=1, high=500
            ),
            base_url=reader.address("BATCHLY_BASE_URL"),
            trusted_proxies=reader.integer("BATCHLY_TRUSTED_PROXIES", 0, low=0, high=5),
            roles=reader.words("BATCHLY_ROLES", ROLES),
            bind_host=reader.text("BATCHLY_BIND", EVERYWHERE if production else "127.0.0.1"),
            port=reader.integer("PORT", 8080, low=0, high=65535),
            port_given=bool(reader.text("PORT")),
            web_threads=reader.integer("BATCHLY_WEB_THREADS", 8, low=1, high=64),
            log_level=reader.choice("BATCHLY_LOG_LEVEL", LOG_LEVELS, "info"),
            max_upload_mb=reader.integer("BATCHLY_MAX_UPLOAD_MB", 25, low=1, high=500),
            max_file_mb=reader.integer("BATCHLY_MAX_FILE_MB", 20, low=1, high=500),
            file_kinds=reader.words("BATCHLY_FILE_KINDS", FILE_KINDS),
            smtp=smtp(reader),
            crash_at=_crash_at(reader, production=production),
        )
        if settings.max_file_mb > settings.max_upload_mb:
            reader.problems.append("BATCHLY_MAX_FILE_MB is larger than BATCHLY_MAX_UPLOAD_MB.")
        reader.refuse_unknown("BATCHLY_")
        if reader.problems:
            raise SettingsError(reader.problems)
        return settings

    @property
    def secure_cookies(self) -> bool:
        """Whether the application is reached over TLS only."""
        return bool(self.base_url and self.base_url.startswith("https://"))

    @property
    def runs_own_simulator(self) -> bool:
        """Whether QuickBooks is a simulator that `batchly up` has to start itself."""
        return self.qbo_environment == "simulator" and not self.qb_client_id

    @property
    def quickbooks_configured(self) -> bool:
        """Whether there are credentials to connect to QuickBooks with."""
        return self.runs_own_simulator or bool(self.qb_client_id and self.qb_client_secret)


def environment() -> Mapping[str, str]:
    """Give the environment of this process."""
    return os.environ


def _database_url(reader: Reader, folder: Path, *, production: bool) -> str:
    url = reader.secret("DATABASE_URL")
    if not url:
        if production:
            reader.problems.append(
                "DATABASE_URL must be set in production: the data folder of a dyno does not last."
            )
        return f"sqlite:///{folder / 'batchly.sqlite3'}"
    # Heroku says postgres://, SQLAlchemy wants the driver named.
    url = re.sub(r"^postgres(ql)?(\+psycopg)?://", "postgresql+psycopg://", url)
    if not re.match(r"(postgresql\+psycopg://.|sqlite:///.)", url):
        reader.problems.append("DATABASE_URL must start with postgres:// or sqlite:///.")
    return url


def _redis_url(reader: Reader) -> str | None:
    url = reader.secret("REDIS_URL")
    if url and not re.match(r"(rediss?|unix)://.", url):
        reader.problems.append("REDIS_URL must start with redis:// or rediss://.")
        return None
    return url


def _secret_key(reader: Reader, folder: Path, *, production: bool) -> str:
    key = reader.secret("BATCHLY_SECRET_KEY")
    if key and len(key) < SECRET_KEY_LENGTH:
        reader.problems.append(
            f"BATCHLY_SECRET_KEY must have at least {SECRET_KEY_LENGTH} characters."
        )
    if key:
        return key
    if production:
        reader.problems.append("BATCHLY_SECRET_KEY must be set in production.")
        return ""
    try:
        return local_secrets.secret_key(folder)
    except SettingsError as error:
        reader.problems.extend(error.problems)
        return ""


def _token_keys(reader: Reader, folder: Path, *, production: bool) -> tuple[tuple[str, bytes], ...]:
    text = reader.secret("BATCHLY_KEYS")
    try:
        if text:
            return parse_keys(text)
        if not production:
            return local_secrets.token_keys(folder)
        reader.problems.append("BATCHLY_KEYS must be set in production, as name:base64.")
    except SettingsError as error:
        prefix = "BATCHLY_KEYS: " if text else ""
        reader.problems.extend(f"{prefix}{problem}" for problem in error.problems)
    return ()


class _QuickBooks(TypedDict):
    qbo_environment: str
    qb_client_id: str | None
    qb_client_secret: str | None
    qb_redirect_uri: str | None
    qb_scope: str
    qb_discovery_document: str | None
    qb_api_base: str | None
    qb_webhook_verifier_token: str | None


def _crash_at(reader: Reader, *, production: bool) -> str | None:
    point = reader.text("BATCHLY_CRASH_AT") or None
    if point and production:
        reader.problems.append("BATCHLY_CRASH_AT ends processes on purpose: not in production.")
    return point


def _quickbooks(reader: Reader, *, production: bool) -> _QuickBooks:
    client_id = reader.text("QB_CLIENT_ID") or None
    client_secret = reader.secret("QB_CLIENT_SECRET")
    if bool(client_id) != bool(client_secret):
        reader.problems.append("QB_CLIENT_ID and QB_CLIENT_SECRET belong together; one is missing.")
    discovery_document, api_base = _discovery(reader)
    return {
        "qbo_environment": _qbo_environment(
            reader, production=production, client_id=client_id, api_base=api_base
        ),
        "qb_client_id": client_id,
        "qb_client_secret": client_secret,
        "qb_redirect_uri": reader.address("QB_REDIRECT_URI"),
        "qb_scope": reader.text("QB_SCOPE", DEFAULT_SCOPE),
        "qb_discovery_document": discovery_document,
        "qb_api_base": api_base,
        "qb_webhook_verifier_token": reader.secret("QB_WEBHOOK_VERIFIER_TOKEN"),
    }


def _discovery(reader: Reader) -> tuple[str | None, str | None]:
    # The owner's document calls the address of the API a discovery document; both are taken.
    url = reader.address("QB_DISCOVERY_DOCUMENT")
    if url and urlsplit(url).path.endswith("/v3/company"):
        return None, url.removesuffix("/company")
    return url, None


def _qbo_environment(
    reader: Reader, *, production: bool, client_id: str | None, api_base: str | None
) -> str:
    older = reader.text("QB_ENVIRONMENT")
    stated = reader.text("QBO_ENVIRONMENT", older)
    if older and stated != older:
        reader.problems.append("QBO_ENVIRONMENT and QB_ENVIRONMENT differ; keep one of them.")
    if production and stated == "simulator":
        reader.problems.append("QBO_ENVIRONMENT=simulator is not possible in production.")
    if stated:
        return reader.choice(
            "QBO_ENVIRONMENT" if reader.text("QBO_ENVIRONMENT") else "QB_ENVIRONMENT",
            QBO_ENVIRONMENTS,
            "sandbox",
        )
    if api_base and "sandbox" in (urlsplit(api_base).hostname or ""):
        return "sandbox"
    if production or (api_base and client_id):
        return "production"
    return "sandbox" if client_id else "simulator"

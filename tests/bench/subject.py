"""Batchly itself, in this process, with somebody logged in."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import orjson
from flask.testing import FlaskClient
from sqlalchemy.engine import Engine

from batchly_admin import migrations, wsgi
from batchly_admin.app import build_runtime, create_app
from batchly_admin.db import make_engine
from batchly_admin.jobs.runtime import Runtime
from batchly_admin.services import users
from batchly_admin.services.unit_of_work import SYSTEM
from config.settings import Settings
from tests.bench import shop

EMAIL = "bench@shop.example"
PASSWORD = "a long password for a benchmark"


@dataclass(frozen=True)
class Subject:
    """The application under measurement."""

    kind: str
    orders: int
    runtime: Runtime
    client: FlaskClient
    token: str

    @cached_property
    def rival(self) -> Engine:
        """Connections of the rivals' own: they undo on theirs what ours keeps prepared."""
        return make_engine(self.runtime.database.url.render_as_string(hide_password=False))

    def rest(self) -> None:
        """Do what PostgreSQL's autovacuum does within a minute, which is off in our server."""
        if self.kind == "postgresql":
            shop.vacuum(self.runtime.database)

    def dispose(self) -> None:
        """Close every connection."""
        self.rival.dispose()
        self.runtime.dispose()

    def get(self, path: str) -> bytes:
        """Ask for something and insist on getting it."""
        answer = self.client.get(path)
        assert answer.status_code == 200, answer.text
        return bytes(answer.data)

    def post(self, path: str, body: Any) -> Any:
        """Send JSON with the token and insist on success."""
        answer = self.client.post(
            path,
            data=orjson.dumps(body),
            content_type="application/json",
            headers={"X-CSRFToken": self.token},
        )
        assert answer.status_code == 200, answer.text
        return orjson.loads(answer.data)


def build(
    folder: Path, database_url: str | None, *, kind: str = "sqlite", orders: int = shop.ORDERS
) -> Subject:
    """Give Batchly with a full table of orders and an admin logged in."""
    environ = {"BATCHLY_LOG_LEVEL": "error"}
    if database_url is not None:
        environ["DATABASE_URL"] = database_url
    settings = Settings.from_env(environ, data_dir=folder)
    runtime = build_runtime(settings)
    migrations.upgrade(runtime.database)
    shop.fill(runtime.database, orders=orders)
    with runtime.uows.begin(actor=SYSTEM, source="cli") as uow:
        users.create_user(uow, email=EMAIL, name="Bench", role="admin", password=PASSWORD)
    client = create_app(settings, runtime).test_client()
    field = re.search(rb'name="csrf_token"[^>]*value="([^"]+)"', client.get("/login").data)
    assert field is not None
    client.post(
        "/login",
        data={"email": EMAIL, "password": PASSWORD, "csrf_token": field.group(1).decode()},
    )
    token = re.search(rb'name="csrf-token" content="([^"]+)"', client.get("/").data)
    assert token is not None
    # As the web process does when it starts to answer.
    wsgi.freeze()
    return Subject(kind, orders, runtime, client, token.group(1).decode())

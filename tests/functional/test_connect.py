"""Connecting to QuickBooks and letting it go, against the simulator's own log-in page."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from batchly_admin import migrations
from batchly_admin.app import build_runtime, create_app
from batchly_admin.jobs.runtime import Runtime
from batchly_admin.qbo.auth import connect_simulator
from batchly_admin.qbo.facts import connection_of
from batchly_admin.services import users
from batchly_admin.services.unit_of_work import SYSTEM
from config.settings import Settings

PASSWORD = "a password long enough 7"


@dataclass(frozen=True)
class Desk:
    """An admin at a browser, with a simulated QuickBooks connected."""

    runtime: Runtime
    client: FlaskClient
    token: str

    def post(self, path: str) -> TestResponse:
        return self.client.post(path, headers={"X-CSRFToken": self.token})

    @property
    def state(self) -> str:
        with self.runtime.uows.read() as session:
            found = connection_of(session)
            assert found is not None
            return found.state

    @property
    def holds_tokens(self) -> bool:
        with self.runtime.uows.read() as session:
            found = connection_of(session)
            assert found is not None
            return bool(found.access_token or found.refresh_token)


@pytest.fixture
def desk(simulator: dict[str, Any], tmp_path: Path) -> Iterator[Desk]:
    settings = Settings.from_env({}, data_dir=tmp_path / "desk")
    runtime = build_runtime(settings)
    migrations.upgrade(runtime.database)
    connect_simulator(runtime.uows, runtime.box, simulator)
    with runtime.uows.begin(actor=SYSTEM, source="cli") as uow:
        users.create_user(
            uow, email="admin@shop.example", name="Ann", role="admin", password=PASSWORD
        )
    client = create_app(settings, runtime).test_client()
    field = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', client.get("/login").text)
    assert field is not None
    form = {"email": "admin@shop.example", "password": PASSWORD, "csrf_token": field.group(1)}
    client.post("/login", data=form)
    token = re.search(r'name="csrf-token" content="([^"]+)"', client.get("/").text)
    assert token is not None
    yield Desk(runtime, client, token.group(1))
    runtime.dispose()


def granted(location: str, choice: str = "connect") -> str:
    """Press a button on QuickBooks' page and give where it sends the browser."""
    asked = {key: values[0] for key, values in parse_qs(urlsplit(location).query).items()}
    page = requests.get(location, timeout=5)
    assert page.status_code == 200
    form = {key: asked[key] for key in ("redirect_uri", "state", "scope")}
    answer = requests.post(
        location.partition("?")[0],
        data={**form, "choice": choice},
        allow_redirects=False,
        timeout=5,
    )
    back = urlsplit(answer.headers["Location"])
    return f"{back.path}?{back.query}"


def test_disconnecting_forgets_the_tokens_and_connecting_brings_new_ones(desk: Desk) -> None:
    desk.post("/admin/quickbooks/disconnect")
    assert desk.state == "disconnected"
    assert not desk.holds_tokens

    away = desk.post("/admin/quickbooks/connect")
    assert away.status_code == 302
    back = granted(away.headers["Location"])
    assert desk.client.get(back).headers["Location"].endswith("/admin/quickbooks/status")
    assert desk.state == "connected"
    assert desk.holds_tokens


def test_an_answer_is_taken_once(desk: Desk) -> None:
    desk.post("/admin/quickbooks/disconnect")
    back = granted(desk.post("/admin/quickbooks/connect").headers["Location"])
    desk.client.get(back)
    desk.post("/admin/quickbooks/disconnect")
    assert desk.client.get(back).status_code == 422
    assert desk.state == "disconnected"


def test_an_answer_nobody_asked_for_is_refused(desk: Desk) -> None:
    desk.post("/admin/quickbooks/disconnect")
    desk.post("/admin/quickbooks/connect")
    answer = desk.client.get("/admin/quickbooks/callback?code=x&state=forged&realmId=1")
    assert answer.status_code == 422
    assert desk.state == "disconnected"


def test_refusing_access_connects_nothing(desk: Desk) -> None:
    desk.post("/admin/quickbooks/disconnect")
    back = granted(desk.post("/admin/quickbooks/connect").headers["Location"], choice="cancel")
    assert desk.client.get(back).status_code == 302
    assert desk.state == "disconnected"

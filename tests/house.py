"""A running app without a server, with one logged-in person for each role."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from batchly_admin.app import build_runtime, create_app
from batchly_admin.jobs.runtime import Runtime
from batchly_admin.services import users
from batchly_admin.services.unit_of_work import SYSTEM
from config.settings import Settings

PASSWORD = "a password long enough 7"
_FORM_TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')
_PAGE_TOKEN = re.compile(r'name="csrf-token" content="([^"]+)"')


@dataclass(frozen=True)
class Person:
    """Somebody at a browser: asks for pages and sends JSON with the page's token."""

    client: FlaskClient
    token: str

    def get(self, path: str, **params: Any) -> TestResponse:
        """Ask for a page or for JSON."""
        return self.client.get(path, query_string=params, buffered=True)

    def post(self, path: str, body: Any) -> TestResponse:
        """Send JSON."""
        headers = {"X-CSRFToken": self.token}
        return self.client.post(path, json=body, headers=headers, buffered=True)


@dataclass(frozen=True)
class House:
    """The app with its people, by role."""

    app: Flask
    runtime: Runtime
    people: dict[str, Person]

    def __getitem__(self, role: str) -> Person:
        """Give the person who has a role."""
        return self.people[role]


def open_house(url: str, folder: Path, roles: Iterable[str]) -> House:
    """Make the app over a migrated database and log in one person for each role."""
    settings = Settings.from_env({"DATABASE_URL": url}, data_dir=folder)
    runtime = build_runtime(settings)
    app = create_app(settings, runtime)
    return House(app, runtime, {role: _logged_in(app, runtime, role) for role in roles})


def _logged_in(app: Flask, runtime: Runtime, role: str) -> Person:
    email = f"{role}@shop.example"
    with runtime.uows.begin(actor=SYSTEM, source="cli") as uow:
        users.create_user(uow, email=email, name=role, role=role, password=PASSWORD)
    client = app.test_client()
    form = _FORM_TOKEN.search(client.get("/login").text)
    assert form is not None, "the log-in form has no token"
    client.post("/login", data={"email": email, "password": PASSWORD, "csrf_token": form[1]})
    page = _PAGE_TOKEN.search(client.get("/").text)
    assert page is not None, f"{role} could not log in"
    return Person(client, page[1])

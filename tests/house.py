"""A running app without a server, with people who are logged in."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from batchly_admin.app import build_runtime, create_app, furnish
from batchly_admin.jobs.runtime import Runtime
from batchly_admin.services import users
from batchly_admin.services.unit_of_work import SYSTEM
from config.settings import Settings

PASSWORD = "a password long enough 7"
_FORM_TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')
_PAGE_TOKEN = re.compile(r'name="csrf-token" content="([^"]+)"')
_empty: list[Flask] = []
"""Applications nobody uses just now."""


@dataclass(frozen=True)
class Person:
    """Somebody at a browser: asks for pages and sends JSON with the page's token."""

    client: FlaskClient
    token: str

    def get(self, path: str, **params: Any) -> TestResponse:
        """Ask for a page or for JSON."""
        return self.client.get(path, query_string=params or None, buffered=True)

    def post(self, path: str, body: Any) -> TestResponse:
        """Send JSON."""
        headers = {"X-CSRFToken": self.token}
        return self.client.post(path, json=body, headers=headers, buffered=True)

    def send(self, path: str, **form: Any) -> TestResponse:
        """Send a form."""
        return self.client.post(path, data=form, headers={"X-CSRFToken": self.token})


@dataclass(frozen=True)
class House:
    """The app with the people in it, by name."""

    app: Flask
    runtime: Runtime
    people: dict[str, Person] = field(default_factory=dict)

    def __getitem__(self, name: str) -> Person:
        """Give somebody who is logged in."""
        return self.people[name]

    def log_in(self, name: str, role: str = "") -> Person:
        """Make a user, who is called as the role is unless told otherwise, and log them in."""
        email = f"{name}@shop.example"
        with self.runtime.uows.begin(actor=SYSTEM, source="cli") as uow:
            users.create_user(uow, email=email, name=name, role=role or name, password=PASSWORD)
        client = self.app.test_client()
        client.post("/login", data=log_in_form(client, email))
        page = _PAGE_TOKEN.search(client.get("/").text)
        assert page is not None, f"{name} could not log in"
        self.people[name] = Person(client, page[1])
        return self.people[name]


def log_in_form(client: FlaskClient, email: str, **query: str) -> dict[str, str]:
    """Open the log-in page and give what a person sends from it."""
    token = form_token(client.get("/login", query_string=query).text)
    return {"email": email, "password": PASSWORD, "csrf_token": token, **query}


def form_token(page: str) -> str:
    """Give the token of a page's form."""
    found = _FORM_TOKEN.search(page)
    assert found is not None, "the page has no form with a token"
    return found[1]


@contextmanager
def open_house(folder: Path, roles: Iterable[str] = (), **environ: str) -> Iterator[House]:
    """Make the app over a migrated database and log in one person for each role."""
    settings = Settings.from_env(environ, data_dir=folder)
    runtime = build_runtime(settings)
    try:
        with furnished(settings, runtime) as found:
            for role in roles:
                found.log_in(role)
            yield found
    finally:
        runtime.dispose()


@contextmanager
def furnished(settings: Settings, runtime: Runtime) -> Iterator[House]:
    """Lend an application: its thousands of routes take longer to put together than most tests."""
    assert not settings.secure_cookies
    assert not settings.trusted_proxies
    app = _empty.pop() if _empty else create_app(settings, runtime)
    furnish(app, settings, runtime)
    try:
        yield House(app, runtime)
    finally:
        _empty.append(app)

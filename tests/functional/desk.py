"""An admin at a browser, with a simulated QuickBooks and an engine in the same process."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import requests
import sqlalchemy as sa
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from batchly_admin.jobs.runtime import Runtime
from batchly_admin.models.sync import QbConnection
from batchly_admin.qbo.auth import connect_simulator
from batchly_admin.qbo.facts import connection_of
from tests.house import Person, open_house

HASTE = {"BATCHLY_QBO_CALLS_PER_SECOND": "10", "BATCHLY_QBO_CALLS_PER_MINUTE": "500"}


@dataclass(frozen=True)
class Desk:
    """An admin at a browser, with a simulated QuickBooks connected."""

    runtime: Runtime
    person: Person

    @property
    def client(self) -> FlaskClient:
        """The admin's browser."""
        return self.person.client

    def post(self, path: str, **form: str) -> TestResponse:
        """Send a form."""
        return self.person.send(path, **form)

    def see(self, path: str) -> str:
        """Give the text of a page that has to be there."""
        answer = self.client.get(path)
        assert answer.status_code == 200, answer.text[:500]
        return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.text))

    def work(self) -> None:
        """Let the worker do what the set-up waits for."""
        while self.runtime.engine.work_setup():
            pass

    @property
    def connection(self) -> QbConnection:
        """The connection as it stands now."""
        with self.runtime.uows.read() as session:
            found = connection_of(session)
            assert found is not None
            return found

    @property
    def state(self) -> str:
        """The state of the connection."""
        return self.connection.state

    @property
    def holds_tokens(self) -> bool:
        """Whether any token is kept."""
        return bool(self.connection.access_token or self.connection.refresh_token)

    def all(self, model: type[Any]) -> list[Any]:
        """Give every row of a table, oldest first."""
        with self.runtime.uows.read() as session:
            return list(session.scalars(sa.select(model).order_by(model.id)))

    def get(self, model: type[Any], record_id: UUID) -> Any:
        """Give a record as it stands now."""
        with self.runtime.uows.read() as session:
            return session.get(model, record_id)


@contextmanager
def open_desk(simulator: dict[str, Any], folder: Path, redis_url: str) -> Iterator[Desk]:
    """Set a desk up in a folder with a migrated database, at a pace that keeps nobody waiting."""
    with open_house(folder, REDIS_URL=redis_url, **HASTE) as house:
        connect_simulator(house.runtime.uows, house.runtime.box, simulator)
        yield Desk(house.runtime, house.log_in("Ann", "admin"))


def granted(location: str, choice: str = "connect", *, company: int = 0) -> str:
    """Press a button on QuickBooks' page and give where it sends the browser."""
    asked = {key: values[0] for key, values in parse_qs(urlsplit(location).query).items()}
    page = requests.get(location, timeout=5)
    assert page.status_code == 200
    form = {key: asked[key] for key in ("redirect_uri", "state", "scope")}
    companies = re.findall(r'name="company" value="([^"]+)"', page.text)
    if companies:
        form["company"] = companies[company]
    answer = requests.post(
        location.partition("?")[0],
        data={**form, "choice": choice},
        allow_redirects=False,
        timeout=5,
    )
    back = urlsplit(answer.headers["Location"])
    return f"{back.path}?{back.query}"

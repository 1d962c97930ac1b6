"""The books of the simulated QuickBooks, as its control page lets the demo write them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit

import orjson
import requests
import sqlalchemy as sa

from batchly_admin import logs
from batchly_admin.demo.story import Story
from batchly_admin.errors import Mismatch, SyncError
from batchly_admin.models.sync import QbConnection
from batchly_admin.qbo.errors import classify, read_faults
from batchly_admin.qbo.gateway import is_loopback

TIMEOUT = 30.0
AT_ONCE = 400

_log = logs.logger(__name__)


class Books:
    """The control page of the simulator we are connected to."""

    def __init__(self, story: Story, connection: QbConnection) -> None:
        base = connection.base_url.rstrip("/")
        parts = urlsplit(base)
        self._story = story
        self.connection = connection
        self._control = f"{parts.scheme}://{parts.netloc}/control/api"
        self._company = f"{base}/company/{connection.realm_id}"
        self._token: str | None = None
        self._session = requests.Session()
        self._session.trust_env = False

    def start_over(self) -> None:
        """Empty the books: what another database wrote into them is nobody's any more."""
        self._post(f"{self._control}/reset", {"company": "empty"})

    def seed(self, entities: Sequence[tuple[str, Mapping[str, Any]]]) -> list[dict[str, Any]]:
        """Write records into the books; give them as QuickBooks keeps them, in order."""
        created: list[dict[str, Any]] = []
        for start in range(0, len(entities), AT_ONCE):
            part = [
                {"type": kind, "data": data} for kind, data in entities[start : start + AT_ONCE]
            ]
            created += self._post(f"{self._control}/seed", {"entities": part})["created"]
        return created

    def refusal(self, kind: str, data: Mapping[str, Any]) -> SyncError:
        """Give the error with which QuickBooks refuses a record, read as the engine reads it.

        Raises:
            Mismatch: it took the record after all.
        """
        entities = [{"type": kind, "data": data}]
        answer = self._send(f"{self._control}/seed", {"entities": entities})
        if answer.ok:
            raise Mismatch(f"QuickBooks took a {kind} that it should have refused.")
        return classify(answer.status_code, read_faults(orjson.loads(answer.content)))

    def query(self, kind: str) -> list[dict[str, Any]]:
        """Give the records of a kind as the API lists them."""
        text = f"SELECT * FROM {kind} ORDERBY Id MAXRESULTS 1000"  # noqa: S608 - fixed names
        # These calls do not pass our own throttle, so they must not use up QuickBooks' patience.
        self._post(f"{self._control}/settings", {"limits": False})
        try:
            answer = self._session.get(
                f"{self._company}/query",
                params={"query": text},
                headers=self._login(),
                timeout=TIMEOUT,
            )
        finally:
            self._post(f"{self._control}/settings", {"limits": True})
        answer.raise_for_status()
        found: list[dict[str, Any]] = orjson.loads(answer.content)["QueryResponse"].get(kind, [])
        return found

    @contextmanager
    def at(self, moment: datetime) -> Iterator[None]:
        """Let the simulator's clock stand in the past for a while."""
        self._post(f"{self._control}/clock", {"now": moment.isoformat()})
        try:
            yield
        finally:
            self._post(f"{self._control}/clock", {"offset_seconds": 0})

    def add_tax_code(self, name: str, rates: Sequence[Mapping[str, Any]]) -> None:
        """Make a tax code as an app may: through QuickBooks' tax service."""
        self._post(
            f"{self._company}/taxservice/taxcode",
            {"TaxCode": name, "TaxRateDetails": list(rates)},
            self._login(),
        )

    def void(self, kind: str, qbo_id: str) -> dict[str, Any]:
        """Void a transaction."""
        answer = self._post(f"{self._control}/accountant/void", {"type": kind, "id": qbo_id})
        found: dict[str, Any] = answer[kind]
        return found

    def close(self, day: date) -> None:
        """Close the books up to a day."""
        self._post(f"{self._control}/accountant/close-books", {"date": day.isoformat()})

    def pull(self, *types: str) -> None:
        """Let the engine fetch the news of some types, as the schedule would."""
        for sync_type in types:
            self._story.runtime.engine.pull(sync_type)

    def _login(self) -> dict[str, str]:
        if self._token is None:
            # Asked once: renewing it would write, and a chapter of the story may be open.
            self._token = self._story.runtime.engine.logins.token(self.connection.id)
        return {"Authorization": f"Bearer {self._token}", "Accept": "application/json"}

    def _post(
        self, url: str, body: Mapping[str, Any], headers: Mapping[str, str] | None = None
    ) -> dict[str, Any]:
        answer = self._send(url, body, headers)
        if not answer.ok:
            raise requests.HTTPError(f"{answer.status_code}: {answer.text[:500]}", response=answer)
        found: dict[str, Any] = orjson.loads(answer.content)
        return found

    def _send(
        self, url: str, body: Mapping[str, Any], headers: Mapping[str, str] | None = None
    ) -> requests.Response:
        return self._session.post(
            url,
            data=orjson.dumps(body, default=_as_written),
            headers={"Content-Type": "application/json", **(headers or {})},
            timeout=TIMEOUT,
        )


def open_books(story: Story) -> Books | None:
    """Give the simulator's books, emptied; None without a simulator that answers."""
    with story.uows.read() as session:
        connection = session.scalar(
            sa.select(QbConnection)
            .where(QbConnection.environment == "simulator", QbConnection.state == "connected")
            .limit(1)
        )
    if connection is None or not is_loopback(connection.base_url):
        return None
    books = Books(story, connection)
    try:
        books.start_over()
    except (requests.RequestException, SyncError) as error:
        _log.warning("The simulator does not answer; the demo leaves everything pending: %s", error)
        return None
    return books


def _as_written(value: Any) -> Any:
    # Digit for digit: an amount never becomes a binary fraction.
    if isinstance(value, Decimal):
        return orjson.Fragment(format(value, "f"))
    raise TypeError(type(value).__name__)

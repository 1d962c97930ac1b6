"""A shop whose web process QuickBooks tells its news to, over HTTP and signed."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import orjson
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.serving import make_server

from batchly_admin.app import build_runtime
from batchly_admin.models.sync import WebhookEvent
from config.settings import Settings
from tests.functional.quickbooks import Quickbooks
from tests.functional.shop import Shop
from tests.house import House, furnished
from tests.notifications import SECRET, sign
from tests.servers import wait_until

PATH = "/webhooks/quickbooks"


@contextmanager
def web_of(
    shop: Shop, database_url: str, folder: Path, secret: str | None = SECRET
) -> Iterator[House]:
    """Open the web application of a shop."""
    given = {"DATABASE_URL": database_url, "REDIS_URL": shop.redis_url}
    settings = Settings.from_env(
        given | ({"QB_WEBHOOK_VERIFIER_TOKEN": secret} if secret else {}), data_dir=folder
    )
    made = build_runtime(settings)
    # The shop's own clock and bells, so that web and worker agree on the time.
    runtime = replace(made, uows=shop.uows, clock=shop.uows.clock, engine=shop.engine)
    try:
        with furnished(settings, runtime) as house:
            yield house
    finally:
        made.dispose()


def post(client: FlaskClient, content: Any, *, secret: str = SECRET) -> Any:
    """Send a notification as QuickBooks would, or as somebody who does not know the token."""
    body = content if isinstance(content, bytes) else orjson.dumps(content)
    headers = {"intuit-signature": sign(body, secret), "Content-Type": "application/json"}
    return client.post(PATH, data=body, headers=headers)


@dataclass(slots=True)
class Notified:
    """A shop that is told, and what it was told."""

    shop: Shop
    quickbooks: Quickbooks

    def events(self, **wanted: str) -> list[WebhookEvent]:
        """Give the stored events that fit."""
        return [
            event
            for event in self.shop.all(WebhookEvent)
            if all(getattr(event, key) == value for key, value in wanted.items())
        ]

    def told(self, entity: str, qbo_id: str | None, operation: str) -> WebhookEvent:
        """Wait until QuickBooks has told of a change."""

        def look() -> WebhookEvent | None:
            found = self.events(entity_type=entity, qbo_id=str(qbo_id), operation=operation)
            return found[0] if found else None

        found: WebhookEvent = wait_until(look, what=f"{entity} {qbo_id} {operation}")
        return found

    def states(self) -> set[str]:
        """Give the states of all events."""
        return {event.state for event in self.events()}


@contextmanager
def listening(shop: Shop, quickbooks: Quickbooks, app: Flask, shape: str) -> Iterator[Notified]:
    """Serve the shop's web application, and have QuickBooks send its notifications there."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    # Closing waits for answers under way: one would go on with the database of the next test.
    server.daemon_threads = False  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    url = f"http://127.0.0.1:{server.server_port}{PATH}"
    quickbooks.control("POST", "webhooks", {"url": url, "format": shape, "waits": [0.2]})
    try:
        yield Notified(shop, quickbooks)
    finally:
        quickbooks.control("POST", "webhooks", {"url": None})
        server.shutdown()
        server.server_close()
        thread.join(5)

"""A browser without a screen: logs in over HTTP, keeps cookies, sends the page's token."""

from __future__ import annotations

import re
from typing import Any

import requests

from tests.servers import wait_until

_TOKEN = re.compile(r'name="csrf-token" content="([^"]+)"')
_FIELD = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')
RUN_SECONDS = 60.0


class Client:
    """One person at one browser."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.session = requests.Session()
        self.token = ""

    def log_in(self, email: str, password: str) -> requests.Response:
        """Fill in the log-in form; on success keep the token of the page that follows."""
        page = self.session.get(f"{self.url}/login", timeout=10).text
        found = _FIELD.search(page)
        assert found is not None, "the log-in form has no token"
        answer = self.session.post(
            f"{self.url}/login",
            data={"email": email, "password": password, "csrf_token": found.group(1)},
            timeout=10,
        )
        token = _TOKEN.search(answer.text)
        self.token = token.group(1) if token else ""
        return answer

    def get(self, path: str, **params: Any) -> requests.Response:
        """Ask for a page or for JSON."""
        return self.session.get(f"{self.url}{path}", params=params, timeout=30)

    def json(self, path: str, **params: Any) -> Any:
        """Ask for JSON and expect to get it."""
        answer = self.get(path, **params)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def post(self, path: str, body: Any) -> requests.Response:
        """Send JSON with the page's token."""
        return self.session.post(
            f"{self.url}{path}", json=body, headers={"X-CSRFToken": self.token}, timeout=30
        )

    def act(self, table: str, action: str, selection: dict[str, Any]) -> dict[str, Any]:
        """Start a bulk action, wait for its end and give the run."""
        body = {"selection": self.chosen(table, action, selection), "params": {}}
        answer = self.post(f"/{table}/actions/{action}", body)
        assert answer.status_code == 202, answer.text
        return self.finished(answer.json()["run"])

    def chosen(self, table: str, action: str, selection: dict[str, Any]) -> dict[str, Any]:
        """Give what starts an action: a filter as its preview signs it, ids as they are."""
        if "all" not in selection:
            return selection
        seen = self.post(f"/{table}/actions/{action}/preview", {"selection": selection})
        assert seen.status_code == 200, seen.text
        signed: dict[str, Any] = seen.json()["selection"]
        return signed

    def finished(self, run: str) -> dict[str, Any]:
        """Wait for the end of a run and give it."""

        def look() -> dict[str, Any] | None:
            found: dict[str, Any] = self.json(f"/runs/{run}")
            return found if found["state"] == "finished" else None

        found: dict[str, Any] = wait_until(look, seconds=RUN_SECONDS, what="the end of the run")
        return found

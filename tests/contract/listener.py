"""The other end of a webhook: a small server that keeps what it is told, and can refuse it."""

from __future__ import annotations

import json
import threading
from collections import deque
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self


class Listener:
    """Answers what it was told to, 200 otherwise; `tried` holds every body that came."""

    def __init__(self) -> None:
        self.tried: list[bytes] = []
        self.heard: list[tuple[bytes, str]] = []
        self.answers: deque[int] = deque()
        self.is_deaf = False
        self.may_answer = threading.Event()
        self.may_answer.set()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                status = outer.take(body, self.headers["intuit-signature"])
                outer.may_answer.wait(10)
                self.send_response(status)
                if status == 302:
                    self.send_header("Location", "/elsewhere")
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *words: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        self.url = f"http://127.0.0.1:{self._server.server_port}/hook"

    def take(self, body: bytes, signature: str) -> int:
        """Take a body in, and give the status it is answered with."""
        self.tried.append(body)
        status = self.answers.popleft() if self.answers else 503 if self.is_deaf else 200
        if status == 200:
            self.heard.append((body, signature))
        return status

    def bodies(self) -> list[Any]:
        """Give what was acknowledged, read."""
        return [json.loads(body) for body, _signature in self.heard]

    def events(self) -> list[tuple[str, str, str]]:
        """Give what was acknowledged, whatever its format, as entity, id and operation."""
        found = []
        for body in self.bodies():
            if isinstance(body, list):
                words = ([*one["type"].split("."), one["intuitentityid"]] for one in body)
                found += [(word[1], word[4], word[2]) for word in words]
            else:
                found += [
                    (one["name"].lower(), one["id"], one["operation"])
                    for note in body["eventNotifications"]
                    for one in note["dataChangeEvent"]["entities"]
                ]
        return found

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        self.may_answer.set()
        self._server.shutdown()
        self._server.server_close()

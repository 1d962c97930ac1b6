"""The server: one process on loopback that speaks QuickBooks' HTTP.

It exists so that the demo, the tests and the benchmarks of an integration have a QuickBooks that
answers like the real one: with its validations, its computed fields, its faults and its limits,
and with a control page that breaks answers on demand and acts as the accountant. It promises that
what it accepted is in its file when the answer leaves. It costs one process and some megabytes. It
is not for proving what only Intuit's own servers can show: how long request ids are remembered,
and what automated sales tax computes.
"""

from __future__ import annotations

import contextlib
import io
import logging
import signal
import socket
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from flask import Flask, Response, abort, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import ClientDisconnected, HTTPException
from werkzeug.http import http_date
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server
from werkzeug.test import run_wsgi_app
from werkzeug.wsgi import get_input_stream

from batchly_admin.qbo.simulator import webhooks
from batchly_admin.qbo.simulator.faults.breaking import fault_answer
from batchly_admin.qbo.simulator.routes import control, gateway, login_pages, openapi, uploads
from batchly_admin.qbo.simulator.wire.refusals import Fault
from batchly_admin.qbo.simulator.wire.values import trace_id
from batchly_admin.qbo.simulator.world import World

_log = logging.getLogger(__name__)
HOST = "127.0.0.1"
NAMES = frozenset({HOST, "localhost"})
MOST_BYTES = 32 * 1024 * 1024
MOST_PASSED_OVER = 8 * MOST_BYTES


class _Handler(WSGIRequestHandler):
    """Keeps connections open, sends small answers at once, and says nothing."""

    protocol_version = "HTTP/1.1"

    def setup(self) -> None:
        """Switch off the wait that joins small packets."""
        super().setup()
        self.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def run_wsgi(self) -> None:
        """Answer one request and keep the connection, which werkzeug's own way always ends.

        The body is read before anything else: what nobody read would be taken for the next
        request. One that is too long is passed over and refused, and the connection does end.
        """
        environ = self.make_environ()
        length = self.headers.get("Content-Length", "")
        if length.isdigit() and int(length) > MOST_BYTES:
            self.close_connection = True
            self._pass_over(min(int(length), MOST_PASSED_OVER))
        else:
            environ["wsgi.input"] = io.BytesIO(get_input_stream(environ).read())
        parts, status, headers = run_wsgi_app(self.server.app, environ, buffered=True)
        body = b"".join(parts)
        self.send_response_only(int(status[:3]), status[4:])
        for keyword, value in headers.items():
            self.send_header(keyword, value)
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def _pass_over(self, length: int) -> None:
        """Take in a body nobody will read: a client hears no answer while it still sends."""
        while length > 0:
            chunk = self.rfile.read(min(length, 1 << 20))
            if not chunk:
                return
            length -= len(chunk)

    def log(self, type: str, message: str, *args: Any) -> None:  # noqa: A002 - werkzeug's name
        """Stay silent: the control page has the log."""

    def handle(self) -> None:
        """Answer until the other side, or a fault that was asked for, ends the connection."""
        with contextlib.suppress(OSError, ClientDisconnected):
            super().handle()

    def finish(self) -> None:
        """Let go of the connection, which may already be gone."""
        with contextlib.suppress(OSError):
            super().finish()

    def connection_dropped(self, error: BaseException, environ: Any = None) -> None:
        """Take a broken connection for what it mostly is: a fault that was asked for."""


def make_app(world: World) -> Flask:
    """Give the WSGI application of a world."""
    app = Flask(__name__)
    # A connection that is broken on purpose has to reach the server below, not become a page.
    app.config["PROPAGATE_EXCEPTIONS"] = True
    app.config["MAX_CONTENT_LENGTH"] = MOST_BYTES
    for module in (gateway, uploads, login_pages, openapi, control):
        app.register_blueprint(module.blueprint(world))

    @app.before_request
    def check_name() -> None:
        # A page of another site could otherwise reach this server under a name of its own.
        if request.host.rsplit(":", 1)[0] not in NAMES:
            abort(421)

    @app.errorhandler(Exception)
    def unforeseen(error: Exception) -> ResponseReturnValue:
        if isinstance(error, HTTPException):
            return error
        if isinstance(error, OSError):
            raise error
        _log.error("A request could not be answered.", exc_info=error)
        fault = Fault("10000", "An unexpected error occurred", kind="SystemFault", status=500)
        broken = fault_answer(world, fault)
        return Response(broken.body, broken.status, content_type=broken.content_type)

    @app.after_request
    def mark(response: Response) -> Response:
        response.headers.setdefault("intuit_tid", trace_id())
        response.headers.setdefault("Date", http_date(world.now()))
        return response

    return app


def serve(port: int, data_dir: Path, company: str, ready: Callable[[dict[str, Any]], None]) -> None:
    """Serve until SIGTERM or SIGINT; `ready` hears how to reach the simulator once it answers.

    Port 0 takes any free one. The company is used only where the folder holds no books yet.
    """
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    world = World(data_dir, company)
    server = make_server(HOST, port, make_app(world), threaded=True, request_handler=_Handler)
    address = f"http://{HOST}:{server.port}"
    for one in world.everywhere():
        one.books.address = address
    stopping = threading.Event()
    _stop_on_signals(server, stopping)
    webhooks.start(world, stopping)
    threading.Thread(target=ready, args=(world.introduction(address),), daemon=True).start()
    try:
        server.serve_forever(poll_interval=0.1)
    finally:
        stopping.set()
        server.server_close()
        world.store.close()


def _stop_on_signals(server: BaseWSGIServer, stopping: threading.Event) -> None:
    def stop(_number: int, _frame: Any) -> None:
        stopping.set()
        threading.Thread(target=server.shutdown, daemon=True).start()

    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, stop)
        signal.signal(signal.SIGINT, stop)

"""How the web server runs: one process, several threads, so that a small dyno holds it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

GRACE_SECONDS = 20


def options(*, bind: str, threads: int, log_level: str) -> Mapping[str, Any]:
    """Give gunicorn's settings."""
    return {
        "bind": bind,
        "worker_class": "gthread",
        "workers": 1,
        "threads": threads,
        "timeout": 60,
        "graceful_timeout": GRACE_SECONDS,
        # Longer than a browser's pause between two clicks: a new connection costs a round trip.
        "keepalive": 15,
        # At level info it reports its own start only.
        "loglevel": "warning" if log_level == "info" else log_level,
        "accesslog": None,
        "control_socket_disable": True,
        "limit_request_line": 8190,
        "proc_name": "batchly-web",
    }

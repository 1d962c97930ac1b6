"""The web process: gunicorn around the application, one process with several threads."""

from __future__ import annotations

import gc
from collections.abc import Mapping
from typing import Any

from flask import Flask
from gunicorn.app.base import BaseApplication


class WebServer(BaseApplication):  # type: ignore[misc]
    """Gunicorn, given an application that is already loaded."""

    def __init__(self, app: Flask, options: Mapping[str, Any]) -> None:
        self._app = app
        self._options = options
        super().__init__()

    def load_config(self) -> None:
        """Take our options instead of a file's or the command line's."""
        for name, value in self._options.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        """Give the application."""
        return self._app


def freeze() -> None:
    """Take what was loaded at the start out of every later look for garbage.

    It stays for good; looking through it again costs an answer of many rows more than its query.
    """
    gc.collect()
    gc.freeze()


def serve(app: Flask, options: Mapping[str, Any]) -> None:
    """Answer requests until SIGTERM or SIGINT; this does not return."""
    freeze()
    WebServer(app, options).run()

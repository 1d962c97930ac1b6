"""Simulators by the hundred: one process that has read all the code, and forks one for each test.

It reads one JSON object a line, {"folder", "company"}, and answers with {"pid", "details"}. A
simulator of its own for each test keeps tests apart; reading its code each time would take longer
than most of them, and so would filling its books: each company is filled once and then copied.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import sys
import tempfile
from pathlib import Path
from typing import Any

from batchly_admin.qbo.simulator.server import serve
from batchly_admin.qbo.simulator.world import World


def main() -> None:
    """Fork until nobody asks any more."""
    # Nobody waits for the children: they are gone as soon as they end.
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    with tempfile.TemporaryDirectory(prefix="batchly-books-") as shelf:
        for line in sys.stdin:
            asked = json.loads(line)
            books = _books(Path(shelf), asked["company"])
            shutil.copytree(books, asked["folder"], dirs_exist_ok=True)
            child, details = _born(asked)
            print(json.dumps({"pid": child, "details": details}), flush=True)


def _books(shelf: Path, company: str) -> Path:
    """Give a folder with the books of a company that nobody has called yet."""
    folder = shelf / company
    if not folder.exists():
        World(folder, company).store.close()
    return folder


def _born(asked: dict[str, str]) -> tuple[int, Any]:
    hears, tells = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(hears)
        _be_one(asked, tells)
    os.close(tells)
    with os.fdopen(hears) as heard:
        return child, json.loads(heard.read())


def _be_one(asked: dict[str, str], tells: int) -> None:
    def say(details: dict[str, Any]) -> None:
        with os.fdopen(tells, "w") as told:
            told.write(json.dumps(details))

    try:
        serve(0, Path(asked["folder"]), asked["company"], say)
    finally:
        os._exit(0)


if __name__ == "__main__":
    main()

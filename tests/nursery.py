"""Simulators by the hundred: one process that has read all the code, and forks one for each test.

It reads one JSON object a line, {"folder", "company"}, and answers with {"pid", "details"}. A
simulator of its own for each test keeps tests apart; reading its code each time would take longer
than most of them.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from pathlib import Path
from typing import Any

from batchly_admin.qbo.simulator.server import serve


def main() -> None:
    """Fork until nobody asks any more."""
    # Nobody waits for the children: they are gone as soon as they end.
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    for line in sys.stdin:
        asked = json.loads(line)
        hears, tells = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(hears)
            _be_one(asked, tells)
        os.close(tells)
        with os.fdopen(hears) as heard:
            details = heard.read()
        print(json.dumps({"pid": child, "details": json.loads(details)}), flush=True)


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

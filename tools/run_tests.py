"""Run the tests: what is safe beside each other, then whole processes alone, then the browser."""

from __future__ import annotations

import argparse
import subprocess
import sys

NO_TESTS = 5


def main() -> int:
    """Run all parts, each to its end, and fail when one fails."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--workers", default="2", help="how many test processes run at once")
    parser.add_argument(
        "--both", action="store_true", help="run every test on both databases, not on one"
    )
    parser.add_argument("rest", nargs="*", help="words for pytest")
    asked = parser.parse_args()
    beside = ["-n", asked.workers]
    less = [] if asked.both else ["--one-database"]
    parts = {
        "not bench and not processes and not browser": beside,
        "not bench and processes and not browser": [],
        # A file of browser tests shares one shop, so it stays with one process.
        "not bench and browser": [*beside, "--dist", "loadfile"],
    }
    codes = [_run(marks, [*words, *less, *asked.rest]) for marks, words in parts.items()]
    failed = [code for code in codes if code not in (0, NO_TESTS)]
    return max(failed, default=NO_TESTS if set(codes) == {NO_TESTS} else 0)


def _run(marks: str, words: list[str]) -> int:
    call = [sys.executable, "-m", "pytest", "-q", "-m", marks, *words]
    return subprocess.run(call, check=False).returncode


if __name__ == "__main__":
    raise SystemExit(main())

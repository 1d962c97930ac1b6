"""Run the tests: in parallel where they are safe beside each other, then whole processes alone."""

from __future__ import annotations

import argparse
import subprocess
import sys

ALONE = "processes or browser"
NO_TESTS = 5


def main() -> int:
    """Run both parts and fail when one fails."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--workers", default="2", help="how many test processes run at once")
    parser.add_argument("rest", nargs="*", help="words for pytest")
    arguments = parser.parse_args()
    pytest = [sys.executable, "-m", "pytest", "-q"]
    together = subprocess.run(
        [*pytest, "-n", arguments.workers, "-m", f"not bench and not ({ALONE})", *arguments.rest],
        check=False,
    ).returncode
    alone = subprocess.run(
        [*pytest, "-m", f"not bench and ({ALONE})", *arguments.rest], check=False
    ).returncode
    failed = [code for code in (together, alone) if code not in (0, NO_TESTS)]
    if not failed and together == alone == NO_TESTS:
        return NO_TESTS
    return max(failed, default=0)


if __name__ == "__main__":
    raise SystemExit(main())

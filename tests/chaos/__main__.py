"""`python -m tests.chaos`: run the whole campaign and print one report as JSON.

It fails when a promise was broken, and when a campaign injected nothing: a storm that did not blow
proves nothing.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.chaos import campaigns
from tests.chaos.checker import judge
from tests.chaos.money import MODES, Till
from tests.chaos.stage import Stage, stage
from tests.functional.quickbooks import Quickbooks
from tests.servers import PostgreSql, simulator_process

Campaign = Callable[[Stage], Counter[str]]


def main() -> int:
    """Run what was asked for; 0 when every promise was kept."""
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument("--seed", type=int, default=int(time.time()), help="replays a campaign")
    parser.add_argument("--repeat", type=int, default=20, help="kills at each named point")
    parser.add_argument("--each", type=int, default=20, help="rounds of each kind of fault")
    parser.add_argument("--events", type=int, default=20, help="times Redis or the database goes")
    parser.add_argument("--rounds", type=int, default=10, help="races of six workers")
    parser.add_argument("--invoices", type=int, default=100_000, help="invoices to add up")
    parser.add_argument("--only", choices=("kill", "pull", "faults", "infra", "races", "money"))
    asked = parser.parse_args()
    server = PostgreSql(is_durable=True)
    try:
        reports = [
            _run(name, run, asked.seed, database)
            for name, run in _campaigns(asked, server).items()
            if asked.only in (None, name)
            for database in (None, server)
        ]
        if asked.only in (None, "money"):
            reports += [_add_up(mode, asked.invoices, asked.seed) for mode in MODES]
    finally:
        server.stop()
    json.dump({"seed": asked.seed, "campaigns": reports}, sys.stdout, indent=2)
    print()
    return int(any(report["broken"] or not report["blew"] for report in reports))


def _campaigns(asked: argparse.Namespace, server: PostgreSql) -> dict[str, Campaign]:
    return {
        "kill": lambda one: campaigns.kill(one, repeat=asked.repeat),
        "pull": lambda one: campaigns.kill_pulls(one, repeat=asked.repeat),
        "faults": lambda one: campaigns.faults(one, each=asked.each),
        "infra": lambda one: campaigns.infra(
            one,
            flushes=asked.events,
            stops=asked.events,
            restarts=asked.events,
            server=None if one.database_url.startswith("sqlite") else server,
        ),
        "races": lambda one: campaigns.races(one, rounds=asked.rounds),
    }


def _run(name: str, run: Campaign, seed: int, server: PostgreSql | None) -> dict[str, Any]:
    started = time.monotonic()
    database = "sqlite" if server is None else "postgresql"
    print(f"{name} on {database} ...", file=sys.stderr, flush=True)
    with stage(seed=seed, server=server) as one:
        injected = run(one)
        drained = one.settle()
        verdict = judge(one)
    return {
        "campaign": name,
        "database": database,
        "injected": dict(injected),
        "blew": bool(injected) and all(injected.values()),
        "drained_seconds": drained,
        "seconds": round(time.monotonic() - started, 1),
        **verdict.as_json(),
    }


def _add_up(mode: str, count: int, seed: int) -> dict[str, Any]:
    started = time.monotonic()
    print(f"money, {mode} tax ...", file=sys.stderr, flush=True)
    with tempfile.TemporaryDirectory() as folder, simulator_process(Path(folder)) as details:
        quickbooks = Quickbooks(details)
        quickbooks.limits(on=False)
        found = Till(quickbooks, mode, seed).compare(count)
    return {
        "campaign": "money",
        "mode": mode,
        **found,
        "blew": found["compared"] == count,
        "broken": found["total_off"] + found["tax_off"],
        "seconds": round(time.monotonic() - started, 1),
    }


if __name__ == "__main__":
    raise SystemExit(main())

"""Commands that work the border to QuickBooks by hand."""

from __future__ import annotations

from pathlib import Path

import click

from batchly_admin.cli.frame import Output, command, load_settings
from batchly_admin.cli.sync_state import STATES, sync_state
from batchly_admin.db import make_engine, make_readers


@command("status", "Say what waits, what failed and what went well last.")
def status(data: Path | None, out: Output) -> None:
    """Print the counts of each type of record."""
    engine = make_engine(load_settings(data).database_url)
    with make_readers(engine)() as session:
        state = sync_state(session)
    engine.dispose()
    connection = state["connection"]
    out.say(f"QuickBooks: {connection['state']}")
    for name, counts in state["types"].items():
        words = ", ".join(f"{counts[state]} {state}" for state in STATES)
        out.say(f"  {name:<14} {words}; last success {counts['last_success_at'] or 'never'}")
    out.result(state)


@click.group("sync")
def sync() -> None:
    """QuickBooks: what waits, pull, push, reconcile."""


sync.add_command(status)

COMMANDS = (sync,)

"""Commands that work the border to QuickBooks by hand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from batchly_admin.cli.frame import Output, command, load_settings
from batchly_admin.errors import BatchlyError

if TYPE_CHECKING:
    # Loading the models takes a second that `batchly --help` need not wait for.
    from batchly_admin.jobs.runtime import Runtime

STATES = ("pending", "processing", "blocked", "failed", "completed")
SLICE_SECONDS = 25.0
DIFFERS, COULD_NOT = 1, 2
"""How `reconcile` ends when the books differ, and when they could not be compared."""


@command("status", "Say what waits, what failed and what went well last.")
def status(data: Path | None, out: Output) -> None:
    """Print the counts of each type of record."""
    with _house(data) as runtime, runtime.uows.read() as session:
        state = runtime.engine.status(session)
    connection = state["connection"]
    out.say(f"QuickBooks: {connection['state']} {connection['words']}".rstrip())
    for name, counts in state["types"].items():
        words = ", ".join(f"{counts[state]} {state}" for state in STATES)
        out.say(f"  {name:<16} {words}; last success {counts['last_success_at'] or 'never'}")
    # Programs find a type by its name, with or without the word "types" before it.
    out.result({**state["types"], **state})


@command("pull", "Fetch the news of one type of record, such as payments or items.")
@click.argument("sync_type", metavar="TYPE")
def pull(data: Path | None, out: Output, *, sync_type: str) -> None:
    """Pull one type now.

    Raises:
        InvalidInput: there is no such type.
        SyncError: QuickBooks could not be read.
    """
    with _house(data) as runtime:
        result = runtime.engine.pull(sync_type)
    figures = asdict(result)
    out.say(", ".join(f"{name} {value}" for name, value in figures.items()))
    out.result(figures)


@command("drain", "Push everything that is due, now and in this process.")
def drain(data: Path | None, out: Output) -> None:
    """Push until nothing is due, or QuickBooks cannot be called."""
    counts: Counter[str] = Counter()
    with _house(data) as runtime:
        runtime.engine.sweep()
        while True:
            result = runtime.engine.drain(seconds=SLICE_SECONDS)
            for name in ("claimed", "completed", "failed", "blocked"):
                counts[name] += getattr(result, name)
            if not result:
                break
    out.say(
        f"{counts['completed']} completed, {counts['failed']} failed, "
        f"{counts['blocked']} blocked; {result.left} still due. {result.words}".rstrip()
    )
    out.result({**counts, "left": result.left, "words": result.words})


@command("reconcile", "Compare both books and write new differences down.")
def reconcile(data: Path | None, out: Output) -> None:
    """Compare the books; end with 1 when differences are open, with 2 when it could not be done."""
    with _house(data) as runtime:
        try:
            summary = runtime.engine.reconcile("command")
        except BatchlyError as error:
            out.fail(error.code, [error.message], COULD_NOT)
    for name, tally in summary["types"].items():
        out.say(
            f"  {name:<18} {tally['ours']} here ({tally['total_ours']}), "
            f"{tally['theirs']} there ({tally['total_theirs']}), {tally['equal']} equal"
        )
    count = summary["differences"]
    out.say("The books are equal." if summary["equal"] else f"{count} differences are open.")
    if summary["message"]:
        out.say(summary["message"])
    out.result(summary)
    if not summary["equal"]:
        raise SystemExit(DIFFERS)


@contextmanager
def _house(data: Path | None) -> Iterator[Runtime]:
    from batchly_admin.app import build_runtime

    runtime = build_runtime(load_settings(data))
    try:
        yield runtime
    finally:
        runtime.dispose()


@click.group("sync")
def sync() -> None:
    """QuickBooks: what waits, pull, push, reconcile."""


for _command in (status, pull, drain, reconcile):
    sync.add_command(_command)

COMMANDS = (sync,)

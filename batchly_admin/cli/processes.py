"""Commands that run processes."""

from __future__ import annotations

from pathlib import Path

import click

from batchly_admin.cli.frame import Output, command, load_settings


@command("up", "Run web, worker and scheduler together, with what they need.")
@click.option("--demo", is_flag=True, help="Fill an empty database with a believable shop.")
@click.option("--port", type=click.IntRange(0, 65535), help="The port of the web pages.")
def up(data: Path | None, out: Output, *, demo: bool, port: int | None) -> None:
    """Run everything until SIGTERM or Ctrl-C."""
    from batchly_admin.up.start import run

    run(load_settings(data), demo=demo, port=port, say=out.say)


@command("web", "Run the web process alone.")
@click.option("--port", type=click.IntRange(0, 65535), help="The port of the web pages.")
def web(data: Path | None, out: Output, *, port: int | None) -> None:
    """Answer requests until SIGTERM or Ctrl-C."""
    from batchly_admin.up.roles import run_web

    run_web(load_settings(data), port=port, say=out.say)


@command("worker", "Run the worker alone.")
def worker(data: Path | None, out: Output) -> None:
    """Work until SIGTERM or Ctrl-C."""
    from batchly_admin.up.roles import run_worker

    out.say("The worker runs.")
    run_worker(load_settings(data))


@command("scheduler", "Run the scheduler alone.")
def scheduler(data: Path | None, out: Output) -> None:
    """Keep the schedule until SIGTERM or Ctrl-C."""
    from batchly_admin.up.roles import run_scheduler

    out.say("The scheduler runs.")
    run_scheduler(load_settings(data))


COMMANDS = (up, web, worker, scheduler)

"""Commands that run processes."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from batchly_admin.cli.frame import Output, command, load_settings
from config.settings import DEFAULT_DATA_DIR


@command("up", "Run web, worker and scheduler together, with what they need.")
@click.option("--demo", is_flag=True, help="Fill an empty database with a believable shop.")
@click.option("--port", type=click.IntRange(0, 65535), help="The port of the web pages.")
def up(data: Path | None, out: Output, *, demo: bool, port: int | None) -> None:
    """Run everything until SIGTERM or Ctrl-C."""
    from batchly_admin.up.start import run

    run(load_settings(data, find_redis=False), demo=demo, port=port, say=out.say)


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


@command("simulator", "Run the QuickBooks simulator alone; prints one JSON line when it answers.")
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="Its port; 0: any free one.")
@click.option("--company", type=click.Choice(["demo", "empty"]), default="empty", help="Its books.")
def simulator(data: Path | None, _out: Output, *, port: int, company: str) -> None:
    """Become the simulator: a program of its own that needs no settings of ours."""
    folder = data or Path(DEFAULT_DATA_DIR) / "simulator"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    safe = ["-P"] if sys.flags.safe_path else []
    words = ["--port", str(port), "--data", str(folder), "--company", company]
    program = [sys.executable, *safe, "-m", "batchly_admin.qbo.simulator", *words]
    os.execv(sys.executable, program)  # noqa: S606 - our own program


COMMANDS = (up, web, worker, scheduler, simulator)

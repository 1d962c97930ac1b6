"""The `batchly` command. Each command reads the settings, makes one call and prints the result."""

from __future__ import annotations

import click

from batchly_admin import __version__
from batchly_admin.cli import orders, processes, sync, upkeep


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="batchly")
def main() -> None:
    """Run and look after a Batchly installation."""


for command in (*processes.COMMANDS, *upkeep.COMMANDS, *orders.COMMANDS, *sync.COMMANDS):
    main.add_command(command)

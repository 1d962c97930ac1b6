"""Commands that bring data in."""

from __future__ import annotations

import click


@click.group("import")
def import_() -> None:
    """Bring data in from files."""


COMMANDS = (import_,)

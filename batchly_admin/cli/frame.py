"""What all commands share: --data, --json, the settings, and errors in words."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, NoReturn

import click
import orjson

from batchly_admin import logs
from batchly_admin.errors import BatchlyError, ConfigError
from batchly_admin.up.redis_server import known_url
from config.settings import Settings, SettingsError, environment

EXIT_REFUSED = 1
EXIT_CONFIGURATION = 2
TALKATIVE = ("alembic", "rq.worker", "rq_scheduler.scheduler")
"""Libraries that say at level info what only their authors need."""

_AS_JSON = click.Option(
    ["--json", "as_json"], is_flag=True, help="End with one JSON object on the last line."
)
_DATA = click.Option(
    ["--data"],
    type=click.Path(file_okay=False, path_type=Path),
    help="The data folder; BATCHLY_DATA or ./var when left out.",
)


@dataclass(frozen=True, slots=True)
class Output:
    """Speaks to a person, or to a program that asked for JSON."""

    as_json: bool

    def say(self, line: str) -> None:
        """Print a line for a person; a program that asked for JSON reads it on stderr."""
        click.echo(line, err=self.as_json)

    def result(self, content: dict[str, Any]) -> None:
        """Print the one JSON object of the command, as its last line, when it was asked for."""
        if self.as_json:
            click.echo(orjson.dumps(content, default=str).decode())

    def fail(self, code: str, messages: list[str], status: int) -> NoReturn:
        """Say in words what did not work, and end the command."""
        for message in messages:
            click.echo(f"Error: {message}", err=True)
        self.result({"error": {"code": code, "message": " ".join(messages)}})
        raise SystemExit(status)


def command(name: str, about: str) -> Callable[[Callable[..., None]], click.Command]:
    """Make a command that takes --data and --json and says errors in words.

    The function gets `data` (a folder or None) and `out` as its first arguments.
    """

    def decorate(function: Callable[..., None]) -> click.Command:
        @functools.wraps(function)
        def run(*, data: Path | None, as_json: bool, **arguments: Any) -> None:
            out = Output(as_json)
            try:
                function(data, out, **arguments)
            except SettingsError as error:
                out.fail("config", list(error.problems), EXIT_CONFIGURATION)
            except ConfigError as error:
                out.fail(error.code, [error.message], EXIT_CONFIGURATION)
            except BatchlyError as error:
                out.fail(error.code, [error.message], EXIT_REFUSED)

        return click.command(name, params=[_DATA, _AS_JSON], help=about)(run)

    return decorate


def load_settings(data: Path | None, *, find_redis: bool = True) -> Settings:
    """Read the settings and set up the log; find the private Redis of a running `batchly up`.

    Raises:
        SettingsError: the environment is not usable.
    """
    settings = Settings.from_env(environment(), data_dir=data)
    logs.configure(settings.log_level)
    if settings.log_level == "info":
        for name in TALKATIVE:
            logs.logger(name).setLevel("WARNING")
    if find_redis and settings.redis_url is None:
        settings = replace(settings, redis_url=known_url(settings.data_dir))
    return settings

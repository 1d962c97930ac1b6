"""Commands that look after an installation."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from batchly_admin.cli.frame import Output, command, load_settings
from batchly_admin.domain.rights import ROLES
from batchly_admin.errors import InvalidInput


@command("upgrade", "Bring the database up to this version.")
def upgrade(data: Path | None, out: Output) -> None:
    """Run the migrations that are missing."""
    from batchly_admin import migrations
    from batchly_admin.db import make_engine

    engine = make_engine(load_settings(data).database_url)
    changed = not migrations.is_current(engine)
    if changed:
        migrations.upgrade(engine)
    engine.dispose()
    out.say("The database was brought up to date." if changed else "The database is up to date.")
    out.result({"changed": changed})


@command("demo", "Fill an empty database with a believable shop.")
def demo(data: Path | None, out: Output) -> None:
    """Fill the demo and print its log-ins."""
    from batchly_admin import migrations
    from batchly_admin.app import build_runtime
    from batchly_admin.up.demo import prepare_demo

    settings = load_settings(data)
    runtime = build_runtime(settings)
    migrations.upgrade(runtime.database)
    logins = prepare_demo(runtime, settings.data_dir, say=out.say)
    for login in logins:
        out.say(f"  {login.email:<30} {login.password}   ({login.role})")
    out.result({"logins": {login.email: login.password for login in logins}})


@command("create", "Make a user.")
@click.argument("email")
@click.option("--role", type=click.Choice(list(ROLES)), required=True, help="What they may do.")
@click.option("--name", default="", help="What people call them.")
@click.option("--password-stdin", is_flag=True, help="Read the password from the first line.")
def create_user(
    data: Path | None, out: Output, *, email: str, role: str, name: str, password_stdin: bool
) -> None:
    """Make a user with one role.

    Raises:
        InvalidInput: the address is taken or no address, or the password is too weak.
    """
    from batchly_admin.app import build_runtime
    from batchly_admin.services import users
    from batchly_admin.services.unit_of_work import SYSTEM

    if password_stdin:
        password = sys.stdin.readline().rstrip("\r\n")
    else:
        password = click.prompt("Password", hide_input=True, confirmation_prompt=True, err=True)
    if not password:
        raise InvalidInput("The password is empty.", field="password")
    runtime = build_runtime(load_settings(data))
    with runtime.uows.begin(actor=SYSTEM, source="cli") as uow:
        users.create_user(
            uow, email=email, role=role, password=password, name=name or email.partition("@")[0]
        )
    out.say(f"{email} can log in now as {role}.")
    out.result({"email": email, "role": role})


@command("rotate", "Encrypt the QuickBooks tokens anew, with the newest key.")
def rotate(data: Path | None, out: Output) -> None:
    """Take a new key into use, where keys are kept in the data folder, and use the newest."""
    from batchly_admin.cli.token_keys import rotate_keys

    result = rotate_keys(load_settings(data))
    out.say(f"The key {result.key} is in use; {result.connections} connection(s) encrypted anew.")
    out.result({"key": result.key, "connections": result.connections})


@command("doctor", "Say in plain words what is wrong with this installation.")
def doctor(data: Path | None, out: Output) -> None:
    """Look at everything a working installation needs."""
    from batchly_admin.cli.examination import examine

    findings = examine(data)
    for finding in findings:
        out.say(f"{'ok  ' if finding.ok else 'FAIL'}  {finding.subject}: {finding.words}")
    well = all(finding.ok for finding in findings)
    out.result(
        {
            "ok": well,
            "findings": [
                {"subject": finding.subject, "ok": finding.ok, "words": finding.words}
                for finding in findings
            ],
        }
    )
    if not well:
        raise SystemExit(1)


@click.group("db")
def db() -> None:
    """The database."""


@click.group("users")
def users() -> None:
    """People who log in."""


@click.group("keys")
def keys() -> None:
    """The keys that encrypt QuickBooks tokens."""


db.add_command(upgrade)
users.add_command(create_user)
keys.add_command(rotate)

COMMANDS = (db, demo, users, keys, doctor)

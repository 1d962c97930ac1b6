"""The demo: a believable shop in an empty database, and one log-in for each role."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa

from batchly_admin.domain.rights import ROLES
from batchly_admin.errors import ConfigError
from batchly_admin.ids import token
from batchly_admin.jobs.runtime import Runtime
from batchly_admin.models.company import User
from batchly_admin.models.customers import Customer
from batchly_admin.services.unit_of_work import SYSTEM
from batchly_admin.up.folder import read_private, write_private

LOGINS_FILE = "demo-logins.json"
UNFINISHED_FILE = "demo-unfinished"
DOMAIN = "batchly.example"


@dataclass(frozen=True, slots=True)
class Login:
    """A person of the demo shop."""

    email: str
    role: str
    password: str


def prepare_demo(
    runtime: Runtime, data_dir: Path, *, say: Callable[[str], None]
) -> tuple[Login, ...]:
    """Fill an empty database, make the people that are missing, and give their log-ins.

    Raises:
        ConfigError: an earlier fill was interrupted and left half a shop.
    """
    from batchly_admin import demo

    marker = data_dir / UNFINISHED_FILE
    if marker.exists():
        raise ConfigError(
            "The demo was interrupted while it was filled and is not whole. Delete "
            f"{data_dir} and start again, or choose another folder with --data."
        )
    logins = _logins(data_dir)
    _make_people(runtime, logins)
    with runtime.uows.read() as session:
        is_empty = session.scalar(sa.select(Customer.id).limit(1)) is None
    if is_empty:
        say("Filling the demo shop...")
        marker.touch(mode=0o600)
        demo.fill(runtime)
        marker.unlink()
    return logins


def _logins(data_dir: Path) -> tuple[Login, ...]:
    path = data_dir / LOGINS_FILE
    kept = read_private(path) or {}
    logins = tuple(
        Login(email, role, str(kept.get(email, {}).get("password") or token(9)))
        for role, email in ((role, f"{role}@{DOMAIN}") for role in ROLES)
    )
    content = {login.email: {"role": login.role, "password": login.password} for login in logins}
    if content != kept:
        write_private(path, content)
    return logins


def _make_people(runtime: Runtime, logins: tuple[Login, ...]) -> None:
    from batchly_admin.services.users import create_user

    with runtime.uows.read() as session:
        known = set(session.scalars(sa.select(User.email)))
    missing = [login for login in logins if login.email not in known]
    if not missing:
        return
    with runtime.uows.begin(actor=SYSTEM, source="cli", summary="Demo log-ins") as uow:
        for login in missing:
            create_user(
                uow,
                email=login.email,
                role=login.role,
                password=login.password,
                name=login.role.capitalize(),
            )

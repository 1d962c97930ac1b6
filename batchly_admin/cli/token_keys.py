"""Taking a new token key into use: stored QuickBooks tokens are encrypted anew."""

from __future__ import annotations

import os
import signal
from dataclasses import dataclass
from pathlib import Path

from batchly_admin.clock import SystemClock
from batchly_admin.db import make_engine, make_readers, make_sessions
from batchly_admin.errors import ConfigError
from batchly_admin.qbo.auth import rotate_tokens
from batchly_admin.qbo.vault import TokenBox
from batchly_admin.services.unit_of_work import SYSTEM, UnitOfWorks
from batchly_admin.up.folder import UP_FILE, read_private
from batchly_admin.up.leash import is_alive
from config.local_secrets import rotate_token_keys
from config.settings import Settings

RESTART_SECONDS = 90.0


@dataclass(frozen=True, slots=True)
class Rotation:
    """The newest key, and how many connections use it now."""

    key: str
    connections: int


def rotate_keys(settings: Settings) -> Rotation:
    """Use the newest key for every stored token; make one first where keys are kept in the folder.

    Steps: the key is added; a `batchly up` on this folder starts again and knows it; only then are
    tokens encrypted with it. The old keys stay able to read.

    Raises:
        ConfigError: there is no key, or a stored token does not open with any of them.
        SettingsError: the data folder cannot be written.
    """
    keys = settings.token_keys
    if not settings.token_keys_in_environment:
        keys = rotate_token_keys(settings.data_dir)
        _restart(settings.data_dir)
    if not keys:
        raise ConfigError("There is no key: set BATCHLY_KEYS.")
    engine = make_engine(settings.database_url)
    uows = UnitOfWorks(make_sessions(engine), make_readers(engine), SystemClock())
    try:
        with uows.begin(actor=SYSTEM, source="cli", summary="Keys rotated") as uow:
            return Rotation(keys[0][0], rotate_tokens(uow, TokenBox(keys)))
    finally:
        engine.dispose()


def _restart(data_dir: Path) -> None:
    before = read_private(data_dir / UP_FILE)
    if not before or not is_alive(int(before["pid"])):
        return
    clock = SystemClock()
    os.kill(int(before["pid"]), signal.SIGHUP)
    deadline = clock.monotonic() + RESTART_SECONDS
    while clock.monotonic() < deadline:
        now = read_private(data_dir / UP_FILE)
        if now and now.get("boot") != before.get("boot"):
            return
        clock.sleep(0.1)
    raise ConfigError("`batchly up` did not come back; start it, then rotate again.")

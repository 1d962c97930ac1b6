"""The data folder of `batchly up`: one owner at a time, small private files, free ports."""

from __future__ import annotations

import fcntl
import os
import socket
from pathlib import Path
from typing import IO, Any

import orjson

from batchly_admin.errors import ConfigError

UP_FILE = "up.json"
LOCK_FILE = "up.lock"
PORTS_TO_TRY = 50


def lock(data_dir: Path) -> IO[str]:
    """Make this process the only `batchly up` of the folder, until it ends.

    A POSIX record lock: children do not inherit it, and the kernel drops it however we end.

    Raises:
        ConfigError: another `batchly up` runs there, or the folder cannot be written.
    """
    try:
        data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
        file = (data_dir / LOCK_FILE).open("a+", encoding="utf-8")
    except OSError as error:
        raise ConfigError(f"The data folder {data_dir} cannot be written: {error}.") from error
    try:
        fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        running = read_private(data_dir / UP_FILE) or {}
        file.close()
        where = f" at {running['url']} (process {running['pid']})" if "url" in running else ""
        raise ConfigError(
            f"Batchly is already running on {data_dir}{where}. "
            "Stop it first, or choose another folder with --data."
        ) from error
    return file


def read_private(path: Path) -> dict[str, Any] | None:
    """Give the JSON object kept in `path`, or None when there is none that can be read."""
    try:
        content = orjson.loads(path.read_bytes())
    except (OSError, orjson.JSONDecodeError):
        return None
    return content if isinstance(content, dict) else None


def write_private(path: Path, content: dict[str, Any]) -> None:
    """Keep a JSON object in `path`, readable by the owner only, never half written."""
    fresh = path.with_name(f".{path.name}.new")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(orjson.dumps(content, option=orjson.OPT_APPEND_NEWLINE))
    fresh.replace(path)


def listen(host: str, port: int, *, fixed: bool) -> socket.socket:
    """Give a listening socket on `port`, or on the next free one unless the port is `fixed`.

    Raises:
        ConfigError: no port could be had.
    """
    last = port if fixed or port == 0 else min(port + PORTS_TO_TRY, 65535)
    for candidate in range(port, last + 1):
        try:
            return socket.create_server((host, candidate), backlog=512)
        except OSError as error:
            reason = error
    raise ConfigError(f"Port {port} cannot be used: {reason.strerror}.")


def free_port() -> int:
    """Give a loopback port nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


def is_free(port: int) -> bool:
    """Tell whether nobody listens on this loopback port."""
    try:
        socket.create_server(("127.0.0.1", port)).close()
    except OSError:
        return False
    return True

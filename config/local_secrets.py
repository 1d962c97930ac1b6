"""Secrets that an installation on one's own machine makes once and keeps in its data folder."""

from __future__ import annotations

import contextlib
import os
import secrets
from collections.abc import Callable
from pathlib import Path

from config.readers import KEY_BYTES, SettingsError, parse_keys, spell_keys

SIGNING_FILE = "secret.key"
ENCRYPTION_FILE = "token.keys"


def secret_key(data_dir: Path) -> str:
    """Give the key that signs sessions, made at first use.

    Raises:
        SettingsError: the data folder cannot be written.
    """
    return _kept(data_dir / SIGNING_FILE, lambda: secrets.token_urlsafe(48))


def token_keys(data_dir: Path) -> tuple[tuple[str, bytes], ...]:
    """Give the keys that encrypt QuickBooks tokens, made at first use, newest first.

    Raises:
        SettingsError: the data folder cannot be written, or the file was damaged.
    """
    path = data_dir / ENCRYPTION_FILE
    try:
        return parse_keys(_kept(path, lambda: spell_keys([_new_key(1)])))
    except SettingsError as error:
        raise SettingsError([f"{path}: {problem}" for problem in error.problems]) from error


def rotate_token_keys(data_dir: Path) -> tuple[tuple[str, bytes], ...]:
    """Put a new key in front of the kept ones and give them all.

    Raises:
        SettingsError: the data folder cannot be written, or the file was damaged.
    """
    kept = token_keys(data_dir)
    number = 1 + max((int(name[1:]) for name, _ in kept if name[1:].isdigit()), default=0)
    keys = (_new_key(number), *kept)
    path = data_dir / ENCRYPTION_FILE
    fresh = path.with_suffix(".new")
    _write(fresh, spell_keys(keys), exclusive=False)
    fresh.replace(path)
    return keys


def _new_key(number: int) -> tuple[str, bytes]:
    return f"k{number}", secrets.token_bytes(KEY_BYTES)


def _kept(path: Path, make: Callable[[], str]) -> str:
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        if not path.exists():
            _create(path, make())
        content = path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError([f"{path} cannot be used: {error}."]) from error
    if not content:
        raise SettingsError([f"{path} is empty; delete it to have a new one made."])
    return content


def _create(path: Path, content: str) -> None:
    # Written aside and linked into place: of two processes that start together one wins, and
    # neither ever reads half a secret.
    aside = path.with_name(f".{path.name}.{os.getpid()}")
    _write(aside, content, exclusive=True)
    try:
        with contextlib.suppress(FileExistsError):
            path.hardlink_to(aside)
    finally:
        aside.unlink()


def _write(path: Path, content: str, *, exclusive: bool) -> None:
    flags = os.O_WRONLY | os.O_CREAT | (os.O_EXCL if exclusive else os.O_TRUNC)
    with os.fdopen(os.open(path, flags, 0o600), "w", encoding="utf-8") as file:
        file.write(content + "\n")

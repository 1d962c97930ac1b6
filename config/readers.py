"""Strict readers of environment variables; they collect every problem instead of stopping."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from urllib.parse import urlsplit

KEY_BYTES = 32
_KEY_NAME = re.compile(r"[A-Za-z0-9_-]{1,32}")


class SettingsError(ValueError):
    """The environment does not describe a usable installation; `problems` lists every reason."""

    def __init__(self, problems: Sequence[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(self.problems))


class Reader:
    """Reads variables by name, remembers which were read, and collects the problems found."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ
        self.known: set[str] = set()
        self.problems: list[str] = []

    def text(self, name: str, default: str = "") -> str:
        """Give the trimmed value, or the default when it is unset or blank."""
        self.known.add(name)
        return self._environ.get(name, "").strip() or default

    def secret(self, name: str) -> str | None:
        """Give the value of `name`, or the content of the file that `name`_FILE points to."""
        direct, path = self.text(name), self.text(f"{name}_FILE")
        if direct and path:
            self.problems.append(f"{name} and {name}_FILE are both set; keep one of them.")
        if direct or not path:
            return direct or None
        try:
            content = Path(path).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            self.problems.append(f"{name}_FILE cannot be read: {error}.")
            return None
        if not content:
            self.problems.append(f"{name}_FILE points to an empty file.")
        return content or None

    def choice(self, name: str, allowed: Sequence[str], default: str) -> str:
        """Give one of the allowed words."""
        value = self.text(name, default)
        if value not in allowed:
            self.problems.append(f"{name} must be one of {', '.join(allowed)}; it is {value!r}.")
            return default
        return value

    def words(self, name: str, allowed: Sequence[str]) -> tuple[str, ...]:
        """Give a comma-separated subset of the allowed words; all of them when unset."""
        given = [word.strip() for word in self.text(name).split(",") if word.strip()]
        unknown = [word for word in given if word not in allowed]
        if unknown:
            self.problems.append(
                f"{name} may list {', '.join(allowed)}; {', '.join(unknown)} is none of them."
            )
        return tuple(word for word in allowed if word in given) or tuple(allowed)

    def integer(self, name: str, default: int, *, low: int, high: int) -> int:
        """Give a whole number within bounds."""
        value = self.text(name, str(default))
        if not re.fullmatch(r"[0-9]{1,9}", value) or not low <= int(value) <= high:
            self.problems.append(
                f"{name} must be a whole number from {low} to {high}; it is {value!r}."
            )
            return default
        return int(value)

    def address(self, name: str, *, schemes: Sequence[str] = ("http", "https")) -> str | None:
        """Give an address without its closing slash, or None when unset."""
        value = self.text(name)
        if not value:
            return None
        try:
            parts = urlsplit(value)
            usable = parts.scheme in schemes and bool(parts.hostname)
        except ValueError:
            usable = False
        if not usable:
            self.problems.append(
                f"{name} must be a full {' or '.join(schemes)} address; it is {value!r}."
            )
            return None
        return value.rstrip("/")

    def refuse_unknown(self, prefix: str) -> None:
        """Report every variable that starts with `prefix` and that nothing has read."""
        for name in sorted(self._environ):
            if name.startswith(prefix) and name not in self.known:
                self.problems.append(f"{name} is not a setting of Batchly; check its spelling.")


def parse_keys(text: str) -> tuple[tuple[str, bytes], ...]:
    """Read "k2:base64,k1:base64", newest key first.

    Raises:
        SettingsError: a name or a key is not usable.
    """
    keys: dict[str, bytes] = {}
    problems = []
    for part in (piece.strip() for piece in text.split(",")):
        name, key = _named_key(part)
        if not _KEY_NAME.fullmatch(name):
            problems.append("every key needs a name of letters and digits: name:base64.")
        elif name in keys:
            problems.append(f"the key name {name} stands there twice.")
        elif len(key) != KEY_BYTES:
            problems.append(f"the key {name} must be {KEY_BYTES} bytes in base64.")
        keys[name] = key
    if problems:
        raise SettingsError(problems)
    return tuple(keys.items())


def spell_keys(keys: Sequence[tuple[str, bytes]]) -> str:
    """Give the text that `parse_keys` reads back."""
    return ",".join(f"{name}:{base64.b64encode(key).decode()}" for name, key in keys)


def _named_key(part: str) -> tuple[str, bytes]:
    # Platforms that make a secret by themselves make 64 hexadecimal digits without a name.
    if re.fullmatch(r"[0-9a-f]{64}", part):
        return "k0", bytes.fromhex(part)
    name, _, encoded = part.partition(":")
    return name, _decode(encoded)


def _decode(encoded: str) -> bytes:
    try:
        return base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError):
        return b""

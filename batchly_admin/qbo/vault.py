"""Tokens at rest: AES-GCM under a named key, bound to the place where they stand.

A sealed text reads `v1.<key name>.<nonce>.<cipher text>`. What it belongs to (organization and
field) is authenticated with it, so a token copied into another row or column does not open.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from batchly_admin.errors import ConfigError
from batchly_admin.ids import random_bytes

VERSION = "v1"
NONCE_BYTES = 12


class TokenBox:
    """Seals and opens texts; the first key seals, every key opens."""

    def __init__(self, keys: Sequence[tuple[str, bytes]]) -> None:
        self._newest = keys[0][0] if keys else ""
        self._keys = {name: AESGCM(key) for name, key in keys}

    def seal(self, text: str, *, subject: str) -> str:
        """Give `text` encrypted for `subject`, such as "<organization id>|refresh_token".

        Raises:
            ConfigError: the installation has no key.
        """
        if not self._newest:
            raise ConfigError("There is no key to encrypt with: set BATCHLY_KEYS.")
        nonce = random_bytes(NONCE_BYTES)
        cipher = self._keys[self._newest].encrypt(nonce, text.encode(), subject.encode())
        return ".".join((VERSION, self._newest, _encode(nonce), _encode(cipher)))

    def open(self, sealed: str, *, subject: str) -> str:
        """Give the text that was sealed for `subject`.

        Raises:
            ConfigError: the key is missing, or the text was sealed for something else.
        """
        try:
            version, name, nonce, cipher = sealed.split(".")
        except ValueError:
            raise ConfigError("A stored token is not readable.") from None
        key = self._keys.get(name)
        if version != VERSION or key is None:
            raise ConfigError(f"The key {name!r} that a stored token needs is not in BATCHLY_KEYS.")
        try:
            return key.decrypt(_decode(nonce), _decode(cipher), subject.encode()).decode()
        except (InvalidTag, binascii.Error, ValueError):
            raise ConfigError("A stored token does not open: it was changed or moved.") from None

    def rotate(self, sealed: str, *, subject: str) -> str:
        """Give the same secret under the newest key; unchanged when it already is."""
        if sealed.split(".")[1:2] == [self._newest]:
            return sealed
        return self.seal(self.open(sealed, subject=subject), subject=subject)


def _encode(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def _decode(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))

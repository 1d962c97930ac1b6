"""The only source of randomness: record ids and secrets."""

from __future__ import annotations

import os
import secrets
import time
from uuid import UUID


def new_id() -> UUID:
    """Give a new record id: a version 7 UUID, so that ids made later sort later (RFC 9562, 5.7)."""
    milliseconds = time.time_ns() // 1_000_000
    raw = bytearray(milliseconds.to_bytes(6, "big") + os.urandom(10))
    raw[6] = (raw[6] & 0x0F) | 0x70
    raw[8] = (raw[8] & 0x3F) | 0x80
    return UUID(bytes=bytes(raw))


def first_id(seconds_ago: float) -> UUID:
    """Give the smallest id of a moment some seconds ago: ids made since are larger."""
    milliseconds = max(0, int((time.time() - seconds_ago) * 1000))
    return UUID(bytes=milliseconds.to_bytes(6, "big") + b"\x70\x00\x80" + bytes(7))


def token(size: int = 32) -> str:
    """Give a secret, URL-safe, of `size` random bytes."""
    return secrets.token_urlsafe(size)


def random_bytes(size: int) -> bytes:
    """Give `size` random bytes fit for keys and nonces."""
    return secrets.token_bytes(size)


def parse_id(text: object) -> UUID | None:
    """Give the UUID that `text` spells, or None when it spells none."""
    if isinstance(text, UUID):
        return text
    if not isinstance(text, str):
        return None
    try:
        return UUID(text)
    except ValueError:
        return None

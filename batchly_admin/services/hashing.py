"""Passwords as they are kept: argon2id, with the memory of the whole process bounded."""

from __future__ import annotations

from functools import cache
from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from batchly_admin.ids import token

LONGEST = 1_024
"""More than this of a password is not even looked at."""

_HASHER = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
_AT_ONCE = BoundedSemaphore(2)
"""Each hash takes 19 MiB; a flood of log-ins must not take them all at once."""


def hash_password(password: str) -> str:
    """Give what is kept of a password."""
    with _AT_ONCE:
        return _HASHER.hash(password)


def is_password(stored: str, password: str) -> bool:
    """Tell whether this is the password that `stored` was made of."""
    try:
        with _AT_ONCE:
            return _HASHER.verify(stored, password)
    except (VerificationError, InvalidHashError):
        return False


def is_outdated(stored: str) -> bool:
    """Tell whether a hash was made with weaker settings than today's."""
    return _HASHER.check_needs_rehash(stored)


@cache
def nobody() -> str:
    """Give the hash of a password nobody has: checking it takes as long as checking a real one."""
    return hash_password(token())

"""Named points at which a test may kill the process, to prove that nothing is lost or doubled.

Unarmed, a point costs one comparison. The worker arms one from its settings, "name:n", and the
n-th time the process passes that point it ends as if somebody had pulled the plug.
"""

from __future__ import annotations

import os
from dataclasses import dataclass

from batchly_admin.errors import ConfigError

EXIT_CODE = 137

POINTS = (
    "claim.before_commit",
    "claim.after_commit",
    "prepare.before_commit",
    "prepare.after_commit",
    "lookup.before_call",
    "lookup.after_call",
    "send.before_call",
    "send.after_call",
    "batch.before_call",
    "batch.after_call",
    "record.before_commit",
    "record.after_commit",
    "failure.before_commit",
    "failure.after_commit",
    "refresh.before_call",
    "refresh.after_call",
    "refresh.after_commit",
    "pull.after_read",
    "pull.before_commit",
    "pull.after_commit",
    "pull.before_cursor",
    "pull.after_cursor",
    "webhook.after_claim",
    "webhook.after_read",
    "webhook.before_commit",
    "webhook.after_commit",
    "reconcile.after_page",
    "reconcile.after_second_look",
    "reconcile.before_commit",
    "reconcile.after_commit",
)


@dataclass(slots=True)
class _Armed:
    name: str = ""
    left: int = 0


_armed = _Armed()


def arm(spec: str | None) -> None:
    """Arm "name:n", or disarm with None or an empty text.

    Raises:
        ConfigError: there is no such point.
    """
    if not spec:
        _armed.name = ""
        return
    name, _, count = spec.partition(":")
    if name not in POINTS or not (count or "1").isdigit():
        raise ConfigError(f"There is no crash point called {spec!r}.")
    _armed.name, _armed.left = name, max(int(count or "1"), 1)


def point(name: str) -> None:
    """Pass a named point; end the process here when it is the armed one."""
    if _armed.name != name:
        return
    _armed.left -= 1
    if _armed.left <= 0:
        os._exit(EXIT_CODE)

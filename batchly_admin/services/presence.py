"""Who looks at which cell: heartbeats in Redis that count for some seconds only.

They ride on the grid's own poll, one round trip each. Nothing has to be cleaned up when a browser
vanishes: what was not seen lately is nobody. Without Redis, or while it is away, nobody is seen and
everything else works.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import orjson
import redis

from batchly_admin.ids import parse_id

COUNTS = timedelta(seconds=15)
FORGET = timedelta(minutes=2)
TONES = ("violet", "amber", "green", "blue", "red")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a tab of a person is: a table, and a cell of it when there is one."""

    table: str
    row_id: UUID | None
    column: str | None


@dataclass(frozen=True, slots=True)
class Here:
    """Somebody else who looks at the same table."""

    user_id: UUID
    name: str
    row_id: UUID | None
    column: str | None

    @property
    def tone(self) -> str:
        """Give the color a person has on every screen."""
        return TONES[self.user_id.int % len(TONES)]


def beat(
    client: redis.Redis | None,
    now: datetime,
    *,
    user_id: UUID,
    name: str,
    tab: str,
    place: Place,
) -> list[Here]:
    """Note where a tab is; give who else looks at the table, each once, where they were last."""
    if client is None:
        return []
    key = f"batchly:here:{place.table}"
    mine = [name, str(place.row_id or ""), place.column or "", now.timestamp()]
    pipe = client.pipeline(transaction=False)
    if tab:
        pipe.hset(key, f"{user_id}:{tab}", orjson.dumps(mine))
        pipe.expire(key, FORGET)
    pipe.hgetall(key)
    try:
        found: dict[bytes, bytes] = pipe.execute()[-1]
        fresh, old = _read(found, now)
        if old:
            client.hdel(key, *old)
    except (redis.RedisError, OSError):
        return []
    others = [here for here in fresh if here.user_id != user_id]
    return sorted(others, key=lambda here: (here.name, here.user_id.int))


def _read(found: Mapping[bytes, bytes], now: datetime) -> tuple[list[Here], list[bytes]]:
    """Give the latest place of everybody, and the notes that are too old to count."""
    notes = [(who, orjson.loads(text)) for who, text in found.items()]
    begin = (now - COUNTS).timestamp()
    fresh = sorted((one for one in notes if one[1][3] > begin), key=lambda one: one[1][3])
    people = {here.user_id: here for who, note in fresh if (here := _here(who, note)) is not None}
    return list(people.values()), [who for who, note in notes if note[3] <= begin]


def _here(who: bytes, note: list[Any]) -> Here | None:
    user_id = parse_id(who.decode().partition(":")[0])
    if user_id is None:
        return None
    return Here(user_id, note[0], parse_id(note[1]), note[2] or None)

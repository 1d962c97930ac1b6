"""Our own pace, shared by every process: never faster than Intuit allows a company.

A bucket of tokens sets the average, and a log of the last calls bounds every second and every
minute, wherever they begin; both stand in Redis under one script, by Redis' clock. Without Redis
every process goes at one call a second: slow, and still within the limit for as many processes as
we ever run.
https://developer.intuit.com/app/developer/qbo/docs/learn/limits-and-throttles
"""

from __future__ import annotations

import contextlib
from dataclasses import dataclass

import redis

from batchly_admin import logs
from batchly_admin.clock import Clock

ALONE_INTERVAL = 1.0
BATCHES_PER_SECOND = 2.0
BATCHES_AT_ONCE = 2

_log = logs.logger(__name__)

# Gives the milliseconds to wait; 0 means that the call is counted and may leave.
SCRIPT = """
local rate, burst, limit, span, cost = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3]),
  tonumber(ARGV[4]), tonumber(ARGV[5])
local held = redis.call('PTTL', KEYS[3])
if held > 0 then return held end
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
local bucket = redis.call('HMGET', KEYS[1], 'tokens', 'at')
local tokens = math.min(burst, tonumber(bucket[1] or burst)
  + math.max(0, now - tonumber(bucket[2] or now)) * rate / 1000)
if tokens < cost then return math.ceil((cost - tokens) * 1000 / rate) end
local recent = redis.call('LINDEX', KEYS[2], burst - cost)
if recent then
  local age = now - tonumber(recent)
  if age < 1100 then return 1100 - age end
end
local oldest = redis.call('LINDEX', KEYS[2], limit - cost)
if oldest then
  local age = now - tonumber(oldest)
  if age < span then return span - age end
end
redis.call('HSET', KEYS[1], 'tokens', tostring(tokens - cost), 'at', now)
redis.call('PEXPIRE', KEYS[1], 60000)
for _ = 1, cost do redis.call('LPUSH', KEYS[2], now) end
redis.call('LTRIM', KEYS[2], 0, limit - 1)
redis.call('PEXPIRE', KEYS[2], span + 1000)
return 0
"""


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast one company may be called."""

    per_second: float = 8.0
    burst: int = 10
    per_minute: int = 450
    batches_per_minute: int = 30


class Throttle:
    """Says when the next call may leave."""

    def __init__(self, connection: redis.Redis | None, clock: Clock, pace: Pace) -> None:
        self._redis = connection
        self._clock = clock
        self._pace = pace
        self._script = connection.register_script(SCRIPT) if connection is not None else None
        self._alone_next = 0.0
        self._warned = False

    def reserve(self, realm: str) -> float:
        """Count one call and give 0.0, or give the seconds to wait before asking again."""
        return self._reserve(realm, "calls", self._pace.per_second, self._pace.per_minute)

    def reserve_batch(self, realm: str) -> float:
        """Count one batch likewise; its call is counted besides."""
        return self._reserve(realm, "batches", BATCHES_PER_SECOND, self._pace.batches_per_minute)

    def hold(self, realm: str, seconds: float) -> None:
        """Keep every process from calling for a while: QuickBooks said we are too fast."""
        if self._redis is None:
            return
        with contextlib.suppress(redis.RedisError, OSError):
            self._redis.set(_key(realm, "calls", "hold"), "1", px=max(int(seconds * 1000), 1))

    def _reserve(self, realm: str, kind: str, rate: float, per_minute: int) -> float:
        if self._script is None:
            return self._alone()
        keys = [_key(realm, kind, part) for part in ("bucket", "log", "hold")]
        burst = self._pace.burst if kind == "calls" else BATCHES_AT_ONCE
        try:
            wait = int(self._script(keys=keys, args=[rate, burst, per_minute, 60_000, 1]))
        except (redis.RedisError, OSError) as error:
            if not self._warned:
                _log.warning("Redis is away (%s): one call a second until it is back.", error)
            self._warned = True
            return self._alone()
        self._warned = False
        return wait / 1000

    def _alone(self) -> float:
        now = self._clock.monotonic()
        if now < self._alone_next:
            return self._alone_next - now
        self._alone_next = now + ALONE_INTERVAL
        return 0.0


def _key(realm: str, kind: str, part: str) -> str:
    return f"batchly:pace:{{{realm}}}:{kind}:{part}"


def calls_in_last_minute(connection: redis.Redis | None, realm: str) -> tuple[int, int] | None:
    """Give the calls and the batches of the last minute, or None when Redis cannot say."""
    if connection is None:
        return None
    try:
        seconds, microseconds = connection.time()
        since = (seconds * 1000 + microseconds // 1000) - 60_000
        logs_of = [
            connection.lrange(_key(realm, kind, "log"), 0, -1) for kind in ("calls", "batches")
        ]
        calls, batches = (sum(int(at) > since for at in found) for found in logs_of)
    except (redis.RedisError, OSError):
        return None
    return calls, batches

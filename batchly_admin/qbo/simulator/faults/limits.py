"""How often a company may be called: 500 a minute, 10 a second, 40 batches a minute.

https://developer.intuit.com/app/developer/qbo/docs/learn/limits-and-throttles
"""

from __future__ import annotations

import threading
import time
from collections import deque
from typing import Any

USUAL: dict[str, Any] = {
    "limits": True,
    "per_minute": 500,
    "per_second": 10,
    "batches_per_minute": 40,
}


class Limits:
    """Counts the calls of the last minute."""

    def __init__(self) -> None:
        self._calls: deque[float] = deque()
        self._batches: deque[float] = deque()
        self._lock = threading.Lock()

    def admit(self, settings: dict[str, Any], *, batch: bool) -> bool:
        """Tell whether one more call is within the limits, and count it when it is."""
        found = {**USUAL, **settings}
        if not found["limits"]:
            return True
        now = time.monotonic()
        with self._lock:
            for queue in (self._calls, self._batches):
                while queue and queue[0] <= now - 60:
                    queue.popleft()
            second = sum(1 for moment in reversed(self._calls) if moment > now - 1)
            full = len(self._calls) >= found["per_minute"] or second >= found["per_second"]
            if full or (batch and len(self._batches) >= found["batches_per_minute"]):
                return False
            self._calls.append(now)
            if batch:
                self._batches.append(now)
            return True

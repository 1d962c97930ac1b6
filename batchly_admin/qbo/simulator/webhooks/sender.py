"""The thread that tells: in order, once again after each wait, nothing before the first is heard.

A listener that does not say 200 within three seconds is tried again after the waits of the ladder,
then every six hours; what happens meanwhile is held back and sent together afterwards. The waits
pass on the simulator's clock, so moving it moves them.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from batchly_admin.qbo.simulator.webhooks.deliveries import (
    DELIVERED,
    TEST,
    WAITING,
    Deliveries,
    Delivery,
)
from batchly_admin.qbo.simulator.webhooks.payloads import FORMATS, SILENT, VERBS, Change
from batchly_admin.qbo.simulator.webhooks.posting import post
from batchly_admin.qbo.simulator.wire.json_text import dumps
from batchly_admin.qbo.simulator.world import World

WAITS = (10.0, 20.0, 30.0, 300.0, 1200.0, 7200.0, 14400.0, 21600.0)
MOST_EVENTS = 1_000
IDLE_SECONDS = 1.0


def start(world: World, stopping: threading.Event) -> threading.Thread:
    """Start the thread that delivers; it ends with the process."""
    thread = threading.Thread(target=_run, args=(world, stopping), daemon=True)
    thread.start()
    return thread


def _run(world: World, stopping: threading.Event) -> None:
    log = Deliveries(world.main.database)
    seconds = IDLE_SECONDS
    while not stopping.is_set():
        world.changed.wait(seconds)
        world.changed.clear()
        if stopping.is_set():
            return
        seconds = _step(world, log)


def _step(world: World, log: Deliveries) -> float:
    """Do what is due, and give the seconds until something may be due again."""
    with world.main.lock:
        target = world.main.meta.get("webhooks")
        if not target:
            return IDLE_SECONDS
        head = log.head() or _collect(world, log, target)
    if head is None:
        return IDLE_SECONDS
    waits = target.get("waits") or WAITS
    now = world.now().timestamp()
    left = head.due - now
    longest = _wait(waits, head.attempts) if head.attempts else 0.0
    if left > longest:
        # The clock was put back, which must not make a wait longer than it is.
        log.postpone(head.seq, now + longest)
        left = longest
    if left > 0:
        return min(left, IDLE_SECONDS)
    _try(world, log, head, waits)
    return 0.0


def _wait(waits: Sequence[float], attempts: int) -> float:
    return float(waits[min(attempts, len(waits)) - 1])


def _try(world: World, log: Deliveries, head: Delivery, waits: Sequence[float]) -> None:
    secret = world.oauth.fact("webhook_verifier_token")
    heard, outcome = post(head.url, head.body.encode(), secret)
    now = world.now().timestamp()
    with world.main.lock:
        present = log.get(head.seq)
        if present is None or present.state != WAITING:
            return
        due = 0.0 if heard else now + _wait(waits, head.attempts + 1)
        log.note(head.seq, DELIVERED if heard else WAITING, outcome, world.stamp(), due)


def _collect(world: World, log: Deliveries, target: dict[str, Any]) -> Delivery | None:
    """Make one delivery of what happened since the last one."""
    changes, places = _changes(world, target)
    if places != target.get("places"):
        world.main.set("webhooks", {**target, "places": places})
    if not changes:
        return None
    body = dumps(FORMATS[target["format"]](changes))
    return log.add(Delivery(0, world.stamp(), target["url"], target["format"], len(changes), body))


def _changes(world: World, target: dict[str, Any]) -> tuple[list[Change], dict[str, int]]:
    found: list[Change] = []
    places = dict(target.get("places", {}))
    with_gone = world.settings().get("merge_deleted_id") is not False
    for one in world.everywhere():
        realm, left = one.realm_id, MOST_EVENTS - len(found)
        for seq, kind, record_id, word, at in one.store.journal_since(places.get(realm, 0), left):
            places[realm] = seq
            operation, _, gone = word.partition(" ")
            if operation in VERBS and kind not in SILENT:
                gone = gone if with_gone else ""
                found.append(Change(realm, seq, kind, record_id, operation, at, gone))
    return found, places


def register(world: World, sent: dict[str, Any]) -> dict[str, Any] | None:
    """Have changes from now on told to an address; without one, to nobody.

    Raises:
        ValueError: for an address or a format that is none.
    """
    kind = str(sent.get("format") or "cloudevents")
    if kind not in FORMATS:
        raise ValueError("The format is legacy or cloudevents")
    url = str(sent.get("url") or "").strip()
    if url:
        _check(url)
    target: dict[str, Any] = {"url": url, "format": kind}
    if sent.get("waits"):
        target["waits"] = [max(float(seconds), 0.0) for seconds in sent["waits"]]
    reason = "another address was registered" if url else "switched off"
    with world.main.lock:
        Deliveries(world.main.database).drop(reason)
        target["places"] = _present(world)
        world.main.set("webhooks", target if url else None)
    return target if url else None


def _check(url: str) -> None:
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.port == 0:
        raise ValueError(f"{url[:200]} is no address that begins with http:// or https://")


def _present(world: World) -> dict[str, int]:
    return {one.realm_id: one.store.last_change() for one in world.everywhere()}


def start_over(world: World) -> None:
    """Tell nothing of the books as they are now: a company that was filled is no change."""
    with world.main.lock:
        target = world.main.meta.get("webhooks")
        Deliveries(world.main.database).drop("the books were reset")
        if target:
            world.main.set("webhooks", {**target, "places": _present(world)})


def send_test(world: World) -> Delivery:
    """Send one made-up event at once, past everything that waits, and give what came of it.

    Raises:
        ValueError: when there is no address.
    """
    target = world.main.meta.get("webhooks")
    if not target:
        raise ValueError("There is no address to send to; register one first")
    change = Change(world.realm_id, 0, "Customer", "1", "Update", world.stamp())
    body = dumps(FORMATS[target["format"]]([change]))
    _, outcome = post(target["url"], body.encode(), world.oauth.fact("webhook_verifier_token"))
    made = Delivery(0, world.stamp(), target["url"], target["format"], 1, body, TEST)
    log = Deliveries(world.main.database)
    kept = log.add(made)
    log.note(kept.seq, TEST, outcome, world.stamp(), 0.0)
    return log.get(kept.seq) or kept

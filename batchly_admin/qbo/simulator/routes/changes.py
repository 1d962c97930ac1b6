"""Change data capture: what changed since a moment, deleted records too, for thirty days.

https://developer.intuit.com/app/developer/qbo/docs/learn/explore-the-quickbooks-online-api/change-data-capture
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from batchly_admin.qbo.simulator.wire.refusals import Fault
from batchly_admin.qbo.simulator.wire.values import PACIFIC
from batchly_admin.qbo.simulator.world import World

DAYS = 30
MOST = 1000


def since(world: World, arguments: Mapping[str, str]) -> dict[str, Any]:
    """Give what changed, entity by entity, at most a thousand records in all.

    Raises:
        Fault: 2020, 2000, 2060 or 4001 for what cannot be asked.
    """
    names = [name for name in arguments.get("entities", "").split(",") if name]
    if not names:
        raise Fault("2020", "Required parameter entities is missing", element="entities")
    start = _moment(world, arguments.get("changedSince", ""))
    answers: list[dict[str, Any]] = []
    left = MOST
    for name in names:
        entity = world.books.entities.get(name)
        if entity is None or not entity.spec.in_cdc:
            raise Fault("2000", f"Invalid object name : {name[:100]}")
        found = _changed(world, name, start, left)
        if world.settings().get("cdc_cap") != "per_entity":
            left -= len(found)
        counts = {"startPosition": 1, "maxResults": len(found), "totalCount": len(found)}
        answers.append({name: found, **counts} if found else {})
    return {"QueryResponse": answers}


def _moment(world: World, text: str) -> float:
    try:
        # A plus sign that nobody encoded arrives as a space.
        moment = datetime.fromisoformat(text.replace(" ", "+"))
    except ValueError:
        detail = f"Invalid Date format : {text[:50]}"
        raise Fault("2060", detail, element="changedSince") from None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=PACIFIC)
    try:
        seconds = moment.timestamp()
    except (OverflowError, ValueError):
        seconds = 0.0
    if seconds < (world.now() - timedelta(days=DAYS)).timestamp():
        detail = f"changedSince lies more than {DAYS} days back"
        raise Fault("4001", detail, element="changedSince")
    return seconds


def _changed(world: World, kind: str, start: float, most: int) -> list[Any]:
    """Give what changed of one entity, oldest first; then what was deleted, only that it was."""
    with world.store.lock:
        changed = world.store.changed_since(kind, start, most)
        deleted = world.store.deleted_since(kind, start)
    entity = world.books.entities[kind]
    found = [entity.shown_text(world.books, body, frozenset()) for _moment, body in changed]
    for _moment, record_id, at in deleted:
        gone = {"Id": record_id, "domain": "QBO", "status": "Deleted"}
        found.append({**gone, "MetaData": {"LastUpdatedTime": at}})
    return found[:most]

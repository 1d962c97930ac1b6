"""Batches: up to thirty things at once, each of which succeeds or fails for itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from batchly_admin.qbo.simulator.books.entity import Entity, Record
from batchly_admin.qbo.simulator.routes.call import Call
from batchly_admin.qbo.simulator.wire.refusals import Fault
from batchly_admin.qbo.simulator.world import World

MOST = 30
LONGEST_ID = 10
OPERATIONS = frozenset({"create", "update", "delete", "void"})
Query = Callable[[World, str, frozenset[str]], dict[str, Any]]
Write = Callable[[World, Entity, Any, str, frozenset[str]], Record]


def answer(world: World, call: Call, query: Query, write: Write) -> list[dict[str, Any]]:
    """Do every item of a batch and give their answers, in any order a client may rely on: none.

    Raises:
        Fault: 2020 or 1040 for a batch that is none.
    """
    items = call.json().get("BatchItemRequest")
    if not isinstance(items, list):
        raise Fault("2020", "Required parameter BatchItemRequest is missing")
    if len(items) > MOST:
        raise Fault("1040", f"The batch holds {len(items)} items; at most {MOST}")
    answers = []
    for item in items:
        world.meter(is_read=isinstance(item, dict) and "Query" in item)
        batch_id = str(item.get("bId", "")) if isinstance(item, dict) else ""
        try:
            _check_id(call, batch_id)
            content = _item(world, item, query, write)
        except Fault as fault:
            content = {"Fault": fault.fault()}
        answers.append({**content, "bId": batch_id})
    return answers


def _check_id(call: Call, batch_id: str) -> None:
    """Refuse an id too long for what is kept to answer the same batch again."""
    if "requestid" in call.arguments and len(batch_id) > LONGEST_ID:
        raise Fault("2130", f"bId is longer than {LONGEST_ID} characters", element="bId")


def _item(world: World, item: Any, query: Query, write: Write) -> dict[str, Any]:
    if not isinstance(item, dict):
        raise Fault("2010", "The batch item is no object")
    if "Query" in item:
        return {"QueryResponse": query(world, str(item["Query"]), frozenset())}
    known = world.books.entities.items()
    kind = next((name for name, one in known if name in item or one.spec.key in item), None)
    if kind is None:
        raise Fault("2010", "The batch item names no entity")
    entity = world.books.entities[kind]
    key = entity.spec.key
    operation = str(item.get("operation") or "create")
    if operation not in OPERATIONS:
        raise Fault("2170", f"Invalid Enumeration : {operation[:50]}", element="operation")
    include = frozenset(part for part in str(item.get("optionsData", "")).split(",") if part)
    found = write(world, entity, item.get(key, item.get(kind)), operation, include)
    return {key: entity.shown(world.books, found, include) if "SyncToken" in found else found}

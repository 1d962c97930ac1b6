"""The accounting API: what each address does, once the gateway has let a request through."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from batchly_admin.qbo.simulator.books import currency, search, tax_service
from batchly_admin.qbo.simulator.books.entity import Entity, Record
from batchly_admin.qbo.simulator.routes import batch, changes, reports, uploads
from batchly_admin.qbo.simulator.routes.call import Call
from batchly_admin.qbo.simulator.wire import xml_requests
from batchly_admin.qbo.simulator.wire.json_text import dumps
from batchly_admin.qbo.simulator.wire.refusals import Fault, not_found
from batchly_admin.qbo.simulator.wire.values import at
from batchly_admin.qbo.simulator.world import World

Handler = Callable[[World, Call], dict[str, Any]]


def answer(world: World, call: Call) -> dict[str, Any]:
    """Do what a call asks and give the body of the answer.

    Raises:
        Fault: what QuickBooks refuses.
    """
    handler = HANDLERS.get((call.method, call.head))
    if handler is None:
        return {**_entity(world, call), "time": world.stamp()}
    found = handler(world, call)
    # The tax service and the reports alone answer without an envelope.
    return found if call.head in BARE else {**found, "time": world.stamp()}


def from_xml(world: World, call: Call) -> Call:
    """Give a call whose body is XML as it would be in JSON.

    Raises:
        Fault: 1050 where only JSON is understood, 2010 or 500 for XML that cannot be read.
    """
    if call.head == "query" or not call.body:
        return call
    entities = world.books.entities
    if call.head == "batch":
        shapes = {kind: entity.spec.shape for kind, entity in entities.items()}
        body = xml_requests.read_batch(call.body, shapes)
    elif call.head in world.by_path:
        spec = world.by_path[call.head].spec
        body = xml_requests.read_entity(call.body, {spec.kind: spec.shape})
    else:
        raise Fault("1050", f"Content type {call.content_type[:60]} is not supported")
    return replace(call, body=dumps(body).encode(), content_type="application/json")


def _query(world: World, call: Call) -> dict[str, Any]:
    text = call.body.decode("utf-8", "replace") if call.method == "POST" else ""
    text = text or call.arguments.get("query", "")
    return {"QueryResponse": query(world, text, call.include)}


def query(world: World, text: str, include: frozenset[str]) -> dict[str, Any]:
    """Give the content of QueryResponse for a statement.

    Raises:
        Fault: 4000 or 4001.
    """
    kind, found = search.run(world.store, world.books.entities, text)
    entity = world.books.entities[kind]
    if kind in found:
        rows = [entity.shown_text(world.books, body, include) for body in found.pop(kind)]
        found = {entity.spec.key: rows, **found}
    return found


def _changes(world: World, call: Call) -> dict[str, Any]:
    return {"CDCResponse": [changes.since(world, call.arguments)]}


def _batch(world: World, call: Call) -> dict[str, Any]:
    return {"BatchItemResponse": batch.answer(world, call, query, write)}


def _tax_service(world: World, call: Call) -> dict[str, Any]:
    if call.parts != ("taxservice", "taxcode"):
        raise Fault("2000", f"Invalid object name : {'/'.join(call.parts)[:100]}")
    return tax_service.create(world.books, call.json())


def _entity(world: World, call: Call) -> dict[str, Any]:
    entity = world.by_path.get(call.head)
    if entity is None:
        raise Fault("2000", f"Invalid object name : {call.head[:100]}")
    kind = entity.spec.kind
    if call.method == "GET":
        if "read" not in entity.spec.operations:
            raise Fault("500", f"Operation read is not supported for {kind}.")
        return {entity.spec.key: _read(world, entity, call)}
    if len(call.parts) == 3 and call.parts[2] == "send":
        found = _send(world, entity, call)
    else:
        operation = call.arguments.get("operation", "")
        found = write(world, entity, call.json(), operation, call.include)
    shown = entity.shown(world.books, found, call.include) if "SyncToken" in found else found
    return {entity.spec.key: shown}


def _read(world: World, entity: Entity, call: Call) -> Any:
    kind = entity.spec.kind
    record_id = "1" if entity.spec.is_single else _id(call)
    body = world.store.text(kind, record_id)
    if body is None:
        gone = not_found(kind, record_id)
        gone.status = int(world.settings().get("deleted_read_status") or gone.status)
        raise gone
    return entity.shown_text(world.books, body, call.include)


def _id(call: Call) -> str:
    if len(call.parts) < 2:
        raise Fault("2030", "Invalid ID : ", element="Id")
    return call.parts[1]


def write(
    world: World, entity: Entity, sent: Any, operation: str, include: frozenset[str]
) -> Record:
    """Create, update, delete or void what was sent.

    Raises:
        Fault: what QuickBooks refuses.
    """
    kind = entity.spec.kind
    if operation not in {"", "create", "update", "delete", "void"}:
        raise Fault("500", f"Operation {operation[:50]} is not supported.")
    if operation == "delete":
        return world.books.delete(kind, sent)
    if operation == "void" and entity.spec.void_needs_include:
        raise Fault("500", "Operation void is not supported.")
    if operation == "void" or "void" in include:
        return world.books.void(kind, sent)
    return world.books.save(kind, sent, options=include)


def _send(world: World, entity: Entity, call: Call) -> Record:
    kind = entity.spec.kind
    if "send" not in entity.spec.operations:
        raise Fault("500", f"Operation send is not supported for {kind}.")
    record = world.books.read(kind, _id(call))
    address = call.arguments.get("sendTo") or at(record, "BillEmail.Address")
    address = address or at(record, "POEmail.Address")
    if not address:
        raise Fault("6420", "An email address is needed to send the document", element="BillEmail")
    sent = {
        "Id": record["Id"],
        "SyncToken": record["SyncToken"],
        "sparse": True,
        "EmailStatus": "EmailSent",
        "BillEmail": {"Address": address},
        "DeliveryInfo": {"DeliveryType": "Email", "DeliveryTime": world.stamp()},
    }
    with world.store.write():
        found = world.books.save(kind, sent)
        world.store.note(kind, found["Id"], "Emailed", world.stamp())
    return found


def _exchange_rate(world: World, call: Call) -> dict[str, Any]:
    """Give the rate of a currency on a day: by its address alone it is asked for like this."""
    code = call.arguments.get("sourcecurrencycode", "")
    if len(call.parts) > 1 or not code:
        return _entity(world, call)
    day = call.arguments.get("asofdate") or world.books.today().isoformat()
    return {"ExchangeRate": currency.shown_rate(world.books, code.upper(), day)}


HANDLERS: dict[tuple[str, str], Handler] = {
    ("GET", "query"): _query,
    ("POST", "query"): _query,
    ("GET", "cdc"): _changes,
    ("GET", "exchangerate"): _exchange_rate,
    ("GET", "reports"): reports.answer,
    ("POST", "batch"): _batch,
    ("POST", "taxservice"): _tax_service,
    ("POST", "upload"): uploads.upload,
}
"""What is no entity, by method and the first part of the address."""
BARE = frozenset({"taxservice", "reports"})

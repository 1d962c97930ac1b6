"""The accounting API: what each address does, once the gateway has let a request through."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from batchly_admin.qbo.simulator import changes, query, taxes
from batchly_admin.qbo.simulator.faults import Fault
from batchly_admin.qbo.simulator.specs import BY_PATH, SINGLE, SPECS, Spec
from batchly_admin.qbo.simulator.store import loads
from batchly_admin.qbo.simulator.values import at, truth
from batchly_admin.qbo.simulator.world import World

MOST_IN_BATCH = 30
LONGEST_BATCH_ID = 10
SENDABLE = {"Invoice", "Estimate", "CreditMemo", "SalesReceipt", "PurchaseOrder", "Payment"}
READS = {"query", "cdc", "reports"}


@dataclass(frozen=True, slots=True)
class Call:
    """One request, without its transport."""

    method: str
    parts: tuple[str, ...]
    arguments: dict[str, str] = field(default_factory=dict)
    body: bytes = b""

    @property
    def head(self) -> str:
        """What the address begins with: an entity, or query, batch, cdc."""
        return self.parts[0] if self.parts else ""

    @property
    def include(self) -> frozenset[str]:
        """The options of the address."""
        return frozenset(part for part in self.arguments.get("include", "").split(",") if part)

    def json(self) -> dict[str, Any]:
        """Give the JSON body.

        Raises:
            Fault: 500 for bytes that are no UTF-8, 2010 for what is no JSON object, 2040 for
                characters that are none.
        """
        try:
            text = self.body.decode()
        except UnicodeDecodeError:
            detail = "Operation is not supported: MalformedByteSequenceException: Invalid byte"
            raise Fault("500", detail) from None
        try:
            found = loads(text)
        except (ValueError, RecursionError):
            found = None
        if not isinstance(found, dict):
            raise Fault("2010", "The request body is not a JSON object")
        if "\\u" in text:
            _check_characters(found)
        return found


def _check_characters(found: Any) -> None:
    """Refuse halves of characters, which JSON can write and nothing can keep."""
    try:
        json.dumps(found, ensure_ascii=False, default=str).encode()
    except UnicodeEncodeError:
        raise Fault("2040", "The text contains invalid characters") from None


def route_of(call: Call) -> str:
    """Give the name of what a call asks for, such as invoice.create."""
    if len(call.parts) == 3:
        return f"{call.head}.{call.parts[2]}"
    if call.method == "GET" or call.head == "query":
        return f"{call.head}.read"
    return f"{call.head}.send" if call.head == "batch" else f"{call.head}.{_verb(call)}"


def _verb(call: Call) -> str:
    operation = call.arguments.get("operation", "")
    if "void" in call.include or operation == "void":
        return "void"
    if operation == "delete":
        return "delete"
    has_id = b'"Id"' in call.body and b'"Id":""' not in call.body.replace(b" ", b"")
    return "update" if operation == "update" or has_id else "create"


def is_metered(call: Call) -> bool:
    """Tell whether a call counts as data going out (CorePlus)."""
    return call.method == "GET" or call.head == "query"


def answer(world: World, call: Call) -> dict[str, Any]:
    """Do what a call asks and give the body of the answer.

    Raises:
        Fault: what QuickBooks refuses.
    """
    found = _answer(world, call)
    # The tax service alone answers without an envelope.
    return found if call.head == "taxservice" else {**found, "time": world.stamp()}


def _answer(world: World, call: Call) -> dict[str, Any]:
    if call.head == "query":
        text = call.body.decode("utf-8", "replace") if call.method == "POST" else ""
        text = text or call.arguments.get("query", "")
        return {"QueryResponse": _query(world, text, call.include)}
    if call.head == "cdc" and call.method == "GET":
        return {"CDCResponse": [changes.since(world, call.arguments)]}
    if call.head == "batch" and call.method == "POST":
        return {"BatchItemResponse": _batch(world, call)}
    if call.parts == ("taxservice", "taxcode") and call.method == "POST":
        return taxes.create(world.books, call.json())
    spec = BY_PATH.get(call.head)
    if spec is None:
        raise Fault("2000", f"Invalid object name : {call.head[:100]}")
    return {spec.kind: _shown(world, spec.kind, _entity(world, spec, call), call.include)}


def _query(world: World, text: str, include: frozenset[str]) -> dict[str, Any]:
    found = query.run(world.store, text)
    for kind in ("Account", "Invoice"):
        if kind in found:
            found[kind] = [_shown(world, kind, one, include) for one in found[kind]]
    return found


def _shown(
    world: World, kind: str, record: dict[str, Any], include: frozenset[str]
) -> dict[str, Any]:
    """Give a record as it is shown: an account with its balance, an invoice with a link to pay."""
    if kind == "Account":
        return world.ledger.shown(record)
    online = any(
        truth(record.get(name))
        for name in ("AllowOnlineCreditCardPayment", "AllowOnlineACHPayment")
    )
    if kind != "Invoice" or "invoiceLink" not in include or not online:
        return record
    if at(record, "BillEmail.Address") is None:
        return record
    return {**record, "InvoiceLink": f"https://connect.example/pay/{record['Id']}"}


def _entity(world: World, spec: Spec, call: Call) -> dict[str, Any]:
    if call.method == "GET":
        return world.books.read(spec.kind, "1" if spec.kind in SINGLE else _id(call))
    if len(call.parts) == 3 and call.parts[2] == "send":
        return _send(world, spec, call)
    return _write(world, spec, call.json(), call.arguments.get("operation", ""), call.include)


def _id(call: Call) -> str:
    if len(call.parts) < 2:
        raise Fault("2030", "Invalid ID : ", element="Id")
    return call.parts[1]


def _write(
    world: World, spec: Spec, sent: Any, operation: str, include: frozenset[str]
) -> dict[str, Any]:
    if operation not in {"", "create", "update", "delete", "void"}:
        raise Fault("500", f"Operation {operation[:50]} is not supported.")
    if operation == "delete":
        return world.books.delete(spec.kind, sent)
    if operation == "void" or "void" in include:
        return world.books.void(spec.kind, sent)
    return world.books.save(spec.kind, sent, options=include)


def _send(world: World, spec: Spec, call: Call) -> dict[str, Any]:
    if spec.kind not in SENDABLE:
        raise Fault("500", f"Operation send is not supported for {spec.kind}")
    record = world.books.read(spec.kind, _id(call))
    address = call.arguments.get("sendTo") or at(record, "BillEmail.Address")
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
    return world.books.save(spec.kind, sent)


def _batch(world: World, call: Call) -> list[dict[str, Any]]:
    items = call.json().get("BatchItemRequest")
    if not isinstance(items, list):
        raise Fault("2020", "Required parameter BatchItemRequest is missing")
    if len(items) > MOST_IN_BATCH:
        raise Fault("1040", f"The batch holds {len(items)} items; at most {MOST_IN_BATCH}")
    answers = []
    for item in items:
        world.meter(is_read=isinstance(item, dict) and "Query" in item)
        batch_id = str(item.get("bId", "")) if isinstance(item, dict) else ""
        try:
            _check_batch_id(call, batch_id)
            content = _batch_item(world, item)
        except Fault as fault:
            content = {"Fault": fault.fault()}
        answers.append({**content, "bId": batch_id})
    return answers


def _check_batch_id(call: Call, batch_id: str) -> None:
    """Refuse an id too long for what is kept to answer the same batch again."""
    if "requestid" in call.arguments and len(batch_id) > LONGEST_BATCH_ID:
        raise Fault("2130", f"bId is longer than {LONGEST_BATCH_ID} characters", element="bId")


def _batch_item(world: World, item: Any) -> dict[str, Any]:
    if not isinstance(item, dict):
        raise Fault("2010", "The batch item is no object")
    if "Query" in item:
        return {"QueryResponse": _query(world, str(item["Query"]), frozenset())}
    kind = next((name for name in SPECS if name in item), None)
    if kind is None:
        raise Fault("2010", "The batch item names no entity")
    operation = str(item.get("operation", ""))
    if operation not in {"create", "update", "delete", "void"}:
        raise Fault("2170", f"Invalid Enumeration : {operation[:50]}", element="operation")
    include = frozenset(str(item.get("optionsData", "")).split(","))
    return {kind: _write(world, SPECS[kind], item[kind], operation, include)}

"""The accounting API: what each address does, once the gateway has let a request through."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from batchly_admin.qbo.simulator import companies, query
from batchly_admin.qbo.simulator.faults import Fault
from batchly_admin.qbo.simulator.specs import BY_PATH, SPECS, Spec
from batchly_admin.qbo.simulator.store import loads
from batchly_admin.qbo.simulator.values import PACIFIC, stamp
from batchly_admin.qbo.simulator.world import World

MOST_IN_BATCH = 30
CDC_DAYS = 30
CDC_MOST = 1000
SENDABLE = {"Invoice", "Estimate", "CreditMemo", "SalesReceipt", "PurchaseOrder", "Payment"}


@dataclass(frozen=True, slots=True)
class Call:
    """One request, without its transport."""

    method: str
    parts: tuple[str, ...]
    arguments: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    is_text: bool = False

    def json(self) -> dict[str, Any]:
        """Give the JSON body.

        Raises:
            Fault: 2010 when it is none.
        """
        try:
            found = loads(self.body)
        except ValueError:
            found = None
        if not isinstance(found, dict):
            raise Fault("2010", "The request body is not a JSON object")
        return found


def route_of(call: Call) -> str:
    """Give the name of what a call asks for, such as invoice.create."""
    head = call.parts[0] if call.parts else ""
    if head in {"query", "cdc", "batch", "companyinfo", "preferences", "taxservice"}:
        return f"{head}.read" if call.method == "GET" else f"{head}.{_verb(call)}"
    if len(call.parts) == 3:
        return f"{head}.{call.parts[2]}"
    return f"{head}.read" if call.method == "GET" else f"{head}.{_verb(call)}"


def _verb(call: Call) -> str:
    operation = call.arguments.get("operation", "")
    if call.arguments.get("include") == "void" or operation == "void":
        return "void"
    if operation == "delete":
        return "delete"
    if call.parts[0] in {"query", "batch"}:
        return "read" if call.parts[0] == "query" else "send"
    has_id = b'"Id"' in call.body and b'"Id":""' not in call.body.replace(b" ", b"")
    return "update" if operation == "update" or has_id else "create"


def is_metered(call: Call) -> bool:
    """Tell whether a call counts as data going out (CorePlus)."""
    return call.method == "GET" or call.parts[:1] == ("query",)


def answer(world: World, call: Call) -> dict[str, Any]:
    """Do what a call asks and give the body of the answer.

    Raises:
        Fault: what QuickBooks refuses.
    """
    head = call.parts[0]
    if head == "query":
        text = call.body.decode("utf-8", "replace") if call.method == "POST" else ""
        found = query.run(world.store, text or call.arguments.get("query", ""))
        return {"QueryResponse": found, "time": world.stamp()}
    if head == "cdc":
        return _cdc(world, call)
    if head == "batch" and call.method == "POST":
        return _batch(world, call.json())
    if head == "taxservice" and call.method == "POST":
        return _tax_service(world, call.json())
    spec = BY_PATH.get(head)
    if spec is None:
        raise Fault("2000", f"Invalid object name : {head}")
    return _entity(world, spec, call)


def _entity(world: World, spec: Spec, call: Call) -> dict[str, Any]:
    if call.method == "GET":
        record_id = "1" if spec.kind in {"CompanyInfo", "Preferences"} else _id(call)
        return _wrap(world, spec.kind, world.books.read(spec.kind, record_id))
    if len(call.parts) == 3 and call.parts[2] == "send":
        return _wrap(world, spec.kind, _send(world, spec, call))
    return _wrap(world, spec.kind, _write(world, spec, call.json(), call.arguments))


def _id(call: Call) -> str:
    if len(call.parts) < 2 or not call.parts[1]:
        raise Fault("2030", "Invalid ID : ", element="Id")
    return call.parts[1]


def _wrap(world: World, kind: str, record: dict[str, Any]) -> dict[str, Any]:
    return {kind: record, "time": world.stamp()}


def _write(
    world: World, spec: Spec, sent: dict[str, Any], arguments: dict[str, str]
) -> dict[str, Any]:
    operation = arguments.get("operation", "")
    include = frozenset(part for part in arguments.get("include", "").split(",") if part)
    if operation == "delete":
        return world.books.delete(spec.kind, sent)
    if operation == "void" or "void" in include:
        return world.books.void(spec.kind, sent)
    return world.books.save(spec.kind, sent, options=include)


def _send(world: World, spec: Spec, call: Call) -> dict[str, Any]:
    if spec.kind not in SENDABLE:
        raise Fault("500", f"Operation send is not supported for {spec.kind}")
    record = world.books.read(spec.kind, _id(call))
    address = call.arguments.get("sendTo") or record.get("BillEmail", {}).get("Address")
    if not address:
        raise Fault("6420", "An email address is needed to send the document", element="BillEmail")
    changes = {
        "Id": record["Id"],
        "SyncToken": record["SyncToken"],
        "sparse": True,
        "EmailStatus": "EmailSent",
        "BillEmail": {"Address": address},
        "DeliveryInfo": {"DeliveryType": "Email", "DeliveryTime": world.stamp()},
    }
    return world.books.save(spec.kind, changes)


def _batch(world: World, sent: dict[str, Any]) -> dict[str, Any]:
    items = sent.get("BatchItemRequest")
    if not isinstance(items, list):
        raise Fault("2020", "Required parameter BatchItemRequest is missing")
    if len(items) > MOST_IN_BATCH:
        raise Fault("1040", f"The batch holds {len(items)} items; at most {MOST_IN_BATCH}")
    answers = []
    for item in items:
        try:
            content = _batch_item(world, item)
        except Fault as fault:
            content = {"Fault": fault.fault()}
        answers.append({**content, "bId": str(item.get("bId", ""))})
    return {"BatchItemResponse": answers, "time": world.stamp()}


def _batch_item(world: World, item: dict[str, Any]) -> dict[str, Any]:
    if "Query" in item:
        return {"QueryResponse": query.run(world.store, str(item["Query"]))}
    kind = next((name for name in SPECS if name in item), None)
    if kind is None:
        raise Fault("2010", "The batch item names no entity")
    operation = str(item.get("operation", ""))
    if operation not in {"create", "update", "delete", "void"}:
        raise Fault("2170", f"Invalid Enumeration : {operation}", element="operation")
    arguments = {"operation": operation, "include": str(item.get("optionsData", ""))}
    return {kind: _write(world, SPECS[kind], item[kind], arguments)}


def _cdc(world: World, call: Call) -> dict[str, Any]:
    names = [name for name in call.arguments.get("entities", "").split(",") if name]
    if not names:
        raise Fault("2020", "Required parameter entities is missing", element="entities")
    since = _since(world, call.arguments.get("changedSince", ""))
    answers, left = [], CDC_MOST
    for name in names:
        spec = SPECS.get(name)
        if spec is None or not spec.in_cdc:
            raise Fault("2000", f"Invalid object name : {name}")
        found = _changed(world, name, since)[:left]
        left -= len(found)
        answers.append(
            {name: found, "startPosition": 1, "maxResults": len(found), "totalCount": len(found)}
            if found
            else {}
        )
    return {"CDCResponse": [{"QueryResponse": answers}], "time": world.stamp()}


def _since(world: World, text: str) -> str:
    try:
        moment = datetime.fromisoformat(text.replace("Z", "+00:00").replace(" ", "+"))
    except ValueError:
        raise Fault("2060", f"Invalid Date format : {text}", element="changedSince") from None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=PACIFIC)
    if moment < world.now() - timedelta(days=CDC_DAYS):
        detail = f"changedSince lies more than {CDC_DAYS} days back"
        raise Fault("4001", detail, element="changedSince")
    return stamp(moment)


def _changed(world: World, kind: str, since: str) -> list[dict[str, Any]]:
    start = datetime.fromisoformat(since)
    last: dict[str, tuple[str, str]] = {}
    for _seq, one, record_id, operation, at in world.store.journal_since(0):
        if one == kind and operation != "Balance" and datetime.fromisoformat(at) >= start:
            last[record_id] = (operation, at)
    found = []
    for record_id, (operation, at) in last.items():
        record = world.store.get(kind, record_id)
        if record is not None:
            found.append(record)
        elif operation == "Delete":
            found.append(
                {
                    "Id": record_id,
                    "domain": "QBO",
                    "status": "Deleted",
                    "MetaData": {"LastUpdatedTime": at},
                }
            )
    return found


def _tax_service(world: World, sent: dict[str, Any]) -> dict[str, Any]:
    name = sent.get("TaxCode")
    details = sent.get("TaxRateDetails")
    if not name or not isinstance(details, list) or not details:
        raise Fault("2020", "Required parameter TaxCode or TaxRateDetails is missing")
    if any(code["Name"] == name for code in world.store.all("TaxCode")):
        raise Fault("6240", f"The name supplied already exists. : {name}")
    parts = []
    for detail in details:
        agency = world.store.get("TaxAgency", detail.get("TaxAgencyId"))
        rate = world.store.get("TaxRate", detail.get("TaxRateId"))
        if rate is not None:
            parts.append((rate["Name"], str(rate["RateValue"]), ""))
        elif agency is not None:
            parts.append(
                (str(detail["TaxRateName"]), str(detail["RateValue"]), agency["DisplayName"])
            )
        else:
            raise Fault("2500", "Invalid Reference Id : TaxAgencyId", element="TaxAgencyId")
    with world.store.write():
        code_id = companies.tax_code(world.books, str(name), parts)
    return {"TaxCode": name, "TaxCodeId": code_id, "TaxRateDetails": details}

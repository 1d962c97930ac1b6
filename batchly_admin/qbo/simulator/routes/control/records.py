"""The record browser: what the books hold, page by page, and one record with all it has."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, abort, request, url_for
from flask.typing import ResponseReturnValue

from batchly_admin.qbo.simulator.books.entity import Entity, Record
from batchly_admin.qbo.simulator.routes.control import deeds
from batchly_admin.qbo.simulator.routes.control.log import pretty
from batchly_admin.qbo.simulator.routes.control.screen import Action, Form, Screen, Typed
from batchly_admin.qbo.simulator.wire.json_text import dumps, loads
from batchly_admin.qbo.simulator.wire.values import at, reference
from batchly_admin.qbo.simulator.world import World

ON_A_PAGE = 50
WHO = ("CustomerRef", "VendorRef", "EntityRef")
AMOUNTS = ("TotalAmt", "Balance", "UnitPrice", "CurrentBalance")


@dataclass(frozen=True, slots=True)
class Row:
    """One record of the list."""

    id: str
    name: str
    who: str
    day: str
    amounts: tuple[str, ...]
    state: str


def add_routes(found: Blueprint, screen: Screen) -> None:
    """Give the addresses of the record browser."""

    @found.get("/records/<kind>")
    def records(kind: str) -> ResponseReturnValue:
        return _show(screen, _entity(screen.world, kind))

    @found.get("/records/<kind>/<record_id>")
    def record(kind: str, record_id: str) -> ResponseReturnValue:
        return _show_one(screen, _entity(screen.world, kind), record_id)

    @found.post("/records/<kind>/<record_id>")
    def do_record(kind: str, record_id: str) -> ResponseReturnValue:
        entity = _entity(screen.world, kind)
        if screen.world.store.text(kind, record_id) is None:
            abort(404)
        fixed = {"type": kind, "id": record_id, "invoice": record_id, "payment": record_id}
        return screen.act(
            {name: _on_this(action, fixed) for name, action in deeds.ACTIONS.items()},
            lambda typed: _show_one(screen, entity, record_id, typed),
            # There is no page any more of what was deleted.
            {"delete": url_for("control.records", kind=kind)},
        )


def _on_this(action: Action, fixed: Form) -> Action:
    """Give an action that is about the record of the page."""
    return lambda world, form: action(world, {**form, **fixed})


def _entity(world: World, kind: str) -> Entity:
    found = world.books.entities.get(kind)
    if found is None:
        abort(404)
    return found


def _show(screen: Screen, entity: Entity) -> ResponseReturnValue:
    world, kind = screen.world, entity.spec.kind
    asked = request.args.get("q", "").strip()
    place = request.args.get("start", "")
    start = int(place) if place.isdigit() else 0
    where, values = "", []
    if asked:
        where, values = "WHERE body LIKE ? ESCAPE '\\'", [f"%{_escaped(asked)}%"]
    total = world.store.sql(f'SELECT count(*) FROM "{kind}" {where}', values)[0][0]  # noqa: S608 - a kind of ours
    rows = world.store.sql(
        f'SELECT body FROM "{kind}" {where} ORDER BY rowid DESC LIMIT ? OFFSET ?',  # noqa: S608 - a kind of ours
        [*values, ON_A_PAGE, start],
    )
    found = [entity.shown(world.books, loads(body), frozenset()) for (body,) in rows]
    amounts = [name for name in AMOUNTS if any(name in one for one in found)]
    return screen.show(
        "records",
        kind=kind,
        asked=asked,
        total=total,
        start=start,
        on_a_page=ON_A_PAGE,
        amounts=amounts,
        kinds=sorted(world.books.entities),
        has_day=any("TxnDate" in one for one in found),
        has_whose=any(field in one for one in found for field in WHO),
        rows=[_row(world, entity, one, amounts) for one in found],
    )


def _escaped(text: str) -> str:
    for one in ("\\", "%", "_"):
        text = text.replace(one, f"\\{one}")
    # The body is JSON: a quotation mark stands there with a mark of its own.
    return text.replace('"', '\\\\"')


def _row(world: World, entity: Entity, record: Record, amounts: list[str]) -> Row:
    return Row(
        str(record["Id"]),
        name_of(entity, record),
        _who(world, record),
        str(record.get("TxnDate", "")),
        tuple(_money(record.get(name)) for name in amounts),
        _state(record),
    )


def name_of(entity: Entity, record: Record) -> str:
    """Give what a person calls a record."""
    fields = (
        *("FullyQualifiedName", entity.spec.name_field, "DocNumber", "PaymentRefNum"),
        *("CompanyName", "Name", "FileName"),
    )
    return next((str(record[one]) for one in fields if record.get(one)), f"no. {record['Id']}")


def _who(world: World, record: Record) -> str:
    for field in WHO:
        found = reference(record, field)
        if found is not None:
            kind = "Vendor" if field == "VendorRef" else "Customer"
            other = world.store.get(kind, found) or {}
            return str(other.get("DisplayName") or at(record, f"{field}.name") or found)
    return ""


def _money(value: Any) -> str:
    return "" if value is None else f"{value:,.2f}"


def _state(record: Record) -> str:
    if record.get("Active") is False:
        return "inactive"
    if str(record.get("PrivateNote", "")).startswith("Voided"):
        return "voided"
    return str(record.get("TxnStatus") or record.get("POStatus") or "")


def _show_one(
    screen: Screen, entity: Entity, record_id: str, typed: Typed | None = None
) -> ResponseReturnValue:
    world, kind = screen.world, entity.spec.kind
    body = world.store.text(kind, record_id)
    if body is None:
        abort(404)
    record = loads(body)
    shown = entity.shown(world.books, record, frozenset())
    return screen.show(
        "record",
        typed,
        kind=kind,
        record=record,
        name=name_of(entity, record),
        who=_who(world, record),
        state=_state(record),
        amounts=[(name, _money(shown[name])) for name in AMOUNTS if name in shown],
        body=pretty(dumps(shown)),
        operations=entity.spec.operations,
        is_list=entity.is_list,
        fields=deeds.fields_of(entity),
        links=_links(world, record),
    )


def _links(world: World, record: Record) -> list[tuple[str, str]]:
    """Give what a record leads to, as words and address."""
    found: dict[tuple[str, str], None] = {}
    for field, kind in (("CustomerRef", "Customer"), ("VendorRef", "Vendor")):
        target = reference(record, field)
        if target is not None and world.store.text(kind, target) is not None:
            found[kind, target] = None
    lines = [record, *record.get("Line", [])]
    for link in (one for line in lines for one in line.get("LinkedTxn", [])):
        kind, target = str(link.get("TxnType")), str(link.get("TxnId"))
        kind = "BillPayment" if kind.startswith("BillPayment") else kind
        if kind in world.books.entities and world.store.text(kind, target) is not None:
            found[kind, target] = None
    return [
        (f"{kind} {target}", url_for("control.record", kind=kind, record_id=target))
        for kind, target in found
    ]

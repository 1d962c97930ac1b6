"""The control page: reset, clock, faults, the log of what came in, and the accountant's hand."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue
from markupsafe import Markup, escape

from batchly_admin.qbo.simulator.faults.injection import KINDS
from batchly_admin.qbo.simulator.routes.look import page
from batchly_admin.qbo.simulator.wire.json_text import dumps, loads
from batchly_admin.qbo.simulator.wire.refusals import Fault
from batchly_admin.qbo.simulator.world import World

MOST_LOGGED = 1000
UNUSABLE: tuple[type[Exception], ...] = (
    *(ArithmeticError, AttributeError, LookupError, TypeError, ValueError),
    RecursionError,
)


def blueprint(world: World) -> Blueprint:
    """Give the routes below /control."""
    found = Blueprint("control", __name__, url_prefix="/control")
    found.register_error_handler(Fault, _refused)
    found.before_request(_check_origin)
    for kind in UNUSABLE:
        found.register_error_handler(kind, _unusable)
    _state_routes(found, world)
    _switch_routes(found, world)
    _fault_routes(found, world)
    _accountant_routes(found, world)
    return found


def _check_origin() -> Response | None:
    """Refuse what the page of another site sends; programs send no origin at all."""
    origin = request.headers.get("Origin")
    if request.method == "GET" or origin in {None, request.host_url.rstrip("/")}:
        return None
    return _answer({"error": f"{origin} has no business here"}, 403)


def _answer(body: Any, status: int = 200) -> Response:
    return Response(dumps(body), status, content_type="application/json")


def _refused(fault: Fault) -> ResponseReturnValue:
    return _answer({"Fault": fault.fault()}, 400)


def _unusable(error: Exception) -> ResponseReturnValue:
    if isinstance(error, KeyError):
        return _answer({"error": f"{error} is missing or unknown"}, 400)
    return _answer({"error": str(error)}, 400)


def _sent() -> dict[str, Any]:
    found = loads(request.get_data() or b"{}")
    if not isinstance(found, dict):
        raise TypeError("The request needs a JSON object")
    return found


def _state(world: World) -> dict[str, Any]:
    return {
        "company": world.store.meta.get("company"),
        "realm_id": world.oauth.fact("realm_id"),
        "now": world.stamp(),
        "counts": {kind: world.store.count(kind) for kind in world.books.entities},
        "preferences": _preferences(world),
        "settings": world.settings(),
        "faults": world.injector.shown(),
        "metering": world.store.meta.get("metering", {}),
        "tokens": world.oauth.counts(),
        "webhooks": world.store.meta.get("webhooks"),
    }


def _state_routes(found: Blueprint, world: World) -> None:
    @found.get("")
    def show() -> ResponseReturnValue:
        return _page(world)

    @found.get("/api/state")
    def state() -> ResponseReturnValue:
        return _answer(_state(world))

    @found.post("/api/reset")
    def reset() -> ResponseReturnValue:
        world.reset(str(_sent().get("company", "empty")))
        return _answer(_state(world))

    @found.post("/api/seed")
    def seed() -> ResponseReturnValue:
        entities = _sent().get("entities", [])
        with world.store.write():
            created = [world.books.save(str(one["type"]), one["data"]) for one in entities]
        world.changed.set()
        return _answer({"created": created})

    @found.get("/api/requests")
    def requests() -> ResponseReturnValue:
        since = int(request.args.get("since", 0))
        limit = min(int(request.args.get("limit", 100)), MOST_LOGGED)
        listed = world.store.requests(since, request.args.get("route"), limit)
        return _answer({"requests": listed, "last": world.store.last_request()})


def _switch_routes(found: Blueprint, world: World) -> None:
    @found.post("/api/clock")
    def clock() -> ResponseReturnValue:
        _set_clock(world, _sent())
        return _answer({"now": world.stamp()})

    @found.post("/api/settings")
    def settings() -> ResponseReturnValue:
        world.store.set("settings", {**world.settings(), **_sent()})
        return _answer({"settings": world.settings()})

    @found.post("/api/preferences")
    def preferences() -> ResponseReturnValue:
        _set_preferences(world, _sent())
        return _answer({"preferences": _preferences(world)})

    @found.post("/api/disconnect")
    def disconnect() -> ResponseReturnValue:
        world.oauth.disconnect()
        return _answer({"disconnected": True})

    @found.post("/api/webhooks")
    def webhooks() -> ResponseReturnValue:
        _register(world, _sent())
        return _answer({"webhooks": world.store.meta["webhooks"]})


def _set_clock(world: World, sent: dict[str, Any]) -> None:
    offset = float(sent.get("offset_seconds", 0))
    if "now" in sent:
        present = world.now() - timedelta(seconds=float(world.store.meta.get("clock.offset", 0)))
        offset = (datetime.fromisoformat(str(sent["now"])) - present).total_seconds()
    timedelta(seconds=offset) + world.now()
    world.store.set("clock.offset", offset)


def _register(world: World, sent: dict[str, Any]) -> None:
    """Have changes from now on told to an address; without one, to nobody."""
    kind = str(sent.get("format", "cloudevents"))
    if kind not in {"legacy", "cloudevents"}:
        raise ValueError("The format is legacy or cloudevents")
    target = {"url": sent.get("url"), "format": kind, "place": world.store.last_change()}
    if sent.get("waits"):
        target["waits"] = [float(seconds) for seconds in sent["waits"]]
    world.store.set("webhooks", target if sent.get("url") else None)


def _preferences(world: World) -> dict[str, Any]:
    return world.store.get("Preferences", "1") or {}


def _set_preferences(world: World, sent: dict[str, Any]) -> None:
    with world.store.write():
        record = world.store.copy("Preferences", "1") or {}
        for path, value in sent.items():
            *parents, last = path.split(".")
            place = record
            for part in parents:
                place = place.setdefault(part, {})
            if value is None:
                place.pop(last, None)
            else:
                place[last] = value
        record["SyncToken"] = str(int(record["SyncToken"]) + 1)
        world.store.put("Preferences", record, operation="Update", at=world.stamp())


def _fault_routes(found: Blueprint, world: World) -> None:
    @found.get("/api/faults")
    def listed() -> ResponseReturnValue:
        return _answer({"faults": world.injector.shown(), "kinds": sorted(KINDS)})

    @found.post("/api/faults")
    def add() -> ResponseReturnValue:
        return _answer({"fault": world.injector.add(_sent()).shown()}, 201)

    @found.delete("/api/faults")
    def clear() -> ResponseReturnValue:
        world.injector.clear()
        return _answer({"faults": []})

    @found.delete("/api/faults/<int:rule_id>")
    def remove(rule_id: int) -> ResponseReturnValue:
        world.injector.clear(rule_id)
        return _answer({"faults": world.injector.shown()})


def _accountant_routes(found: Blueprint, world: World) -> None:
    books = world.books

    @found.post("/api/accountant/payment")
    def payment() -> ResponseReturnValue:
        return _done(world, "Payment", _payment(world, _sent()), 201)

    @found.post("/api/accountant/edit")
    def edit() -> ResponseReturnValue:
        sent = _sent()
        return _act(world, sent, dict(sent.get("changes", {})))

    @found.post("/api/accountant/deactivate")
    def deactivate() -> ResponseReturnValue:
        return _act(world, _sent(), {"Active": False})

    @found.post("/api/accountant/delete")
    def delete() -> ResponseReturnValue:
        sent = _sent()
        kind = str(sent["type"])
        return _done(world, kind, books.delete(kind, books.read(kind, str(sent["id"]))))

    @found.post("/api/accountant/void")
    def void() -> ResponseReturnValue:
        sent = _sent()
        kind = str(sent["type"])
        return _done(world, kind, books.void(kind, books.read(kind, str(sent["id"]))))

    @found.post("/api/accountant/deposit")
    def deposit() -> ResponseReturnValue:
        return _done(world, "Payment", _deposit(world, str(_sent()["payment"])))

    @found.post("/api/accountant/close-books")
    def close_books() -> ResponseReturnValue:
        _set_preferences(world, {"AccountingInfoPrefs.BookCloseDate": _sent().get("date")})
        return _answer({"preferences": _preferences(world)})


def _act(world: World, sent: dict[str, Any], changes: dict[str, Any]) -> ResponseReturnValue:
    kind, record_id = str(sent["type"]), str(sent["id"])
    before = world.books.read(kind, record_id)
    token = {"Id": record_id, "SyncToken": before["SyncToken"], "sparse": True}
    return _done(world, kind, world.books.save(kind, {**changes, **token}))


def _done(world: World, kind: str, record: dict[str, Any], status: int = 200) -> Response:
    world.changed.set()
    return _answer({kind: record}, status)


def _payment(world: World, sent: dict[str, Any]) -> dict[str, Any]:
    """Record a payment as an accountant does: for an invoice, or on account of a customer."""
    invoice = world.store.get("Invoice", sent.get("invoice")) if sent.get("invoice") else None
    if sent.get("invoice") and invoice is None:
        raise Fault("610", f"Object Not Found : Invoice {sent['invoice']}")
    customer = invoice["CustomerRef"]["value"] if invoice else str(sent.get("customer", ""))
    amount = sent.get("amount", invoice["Balance"] if invoice else 0)
    record: dict[str, Any] = {"CustomerRef": {"value": customer}, "TotalAmt": amount}
    if sent.get("date"):
        record["TxnDate"] = sent["date"]
    if sent.get("method"):
        record["PaymentMethodRef"] = {"value": _method(world, str(sent["method"]))}
    if invoice:
        link = {"TxnId": invoice["Id"], "TxnType": "Invoice"}
        record["Line"] = [{"Amount": amount, "LinkedTxn": [link]}]
    return world.books.save("Payment", record)


def _deposit(world: World, payment_id: str) -> dict[str, Any]:
    """Bring a payment to the bank, as the accountant does; nobody can change it then."""
    payment = world.books.read("Payment", payment_id)
    line = {
        "Amount": payment["TotalAmt"],
        "LinkedTxn": [{"TxnId": payment_id, "TxnType": "Payment"}],
    }
    bank = {"value": world.books.account("Checking")}
    world.books.save("Deposit", {"DepositToAccountRef": bank, "Line": [line]})
    return world.books.read("Payment", payment_id)


def _method(world: World, asked: str) -> str:
    """Give the id of a payment method, asked for by its id or by its name."""
    named = (one["Id"] for one in world.store.all("PaymentMethod") if one["Name"] == asked)
    return str(next(named, asked))


def _page(world: World) -> str:
    state = _state(world)
    rows = Markup("").join(
        Markup("<tr><td>{}</td><td>{}</td></tr>").format(kind, number)
        for kind, number in state["counts"].items()
        if number
    )
    faults = Markup("").join(
        Markup("<tr><td>{}</td><td>{}</td><td>{}</td><td>{}</td></tr>").format(
            one["id"], one["kind"], one["route"] or one["path"] or "every request", one["hits"]
        )
        for one in state["faults"]
    ) or Markup('<tr><td class="quiet" colspan="4">None: everything is answered well.</td></tr>')
    calls = Markup("").join(
        Markup("<tr><td>{}</td><td>{}</td><td>{}</td><td>{}</td></tr>").format(
            one["at"][11:19], one["route"], one["status"], one.get("id", "")
        )
        for one in reversed(_last_requests(world, 25))
    ) or Markup('<tr><td class="quiet" colspan="4">Nothing came in yet.</td></tr>')
    company = (world.store.get("CompanyInfo", "1") or {}).get("CompanyName", "")
    body = Markup(
        '<p class="quiet">{} · company {} · {}</p>'
        "<h2>Books</h2><table><tr><th>Entity</th><th>Records</th></tr>{}</table>"
        "<h2>Faults in force</h2><table><tr><th>Id</th><th>Kind</th><th>Strikes</th>"
        "<th>Hits</th></tr>{}</table>"
        "<h2>Last requests</h2><table><tr><th>Time</th><th>Route</th><th>Status</th>"
        "<th>Record</th></tr>{}</table>"
        '<p class="quiet">Everything here can be changed through the JSON API below '
        "/control/api: reset, seed, clock, faults, settings, preferences, requests, accountant, "
        "webhooks, disconnect.</p>"
    ).format(escape(company), state["realm_id"], state["now"], rows, faults, calls)
    return page("QuickBooks simulator", body)


def _last_requests(world: World, number: int) -> list[dict[str, Any]]:
    newest = world.store.last_request()
    return world.store.requests(max(newest - number, 0), None, number)

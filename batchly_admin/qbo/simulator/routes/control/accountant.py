"""The accountant's page and addresses: what happens in QuickBooks behind an app's back."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response
from flask.typing import ResponseReturnValue

from batchly_admin.qbo.simulator.routes.control import deeds
from batchly_admin.qbo.simulator.routes.control.answers import answer, sent
from batchly_admin.qbo.simulator.routes.control.preferences import preferences_of
from batchly_admin.qbo.simulator.routes.control.screen import Screen, Typed
from batchly_admin.qbo.simulator.wire.values import at
from batchly_admin.qbo.simulator.world import World

MOST_OFFERED = 200


def add_routes(found: Blueprint, screen: Screen) -> None:
    """Give the addresses of the accountant."""
    _api_routes(found, screen)

    @found.get("/accountant")
    def accountant() -> ResponseReturnValue:
        return _show(screen)

    @found.post("/accountant")
    def do_accountant() -> ResponseReturnValue:
        return screen.act(deeds.ACTIONS, lambda typed: _show(screen, typed))


def _api_routes(found: Blueprint, screen: Screen) -> None:
    @found.post("/api/accountant/payment")
    def api_payment() -> ResponseReturnValue:
        return answer({"Payment": deeds.pay(screen.world, sent())}, 201)

    @found.post("/api/accountant/edit")
    def api_edit() -> ResponseReturnValue:
        given = sent()
        return _change(screen.world, given, dict(given.get("changes", {})))

    @found.post("/api/accountant/deactivate")
    def api_deactivate() -> ResponseReturnValue:
        return _change(screen.world, sent(), {"Active": False})

    @found.post("/api/accountant/delete")
    def api_delete() -> ResponseReturnValue:
        kind, record_id = _which(sent())
        return answer({kind: deeds.delete(screen.world, kind, record_id)})

    @found.post("/api/accountant/void")
    def api_void() -> ResponseReturnValue:
        kind, record_id = _which(sent())
        return answer({kind: deeds.void(screen.world, kind, record_id)})

    @found.post("/api/accountant/merge")
    def api_merge() -> ResponseReturnValue:
        given = sent()
        kind, keep, gone = (str(given[name]) for name in ("type", "keep", "gone"))
        return answer({kind: deeds.merge_two(screen.world, kind, keep, gone)})

    @found.post("/api/accountant/deposit")
    def api_deposit() -> ResponseReturnValue:
        return answer({"Payment": deeds.deposit(screen.world, str(sent()["payment"]))})

    @found.post("/api/accountant/close-books")
    def api_close_books() -> ResponseReturnValue:
        deeds.close_books(screen.world, sent().get("date"))
        return answer({"preferences": preferences_of(screen.world)})

    @found.post("/api/disconnect")
    def api_disconnect() -> ResponseReturnValue:
        screen.world.oauth.disconnect(screen.world.realm_id)
        return answer({"disconnected": True})


def _which(given: dict[str, Any]) -> tuple[str, str]:
    return str(given["type"]), str(given["id"])


def _change(world: World, given: dict[str, Any], changes: dict[str, Any]) -> Response:
    kind, record_id = _which(given)
    return answer({kind: deeds.change(world, kind, record_id, changes)})


def _show(screen: Screen, typed: Typed | None = None) -> ResponseReturnValue:
    world = screen.world
    entities = world.books.entities
    return screen.show(
        "accountant",
        typed,
        kinds=sorted(entities),
        fields=sorted({name for one in entities.values() for name in deeds.fields_of(one)}),
        invoices=_open_invoices(world),
        payments=_loose_payments(world),
        customers=_people(world, "Customer"),
        vendors=_people(world, "Vendor"),
        methods=[(one["Id"], one["Name"]) for one in world.store.all("PaymentMethod")],
        closed=at(preferences_of(world), "AccountingInfoPrefs.BookCloseDate"),
        tokens=world.oauth.counts(),
    )


def _people(world: World, kind: str) -> list[tuple[str, str]]:
    rows = world.store.sql(
        f'SELECT "Id", json_extract(body, \'$.DisplayName\') FROM "{kind}" '  # noqa: S608 - a kind of ours
        'WHERE "Active" = 1 ORDER BY 2 LIMIT ?',
        (MOST_OFFERED,),
    )
    return [(str(record_id), str(name)) for record_id, name in rows]


def _open_invoices(world: World) -> list[tuple[str, str]]:
    rows = world.store.sql(
        'SELECT "Id", json_extract(body, \'$.DocNumber\'), "Balance" FROM "Invoice" '
        'WHERE "Balance" > 0 ORDER BY rowid DESC LIMIT ?',
        (MOST_OFFERED,),
    )
    return [(str(one), f"no. {number or one}, {left:,.2f} open") for one, number, left in rows]


def _loose_payments(world: World) -> list[tuple[str, str]]:
    rows = world.store.sql(
        'SELECT "Id", "TxnDate", "TotalAmt" FROM "Payment" WHERE NOT EXISTS '
        '(SELECT 1 FROM links WHERE to_kind = \'Payment\' AND to_id = "Payment"."Id") '
        "ORDER BY rowid DESC LIMIT ?",
        (MOST_OFFERED,),
    )
    return [(str(one), f"{day}, {total:,.2f}") for one, day, total in rows]

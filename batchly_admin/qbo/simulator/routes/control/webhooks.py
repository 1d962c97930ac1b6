"""Webhooks: the address an app registered, and what became of each notification."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, abort
from flask.typing import ResponseReturnValue

from batchly_admin.qbo.simulator.routes.control.answers import answer, sent
from batchly_admin.qbo.simulator.routes.control.log import pretty
from batchly_admin.qbo.simulator.routes.control.screen import Form, Screen, Typed, Wrong
from batchly_admin.qbo.simulator.webhooks import sender
from batchly_admin.qbo.simulator.webhooks.deliveries import WAITING, Deliveries, Delivery
from batchly_admin.qbo.simulator.webhooks.payloads import FORMATS
from batchly_admin.qbo.simulator.wire.values import stamp
from batchly_admin.qbo.simulator.world import World

MOST_SHOWN = 100


def add_routes(found: Blueprint, screen: Screen) -> None:
    """Give the addresses of the webhooks."""

    @found.post("/api/webhooks")
    def api_register() -> ResponseReturnValue:
        target = sender.register(screen.world, sent())
        screen.world.changed.set()
        return answer({"webhooks": target})

    @found.get("/api/webhooks")
    def api_listed() -> ResponseReturnValue:
        listed = Deliveries(screen.world.main.database).listed(MOST_SHOWN)
        target = screen.world.main.meta.get("webhooks")
        return answer({"webhooks": target, "deliveries": [_shown(one) for one in listed]})

    @found.post("/api/webhooks/test")
    def api_test() -> ResponseReturnValue:
        return answer({"delivery": _shown(sender.send_test(screen.world))})

    @found.get("/webhooks")
    def webhooks() -> ResponseReturnValue:
        return _show(screen)

    @found.post("/webhooks")
    def do_webhooks() -> ResponseReturnValue:
        actions = {"register": _register, "stop": _stop, "test": _test}
        return screen.act(actions, lambda typed: _show(screen, typed))

    @found.get("/webhooks/<int:seq>")
    def delivery(seq: int) -> ResponseReturnValue:
        one = Deliveries(screen.world.main.database).get(seq)
        if one is None:
            abort(404)
        return screen.show("delivery", one=_shown(one), body=pretty(one.body))


def _shown(one: Delivery) -> dict[str, Any]:
    due = datetime.fromtimestamp(one.due, UTC)
    return {**asdict(one), "next_try": stamp(due) if one.state == WAITING else None}


def _show(screen: Screen, typed: Typed | None = None) -> ResponseReturnValue:
    listed = Deliveries(screen.world.main.database).listed(MOST_SHOWN)
    target = screen.world.main.meta.get("webhooks") or {}
    return screen.show(
        "webhooks",
        typed,
        target=target,
        formats=list(FORMATS),
        deliveries=[_shown(one) for one in listed],
        secret=screen.world.oauth.fact("webhook_verifier_token"),
        waits=target.get("waits") or sender.WAITS,
        custom_waits=" ".join(f"{one:g}" for one in target.get("waits", ())),
    )


def _register(world: World, form: Form) -> str:
    url = form.get("url", "").strip()
    if not url:
        raise Wrong("Please give the address notifications go to.", "url")
    try:
        waits = [float(word) for word in form.get("waits", "").replace(",", " ").split()]
    except ValueError:
        raise Wrong("The waits are seconds, such as 1 2 5.", "waits") from None
    if any(one < 0 for one in waits):
        raise Wrong("A wait cannot be shorter than nothing.", "waits")
    try:
        sender.register(world, {"url": url, "format": form.get("format"), "waits": waits})
    except ValueError as error:
        raise Wrong(f"{error}.", "url") from None
    world.changed.set()
    return f"Changes from now on are told to {url}."


def _stop(world: World, _form: Form) -> str:
    sender.register(world, {"url": None})
    return "Nobody is told of changes any more."


def _test(world: World, _form: Form) -> str:
    return f"A test was sent: {sender.send_test(world).outcome}."

"""The first page: the company, what is in its books, and what is going on."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from batchly_admin.qbo.simulator.faults.limits import USUAL
from batchly_admin.qbo.simulator.routes.control.clock import offset
from batchly_admin.qbo.simulator.routes.control.faults import strikes
from batchly_admin.qbo.simulator.routes.control.log import Filter, newest
from batchly_admin.qbo.simulator.routes.control.screen import Screen
from batchly_admin.qbo.simulator.webhooks.deliveries import Deliveries
from batchly_admin.qbo.simulator.world import World

LAST = 12


def add_routes(found: Blueprint, screen: Screen) -> None:
    """Give the address of the first page."""

    @found.get("")
    def overview() -> ResponseReturnValue:
        world = screen.world
        settings = {**USUAL, **world.settings()}
        return screen.show(
            "overview",
            counts=[(kind, world.store.count(kind)) for kind in sorted(world.books.entities)],
            settings=settings,
            months=_months(world),
            core=int(world.store.meta.get("metering", {}).get("core", 0)),
            ahead=offset(world),
            faults=[{**one, "strikes": strikes(one)} for one in world.injector.shown()],
            tokens=world.oauth.counts(),
            webhooks=world.main.meta.get("webhooks"),
            waiting=Deliveries(world.main.database).waiting(),
            calls=newest(world, Filter(), LAST),
            base=request.host_url.rstrip("/"),
        )


def _months(world: World) -> list[tuple[str, int]]:
    """Give the metered calls of each month, newest first; the present one is always there."""
    metering: dict[str, Any] = world.store.meta.get("metering", {})
    found = {f"{world.now():%Y-%m}": 0}
    for name, number in metering.items():
        word, _, month = name.partition(" ")
        if word == "coreplus" and month:
            found[month] = int(number)
    return sorted(found.items(), reverse=True)

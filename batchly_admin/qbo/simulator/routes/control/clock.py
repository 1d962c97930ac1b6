"""The clock of the simulator: the machine's, moved."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from flask import Blueprint
from flask.typing import ResponseReturnValue

from batchly_admin.qbo.simulator.routes.control.answers import answer, sent
from batchly_admin.qbo.simulator.routes.control.screen import Form, Screen, Typed, Wrong, number
from batchly_admin.qbo.simulator.wire.values import PACIFIC
from batchly_admin.qbo.simulator.world import World

MOST_DAYS = 20_000


def offset(world: World) -> float:
    """Give by how many seconds the clock is ahead of the machine's."""
    return float(world.main.meta.get("clock.offset", 0))


def set_clock(world: World, wanted: dict[str, Any]) -> None:
    """Move the clock to a moment, or by seconds from the machine's.

    Raises:
        ValueError: for a moment that is none.
        OverflowError: for one no calendar has.
    """
    found = float(wanted.get("offset_seconds", 0))
    if "now" in wanted:
        present = world.now() - timedelta(seconds=offset(world))
        moment = datetime.fromisoformat(str(wanted["now"]))
        found = (moment - present).total_seconds()
    timedelta(seconds=found) + world.now()
    world.main.set("clock.offset", found)
    world.changed.set()


def add_routes(found: Blueprint, screen: Screen) -> None:
    """Give the addresses of the clock."""

    @found.post("/api/clock")
    def api_clock() -> ResponseReturnValue:
        set_clock(screen.world, sent())
        return answer({"now": screen.world.stamp()})

    @found.get("/clock")
    def clock() -> ResponseReturnValue:
        return _show(screen)

    @found.post("/clock")
    def do_clock() -> ResponseReturnValue:
        actions = {"set": _set, "add": _add, "back": _back}
        return screen.act(actions, lambda typed: _show(screen, typed))


def _show(screen: Screen, typed: Typed | None = None) -> ResponseReturnValue:
    ahead = timedelta(seconds=round(offset(screen.world)))
    local = screen.world.now().astimezone(PACIFIC)
    return screen.show(
        "clock", typed, ahead=ahead, local=local, typed_now=f"{local:%Y-%m-%dT%H:%M}"
    )


def _set(world: World, form: Form) -> str:
    try:
        wanted = datetime.fromisoformat(form.get("now", "")).replace(tzinfo=PACIFIC)
    except ValueError:
        raise Wrong("Please give a day and a time, such as 2027-01-31T09:00.", "now") from None
    set_clock(world, {"now": wanted.isoformat()})
    return f"It is now {_words(world)}."


def _add(world: World, form: Form) -> str:
    days = number(form, "days", "Days", least=-MOST_DAYS, most=MOST_DAYS)
    if days is None:
        raise Wrong("Please say how many days.", "days")
    set_clock(world, {"offset_seconds": offset(world) + days * 86400})
    return f"It is now {_words(world)}."


def _back(world: World, _form: Form) -> str:
    set_clock(world, {"offset_seconds": 0})
    return "The clock shows the machine's time again."


def _words(world: World) -> str:
    return f"{world.now().astimezone(PACIFIC):%Y-%m-%d %H:%M} at the Pacific coast"

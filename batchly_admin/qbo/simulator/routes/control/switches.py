"""The switches: how they stand, and throwing them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint
from flask.typing import ResponseReturnValue

from batchly_admin.qbo.simulator.routes.control.answers import answer, sent
from batchly_admin.qbo.simulator.routes.control.screen import Form, Screen, Typed, Wrong
from batchly_admin.qbo.simulator.routes.control.switch import Switch
from batchly_admin.qbo.simulator.routes.control.switch_list import GROUPS, SWITCHES
from batchly_admin.qbo.simulator.wire.json_text import dumps, loads
from batchly_admin.qbo.simulator.world import World


def throw(world: World, wanted: Mapping[str, Any]) -> None:
    """Throw some switches of a company; those of the main company hold for the other one too.

    Raises:
        ValueError: for a switch there is not, or a position it does not have.
    """
    read = {}
    for name, value in wanted.items():
        if name not in SWITCHES:
            raise ValueError(f"There is no switch {name}; there are {', '.join(SWITCHES)}")
        read[name] = SWITCHES[name].read(value)
    with world.store.lock:
        own = world.store.meta.get("settings", {})
        world.store.set("settings", {**own, **read})
    world.changed.set()


def position(world: World, switch: Switch) -> Any:
    """Give how a switch stands."""
    return world.settings().get(switch.name, switch.usual)


def add_routes(found: Blueprint, screen: Screen) -> None:
    """Give the addresses of the switches."""

    @found.post("/api/settings")
    def api_settings() -> ResponseReturnValue:
        throw(screen.world, sent())
        return answer({"settings": screen.world.settings()})

    @found.get("/switches")
    def switches() -> ResponseReturnValue:
        return _show(screen)

    @found.post("/switches")
    def do_switches() -> ResponseReturnValue:
        actions = {"switches": _save, "usual": _back_to_usual}
        return screen.act(actions, lambda typed: _show(screen, typed))


def _show(screen: Screen, typed: Typed | None = None) -> ResponseReturnValue:
    world = screen.world
    shown = {name: _in_form(one, position(world, one)) for name, one in SWITCHES.items()}
    moved = [one.name for one in SWITCHES.values() if shown[one.name] != _in_form(one, one.usual)]
    return screen.show("switches", typed, groups=GROUPS, shown=shown, moved=moved)


def _in_form(switch: Switch, value: Any) -> Any:
    """Give a position as its input shows it."""
    if switch.kind == "flag":
        return bool(value)
    if switch.kind == "list":
        return "\n".join(value or ())
    if switch.kind == "object":
        return dumps(value) if value else ""
    return "" if value is None else str(value)


def _save(world: World, form: Form) -> str:
    changed = {}
    for name, switch in SWITCHES.items():
        text = form.get(name, "").strip().replace("\r\n", "\n")
        before = _in_form(switch, position(world, switch))
        if switch.kind == "flag":
            if (name in form) != before:
                changed[name] = name in form
        elif text != before:
            changed[name] = _out_of_form(switch, text)
    throw(world, changed)
    if not changed:
        return "Nothing was changed."
    return f"Changed: {', '.join(SWITCHES[name].label for name in changed)}."


def _out_of_form(switch: Switch, text: str) -> Any:
    """Read a position out of its input.

    Raises:
        Wrong: it cannot be that.
    """
    value: Any = text or None
    try:
        if switch.kind == "list":
            value = [line.strip() for line in text.split("\n") if line.strip()]
        elif switch.kind == "object" and text:
            value = loads(text)
        return switch.read(value)
    except ValueError as error:
        sentence = str(error)
        if not sentence.startswith(switch.label):
            sentence = f"{switch.label}: this is no JSON ({sentence})."
        raise Wrong(sentence, switch.name) from None


def _back_to_usual(world: World, _form: Form) -> str:
    throw(world, {name: one.usual for name, one in SWITCHES.items()})
    return "Every switch is as usual again."

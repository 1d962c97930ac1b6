"""Faults on demand: which are in force, and putting one in force."""

from __future__ import annotations

import re
from typing import Any

from flask import Blueprint
from flask.typing import ResponseReturnValue

from batchly_admin.qbo.simulator.faults.injection import EXPLAINED, KINDS, MOST_SECONDS
from batchly_admin.qbo.simulator.routes.control.answers import answer, sent
from batchly_admin.qbo.simulator.routes.control.screen import Form, Screen, Typed, Wrong, number
from batchly_admin.qbo.simulator.world import World

MOST_CALLS = 1_000_000
ROUTES = (
    *("customer.create", "customer.update", "invoice.create", "invoice.update", "invoice.void"),
    *("invoice.delete", "invoice.send", "payment.create", "query.read", "cdc.read", "batch.send"),
    *("companyinfo.read", "oauth.refresh", "oauth.code"),
)


def add_routes(found: Blueprint, screen: Screen) -> None:
    """Give the addresses of the faults."""

    @found.get("/api/faults")
    def api_faults() -> ResponseReturnValue:
        return answer({"faults": screen.world.injector.shown(), "kinds": sorted(KINDS)})

    @found.post("/api/faults")
    def api_add() -> ResponseReturnValue:
        return answer({"fault": screen.world.injector.add(sent()).shown()}, 201)

    @found.delete("/api/faults")
    def api_clear() -> ResponseReturnValue:
        screen.world.injector.clear()
        return answer({"faults": []})

    @found.delete("/api/faults/<int:rule_id>")
    def api_remove(rule_id: int) -> ResponseReturnValue:
        screen.world.injector.clear(rule_id)
        return answer({"faults": screen.world.injector.shown()})

    @found.get("/faults")
    def faults() -> ResponseReturnValue:
        return _show(screen)

    @found.post("/faults")
    def do_faults() -> ResponseReturnValue:
        actions = {"add": _add, "remove": _remove, "clear": _clear}
        return screen.act(actions, lambda typed: _show(screen, typed))


def strikes(rule: dict[str, Any]) -> str:
    """Say which requests a rule is about."""
    words = [rule["method"], rule["route"], f"path {rule['path']}" if rule["path"] else ""]
    return " · ".join(word for word in words if word) or "every request"


def _show(screen: Screen, typed: Typed | None = None) -> ResponseReturnValue:
    rules = [{**one, "strikes": strikes(one)} for one in screen.world.injector.shown()]
    return screen.show(
        "faults", typed, rules=rules, kinds=EXPLAINED, routes=ROUTES, most_seconds=MOST_SECONDS
    )


def _add(world: World, form: Form) -> str:
    kind = form.get("kind", "")
    if kind not in KINDS:
        raise Wrong("Please choose what is to go wrong.", "kind")
    seconds = number(form, "seconds", "Seconds", least=0, most=MOST_SECONDS)
    percent = number(form, "percent", "Percent", least=0, most=100)
    calls = number(form, "next_n", "Next calls", least=1, most=MOST_CALLS)
    seed = number(form, "seed", "Seed", least=0, most=2**31)
    for name in ("route", "path"):
        _check_pattern(form, name)
    names = ("method", "route", "path")
    rule = world.injector.add(
        {
            "kind": kind,
            "match": {name: form.get(name, "").strip() for name in names},
            "next_n": None if calls is None else int(calls),
            "seconds": 1.0 if seconds is None else seconds,
            "percent": 100.0 if percent is None else percent,
            "seed": int(seed or 0),
        }
    )
    return f"Fault {rule.id} is in force: {kind} on {strikes(rule.shown())}."


def _check_pattern(form: Form, name: str) -> None:
    try:
        re.compile(form.get(name, "").strip())
    except re.error as error:
        raise Wrong(f"This is no pattern: {error}.", name) from None


def _remove(world: World, form: Form) -> str:
    rule_id = int(form.get("id", ""))
    world.injector.clear(rule_id)
    return f"Fault {rule_id} is out of force."


def _clear(world: World, _form: Form) -> str:
    world.injector.clear()
    return "No fault is in force any more."

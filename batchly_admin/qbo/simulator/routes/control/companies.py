"""The companies: what is in their books as a whole, starting over, and filling them."""

from __future__ import annotations

from typing import Any

from flask import Blueprint
from flask.typing import ResponseReturnValue

from batchly_admin.qbo.simulator.companies.filling import COMPANIES
from batchly_admin.qbo.simulator.routes.control.answers import answer, sent
from batchly_admin.qbo.simulator.routes.control.preferences import preferences_of
from batchly_admin.qbo.simulator.routes.control.screen import Form, Screen, Typed, Wrong
from batchly_admin.qbo.simulator.webhooks import sender
from batchly_admin.qbo.simulator.wire.json_text import loads
from batchly_admin.qbo.simulator.world import World

SAMPLE = """[
  {"type": "Customer", "data": {"DisplayName": "Corner Bakery"}},
  {"type": "Vendor", "data": {"DisplayName": "Paper Mill"}}
]"""


def state(world: World) -> dict[str, Any]:
    """Give everything a test may want to know at once."""
    return {
        "company": world.store.meta.get("company"),
        "realm_id": world.realm_id,
        "now": world.stamp(),
        "counts": {kind: world.store.count(kind) for kind in world.books.entities},
        "preferences": preferences_of(world),
        "settings": world.settings(),
        "faults": world.injector.shown(),
        "metering": world.store.meta.get("metering", {}),
        "tokens": world.oauth.counts(),
        "webhooks": world.main.meta.get("webhooks"),
    }


def reset(world: World, company: str) -> None:
    """Start over with a company's books.

    Raises:
        ValueError: for a company there is not.
    """
    with world.store.lock:
        world.reset(company)
        sender.start_over(world)


def seed(world: World, entities: Any) -> list[dict[str, Any]]:
    """Write records into the books, all of them or none.

    Raises:
        Fault: what QuickBooks refuses.
        ValueError: it is no list of records.
    """
    if not isinstance(entities, list):
        raise TypeError("The records are no list")
    with world.store.write():
        created = [world.books.save(str(one["type"]), one["data"]) for one in entities]
    world.changed.set()
    return created


def add_routes(found: Blueprint, screen: Screen) -> None:
    """Give the addresses of the state, of starting over and of seeding."""

    @found.get("/api/state")
    def api_state() -> ResponseReturnValue:
        return answer(state(screen.world))

    @found.post("/api/reset")
    def api_reset() -> ResponseReturnValue:
        reset(screen.world, str(sent().get("company", "empty")))
        return answer(state(screen.world))

    @found.post("/api/seed")
    def api_seed() -> ResponseReturnValue:
        return answer({"created": seed(screen.world, sent().get("entities", []))})

    @found.get("/companies")
    def companies() -> ResponseReturnValue:
        return _show(screen)

    @found.post("/companies")
    def do_companies() -> ResponseReturnValue:
        actions = {"reset": _reset, "seed": _seed}
        return screen.act(actions, lambda typed: _show(screen, typed))


def _show(screen: Screen, typed: Typed | None = None) -> ResponseReturnValue:
    rows = [
        {
            "realm": one.realm_id,
            "name": one.here.name,
            "template": one.store.meta.get("company"),
            "records": sum(one.store.count(kind) for kind in one.books.entities),
        }
        for one in screen.world.everywhere()
    ]
    return screen.show("companies", typed, rows=rows, templates=COMPANIES, sample=SAMPLE)


def _reset(world: World, form: Form) -> str:
    name = world.here.name
    if "sure" not in form:
        raise Wrong("Please check the box: everything in these books will be gone.", "sure")
    reset(world, form.get("company", ""))
    return f"{name} started over; the books are now {world.here.name}'s."


def _seed(world: World, form: Form) -> str:
    try:
        entities = loads(form.get("entities", ""))
    except ValueError as error:
        raise Wrong(f"This is no JSON: {error}.", "entities") from None
    if isinstance(entities, dict):
        entities = entities.get("entities", [entities])
    try:
        created = seed(world, entities)
    except (KeyError, TypeError) as error:
        raise Wrong(f"Each record needs a type and its data; {error} was the trouble.") from None
    return f"{len(created)} {'record was' if len(created) == 1 else 'records were'} written."

"""Every entity the simulator knows: each file here gives one, in a name ENTITY."""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules

from batchly_admin.qbo.simulator.books.entity import Entity


def load() -> dict[str, Entity]:
    """Give all entities by their kind."""
    found = (import_module(f"{__name__}.{one.name}").ENTITY for one in iter_modules(__path__))
    return {entity.spec.kind: entity for entity in sorted(found, key=lambda one: one.spec.kind)}

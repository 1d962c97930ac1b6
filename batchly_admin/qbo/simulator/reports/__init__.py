"""The reports, worked out of the ledger: a file here gives some of them, in a name REPORTS."""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from batchly_admin.qbo.simulator.reports.asked import Kind


def load() -> dict[str, Kind]:
    """Give all reports by their names."""
    modules = (import_module(f"{__name__}.{one.name}") for one in iter_modules(__path__))
    found: dict[str, Kind] = {}
    for module in modules:
        found |= getattr(module, "REPORTS", {})
    return found


def gaps() -> tuple[str, ...]:
    """Give in plain words what the reports leave out."""
    modules = (import_module(f"{__name__}.{one.name}") for one in iter_modules(__path__))
    return tuple(text for module in modules for text in getattr(module, "GAPS", ()))

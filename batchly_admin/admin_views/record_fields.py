"""One field of a record's page: its words, its value, where it leads."""

from __future__ import annotations

from typing import Any

from batchly_admin.admin_views import links
from batchly_admin.grid.columns import Column


def field(spec: Column, value: Any) -> dict[str, Any]:
    """Give a field as the page shows it."""
    shown: dict[str, Any] = {
        "label": spec.label,
        "kind": spec.kind,
        "value": value,
        "href": links.cell_href(spec, value),
        "help": spec.help or None,
        "wide": spec.kind in {"long_text", "json"},
        "scale": spec.scale,
        "tone": None,
    }
    if spec.kind == "choice" and value and spec.choices is not None:
        member = spec.choices(value)
        shown["value"], shown["tone"] = member.label, member.tone
    return shown

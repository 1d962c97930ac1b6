"""The frame round every page: menu by subject, QuickBooks' state, who is logged in."""

from __future__ import annotations

import hashlib
import re
from functools import cache
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from flask import Flask, g, request, url_for

from batchly_admin.admin_views import context
from batchly_admin.grid.registry import tables
from batchly_admin.models.sync import QbConnection
from batchly_admin.qbo import facts
from batchly_admin.words import _, later

_IMPORTED = re.compile(r'(?:import|from)\s*"\./([\w.-]+\.js)"')
EXTRA_ITEMS: dict[str, tuple[tuple[str, str, str, str], ...]] = {
    "Records": ((later("Trash"), "/trash", "trash", "all:history"),),
    "Orders": ((later("Import orders"), "/orders/import", "import", "orders:import"),),
    "QuickBooks": (
        (later("Sync status"), "/admin/quickbooks/status", "quickbooks", "sync:view"),
        (later("Repair desk"), "/admin/quickbooks/repair", "attempts", "sync:view"),
        (later("Reconciliation"), "/admin/quickbooks/reconciliation", "check", "sync:view"),
        (later("Sync reports"), "/reports/quickbooks", "reports", "sync:view"),
        (later("Connect"), "/admin/quickbooks/connect", "api", "quickbooks:connect"),
        (later("Set-up"), "/admin/quickbooks/setup", "map", "quickbooks:view"),
        (later("Sync settings"), "/admin/quickbooks/settings", "settings", "quickbooks:view"),
    ),
}
QBO_WORDS = {
    "connected": later("QuickBooks connected"),
    "simulator": later("QuickBooks (simulated)"),
    "paused": later("QuickBooks paused"),
    "setup": later("QuickBooks: set it up"),
    "reconnect": later("Reconnect QuickBooks"),
    "disconnected": later("QuickBooks not connected"),
}


def init(app: Flask) -> None:
    """Give the templates what every page needs."""
    static = Path(app.static_folder or "")

    @cache
    def version(name: str) -> str:
        return hashlib.sha256((static / "dist" / name).read_bytes()).hexdigest()[:12]

    def asset(name: str) -> str:
        """Give the address of a bundled file; its content's hash makes it safe to cache.

        Every icon of a page asks for one, which is why it is not looked up among the routes.
        """
        return f"{request.script_root}{app.static_url_path}/dist/{name}?v={version(name)}"

    @cache
    def needs(name: str) -> tuple[str, ...]:
        """Give the files a script imports, so that the browser need not read it to learn them."""
        found: dict[str, None] = {}
        waiting = [name]
        while waiting:
            text = (static / "dist" / waiting.pop()).read_text(encoding="utf-8")
            fresh = [part for part in _IMPORTED.findall(text) if part not in found]
            found.update(dict.fromkeys(fresh))
            waiting += fresh
        return tuple(found)

    def imported(name: str) -> list[str]:
        """Give the addresses of what a bundled script imports at once."""
        return [url_for("static", filename=f"dist/{part}") for part in needs(name)]

    app.jinja_env.globals["asset"] = asset
    app.jinja_env.globals["imported"] = imported
    app.jinja_env.globals["shell"] = shell


def shell() -> dict[str, Any] | None:
    """Give the frame's content, or None when nobody is logged in; made once for a request."""
    who: context.Person | None = g.get("person")
    if who is None:
        return None
    if "shell" not in g:
        g.shell = _content(who)
    found: dict[str, Any] = g.shell
    return found


def _content(who: context.Person) -> dict[str, Any]:
    company = context.company()
    return {
        "user": {
            "id": who.user_id,
            "name": who.name,
            "email": who.email,
            "role_label": who.role_label,
        },
        "company": company.name,
        "nav": navigation(who.rights),
        "qbo": quickbooks_pill() if "sync:view" in who.rights else None,
        "currency": company.currency,
        "locale": company.locale,
        "time_zone": company.time_zone,
        "urls": {
            "home": "/",
            "account": "/account",
            "logout": "/logout",
            "recent_runs": "/runs/recent",
            "runs": "/runs/",
        },
    }


def navigation(rights: frozenset[str]) -> list[dict[str, Any]]:
    """Give the menu: subjects with the pages this person may open."""
    groups: dict[str, list[dict[str, Any]]] = {later("Work"): [_item(_("Home"), "/", "home")]}
    for table in tables().values():
        items = groups.setdefault(table.group, [])
        for label, href, icon, right in EXTRA_ITEMS.get(table.group, ()):
            if right in rights and not any(item["href"] == href for item in items):
                items.append(_item(_(label), href, icon))
        if table.in_menu and table.is_open_to(rights):
            items.append(_item(table.title, table.url, table.icon, searchable=bool(table.search)))
    return [{"label": _(label), "items": items} for label, items in groups.items() if items]


def _item(label: str, href: str, icon: str, *, searchable: bool = False) -> dict[str, Any]:
    path = request.path
    active = path == href or (href != "/" and path.startswith(f"{href}/"))
    if href == "/orders" and path.startswith(("/orders/import", "/orders/sync")):
        active = False
    return {
        "label": label,
        "href": href,
        "icon": icon,
        "active": active,
        "searchable": searchable,
        "count": None,
    }


def quickbooks_state() -> str:
    """Give the state of the connection in one word: a key of QBO_WORDS."""
    found = (
        context.reader()
        .execute(
            sa.select(
                QbConnection.state,
                QbConnection.environment,
                QbConnection.pushes_paused,
                QbConnection.went_live_at,
            ).order_by(QbConnection.connected_at.desc())
        )
        .first()
    )
    if found is None or found.state == "disconnected":
        return "disconnected"
    if found.state == "reconnect":
        return "reconnect"
    if found.went_live_at is None:
        return "setup"
    if found.pushes_paused:
        return "paused"
    return "simulator" if found.environment == "simulator" else "connected"


def quickbooks_pill() -> dict[str, str | None]:
    """Give the pill of the top bar, and what admins are warned of on every page."""
    state = quickbooks_state()
    warning = None
    if context.may("quickbooks:connect"):
        warning = facts.login_warning(context.reader(), context.runtime().clock.now())
    return {
        "state": state,
        "label": _(QBO_WORDS[state]),
        "href": "/admin/quickbooks/setup" if state == "setup" else "/admin/quickbooks/status",
        "warning": warning,
    }

"""What the browser has to know about a grid before it asks for the first row."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from batchly_admin.grid.columns import Column, as_config
from batchly_admin.grid.paste.look import may_create
from batchly_admin.grid.registry import table as find_table
from batchly_admin.grid.table import Table
from batchly_admin.services.actions import ACTIONS
from batchly_admin.words import _, later

_RED = frozenset({"delete", "void", "cancel"})
_ICONS = {
    "approve": "quality",
    "create-jobs": "jobs",
    "bulk-invoice": "invoice",
    "issue": "invoice",
    "sync": "quickbooks",
    "start": "production",
    "complete": "quality",
}


LOOK_ONLY = later("Batchly itself keeps this table; it cannot be changed by hand.")


def grid_config(
    table: Table,
    columns: tuple[Column, ...],
    rights: frozenset[str],
    query: Mapping[str, Any],
    *,
    currency: str,
    locale: str,
) -> dict[str, Any]:
    """Give the grid's description for a person with these rights; `query` is what to show first."""
    can = abilities(table, rights)
    config: dict[str, Any] = {
        **({"look_only": _(LOOK_ONLY)} if table.read_only else {}),
        "table": table.name,
        "title": table.title,
        "singular": table.singular,
        "unnamed": table.unnamed,
        "plural": _plural(table),
        "urls": urls(table),
        "columns": [_column(spec, rights, editable=can["edit"]) for spec in columns],
        "default_sort": list(table.default_sort),
        "search": list(table.search),
        "saved_views": saved_views(table, rights),
        "query": dict(query),
        "actions": actions(table, rights),
        "can": can,
        "currency": currency,
        "locale": locale,
        "links": [
            {"label": label, "href": href, "icon": icon, "primary": False}
            for label, href, icon in table.links
            if _offered(table, href, rights)
        ],
        "views": [
            {"label": view.label, "filters": list(view.filters), "sort": [], "search": ""}
            for view in table.views
        ],
    }
    if table.empty is not None:
        config["empty"] = {
            "title": table.empty.title,
            "hint": table.empty.hint,
            "links": [
                {"label": label, "href": href}
                for label, href in table.empty.links
                if _offered(table, href, rights)
            ],
        }
    return config


def _column(spec: Column, rights: frozenset[str], *, editable: bool) -> dict[str, Any]:
    """Give a column; its list to choose from only to who may see it or fill the column."""
    href = _href(spec, rights)
    found = as_config(spec, editable=editable, href=href)
    written = found["editable"] or "once" in found
    if written and spec.link and may_create(find_table(spec.link), rights):
        # A record that is missing can be made right in the cell.
        found["create"] = find_table(spec.link).singular
    return {**found, "lookup": found["lookup"] and bool(href or written)}


def saved_views(table: Table, rights: frozenset[str]) -> dict[str, Any]:
    """Give where the table's saved views are, and what the person may do with them."""
    if "saved_views:view" not in rights:
        return {"url": f"/views/{table.name}", "see": False, "save": False, "share": False}
    return {
        "url": f"/views/{table.name}",
        "see": True,
        "save": "saved_views:create" in rights,
        "share": "saved_views:edit" in rights,
    }


def abilities(table: Table, rights: frozenset[str]) -> dict[str, bool]:
    """Tell what a person with these rights may do with the table."""
    area = table.rights_area

    def may(verb: str) -> bool:
        return not table.read_only and f"{area}:{verb}" in rights

    edit = may("edit")
    return {
        "create": table.can_create and may("create"),
        "edit": edit,
        "delete": table.can_delete and may("delete"),
        "export": "all:export" in rights,
        "undo": edit and "all:undo" in rights,
    }


def urls(table: Table) -> dict[str, str]:
    """Give the addresses of the table's endpoints; braces mark what the browser fills in."""
    url = table.url
    return {
        "window": f"{url}/window",
        "count": f"{url}/count",
        "summary": f"{url}/summary",
        "edge": f"{url}/edge",
        "find": f"{url}/find",
        "changes": f"{url}/changes",
        "paste": f"{url}/paste",
        "paste_names": f"{url}/paste/names",
        "rows": f"{url}/rows",
        "place": f"{url}/{{id}}/place",
        "lookup": f"{url}/lookup/{{column}}",
        "groups": f"{url}/groups",
        "totals": f"{url}/totals",
        "export": f"{url}/export.csv",
        "workbook": f"{url}/export.xlsx",
        "print": f"{url}/print",
        "new": f"{url}/new",
        "record": f"{url}/{{id}}",
        "actions": f"{url}/actions/{{name}}",
        "history": f"{url}/{{id}}/history",
    }


def actions(table: Table, rights: frozenset[str]) -> list[dict[str, Any]]:
    """Give the bulk actions of a table that a person with these rights may use."""
    found = []
    for name in table.actions:
        action = ACTIONS.get((table.name, name)) or ACTIONS.get(("*", name))
        if action is None or action.right.replace("*", table.rights_area) not in rights:
            continue
        tone = "red" if name in _RED else "neutral"
        described = {"name": name, "label": _(action.label), "tone": tone, "needs_selection": True}
        if name in _ICONS:
            described["icon"] = _ICONS[name]
        found.append(described)
    return found


def _href(spec: Column, rights: frozenset[str]) -> str:
    """Give where a link column's records live, when the person may look at them."""
    if not spec.link:
        return ""
    target = find_table(spec.link)
    return target.url if f"{target.rights_area}:view" in rights else ""


def _offered(table: Table, href: str, rights: frozenset[str]) -> bool:
    """Tell whether a link leads a person with these rights anywhere."""
    if href.endswith("/import"):
        return "orders:import" in rights
    return not href.endswith("/new") or abilities(table, rights)["create"]


def _plural(table: Table) -> str:
    title = table.title
    return title if title.startswith("QuickBooks") else title[:1].lower() + title[1:]

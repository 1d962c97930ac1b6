"""What the browser has to know about a grid before it asks for the first row."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from batchly_admin.grid import aging
from batchly_admin.grid.columns import Column, as_config
from batchly_admin.grid.filters.language import seen_related
from batchly_admin.grid.paste.look import may_create
from batchly_admin.grid.registry import table as find_table
from batchly_admin.grid.table import Table
from batchly_admin.services.actions import ACTIONS, BulkAction
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
        "plural": table.plural,
        "urls": urls(table),
        "columns": [_column(spec, rights, editable=can["edit"]) for spec in columns],
        "default_sort": list(table.default_sort),
        "search": list(table.search),
        "related": related(table, rights),
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
    if spec.kind == "date":
        found["ages"] = aging.words(spec)
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


def related(table: Table, rights: frozenset[str]) -> list[dict[str, str]]:
    """Give the tables of related rows that a person with these rights may filter by."""
    return [
        {"has": f"{name}.{column}", "label": find_table(name).title}
        for name, column in table.relatives
        if seen_related(f"{name}.{column}", rights)
    ]


def urls(table: Table) -> dict[str, str]:
    """Give the addresses of the table's endpoints; braces mark what the browser fills in."""
    url = table.url
    files = {"files": f"{url}/{{id}}/files", "remove_files": f"{url}/files/remove"}
    return {
        **(files if table.takes_files else {}),
        "window": f"{url}/window",
        "count": f"{url}/count",
        "summary": f"{url}/summary",
        "edge": f"{url}/edge",
        "find": f"{url}/find",
        "line": f"{url}/line",
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
    """Describe the bulk actions of a table that a person with these rights may use."""
    found = []
    for action in allowed_actions(table, rights):
        described = {
            "name": action.name,
            "label": _(action.label),
            "tone": tone_of(action),
            "needs_selection": True,
        }
        if action.name in _ICONS:
            described["icon"] = _ICONS[action.name]
        found.append(described)
    return found


def allowed_actions(table: Table, rights: frozenset[str]) -> list[BulkAction]:
    """Give the bulk actions of a table that a person with these rights may use."""
    offered = [ACTIONS[table.name, name] for name in table.actions]
    return [action for action in offered if action.right in rights]


def tone_of(action: BulkAction) -> str:
    """Give the color of an action's button: red for what takes something away."""
    return "red" if action.name in _RED else "neutral"


def _href(spec: Column, rights: frozenset[str]) -> str:
    """Give where a link column's records live, when the person may look at them."""
    if not spec.link:
        return ""
    target = find_table(spec.link)
    return target.url if target.is_open_to(rights) else ""


def _offered(table: Table, href: str, rights: frozenset[str]) -> bool:
    """Tell whether a link leads a person with these rights anywhere."""
    if href.endswith("/import"):
        return "orders:import" in rights
    return not href.endswith("/new") or abilities(table, rights)["create"]

"""Who may do what: rights are named `entity:verb`, a role is a set of rights, the rest is denied.

The verbs of a table are view, edit, create, delete and export; actions have verbs of their own.
"""

from __future__ import annotations

from collections.abc import Iterable

ROLES: dict[str, str] = {
    "admin": "Admin",
    "manager": "Manager",
    "office": "Office",
    "accountant": "Accountant",
    "worker": "Worker",
    "viewer": "Viewer",
}

WRITE = ("view", "edit", "create", "delete")
READ = ("view",)


def _rights(areas: dict[str, Iterable[str]]) -> frozenset[str]:
    return frozenset(f"{area}:{verb}" for area, verbs in areas.items() for verb in verbs)


_SALES = {"customers": WRITE, "communications": WRITE, "order_templates": WRITE}
_BILLING_READ = {
    "invoices": READ,
    "payments": READ,
    "credit_memos": READ,
    "refunds": READ,
    "number_gaps": READ,
}
_LISTS_READ = {
    "products": READ,
    "qb_items": READ,
    "taxes": READ,
    "payment_terms": READ,
    "payment_methods": READ,
}
_FLOOR_READ = {
    "jobs": READ,
    "work_centers": READ,
    "time_entries": READ,
    "quality_checks": READ,
    "inventory": READ,
    "attachments": READ,
}

_OFFICE = _rights(
    {
        **_SALES,
        **_LISTS_READ,
        **_BILLING_READ,
        **_FLOOR_READ,
        "home": READ,
        "orders": (*WRITE, "import", "approve", "create-jobs", "bulk-invoice", "cancel"),
        "price_overrides": READ,
        "jobs": ("view", "edit", "create", "cancel", "advance"),
        "invoices": ("view", "edit", "create", "delete", "issue", "sync"),
        "inventory": ("view", "edit"),
        "attachments": WRITE,
        "sync": ("view", "retry-own"),
        "saved_views": WRITE,
        "all": ("export", "history", "undo"),
    }
)

_MANAGER = _OFFICE | _rights(
    {
        "products": WRITE,
        "price_overrides": WRITE,
        "jobs": ("delete", "assign", "reopen"),
        "work_centers": WRITE,
        "time_entries": WRITE,
        "quality_checks": WRITE,
        "inventory": WRITE,
        "credit_memos": ("view", "edit", "create", "issue"),
        "payments": READ,
        "sync": ("view", "retry", "pull"),
        "quickbooks": ("view",),
        "field_mappings": READ,
        "sync_schedules": READ,
        "costs": READ,
        "reports": READ,
        "change_sets": READ,
    }
)

_ACCOUNTANT = _rights(
    {
        **_LISTS_READ,
        **_FLOOR_READ,
        "home": READ,
        "customers": WRITE,
        "communications": WRITE,
        "orders": READ,
        "order_templates": READ,
        "price_overrides": WRITE,
        "products": ("view", "edit"),
        "payment_terms": WRITE,
        "payment_methods": WRITE,
        "taxes": WRITE,
        "invoices": (*WRITE, "issue", "void", "sync"),
        "payments": (*WRITE, "cancel"),
        "refunds": (*WRITE, "cancel"),
        "credit_memos": (*WRITE, "issue", "void"),
        "number_gaps": ("view", "create"),
        "sync": ("view", "retry", "pull", "resolve"),
        "quickbooks": ("view", "map"),
        "field_mappings": WRITE,
        "costs": READ,
        "reports": READ,
        "change_sets": READ,
        "saved_views": WRITE,
        "attachments": WRITE,
        "all": ("export", "history", "undo"),
    }
)

_WORKER = _rights({"home": READ, "own_jobs": ("view", "advance"), "own_time": ("view", "edit")})

_VIEWER = _rights(
    {
        **_LISTS_READ,
        **_BILLING_READ,
        **_FLOOR_READ,
        "home": READ,
        "customers": READ,
        "communications": READ,
        "orders": READ,
        "order_templates": READ,
        "price_overrides": READ,
        "sync": READ,
        "reports": READ,
        "saved_views": READ,
        "all": ("history",),
    }
)

_ADMIN_ONLY = _rights(
    {
        "users": WRITE,
        "settings": WRITE,
        "organization": ("view", "edit"),
        "custom_fields": WRITE,
        "notifications": WRITE,
        "audit_events": READ,
        "quickbooks": ("view", "connect", "map", "pause"),
        "sync_schedules": WRITE,
        "webhook_events": READ,
        "webhook_refusals": READ,
        "counters": ("view", "edit"),
        "system": READ,
    }
)

GRANTS: dict[str, frozenset[str]] = {
    "admin": _MANAGER | _ACCOUNTANT | _ADMIN_ONLY,
    "manager": _MANAGER,
    "office": _OFFICE,
    "accountant": _ACCOUNTANT,
    "worker": _WORKER,
    "viewer": _VIEWER,
}


def granted(roles: Iterable[str]) -> frozenset[str]:
    """Give every right of a person with these roles; an unknown role grants nothing."""
    rights: frozenset[str] = frozenset()
    for role in roles:
        rights |= GRANTS.get(role, frozenset())
    return rights


def may(roles: Iterable[str], right: str) -> bool:
    """Tell whether a person with these roles has `right`; Batchly itself may do everything."""
    names = set(roles)
    return "system" in names or right in granted(names)

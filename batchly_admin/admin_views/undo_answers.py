"""What an undo says: what it took back, where its history is, and both values of what stayed."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from batchly_admin.admin_views import context, links
from batchly_admin.grid.registry import by_database_name
from batchly_admin.services import steps
from batchly_admin.services.undoing import UndoResult


def _nouns() -> dict[str, tuple[str, str]]:
    return {name: (table.singular, table.plural) for name, table in by_database_name().items()}


def account(change_set_id: UUID, summary: str | None) -> tuple[str, str | None]:
    """Say what a change set did, and give the page that tells its history."""
    words, table_name, row_id = steps.account(context.reader(), change_set_id, _nouns())
    what = summary if summary and not summary.startswith("Undo: ") else words
    if context.may("change_sets:view"):
        return what, f"/change-sets/{change_set_id}"
    table = by_database_name().get(table_name or "")
    return what, links.record_href(table, row_id)


def conflicts(found: UndoResult) -> list[dict[str, Any]]:
    """Give what stayed; values only of columns this person may see."""
    return [_conflict(one) for one in found.conflicts]


def _conflict(one: Any) -> dict[str, Any]:
    said: dict[str, Any] = {"label": one.label, "column": one.column, "reason": one.reason}
    table = by_database_name().get(one.table)
    if table is None or one.column is None:
        return said
    rights = context.person().rights
    spec = next((s for s in table.visible_columns(rights) if s.name == one.column), None)
    if spec is None or not table.is_open_to(rights):
        return {**said, "column": None}
    both = {"current": one.current, "wanted": one.wanted} if one.by else {}
    return {**said, "column": spec.label, "by": one.by, **both}

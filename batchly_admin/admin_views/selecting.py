"""What a person's request selects: their columns, their rights, the company's days."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from batchly_admin.admin_views import context
from batchly_admin.grid import filters
from batchly_admin.grid.table import Table
from batchly_admin.grid.view_state import Eyes


def selection_of(table: Table, search: str | None, text: str | None) -> filters.Selection:
    """Read the search and the filters of an address as this person may use them.

    Raises:
        InvalidInput: when they are malformed, or look at what the person may not see.
    """
    rights = context.person().rights
    return filters.selection_of(
        search,
        text,
        table.visible_columns(rights),
        rights=rights,
        zone=context.company().time_zone,
    )


def selection_of_object(table: Table, asked: Mapping[str, Any]) -> filters.Selection:
    """Read a bulk action's filter as this person may use it.

    Raises:
        InvalidInput: when it is malformed, or looks at what the person may not see.
    """
    rights = context.person().rights
    return filters.selection_of_object(
        asked, table.visible_columns(rights), rights=rights, zone=context.company().time_zone
    )


def eyes_of(table: Table) -> Eyes:
    """Give what this person sees of a table today."""
    rights = context.person().rights
    return Eyes(
        table,
        table.visible_columns(rights),
        rights,
        context.today(),
        context.company().time_zone,
    )

"""Filters and search as conditions: what a grid, a view, a bulk action and an export select.

The filter language is JSON, because it stands in addresses and in saved views. A filter is a list
of nodes that must all hold. A node is a condition or a group::

    {"column": "status", "operator": "is", "value": "pending"}
    {"column": "customer_id.email", "operator": "empty"}
    {"any": [node, ...]}        one of them holds
    {"all": [node, ...]}        all of them hold
    {"has": "invoices.customer_id", "where": [node, ...], "not": false}

* `column` is a column of the table, or one step through a link: `customer_id.email` is the e-mail
  of the order's customer. A row without the linked record has nothing there, as if it were empty.
* `has` names a table of which rows belong to a row here, and its column that says so (the pairs of
  `Table.relatives`): a row of it exists for which all of `where` holds; with `not` none does. The
  nodes in `where` are about that table.
* `operator` is one of those `columns.OPERATORS` lists for the column's kind. The negative ones
  (`is_not`, `not_in`, `not_contains`, `not_within`) also hold for empty cells.
* `value` is what a person would type. `between` takes two, `in` and `not_in` take a list.
* A day is `2026-11-21`, `11/21/2026`, `today`, `today-7`; a span of days (`within`) is a day or one
  of `spans.SPANS`: `this_week`, `last_month`, `last_30_days`... Before a span is before it begins,
  after it is after it ends. Days are the company's, also where a column holds moments: they begin
  and end at the company's midnight.

Nobody filters by what they may not see: not by a hidden column, nor by one behind a link or of a
related table.
"""

from batchly_admin.grid.filters.comparing import Conditions
from batchly_admin.grid.filters.conditions import conditions
from batchly_admin.grid.filters.language import (
    MAX_DEPTH,
    MAX_FILTERS,
    MAX_LISTED,
    MAX_TEXT,
    Selection,
    leaves,
    selection_of,
    selection_of_object,
)
from batchly_admin.grid.filters.links import joined, label_of, link_alias

__all__ = [
    "MAX_DEPTH",
    "MAX_FILTERS",
    "MAX_LISTED",
    "MAX_TEXT",
    "Conditions",
    "Selection",
    "conditions",
    "joined",
    "label_of",
    "leaves",
    "link_alias",
    "selection_of",
    "selection_of_object",
]

"""The opposite of a filter, for what `not` or a minus stands before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from batchly_admin.grid.filters.comparing import NEGATIVE
from batchly_admin.grid.filters.language import HAS

_OPPOSITE = {
    **NEGATIVE,
    **{positive: negative for negative, positive in NEGATIVE.items()},
    "empty": "not_empty",
    "not_empty": "empty",
}
_COMPLEMENT = {"gt": "lte", "gte": "lt", "lt": "gte", "lte": "gt"}
Node = Mapping[str, Any]


def opposite(nodes: Sequence[Node]) -> Node | None:
    """Give the filter that holds for all rows that these do not all hold for; None without one."""
    turned = [_turned(node) for node in nodes]
    if None in turned:
        return None
    found = [node for node in turned if node is not None]
    return found[0] if len(found) == 1 else {"any": found}


def _turned(node: Node) -> Node | None:
    if "all" in node:
        return opposite(node["all"])
    if "any" in node:
        turned = [_turned(one) for one in node["any"]]
        return None if None in turned else {"all": turned}
    return {**node, "not": not node.get("not", False)} if HAS in node else _unlike(node)


def _unlike(node: Node) -> Node | None:
    operator, value = node["operator"], node.get("value")
    if isinstance(value, bool):
        return {**node, "value": not value}
    if operator in _OPPOSITE:
        return {**node, "operator": _OPPOSITE[operator]}
    if operator not in _COMPLEMENT:
        return None
    # What holds nothing there is neither more nor less.
    empty = {"column": node["column"], "operator": "empty", "value": None}
    return {"any": [{**node, "operator": _COMPLEMENT[operator]}, empty]}

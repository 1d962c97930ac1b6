"""The names that stand in rows: accounts, customers, vendors, items; which stand below which."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from batchly_admin.qbo.simulator.reports.shape import (
    Amounts,
    Cell,
    Row,
    add,
    amounts,
    data,
    exact,
    section,
)

if TYPE_CHECKING:
    from batchly_admin.qbo.simulator.books.books import Books

LABELS = {
    **dict.fromkeys(("Customer", "Vendor", "Employee"), "DisplayName"),
    **dict.fromkeys(("Account", "Item", "Class", "Department", "TaxRate"), "Name"),
    "TaxAgency": "DisplayName",
    "Term": "Name",
}
"""Which field holds the name of a record of a kind."""


@dataclass(frozen=True, slots=True)
class Node:
    """Something with a name: what it stands below, its whole name, its type where it has one."""

    id: str
    name: str
    parent: str = ""
    full: str = ""
    type: str = ""
    subtype: str = ""


def known(books: Books, kind: str) -> dict[str, Node]:
    """Give all records of a kind by their ids, in the order of their names."""
    rows = books.store.sql(
        f"""SELECT "Id", json_extract(body, '$.{LABELS[kind]}'),
        json_extract(body, '$.ParentRef.value'), json_extract(body, '$.FullyQualifiedName'),
        json_extract(body, '$.AccountType'), json_extract(body, '$.AccountSubType')
        FROM "{kind}" """  # noqa: S608 - names of ours
    )
    nodes = [
        Node(str(key), name or "", above or "", full or name or "", one or "", other or "")
        for key, name, above, full, one, other in rows
    ]
    return {node.id: node for node in sorted(nodes, key=lambda node: node.full.casefold())}


class Tree:
    """Rows of names with amounts; what stands below something stands inside its section."""

    def __init__(
        self,
        nodes: Mapping[str, Node],
        values: Mapping[str, Amounts],
        width: int,
        show: Callable[..., Row] = data,
    ) -> None:
        self.nodes = nodes
        self.values = values
        self.width = width
        self.show = show
        self._below: dict[str, list[str]] = {}
        self._seen: set[str] = set()
        for key in values:
            self._place(key)

    def _place(self, key: str) -> None:
        """Put something below what it stands below, and that too, up to the top."""
        if key in self._seen:
            return
        self._seen.add(key)
        above = self.nodes[key].parent if key in self.nodes else ""
        above = above if above in self.nodes else ""
        self._below.setdefault(above, []).append(key)
        if above:
            self._place(above)

    def rows(self) -> tuple[list[Row], Amounts]:
        """Give the rows and their sum."""
        return self._rows(self._ordered(""))

    def _ordered(self, key: str) -> list[str]:
        order = {one: place for place, one in enumerate(self.nodes)}
        return sorted(self._below.get(key, ()), key=lambda one: order.get(one, -1))

    def _rows(self, keys: Iterable[str]) -> tuple[list[Row], Amounts]:
        found: list[Row] = []
        whole: Amounts = [None] * self.width
        for key in keys:
            row, amount = self._row(key)
            found.append(row)
            whole = add(whole, amount)
        return found, whole

    def _row(self, key: str) -> tuple[Row, Amounts]:
        node = self.nodes.get(key, Node(key, ""))
        label: Cell = (node.name, node.id)
        own = self.values.get(key, [None] * self.width)
        if key not in self._below:
            return self.show(label, *amounts(own)), own
        rows, below = self._rows(self._ordered(key))
        whole = add(own, below)
        summary = (f"Total {node.name}", *amounts(exact(whole)))
        return section((label, *amounts(own)), rows, summary), whole

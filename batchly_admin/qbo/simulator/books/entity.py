"""What an entity is: what it may hold, what can be done with it, and its own rules.

A file of `entities/` gives one entity: a `Spec`, which is data, in one of the classes here or in
a class of its own with what makes it different.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias

from batchly_admin.qbo.simulator.wire.fields import MOMENT, TEXT, TRUTH, Shape
from batchly_admin.qbo.simulator.wire.json_text import Fragment, loads

if TYPE_CHECKING:
    from batchly_admin.qbo.simulator.books.books import Books
    from batchly_admin.qbo.simulator.books.ledger import Posting
    from batchly_admin.qbo.simulator.books.links import Link

Record: TypeAlias = dict[str, Any]

LIST = frozenset({"create", "read", "update", "query", "deactivate"})
DOCUMENT = frozenset({"create", "read", "update", "delete", "query"})
COMMON_FILTERS = {"Id": TEXT, "MetaData.CreateTime": MOMENT, "MetaData.LastUpdatedTime": MOMENT}
ACCOUNT_TYPES: Mapping[str, tuple[str, ...]] = {
    "IncomeAccountRef": ("Income", "Other Income"),
    "AssetAccountRef": ("Other Current Asset",),
    "ExpenseAccountRef": ("Expense", "Cost of Goods Sold", "Other Expense"),
    "DepositToAccountRef": ("Bank", "Other Current Asset"),
    "APAccountRef": ("Accounts Payable",),
    "ARAccountRef": ("Accounts Receivable",),
}
"""Which types of accounts a reference of a name may lead to."""


@dataclass(frozen=True, slots=True)
class Spec:
    """What an entity may hold and what can be done with it.

    `operations` are those of the API; `filters` give for each property a query may ask for what it
    holds; `references` lead from a dotted field to the kind it names; entities of one `name_space`
    share their names; in a tree names stand below one another (Parent:Child). `gaps` says in plain
    words what the simulator leaves out.
    """

    kind: str
    shape: Shape = field(default_factory=dict)
    json_name: str = ""
    """What JSON calls it, where that is not its kind."""
    operations: frozenset[str] = LIST
    required: tuple[str, ...] = ()
    enums: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    references: Mapping[str, str] = field(default_factory=dict)
    filters: Mapping[str, str] = field(default_factory=dict)
    list_filters: Mapping[str, str] = field(default_factory=dict)
    """Properties inside a list of the record, which a query may ask for of one and the same entry.
    """
    unsortable: frozenset[str] = frozenset()
    name_field: str = ""
    name_space: str = ""
    is_tree: bool = False
    in_cdc: bool = True
    is_single: bool = False
    has_tokens: bool = True
    uncounted: tuple[str, ...] = ()
    """Ids that come along in every plain query, beyond its MAXRESULTS."""
    void_needs_include: bool = False
    """It is voided by an update with include=void only, not by an operation of its own."""
    not_in: frozenset[str] = frozenset()
    """The editions of QuickBooks that lack it."""
    gaps: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """Give the name under which an answer holds it."""
        return self.json_name or self.kind

    @property
    def path(self) -> str:
        """Give the entity's segment of the address."""
        return self.kind.lower()

    def columns(self) -> dict[str, str]:
        """Give every property a query may ask for, with what it holds."""
        return {**COMMON_FILTERS, **self.filters}


class Entity:
    """An entity with no rules of its own; of some a company has exactly one."""

    is_list = False

    def __init__(self, spec: Spec) -> None:
        self.spec = spec

    def received(self, sent: Any) -> Any:
        """Give what a client sent as the entity keeps it."""
        return sent

    def known_id(self, books: Books, fields: Record) -> str:
        """Give the id of the record that is meant where none was sent; empty for a new one."""
        return "1" if self.spec.is_single else ""

    def complete(self, books: Books, record: Record, before: Record | None) -> None:
        """Fill in what follows from other fields, before anything is checked.

        Raises:
            Fault: when there is nothing to fill it in from.
        """

    def prepare(
        self, books: Books, record: Record, before: Record | None, options: frozenset[str]
    ) -> None:
        """Check a record against the entity's rules and compute what QuickBooks computes.

        Raises:
            Fault: what QuickBooks would refuse.
        """

    def follow(self, books: Books, record: Record, before: Record | None) -> None:
        """Let a change have its consequences; a deleted record comes as an empty one."""

    def postings(self, books: Books, record: Record) -> Iterable[Posting]:
        """Give what a record puts on the accounts; together it is nothing."""
        return ()

    def links(self, books: Books, record: Record) -> Iterable[Link]:
        """Give what a record puts on other transactions."""
        return ()

    def linked_as(self, record: Record) -> str:
        """Give what a document calls a record that is linked to it."""
        return self.spec.kind

    def gone(self, before: Record) -> Record:
        """Give the answer to the deletion of a record."""
        return {"status": "Deleted", "domain": "QBO", "Id": before["Id"]}

    def shown(self, books: Books, record: Record, include: frozenset[str]) -> Record:
        """Give a record as an answer shows it."""
        return record

    def is_shown_as_kept(self, body: str, include: frozenset[str]) -> bool:
        """Tell whether answers show a record, given as JSON, just as it is kept."""
        return type(self).shown is Entity.shown

    def shown_text(self, books: Books, body: str, include: frozenset[str]) -> Any:
        """Give a record that is kept as JSON as an answer shows it, unread where that will do."""
        if self.is_shown_as_kept(body, include):
            return Fragment(body)
        return self.shown(books, loads(body), include)


class ListEntry(Entity):
    """An entry of a list: it has a name of its own and is deactivated, never deleted."""

    is_list = True

    def complete(self, books: Books, record: Record, before: Record | None) -> None:
        """Take an entry for active unless it says otherwise."""
        record.setdefault("Active", True)


def list_spec(
    kind: str, name_field: str = "Name", name_space: str | None = None, **given: Any
) -> Spec:
    """Give the spec of a list entry, which can be asked for by its name and by being active."""
    filters = {name_field: TEXT, "Active": TRUTH, **given.pop("filters", {})}
    required = given.pop("required", (name_field,))
    space = kind.lower() if name_space is None else name_space
    return Spec(
        kind,
        name_field=name_field,
        name_space=space,
        required=required,
        filters=filters,
        **given,
    )


def amounts_of(record: Record) -> Iterator[Record]:
    """Give the lines of a document that are its own, without the subtotal put in between."""
    return (one for one in record.get("Line", []) if one.get("DetailType") != "SubTotalLineDetail")

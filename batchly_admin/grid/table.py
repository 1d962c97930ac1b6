"""A table as people see it: its columns, its default order, its search, its rights."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Protocol

from batchly_admin.grid.columns import Column, complete, said
from batchly_admin.words import _


class Lock(Protocol):
    """Says why a row cannot be changed, or None when it can."""

    def __call__(self, row: Mapping[str, Any]) -> str | None:
        """Judge a row by the columns the table names in `lock_columns`."""
        ...


def never_locked(row: Mapping[str, Any]) -> str | None:  # noqa: ARG001 - it is a Lock
    """Let every row be changed."""
    return None


@dataclass(frozen=True)
class Empty:
    """What an empty grid says."""

    title: str
    hint: str = ""
    links: tuple[tuple[str, str], ...] = ()

    def said(self) -> Empty:
        """Give it in the language spoken."""
        links = tuple((_(label), href) for label, href in self.links)
        return Empty(_(self.title), _(self.hint), links)


@dataclass(frozen=True)
class QuickView:
    """A ready filter shown above the grid."""

    label: str
    filters: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True, slots=True)
class OnPaper:
    """What a record shows when it is printed; `below` are columns that stand under each line."""

    fields: tuple[str, ...]
    lines: tuple[str, ...]
    below: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Table:
    """Everything that makes a grid of a model.

    `name` is how links, filters and addresses know it, `area` names its rights.
    """

    name: str
    model: type[Any]
    title: str
    singular: str
    group: str
    icon: str
    declared: tuple[Column, ...]
    label_column: str
    default_sort: tuple[str, ...]
    search: tuple[str, ...]
    # What tells two records of one label apart, and what else a pasted text may name one by.
    detail: str = ""
    known_by: tuple[str, ...] = ()
    area: str = ""
    path: str = ""
    lock: Lock = never_locked
    lock_columns: tuple[str, ...] = ()
    read_only: bool = False
    can_create: bool = True
    can_delete: bool = True
    actions: tuple[str, ...] = ()
    links: tuple[tuple[str, str, str], ...] = ()
    views: tuple[QuickView, ...] = ()
    # More words that a typed filter line knows; `#` in them stands for a number.
    words: tuple[QuickView, ...] = ()
    empty: Empty | None = None
    # What a row is called that has no label.
    unnamed: str = "(no name)"
    in_menu: bool = True
    form_groups: tuple[tuple[str, tuple[str, ...]], ...] = ()
    # The grid that shows this record's lines, by the column that points here.
    lines: tuple[str, str] | None = None
    related: tuple[tuple[str, str], ...] = ()
    # Tables whose rows hang on the same record as this one, by the column that both have.
    beside: tuple[tuple[str, str], ...] = ()
    paper: OnPaper | None = None
    facts: tuple[str, ...] = field(default=())

    def __post_init__(self) -> None:
        """Close what is only looked at to everything else."""
        if self.read_only:
            object.__setattr__(self, "can_create", False)
            object.__setattr__(self, "can_delete", False)

    @cached_property
    def columns(self) -> tuple[Column, ...]:
        """Give the column specs, filled from the model."""
        return tuple(complete(self.model, declared) for declared in self.declared)

    @cached_property
    def by_name(self) -> dict[str, Column]:
        """Give the column specs by name."""
        return {spec.name: spec for spec in self.columns}

    @cached_property
    def takes_files(self) -> bool:
        """Tell whether records of this table have files."""
        return any(spec.kind == "files" for spec in self.columns)

    @property
    def relatives(self) -> tuple[tuple[str, str], ...]:
        """Give the tables whose rows belong to a row here, each with the column that says so."""
        return (*((self.lines,) if self.lines else ()), *self.related)

    @property
    def url(self) -> str:
        """Give the path of the grid's page."""
        return self.path or f"/{self.name.replace('_', '-')}"

    @property
    def plural(self) -> str:
        """Give the title as it stands within a sentence."""
        title = self.title
        return title if title.startswith("QuickBooks") else title[:1].lower() + title[1:]

    @property
    def heading(self) -> str:
        """Give the name of one record as it begins a sentence."""
        return self.singular[:1].upper() + self.singular[1:]

    @property
    def rights_area(self) -> str:
        """Give the area whose rights guard this table."""
        return self.area or self.name

    def is_open_to(self, rights: frozenset[str]) -> bool:
        """Tell whether a person with these rights may look at this table and its records."""
        return f"{self.rights_area}:view" in rights

    @property
    def table_name(self) -> str:
        """Give the database's name of the table."""
        return str(self.model.__tablename__)

    def said(self) -> Table:
        """Give the table as it is called in the language spoken, with everything that is its."""
        return replace(
            self,
            title=_(self.title),
            singular=_(self.singular),
            unnamed=_(self.unnamed),
            declared=tuple(said(spec) for spec in self.columns),
            links=tuple((_(label), href, icon) for label, href, icon in self.links),
            views=tuple(replace(view, label=_(view.label)) for view in self.views),
            empty=self.empty and self.empty.said(),
            form_groups=tuple((_(title), names) for title, names in self.form_groups),
        )

    def visible_columns(self, rights: frozenset[str]) -> tuple[Column, ...]:
        """Give the columns a person with these rights may see."""
        found = self._visible.get(rights)
        if found is None:
            found = tuple(spec for spec in self.columns if not spec.right or spec.right in rights)
            self._visible[rights] = found
        return found

    @cached_property
    def _visible(self) -> dict[frozenset[str], tuple[Column, ...]]:
        # Every request asks several times, and there are few sets of rights.
        return {}

"""What a link cell can point to: the options of its list."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from batchly_admin.errors import NotAllowed, NotFound
from batchly_admin.grid import matching, selects
from batchly_admin.grid.columns import Column
from batchly_admin.grid.registry import table as find_table
from batchly_admin.grid.table import Table
from batchly_admin.grid.values import is_storable
from batchly_admin.models.any_case import any_case

MAX_OPTIONS = 50


def options(
    session: Session,
    table: Table,
    column: str,
    text: str = "",
    limit: int = 20,
    *,
    rights: frozenset[str] | None = None,
) -> list[dict[str, Any]]:
    """Give the records a link column can point to: those that begin with `text` come first.

    Of a table that a person with these `rights` may not see they get names only, and only when they
    may fill the column; without rights it is Batchly itself that looks.

    Raises:
        NotFound: when the table has no such link column, or the person does not see it.
        NotAllowed: when the list is none of the person's business.
    """
    target = target_of(table, column)
    names_only = rights is not None and not target.is_open_to(rights)
    if rights is not None:
        _check_rights(table, table.by_name[column], rights, names_only=names_only)
    source = target.model.__table__
    label = source.c[target.label_column]
    detail, more = (sa.null(), sa.null()) if names_only else details_of(target)
    statement = sa.select(source.c.id, label, detail, more)
    if "is_active" in source.c:
        statement = statement.where(source.c.is_active)
    text = text.strip()
    if text:
        if not is_storable(text):
            return []
        codes = () if names_only else target.known_by
        searched = (label, *(source.c[name] for name in codes))
        found = [matching.contains(part, text) for part in searched]
        begins = sa.case((matching.starts_with(label, text), 0), else_=1)
        ordered = (begins, any_case(label), source.c.id)
        statement = statement.where(sa.or_(*found)).order_by(*ordered)
    else:
        order, joins = selects.order_of(target, target.default_sort)
        statement = statement.select_from(selects.joined(target, joins)).order_by(*order)
    statement = statement.limit(max(1, min(limit, MAX_OPTIONS)))
    return [
        {"id": key, "label": str(name), "detail": _words(told), "more": _words(further)}
        for key, name, told, further in session.connection().execute(statement)
    ]


def details_of(target: Table) -> tuple[Any, Any]:
    """Give the two columns beside the label that tell a record from others of its name."""
    source = target.model.__table__
    names = [target.detail] if target.detail else []
    names += [name for name in target.known_by if name not in (*names, target.label_column)]
    first, second, *_rest = [*(source.c[name] for name in names), sa.null(), sa.null()]
    return first, second


def _words(value: Any) -> str:
    return "" if value is None else str(value)


def _check_rights(table: Table, spec: Column, rights: frozenset[str], *, names_only: bool) -> None:
    if spec.right and spec.right not in rights:
        msg = f"{table.title} have no list to choose {spec.name} from."
        raise NotFound(msg)
    writes = {f"{table.rights_area}:edit", f"{table.rights_area}:create"} & rights
    if names_only and (table.read_only or not spec.editable or not writes):
        raise NotAllowed


def target_of(table: Table, column: str) -> Table:
    """Give the table a link column points to.

    Raises:
        NotFound: when the table has no such link column.
    """
    spec = table.by_name.get(column)
    if spec is None or not spec.link:
        msg = f"{table.title} have no list to choose {column} from."
        raise NotFound(msg)
    return find_table(spec.link)

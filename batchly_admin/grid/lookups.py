"""What a link cell can point to: the options of its list, and the record a pasted text names."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from batchly_admin.errors import NotAllowed, NotFound
from batchly_admin.grid import matching, selects
from batchly_admin.grid.columns import Column
from batchly_admin.grid.registry import table as find_table
from batchly_admin.grid.table import Table
from batchly_admin.grid.values import is_storable
from batchly_admin.ids import parse_id

MAX_OPTIONS = 50
CHUNK = 500


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
        statement = statement.where(sa.or_(*found)).order_by(begins, label, source.c.id)
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


def resolve_labels(
    session: Session, table: Table, column: str, texts: Iterable[str]
) -> dict[str, UUID | str]:
    """Give the id that each text names, or the words that say why it names none.

    A text names a record by its id, its label or a code of its own (an account number, an SKU, an
    e-mail address); upper and lower case do not matter unless they tell two records apart.

    Raises:
        NotFound: when the table has no such link column.
    """
    target = target_of(table, column)
    wanted = list(dict.fromkeys(texts))
    found: dict[str, UUID | str] = {}
    for start in range(0, len(wanted), CHUNK):
        found |= _resolve_chunk(
            session, target, table.by_name[column], wanted[start : start + CHUNK]
        )
    return found


def _resolve_chunk(
    session: Session, target: Table, spec: Column, texts: Sequence[str]
) -> dict[str, UUID | str]:
    names = (target.label_column, *target.known_by)
    by_text = _named_rows(session, target, names, [text for text in texts if is_storable(text)])
    return {text: _verdict(target, spec, text, by_text) for text in texts}


def _named_rows(
    session: Session, target: Table, names: Sequence[str], texts: Sequence[str]
) -> Mapping[tuple[int, str], dict[UUID, bool]]:
    """Give the rows each text may mean, with whether they are active, best kind of match first.

    The kinds: 0 the id, 1 the very label, 2 the label in other letters, 3 a code.
    """
    source = target.model.__table__
    active = source.c.is_active if "is_active" in source.c else sa.true()
    trimmed = [text.strip() for text in texts]
    lowered = [text.lower() for text in trimmed]
    ids = [known for text in trimmed if (known := parse_id(text))]
    conditions: list[Any] = [source.c.id.in_(ids)] if ids else []
    for name in names:
        conditions += [source.c[name].in_(trimmed), sa.func.lower(source.c[name]).in_(lowered)]
    statement = sa.select(source.c.id, active, *(source.c[name] for name in names))
    matches: dict[tuple[int, str], dict[UUID, bool]] = defaultdict(dict)
    for key, is_active, *values in session.connection().execute(
        statement.where(sa.or_(sa.false(), *conditions))
    ):
        matches[0, str(key)][key] = bool(is_active)
        for position, value in enumerate(values):
            if value is None:
                continue
            if position == 0:
                matches[1, str(value)][key] = bool(is_active)
            matches[2 if position == 0 else 3, str(value).casefold()][key] = bool(is_active)
    return matches


def _verdict(
    target: Table, spec: Column, text: str, matches: Mapping[tuple[int, str], dict[UUID, bool]]
) -> UUID | str:
    trimmed = text.strip()
    known = parse_id(trimmed)
    if known is not None and matches.get((0, str(known))):
        return known
    folded = trimmed.casefold()
    for kind, word in ((1, trimmed), (2, folded), (3, folded)):
        rows = matches.get((kind, word), {})
        active = [key for key, is_active in rows.items() if is_active]
        if len(active) == 1:
            return active[0]
        if active:
            return (
                f"{len(active)} {target.title.lower()} go by {trimmed}; choose one from the list."
            )
        if rows:
            return f"{trimmed} is not active any more."
    return f"There is no {target.singular} {trimmed}." if trimmed else f"{spec.label} is needed."

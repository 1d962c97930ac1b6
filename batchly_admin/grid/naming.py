"""The records that texts name, in cells and in pastes: many texts in one query.

A text names a record by its id, its very label, a code of its own (account number, SKU, e-mail
address), or one of these in other letters, in this order. Two records of one name are never chosen
between here: that is the person's to say.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import orjson
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Session

from batchly_admin.grid.lookups import details_of, target_of
from batchly_admin.grid.table import Table
from batchly_admin.grid.values import is_storable
from batchly_admin.ids import parse_id
from batchly_admin.models.any_case import folded, forms

LABEL, CODE, LABEL_FOLDED, CODE_FOLDED = range(4)
CHUNK = 500


@dataclass(frozen=True, slots=True)
class Option:
    """A record a name may stand for; `detail` tells it from others of the same label."""

    id: UUID
    label: str
    detail: str
    active: bool = True


@dataclass(frozen=True, slots=True)
class Unclear:
    """A name that stands for no single record: why, and which ones it may mean."""

    text: str
    reason: str
    options: tuple[Option, ...] = ()
    missing: bool = False


Matches = Mapping[tuple[int, str], Mapping[UUID, Option]]


def ids_of(
    session: Session, table: Table, column: str, texts: Iterable[str]
) -> dict[str, UUID | str]:
    """Give the id that each text of a link column names, or why it names none.

    Raises:
        NotFound: when the table has no such link column.
    """
    target, wanted = target_of(table, column), list(texts)
    clear, unclear = named(session, target, wanted)
    found: dict[str, UUID | str] = {}
    for text in wanted:
        word = text.strip()
        if word in clear:
            found[text] = clear[word].id
        elif not word:
            found[text] = f"{table.by_name[column].label} is needed."
        elif unclear[word].options:
            found[text] = f"{unclear[word].reason[:-1]}; choose one from the list."
        else:
            found[text] = unclear[word].reason
    return found


def named(
    session: Session, target: Table, texts: Iterable[str], *, names_only: bool = False
) -> tuple[dict[str, Option], dict[str, Unclear]]:
    """Give the record each text names, and what is unclear about the others.

    `names_only` is for those who may not look at the table: they get to know no more than names.
    """
    wanted = list(dict.fromkeys(text.strip() for text in texts if text.strip()))
    clear = _by_id(session, target, wanted, names_only=names_only)
    others = [text for text in wanted if text not in clear]
    storable = [text for text in others if is_storable(text)]
    found = _matches(session, target, storable, names_only=names_only)
    unclear: dict[str, Unclear] = {}
    for text in others:
        verdict = _verdict(target, text, found)
        if isinstance(verdict, Option):
            clear[text] = verdict
        else:
            unclear[text] = verdict
    return clear, unclear


def _by_id(
    session: Session, target: Table, texts: Sequence[str], *, names_only: bool
) -> dict[str, Option]:
    """Give the records that texts name by their ids: the way of cells that were copied whole."""
    ids = {text: known for text in texts if (known := parse_id(text))}
    keys = list(dict.fromkeys(ids.values()))
    statement = options_of(target, names_only=names_only)
    there: dict[UUID, Option] = {}
    for begin in range(0, len(keys), CHUNK):
        chunk = target.model.__table__.c.id.in_(keys[begin : begin + CHUNK])
        for row in session.connection().execute(statement.where(chunk)):
            there[row[0]] = option_of(*row)
    return {text: there[key] for text, key in ids.items() if key in there}


def _matches(session: Session, target: Table, texts: Sequence[str], *, names_only: bool) -> Matches:
    if not texts:
        return {}
    source = target.model.__table__
    names = (target.label_column, *(() if names_only else target.known_by))
    searched = [source.c[name] for name in names if isinstance(source.c[name].type, sa.String)]
    conditions = [_is_one_of(session, column, texts) for column in searched]
    statement = options_of(target, *(source.c[name] for name in names), names_only=names_only)
    found: dict[tuple[int, str], dict[UUID, Option]] = defaultdict(dict)
    for key, label, detail, more, active, *parts in session.connection().execute(
        statement.where(sa.or_(sa.false(), *conditions))
    ):
        option = option_of(key, label, detail, more, active)
        for place, part in enumerate(parts):
            if part is not None:
                word = str(part).strip()
                found[CODE if place else LABEL, word][key] = option
                found[CODE_FOLDED if place else LABEL_FOLDED, word.casefold()][key] = option
    return found


def _is_one_of(session: Session, column: Any, texts: Sequence[str]) -> Any:
    """Tell few texts one by one, as an index answers them best; many are one parameter."""
    given: Any = forms(texts)
    return folded(column).in_(_listed(session, given) if len(texts) > CHUNK else given)


def _listed(session: Session, texts: Sequence[str]) -> Any:
    """Give the texts as a subquery with one parameter, however many they are."""
    given = orjson.dumps(list(texts)).decode()
    if session.get_bind().dialect.name == "postgresql":
        listed = sa.func.jsonb_array_elements_text(
            sa.cast(sa.literal(given, sa.Text), JSONB)
        ).table_valued("value")
    else:
        listed = sa.func.json_each(sa.literal(given, sa.Text)).table_valued("value")
    return sa.select(listed.c.value)


def options_of(target: Table, *parts: Any, names_only: bool) -> sa.Select[Any]:
    """Give the statement of options: what `option_of` reads, then more columns."""
    source = target.model.__table__
    detail, more = (sa.null(), sa.null()) if names_only else details_of(target)
    active = source.c.is_active if "is_active" in source.c else sa.true()
    return sa.select(source.c.id, source.c[target.label_column], detail, more, active, *parts)


def option_of(key: UUID, label: Any, detail: Any, more: Any, active: Any) -> Option:
    """Give one row of such a statement as an option."""
    told = " · ".join(str(part) for part in (detail, more) if part not in (None, ""))
    return Option(key, "" if label is None else str(label), told, bool(active))


def _verdict(target: Table, text: str, found: Matches) -> Option | Unclear:
    other_case = text.casefold()
    idle = False
    for kind, word in (
        (LABEL, text),
        (CODE, text),
        (LABEL_FOLDED, other_case),
        (CODE_FOLDED, other_case),
    ):
        rows = found.get((kind, word), {})
        active = sorted((one for one in rows.values() if one.active), key=_by_look)
        if len(active) == 1:
            return active[0]
        if active:
            words = f"{len(active)} {target.plural} go by {text}."
            return Unclear(text, words, tuple(active))
        idle = idle or bool(rows)
    if idle:
        return Unclear(text, f"{text} is not active any more.")
    return Unclear(text, f"There is no {target.singular} {text}.", missing=True)


def _by_look(option: Option) -> tuple[str, str, str]:
    return option.label, option.detail, str(option.id)

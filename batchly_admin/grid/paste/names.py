"""The records that pasted names stand for: all names of a column in one query.

A text names a record by its id, its very label, a code of its own (account number, SKU, e-mail
address), or one of these in other letters, in this order. Two records of one name are never chosen
between here: that is the person's to say.
"""

from __future__ import annotations

import string
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any
from uuid import UUID

import orjson
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Session

from batchly_admin.grid import lookups, matching
from batchly_admin.grid.table import Table
from batchly_admin.grid.values import is_storable
from batchly_admin.ids import parse_id

ID, LABEL, CODE, LABEL_FOLDED, CODE_FOLDED = range(5)
NEAR_TEXTS, NEAR_ROWS, NEAR_EACH = 60, 2_000, 4
ALIKE = 0.72
_LOWER_ASCII = str.maketrans(string.ascii_uppercase, string.ascii_lowercase)


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


def resolve(
    session: Session, target: Table, texts: Sequence[str], *, names_only: bool = False
) -> tuple[dict[str, Option], dict[str, Unclear]]:
    """Give the record each text names, and what is unclear about the others.

    `names_only` is for those who may not look at the table: they get to know no more than names.
    """
    wanted = list(dict.fromkeys(text.strip() for text in texts if text.strip()))
    storable = [text for text in wanted if is_storable(text)]
    found = _matches(session, target, storable, names_only=names_only)
    clear: dict[str, Option] = {}
    unclear: dict[str, Unclear] = {}
    for text in wanted:
        verdict = _verdict(target, text, found)
        if isinstance(verdict, Option):
            clear[text] = verdict
        else:
            unclear[text] = verdict
    missing = [one.text for one in unclear.values() if one.missing]
    near = _near(session, target, missing[:NEAR_TEXTS], names_only=names_only)
    for text, options in near.items():
        unclear[text] = Unclear(text, unclear[text].reason, options, missing=True)
    return clear, unclear


def _matches(session: Session, target: Table, texts: Sequence[str], *, names_only: bool) -> Matches:
    if not texts:
        return {}
    source = target.model.__table__
    names = (target.label_column, *(() if names_only else target.known_by))
    exact = _listed(session, texts)
    folded = _listed(session, [one for text in texts for one in _foldings(text)])
    ids = [known for text in texts if (known := parse_id(text))]
    conditions: list[Any] = [source.c.id.in_(ids)] if ids else []
    for name in names:
        part = source.c[name]
        if isinstance(part.type, sa.String):
            conditions += [part.in_(exact), sa.func.lower(part).in_(folded)]
    statement = _options(target, *(source.c[name] for name in names), names_only=names_only)
    found: dict[tuple[int, str], dict[UUID, Option]] = defaultdict(dict)
    for key, label, detail, more, active, *parts in session.connection().execute(
        statement.where(sa.or_(sa.false(), *conditions))
    ):
        option = _option(key, label, detail, more, active)
        found[ID, str(key)][key] = option
        for place, part in enumerate(parts):
            if part is not None:
                word = str(part).strip()
                found[CODE if place else LABEL, word][key] = option
                found[CODE_FOLDED if place else LABEL_FOLDED, word.casefold()][key] = option
    return found


def _listed(session: Session, texts: Sequence[str]) -> Any:
    """Give the texts as a subquery with one parameter, however many they are."""
    given = orjson.dumps(list(dict.fromkeys(texts))).decode()
    if session.get_bind().dialect.name == "postgresql":
        listed = sa.func.jsonb_array_elements_text(
            sa.cast(sa.literal(given, sa.Text), JSONB)
        ).table_valued("value")
    else:
        listed = sa.func.json_each(sa.literal(given, sa.Text)).table_valued("value")
    return sa.select(listed.c.value)


def _foldings(text: str) -> set[str]:
    # SQLite lowers ASCII letters only.
    return {text.lower(), text.translate(_LOWER_ASCII)}


def _options(target: Table, *parts: Any, names_only: bool) -> sa.Select[Any]:
    source = target.model.__table__
    detail, more = (sa.null(), sa.null()) if names_only else lookups.details_of(target)
    active = source.c.is_active if "is_active" in source.c else sa.true()
    return sa.select(source.c.id, source.c[target.label_column], detail, more, active, *parts)


def _option(key: UUID, label: Any, detail: Any, more: Any, active: Any) -> Option:
    told = " · ".join(str(part) for part in (detail, more) if part not in (None, ""))
    return Option(key, "" if label is None else str(label), told, bool(active))


def _verdict(target: Table, text: str, found: Matches) -> Option | Unclear:
    known = parse_id(text)
    if known is not None and (given := found.get((ID, str(known)))):
        return given[known]
    folded = text.casefold()
    idle = False
    for kind, word in (
        (LABEL, text),
        (CODE, text),
        (LABEL_FOLDED, folded),
        (CODE_FOLDED, folded),
    ):
        rows = found.get((kind, word), {})
        active = sorted((one for one in rows.values() if one.active), key=_by_look)
        if len(active) == 1:
            return active[0]
        if active:
            words = f"{len(active)} {target.title.lower()} go by {text}."
            return Unclear(text, words, tuple(active))
        idle = idle or bool(rows)
    if idle:
        return Unclear(text, f"{text} is not active any more.")
    return Unclear(text, f"There is no {target.singular} {text}.", missing=True)


def _by_look(option: Option) -> tuple[str, str, str]:
    return option.label, option.detail, str(option.id)


def _near(
    session: Session, target: Table, texts: Sequence[str], *, names_only: bool
) -> dict[str, tuple[Option, ...]]:
    """Give the records whose labels look like each text, the likest first: one query for all."""
    storable = [text for text in texts if is_storable(text)]
    if not storable:
        return {}
    label = target.model.__table__.c[target.label_column]
    if not isinstance(label.type, sa.String):
        return {}
    begins = {text[:3] for text in storable}
    words = {word for text in storable for word in text.split() if len(word) > 3}
    conditions = [matching.starts_with(label, part) for part in sorted(begins)]
    conditions += [matching.contains(label, word) for word in sorted(words)[: 2 * NEAR_TEXTS]]
    rows = session.connection().execute(
        _options(target, names_only=names_only)
        .where(sa.or_(*conditions))
        .order_by(label)
        .limit(NEAR_ROWS)
    )
    known = [option for row in rows if (option := _option(*row)).active]
    return {text: _likest(text, known) for text in storable}


def _likest(text: str, known: Sequence[Option]) -> tuple[Option, ...]:
    folded = text.casefold()
    scored = []
    matcher = SequenceMatcher(autojunk=False)
    matcher.set_seq2(folded)
    for option in known:
        label = option.label.casefold()
        matcher.set_seq1(label)
        within = min(len(label), len(folded)) > 2 and (label in folded or folded in label)
        if within or (matcher.quick_ratio() >= ALIKE and matcher.ratio() >= ALIKE):
            scored.append((matcher.ratio(), option))
    scored.sort(key=lambda one: (-one[0], one[1].label))
    return tuple(option for _score, option in scored[:NEAR_EACH])

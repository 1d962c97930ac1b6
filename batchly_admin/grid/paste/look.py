"""What a paste would do, before it does anything: each text read, each question listed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from batchly_admin.errors import InvalidInput, NotAllowed
from batchly_admin.grid.columns import Column, why_fixed
from batchly_admin.grid.lookups import target_of
from batchly_admin.grid.paste import columns, names
from batchly_admin.grid.paste.columns import WAITS, Meant
from batchly_admin.grid.table import Table

MAX_TEXTS = 120_000
Memory = Mapping[tuple[str, str], str]


@dataclass(frozen=True, slots=True)
class Person:
    """Who pastes, when and where: rights, what was answered before, the day, the time zone."""

    rights: frozenset[str]
    today: date
    zone: str = "UTC"
    memory: Memory = field(default_factory=dict)


def texts_of(body: Mapping[str, Any]) -> dict[str, list[str]]:
    """Give the texts of each pasted column.

    Raises:
        InvalidInput: when the body is not of the documented form or too large.
    """
    given = body.get("columns")
    if not isinstance(given, Mapping):
        msg = "A paste names its columns and the texts of each."
        raise InvalidInput(msg, field="columns")
    for name, texts in given.items():
        if not isinstance(texts, list) or not all(isinstance(text, str) for text in texts):
            msg = "The texts of a column are a list of texts."
            raise InvalidInput(msg, field=str(name))
    if sum(len(texts) for texts in given.values()) > MAX_TEXTS:
        msg = f"At most {MAX_TEXTS:,} cells are pasted at once."
        raise InvalidInput(msg, field="columns")
    return {str(name): list(texts) for name, texts in given.items()}


def answers_of(table: Table, rights: frozenset[str], body: Mapping[str, Any]) -> dict[str, str]:
    """Give the answers to earlier questions, by column.

    Raises:
        InvalidInput: when one is no answer to anything.
    """
    given = body.get("answers") or {}
    seen = {spec.name: spec for spec in table.visible_columns(rights)}
    if not isinstance(given, Mapping):
        msg = "The answers name a reading for each column."
        raise InvalidInput(msg, field="answers")
    for name, reading in given.items():
        kind = columns.kind_of(seen[name]) if name in seen else None
        if kind is None or reading not in columns.READINGS[kind]:
            msg = "That is no way to read this column."
            raise InvalidInput(msg, field=str(name))
    return {str(name): str(reading) for name, reading in given.items()}


def look(session: Session, table: Table, body: Mapping[str, Any], person: Person) -> dict[str, Any]:
    """Read a paste: the meaning of every text, the questions and the names to be settled.

    Raises:
        NotAllowed: when the person may neither change nor make rows of this table.
        InvalidInput: when the body is not of the documented form or too large.
    """
    area, rights = table.rights_area, person.rights
    if table.read_only or not {f"{area}:edit", f"{area}:create"} & rights:
        msg = f"You cannot change {table.plural} here."
        raise NotAllowed(msg)
    given, answers = texts_of(body), answers_of(table, rights, body)
    plain = body.get("plain") is True
    seen = {spec.name: spec for spec in table.visible_columns(rights)}
    answer: dict[str, Any] = {"columns": {}, "questions": [], "names": []}
    for name, texts in given.items():
        spec = seen.get(name)
        if spec is None or not spec.editable:
            reason = why_fixed(spec) if spec else "This column cannot be changed here."
            meant = [Meant(reason=reason)] * len(texts)
        elif spec.link:
            meant, unclear = _links(session, table, rights, spec, texts)
            answer["names"] += unclear
        else:
            kind = columns.kind_of(spec)
            meant, question = columns.read(
                spec,
                texts,
                answer=answers.get(name) or (_PLAIN.get(str(kind)) if plain else None),
                remembered=person.memory.get((name, str(kind))),
                check=columns.checker(spec, person.today, person.zone),
            )
            if question is not None and not plain:
                answer["questions"].append({**asdict(question), "label": spec.label})
        answer["columns"][name] = [_compact(one) for one in meant]
    return answer


_PLAIN = {columns.MARK: ".", columns.ORDER: "ymd"}
"""How Batchly itself writes what is copied out of its grids."""


def _links(
    session: Session, table: Table, rights: frozenset[str], spec: Column, texts: Sequence[str]
) -> tuple[list[Meant], list[dict[str, Any]]]:
    target = target_of(table, spec.name)
    hidden = not target.is_open_to(rights)
    clear, unclear = names.resolve(session, target, texts, names_only=hidden)
    makes = may_create(target, rights)
    check = columns.checker(spec, date.min, "UTC")
    meant = []
    for text in texts:
        word = text.strip()
        if not word:
            meant.append(columns.read(spec, [""], check=check)[0][0])
        elif word in clear:
            meant.append(Meant(text=str(clear[word].id)))
        else:
            meant.append(WAITS)
    listed = [
        {
            "column": spec.name,
            "label": spec.label,
            "text": one.text,
            "reason": one.reason,
            "options": [asdict(option) for option in one.options],
            "create": target.singular if one.missing and makes else None,
        }
        for one in unclear.values()
    ]
    return meant, listed


def may_create(target: Table, rights: frozenset[str]) -> bool:
    """Tell whether a name alone makes a record of a table, and the person may make one."""
    label = target.by_name.get(target.label_column)
    needed = {spec.name for spec in target.columns if spec.required and spec.editable}
    return (
        not target.read_only
        and target.can_create
        and f"{target.rights_area}:create" in rights
        and label is not None
        and label.editable
        and needed <= {label.name}
    )


def _compact(meant: Meant) -> list[str | int]:
    """Give one text's meaning as the browser reads it: 0 and the text, 1 and the reason, 2."""
    if meant.text is not None:
        return [0, meant.text]
    return [1, meant.reason] if meant.reason is not None else [2]

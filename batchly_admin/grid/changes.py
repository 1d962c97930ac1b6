"""A batch of edited cells and new rows, from the browser's text to values a service can write.

Nothing here judges the state of a row: whether it is locked, was changed by somebody else or may
take the value is the service's to say. What is refused here could never be written at all.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from batchly_admin.errors import InvalidInput, NotAllowed
from batchly_admin.grid import values
from batchly_admin.grid.columns import Column, why_fixed
from batchly_admin.grid.naming import ids_of
from batchly_admin.grid.table import Table
from batchly_admin.ids import parse_id

MAX_CHANGES = 10_000
MAX_CREATES = 1_000
MAX_KEY = 100


@dataclass(frozen=True, slots=True)
class Edit:
    """One cell to change: what the person saw in it and the value it shall hold."""

    position: int
    row_id: UUID
    spec: Column
    seen: Any
    value: Any

    def agrees(self, stored: Any) -> bool:
        """Tell whether the cell still holds what the person saw."""
        return values.seen_matches(self.spec, self.seen, stored)


@dataclass(frozen=True, slots=True)
class NewRow:
    """One row to make; `refusals` says why it cannot be made."""

    key: str
    values: Mapping[str, Any]
    refusals: tuple[tuple[str, str], ...] = ()


@dataclass(slots=True)
class Plan:
    """What a request asks for: cells to write, cells refused by their position, rows to make."""

    count: int = 0
    edits: list[Edit] = field(default_factory=list)
    refused: dict[int, str] = field(default_factory=dict)
    creates: list[NewRow] = field(default_factory=list)


def plan_changes(  # noqa: PLR0913 - who writes what where, and how it is read
    session: Session,
    table: Table,
    rights: frozenset[str],
    body: Mapping[str, Any],
    *,
    today: date,
    zone: str = "UTC",
    completed: bool = False,
) -> Plan:
    """Read the body of a change request; `completed` rows are filled up by their service.

    Raises:
        NotAllowed: when the person may not edit, or not create, rows of this table at all.
        InvalidInput: when the body is not of the documented form or asks for too much at once.
    """
    asked = objects(body, "changes", MAX_CHANGES)
    creates = objects(body, "creates", MAX_CREATES)
    _need(table, rights, "edit", asked)
    _need(table, rights, "create", creates)
    editable = {spec.name: spec for spec in table.visible_columns(rights) if spec.editable}
    reader = _Reader(session, table, editable, today, zone)
    reader.learn_links(
        [(str(one.get("column")), one.get("text")) for one in asked]
        + [pair for one in creates for pair in _values_of(one).items()]
    )
    plan = Plan(count=len(asked))
    for position, one in enumerate(asked):
        try:
            plan.edits.append(_edit(reader, position, one))
        except InvalidInput as refused:
            plan.refused[position] = refused.message
    plan.creates = [_new_row(reader, table, one, completed=completed) for one in creates]
    return plan


def parse_value(
    session: Session, table: Table, spec: Column, text: Any, *, today: date, zone: str = "UTC"
) -> Any:
    """Turn the text of one cell or form field into the column's value.

    Raises:
        InvalidInput: with the words to show beside it.
    """
    reader = _Reader(session, table, {spec.name: spec}, today, zone)
    reader.learn_links([(spec.name, text)])
    return reader.value(spec, text)


def objects(body: Mapping[str, Any], name: str, most: int) -> list[Mapping[str, Any]]:
    """Give a list of objects that a request carries.

    Raises:
        InvalidInput: when it is none, or too long.
    """
    found = body.get(name) or []
    if not isinstance(found, list) or not all(isinstance(one, Mapping) for one in found):
        msg = f"The {name} are a list of objects."
        raise InvalidInput(msg, field=name)
    if len(found) > most:
        msg = f"At most {most:,} {name} at once; this request has {len(found):,}."
        raise InvalidInput(msg, field=name)
    return found


def _need(table: Table, rights: frozenset[str], verb: str, asked: Sequence[Any]) -> None:
    if not asked:
        return
    closed = table.read_only or (verb == "create" and not table.can_create)
    if closed or f"{table.rights_area}:{verb}" not in rights:
        msg = f"You cannot {verb} {table.plural} here."
        raise NotAllowed(msg)


def _values_of(one: Mapping[str, Any]) -> Mapping[str, Any]:
    found = one.get("values")
    return found if isinstance(found, Mapping) else {}


@dataclass(slots=True)
class _Reader:
    """Turns texts into values; all links of a request are looked up together."""

    session: Session
    table: Table
    columns: Mapping[str, Column]
    today: date
    zone: str
    _links: dict[str, dict[str, UUID | str]] = field(default_factory=dict)

    def learn_links(self, pairs: Iterable[tuple[str, Any]]) -> None:
        """Look up every text that stands in a link column: all texts of a column together."""
        texts: dict[str, dict[str, None]] = defaultdict(dict)
        for name, text in pairs:
            spec = self.columns.get(name)
            if spec is not None and spec.link and (word := _link_text(text)):
                texts[name][word] = None
        for name, wanted in texts.items():
            self._links[name] = ids_of(self.session, self.table, name, wanted)

    def column(self, name: Any) -> Column:
        """Give an editable column the person may see."""
        spec = self.columns.get(name) if isinstance(name, str) else None
        if spec is not None:
            return spec
        known = self.table.by_name.get(name) if isinstance(name, str) else None
        if known is not None and not known.right:
            msg = why_fixed(known)
        else:
            msg = f"There is no column {str(name)[:60]}."
        raise InvalidInput(msg, field=str(name))

    def value(self, spec: Column, text: Any) -> Any:
        """Give the value of one cell."""
        word = _link_text(text) if spec.link else ""
        if not word:
            empty = None if spec.link else text
            return values.parse(spec, empty, today=self.today, zone=self.zone)
        found = self._links[spec.name][word]
        if isinstance(found, str):
            raise InvalidInput(found, field=spec.name)
        return found


def _link_text(text: Any) -> str:
    """Give the text of a link cell; a cell that was copied whole comes as id and label."""
    if isinstance(text, list):
        text = text[0] if text else None
    return "" if text is None else str(text).strip()


def _edit(reader: _Reader, position: int, one: Mapping[str, Any]) -> Edit:
    spec = reader.column(one.get("column"))
    row_id = parse_id(one.get("id"))
    if row_id is None:
        msg = "The row has an unreadable id."
        raise InvalidInput(msg, field=spec.name)
    return Edit(position, row_id, spec, one.get("seen"), reader.value(spec, one.get("text")))


def _new_row(reader: _Reader, table: Table, one: Mapping[str, Any], *, completed: bool) -> NewRow:
    given = _values_of(one)
    parsed: dict[str, Any] = {}
    refusals: list[tuple[str, str]] = []
    for name, text in given.items():
        try:
            spec = reader.column(name)
            if text is None or text == "":
                continue
            parsed[spec.name] = reader.value(spec, text)
        except InvalidInput as refused:
            refusals.append((str(name), refused.message))
    said = {name for name, _reason in refusals}
    refusals += [
        (spec.name, f"{spec.label} is needed.")
        for spec in table.columns
        if spec.required and not completed and spec.name not in parsed and spec.name not in said
    ]
    return NewRow(str(one.get("key", ""))[:MAX_KEY], parsed, tuple(refusals))

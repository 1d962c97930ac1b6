"""The lines of one document: the grid of its line table, cut to it.

A line has the rights of its document and its lock: what is said about the document holds for all
of its lines.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from batchly_admin.errors import InvalidInput, NotFound
from batchly_admin.grid import changes, windows
from batchly_admin.grid.columns import Column
from batchly_admin.grid.filters import Selection
from batchly_admin.grid.registry import table as find_table
from batchly_admin.grid.table import Table
from batchly_admin.ids import parse_id

PLACE = "line_number"
TOTALS = ("subtotal", "discount_amount", "shipping_amount", "tax_amount", "total_amount")


@dataclass(frozen=True, slots=True)
class Lines:
    """The line table of a document, and the column that points to the document."""

    table: Table
    column: str

    def columns(self, rights: frozenset[str]) -> tuple[Column, ...]:
        """Give the columns a person sees; which document it is goes without saying."""
        return tuple(s for s in self.table.visible_columns(rights) if s.name != self.column)

    def selection(self, document_id: UUID) -> Selection:
        """Give the filter that holds the lines of one document."""
        return Selection(({"column": self.column, "operator": "is", "value": str(document_id)},))

    @property
    def sort(self) -> tuple[str, ...]:
        """Give the order of the lines in their document."""
        return (PLACE,) if PLACE in self.table.by_name else self.table.default_sort


def lines_of(table: Table) -> Lines:
    """Give the lines of a kind of document.

    Raises:
        NotFound: when this kind has none.
    """
    if table.lines is None:
        raise NotFound
    name, column = table.lines
    return Lines(find_table(name), column)


def lock_of(session: Session, table: Table, document_id: UUID) -> str | None:
    """Give why a document and its lines cannot be changed, or None.

    Raises:
        NotFound: when there is no such document.
    """
    found = windows.rows_by_id(session, table, (), [document_id])
    if not found:
        raise NotFound
    lock: str | None = found[0][2]
    return lock


def window(
    session: Session,
    table: Table,
    document_id: UUID,
    rights: frozenset[str],
    *,
    offset: int,
    today: date,
) -> list[list[Any]]:
    """Give lines of a document in its order, each with the lock of the document."""
    lines = lines_of(table)
    lock = lock_of(session, table, document_id)
    asked = windows.Asked(
        offset=offset,
        limit=windows.MAX_LIMIT,
        sort=lines.sort,
        selection=lines.selection(document_id),
    )
    found = windows.rows(session, lines.table, lines.columns(rights), asked, today=today)
    return [[row[0], row[1], lock or row[2], *row[3:]] for row in found]


def totals(
    session: Session, table: Table, document_id: UUID, rights: frozenset[str]
) -> list[dict[str, Any]]:
    """Give what a document comes to, from subtotal to total, as far as it has such columns."""
    seen = {spec.name: spec for spec in table.visible_columns(rights)}
    columns = tuple(seen[name] for name in TOTALS if name in seen)
    found = windows.rows_by_id(session, table, columns, [document_id]) if columns else []
    if not found:
        return []
    return [
        {
            "name": spec.name,
            "label": spec.label,
            "kind": spec.kind,
            "value": value,
            "strong": spec.name == TOTALS[-1],
        }
        for spec, value in zip(columns, found[0][3:], strict=True)
    ]


@dataclass(frozen=True, slots=True)
class LineChanges:
    """What is asked of a document's lines, told apart from what is not theirs to ask."""

    body: dict[str, Any]
    strangers: dict[int, str]
    deletes: tuple[UUID, ...]
    move: tuple[UUID, int] | None


def read_changes(
    lines: Lines, document_id: UUID, asked: Mapping[str, Any], own: frozenset[UUID], last: int
) -> LineChanges:
    """Read the body of a change of lines; new lines belong to the document and come at its end.

    Raises:
        InvalidInput: when the body is not of the documented form.
    """
    cells = changes.objects(asked, "changes", changes.MAX_CHANGES)
    strangers = {
        position: "This line belongs to another record."
        for position, one in enumerate(cells)
        if parse_id(one.get("id")) not in own
    }
    creates = []
    for step, one in enumerate(changes.objects(asked, "creates", changes.MAX_CREATES), start=1):
        given = one.get("values")
        values = dict(given) if isinstance(given, Mapping) else {}
        values.pop(PLACE, None)
        values[lines.column] = str(document_id)
        if PLACE in lines.table.by_name:
            values[PLACE] = str(last + step)
        creates.append({"key": one.get("key"), "values": values})
    body = {
        "changes": [one for place, one in enumerate(cells) if place not in strangers],
        "creates": creates,
    }
    return LineChanges(body, strangers, _deletes(asked, own), _move(asked, own))


def _deletes(asked: Mapping[str, Any], own: frozenset[UUID]) -> tuple[UUID, ...]:
    found = asked.get("deletes") or []
    if not isinstance(found, list) or len(found) > changes.MAX_CREATES:
        msg = f"At most {changes.MAX_CREATES:,} lines are deleted at once."
        raise InvalidInput(msg, field="deletes")
    return tuple(key for one in found if (key := parse_id(one)) is not None and key in own)


def _move(asked: Mapping[str, Any], own: frozenset[UUID]) -> tuple[UUID, int] | None:
    found = asked.get("move")
    if found is None:
        return None
    key = parse_id(found.get("id")) if isinstance(found, Mapping) else None
    try:
        place = int(str(found["to"]).strip()) if key in own else 0
    except (KeyError, ValueError):
        place = 0
    if key is None or place < 1:
        msg = "The number of a line is 1, 2, 3 and so on."
        raise InvalidInput(msg, field=PLACE)
    return key, place

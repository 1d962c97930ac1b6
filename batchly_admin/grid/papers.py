"""One record on paper: what it is, where it goes, its lines and what they come to, in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from batchly_admin.errors import NotFound
from batchly_admin.grid import addresses, record_lines, streams, windows
from batchly_admin.grid.columns import RIGHT_ALIGNED, Column
from batchly_admin.grid.printing import Desk
from batchly_admin.grid.table import OnPaper, Table
from batchly_admin.models.company import Organization

MAX_LINES = 2_000
Facts = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Lines:
    """The lines of a record: heads (label, is a number), rows, and whether there are more.

    A row is its cells as words, and what stands below it as labels and words.
    """

    heads: tuple[tuple[str, bool], ...]
    rows: tuple[tuple[tuple[str, ...], Facts], ...]
    has_more: bool


@dataclass(frozen=True, slots=True)
class RecordPaper:
    """What is printed of one record; all of it is text."""

    title: str
    facts: Facts
    blocks: tuple[tuple[str, tuple[str, ...]], ...]
    lines: Lines | None
    totals: tuple[tuple[str, str, bool], ...]


def paper_of(
    session: Session, table: Table, record_id: UUID, rights: frozenset[str], desk: Desk
) -> RecordPaper:
    """Give a record as it is printed, without what the person may not see and what is empty.

    Raises:
        NotFound: when there is no such record, or its kind is not printed.
    """
    form = table.paper
    if form is None:
        raise NotFound
    columns = table.visible_columns(rights)
    found = windows.rows_by_id(session, table, columns, [record_id])
    if not found:
        raise NotFound
    cells = dict(zip((spec.name for spec in columns), found[0][3:], strict=True))
    shown = [spec for name in form.fields for spec in columns if spec.name == name]
    facts, blocks = _fields(shown, cells, desk)
    name = cells.get(table.label_column)
    totals = record_lines.totals(session, table, record_id, rights)
    return RecordPaper(
        f"{table.heading} {name or ''}".strip(),
        facts,
        blocks,
        _lines(session, table, form, record_id, rights, desk),
        tuple(
            (one["label"], desk.words(table.by_name[one["name"]])(one["value"]), one["strong"])
            for one in totals
        ),
    )


def letterhead(session: Session) -> list[str]:
    """Give the company's name, address and how to reach it, a line each."""
    own = session.scalars(sa.select(Organization).limit(1)).one()
    reached = (own.phone, own.email, own.website)
    return [own.legal_name or own.name, *addresses.lines(own.address), *filter(None, reached)]


def _fields(
    columns: list[Column], cells: Mapping[str, Any], desk: Desk
) -> tuple[Facts, tuple[tuple[str, tuple[str, ...]], ...]]:
    """Give the short fields, and those that take lines of their own."""
    facts, blocks = [], []
    for spec in columns:
        value = cells[spec.name]
        if value is None or value == "":
            continue
        if spec.kind == "address":
            blocks.append((spec.label, tuple(addresses.lines(value))))
        elif spec.kind == "long_text":
            blocks.append((spec.label, tuple(str(value).splitlines())))
        else:
            facts.append((spec.label, _text(spec, value[1] if spec.link else value, desk)))
    return tuple(facts), tuple(blocks)


def _lines(
    session: Session,
    table: Table,
    form: OnPaper,
    record_id: UUID,
    rights: frozenset[str],
    desk: Desk,
) -> Lines | None:
    if table.lines is None:
        return None
    own = record_lines.lines_of(table)
    if f"{own.table.rights_area}:view" not in rights:
        return None
    seen = {spec.name: spec for spec in own.columns(rights)}
    columns = tuple(seen[name] for name in (*form.lines, *form.below) if name in seen)
    asked = windows.Asked(sort=own.sort, selection=own.selection(record_id))
    rows = streams.rows(session, own.table, columns, asked, today=desk.today)
    written = [_written(columns, row, desk) for row in islice(rows, MAX_LINES + 1)]
    has_more = len(written) > MAX_LINES
    del written[MAX_LINES:]
    # A column that says nothing in any line only takes the others' room.
    heads = [
        spec
        for spec in columns
        if spec.name in form.lines and any(spec.name in row for row in written)
    ]
    below = [spec for spec in columns if spec.name in form.below]
    return Lines(
        tuple((spec.label, spec.kind in RIGHT_ALIGNED) for spec in heads),
        tuple(
            (
                tuple(row.get(spec.name, "") for spec in heads),
                tuple((spec.label, row[spec.name]) for spec in below if _says_more(row, spec.name)),
            )
            for row in written
        ),
        has_more,
    )


def _written(columns: Sequence[Column], values: Sequence[Any], desk: Desk) -> dict[str, str]:
    """Give the cells of a row that are not empty, as words, by column."""
    pairs = zip(columns, values, strict=True)
    return {spec.name: _text(spec, value, desk) for spec, value in pairs if value not in (None, "")}


def _says_more(row: Mapping[str, str], name: str) -> bool:
    """Tell whether a cell is there and is not what another cell of the line says already."""
    return name in row and all(row[name] != text for other, text in row.items() if other != name)


def _text(spec: Column, value: Any, desk: Desk) -> str:
    if spec.kind == "json":
        return _spelled(value)
    return desk.words(spec)(value)


def _spelled(value: Any) -> str:
    """Write an object as people do: `Method: embroidery; Threads: Navy, Gold`."""
    if isinstance(value, Mapping):
        said = {str(key).replace("_", " "): part for key, part in value.items() if part}
        return "; ".join(
            f"{name[:1].upper()}{name[1:]}: {_spelled(part)}" for name, part in said.items()
        )
    if isinstance(value, list):
        return ", ".join(_spelled(part) for part in value)
    return str(value)

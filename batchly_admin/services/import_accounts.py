"""The account of an import: its figures, and every skipped or refused line as CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session, undefer

from batchly_admin.domain.import_columns import MARK_FILE, MARK_LINE, MARK_REASON, MARKS
from batchly_admin.domain.order_import import NO_VALUE, file_mark, safe_cell
from batchly_admin.errors import NotFound
from batchly_admin.models.changes import ImportLine, ImportRun
from batchly_admin.services.import_files import Sheet, read_file

OUTCOME = "Batchly outcome"
_PIECE = 2_000
_RAW = frozenset({"ragged_line", "broken_quotes"})


@dataclass(frozen=True, slots=True)
class Account:
    """What became of a file: created + skipped + refused = lines read."""

    id: UUID
    file_name: str
    state: str
    message: str | None
    lines_total: int
    lines_read: int
    lines_created: int
    lines_skipped: int
    lines_refused: int
    orders_created: int
    customers_created: int
    products_created: int
    reasons: dict[str, int]
    removed: dict[str, int]
    kept: tuple[dict[str, str], ...]
    kept_count: int

    def to_json(self, refused_file: str | None) -> dict[str, Any]:
        """Give the answer of the command line."""
        return {
            "lines_read": self.lines_read,
            "lines_created": self.lines_created,
            "lines_skipped": self.lines_skipped,
            "lines_refused": self.lines_refused,
            "orders_created": self.orders_created,
            "customers_created": self.customers_created,
            "products_created": self.products_created,
            "reasons": self.reasons,
            "refused_file": refused_file,
        }


@dataclass(frozen=True, slots=True)
class LeftOut:
    """One skipped or refused line, as a page shows it."""

    number: int
    outcome: str
    reason: str
    message: str
    cells: tuple[str, ...]


def result(session: Session, import_run_id: UUID) -> Account:
    """Give the account of an import so far.

    Raises:
        NotFound: when there is no such import.
    """
    run = _run(session, import_run_id)
    undo = (run.options or {}).get("undo", {})
    return Account(
        id=run.id,
        file_name=run.file_name,
        state=run.state,
        message=run.message,
        lines_total=run.lines_total,
        lines_read=run.lines_read,
        lines_created=run.lines_created,
        lines_skipped=run.lines_skipped,
        lines_refused=run.lines_refused,
        orders_created=run.orders_created,
        customers_created=run.customers_created,
        products_created=run.products_created,
        reasons=dict(sorted((run.reasons or {}).items())),
        removed=undo.get("removed", {}),
        kept=tuple(undo.get("kept", ())),
        kept_count=undo.get("kept_count", 0),
    )


def left_out(
    session: Session, import_run_id: UUID, *, outcome: str = "refused", limit: int = 200
) -> list[LeftOut]:
    """Give the first lines that were refused (or skipped), in the order of the file."""
    query = (
        sa.select(ImportLine)
        .where(ImportLine.import_run_id == import_run_id, ImportLine.outcome == outcome)
        .order_by(ImportLine.line_number)
        .limit(limit)
    )
    return [
        LeftOut(
            line.line_number,
            line.outcome,
            line.reason,
            line.message,
            tuple(_shown(cell) for cell in line.values["cells"]),
        )
        for line in session.scalars(query)
    ]


def refused_csv(session: Session, import_run_id: UUID, *, bom: bool = False) -> Iterator[str]:
    """Give the refused lines as CSV that can be repaired and imported again.

    The columns are those of the file, then where the line stood first and why it was refused. No
    cell is a formula to a spreadsheet. With `bom`, Excel takes the text for UTF-8.

    Raises:
        NotFound: when there is no such import.
    """
    run = _run(session, import_run_id)
    sheet = _sheet(session, run)
    return _refused_lines(session, run, sheet, bom=bom)


def all_outcomes_csv(session: Session, import_run_id: UUID, *, bom: bool = False) -> Iterator[str]:
    """Give every line of the file as CSV with what became of it.

    Raises:
        NotFound: when there is no such import.
    """
    run = _run(session, import_run_id)
    sheet = _sheet(session, run)
    return _all_lines(session, run, sheet, bom=bom)


def _refused_lines(session: Session, run: ImportRun, sheet: Sheet, *, bom: bool) -> Iterator[str]:
    kept = _own_columns(sheet)
    yield ("\ufeff" if bom else "") + _csv([*(sheet.columns[i] for i in kept), *_TAIL])
    for line in _lines(session, run.id, "refused"):
        values = line.values
        cells = _fitted(values["cells"], len(sheet.columns), raw=line.reason in _RAW)
        marks = [str(values["line"]), values["file"], line.message]
        yield _csv([*(cells[i] for i in kept), *marks])


def _all_lines(session: Session, run: ImportRun, sheet: Sheet, *, bom: bool) -> Iterator[str]:
    kept = _own_columns(sheet)
    head = [*(sheet.columns[i] for i in kept), MARK_LINE, MARK_FILE, OUTCOME, MARK_REASON]
    yield ("\ufeff" if bom else "") + _csv(head)
    others = _lines(session, run.id, None)
    other = next(others, None)
    file = file_mark(run.file_digest)
    for row in sheet.rows():
        if row.number - 1 > run.position:
            return
        cells = _fitted(row.cells, len(sheet.columns), raw=row.fault in _RAW)
        outcome, message = "created", ""
        if other is not None and other.line_number == row.number:
            outcome, message = other.outcome, other.message
            other = next(others, None)
        yield _csv([*(cells[i] for i in kept), str(row.number), file, outcome, message])


_TAIL = (MARK_LINE, MARK_FILE, MARK_REASON)


def _run(session: Session, import_run_id: UUID) -> ImportRun:
    run = session.get(ImportRun, import_run_id)
    if run is None:
        raise NotFound("There is no such import.")
    return run


def _sheet(session: Session, run: ImportRun) -> Sheet:
    query = sa.select(ImportRun).where(ImportRun.id == run.id).options(undefer(ImportRun.content))
    content = session.scalars(query.execution_options(populate_existing=True)).one().content
    return read_file(content or b"", run.file_name)


def _lines(session: Session, import_run_id: UUID, outcome: str | None) -> Iterator[ImportLine]:
    query = sa.select(ImportLine).where(ImportLine.import_run_id == import_run_id)
    if outcome is not None:
        query = query.where(ImportLine.outcome == outcome)
    ordered = query.order_by(ImportLine.line_number).execution_options(yield_per=_PIECE)
    yield from session.scalars(ordered)


def _own_columns(sheet: Sheet) -> list[int]:
    ours = {*MARKS, OUTCOME}
    return [place for place, column in enumerate(sheet.columns) if column not in ours]


def _fitted(cells: list[str], width: int, *, raw: bool) -> list[str]:
    """Give exactly `width` cells; a line that fell apart stands whole in the first one."""
    if raw:
        cells = [",".join(cells)]
    return [*cells, *[""] * (width - len(cells))]


def _shown(cell: str) -> str:
    return cell.replace(NO_VALUE, "")


def _csv(cells: list[str]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerow([safe_cell(_shown(cell)) for cell in cells])
    return out.getvalue()

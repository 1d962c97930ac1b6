"""The import of orders from a file: read, map, preview, import in the background, account, undo.

    prepare   keep the file and read its header           draft
    preview   what each of the first lines would become
    start     check columns and options, queue it         queued
    work_slice, run_to_end                                 running -> finished | failed
    begin_undo, then the same work_slice                   undoing -> undone

Created + skipped + refused = lines read, at every commit and checked at the end.
"""

from __future__ import annotations

import hashlib
import os
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session, undefer

from batchly_admin.domain.import_columns import Layout, guess_mapping, lay_out
from batchly_admin.domain.import_lines import Verdict
from batchly_admin.domain.import_values import DateOrderEvidence
from batchly_admin.domain.order_import import CREATED, Options, file_mark
from batchly_admin.errors import Conflict, InvalidInput, NotFound
from batchly_admin.models.changes import ImportRun
from batchly_admin.services import import_files, import_undoing, import_working
from batchly_admin.services.import_accounts import (
    Account,
    LeftOut,
    all_outcomes_csv,
    left_out,
    refused_csv,
    result,
)
from batchly_admin.services.import_files import Sheet, as_csv, read_file
from batchly_admin.services.import_planning import Placed, Plan, Planner
from batchly_admin.services.import_working import Progress, work_slice
from batchly_admin.services.unit_of_work import Actor, UnitOfWork, UnitOfWorks

__all__ = [
    "MAX_MEGABYTES",
    "Account",
    "LeftOut",
    "Preview",
    "PreviewRow",
    "all_outcomes_csv",
    "begin_undo",
    "guess_mapping",
    "import_orders_file",
    "left_out",
    "open_sheet",
    "prepare",
    "preview",
    "read_file",
    "refused_csv",
    "result",
    "run_to_end",
    "start",
    "undo",
    "unfinished_imports",
    "work_slice",
]

BELL = "runs"
MAX_MEGABYTES = import_files.MAX_BYTES // 1024 // 1024
PREVIEW_LINES = 2_000
_FOREVER = 1e12
_LOOK_AGAIN = 0.5


@dataclass(frozen=True, slots=True)
class PreviewRow:
    """One line of the file and what would become of it."""

    number: int
    cells: tuple[str, ...]
    outcome: str
    reason: str
    message: str


@dataclass(frozen=True, slots=True)
class Preview:
    """What an import would do with the first lines of a file."""

    columns: tuple[str, ...]
    rows: tuple[PreviewRow, ...]
    lines_total: int
    lines_counted: int
    outcomes: dict[str, int]
    reasons: dict[str, int]
    orders: int
    customers: int
    products: int
    warnings: tuple[str, ...]


def prepare(uow: UnitOfWork, *, content: bytes, file_name: str) -> ImportRun:
    """Keep a file for import and count its lines; its header is checked, its lines not yet.

    Raises:
        InvalidInput: when the file cannot be read at all.
    """
    name = Path(file_name.replace("\\", "/")).name[-200:] or "file"
    text, note = as_csv(content, name)
    run = ImportRun(
        file_name=name,
        file_digest=hashlib.sha256(content).hexdigest(),
        content=text,
        lines_total=read_file(text, name).count(),
        message=note or None,
        user_id=uow.actor.user_id,
        actor_name=uow.actor.name,
    )
    uow.session.add(run)
    uow.session.flush()
    return run


def open_sheet(session: Session, import_run_id: UUID) -> Sheet:
    """Give the stored file of an import: its columns, encoding and rows.

    Raises:
        NotFound: when there is no such import.
    """
    query = sa.select(ImportRun).where(ImportRun.id == import_run_id)
    run = session.scalar(query.options(undefer(ImportRun.content)))
    if run is None:
        raise NotFound("There is no such import.")
    return read_file(run.content or b"", run.file_name)


def preview(
    session: Session,
    import_run_id: UUID,
    mapping: Mapping[str, str],
    options: Mapping[str, Any] | Options | None = None,
    limit: int = 50,
) -> Preview:
    """Give what would become of the file's first lines; nothing is written.

    Raises:
        InvalidInput: when a column is missing or an option cannot be.
        NotFound: when there is no such import.
    """
    sheet = open_sheet(session, import_run_id)
    run = session.get_one(ImportRun, import_run_id)
    layout = lay_out(sheet.columns, mapping)
    chosen, warnings = _with_date_order(sheet, layout, Options.of(options), must=False)
    planner = Planner(
        session, file=file_mark(run.file_digest), run_id=run.id, layout=layout, options=chosen
    )
    plans = [
        planner.plan(session, rows)
        for rows in import_working.chunks(islice(sheet.rows(), PREVIEW_LINES), layout)
    ]
    warnings += _file_warnings(session, run, sheet)
    return _gathered(run, sheet, plans, limit, tuple(warnings))


def _gathered(
    run: ImportRun, sheet: Sheet, plans: Sequence[Plan], limit: int, warnings: tuple[str, ...]
) -> Preview:
    rows: list[PreviewRow] = []
    outcomes: Counter[str] = Counter()
    reasons: Counter[str] = Counter()
    for plan in plans:
        rows += [] if len(rows) >= limit else _preview_rows(plan)
        outcomes[CREATED] += len(plan.placed)
        outcomes.update(verdict.outcome for verdict in plan.verdicts)
        reasons.update(verdict.reason for verdict in plan.verdicts)
    new = {order.id for plan in plans for order in plan.orders.values() if order.is_new}
    return Preview(
        columns=sheet.columns,
        rows=tuple(rows[:limit]),
        lines_total=run.lines_total,
        lines_counted=sum(plan.lines for plan in plans),
        outcomes=dict(outcomes),
        reasons=dict(reasons),
        orders=len(new),
        customers=sum(len(plan.customers) for plan in plans),
        products=sum(len(plan.products) for plan in plans),
        warnings=warnings,
    )


def _preview_rows(plan: Plan) -> list[PreviewRow]:
    items: list[Placed | Verdict] = [*plan.placed, *plan.verdicts]
    rows = [_preview_row(item) for item in items]
    return sorted(rows, key=lambda row: row.number)


def _preview_row(item: Placed | Verdict) -> PreviewRow:
    if isinstance(item, Verdict):
        cells = tuple(item.cells)
        return PreviewRow(item.number, cells, item.outcome, item.reason, item.message)
    message = f"Line {item.line_number} of order {item.order.number}"
    return PreviewRow(item.line.number, tuple(item.line.cells), CREATED, "", message)


def _file_warnings(session: Session, run: ImportRun, sheet: Sheet) -> list[str]:
    warnings = [run.message] if run.message else []
    if sheet.encoding == "Windows-1252":
        warnings.append("The file is not UTF-8 and is read as Windows-1252. Look at accents.")
    query = sa.select(ImportRun.created_at).where(
        ImportRun.file_digest == run.file_digest,
        ImportRun.id != run.id,
        ImportRun.state.in_(("queued", "running", "finished")),
    )
    moment = session.scalar(query.order_by(ImportRun.created_at.desc()).limit(1))
    if moment is not None:
        warnings.append(f"This file was imported before, on {moment:%Y-%m-%d}.")
    return warnings


def _with_date_order(
    sheet: Sheet, layout: Layout, options: Options, *, must: bool
) -> tuple[Options, list[str]]:
    """Give the options with the order of day and month that the whole file proves.

    Raises:
        InvalidInput: when no date proves one and somebody must choose.
    """
    if options.date_order is not None:
        return options, []
    evidence = DateOrderEvidence()
    place = layout.order_date
    evidence.see(row.cells[place] for row in sheet.rows() if row.fault is None)
    if evidence.is_needed:
        example = f" such as {evidence.example}" if evidence.example else ""
        message = (
            f"The file has dates{example} where day and month could be either. "
            "Choose whether the day or the month comes first, or write dates as 2011-05-31."
        )
        if must:
            raise InvalidInput(message, field="date_order")
        return options, [message]
    return replace(options, date_order=evidence.order()), []


def start(
    uow: UnitOfWork,
    *,
    import_run_id: UUID,
    mapping: Mapping[str, str],
    options: Mapping[str, Any] | Options | None = None,
) -> ImportRun:
    """Queue a prepared import; a second click finds it queued and changes nothing.

    Raises:
        InvalidInput: when a column is missing, an option cannot be, or dates are ambiguous.
        NotFound: when there is no such import.
        Conflict: when it is over already.
    """
    run = uow.session.get(ImportRun, import_run_id, with_for_update=True)
    if run is None:
        raise NotFound("There is no such import.")
    if run.state in ("queued", "running"):
        return run
    if run.state != "draft":
        raise Conflict("This import is over. Upload the file again.")
    sheet = open_sheet(uow.session, import_run_id)
    chosen = {name: column for name, column in mapping.items() if column}
    layout = lay_out(sheet.columns, chosen)
    settled, _ = _with_date_order(sheet, layout, Options.of(options), must=True)
    run.mapping, run.options = chosen, settled.to_json()
    run.state = "queued"
    run.reasons = {}
    uow.session.flush()
    uow.ring_after_commit(BELL)
    return run


def unfinished_imports(session: Session, now: datetime) -> list[UUID]:
    """Give the imports (and undos of imports) that wait for a worker, the oldest first."""
    return list(session.scalars(import_working.unfinished(now)))


def run_to_end(
    uows: UnitOfWorks, import_run_id: UUID, on_progress: Progress | None = None
) -> Account:
    """Work through a whole import here and now, and give its account.

    When a background worker was quicker, this waits until it is done, or takes over from it.
    """
    while True:
        work_slice(uows, import_run_id, seconds=_FOREVER, on_progress=on_progress)
        with uows.read() as session:
            account = result(session, import_run_id)
        if account.state not in import_working.ACTIVE:
            return account
        uows.clock.sleep(_LOOK_AGAIN)


def begin_undo(uow: UnitOfWork, *, import_run_id: UUID) -> ImportRun:
    """Queue the way back of an import that has ended.

    Raises:
        NotFound: when there is no such import.
        Conflict: when it has not ended yet, or is undone already.
    """
    run = import_undoing.begin_undo(uow, import_run_id=import_run_id)
    uow.ring_after_commit(BELL)
    return run


def undo(uows: UnitOfWorks, import_run_id: UUID, *, actor: Actor) -> Account:
    """Take an import back here and now, and give its account with what had to stay.

    Raises:
        NotFound: when there is no such import.
        Conflict: when it has not ended yet, or is undone already.
    """
    with uows.begin(actor=actor, source="import", run_id=import_run_id) as uow:
        import_undoing.begin_undo(uow, import_run_id=import_run_id)
    return run_to_end(uows, import_run_id)


def import_orders_file(  # noqa: PLR0913 - the options of one command
    uows: UnitOfWorks,
    *,
    actor: Actor,
    path: Path,
    walk_in_customer: str | None = None,
    free_lines: bool = False,
    refused_path: Path | None = None,
    on_progress: Progress | None = None,
) -> dict[str, Any]:
    """Import a file of orders from start to end and give the answer of the command line.

    Refused lines are written to `refused_path`, by default beside the file.

    Raises:
        InvalidInput: when the file cannot be read or lacks a column.
    """
    content = _read(path)
    options = Options.of({"walk_in_customer": walk_in_customer, "free_lines": free_lines})
    with uows.begin(actor=actor, source="import") as uow:
        run = prepare(uow, content=content, file_name=path.name)
        mapping = guess_mapping(open_sheet(uow.session, run.id).columns)
        run_id = start(uow, import_run_id=run.id, mapping=mapping, options=options).id
        # The whole file is worked on here; the worker needs no bell.
        uow.bells.clear()
    account = run_to_end(uows, run_id, on_progress)
    if account.state == "failed":
        raise Conflict(account.message)
    refused = None
    if account.lines_refused:
        refused = (refused_path or _beside(path)).absolute()
        with uows.read() as session, refused.open("w", encoding="utf-8", newline="") as out:
            out.writelines(refused_csv(session, run_id))
    return account.to_json(str(refused) if refused else None)


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise InvalidInput(f"{path} cannot be read: {error.strerror}.", field="file") from error


def _beside(path: Path) -> Path:
    """Give the place of the refused lines: beside the file, or here when that is read-only."""
    folder = path.parent if os.access(path.parent, os.W_OK) else Path()
    return folder / f"{path.stem}-refused.csv"

"""Works through an import in slices under a lease, so that a killed worker loses seconds only.

A chunk's orders, the account of its refused lines, the counters and the place in the file stand in
one transaction. Whoever goes on reads the place and goes on; nothing is done twice.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from itertools import islice
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm import undefer
from sqlalchemy.orm.exc import StaleDataError

from batchly_admin import logs
from batchly_admin.domain.import_columns import Layout, lay_out
from batchly_admin.domain.import_lines import Row, order_number_of
from batchly_admin.domain.order_import import file_mark
from batchly_admin.errors import Conflict, NotFound, UserError
from batchly_admin.ids import token
from batchly_admin.models.changes import ImportRun
from batchly_admin.services import import_undoing
from batchly_admin.services.import_files import Sheet, read_file
from batchly_admin.services.import_planning import Planner
from batchly_admin.services.import_writing import options_of, write
from batchly_admin.services.unit_of_work import Actor, UnitOfWork, UnitOfWorks

LEASE = timedelta(seconds=60)
CHUNK_ORDERS = 100
CHUNK_LINES = 400
LONGEST_CHUNK = 1_000
MOST_ATTEMPTS = 5
MOST_COLLISIONS = 5
ACTIVE = ("queued", "running", "undoing")

Progress = Callable[[int, int], None]
_log = logs.logger(__name__)


class LeaseLost(Conflict):
    """Another worker has taken over this import."""


@dataclass(frozen=True, slots=True)
class Hold:
    """A lease on one import: what is needed to work on it."""

    import_run_id: UUID
    lease_token: str
    actor: Actor
    file_name: str
    state: str

    def take(self, uow: UnitOfWork) -> ImportRun:
        """Give the run, locked, with the lease renewed.

        Raises:
            LeaseLost: when the lease ran out and another worker took over.
        """
        run = uow.session.get(ImportRun, self.import_run_id, with_for_update=True)
        if run is None or run.lease_token != self.lease_token:
            raise LeaseLost
        run.lease_until = uow.now() + LEASE
        run.attempts = 0
        return run


def work_slice(
    uows: UnitOfWorks, import_run_id: UUID, *, seconds: float, on_progress: Progress | None = None
) -> bool:
    """Work on an import for about `seconds`; tell whether it is finished, or in other hands.

    Raises:
        NotFound: when there is no such import.
    """
    hold = _claim(uows, import_run_id)
    if hold is None:
        return True
    until = uows.clock.monotonic() + seconds
    try:
        if hold.state == "undoing":
            return import_undoing.work(uows, hold.take, hold.actor, import_run_id, until)
        return _import(uows, hold, until, on_progress)
    except LeaseLost:
        return True
    except UserError as error:
        _fail(uows, hold, error.message)
        return True
    finally:
        _release(uows, hold)


def _claim(uows: UnitOfWorks, import_run_id: UUID) -> Hold | None:
    """Take the lease, or give None when there is nothing to do or another worker has it."""
    with uows.sessions() as session, session.begin():
        run = session.get(ImportRun, import_run_id, with_for_update=True)
        if run is None:
            raise NotFound("There is no such import.")
        now = uows.clock.now()
        if run.state not in ACTIVE or (run.lease_until is not None and run.lease_until > now):
            return None
        if run.attempts >= MOST_ATTEMPTS:
            _end(run, now=uows.clock.now, state="failed", message=_gave_up(run))
            return None
        run.attempts += 1
        run.lease_token, run.lease_until = token(18), now + LEASE
        run.started_at = run.started_at or now
        run.state = "running" if run.state == "queued" else run.state
        actor = Actor(name=run.actor_name, user_id=run.user_id)
        return Hold(run.id, run.lease_token, actor, run.file_name, run.state)


def _release(uows: UnitOfWorks, hold: Hold) -> None:
    with uows.sessions() as session, session.begin():
        run = session.get(ImportRun, hold.import_run_id, with_for_update=True)
        if run is not None and run.lease_token == hold.lease_token:
            run.lease_token = run.lease_until = None


def _fail(uows: UnitOfWorks, hold: Hold, message: str) -> None:
    with uows.sessions() as session, session.begin():
        run = session.get(ImportRun, hold.import_run_id, with_for_update=True)
        if run is not None and run.lease_token == hold.lease_token:
            _end(run, now=uows.clock.now, state="failed", message=message)


def _end(run: ImportRun, *, now: Callable[[], object], state: str, message: str | None) -> None:
    run.state, run.message, run.finished_at = state, message, now()  # type: ignore[assignment]


def _gave_up(run: ImportRun) -> str:
    return (
        f"The import stopped after line {run.position + 1} and did not get on in "
        f"{MOST_ATTEMPTS} attempts. What it created until then stands; undo takes it back."
    )


def _import(uows: UnitOfWorks, hold: Hold, until: float, on_progress: Progress | None) -> bool:
    """Import chunk after chunk; begin again at the stored place when another writer got between."""
    sheet, layout = _open(uows, hold.import_run_id)
    for _ in range(MOST_COLLISIONS):
        try:
            return _import_chunks(uows, hold, (sheet, layout), until, on_progress)
        except (IntegrityError, OperationalError, StaleDataError) as error:
            _log.info(
                "Import %s met another writer (%s).", hold.import_run_id, type(error).__name__
            )
    return False


def _open(uows: UnitOfWorks, import_run_id: UUID) -> tuple[Sheet, Layout]:
    with uows.read() as session:
        run = session.get_one(ImportRun, import_run_id, options=[undefer(ImportRun.content)])
        sheet = read_file(run.content or b"", run.file_name)
        return sheet, lay_out(sheet.columns, run.mapping or {})


def _import_chunks(
    uows: UnitOfWorks,
    hold: Hold,
    source: tuple[Sheet, Layout],
    until: float,
    on_progress: Progress | None,
) -> bool:
    sheet, layout = source
    scattered = _scattered(sheet, layout)
    planner, position = _planner(uows, hold, source, scattered)
    for rows in chunks(islice(sheet.rows(), position, None), layout):
        with uows.begin(
            actor=hold.actor,
            source="import",
            run_id=hold.import_run_id,
            summary=f"Import of {hold.file_name}"[:300],
        ) as uow:
            run = hold.take(uow)
            write(uow, run, planner.plan(uow.session, rows), planner)
            done, total = run.lines_read, run.lines_total
        planner.forget(but={*scattered, order_number_of(rows[-1], layout)})
        if on_progress is not None:
            on_progress(done, total)
        if uows.clock.monotonic() >= until and done < total:
            return False
    _finish(uows, hold)
    return True


def _planner(
    uows: UnitOfWorks, hold: Hold, source: tuple[Sheet, Layout], scattered: set[str]
) -> tuple[Planner, int]:
    """Give a planner that knows what came before the run's place in the file."""
    sheet, layout = source
    with uows.read() as session:
        run = session.get_one(ImportRun, hold.import_run_id)
        planner = Planner(
            session,
            file=file_mark(run.file_digest),
            run_id=run.id,
            layout=layout,
            options=options_of(run),
        )
    if run.position:
        planner.remember(_left_open(sheet, layout, run.position, scattered))
    return planner, run.position


def _left_open(sheet: Sheet, layout: Layout, position: int, scattered: set[str]) -> Iterator[Row]:
    """Give the rows before `position` whose order may go on after it."""
    last = ""
    for row in islice(sheet.rows(), position):
        last = order_number_of(row, layout)
    for row in islice(sheet.rows(), position):
        number = order_number_of(row, layout)
        if number in scattered or number == last:
            yield row


def _scattered(sheet: Sheet, layout: Layout) -> set[str]:
    """Give the numbers of the orders whose lines do not stand together in the file."""
    seen: set[str] = set()
    scattered: set[str] = set()
    last = ""
    for row in sheet.rows():
        number = order_number_of(row, layout)
        if number != last:
            if number in seen:
                scattered.add(number)
            seen.add(number)
            last = number
    return scattered


def chunks(rows: Iterator[Row], layout: Layout) -> Iterator[list[Row]]:
    """Give rows in chunks of about 100 orders, cut between orders where that is possible."""
    chunk: list[Row] = []
    orders = 0
    last: str | None = None
    for row in rows:
        number = order_number_of(row, layout)
        if number != last:
            if orders >= CHUNK_ORDERS or len(chunk) >= CHUNK_LINES:
                yield chunk
                chunk, orders = [], 0
            orders += 1
            last = number
        elif len(chunk) >= LONGEST_CHUNK:
            yield chunk
            chunk, orders = [], 1
        chunk.append(row)
    if chunk:
        yield chunk


def _finish(uows: UnitOfWorks, hold: Hold) -> None:
    with uows.begin(actor=hold.actor, source="import", run_id=hold.import_run_id) as uow:
        run = hold.take(uow)
        accounted = run.lines_created + run.lines_skipped + run.lines_refused
        if not accounted == run.lines_read == run.lines_total:
            message = (
                f"The account does not add up: {run.lines_total} lines in the file, "
                f"{run.lines_read} read, {accounted} accounted for. Undo this import and report it."
            )
            _end(run, now=uow.now, state="failed", message=message)
        else:
            _end(run, now=uow.now, state="finished", message=run.message)


def unfinished(now: object) -> sa.Select[UUID]:
    """Give the query for imports that wait for a worker, the oldest first."""
    free = sa.or_(ImportRun.lease_until.is_(None), ImportRun.lease_until <= now)
    return (
        sa.select(ImportRun.id)
        .where(ImportRun.state.in_(ACTIVE), free)
        .order_by(ImportRun.created_at, ImportRun.id)
    )

"""Background runs as the browser follows them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from batchly_admin.domain.statuses import RowState, RunState
from batchly_admin.errors import NotFound
from batchly_admin.models.billing import CreditMemo, Invoice
from batchly_admin.models.changes import ChangeItem, ChangeSet, Run, RunRow
from batchly_admin.queries.finality import is_final

RECENT = timedelta(minutes=10)
RECENT_RUNS = 20
SHOWN_ROWS = 2_000
MOST_COUNTERED = 10_000


@dataclass(frozen=True, slots=True)
class Counter:
    """What takes back documents that a run issued: an action of their table."""

    table: str
    action: str
    label: str
    right: str
    model: type[Invoice | CreditMemo]


COUNTERS = (
    Counter("invoices", "reverse", "Void or credit", "invoices:void", Invoice),
    Counter("credit_memos", "cancel", "Cancel credit memos", "credit_memos:void", CreditMemo),
)


def run_summary(session: Session, run_id: UUID) -> dict[str, Any]:
    """Give a run with the results of its rows, the failed ones first.

    Raises:
        NotFound: when there is no such run.
    """
    run = session.get(Run, run_id)
    if run is None:
        raise NotFound("There is no such run.")
    return {
        **_summary(run),
        "results": _results(session, run_id),
        "undoable": _is_undoable(session, run),
        "counters": _counters(session, run),
    }


def _counters(session: Session, run: Run) -> list[dict[str, Any]]:
    """Give the actions that take back what a run issued: the documents cannot be unwritten."""
    if run.state != RunState.FINISHED or not run.ok:
        return []
    found = []
    for counter in COUNTERS:
        model = counter.model
        issued = (
            sa.select(model.id)
            .join(ChangeItem, ChangeItem.row_id == model.id)
            .join(ChangeSet, ChangeSet.id == ChangeItem.change_set_id)
            .where(
                ChangeSet.run_id == run.id,
                ChangeItem.table_name == model.__tablename__,
                ChangeItem.column_name == "issued_at",
                ChangeItem.new_value.is_not(None),
                model.issued_at.is_not(None),
                model.voided_at.is_(None),
            )
            .order_by(model.id)
            .limit(MOST_COUNTERED)
        )
        ids = list(dict.fromkeys(session.scalars(issued)))
        if ids:
            found.append(
                {
                    "table": counter.table,
                    "action": counter.action,
                    "label": counter.label,
                    "right": counter.right,
                    "ids": ids,
                }
            )
    return found


def recent_runs(session: Session, *, user_id: UUID, now: datetime) -> list[dict[str, Any]]:
    """Give a person's runs that are still going, or just ended and were not dismissed."""
    query = (
        sa.select(Run)
        .where(
            Run.user_id == user_id,
            Run.dismissed_at.is_(None),
            sa.or_(Run.state != RunState.FINISHED, Run.finished_at > now - RECENT),
        )
        .order_by(Run.created_at.desc(), Run.id.desc())
        .limit(RECENT_RUNS)
    )
    return [_summary(run) for run in session.scalars(query)]


def _summary(run: Run) -> dict[str, Any]:
    return {
        "run": run.id,
        "label": run.label,
        "table": run.table_name,
        "action": run.action,
        "by": run.actor_name,
        "state": run.state,
        "total": run.total,
        "done": run.ok + run.failed,
        "ok": run.ok,
        "failed": run.failed,
        "message": run.message,
        "started_at": run.started_at,
        "finished_at": run.finished_at,
    }


def _results(session: Session, run_id: UUID) -> list[dict[str, Any]]:
    failed_first = sa.case((RunRow.state == RowState.FAILED, 0), else_=1)
    query = (
        sa.select(RunRow.target_id, RunRow.label, RunRow.state, RunRow.message)
        .where(RunRow.run_id == run_id, RunRow.state != RowState.WAITING)
        .order_by(failed_first, RunRow.position)
        .limit(SHOWN_ROWS)
    )
    return [
        {"id": target_id, "label": label, "ok": state == RowState.OK, "message": message or ""}
        for target_id, label, state, message in session.execute(query)
    ]


def _is_undoable(session: Session, run: Run) -> bool:
    """Tell whether something of a run can be taken back: what was issued or voided cannot."""
    if run.state != RunState.FINISHED or not run.ok or run.undo_of_id is not None:
        return False
    found = session.scalar(
        sa.select(ChangeSet.id)
        .where(
            ChangeSet.run_id == run.id,
            ChangeSet.undone_by_id.is_(None),
            ChangeSet.undoes_id.is_(None),
            ~is_final(ChangeSet.id),
        )
        .limit(1)
    )
    return found is not None

"""Background runs as pages and programs see them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from batchly_admin.domain.statuses import RowState, RunState
from batchly_admin.models.changes import ChangeSet, Run, RunRow

SHOWN_FOR = timedelta(minutes=10)
MOST_RECENT = 10
UNDO = "undo"


def run_summary(session: Session, run_id: UUID) -> dict[str, Any]:
    """Give a run with the results of the rows that are done."""
    run = session.get_one(Run, run_id)
    rows = session.execute(
        sa.select(RunRow.target_id, RunRow.label, RunRow.state, RunRow.message)
        .where(RunRow.run_id == run_id, RunRow.state != RowState.WAITING)
        .order_by(RunRow.position)
    )
    return {
        **_head(session, run),
        "results": [
            {"id": target, "label": label, "ok": state == RowState.OK, "message": message or ""}
            for target, label, state, message in rows
        ],
    }


def recent_runs(session: Session, *, user_id: UUID, now: datetime) -> list[dict[str, Any]]:
    """Give a person's runs that still go, or ended lately and were not put away."""
    found = session.scalars(
        sa.select(Run)
        .where(
            Run.user_id == user_id,
            Run.dismissed_at.is_(None),
            sa.or_(Run.state != RunState.FINISHED, Run.finished_at > now - SHOWN_FOR),
        )
        .order_by(Run.created_at.desc())
        .limit(MOST_RECENT)
    )
    return [_head(session, run) for run in found]


def _head(session: Session, run: Run) -> dict[str, Any]:
    return {
        "run": run.id,
        "label": run.label,
        "table": run.table_name,
        "action": run.action,
        "state": run.state,
        "total": run.total,
        "done": run.ok + run.failed,
        "ok": run.ok,
        "failed": run.failed,
        "message": run.message or "",
        "by": run.actor_name,
        "undoable": _is_undoable(session, run),
        "started_at": run.started_at,
        "finished_at": run.finished_at,
    }


def _is_undoable(session: Session, run: Run) -> bool:
    """Tell whether a run is over and changed something that nobody has taken back."""
    if run.state != RunState.FINISHED or run.action == UNDO:
        return False
    found = session.scalar(
        sa.select(ChangeSet.id)
        .where(ChangeSet.run_id == run.id, ChangeSet.undone_by_id.is_(None))
        .limit(1)
    )
    return found is not None

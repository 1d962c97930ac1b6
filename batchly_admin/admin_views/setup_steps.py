"""What the set-up page shows of each step, read off tasks, proposals and settings."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from batchly_admin.admin_views import links
from batchly_admin.domain.matching import SURE, MatchDecision, MatchKind
from batchly_admin.domain.setup import RehearsalVerdict, TaskKind, TaskState
from batchly_admin.models.matching import RehearsalRow, SetupTask
from batchly_admin.models.sync import QbConnection
from batchly_admin.models.synced import SYNCED
from batchly_admin.services import backlog, going_live, matching, setup_tasks

SHOWN = 12
COUNTS = ("total", "ready", "warning", "problem")
TITLES = ("Check", "Match", "Start date", "Rehearse", "Go live")


def read(session: Session, connection: QbConnection) -> dict[str, Any]:
    """Give the five steps; `now` is the one to be done next, `busy` whether one is under way."""
    found = going_live.standing(session, connection)
    tasks = {
        kind.value: _task(setup_tasks.newest(session, connection.id, kind)) for kind in TaskKind
    }
    is_live = connection.went_live_at is not None
    done = _done(found, is_live=is_live)
    return {
        "titles": [
            {"label": label, "done": is_done} for label, is_done in zip(TITLES, done, strict=True)
        ],
        "now": next((place for place, is_done in enumerate(done, 1) if not is_done), len(done)),
        "busy": any(task is not None and task["open"] for task in tasks.values()),
        "tasks": tasks,
        "checks": (found.checks.result or {}).get("checks", []) if found.checks else [],
        "must_fix": found.must_fix,
        "checked_at": found.checks.finished_at if found.checks else None,
        "match": _match(session, connection, found),
        "start": found.start,
        "start_chosen": found.start_chosen_at is not None,
        "rehearsal": _rehearsal(session, found),
        "missing": found.missing,
        "problems": found.problems,
        "is_live": is_live,
        "live_at": connection.went_live_at,
        "is_paused": connection.pushes_paused,
        "backlog": len(backlog.due(session, found.start)) if is_live else None,
    }


def _done(found: going_live.Standing, *, is_live: bool) -> tuple[bool, ...]:
    if is_live:
        return (True,) * len(TITLES)
    is_rehearsed = found.rehearsal is not None and not any(
        words.startswith("Rehearse") for words in found.missing
    )
    return (
        found.checks is not None and not found.must_fix,
        found.matching is not None and not found.open_matches,
        found.start_chosen_at is not None,
        is_rehearsed,
        False,
    )


def _task(task: SetupTask | None) -> dict[str, Any] | None:
    if task is None:
        return None
    return {
        "open": task.state in (TaskState.QUEUED, TaskState.RUNNING),
        "failed": task.state == TaskState.FAILED,
        "message": task.message,
        "done": task.done,
        "total": task.total,
        "at": task.finished_at or task.created_at,
    }


def _match(
    session: Session, connection: QbConnection, found: going_live.Standing
) -> dict[str, Any] | None:
    if found.matching is None:
        return None
    counts = matching.counts(session, connection.id)
    rows = []
    for entity, label in (("customer", "Customers"), ("item", "Items")):
        mine = {
            (kind, what): count for (name, kind, what), count in counts.items() if name == entity
        }
        waiting = {kind: mine.get((kind.value, MatchDecision.OPEN.value), 0) for kind in MatchKind}
        rows.append(
            {
                "label": label,
                "sure": sum(waiting[kind] for kind in SURE),
                "near": waiting[MatchKind.NEAR] + waiting[MatchKind.SEVERAL],
                "name_taken": waiting[MatchKind.NAME_TAKEN],
                "only_here": waiting[MatchKind.ONLY_HERE],
                "only_there": waiting[MatchKind.ONLY_THERE],
                "decided": sum(
                    count for (_kind, what), count in mine.items() if what != MatchDecision.OPEN
                ),
            }
        )
    return {"rows": rows, "open": found.open_matches, "at": found.matching.finished_at}


def _rehearsal(session: Session, found: going_live.Standing) -> dict[str, Any] | None:
    task = found.rehearsal
    if task is None:
        return None
    types = [
        {**line, "label": SYNCED[line["type"]].plural.replace("_", " ").capitalize()}
        for line in (task.result or {}).get("types", [])
    ]
    order = sa.case(
        (RehearsalRow.verdict == RehearsalVerdict.PROBLEM, 0),
        (RehearsalRow.verdict == RehearsalVerdict.WARNING, 1),
        else_=2,
    )
    rows = session.scalars(
        sa.select(RehearsalRow)
        .where(RehearsalRow.task_id == task.id)
        .order_by(order, RehearsalRow.position)
        .limit(SHOWN)
    )
    return {
        **{
            key: (task.result or {}).get(key, 0) for key in ("total", "ready", "warning", "problem")
        },
        "types": types,
        "rows": [rehearsed(row) for row in rows],
        "at": task.finished_at,
    }


def rehearsed(row: RehearsalRow) -> dict[str, Any]:
    """Give one call of the rehearsal, with where its record can be put right."""
    verdict = RehearsalVerdict(row.verdict)
    return {
        "label": row.label,
        "type": row.entity_type.replace("_", " ").capitalize(),
        "href": links.synced_href(row.entity_type, row.entity_id),
        "badge": {"label": verdict.label, "tone": verdict.tone},
        "words": row.words,
        "verb": row.verb,
        "amount": row.amount,
        "payload": row.payload,
        "payload_url": f"/admin/quickbooks/setup/payload/{row.id}" if row.payload else None,
    }

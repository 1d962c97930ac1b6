"""The last steps of a first connection: the start date, what has to be done before, going live."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from batchly_admin.domain.setup import TaskKind
from batchly_admin.errors import Conflict, InvalidInput
from batchly_admin.models.matching import MatchCandidate, SetupTask
from batchly_admin.models.sync import QbConnection
from batchly_admin.services import audit, backlog, matching, settings, setup_tasks
from batchly_admin.services.unit_of_work import UnitOfWork
from batchly_admin.words import plural

CHOSEN = "start_chosen_at"


@dataclass(frozen=True, slots=True)
class Standing:
    """How far the set-up of a connection is."""

    checks: SetupTask | None
    matching: SetupTask | None
    rehearsal: SetupTask | None
    open_matches: int
    start: date | None
    start_chosen_at: datetime | None
    missing: tuple[str, ...]
    """What has to be done before going live, in words."""

    @property
    def must_fix(self) -> int:
        """How many checks have to be put right."""
        return int(_of(self.checks, "must_fix") or 0)

    @property
    def problems(self) -> int:
        """How many calls the rehearsal found that would fail."""
        return int(_of(self.rehearsal, "problem") or 0)


def _of(task: SetupTask | None, key: str) -> Any:
    return (task.result or {}).get(key) if task is not None else None


def standing(session: Session, connection: QbConnection) -> Standing:
    """Give how far the set-up is, read off what was found and decided."""
    checks, match, rehearsal = (
        setup_tasks.last_finished(session, connection.id, kind)
        for kind in (TaskKind.CHECKS, TaskKind.MATCHING, TaskKind.REHEARSAL)
    )
    text = (connection.preferences or {}).get(CHOSEN)
    chosen = datetime.fromisoformat(text) if text else None
    start = settings.get(session, "sync_start_date")
    open_matches = matching.open_ours(session, connection.id)
    missing: list[str] = []
    if connection.state != "connected":
        missing.append("Connect QuickBooks again.")
    missing += _missing_reads(checks, match, open_matches)
    if chosen is None:
        missing.append("Choose the day from which documents are sent.")
    latest = [chosen, match.finished_at if match else None, _last_decision(session, connection)]
    if rehearsal is None:
        missing.append("Rehearse.")
    elif any(moment is not None and moment > _begun(rehearsal) for moment in latest):
        missing.append("Rehearse again: something was decided since the last rehearsal.")
    return Standing(
        checks=checks,
        matching=match,
        rehearsal=rehearsal,
        open_matches=open_matches,
        start=date.fromisoformat(str(start)) if start else None,
        start_chosen_at=chosen,
        missing=tuple(missing),
    )


def _missing_reads(
    checks: SetupTask | None, match: SetupTask | None, open_matches: int
) -> list[str]:
    missing = []
    must_fix = int(_of(checks, "must_fix") or 0)
    if checks is None:
        missing.append("Check how QuickBooks is set up.")
    elif must_fix:
        count = plural(must_fix, "point has", "points have")
        missing.append(f"{count} to be put right in QuickBooks; then check again.")
    if match is None:
        missing.append("Match customers and items.")
    elif open_matches:
        count = plural(open_matches, "record waits", "records wait")
        missing.append(f"{count} for a decision; skipping is one too.")
    return missing


def _begun(task: SetupTask) -> datetime:
    return task.started_at or task.created_at


def _last_decision(session: Session, connection: QbConnection) -> datetime | None:
    return session.scalar(
        sa.select(sa.func.max(MatchCandidate.decided_at)).where(
            MatchCandidate.connection_id == connection.id
        )
    )


def choose_start(uow: UnitOfWork, text: str) -> int:
    """Set the day from which documents are sent; give how many that waited stay here.

    Empty text means: everything.

    Raises:
        InvalidInput: it is no day.
        Conflict: there is no connection, or it is live already.
    """
    connection = _locked(uow)
    try:
        start = date.fromisoformat(text.strip()) if text.strip() else None
    except ValueError:
        raise InvalidInput("Write a day like 2026-03-31.", field="start") from None
    settings.put(uow, "sync_start_date", start.isoformat() if start else None)
    connection.preferences = {
        **(connection.preferences or {}),
        CHOSEN: uow.now().isoformat(),
    }
    uow.session.flush()
    return backlog.withdraw_rest(uow, start)


def go_live(uow: UnitOfWork, *, accept_problems: bool) -> None:
    """Let what waits leave, and have the rest of the backlog queued in the background.

    Raises:
        Conflict: something has to be done before, or the rehearsal found problems and nobody said
            that those may wait.
    """
    connection = _locked(uow)
    found = standing(uow.session, connection)
    if found.missing:
        raise Conflict(f"Not yet: {' '.join(found.missing)}")
    if found.problems and not accept_problems:
        count = plural(found.problems, "record")
        raise Conflict(f"{count} would fail. Put them right, or say that they may wait.")
    connection.went_live_at = uow.now()
    connection.pushes_paused = False
    audit.note(uow, "qbo.went_live", subject=f"QuickBooks company {connection.realm_id}")
    setup_tasks.start(uow, TaskKind.BACKLOG)
    uow.ring_after_commit("push")


def pause(uow: UnitOfWork, *, paused: bool) -> None:
    """Hold everything back, or let it go again; what waits is kept.

    Raises:
        Conflict: QuickBooks was never connected.
    """
    connection = uow.session.scalar(sa.select(QbConnection).limit(1).with_for_update())
    if connection is None:
        raise Conflict("QuickBooks is not connected.")
    if connection.pushes_paused == paused:
        return
    connection.pushes_paused = paused
    event = "qbo.paused" if paused else "qbo.resumed"
    audit.note(uow, event, subject=f"QuickBooks company {connection.realm_id}")
    uow.ring_after_commit("push")


def _locked(uow: UnitOfWork) -> QbConnection:
    connection = uow.session.scalar(sa.select(QbConnection).limit(1).with_for_update())
    if connection is None:
        raise Conflict("QuickBooks is not connected. Connect it first.")
    if connection.went_live_at is not None:
        raise Conflict("QuickBooks is live already.")
    return connection

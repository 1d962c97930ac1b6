"""Step four: build every call that going live would make, send none, and say what would happen.

The bodies come from the same pushers that send them later. What does not exist in QuickBooks yet is
stood in for by words ("new: Ann Smith") in records that are read, changed in memory and thrown
away; they belong to a session that never writes.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import orjson
import sqlalchemy as sa
from sqlalchemy.orm import Session

from batchly_admin.domain.setup import RehearsalVerdict
from batchly_admin.errors import Rejected, SyncError
from batchly_admin.ids import new_id
from batchly_admin.models.matching import RehearsalRow
from batchly_admin.models.synced import kind_of
from batchly_admin.qbo import facts
from batchly_admin.qbo.client import Client
from batchly_admin.qbo.push import Pusher, Sending, pusher_of
from batchly_admin.qbo.push.base import CREATE
from batchly_admin.qbo.setup import comparing
from batchly_admin.services import backlog, settings, setup_tasks
from batchly_admin.services.unit_of_work import SYSTEM, UnitOfWorks

AT_ONCE = 100
READY, PROBLEM = RehearsalVerdict.READY, RehearsalVerdict.PROBLEM

Row = dict[str, Any]


def run(uows: UnitOfWorks, client: Client, hold: setup_tasks.Hold) -> dict[str, Any]:
    """Rehearse everything due; give the counts, and keep one row for each call.

    Raises:
        SyncError: QuickBooks could not be read.
    """
    with uows.read() as session:
        text = settings.get(session, "sync_start_date")
        due = backlog.due(session, date.fromisoformat(str(text)) if text else None)
    known = _learn(uows, client, hold, {one.entity_type for one in due})
    total = len(due) * 2
    rows: list[Row] = []
    sendings: list[tuple[Row, Sending]] = []
    for begin in range(0, len(due), AT_ONCE):
        setup_tasks.report(uows, hold, done=begin, total=total, message="Building the calls")
        with uows.read() as session, session.no_autoflush:
            for one in due[begin : begin + AT_ONCE]:
                row, sending = _build(session, one, known)
                rows.append(row)
                if sending is not None:
                    sendings.append((row, sending))
            # Whatever stood in for something is forgotten here.
            session.rollback()
    for begin in range(0, len(sendings), AT_ONCE):
        done = len(due) + begin
        setup_tasks.report(uows, hold, done=done, total=total, message="Looking into QuickBooks")
        comparing.compare(client, sendings[begin : begin + AT_ONCE])
    _keep(uows, hold, rows)
    return _summary(rows)


def _learn(
    uows: UnitOfWorks, client: Client, hold: setup_tasks.Hold, kinds: set[str]
) -> facts.Facts:
    with uows.read() as session:
        connection = facts.connection_of(session)
        known = facts.read(connection) if connection is not None else facts.Facts()
    for name in sorted(kinds):
        try:
            learned = pusher_of(name).learn(client, known)
        except Rejected:
            # Each record it concerns says so by itself.
            continue
        if learned:
            with uows.begin(actor=SYSTEM, source="sync") as uow:
                known = facts.keep(uow.session, hold.connection_id, **learned)
    return known


def _build(session: Session, one: backlog.Due, known: facts.Facts) -> tuple[Row, Sending | None]:
    """Build one call; what its pusher refuses becomes the row's words."""
    row = _row(one)
    numbered: Sending | None = None
    try:
        pusher = pusher_of(one.entity_type)
        record = pusher.load(session, one.entity_id)
        if record is None:
            raise Rejected("The record no longer exists here.")
        _stand_in(pusher, record)
        row["label"] = kind_of(record).label(record)[:200]
        row["amount"] = _amount(record)
        numbered = _number_alone(pusher, record, row["label"])
        sending = pusher.prepare(session, record, "create", known)
    except SyncError as refused:
        row["verdict"] = PROBLEM.value
        row["words"] = f"{refused.message} {refused.hint}".strip()
        return row, numbered
    row["verb"] = sending.verb
    row["payload"] = exact(sending.payload)
    for words in comparing.totals(session, record):
        row["verdict"], row["words"] = RehearsalVerdict.WARNING.value, words
    return row, sending


def _number_alone(pusher: Pusher, record: Any, number: str) -> Sending | None:
    """Give what is needed to look a document's number up, even if the document cannot go."""
    if pusher.entity not in comparing.NUMBERED:
        return None
    return Sending(pusher.entity, CREATE, {"DocNumber": number}, record.id, number)


def _row(one: backlog.Due) -> Row:
    return {
        "entity_type": one.entity_type,
        "entity_id": one.entity_id,
        "label": one.label[:200],
        "verb": "create",
        "verdict": READY.value,
        "words": None,
        "amount": None,
        "payload": None,
    }


def _stand_in(pusher: Pusher, record: Any) -> None:
    """Let what will be there by then look as if it were, in memory only."""
    for parent in pusher.parents(record):
        kind = kind_of(parent)
        if not kind.qbo_id(parent):
            setattr(parent, kind.id_column, f"new: {kind.label(parent)}")


def _amount(record: Any) -> Decimal | None:
    found = getattr(record, "total_amount", None)
    return found if found is not None else getattr(record, "amount", None)


def exact(payload: Any) -> str:
    """Give a body as it would leave, digit for digit, but on lines a person can read."""
    return orjson.dumps(payload, default=_number, option=orjson.OPT_INDENT_2).decode()


def _number(value: Any) -> Any:
    if isinstance(value, Decimal):
        return orjson.Fragment(format(value, "f"))
    raise TypeError(type(value).__name__)


def _keep(uows: UnitOfWorks, hold: setup_tasks.Hold, rows: list[Row]) -> None:
    with uows.begin(actor=SYSTEM, source="sync") as uow:
        uow.session.execute(sa.delete(RehearsalRow))
        moment = uow.now()
        values = [
            {
                "id": new_id(),
                "task_id": hold.id,
                "position": position,
                "created_at": moment,
                "updated_at": moment,
                "version": 1,
                **row,
            }
            for position, row in enumerate(rows, 1)
        ]
        if values:
            uow.session.execute(sa.insert(RehearsalRow), values)


def _summary(rows: list[Row]) -> dict[str, Any]:
    by_type: dict[str, Counter[str]] = defaultdict(Counter)
    amounts: dict[str, Decimal] = defaultdict(Decimal)
    for row in rows:
        by_type[row["entity_type"]][row["verdict"]] += 1
        amounts[row["entity_type"]] += row["amount"] or Decimal(0)
    verdicts = [verdict.value for verdict in RehearsalVerdict]
    return {
        "total": len(rows),
        **{verdict: sum(counts[verdict] for counts in by_type.values()) for verdict in verdicts},
        "types": [
            {
                "type": name,
                "total": sum(counts.values()),
                "amount": f"{amounts[name]:.2f}" if amounts[name] else None,
                **{verdict: counts[verdict] for verdict in verdicts},
            }
            for name, counts in by_type.items()
        ],
    }


def rows_of(session: Session, task_id: UUID, verdict: RehearsalVerdict, limit: int) -> list[Any]:
    """Give the first rows of a rehearsal that ended this way."""
    return list(
        session.scalars(
            sa.select(RehearsalRow)
            .where(RehearsalRow.task_id == task_id, RehearsalRow.verdict == verdict.value)
            .order_by(RehearsalRow.position)
            .limit(limit)
        )
    )

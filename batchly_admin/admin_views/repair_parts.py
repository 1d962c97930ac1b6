"""What the repair desk shows of a row: its cause in words, its tries, and what can be pressed."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import orjson
import sqlalchemy as sa
from sqlalchemy.orm import Session

from batchly_admin.admin_views import context, links
from batchly_admin.domain.statuses import Press, QueueStatus, RepairKind, RepairState
from batchly_admin.grid.registry import tables
from batchly_admin.models.repairs import SyncRepair
from batchly_admin.models.sync import SyncAttempt, SyncBatch, SyncDifference, SyncQueueRow
from batchly_admin.models.synced import SYNCED
from batchly_admin.qbo import facts
from batchly_admin.qbo.deep_links import page_of
from batchly_admin.qbo.error_table import Rule, rule_of
from batchly_admin.qbo.push import PUSHERS
from batchly_admin.services import outbox, repairing, resending

DESK = "/admin/quickbooks/repair"
ATTEMPTS = 50
TONES = {member.value: member.tone for member in QueueStatus}
LABELS = {member.value: member.label for member in QueueStatus}
FIXED_BY = {"customer": "customers", "item": "products"}
"""Types whose records can be changed at any time; what is issued is frozen."""


def name_of(entity_type: str) -> str:
    """Give what people call a type of record."""
    return entity_type.replace("_", " ").capitalize()


def may_retry(row: SyncQueueRow) -> bool:
    """Tell whether the person may send a row again: any, or only what they queued themselves."""
    own = row.created_by_id is not None and row.created_by_id == context.person().user_id
    return context.may("sync:retry") or (own and context.may("sync:retry-own"))


def line(row: SyncQueueRow, record: Any | None) -> dict[str, Any]:
    """Give a row of the desk's list."""
    amount = getattr(record, "total_amount", getattr(record, "amount", None))
    return {
        "label": row.label or str(row.entity_id),
        "type": name_of(row.entity_type),
        "href": f"{DESK}/{row.id}",
        "badge": badge(row),
        "amount": amount,
        "cause": row.error_message or rule_of(row.error_class, row.error_code).words,
        "hint": row.error_hint or "",
        "attempts": row.attempts,
        "since": row.first_failed_at or row.updated_at,
    }


def badge(row: SyncQueueRow) -> dict[str, str]:
    """Give the badge of a queue row."""
    by_hand = row.phase == repairing.BY_HAND and row.status == QueueStatus.COMPLETED
    label = "Done by hand" if by_hand else LABELS[row.status]
    return {"label": label, "tone": TONES[row.status], "hint": row.error_message or ""}


def page(session: Session, row: SyncQueueRow) -> dict[str, Any]:
    """Give everything the page of one row shows."""
    rule = rule_of(row.error_class, row.error_code)
    record = outbox.find_record(session, row.entity_type, row.entity_id)
    waits = row.status in (QueueStatus.FAILED, QueueStatus.BLOCKED)
    kind = SYNCED[row.entity_type]
    qbo_id = kind.qbo_id(record) if record is not None else row.qbo_id
    pressed = presses(row, rule) if waits else []
    return {
        "id": row.id,
        "label": row.label,
        "type": name_of(row.entity_type),
        "operation": row.operation,
        "badge": badge(row),
        "record_url": links.synced_href(row.entity_type, row.entity_id),
        "qbo_id": qbo_id,
        "qbo_url": page_of(facts.connection_of(session), row.entity_type, qbo_id),
        "cause": (row.error_message or rule.words) if waits else None,
        "hint": (row.error_hint or rule.hint) if waits else None,
        "by_itself": rule.by_itself if waits else None,
        "note": row.resolved_note,
        "waits_for": f"{DESK}/{row.depends_on_id}" if waits and row.depends_on_id else None,
        "presses": pressed,
        "unchanged": waits and resending.is_unchanged(session, row),
        "alike": count_alike(session, row) if Press.RETRY_LIKE in pressed else 0,
        "fix_url": fix_url(row) if Press.FIX in pressed else None,
        "attempts": attempts(session, row),
        "search": last_search(session, row),
        "repairs": [_repair(one) for one in repairs(session, row)],
        "differences": open_differences(session, row.entity_type, row.entity_id),
        "is_running": is_running(session, row),
    }


def presses(row: SyncQueueRow, rule: Rule) -> list[Press]:
    """Give what this person can press now, in the order of the error table."""
    found = []
    for press in rule.press:
        if press in {Press.RETRY, Press.RETRY_LIKE} and not _can_retry(row, press):
            continue
        if press in {Press.LINK, Press.DONE} and not _can_resolve(row, press):
            continue
        if press is Press.NUMBERS and not _can_renumber(row):
            continue
        if press is Press.FIX and fix_url(row) is None:
            continue
        found.append(press)
    return found


def _can_retry(row: SyncQueueRow, press: Press) -> bool:
    if press is Press.RETRY_LIKE:
        return row.status == QueueStatus.FAILED and context.may("sync:retry")
    return may_retry(row)


def _can_resolve(row: SyncQueueRow, press: Press) -> bool:
    if press is Press.LINK and (row.operation != "create" or row.entity_type not in PUSHERS):
        return False
    return context.may("sync:resolve")


def _can_renumber(row: SyncQueueRow) -> bool:
    return repairing.is_number_taken(row) and context.may("counters:edit")


def fix_url(row: SyncQueueRow) -> str | None:
    """Give the form in which the cause can be put right; saving it sends the record again."""
    grid = FIXED_BY.get(row.entity_type)
    table = tables().get(grid) if grid else None
    if table is None or not may_retry(row) or not context.may(f"{table.rights_area}:edit"):
        return None
    return f"{table.url}/{row.entity_id}/edit?fix={row.id}"


def count_alike(session: Session, row: SyncQueueRow) -> int:
    """Give how many rows failed for the same cause."""
    query = sa.select(sa.func.count()).select_from(SyncQueueRow).where(resending.alike(row))
    return session.scalar(query) or 0


def attempts(session: Session, row: SyncQueueRow) -> list[dict[str, Any]]:
    """Give the tries of a row, the latest first, with what was sent and answered, masked."""
    found = session.scalars(
        sa.select(SyncAttempt)
        .where(SyncAttempt.queue_row_id == row.id)
        .order_by(SyncAttempt.started_at.desc(), SyncAttempt.id.desc())
        .limit(ATTEMPTS)
    )
    return [_attempt(row, one) for one in found]


def _attempt(row: SyncQueueRow, attempt: SyncAttempt) -> dict[str, Any]:
    good = attempt.outcome == "ok"
    duration = None
    if attempt.ended_at is not None:
        duration = round((attempt.ended_at - attempt.started_at).total_seconds() * 1000)
    rule = rule_of(attempt.error_class, attempt.error_code)
    return {
        "number": attempt.number,
        "at": attempt.started_at,
        "outcome": "Got through" if good else "Failed",
        "tone": "green" if good else "red",
        "http_status": attempt.http_status,
        "duration_ms": duration,
        "intuit_tid": attempt.intuit_tid,
        "request_id": row.request_id,
        "call": attempt.endpoint,
        "calls": attempt.calls,
        "code": attempt.error_code,
        "request_body": _pretty(attempt.request),
        "response_body": _pretty(attempt.answer),
        "cause": attempt.message,
        "advice": None if good else rule.hint,
    }


def _pretty(value: Any) -> str:
    if value is None:
        return ""
    return orjson.dumps(value, option=orjson.OPT_INDENT_2, default=str).decode()


def repairs(session: Session, row: SyncQueueRow) -> list[SyncRepair]:
    """Give the last repairs of a row's record."""
    return list(
        session.scalars(
            sa.select(SyncRepair)
            .where(SyncRepair.entity_type == row.entity_type, SyncRepair.entity_id == row.entity_id)
            .order_by(SyncRepair.created_at.desc(), SyncRepair.id.desc())
            .limit(10)
        )
    )


def is_running(session: Session, row: SyncQueueRow) -> bool:
    """Tell whether the page has to look again by itself."""
    waiting = any(one.state == RepairState.WAITING for one in repairs(session, row))
    return waiting or row.status in (QueueStatus.PENDING, QueueStatus.PROCESSING)


def last_search(session: Session, row: SyncQueueRow) -> dict[str, Any] | None:
    """Give the last search with its candidates, each beside ours."""
    found = next(
        (one for one in repairs(session, row) if one.kind == RepairKind.SEARCH and one.result), None
    )
    return dict(found.result) if found is not None else None


def _repair(one: SyncRepair) -> dict[str, Any]:
    kind, state = RepairKind(one.kind), RepairState(one.state)
    return {
        "label": kind.label,
        "badge": {"label": state.label, "tone": state.tone, "hint": ""},
        "message": one.message or "The worker looks into QuickBooks.",
        "by": one.actor_name,
        "at": one.finished_at or one.created_at,
    }


def open_differences(session: Session, entity_type: str, entity_id: UUID) -> list[dict[str, Any]]:
    """Give what is to be reviewed of a record."""
    found = session.scalars(
        sa.select(SyncDifference)
        .where(
            SyncDifference.entity_type == entity_type,
            SyncDifference.entity_id == entity_id,
            SyncDifference.state == "open",
        )
        .order_by(SyncDifference.created_at, SyncDifference.id)
        .limit(20)
    )
    return [
        {
            "id": one.id,
            "field": (one.field or one.kind).replace("_", " ").capitalize(),
            "ours": one.ours,
            "theirs": one.theirs,
            "review_url": f"{DESK}/differences/{one.id}/review",
        }
        for one in found
    ]


def batch(session: Session, found: SyncBatch) -> dict[str, Any]:
    """Give a set of rows that were sent again together: 3 of 10, and what came of each."""
    rows = session.scalars(
        sa.select(SyncQueueRow)
        .where(SyncQueueRow.batch_id == found.id)
        .order_by(SyncQueueRow.id)
        .limit(200)
    )
    is_done = found.finished_at is not None
    words = f"{found.done} of {found.total} retried"
    if is_done:
        words = f"{found.ok} got through, {found.failed} still failed"
    return {
        "label": found.label,
        "total": found.total,
        "done": found.done,
        "ok": found.ok,
        "failed": found.failed,
        "is_done": is_done,
        "words": words,
        "rows": [line(row, None) for row in rows],
        "at": found.created_at,
        "again_url": f"{DESK}/batches/{found.id}/again",
    }

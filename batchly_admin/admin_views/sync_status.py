"""What the sync status page shows, put together from the engine's figures and its tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from croniter import croniter
from sqlalchemy.orm import Session

from batchly_admin.domain.statuses import QueueStatus
from batchly_admin.jobs import schedule as slots
from batchly_admin.models.sync import ScheduleSlot, SyncAttempt, SyncQueueRow

COUNTS = ("completed", "pending", "processing", "blocked", "failed")
PUSHED = {"customers", "invoices", "payments", "credit_memos", "refunds", "items"}
PULLED = {"items", "payments", "tax_rates", "customers", "terms", "payment_methods", "company"}
LABELS = {"tax_rates": "Tax rates", "credit_memos": "Credit memos", "terms": "Payment terms"}


def label(name: str) -> str:
    """Give what people call a type of record."""
    return LABELS.get(name, name.replace("_", " ").capitalize())


def connection(found: Mapping[str, Any]) -> dict[str, Any]:
    """Give the connection card."""
    state = found["connection"]
    return {
        "company": state.get("company_name"),
        "realm_id": state.get("realm_id"),
        "environment": state.get("environment"),
        "connected_at": None,
        "expires_at": state.get("reconnect_by"),
        "detail": state.get("words") or None,
        "control_url": None,
    }


def types(found: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Give one row for each type of record."""
    rows = []
    for name, counts in found["types"].items():
        pushed, pulled = name in PUSHED, name in PULLED
        direction = "both" if pushed and pulled else "push" if pushed else "pull"
        rows.append(
            {
                "type": name,
                "label": label(name),
                "direction": direction,
                **{count: counts[count] for count in COUNTS},
                "last_success_at": counts["last_success_at"],
                "href": None,
            }
        )
    return rows


def totals(rows: Sequence[Mapping[str, Any]]) -> dict[str, int]:
    """Give the sums over all types."""
    return {count: sum(row[count] for row in rows) for count in COUNTS}


def failed_rows(session: Session, *, limit: int) -> list[SyncQueueRow]:
    """Give the rows that need somebody, newest trouble first."""
    return list(
        session.scalars(
            sa.select(SyncQueueRow)
            .where(SyncQueueRow.status.in_((QueueStatus.FAILED, QueueStatus.BLOCKED)))
            .order_by(SyncQueueRow.status.desc(), SyncQueueRow.updated_at.desc())
            .limit(limit)
        )
    )


def schedule(
    session: Session, pulls: Mapping[str, str], *, now: datetime, zone: str
) -> list[dict[str, Any]]:
    """Give the pulls that run by the clock, with their last and next time."""
    wall = now.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
    last = _last_slots(session)
    rows = []
    for name, cron in slots.plan(session, pulls).items():
        following: datetime = croniter(cron, wall).get_next(datetime)
        slot = last.get(name)
        rows.append(
            {
                "type": name,
                "label": label(name),
                "when": _words(cron),
                "next_at": following.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC),
                "last_at": slot.finished_at if slot is not None else None,
                "badge": _slot_badge(slot),
            }
        )
    return rows


def _last_slots(session: Session) -> dict[str, ScheduleSlot]:
    newest = (
        sa.select(ScheduleSlot.name, sa.func.max(ScheduleSlot.slot_key).label("slot_key"))
        .group_by(ScheduleSlot.name)
        .subquery()
    )
    found = session.scalars(
        sa.select(ScheduleSlot).join(newest, newest.c.slot_key == ScheduleSlot.slot_key)
    )
    return {slot.name: slot for slot in found}


def _slot_badge(slot: ScheduleSlot | None) -> dict[str, str] | None:
    if slot is None:
        return None
    tones = {"done": "green", "failed": "red", "running": "blue", "pending": "amber"}
    words = {"done": "Done", "failed": "Failed", "running": "Running", "pending": "Waiting"}
    return {
        "label": words.get(slot.state, slot.state),
        "tone": tones.get(slot.state, "neutral"),
        "hint": slot.message or "",
    }


def _words(cron: str) -> str:
    minute, hour, _day, _month, weekday = cron.split()
    if hour == "*":
        return "Every hour"
    days = ("Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday")
    rhythm = "Daily" if weekday == "*" else days[int(weekday) % 7]
    return f"{rhythm} at {int(hour):02d}:{int(minute):02d}"


def history(session: Session, *, limit: int) -> list[dict[str, Any]]:
    """Give the last attempts and pulls, newest first."""
    found = session.execute(
        sa.select(SyncAttempt, SyncQueueRow.label, SyncQueueRow.entity_type)
        .join(SyncQueueRow, SyncAttempt.queue_row_id == SyncQueueRow.id)
        .order_by(SyncAttempt.started_at.desc())
        .limit(limit)
    )
    entries: list[dict[str, Any]] = [
        {
            "label": f"{label(kind)} {name}",
            "trigger": "Push",
            "badge": _attempt_badge(attempt),
            "started_at": attempt.started_at,
            "duration": _duration(attempt.started_at, attempt.ended_at),
            "ok": 1 if attempt.outcome == "completed" else 0,
            "failed": 0 if attempt.outcome == "completed" else 1,
            "message": attempt.message,
        }
        for attempt, name, kind in found
    ]
    slots_found = session.scalars(
        sa.select(ScheduleSlot)
        .where(ScheduleSlot.started_at.is_not(None))
        .order_by(ScheduleSlot.started_at.desc())
        .limit(limit)
    )
    entries += [
        {
            "label": f"Fetch {label(slot.name).lower()}",
            "trigger": "Pull",
            "badge": _slot_badge(slot),
            "started_at": slot.started_at,
            "duration": _duration(slot.started_at, slot.finished_at),
            "ok": 1 if slot.state == "done" else 0,
            "failed": 1 if slot.state == "failed" else 0,
            "message": slot.message,
        }
        for slot in slots_found
    ]
    return sorted(entries, key=lambda entry: entry["started_at"], reverse=True)[:limit]


def _attempt_badge(attempt: SyncAttempt) -> dict[str, str]:
    good = attempt.outcome == "completed"
    return {
        "label": "Synced" if good else (attempt.error_class or attempt.outcome).capitalize(),
        "tone": "green" if good else "red",
        "hint": attempt.message or "",
    }


def _duration(started: datetime | None, ended: datetime | None) -> str | None:
    if started is None or ended is None:
        return None
    seconds = (ended - started).total_seconds()
    return f"{seconds * 1000:.0f} ms" if seconds < 1 else f"{seconds:.1f} s"

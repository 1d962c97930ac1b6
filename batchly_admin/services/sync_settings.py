"""How QuickBooks is kept in step: the rhythm of each pull, what is on, and the pause of pushes.

Settings of one value each stand in services.settings; what feeds which field in field_mapping.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import time
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from batchly_admin.domain.notices import NoticeKind
from batchly_admin.errors import Conflict, InvalidInput, Refusal
from batchly_admin.ids import new_id
from batchly_admin.models.sync import QbConnection, SyncSchedule
from batchly_admin.services import notices, pausing, settings
from batchly_admin.services.unit_of_work import UnitOfWork

RHYTHMS: dict[str, str] = {
    "hourly": "Every hour",
    "daily": "Every day",
    "weekly": "Every week",
    "manual": "Only by hand",
}
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
SUNDAY = 6


@dataclass(frozen=True, slots=True)
class Rhythm:
    """When one type is pulled, by the company's clock; Monday is 0."""

    rhythm: str
    at_time: time | None = None
    weekday: int | None = None
    is_enabled: bool = True


def save(uow: UnitOfWork, values: Mapping[str, Any]) -> None:
    """Change several settings at once, all or none.

    Raises:
        InvalidInput: naming every setting that cannot take its value.
    """
    refusals = []
    for key, value in values.items():
        problem = settings.REGISTRY[key].problem(value)
        if problem is not None:
            refusals.append(Refusal(key, problem))
    if refusals:
        raise InvalidInput(" ".join(one.reason for one in refusals), refusals=tuple(refusals))
    for key, value in values.items():
        settings.put(uow, key, value)


def rhythm_of(row: SyncSchedule | None, cron: str | None) -> Rhythm:
    """Give the rhythm of a pull: the company's own, else what the installation's cron line says."""
    usual = _of_cron(cron)
    if row is None:
        return usual
    return Rhythm(
        row.rhythm,
        row.at_time or usual.at_time,
        row.weekday if row.weekday is not None else usual.weekday,
        row.is_enabled,
    )


def set_rhythm(uow: UnitOfWork, sync_type: str, wanted: Rhythm, cron: str | None) -> bool:
    """Pull a type at another time; tell whether that is a change.

    Raises:
        InvalidInput: when the rhythm has no time or is none.
    """
    if wanted.rhythm not in RHYTHMS:
        raise InvalidInput("Choose hourly, daily, weekly or by hand.", field="rhythm")
    if wanted.rhythm in {"daily", "weekly"} and wanted.at_time is None:
        raise InvalidInput("Give the time of day, like 04:00.", field="at_time")
    if wanted.rhythm == "weekly" and wanted.weekday not in range(7):
        raise InvalidInput("Choose a day of the week.", field="weekday")
    row = uow.session.scalar(sa.select(SyncSchedule).where(SyncSchedule.sync_type == sync_type))
    if _shown(rhythm_of(row, cron)) == _shown(wanted):
        return False
    if row is None:
        row = SyncSchedule(id=new_id(), sync_type=sync_type)
        uow.session.add(row)
    row.rhythm, row.is_enabled = wanted.rhythm, wanted.is_enabled
    row.at_time = wanted.at_time if wanted.rhythm in {"daily", "weekly"} else None
    row.weekday = wanted.weekday if wanted.rhythm == "weekly" else None
    uow.session.flush()
    return True


def types_off(session: Session) -> frozenset[str]:
    """Give the types that are not fetched from QuickBooks at all."""
    query = sa.select(SyncSchedule.sync_type).where(SyncSchedule.is_enabled.is_(False))
    return frozenset(session.scalars(query))


def check_on(session: Session, sync_type: str) -> None:
    """Let a type be fetched by hand.

    Raises:
        Conflict: it is switched off.
    """
    if sync_type in types_off(session):
        name = sync_type.replace("_", " ").capitalize()
        raise Conflict(f"{name} are switched off in the QuickBooks settings.")


def schedules(session: Session) -> dict[str, SyncSchedule]:
    """Give the rhythms that differ from the installation's, by type."""
    return {row.sync_type: row for row in session.scalars(sa.select(SyncSchedule))}


def pause_pushes(uow: UnitOfWork, reason: str) -> None:
    """Send nothing to QuickBooks until somebody resumes; everything waits in the queue.

    Raises:
        InvalidInput: without a reason.
        Conflict: when nothing is connected, or pushes are paused already.
    """
    words = " ".join(reason.split())
    if not words:
        raise InvalidInput("Say why, so that the others know.", field="reason")
    connection = uow.session.scalar(
        sa.select(QbConnection).order_by(QbConnection.created_at).limit(1).with_for_update()
    )
    if connection is None:
        raise Conflict("QuickBooks is not connected.")
    if connection.pushes_paused:
        raise Conflict("Pushes to QuickBooks are paused already.")
    connection.pushes_paused = True
    connection.pause_reason = f"Pushes are paused by {uow.actor.name}: {words}"[:1000]
    uow.session.flush()
    lines = [connection.pause_reason, "Documents wait here and go out when somebody resumes."]
    notices.notify(uow, NoticeKind.PAUSED, "Pushes to QuickBooks are paused", lines, "by_hand")


def resume_pushes(uow: UnitOfWork) -> None:
    """Send everything that waited.

    Raises:
        Conflict: when pushes are not paused.
    """
    pausing.resume_all(uow)
    lines = [f"{uow.actor.name} resumed the pushes. What was waiting goes out now."]
    notices.notify(uow, NoticeKind.PAUSED, "Pushes to QuickBooks go on", lines, "resumed")


def _of_cron(cron: str | None) -> Rhythm:
    if cron is None:
        return Rhythm("manual")
    minute, hour, _day, _month, weekday = cron.split()
    if not (minute.isdigit() and hour.isdigit()):
        return Rhythm("hourly")
    at_time = time(int(hour), int(minute))
    if weekday == "*":
        return Rhythm("daily", at_time)
    # Cron counts from Sunday.
    return Rhythm("weekly", at_time, (int(weekday) + 6) % 7)


def _shown(one: Rhythm) -> tuple[Any, ...]:
    timed = one.rhythm in {"daily", "weekly"}
    return (
        one.rhythm,
        one.at_time if timed else None,
        one.weekday if one.rhythm == "weekly" else None,
        one.is_enabled,
    )

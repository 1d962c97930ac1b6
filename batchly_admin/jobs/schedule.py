"""The pulls that are owed: one row for each moment of local wall time, so none runs twice.

A slot is named "payments@2027-10-31T02:00", in the company's time zone and not in UTC: on the day
the clocks go back two o'clock comes twice and is still one slot. A scheduler that was away finds
only the latest missed slot owed, because one pull fetches everything since the last.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from croniter import croniter
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session, sessionmaker

from batchly_admin.clock import Clock
from batchly_admin.db import is_postgresql
from batchly_admin.ids import token
from batchly_admin.models.company import Organization
from batchly_admin.models.sync import ScheduleSlot, SyncSchedule
from batchly_admin.services.unit_of_work import UnitOfWork

LEASE = timedelta(minutes=5)
MAX_ATTEMPTS = 8
FIRST_WAIT = timedelta(minutes=1)
LONGEST_WAIT = timedelta(hours=1)

NIGHTLY: Mapping[str, str] = {"trash": "40 3 * * *"}
"""What the clock owes besides pulls: the trash is emptied of what is too old."""

CLOCK_KEY = "%@____-__-__T__:__"
_OPEN = ScheduleSlot.state.in_(("pending", "running"))


@dataclass(frozen=True, slots=True)
class Slot:
    """One owed pull, held under a lease."""

    id: UUID
    name: str
    key: str
    attempts: int
    lease_token: str


def latest_slot(cron: str, wall: datetime) -> datetime:
    """Give the last moment of `cron` at or before the naive local time `wall`."""
    moment: datetime = croniter(cron, wall + timedelta(microseconds=1)).get_prev(datetime)
    return moment


def plan(session: Session, defaults: Mapping[str, str]) -> dict[str, str]:
    """Give the cron line of every pull: the defaults, as changed by the shop's own schedule."""
    lines = dict(defaults)
    for row in session.scalars(sa.select(SyncSchedule)):
        cron = _cron(row, defaults.get(row.sync_type))
        if cron is None:
            lines.pop(row.sync_type, None)
        else:
            lines[row.sync_type] = cron
    return lines


def write_owed(
    sessions: sessionmaker[Session],
    readers: sessionmaker[Session],
    clock: Clock,
    defaults: Mapping[str, str],
) -> int:
    """Write down every slot that has come due since the last look; give how many are new.

    A pull seen for the first time gets its last slot as a baseline that counts as done: nothing
    was owed before there was an installation.
    """
    with readers() as session:
        owed = _owed(session, clock, defaults)
    if not owed:
        return 0
    with sessions.begin() as session:
        return sum(_insert(session, values) for values in owed)


def owe_now(uow: UnitOfWork, name: str, *, zone: str) -> None:
    """Write down a pull that somebody asked for by hand, and wake the worker.

    Its key stands in the same order as the clock's, so a slot that was due before is not owed any
    more: this pull fetches its news too. Two presses within a second are one pull.
    """
    now = uow.now()
    wall = now.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
    key = f"{name}@{wall:%Y-%m-%dT%H:%M:%S}"
    _insert(uow.session, {"name": name, "slot_key": key, "due_at": now, "state": "pending"})
    uow.ring_after_commit("slots")


def _owed(session: Session, clock: Clock, defaults: Mapping[str, str]) -> list[dict[str, object]]:
    zone = ZoneInfo(session.scalar(sa.select(Organization.time_zone).limit(1)) or "UTC")
    now = clock.now()
    wall = now.astimezone(zone).replace(tzinfo=None)
    # Only slots of the clock count: one that a person asked for is named otherwise.
    latest = sa.select(ScheduleSlot.name, sa.func.max(ScheduleSlot.slot_key)).where(
        ScheduleSlot.slot_key.like(CLOCK_KEY)
    )
    known: dict[str, str] = dict(session.execute(latest.group_by(ScheduleSlot.name)).all())
    owed: list[dict[str, object]] = []
    for name, cron in plan(session, defaults).items():
        due = latest_slot(cron, wall)
        key = f"{name}@{due:%Y-%m-%dT%H:%M}"
        # The wall clock also runs backwards: a slot older than the last one is not owed.
        if name in known and key <= known[name]:
            continue
        values: dict[str, object] = {
            "name": name,
            "slot_key": key,
            "due_at": due.replace(tzinfo=zone).astimezone(UTC),
            "state": "pending",
        }
        if name not in known:
            values |= {"state": "done", "finished_at": now, "message": "Counting starts here."}
        owed.append(values)
    return owed


def _insert(session: Session, values: dict[str, object]) -> int:
    insert = postgresql.insert if is_postgresql(session) else sqlite.insert
    result = session.execute(
        insert(ScheduleSlot)
        .values(**values)
        .on_conflict_do_nothing(index_elements=[ScheduleSlot.slot_key])
        .returning(ScheduleSlot.id)
    )
    return len(result.all())


def _cron(row: SyncSchedule, default: str | None) -> str | None:
    if not row.is_enabled or row.rhythm == "manual":
        return None
    if row.rhythm == "hourly":
        return "0 * * * *"
    if row.at_time is None:
        return default
    day = "*"
    if row.rhythm == "weekly":
        # The table counts from Monday, cron from Sunday.
        day = str(((row.weekday if row.weekday is not None else 6) + 1) % 7)
    return f"{row.at_time.minute} {row.at_time.hour} * * {day}"


def take_slot(sessions: sessionmaker[Session], clock: Clock) -> Slot | None:
    """Take the oldest slot that is due under a lease, or give None when nothing is owed.

    The try is counted here: a pull that kills the worker cannot go on for ever.
    """
    now = clock.now()
    free = sa.or_(ScheduleSlot.lease_until.is_(None), ScheduleSlot.lease_until <= now)
    with sessions.begin() as session:
        session.execute(
            sa.update(ScheduleSlot)
            .where(_OPEN, free, ScheduleSlot.attempts >= MAX_ATTEMPTS)
            .values(state="failed", finished_at=now, lease_token=None, lease_until=None)
        )
        row = session.scalars(
            sa.select(ScheduleSlot)
            .where(_OPEN, free)
            .order_by(ScheduleSlot.due_at, ScheduleSlot.slot_key)
            .limit(1)
            .with_for_update(skip_locked=True)
        ).first()
        if row is None:
            return None
        row.state, row.started_at = "running", now
        row.attempts += 1
        row.lease_token, row.lease_until = token(16), now + LEASE
        return Slot(row.id, row.name, row.slot_key, row.attempts, row.lease_token)


def finish_slot(
    sessions: sessionmaker[Session], clock: Clock, slot: Slot, *, state: str, message: str
) -> bool:
    """Record how a slot ended, unless its lease was lost meanwhile; tell which."""
    return _release(
        sessions,
        slot,
        {"state": state, "finished_at": clock.now(), "lease_until": None, "message": message},
    )


def postpone_slot(
    sessions: sessionmaker[Session], clock: Clock, slot: Slot, *, message: str
) -> bool:
    """Give a slot back for a later try, waiting longer each time; False when the lease was lost."""
    wait = min(FIRST_WAIT * 2 ** (slot.attempts - 1), LONGEST_WAIT)
    return _release(
        sessions,
        slot,
        {"state": "pending", "lease_until": clock.now() + wait, "message": message},
    )


def _release(sessions: sessionmaker[Session], slot: Slot, values: dict[str, object]) -> bool:
    with sessions.begin() as session:
        result = session.execute(
            sa.update(ScheduleSlot)
            .where(ScheduleSlot.id == slot.id, ScheduleSlot.lease_token == slot.lease_token)
            .values(lease_token=None, **values)
            .returning(ScheduleSlot.id)
        )
        return bool(result.all())


def is_owing(readers: sessionmaker[Session], clock: Clock) -> bool:
    """Tell whether a slot waits to be worked."""
    with readers() as session:
        found = session.scalar(
            sa.select(ScheduleSlot.id)
            .where(
                _OPEN,
                sa.or_(ScheduleSlot.lease_until.is_(None), ScheduleSlot.lease_until <= clock.now()),
            )
            .limit(1)
        )
    return found is not None

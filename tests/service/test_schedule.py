"""The schedule: a year of pulls, both clock changes, outages, and who may work a slot."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session, sessionmaker

from batchly_admin.clock import ManualClock
from batchly_admin.db import make_readers, make_sessions
from batchly_admin.jobs import schedule
from batchly_admin.models.company import Organization
from batchly_admin.models.sync import ScheduleSlot, SyncSchedule
from batchly_admin.services.unit_of_work import SYSTEM, UnitOfWorks
from config.schedule import DAILY_PULLS, HOURLY_PULLS, PULLS, WEEKLY_PULLS

NEW_YEAR = datetime(2027, 1, 1, 12, 0, tzinfo=ZoneInfo("America/New_York"))


class Shop:
    """A shop in one time zone, its clock and its slots."""

    def __init__(self, engine: Engine, zone: str) -> None:
        self.sessions: sessionmaker[Session] = make_sessions(engine)
        self.readers = make_readers(engine)
        self.clock = ManualClock(NEW_YEAR.replace(tzinfo=ZoneInfo(zone)))
        self.uows = UnitOfWorks(self.sessions, self.readers, self.clock)
        with self.uows.begin(actor=SYSTEM, source="cli") as uow:
            company = uow.session.scalar(sa.select(Organization))
            if company is None:
                uow.session.add(Organization(name="Print & Co", time_zone=zone))
            else:
                company.time_zone = zone

    def tick(self, pulls: dict[str, str] | None = None) -> int:
        return schedule.write_owed(self.sessions, self.readers, self.clock, pulls or PULLS)

    def tick_until(self, end: datetime, step: timedelta, pulls: dict[str, str]) -> None:
        while self.clock.now() < end:
            self.clock.advance(step)
            self.tick(pulls)

    def keys(self, state: str = "pending") -> list[str]:
        with self.readers() as session:
            return list(
                session.scalars(
                    sa.select(ScheduleSlot.slot_key)
                    .where(ScheduleSlot.state == state)
                    .order_by(ScheduleSlot.slot_key)
                )
            )

    def arrange(self, **columns: object) -> None:
        with self.uows.begin(actor=SYSTEM, source="cli") as uow:
            uow.session.add(SyncSchedule(**columns))

    def take(self) -> schedule.Slot | None:
        return schedule.take_slot(self.sessions, self.clock)


@pytest.fixture
def shop(engine: Engine) -> Shop:
    return Shop(engine, "America/New_York")


@pytest.mark.parametrize("zone", ["America/New_York", "Europe/Berlin", "Australia/Lord_Howe"])
def test_a_year_holds_365_daily_and_52_weekly_pulls_and_none_twice(
    engine: Engine, zone: str
) -> None:
    shop = Shop(engine, zone)
    lines = DAILY_PULLS | WEEKLY_PULLS
    shop.tick(lines)

    shop.tick_until(shop.clock.now() + timedelta(days=364), timedelta(minutes=373), lines)

    pending = shop.keys()
    counts = Counter(key.partition("@")[0] for key in pending)
    assert counts == dict.fromkeys(DAILY_PULLS, 364) | {"tax_rates": 52}
    assert len(set(pending)) == len(pending)
    days = [key for key in [*shop.keys("done"), *pending] if key.startswith("payments@")]
    assert len(days) == 365
    assert all(key.endswith("T02:00") for key in days)


@pytest.mark.parametrize(
    ("zone", "cron", "around", "expected"),
    [
        # Spring forward: two o'clock does not exist and still happens once.
        ("America/New_York", "0 2 * * *", date(2027, 3, 14), "p@2027-03-14T02:00"),
        ("Europe/Berlin", "0 2 * * *", date(2027, 3, 28), "p@2027-03-28T02:00"),
        # Fall back: half past one, and in Berlin two o'clock, come twice.
        ("America/New_York", "30 1 * * *", date(2027, 11, 7), "p@2027-11-07T01:30"),
        ("America/New_York", "0 2 * * *", date(2027, 11, 7), "p@2027-11-07T02:00"),
        ("Europe/Berlin", "0 2 * * *", date(2027, 10, 31), "p@2027-10-31T02:00"),
        ("Europe/Berlin", "0 2 * * 0", date(2027, 10, 31), "p@2027-10-31T02:00"),
    ],
)
def test_a_day_of_clock_change_owes_its_pull_exactly_once(
    engine: Engine, zone: str, cron: str, around: date, expected: str
) -> None:
    shop = Shop(engine, zone)
    start = datetime.combine(around, time(), UTC) - timedelta(hours=6)
    shop.clock.advance(start - shop.clock.now())
    shop.tick({"p": cron})
    baseline = shop.keys("done")

    shop.tick_until(start + timedelta(hours=22), timedelta(minutes=7), {"p": cron})

    assert shop.keys() == [expected]
    assert baseline != [expected]


def test_short_lists_are_asked_for_each_hour(shop: Shop) -> None:
    shop.tick()

    shop.tick_until(shop.clock.now() + timedelta(hours=5), timedelta(minutes=1), HOURLY_PULLS)

    counts = Counter(key.partition("@")[0] for key in shop.keys())  # noqa: SIM118 - no mapping
    assert counts == dict.fromkeys(HOURLY_PULLS, 5)
    assert {"terms", "payment_methods", "company"} <= set(HOURLY_PULLS)


def test_the_first_start_owes_nothing(shop: Shop) -> None:
    shop.tick()

    assert shop.keys() == []
    assert len(shop.keys("done")) == len(PULLS)


def test_an_outage_of_a_week_owes_only_the_latest_of_each_pull(shop: Shop) -> None:
    nightly = {"payments": "0 2 * * *", "tax_rates": "0 2 * * 0", "terms": "10 * * * *"}
    assert nightly.items() <= PULLS.items()
    shop.tick(nightly)
    shop.clock.advance(timedelta(days=7))

    shop.tick(nightly)

    assert shop.keys() == [
        "payments@2027-01-08T02:00",
        "tax_rates@2027-01-03T02:00",
        "terms@2027-01-08T11:10",
    ]


def test_a_pull_that_a_person_asked_for_does_not_hide_the_next_one(shop: Shop) -> None:
    shop.tick({"p": "0 2 * * *"})
    with shop.sessions.begin() as session:
        session.add(ScheduleSlot(name="p", slot_key="p@asked-for-by-hand", due_at=shop.clock.now()))
    shop.clock.advance(timedelta(days=1))

    shop.tick({"p": "0 2 * * *"})

    assert shop.keys() == ["p@2027-01-02T02:00", "p@asked-for-by-hand"]


def test_two_schedulers_that_saw_the_same_write_one_slot(shop: Shop) -> None:
    shop.tick(DAILY_PULLS)
    shop.clock.advance(timedelta(days=1))
    with shop.readers() as session:
        owed = schedule._owed(session, shop.clock, DAILY_PULLS)

    first = shop.tick(DAILY_PULLS)
    with shop.sessions.begin() as session:
        second = sum(schedule._insert(session, values) for values in owed)

    assert (first, second) == (len(DAILY_PULLS), 0)


def test_the_shops_own_schedule_replaces_the_defaults(shop: Shop) -> None:
    shop.arrange(sync_type="payments", rhythm="hourly")
    shop.arrange(sync_type="items", rhythm="manual")
    shop.arrange(sync_type="customers", rhythm="daily", at_time=time(5, 30))
    shop.arrange(sync_type="tax_rates", rhythm="weekly", at_time=time(1, 0), weekday=0)
    shop.arrange(sync_type="orders", rhythm="daily", at_time=time(6, 0), is_enabled=False)

    with shop.readers() as session:
        defaults = {name: PULLS[name] for name in ("payments", "items", "customers", "tax_rates")}
        lines = schedule.plan(session, defaults)

    assert lines == {
        "payments": "0 * * * *",
        "customers": "30 5 * * *",
        "tax_rates": "0 1 * * 1",
    }


def test_a_changed_time_does_not_owe_the_past(shop: Shop) -> None:
    shop.tick({"p": "0 2 * * *"})
    shop.clock.advance(timedelta(days=1))
    shop.tick({"p": "0 2 * * *"})

    shop.tick({"p": "0 1 * * *"})

    assert shop.keys() == ["p@2027-01-02T02:00"]


def test_a_slot_is_held_by_one_worker_and_comes_back_when_the_lease_ends(shop: Shop) -> None:
    shop.tick({"p": "0 2 * * *"})
    shop.clock.advance(timedelta(days=1))
    shop.tick({"p": "0 2 * * *"})

    first = shop.take()
    meanwhile = shop.take()
    shop.clock.advance(schedule.LEASE)
    second = shop.take()

    assert first is not None
    assert meanwhile is None
    assert second is not None
    assert second.id == first.id
    assert second.attempts == 2
    assert not schedule.finish_slot(shop.sessions, shop.clock, first, state="done", message="")
    assert schedule.finish_slot(shop.sessions, shop.clock, second, state="done", message="")
    assert shop.take() is None


def test_slots_that_came_due_together_are_worked_in_their_order(shop: Shop) -> None:
    lines = {name: PULLS[name] for name in ("items", "customers", "tax_rates", "payments")}
    shop.tick(lines)
    shop.clock.advance(timedelta(days=2))
    shop.tick(lines)

    names = []
    while (slot := shop.take()) is not None:
        names.append(slot.name)
        schedule.finish_slot(shop.sessions, shop.clock, slot, state="done", message="")

    assert names == ["payments", "tax_rates", "customers", "items"]
    assert not schedule.is_owing(shop.readers, shop.clock)


def test_a_postponed_slot_waits_longer_each_time_and_is_given_up_in_the_end(shop: Shop) -> None:
    shop.tick({"p": "0 2 * * *"})
    shop.clock.advance(timedelta(days=1))
    shop.tick({"p": "0 2 * * *"})
    waits = []

    while (slot := shop.take()) is not None:
        schedule.postpone_slot(shop.sessions, shop.clock, slot, message="QuickBooks is away.")
        assert not schedule.is_owing(shop.readers, shop.clock)
        waited = timedelta()
        while not schedule.is_owing(shop.readers, shop.clock):
            shop.clock.advance(timedelta(minutes=1))
            waited += timedelta(minutes=1)
        waits.append(int(waited.total_seconds() // 60))

    assert waits == [1, 2, 4, 8, 16, 32, 60, 60]
    assert shop.keys("failed") == ["p@2027-01-02T02:00"]

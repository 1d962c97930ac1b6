"""The thread of the demo: who acts when, and the units of work the past is written in."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from random import Random
from uuid import UUID

import sqlalchemy as sa

from batchly_admin.clock import local_date
from batchly_admin.demo.calendar import PastClock, at, working_days
from batchly_admin.jobs.runtime import Runtime
from batchly_admin.models.company import Organization, Role, User
from batchly_admin.services.unit_of_work import SYSTEM, Actor, UnitOfWork, UnitOfWorks

SEED = 20_417
SOURCE = "demo"


@dataclass(frozen=True, slots=True)
class Story:
    """What every chapter of the demo is handed."""

    runtime: Runtime
    uows: UnitOfWorks
    clock: PastClock
    present: datetime
    zone: str
    days: tuple[date, ...]
    rng: Random
    people: dict[str, Actor]

    @property
    def today(self) -> date:
        """The company's present day."""
        return self.days[-1]

    def moment(self, place: int, hour: float) -> datetime:
        """Give a moment of a working day; what would lie ahead of us is now."""
        return min(at(self.days[place], hour, self.zone), self.present)

    def user_id(self, role: str) -> UUID | None:
        """Give the id of the demo's person with a role, when there is one."""
        return self.people[role].user_id if role in self.people else None

    @contextmanager
    def chapter(self, role: str, moment: datetime, summary: str) -> Iterator[UnitOfWork]:
        """Open a unit of work of a person of the shop at a moment of the past."""
        self.clock.stand_at(moment)
        actor = self.people.get(role, SYSTEM)
        with self.uows.begin(actor=actor, source=SOURCE, summary=summary) as uow:
            yield uow


def begin(runtime: Runtime) -> Story:
    """Give the story of an empty, migrated database; it ends at the present of its clock."""
    present = runtime.clock.now()
    clock = PastClock(present)
    with runtime.uows.read() as session:
        zone = session.scalar(sa.select(Organization.time_zone).limit(1)) or "UTC"
        people = {
            role: Actor(name=user.name, user_id=user.id, roles=frozenset({role}))
            for role, user in session.execute(
                sa.select(Role.name, User).join(User.roles).order_by(Role.name, User.email.desc())
            )
        }
    return Story(
        runtime=runtime,
        uows=UnitOfWorks(runtime.sessions, runtime.readers, clock),
        clock=clock,
        present=present,
        zone=zone,
        days=tuple(working_days(local_date(present, zone))),
        rng=Random(SEED),  # noqa: S311 - an invented shop needs no cryptography
        people=people,
    )

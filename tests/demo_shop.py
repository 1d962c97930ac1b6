"""A runtime the demo shop can be filled into, without Redis unless a test brings one."""

from __future__ import annotations

import redis
import sqlalchemy as sa
from sqlalchemy.engine import Engine as DatabaseEngine

from batchly_admin.clock import Clock
from batchly_admin.db import make_glances, make_readers, make_sessions
from batchly_admin.jobs.bells import Bells
from batchly_admin.jobs.runtime import Runtime
from batchly_admin.models.company import Role, User
from batchly_admin.qbo.engine import Engine
from batchly_admin.qbo.gateway import Access
from batchly_admin.qbo.vault import TokenBox
from batchly_admin.services.unit_of_work import SYSTEM, UnitOfWorks


def runtime_of(
    database: DatabaseEngine, clock: Clock, connection: redis.Redis | None = None
) -> Runtime:
    """Put a runtime together around a migrated database, with one person for each role."""
    sessions, readers = make_sessions(database), make_readers(database)
    uows = UnitOfWorks(sessions, readers, clock)
    box = TokenBox([("test", b"k" * 32)])
    with uows.begin(actor=SYSTEM, source="cli", summary="People") as uow:
        for role in uow.session.scalars(sa.select(Role).order_by(Role.name)):
            email = f"{role.name}@batchly.example"
            uow.session.add(User(email=email, name=role.label, password_hash="-", roles=[role]))
    return Runtime(
        database=database,
        sessions=sessions,
        readers=readers,
        glances=make_glances(database),
        uows=uows,
        clock=clock,
        redis=connection,
        redis_url=None,
        bells=Bells(None),
        engine=Engine(uows, box, Access(), connection=connection),
        work_runs=lambda _seconds: False,
        pulls={},
        box=box,
    )

"""Failed log-ins: five are free, then each waits longer; nobody is locked out for good.

They are counted by account across addresses and by address across accounts. A try counts before
its password is looked at, under a lock, so that a hundred at the same moment are a hundred tries.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from batchly_admin.db import is_postgresql
from batchly_admin.ids import new_id
from batchly_admin.models.company import LoginThrottle
from batchly_admin.services.unit_of_work import UnitOfWorks

FREE = 5
LONGEST = timedelta(minutes=15)
FORGOTTEN = timedelta(minutes=15)


def begin_try(uows: UnitOfWorks, *, account: str, address: str | None) -> bool:
    """Count a try; False when it comes too early to be looked at."""
    now = uows.clock.now()
    with uows.sessions.begin() as session:
        rows = [_row(session, key, now) for key in _keys(account, address)]
        if any(row.blocked_until is not None and row.blocked_until > now for row in rows):
            return False
        for row in rows:
            _count(row, now)
    return True


def forgive(uows: UnitOfWorks, *, account: str, address: str | None) -> None:
    """Forget the tries of an account that got in; of its address, forget only this one.

    Otherwise somebody with an account of their own could guess at others without end.
    """
    now = uows.clock.now()
    with uows.sessions.begin() as session:
        for key in _keys(account, address):
            row = _row(session, key, now)
            row.failures = 0 if key.startswith("account:") else max(row.failures - 1, 0)
            row.blocked_until = None if row.failures < FREE else row.blocked_until


def wait_after(failures: int) -> timedelta:
    """Give how long the next try has to wait after so many failures."""
    if failures < FREE:
        return timedelta(0)
    return min(timedelta(minutes=2 ** min(failures - FREE, 10)), LONGEST)


def _keys(account: str, address: str | None) -> list[str]:
    keys = [f"account:{account}"]
    return [*keys, f"address:{address[:64]}"] if address else keys


def _row(session: Session, key: str, now: datetime) -> LoginThrottle:
    insert = postgresql.insert if is_postgresql(session) else sqlite.insert
    session.execute(
        insert(LoginThrottle)
        .values(id=new_id(), key=key, failures=0, version=1, created_at=now, updated_at=now)
        .on_conflict_do_nothing(index_elements=[LoginThrottle.key])
    )
    return session.scalars(
        sa.select(LoginThrottle)
        .where(LoginThrottle.key == key)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()


def _count(row: LoginThrottle, now: datetime) -> None:
    last = max(filter(None, (row.last_failure_at, row.blocked_until)), default=None)
    if last is not None and now - last > FORGOTTEN:
        row.failures = 0
    row.failures += 1
    row.last_failure_at = now
    wait = wait_after(row.failures)
    row.blocked_until = now + wait if wait else None

"""Go on with unfinished bulk runs and imports, a few seconds at a time."""

from __future__ import annotations

from collections.abc import Callable

import sqlalchemy as sa
from sqlalchemy.orm import Session

from batchly_admin import words
from batchly_admin.clock import Clock
from batchly_admin.grid.still_fits import still_fits
from batchly_admin.models.company import Organization
from batchly_admin.services import order_import, runs
from batchly_admin.services.unit_of_work import UnitOfWorks


def worker(uows: UnitOfWorks, clock: Clock) -> Callable[[float], bool]:
    """Give the function that works for some seconds and tells whether more is left."""

    def work(seconds: float) -> bool:
        until = clock.monotonic() + seconds
        while (left := until - clock.monotonic()) > 0:
            if not _one(uows, left):
                return False
        return True

    return work


def _language(session: Session) -> words.Language:
    found = session.execute(sa.select(Organization.locale, Organization.currency).limit(1)).first()
    return words.language(*found) if found else words.language("en-US")


def _one(uows: UnitOfWorks, seconds: float) -> bool:
    """Work on the oldest unfinished run or import; tell whether there was one."""
    now = uows.clock.now()
    with uows.read() as session:
        waiting = runs.unfinished_runs(session, now)
        imports = order_import.unfinished_imports(session, now)
        chosen = _language(session)
    # What each row came to is read by people of the company.
    with words.speaking(chosen):
        if waiting:
            runs.work_slice(uows, waiting[0], seconds=seconds, still_fits=still_fits)
        elif imports:
            order_import.work_slice(uows, imports[0], seconds=seconds)
    return bool(waiting or imports)

"""The home page: its counts are what the grid shows behind them."""

from __future__ import annotations

from datetime import date

import sqlalchemy as sa

from batchly_admin.domain.rights import granted
from batchly_admin.grid import windows
from batchly_admin.grid.filters import Selection
from batchly_admin.grid.registry import table
from batchly_admin.models.production import Job
from batchly_admin.models.sync import SyncQueueRow
from batchly_admin.queries.work_queues import work_queues
from batchly_admin.services import invoicing, production
from batchly_admin.services.unit_of_work import UnitOfWorks
from tests import given
from tests.given import ANN

TODAY = date(2026, 3, 4)
KEYS = (
    *("orders_to_approve", "orders_without_jobs", "ready_to_invoice"),
    *("sync_errors", "late_jobs"),
)


def test_every_count_is_what_its_filter_shows(uows: UnitOfWorks) -> None:
    given.order(uows)
    given.order(uows)
    made, billed = given.approved_order(uows), given.approved_order(uows)
    given.approved_order(uows)
    with uows.begin(actor=ANN, source="grid") as uow:
        production.create_jobs(uow, order_id=made)
        invoicing.invoice_order(uow, order_id=billed)
        uow.session.execute(sa.update(SyncQueueRow).values(status="failed"))
        job = uow.session.scalars(sa.select(Job)).one()
        job.estimated_completion_date = date(2026, 3, 3)
    with uows.read() as session:
        found = work_queues(session, TODAY, granted(["admin"]))
        assert [queue.key for queue in found] == list(KEYS)
        assert [queue.count for queue in found] == [2, 2, 1, 2, 1]
        for queue in found:
            shown = windows.total(
                session, table(queue.table), Selection(queue.filters), today=TODAY
            )
            assert shown == queue.count, queue.key


def test_nobody_sees_counts_of_what_they_may_not_see(uows: UnitOfWorks) -> None:
    with uows.read() as session:
        assert work_queues(session, TODAY, granted(["worker"])) == []
        seen = {queue.key for queue in work_queues(session, TODAY, frozenset({"jobs:view"}))}
        assert seen == {"late_jobs"}

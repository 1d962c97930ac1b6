"""The feed of changes answers for every table, the record of change itself included."""

from __future__ import annotations

from batchly_admin.grid import feed
from batchly_admin.grid.registry import tables
from batchly_admin.ids import first_id
from batchly_admin.services.unit_of_work import UnitOfWorks
from tests import given


def test_every_table_has_news(uows: UnitOfWorks) -> None:
    since = str(first_id(3600))
    key = given.customer(uows)
    with uows.read() as session:
        found = {name: feed.news(session, table, since) for name, table in tables().items()}
    assert [row.row_id for row in found["customers"].rows] == [key]
    assert found["change_sets"].rows == ()

"""What the pulls and the notices of the demo's past left behind."""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa

from batchly_admin.demo.calendar import at
from batchly_admin.demo.simulated import Books
from batchly_admin.demo.story import Story
from batchly_admin.domain.statuses import QueueStatus
from batchly_admin.models.company import Notification
from batchly_admin.models.sync import ApiUsage, QbSyncStatus, SyncQueueRow
from batchly_admin.services.unit_of_work import UnitOfWork

USAGE_DAYS = 14
NOTICES = (
    (
        "stock_low",
        "Metallic gold ink is used up",
        "Reorder at 1 kg.",
        "/inventory-items",
        2,
        True,
    ),
    (
        "job_on_hold",
        "Jobs are on hold",
        "Some of them wait for customers, some for blanks.",
        "/jobs",
        1,
        False,
    ),
    (
        "sync_failed",
        "QuickBooks refused three records",
        "Each says in plain words what to do about it.",
        "/admin/quickbooks/status",
        0,
        False,
    ),
)
"""Kind, title, words, link, how many days ago, and whether it was read."""

NIGHTLY = {"payments": 2, "customers": 3}
"""Pulls of the last night by their hour; the other types are pulled while the demo is filled."""


def write_rounds(story: Story, books: Books) -> None:
    """Write down last night's pulls, and fetch the items and the company's preferences now."""
    with story.chapter("system", story.present, "Pulls of the last nights") as uow:
        for sync_type, hour in NIGHTLY.items():
            moment = min(at(story.today, hour, story.zone), story.present)
            uow.session.add(
                QbSyncStatus(
                    connection_id=books.connection.id,
                    sync_type=sync_type,
                    last_sync_token=moment.isoformat(),
                    last_sync_at=moment,
                    last_success_at=moment,
                    records_synced=story.rng.randint(1, 4),
                )
            )
        _usage(story, uow)
    books.pull("company", "items")


def _usage(story: Story, uow: UnitOfWork) -> None:
    """Count the calls of the last two weeks: one for each row, and the pulls of the night."""
    rng = story.rng
    first = story.today - timedelta(days=USAGE_DAYS)
    rows = uow.session.execute(
        sa.select(SyncQueueRow.entity_type, SyncQueueRow.completed_at).where(
            SyncQueueRow.status == QueueStatus.COMPLETED,
            SyncQueueRow.completed_at >= at(first, 0, story.zone),
        )
    )
    counts: dict[tuple[str, str], int] = {}
    for entity_type, completed_at in rows:
        key = (f"{completed_at:%Y-%m-%d}", entity_type)
        counts[key] = counts.get(key, 0) + 1
    for back in range(USAGE_DAYS, 0, -1):
        day = story.today - timedelta(days=back)
        calls = {"query": rng.randint(4, 9), "cdc": rng.randint(2, 3)}
        for endpoint in ("invoice", "payment", "customer", "item"):
            calls[endpoint] = counts.get((day.isoformat(), endpoint), 0)
        uow.session.add_all(
            ApiUsage(
                day=day,
                endpoint=endpoint,
                metering="coreplus" if endpoint in {"query", "cdc"} else "core",
                result="ok",
                calls=number,
            )
            for endpoint, number in calls.items()
            if number
        )


def write_notices(story: Story, *, is_connected: bool) -> None:
    """Leave the notices of the last days, most of them read."""
    with story.chapter("system", story.present, "Notices") as uow:
        for kind, title, body, link, days, is_read in NOTICES:
            if kind == "sync_failed" and not is_connected:
                continue
            moment = story.present - timedelta(days=days, minutes=7)
            uow.session.add(
                Notification(
                    kind=kind,
                    title=title,
                    body=body,
                    link=link,
                    created_at=moment,
                    read_at=moment + timedelta(minutes=5) if is_read else None,
                )
            )

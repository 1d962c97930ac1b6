"""What waits for somebody: the lists of the home page, each with the grid's filter behind it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from batchly_admin.domain.statuses import (
    OPEN_JOB,
    OPEN_ORDER,
    Invoicing,
    OrderStatus,
    QueueStatus,
)
from batchly_admin.models.orders import PurchaseOrder
from batchly_admin.models.production import Job
from batchly_admin.models.sync import SyncQueueRow
from batchly_admin.words import _

Filter = Mapping[str, Any]

BILLABLE = (OrderStatus.APPROVED, OrderStatus.COMPLETED, OrderStatus.SHIPPED)
"""Work in progress is not offered: it is invoiced when it is made."""


@dataclass(frozen=True, slots=True)
class WorkQueue:
    """One list: how many rows wait, and the filter of the grid that shows them."""

    key: str
    label: str
    count: int
    hint: str
    table: str
    filters: tuple[Filter, ...]


def work_queues(session: Session, today: date, rights: frozenset[str]) -> list[WorkQueue]:
    """Give the lists a person with these rights may see, with live counts."""
    makers = (
        ("orders:view", _order_queues(session)),
        ("sync:view", (_sync_errors(session),) if "sync:view" in rights else ()),
        ("jobs:view", (_late_jobs(session, today),) if "jobs:view" in rights else ()),
    )
    return [queue for right, queues in makers if right in rights for queue in queues]


def _order_queues(session: Session) -> tuple[WorkQueue, ...]:
    pending = PurchaseOrder.status == OrderStatus.PENDING
    bare = sa.and_(PurchaseOrder.status.in_(OPEN_ORDER), PurchaseOrder.job_count == 0)
    ready = sa.and_(PurchaseOrder.status.in_(BILLABLE), PurchaseOrder.invoicing != Invoicing.FULL)
    # One pass over the orders for all three.
    counts = session.execute(
        sa.select(*(sa.func.count(sa.case((condition, 1))) for condition in (pending, bare, ready)))
    ).one()
    return (
        WorkQueue(
            "orders_to_approve",
            _("Orders to approve"),
            counts[0],
            _("Pending orders that nobody has looked at yet."),
            "orders",
            (_is("status", OrderStatus.PENDING),),
        ),
        WorkQueue(
            "orders_without_jobs",
            _("Orders without jobs"),
            counts[1],
            _("Approved, and nobody has planned the work."),
            "orders",
            (_in("status", *OPEN_ORDER), _is("job_count", 0)),
        ),
        WorkQueue(
            "ready_to_invoice",
            _("Ready to invoice"),
            counts[2],
            _("Done or approved, and not invoiced in full."),
            "orders",
            (
                _in("status", *BILLABLE),
                {"column": "invoicing", "operator": "is_not", "value": Invoicing.FULL.value},
            ),
        ),
    )


def _sync_errors(session: Session) -> WorkQueue:
    count = session.scalar(
        sa.select(sa.func.count())
        .select_from(SyncQueueRow)
        .where(SyncQueueRow.status == QueueStatus.FAILED)
    )
    return WorkQueue(
        "sync_errors",
        _("Sync errors"),
        count or 0,
        _("QuickBooks did not take these; each says why."),
        "sync_queue",
        (_is("status", QueueStatus.FAILED),),
    )


def _late_jobs(session: Session, today: date) -> WorkQueue:
    count = session.scalar(
        sa.select(sa.func.count())
        .select_from(Job)
        .where(Job.status.in_(OPEN_JOB), Job.estimated_completion_date < today)
    )
    return WorkQueue(
        "late_jobs",
        _("Late jobs"),
        count or 0,
        _("Past their day and not completed."),
        "jobs",
        (
            _in("status", *OPEN_JOB),
            {"column": "estimated_completion_date", "operator": "lt", "value": "today"},
        ),
    )


def _is(column: str, value: Any) -> Filter:
    return {"column": column, "operator": "is", "value": getattr(value, "value", value)}


def _in(column: str, *values: Any) -> Filter:
    return {"column": column, "operator": "in", "value": [str(value) for value in values]}

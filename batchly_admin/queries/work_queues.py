"""What waits for somebody: the queues of the home page, each with its live count and its filter."""

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

Filter = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class WorkQueue:
    """One queue: how many wait, why, and the filter that shows them in their grid."""

    key: str
    label: str
    count: int
    hint: str
    table: str
    filters: tuple[Filter, ...]


READY = (OrderStatus.APPROVED, OrderStatus.COMPLETED, OrderStatus.SHIPPED)


def work_queues(session: Session, *, today: date, rights: frozenset[str]) -> list[WorkQueue]:
    """Give the queues a person with these rights can do something about or look into."""
    queues = []
    if "orders:view" in rights:
        queues += _order_queues(session)
    if "sync:view" in rights:
        queues.append(_sync_errors(session))
    if "jobs:view" in rights:
        queues.append(_late_jobs(session, today))
    return queues


def _order_queues(session: Session) -> list[WorkQueue]:
    order = PurchaseOrder
    return [
        WorkQueue(
            "orders_to_approve",
            "Orders to approve",
            _count(session, order.status == OrderStatus.PENDING),
            "Pending orders that nobody has released yet",
            "orders",
            (_is("status", OrderStatus.PENDING),),
        ),
        WorkQueue(
            "orders_without_jobs",
            "Orders without jobs",
            _count(session, order.status.in_(OPEN_ORDER), order.job_count == 0),
            "Released, but production does not know yet",
            "orders",
            (_in("status", OPEN_ORDER), _is("job_count", "0")),
        ),
        WorkQueue(
            "ready_to_invoice",
            "Ready to invoice",
            _count(session, order.status.in_(READY), order.invoicing != Invoicing.FULL),
            "Approved, completed or shipped, and not fully invoiced",
            "orders",
            (
                _in("status", READY),
                {"column": "invoicing", "operator": "is_not", "value": Invoicing.FULL.value},
            ),
        ),
    ]


def _sync_errors(session: Session) -> WorkQueue:
    return WorkQueue(
        "sync_errors",
        "Sync errors",
        _count(session, SyncQueueRow.status == QueueStatus.FAILED),
        "QuickBooks did not take these",
        "sync_queue",
        (_is("status", QueueStatus.FAILED),),
    )


def _late_jobs(session: Session, today: date) -> WorkQueue:
    return WorkQueue(
        "late_jobs",
        "Late jobs",
        _count(session, Job.estimated_completion_date < today, Job.status.in_(OPEN_JOB)),
        "Promised for a day that has passed",
        "jobs",
        (
            {"column": "estimated_completion_date", "operator": "lt", "value": "today"},
            _in("status", OPEN_JOB),
        ),
    )


def _count(session: Session, *conditions: sa.ColumnElement[bool]) -> int:
    return int(session.scalar(sa.select(sa.func.count()).where(*conditions)) or 0)


def _is(column: str, value: str) -> Filter:
    return {"column": column, "operator": "is", "value": str(value)}


def _in(column: str, values: tuple[Any, ...]) -> Filter:
    return {"column": column, "operator": "in", "value": [str(value) for value in values]}
